//! Which addresses a connection may lead to, for calls whose target somebody else has chosen.

use std::io;
use std::net::{IpAddr, SocketAddr};

use http::Uri;
use tokio::net::TcpStream;

/// How the text of a refused address begins.
const REFUSED: &str = "the address must not be called";

/// Which addresses a connection may lead to. Link-local, unspecified, broadcast and multicast ones are never among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All others.
    Anywhere,
    /// Those of this machine, and those of these hosts.
    Loopback(Vec<String>),
}

impl Reach {
    fn allows(&self, host: &str, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let is_special = match address {
            IpAddr::V4(ip) => {
                ip.is_link_local() || ip.is_unspecified() || ip.is_broadcast() || ip.is_multicast()
            }
            IpAddr::V6(ip) => {
                ip.is_unicast_link_local() || ip.is_unspecified() || ip.is_multicast()
            }
        };
        if is_special {
            return false;
        }
        match self {
            Self::Anywhere => true,
            Self::Loopback(hosts) => {
                address.is_loopback() || hosts.iter().any(|it| it.eq_ignore_ascii_case(host))
            }
        }
    }

    /// Opens a connection to the host of `target`, at an address that may be called: what a name stands for is looked up
    /// once, so that it can't change between the check and the call.
    ///
    /// # Errors
    /// A name that stands for no address, or for none that may be called; a connection that is not made.
    pub(super) async fn connect(&self, target: &Uri) -> io::Result<TcpStream> {
        let host = target.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let by_default = if target.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        let port = target.port_u16().unwrap_or(by_default);
        let found = tokio::net::lookup_host((host, port)).await?;
        let found: Vec<SocketAddr> = found.collect();
        let allowed: Vec<SocketAddr> = found
            .iter()
            .filter(|it| self.allows(host, it.ip()))
            .copied()
            .collect();
        if allowed.is_empty() {
            let what = found
                .first()
                .map_or_else(String::new, |it| format!(": {}", it.ip()));
            return Err(io::Error::other(format!("{REFUSED}{what}")));
        }
        let stream = TcpStream::connect(&allowed[..]).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Returns whether a connection was not made since its address must not be called.
pub fn is_refused_address(reason: &str) -> bool {
    reason.starts_with(REFUSED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_called_is() {
        let loopback = Reach::Loopback(vec!["Build.example".to_owned()]);
        for (host, address, by_owner, by_guest) in [
            ("localhost", "127.0.0.1", true, true),
            ("localhost", "::1", true, true),
            ("x", "::ffff:127.0.0.1", true, true),
            ("x", "10.1.2.3", true, false),
            ("build.example", "10.1.2.3", true, true),
            ("x", "93.184.216.34", true, false),
            ("build.example", "169.254.169.254", false, false),
            ("x", "::ffff:169.254.169.254", false, false),
            ("x", "fe80::1", false, false),
            ("x", "0.0.0.0", false, false),
            ("x", "::", false, false),
            ("x", "224.0.0.1", false, false),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(Reach::Anywhere.allows(host, address), by_owner, "{address}");
            assert_eq!(loopback.allows(host, address), by_guest, "{address}");
        }
    }

    #[tokio::test]
    async fn a_refused_address_is_named_and_not_called() {
        let target = Uri::from_static("http://169.254.169.254/latest");
        let fault = Reach::Anywhere.connect(&target).await.unwrap_err();
        assert!(is_refused_address(&fault.to_string()), "{fault}");
        assert!(fault.to_string().contains("169.254.169.254"), "{fault}");
    }
}
