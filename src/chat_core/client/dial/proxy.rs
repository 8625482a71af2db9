//! Proxies: which hosts are reached through one, and the tunnel that it makes (CONNECT), for REST and WebSocket alike.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::chat_core::client::rest::innermost;
use crate::chat_core::protocol::endpoint::is_loopback;

/// Which hosts are reached through which proxy. The default is none.
#[derive(Default)]
pub struct Proxies(Option<Matcher>);

impl Proxies {
    /// The proxies of the usual variables: `http://user:password@host:port` for plain and for encrypted links, and the
    /// hosts that are reached without. An empty text is none; `None` says that a text is no URL of a proxy.
    pub fn new(http: &str, https: &str, except: &str) -> Option<Self> {
        if http.is_empty() && https.is_empty() {
            return Some(Self(None));
        }
        let matcher = Matcher::builder()
            .http(http.to_owned())
            .https(https.to_owned());
        let anywhere = matcher.build();
        for (scheme, text) in [("http", http), ("https", https)] {
            let target: Uri = format!("{scheme}://anywhere").parse().ok()?;
            if !text.is_empty() && anywhere.intercept(&target).is_none() {
                return None;
            }
        }
        let matcher = Matcher::builder()
            .http(http.to_owned())
            .https(https.to_owned())
            .no(except.to_owned());
        Some(Self(Some(matcher.build())))
    }

    /// A tunnel to `host`; `None` where it is reached without a proxy, as this machine always is.
    pub(super) async fn tunnel(
        &self,
        host: &str,
        port: u16,
        tls: bool,
    ) -> Option<io::Result<TcpStream>> {
        let matcher = self.0.as_ref().filter(|_| !is_loopback(host))?;
        let scheme = if tls { "https" } else { "http" };
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let target: Uri = format!("{scheme}://{host}:{port}").parse().ok()?;
        let proxy = matcher.intercept(&target)?;
        Some(open(&proxy, target).await)
    }
}

async fn open(proxy: &Intercept, target: Uri) -> io::Result<TcpStream> {
    let uri = proxy.uri();
    // A proxy's URL may hold a password: only its host is said.
    let at = format!(
        "the proxy at {}:{}",
        uri.host().unwrap_or_default(),
        port_of(uri)
    );
    if uri.scheme_str() != Some("http") {
        let scheme = uri.scheme_str().unwrap_or_default();
        let fault = format!("{at} is one for {scheme}://, and only http:// is spoken");
        return Err(io::Error::other(fault));
    }
    tracing::debug!(proxy = at, %target, "tunnel");
    let mut tunnel = Tunnel::new(uri.clone(), Straight);
    if let Some(credentials) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(credentials.clone());
    }
    match tunnel.call(target).await {
        Ok(stream) => Ok(stream.into_inner()),
        Err(error) => Err(io::Error::other(match error.source() {
            Some(cause) => format!("{at} is not reached: {}", innermost(cause)),
            None => format!("{at} made no tunnel: {error}"),
        })),
    }
}

/// Connects to a proxy.
#[derive(Clone)]
struct Straight;

impl Service<Uri> for Straight {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, proxy: Uri) -> Self::Future {
        Box::pin(async move {
            let host = proxy.host().unwrap_or_default();
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let stream = TcpStream::connect((host, port_of(&proxy))).await?;
            Ok(TokioIo::new(stream))
        })
    }
}

fn port_of(proxy: &Uri) -> u16 {
    proxy.port_u16().unwrap_or(80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes_through(proxies: &Proxies, target: &'static str) -> Option<String> {
        let matcher = proxies.0.as_ref()?;
        let proxy = matcher.intercept(&Uri::from_static(target))?;
        Some(proxy.uri().to_string())
    }

    #[test]
    fn each_scheme_has_its_proxy_and_exceptions_go_straight() {
        let proxies = Proxies::new("http://a:1", "http://me:pw@b:2", "inner.example").unwrap();
        let of = |target| goes_through(&proxies, target);
        assert_eq!(of("http://x").as_deref(), Some("http://a:1/"));
        assert_eq!(of("https://x").as_deref(), Some("http://b:2/"));
        assert_eq!(of("https://deep.inner.example"), None);
        let plain_only = Proxies::new("http://a:1", "", "").unwrap();
        assert_eq!(goes_through(&plain_only, "https://x"), None);
        assert!(Proxies::new("", "", "").unwrap().0.is_none());
        assert!(Proxies::new("http://", "", "").is_none());
    }

    #[tokio::test]
    async fn this_machine_needs_no_proxy_and_other_kinds_are_said() {
        let proxies = Proxies::new("http://a:1", "socks5://b:2", "").unwrap();
        assert!(proxies.tunnel("127.0.0.1", 80, false).await.is_none());
        assert!(proxies.tunnel("localhost", 80, false).await.is_none());
        let fault = proxies.tunnel("x.example", 443, true).await.unwrap();
        let fault = fault.unwrap_err().to_string();
        assert!(fault.contains("socks5://"), "{fault}");
    }
}
