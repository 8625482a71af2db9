//! How the service is reached: proxies, certificates, the format on the wire, and how long is waited between attempts.

use std::path::PathBuf;
use std::time::Duration;

use super::{Environment, Flags, Origin, SettingError, Sourced, parse_duration};
use crate::chat_core::protocol::Format;

/// The base of the waits between attempts to reconnect when nobody said otherwise: the SDKs' `disconnectedRetryTimeout`.
const DEFAULT_RETRY: Duration = Duration::from_secs(15);

/// The proxies that the usual variables name, in capitals or small letters; an empty text is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    /// For plain links.
    pub http: String,
    /// For encrypted ones.
    pub https: String,
    /// Hosts that are reached without.
    pub except: String,
}

/// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. Other programs set them too: empty is as good as unset.
pub fn proxies(environment: &Environment) -> ProxyVariables {
    let read = |names: [&str; 2]| {
        let values = names.into_iter().filter_map(|name| environment.raw(name));
        let value = values.into_iter().find(|value| !value.is_empty());
        value.map(|value| value.to_string_lossy().into_owned())
    };
    let all = read(["ALL_PROXY", "all_proxy"]).unwrap_or_default();
    ProxyVariables {
        http: read(["HTTP_PROXY", "http_proxy"]).unwrap_or_else(|| all.clone()),
        https: read(["HTTPS_PROXY", "https_proxy"]).unwrap_or(all),
        except: read(["NO_PROXY", "no_proxy"]).unwrap_or_default(),
    }
}

/// The file of certificates that are trusted besides the machine's own.
///
/// # Errors
/// An empty `CHATCTL_CA_FILE`.
pub fn ca_file(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<Sourced<PathBuf>>, SettingError> {
    if let Some(path) = &flags.ca_file {
        return Ok(Some(Sourced {
            value: path.clone(),
            origin: Origin::Flag("--ca-file"),
        }));
    }
    let path = environment.get("CHATCTL_CA_FILE")?;
    Ok(path.map(|path| Sourced {
        value: PathBuf::from(path),
        origin: Origin::Environment("CHATCTL_CA_FILE"),
    }))
}

/// The format on the wire: MessagePack unless told.
///
/// # Errors
/// A `CHATCTL_WIRE` that is neither.
pub fn wire(flags: &Flags, environment: &Environment) -> Result<Format, SettingError> {
    if let Some(format) = flags.wire {
        return Ok(format);
    }
    match environment.get("CHATCTL_WIRE")? {
        Some(word) => {
            parse_wire(word).map_err(|fault| SettingError::new(format!("CHATCTL_WIRE: {fault}")))
        }
        None => Ok(Format::MessagePack),
    }
}

/// Reads `json` or `msgpack`.
///
/// # Errors
/// Any other word.
pub(super) fn parse_wire(word: &str) -> Result<Format, String> {
    match word {
        "json" => Ok(Format::Json),
        "msgpack" => Ok(Format::MessagePack),
        _ => Err(format!("'{word}' is neither json nor msgpack")),
    }
}

/// The base of the waits between attempts to reconnect.
///
/// # Errors
/// A malformed `CHATCTL_RETRY`.
pub fn retry(environment: &Environment) -> Result<Duration, SettingError> {
    match environment.get("CHATCTL_RETRY")? {
        Some(text) => parse_duration(text)
            .and_then(|span| {
                if span.is_zero() {
                    Err("it is zero".to_owned())
                } else {
                    Ok(span)
                }
            })
            .map_err(|fault| SettingError::new(format!("CHATCTL_RETRY: {fault}"))),
        None => Ok(DEFAULT_RETRY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (OsString::from(name), OsString::from(value)))
            .collect()
    }

    #[test]
    fn each_scheme_has_its_proxy_or_that_of_all() {
        let found = proxies(&environment(&[
            ("all_proxy", "http://all:1"),
            ("HTTPS_PROXY", "http://secure:2"),
            ("HTTP_PROXY", ""),
            ("no_proxy", "inner"),
        ]));
        assert_eq!(found.http, "http://all:1", "empty is unset");
        assert_eq!(found.https, "http://secure:2");
        assert_eq!(found.except, "inner");
        assert_eq!(proxies(&environment(&[])), ProxyVariables::default());
    }

    #[test]
    fn the_wire_is_msgpack_unless_told_and_a_flag_wins() {
        let flags = Flags::default();
        assert_eq!(
            wire(&flags, &environment(&[])).unwrap(),
            Format::MessagePack
        );
        let json = environment(&[("CHATCTL_WIRE", "json")]);
        assert_eq!(wire(&flags, &json).unwrap(), Format::Json);
        let flags = Flags {
            wire: Some(Format::MessagePack),
            ..flags
        };
        assert_eq!(wire(&flags, &json).unwrap(), Format::MessagePack);
        let bad = environment(&[("CHATCTL_WIRE", "xml"), ("CHATCTL_RETRY", "0s")]);
        assert!(wire(&Flags::default(), &bad).is_err() && retry(&bad).is_err());
    }
}
