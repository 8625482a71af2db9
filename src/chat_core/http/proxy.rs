//! The way to a host: straight, or through a proxy's tunnel (CONNECT), for REST and WebSocket alike.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::error::root_cause;
use super::peer;
use super::reach::Reach;

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(super) type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// The proxies in use, and the hosts that are reached without one. The default is none.
#[derive(Default)]
pub struct Proxies(Option<Matcher>);

impl Proxies {
    /// The proxies of the usual variables: `http://user:password@host:port` for plain and for encrypted connections,
    /// and the hosts that are reached without, as localhost always is. An empty text is none; `None` says that a text
    /// is not the URL of a proxy.
    pub fn new(http: &str, https: &str, except: &str) -> Option<Self> {
        if http.is_empty() && https.is_empty() {
            return Some(Self(None));
        }
        let matcher = || {
            Matcher::builder()
                .http(http.to_owned())
                .https(https.to_owned())
        };
        let anywhere = matcher().build();
        for (scheme, text) in [("http", http), ("https", https)] {
            let target: Uri = format!("{scheme}://anywhere").parse().ok()?;
            if !text.is_empty() && anywhere.intercept(&target).is_none() {
                return None;
            }
        }
        let except = exceptions(except).0;
        let matcher = matcher().no(format!("{except},{LOOPBACK}"));
        Some(Self(Some(matcher.build())))
    }

    /// The entries of a list of hosts that stand for no host here, though they were meant to.
    pub fn not_understood(except: &str) -> Vec<String> {
        exceptions(except).1
    }

    /// The proxy on the way to `base`, an `http://` or `https://` URL, without a password.
    pub fn on_the_way_to(&self, base: &str) -> Option<String> {
        let intercept = self.of(&base.parse().ok()?)?;
        let uri = intercept.uri();
        let host = uri.authority()?.as_str().rsplit('@').next()?;
        Some(format!("{}://{host}", uri.scheme_str().unwrap_or("http")))
    }

    fn of(&self, target: &Uri) -> Option<Intercept> {
        self.0.as_ref()?.intercept(target)
    }
}

/// The entries of a list of hosts as they are matched, and those that match nothing. `*.x` and `.x` are the hosts within
/// `x`, `*` is every host; other patterns, ports and URLs are not known.
fn exceptions(except: &str) -> (String, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for entry in except
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
    {
        let host = entry
            .strip_prefix('*')
            .filter(|rest| rest.starts_with('.'))
            .unwrap_or(entry);
        let is_address = entry.split('/').next().is_some_and(|ip| {
            ip.trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok()
        });
        if host == "*" || is_address || !host.contains(['*', ':', '/', '?']) {
            known.push(host);
        } else {
            unknown.push(entry.to_owned());
        }
    }
    (known.join(","), unknown)
}

/// The hosts that are never proxied, as an entry of `NO_PROXY`.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// Opens plain connections, through a proxy where there is one for the host.
#[derive(Clone)]
pub(super) struct Route {
    http: HttpConnector,
    proxies: Arc<Proxies>,
    /// Whether only processes of this user may answer.
    to_own: bool,
    /// The addresses that it may lead to, if not all.
    reach: Option<Arc<Reach>>,
}

impl Route {
    pub(super) fn new(proxies: Proxies) -> Self {
        let mut http = HttpConnector::new();
        http.set_nodelay(true);
        // TLS is put around it by whoever asked for https.
        http.enforce_http(false);
        Self {
            http,
            proxies: Arc::new(proxies),
            to_own: false,
            reach: None,
        }
    }

    pub(super) fn within(reach: Reach) -> Self {
        Self {
            reach: Some(Arc::new(reach)),
            ..Self::default()
        }
    }

    pub(super) fn to_own_processes() -> Self {
        Self {
            to_own: true,
            ..Self::default()
        }
    }
}

impl Default for Route {
    fn default() -> Self {
        Self::new(Proxies::default())
    }
}

impl Service<Uri> for Route {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // HttpConnector and its resolver are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let mut http = self.http.clone();
        if let Some(proxy) = self.proxies.of(&target) {
            return Box::pin(async move { Ok(tunnel(http, &proxy, target).await?) });
        }
        if let Some(reach) = self.reach.clone() {
            return Box::pin(async move { Ok(TokioIo::new(reach.connect(&target).await?)) });
        }
        let to_own = self.to_own;
        Box::pin(async move {
            let stream = http.call(target).await?;
            if to_own {
                peer::check_own(stream.inner())?;
            }
            Ok(stream)
        })
    }
}

async fn tunnel(
    http: HttpConnector,
    proxy: &Intercept,
    target: Uri,
) -> io::Result<TokioIo<TcpStream>> {
    let uri = proxy.uri();
    // A proxy's URL may hold a password: only its host is said.
    let at = format!(
        "the proxy at {}:{}",
        uri.host().unwrap_or_default(),
        uri.port_u16().unwrap_or(80)
    );
    if uri.scheme_str() != Some("http") {
        let scheme = uri.scheme_str().unwrap_or_default();
        let fault = format!("{at} is one for {scheme}://, and only http:// is spoken");
        return Err(io::Error::other(fault));
    }
    tracing::debug!(proxy = at, %target, "tunnel");
    let mut tunnel = Tunnel::new(uri.clone(), http);
    if let Some(credentials) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(credentials.clone());
    }
    let stream = tunnel.call(with_port(target)).await;
    stream.map_err(|error| {
        io::Error::other(match error.source() {
            Some(cause) => format!("{at} is not reached: {}", root_cause(cause)),
            None => format!("{at} made no tunnel: {error}"),
        })
    })
}

/// The target with its port: without one, a [`Tunnel`] leads to port 443 whatever the scheme.
fn with_port(target: Uri) -> Uri {
    if target.port().is_some() || target.scheme_str() != Some("http") {
        return target;
    }
    let host = target.host().unwrap_or_default();
    let full = format!("http://{host}:80");
    full.parse().unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes_through(proxies: &Proxies, target: &'static str) -> Option<String> {
        let proxy = proxies.of(&Uri::from_static(target))?;
        Some(proxy.uri().to_string())
    }

    #[test]
    fn each_scheme_has_its_proxy_and_exceptions_go_straight() {
        let proxies = Proxies::new("http://a:1", "http://me:pw@b:2", "inner.example").unwrap();
        let of = |target| goes_through(&proxies, target);
        assert_eq!(of("http://x").as_deref(), Some("http://a:1/"));
        assert_eq!(of("https://x").as_deref(), Some("http://b:2/"));
        assert_eq!(of("https://deep.inner.example"), None);
        let proxies = Proxies::new("", "http://b:2", " *.internal, .corp , 10.0.0.0/8").unwrap();
        for target in ["https://a.internal", "https://a.b.corp", "https://10.1.2.3"] {
            assert_eq!(goes_through(&proxies, target), None, "{target}");
        }
        assert!(goes_through(&proxies, "https://internal.example").is_some());
        let unknown = Proxies::not_understood("*,*.a,b*c,d:80,http://e,::1,[::1]");
        assert_eq!(unknown, ["b*c", "d:80", "http://e"]);
        let plain_only = Proxies::new("http://a:1", "", "").unwrap();
        assert_eq!(goes_through(&plain_only, "https://x"), None);
        assert!(Proxies::new("", "", "").unwrap().0.is_none());
        assert!(Proxies::new("http://", "", "").is_none());
    }

    #[tokio::test]
    async fn localhost_is_never_proxied_and_other_kinds_of_proxy_are_named() {
        let proxies = Proxies::new("http://a:1", "socks5://b:2", "").unwrap();
        for target in [
            "http://127.0.0.1:80",
            "http://127.1.2.3",
            "http://localhost",
            "http://[::1]:80",
        ] {
            assert_eq!(goes_through(&proxies, target), None, "{target}");
        }
        let mut route = Route::new(proxies);
        let fault = route.call(Uri::from_static("https://x.example:443")).await;
        let fault = fault.unwrap_err().to_string();
        assert!(fault.contains("socks5://"), "{fault}");
    }

    #[test]
    fn a_tunnel_leads_to_the_port_of_the_scheme() {
        let of = |target| with_port(Uri::from_static(target)).to_string();
        assert_eq!(of("http://x.example"), "http://x.example:80/");
        assert_eq!(of("http://[fe80::1]/path"), "http://[fe80::1]:80/");
        assert_eq!(of("http://x.example:8080"), "http://x.example:8080/");
        assert_eq!(of("https://x.example"), "https://x.example/");
    }
}
