//! Endpoints: routing policies, host names and URLs (REC1–REC2).

use crate::chat_core::error::{ErrorInfo, Result};

/// Host, port and TLS of a service, with the hosts to fall back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    host: String,
    port: u16,
    tls: bool,
    fallbacks: Vec<String>,
}

impl Endpoint {
    /// Reads a routing policy (`main`, `nonprod:sandbox`), a host name, `host:port`, or an `http(s)://` or `ws(s)://`
    /// URL.
    ///
    /// # Errors
    /// 40003 / 400 naming the fault.
    pub fn parse(text: &str) -> Result<Self> {
        let fault = |what: &str| {
            let text = without_secrets(text);
            ErrorInfo::new(40003, 400, format!("Invalid endpoint '{text}': {what}"))
                .with_hint("use a routing policy such as main, a host, localhost:9080, or http://127.0.0.1:9080")
        };
        if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(fault("it is empty or has white space"));
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            let tls = match scheme.to_ascii_lowercase().as_str() {
                "https" | "wss" => true,
                "http" | "ws" => false,
                _ => return Err(fault("the scheme is none of http, https, ws and wss")),
            };
            let authority = rest.strip_suffix('/').unwrap_or(rest);
            if authority.contains(['/', '?', '#', '@']) {
                return Err(fault("a URL here has a host and a port, nothing more"));
            }
            let (host, port) =
                split_port(authority).ok_or_else(|| fault("the port is not a number"))?;
            return Self::host(host, port, Some(tls)).ok_or_else(|| fault("the host is not valid"));
        }
        if let Some(name) = text.strip_prefix("nonprod:") {
            return Self::policy(
                name,
                "realtime.ably-nonprod.net",
                "fallback.ably-realtime-nonprod.com",
            )
            .ok_or_else(|| fault("the policy name is not valid"));
        }
        let (host, port) = split_port(text).ok_or_else(|| fault("the port is not a number"))?;
        if host.contains(['.', ':']) || host == "localhost" || port.is_some() {
            return Self::host(host, port, None).ok_or_else(|| fault("the host is not valid"));
        }
        Self::policy(host, "realtime.ably.net", "fallback.ably-realtime.com")
            .ok_or_else(|| fault("the policy name is not valid"))
    }

    /// Reads `text` beside a port and a choice of TLS that stand elsewhere and may be meant for another service. A URL
    /// says all by itself, so that no `https` becomes plain; a host with a port stands only beside the same port.
    ///
    /// # Errors
    /// As [`Endpoint::parse`], and a port that contradicts the other.
    pub fn parse_beside(text: &str, port: Option<u16>, tls: Option<bool>) -> Result<Self> {
        let endpoint = Self::parse(text)?;
        if text.contains("://") {
            return Ok(endpoint);
        }
        match (split_port(text), port) {
            (Some((_, Some(own))), Some(port)) if own != port => Err(ErrorInfo::new(
                40003,
                400,
                format!("The endpoint '{text}' and the port {port} contradict each other"),
            )
            .with_hint("give one port, or a URL, which says port and TLS by itself")),
            _ => Ok(endpoint.with(port, tls)),
        }
    }

    /// The same service with another port or another choice of TLS, where given.
    pub fn with(mut self, port: Option<u16>, tls: Option<bool>) -> Self {
        if let Some(tls) = tls
            && tls != self.tls
        {
            self.tls = tls;
            if port.is_none() && self.port == default_port(!tls) {
                self.port = default_port(tls);
            }
        }
        if let Some(port) = port {
            self.port = port;
            self.fallbacks.clear();
        }
        self
    }

    /// The first host to try.
    pub fn primary_host(&self) -> &str {
        &self.host
    }

    /// The hosts to fall back to, in no order.
    pub fn fallbacks(&self) -> &[String] {
        &self.fallbacks
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns whether the link is encrypted.
    pub fn tls(&self) -> bool {
        self.tls
    }

    /// `http://host:port`, the port left out where it is the scheme's own.
    pub fn http_base(&self) -> String {
        self.base(if self.tls { "https" } else { "http" }, &self.host)
    }

    /// `http://host:port` of the first host or one of [`Endpoint::fallbacks`].
    pub fn http_base_of(&self, host: &str) -> String {
        self.base(if self.tls { "https" } else { "http" }, host)
    }

    fn base(&self, scheme: &str, host: &str) -> String {
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        if self.port == default_port(self.tls) {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }

    fn host(host: &str, port: Option<u16>, tls: Option<bool>) -> Option<Self> {
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let is_valid = !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._:%".contains(&byte));
        // A loopback server has no certificate unless somebody says so.
        let tls = tls.unwrap_or(!is_loopback(host));
        is_valid.then(|| Self {
            host: host.to_owned(),
            port: port.unwrap_or(default_port(tls)),
            tls,
            fallbacks: Vec::new(),
        })
    }

    fn policy(name: &str, domain: &str, fallback_domain: &str) -> Option<Self> {
        let is_valid = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_valid.then(|| Self {
            host: format!("{name}.{domain}"),
            port: 443,
            tls: true,
            fallbacks: ["a", "b", "c", "d", "e"]
                .iter()
                .map(|letter| format!("{name}.{letter}.{fallback_domain}"))
                .collect(),
        })
    }
}

impl Default for Endpoint {
    /// Ably's service: the policy `main`.
    fn default() -> Self {
        Self {
            host: "main.realtime.ably.net".to_owned(),
            port: 443,
            tls: true,
            fallbacks: ["a", "b", "c", "d", "e"]
                .iter()
                .map(|letter| format!("main.{letter}.fallback.ably-realtime.com"))
                .collect(),
        }
    }
}

/// The text without what may be a secret: a name and a password before the host, and what stands in the port's place and
/// is no port, as where a key was taken for an endpoint.
fn without_secrets(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    if let Some((_, host)) = rest.rsplit_once('@') {
        return format!("{scheme}***@{host}");
    }
    match rest.split_once(':') {
        Some((host, port)) if !host.starts_with('[') && !port.contains(':') => {
            let before_path = port.split('/').next().unwrap_or_default();
            let is_port = before_path.bytes().all(|byte| byte.is_ascii_digit());
            let port = if is_port { port } else { "***" };
            format!("{scheme}{host}:{port}")
        }
        _ => text.to_owned(),
    }
}

fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

/// Returns whether `host` names this machine's loopback interface.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Splits `host:port`, `[v6]:port` and a bare host; `None` where the port is no number.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    if text.starts_with('[') {
        return match text.split_once("]:") {
            Some((host, port)) => Some((&host[1..], Some(port.parse().ok()?))),
            None => Some((text, None)),
        };
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => Some((host, Some(port.parse().ok()?))),
        _ => Some((text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read() {
        for (text, base) in [
            ("main", "https://main.realtime.ably.net"),
            (
                "nonprod:sandbox",
                "https://sandbox.realtime.ably-nonprod.net",
            ),
            ("chat.example.com", "https://chat.example.com"),
            ("localhost", "http://localhost"),
            ("localhost:9080", "http://localhost:9080"),
            ("127.0.0.1:9080", "http://127.0.0.1:9080"),
            ("http://127.0.0.1:9080/", "http://127.0.0.1:9080"),
            ("https://localhost:9443", "https://localhost:9443"),
            ("ws://[::1]:9080", "http://[::1]:9080"),
            ("::1", "http://[::1]"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().http_base(), base, "{text}");
        }
    }

    #[test]
    fn policies_have_fallbacks_until_a_port_is_given() {
        let endpoint = Endpoint::parse("main").unwrap();
        assert_eq!(endpoint, Endpoint::default());
        assert_eq!(endpoint.fallbacks().len(), 5);
        let encrypted = endpoint.clone().with(None, Some(false));
        assert_eq!(encrypted.fallbacks().len(), 5);
        let moved = endpoint.with(Some(8080), Some(false));
        assert!(moved.fallbacks().is_empty());
        assert!(
            Endpoint::parse("localhost:1")
                .unwrap()
                .fallbacks()
                .is_empty()
        );
    }

    #[test]
    fn a_url_says_all_by_itself_and_a_port_is_said_once() {
        let base = |text, port, tls| {
            Endpoint::parse_beside(text, port, tls).map(|endpoint| endpoint.http_base())
        };
        for (text, port, tls, expected) in [
            (
                "https://127.0.0.1:1",
                Some(9080),
                Some(false),
                "https://127.0.0.1:1",
            ),
            (
                "https://x.example",
                Some(9080),
                Some(false),
                "https://x.example",
            ),
            (
                "http://127.0.0.1:9080",
                Some(1),
                Some(true),
                "http://127.0.0.1:9080",
            ),
            ("localhost:9443", None, Some(true), "https://localhost:9443"),
            (
                "localhost:9443",
                Some(9443),
                Some(true),
                "https://localhost:9443",
            ),
            (
                "127.0.0.1",
                Some(9080),
                Some(false),
                "http://127.0.0.1:9080",
            ),
            ("x.example", None, Some(false), "http://x.example"),
        ] {
            assert_eq!(base(text, port, tls).unwrap(), expected, "{text}");
        }
        // What belongs to one of them may not belong to the other: nobody is to guess.
        let error = base("x.example:443", Some(9080), Some(false)).unwrap_err();
        assert!(error.message.contains("x.example:443") && error.message.contains("9080"));
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        for text in [
            "https://me:hidden@x",
            "me:hidden@x",
            "app.key:hidden",
            "http://x:hidden/",
        ] {
            let error = Endpoint::parse(text).unwrap_err();
            assert!(!error.message.contains("hidden"), "{error}");
        }
        let error = Endpoint::parse("http://x:80/y").unwrap_err();
        assert!(error.message.contains("'http://x:80/y'"), "{error}");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "a b",
            "ftp://x",
            "http://x/y",
            "http://u@x",
            "localhost:port",
            "nonprod:",
            "http://",
        ] {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }
}
