//! The boundary of a server whose credential is public or generated: the Hosts and Origins that it takes.
//!
//! Where a key is known to everybody, or none is asked for, the credential keeps nobody out, and every page that a
//! browser shows on this machine can reach a loopback port. What is left is what pages can't choose: the Host that the
//! browser writes (another name that leads here is DNS rebinding) and the Origin. Programs that are not browsers send
//! no Origin.

use std::net::IpAddr;

use axum::extract::Request;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Method, Uri};

use super::query::Query;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;

/// The Hosts and Origins that a server takes: those of loopback, and these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundary {
    /// The names and addresses of the server itself, as Host and as an Origin's host.
    own: Vec<String>,
    /// More Hosts.
    hosts: Vec<String>,
    /// More Origins, `scheme://host:port` each, or `null`.
    origins: Vec<String>,
    /// Whether it listens on every address of this machine: the one that a client connected to is its own.
    is_everywhere: bool,
}

impl Boundary {
    /// Takes the address that the server listens on, if it is not loopback, and with it the names of this machine.
    pub fn listens_on(&mut self, address: IpAddr, names: impl IntoIterator<Item = String>) {
        if address.is_loopback() {
            return;
        }
        self.is_everywhere |= address.is_unspecified();
        self.own.push(address.to_string());
        let names = names.into_iter().map(|name| name.to_ascii_lowercase());
        self.own.extend(names.filter(|name| !name.is_empty()));
    }

    /// Takes a Host, a name or an address without a port.
    ///
    /// # Errors
    /// What it must be.
    pub fn allow_host(&mut self, name: &str) -> Result<(), String> {
        let host = Authority::try_from(name)
            .ok()
            .filter(|authority| authority.host() == name)
            .or_else(|| {
                // An IPv6 address may stand without its brackets.
                let address = name.parse::<std::net::Ipv6Addr>().ok()?;
                Authority::try_from(format!("[{address}]")).ok()
            });
        let host = host.ok_or_else(|| {
            format!("invalid host '{name}': must be a name or an address without a port")
        })?;
        self.hosts.push(host_of(&host));
        Ok(())
    }

    /// Takes an Origin, `scheme://host` or `scheme://host:port`.
    ///
    /// # Errors
    /// What it must be.
    pub fn allow_origin(&mut self, origin: &str) -> Result<(), String> {
        let known = Origin::parse(origin).ok_or_else(|| {
            format!("invalid origin '{origin}': must be as in https://app.example or http://10.0.0.5:3000")
        })?;
        self.origins.push(known.text);
        Ok(())
    }

    /// Checks the Host and the Origin of a request.
    ///
    /// # Errors
    /// 40300 / 403 that names the flag which would allow it.
    pub(crate) fn check(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        local: Option<IpAddr>,
    ) -> Result<()> {
        let named = headers.get_all(HOST).iter().map(|host| {
            let host = host.to_str().unwrap_or_default();
            (host, Authority::try_from(host).ok())
        });
        let target = uri
            .authority()
            .map(|authority| (authority.as_str(), Some(authority.clone())));
        for (text, authority) in named.chain(target) {
            let host = authority
                .filter(|authority| !authority.as_str().contains('@'))
                .map(|authority| host_of(&authority));
            match host {
                Some(host) if self.takes_host(&host, local) => {}
                Some(host) => return Err(refusal("Host", text, "--allow-host", &host)),
                None => {
                    return Err(ErrorInfo::new(40000, 400, format!("Invalid Host '{text}'")));
                }
            }
        }
        for origin in headers.get_all(ORIGIN) {
            let text = origin.to_str().unwrap_or_default();
            let is_taken = Origin::parse(text).is_some_and(|origin| self.takes(&origin, local));
            if !is_taken {
                return Err(refusal("Origin", text, "--allow-origin", text));
            }
        }
        Ok(())
    }

    fn takes_host(&self, host: &str, local: Option<IpAddr>) -> bool {
        self.is_own(host, local) || self.hosts.iter().any(|known| known == host)
    }

    fn takes(&self, origin: &Origin, local: Option<IpAddr>) -> bool {
        origin
            .host
            .as_deref()
            .is_some_and(|host| self.is_own(host, local))
            || self.origins.contains(&origin.text)
    }

    /// Returns whether `host` is loopback or the server itself.
    fn is_own(&self, host: &str, local: Option<IpAddr>) -> bool {
        let address = host.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
        is_loopback(host, address)
            || self.own.iter().any(|known| known == host)
            || (self.is_everywhere && address.is_some() && address == local)
    }
}

/// Returns whether `host`, which may be an `address`, is this machine's loopback. Browsers ask no DNS server for names
/// under `localhost`.
fn is_loopback(host: &str, address: Option<IpAddr>) -> bool {
    address.map_or_else(
        || host == "localhost" || host.ends_with(".localhost"),
        |ip| ip.is_loopback(),
    )
}

/// Returns the host in one spelling: lower case, no brackets, no last dot, the usual form of an address.
fn host_of(authority: &Authority) -> String {
    let host = authority.host().trim_matches(['[', ']']);
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => host,
    }
}

fn refusal(what: &str, text: &str, flag: &str, allowed: &str) -> ErrorInfo {
    ErrorInfo::new(
        40300,
        403,
        format!(
            "The {what} '{text}' is not allowed: this server takes loopback alone, since its credential is public or \
             generated; chatctl serve with {flag} {allowed} allows it"
        ),
    )
}

/// An Origin.
struct Origin {
    /// In one spelling, with its port.
    text: String,
    host: Option<String>,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        if text == "null" {
            return Some(Self {
                text: text.to_owned(),
                host: None,
            });
        }
        let (scheme, rest) = text.split_once("://")?;
        let authority = Authority::try_from(rest).ok()?;
        let has_port = authority.port_u16().is_some();
        if scheme.is_empty() || (authority.host() != rest && !has_port) || rest.contains('@') {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let host = host_of(&authority);
        let port = authority.port_u16().or(match scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        });
        let port = port.map(|port| port.to_string()).unwrap_or_default();
        Some(Self {
            text: format!("{scheme}://{host}:{port}"),
            host: Some(host),
        })
    }
}

/// Checks that a request which changes state says that it carries JSON or MessagePack, which no page can say for
/// another Origin without asking first. Browsers name themselves with an Origin, or with what they fetch for.
///
/// # Errors
/// 40000 / 415.
pub(super) fn check_content_type(request: &Request, query: &Query) -> Result<()> {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return Ok(());
    }
    let headers = request.headers();
    let is_browser = headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site");
    if !is_browser && query.get("enveloped") == Some("false") {
        return Ok(());
    }
    // Programs leave it out, most often where there is no body.
    let content_type = headers.get(CONTENT_TYPE);
    if content_type.is_none() && !is_browser {
        return Ok(());
    }
    let essence = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split(';').next())
        .unwrap_or_default()
        .trim();
    let is_known = [Format::Json, Format::MessagePack]
        .iter()
        .any(|format| essence.eq_ignore_ascii_case(format.media_type()));
    if is_known {
        return Ok(());
    }
    Err(ErrorInfo::new(
        40000,
        415,
        "Invalid Content-Type: must be application/json or application/x-msgpack",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn check(boundary: &Boundary, host: &str, origin: Option<&str>) -> Result<()> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        let local = "192.168.1.5".parse().ok();
        boundary.check(&Uri::from_static("/"), &headers, local)
    }

    #[test]
    fn loopback_is_taken_in_every_spelling() {
        let boundary = Boundary::default();
        for host in [
            "localhost",
            "LOCALHOST:9080",
            "localhost.",
            "app.localhost:1",
            "127.0.0.1:9080",
            "127.9.9.9",
            "[::1]:9080",
            "[::ffff:127.0.0.1]",
        ] {
            assert_eq!(check(&boundary, host, None), Ok(()), "{host}");
            let origin = format!("http://{host}");
            assert_eq!(
                check(&boundary, "localhost", Some(&origin)),
                Ok(()),
                "{host}"
            );
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_flag() {
        let boundary = Boundary::default();
        for host in [
            "evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "10.0.2.2:9080",
            "127.0.0.1.evil.example",
            "192.168.1.5",
            "0.0.0.0",
            "[2001:db8::1]:80",
        ] {
            let error = check(&boundary, host, None).unwrap_err();
            assert_eq!((error.code, error.status_code), (40300, 403), "{host}");
            assert!(error.message.contains("--allow-host"), "{error}");
        }
        for host in ["", "a b", "user@localhost"] {
            assert!(check(&boundary, host, None).is_err(), "{host}");
        }
        for origin in [
            "null",
            "https://evil.example",
            "http://localhost.evil.example",
            "http://x@localhost",
            "localhost",
            "",
            "chrome-extension://abc",
            "http://192.168.1.5",
        ] {
            let error = check(&boundary, "localhost", Some(origin)).unwrap_err();
            assert_eq!((error.code, error.status_code), (40300, 403), "{origin}");
            assert!(error.message.contains("--allow-origin"), "{error}");
        }
    }

    #[test]
    fn flags_allow_exactly_what_they_name() {
        let mut boundary = Boundary::default();
        boundary.allow_host("Ably.Test").unwrap();
        boundary.allow_host("::2").unwrap();
        boundary.allow_origin("https://App.example").unwrap();
        boundary.allow_origin("http://10.0.0.5:3000").unwrap();
        for host in ["ably.test", "ably.test:9080", "[::2]:9080"] {
            assert_eq!(check(&boundary, host, None), Ok(()), "{host}");
        }
        for origin in [
            "https://app.example",
            "https://app.example:443",
            "http://10.0.0.5:3000",
        ] {
            assert_eq!(
                check(&boundary, "localhost", Some(origin)),
                Ok(()),
                "{origin}"
            );
        }
        for origin in [
            "http://app.example",
            "http://10.0.0.5:3001",
            "http://ably.test",
            "null",
        ] {
            assert!(
                check(&boundary, "localhost", Some(origin)).is_err(),
                "{origin}"
            );
        }
        boundary.allow_origin("null").unwrap();
        assert_eq!(check(&boundary, "localhost", Some("null")), Ok(()));
        for host in ["", "a:80", "a:x", "http://a", "a/b", "u@a"] {
            assert!(boundary.allow_host(host).is_err(), "{host}");
        }
        for origin in [
            "",
            "a",
            "http://",
            "http://a/b",
            "http://a:x",
            "http://u@a",
            "*",
        ] {
            assert!(boundary.allow_origin(origin).is_err(), "{origin}");
        }
    }

    #[test]
    fn a_server_on_another_address_takes_it_and_the_machines_names() {
        let names = || ["Workbench".to_owned(), "workbench.local".to_owned()];
        let mut one = Boundary::default();
        one.listens_on("10.1.1.1".parse().unwrap(), names());
        assert_eq!(
            check(&one, "10.1.1.1:9080", Some("http://10.1.1.1:3000")),
            Ok(())
        );
        assert_eq!(
            check(&one, "workbench:9080", Some("http://workbench.local")),
            Ok(())
        );
        assert!(check(&one, "192.168.1.5", None).is_err());
        let mut every = Boundary::default();
        every.listens_on("0.0.0.0".parse().unwrap(), names());
        assert_eq!(
            check(&every, "192.168.1.5:9080", Some("http://192.168.1.5:3000")),
            Ok(())
        );
        assert_eq!(check(&every, "0.0.0.0:9080", None), Ok(()));
        assert!(check(&every, "192.168.1.6:9080", None).is_err());
        let mut loopback = Boundary::default();
        loopback.listens_on("127.0.0.1".parse().unwrap(), names());
        assert_eq!(loopback, Boundary::default());
    }
}
