//! TLS in front of the server: its certificate, and a listener whose handshakes keep nobody waiting.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::http::lobby::{Lobby, Seat};
use super::http::socket::ClientListener;
use crate::server::core::limits::{HANDSHAKE_TIMEOUT, MAX_HANDSHAKES};

/// A certificate and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// A self-signed certificate.
pub struct SelfSigned {
    /// The certificate and key that are shown to clients.
    pub identity: Identity,
    /// The certificate, in PEM, for clients that are to trust it.
    pub certificate: String,
}

/// The error of a certificate or key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that can't be used.
    #[error("{path}: {reason}")]
    File {
        /// Its path.
        path: String,
        /// The fault, in words.
        reason: String,
    },
    /// The certificate and the key are not of each other, or no certificate can be made.
    #[error("{0}")]
    Other(String),
}

impl Identity {
    /// Reads a certificate (its chain behind it) and its key, in PEM.
    ///
    /// # Errors
    /// A file that can't be read, or that has no such thing in it.
    pub fn read(certificate: &str, key: &str) -> Result<Self, TlsError> {
        let fault = |path: &str, reason: String| TlsError::File {
            path: path.to_owned(),
            reason,
        };
        let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(|error| fault(certificate, error.to_string()))?;
        if chain.is_empty() {
            return Err(fault(
                certificate,
                "there is no certificate in it".to_owned(),
            ));
        }
        let key = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| fault(key, format!("no private key can be read: {error}")))?;
        Ok(Self { chain, key })
    }

    /// Creates a self-signed certificate for `names`: host names and addresses.
    ///
    /// # Errors
    /// A name that no certificate can have.
    pub fn self_signed(names: Vec<String>) -> Result<SelfSigned, TlsError> {
        let other = |error: rcgen::Error| TlsError::Other(error.to_string());
        let key = rcgen::KeyPair::generate().map_err(other)?;
        let mut params = rcgen::CertificateParams::new(names).map_err(other)?;
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "chatctl serve");
        let certificate = params.self_signed(&key).map_err(other)?;
        Ok(SelfSigned {
            certificate: certificate.pem(),
            identity: Self {
                chain: vec![certificate.der().clone()],
                key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            },
        })
    }

    fn config(self) -> Result<ServerConfig, TlsError> {
        let other = |error: rustls::Error| TlsError::Other(error.to_string());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(other)?
            .with_no_client_auth()
            .with_single_cert(self.chain, self.key)
            .map_err(other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// Encrypts sockets.
#[derive(Clone)]
pub struct Encryption(TlsAcceptor);

impl Encryption {
    /// Encryption by `identity`.
    ///
    /// # Errors
    /// A key that is not the certificate's.
    pub fn by(identity: Identity) -> Result<Self, TlsError> {
        let config = Arc::new(identity.config()?);
        Ok(Self(TlsAcceptor::from(config)))
    }

    /// The encrypted sockets of those who connect to `listener`.
    pub fn listen(self, listener: TcpListener) -> TlsListener {
        self.listen_for(listener, MAX_HANDSHAKES)
    }

    /// The same with at most `handshakes` at once.
    fn listen_for(self, listener: TcpListener, handshakes: usize) -> TlsListener {
        let address = listener.local_addr();
        let (sender, ready) = mpsc::channel(MAX_HANDSHAKES);
        let lobby = Lobby::new(handshakes);
        let accepting = tokio::spawn(accept(self.0, listener, lobby, sender));
        TlsListener {
            ready,
            address,
            accepting,
        }
    }
}

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Encrypted sockets, each once its handshake is done.
pub struct TlsListener {
    ready: mpsc::Receiver<Accepted>,
    address: io::Result<SocketAddr>,
    accepting: JoinHandle<()>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.address {
            Ok(address) => Ok(*address),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    acceptor: TlsAcceptor,
    listener: TcpListener,
    lobby: Arc<Lobby>,
    ready: mpsc::Sender<Accepted>,
) {
    let mut listener = ClientListener::new(listener);
    loop {
        let (socket, peer) = listener.next().await;
        let seat = lobby.admit().await;
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            if let Some(stream) = shake_hands(&acceptor, socket, seat).await {
                // A server that has ended takes nobody.
                let _ = ready.send((stream, peer)).await;
            }
        });
    }
}

/// Returns the encrypted socket, unless the handshake fails, takes too long, or makes room for others: nothing is
/// known of a peer before it, so that it has no place that others need.
async fn shake_hands(
    acceptor: &TlsAcceptor,
    socket: TcpStream,
    seat: Seat,
) -> Option<TlsStream<TcpStream>> {
    let shaken = tokio::select! {
        biased;
        shaken = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(socket)) => shaken,
        () = seat.evicted() => {
            tracing::debug!("a TLS handshake made room for others");
            return None;
        }
    };
    match shaken {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!("a TLS handshake took too long");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, RootCertStore};
    use tokio::io::AsyncReadExt as _;
    use tokio_rustls::TlsConnector;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_handshake_takes_a_bounded_time() {
        let made = Identity::self_signed(vec!["localhost".to_owned()]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let _server = Encryption::by(made.identity).unwrap().listen(listener);
        let mut silent = TcpStream::connect(address).await.unwrap();
        let start = tokio::time::Instant::now();
        assert!(silent.read_u8().await.is_err());
        let took = start.elapsed();
        assert!(
            took >= HANDSHAKE_TIMEOUT && took < HANDSHAKE_TIMEOUT * 2,
            "{took:?}"
        );
    }

    #[tokio::test]
    async fn silent_sockets_make_room_for_those_that_shake_hands() {
        const HANDSHAKES: usize = 8;
        let made = Identity::self_signed(vec!["localhost".to_owned()]).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(made.identity.chain[0].clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let encryption = Encryption::by(made.identity).unwrap();
        let mut server = encryption.listen_for(listener, HANDSHAKES);
        let mut silent = Vec::new();
        for _ in 0..HANDSHAKES {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let honest = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let shaken = async { tokio::join!(connector.connect(name, honest), server.accept()) };
        // Long before the handshake of a silent one times out.
        let (client, _) = tokio::time::timeout(HANDSHAKE_TIMEOUT / 2, shaken)
            .await
            .unwrap();
        client.unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(2), silent[0].read_u8()).await;
        assert!(ended.unwrap().is_err(), "the oldest was ended");
        let goes_on = tokio::time::timeout(Duration::from_millis(50), silent[7].read_u8()).await;
        assert!(goes_on.is_err(), "the newest was not");
    }
}
