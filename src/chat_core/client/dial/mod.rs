//! One way to the service's hosts, for REST and WebSocket alike: through a proxy where one is set, and encrypted where
//! the endpoint asks for it.

mod link;
mod proxy;
mod trust;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub(super) use link::Link;
pub use proxy::Proxies;
pub use trust::certificates;

/// Opens links; clones share what was loaded. Certificates are loaded when the first encrypted link is opened.
#[derive(Clone, Default)]
pub struct Dialer(Arc<Inner>);

#[derive(Default)]
struct Inner {
    proxies: Proxies,
    /// Trusted besides the machine's own.
    roots: Vec<CertificateDer<'static>>,
    tls: OnceLock<Result<TlsConnector, String>>,
}

impl Dialer {
    /// A dialer that goes through `proxies` and trusts `roots` besides the machine's own certificates.
    pub fn new(proxies: Proxies, roots: Vec<CertificateDer<'static>>) -> Self {
        Self(Arc::new(Inner {
            proxies,
            roots,
            tls: OnceLock::new(),
        }))
    }

    /// Opens a link to `host`.
    pub(super) async fn dial(&self, host: &str, port: u16, tls: bool) -> io::Result<Link> {
        let tcp = match self.0.proxies.tunnel(host, port, tls).await {
            Some(tunnel) => tunnel?,
            None => TcpStream::connect((host, port)).await?,
        };
        tcp.set_nodelay(true)?;
        if !tls {
            return Ok(Link::Plain(tcp));
        }
        let connector = self
            .0
            .tls
            .get_or_init(|| trust::connector(&self.0.roots))
            .clone()
            .map_err(io::Error::other)?;
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(Link::Encrypted(Box::new(
            connector.connect(name, tcp).await?,
        )))
    }
}

impl tower_service::Service<Uri> for Dialer {
    type Response = TokioIo<Link>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Link>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialer = self.clone();
        Box::pin(async move {
            let tls = uri.scheme_str() == Some("https");
            let host = uri.host().unwrap_or_default();
            let host = host
                .strip_prefix('[')
                .and_then(|host| host.strip_suffix(']'))
                .unwrap_or(host);
            let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
            dialer.dial(host, port, tls).await.map(TokioIo::new)
        })
    }
}
