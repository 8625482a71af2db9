//! TLS in front of the server: its certificate, and a listener whose handshakes keep nobody waiting.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The time that a client may take for the handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The most handshakes at once; whoever comes then waits in the system's queue.
const MAX_HANDSHAKES: usize = 256;

/// The pause after the system refused to accept: it has no more sockets, most often.
const PAUSE: Duration = Duration::from_millis(200);

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
        let address = listener.local_addr();
        let (sender, ready) = mpsc::channel(MAX_HANDSHAKES);
        let accepting = tokio::spawn(accept(self.0, listener, sender));
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

async fn accept(acceptor: TlsAcceptor, listener: TcpListener, ready: mpsc::Sender<Accepted>) {
    let room = Arc::new(Semaphore::new(MAX_HANDSHAKES));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let (socket, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let _permit = permit;
            // Frames are gathered by the server itself.
            let _ = socket.set_nodelay(true);
            let shaken = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(socket)).await;
            match shaken {
                Ok(Ok(stream)) => {
                    // A server that has ended takes nobody.
                    let _ = ready.send((stream, peer)).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                Err(_) => tracing::debug!("a TLS handshake took too long"),
            }
        });
    }
}
