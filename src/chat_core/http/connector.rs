//! Connections to hosts: straight or through a proxy, encrypted where the scheme asks for it.

use std::io;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::pki_types::CertificateDer;
use tower_service::Service;

use super::error::root_cause;
use super::link::Link;
use super::proxy::{BoxError, Connecting, Proxies, Route};
use super::reach::Reach;
use super::trust;

/// Opens connections. Clones share what was loaded.
///
/// Certificates are loaded when the first encrypted connection is opened: reading the machine's takes longer than a
/// whole call to a local server.
#[derive(Clone, Default)]
pub struct Connector(Arc<ConnectorState>);

#[derive(Default)]
struct ConnectorState {
    route: Route,
    /// Trusted besides the machine's own.
    roots: Vec<CertificateDer<'static>>,
    tls: OnceLock<Result<HttpsConnector<Route>, String>>,
}

impl Connector {
    /// A connector that goes through `proxies` and trusts `roots` besides the machine's own certificates.
    pub fn new(proxies: Proxies, roots: Vec<CertificateDer<'static>>) -> Self {
        Self(Arc::new(ConnectorState {
            route: Route::new(proxies),
            roots,
            tls: OnceLock::new(),
        }))
    }

    /// A connector to processes of this user within this machine, through no proxy.
    pub fn to_own_processes() -> Self {
        Self(Arc::new(ConnectorState {
            route: Route::to_own_processes(),
            ..ConnectorState::default()
        }))
    }

    /// A connector to addresses within `reach`, through no proxy.
    pub fn within(reach: Reach) -> Self {
        Self(Arc::new(ConnectorState {
            route: Route::within(reach),
            ..ConnectorState::default()
        }))
    }

    /// Opens a connection to the host of `base`, an `http://` or `https://` URL.
    ///
    /// # Errors
    /// The cause, for people.
    pub async fn connect(&self, base: &str) -> Result<TokioIo<Link>, String> {
        let uri: Uri = base.parse().map_err(|_| format!("invalid URL '{base}'"))?;
        match self.clone().call(uri).await {
            Ok(link) => Ok(TokioIo::new(link)),
            Err(error) => Err(root_cause(&*error)),
        }
    }
}

impl Service<Uri> for Connector {
    type Response = Link;
    type Error = BoxError;
    type Future = Connecting<Link>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            if uri.scheme() == Some(&Scheme::HTTP) {
                let plain = inner.route.clone().call(uri).await?;
                return Ok(Link::new(MaybeHttpsStream::Http(plain)));
            }
            let tls = inner.tls.get_or_init(|| {
                let config = trust::client_config(&inner.roots)?;
                Ok(HttpsConnector::from((inner.route.clone(), config)))
            });
            match tls {
                Ok(tls) => tls.clone().call(uri).await.map(Link::new),
                Err(fault) => Err(io::Error::other(fault.clone()).into()),
            }
        })
    }
}
