//! Where a command talks to and as whom: flags over environment over defaults, each value with where it came from.
//!
//! A pure merge: it reads the flags and the environment it is given and nothing else.
//! A variable that is set but empty (a missing CI secret, most often) is an error, never "absent".

mod credential;
mod flags;
mod network;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::time::Duration;

use crate::chat_core::auth::ApiKey;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::endpoint::Endpoint;

pub use credential::{Login, auth_url, credential, is_header, key, login};
pub use flags::{ColorChoice, Flags, LogFormat, LogLevel, OutputFormat};
pub use network::{ProxyVariables, ca_file, proxies, retry, wire};

/// The variables that a command sees.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// The value of `name`, if it is set.
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
    }

    /// The value of `name`, which must be neither empty nor unreadable if it is set.
    pub fn get(&self, name: &'static str) -> Result<Option<&str>, SettingError> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        match value.to_str() {
            Some("") => Err(
                SettingError::new(format!("{name} is set but empty")).hint(format!(
                    "give {name} a value, or unset it; in CI, check that the secret exists"
                )),
            ),
            Some(text) => Ok(Some(text)),
            None => Err(SettingError::new(format!("{name} is not valid UTF-8"))),
        }
    }

    /// All variables.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Self {
            variables: variables.into_iter().collect(),
        }
    }
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, by its name with the dashes.
    Flag(&'static str),
    /// An environment variable.
    Environment(&'static str),
    /// The local server, which is there where nobody says anything.
    LocalServer,
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::LocalServer => f.write_str("the local server"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub origin: Origin,
}

/// A setting that can't be used. Its exit code is 2.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SettingError {
    /// What is wrong, naming the setting.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl SettingError {
    /// A fault in a setting.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// The same with advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn about(origin: Origin, error: &ErrorInfo) -> Self {
        Self {
            message: format!("{origin}: {}", error.message),
            hint: error.hint.clone(),
        }
    }
}

/// The keys of a server: all that the flags give, else the environment's; none if nobody gives one.
///
/// # Errors
/// A source that is empty or malformed, and two keys of one name.
pub fn server_keys(flags: &Flags, environment: &Environment) -> Result<Vec<ApiKey>, SettingError> {
    if flags.key.len() < 2 {
        return Ok(key(flags, environment)?
            .map(|found| found.value)
            .into_iter()
            .collect());
    }
    let origin = Origin::Flag("--key");
    let mut keys: Vec<ApiKey> = Vec::new();
    for text in &flags.key {
        let key = ApiKey::parse(text).map_err(|error| SettingError::about(origin, &error))?;
        if keys.iter().any(|other| other.name() == key.name()) {
            let message = format!("{origin}: two keys are called {}", key.name());
            return Err(SettingError::new(message).hint("give each key a name of its own"));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// The clientId that was asked for.
///
/// # Errors
/// An empty one, or `*`, which is nobody's identity.
pub fn client_id(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<Sourced<String>>, SettingError> {
    let given = match &flags.client_id {
        Some(text) => Some((text.as_str(), Origin::Flag("--client-id"))),
        None => environment
            .get("ABLY_CLIENT_ID")?
            .map(|text| (text, Origin::Environment("ABLY_CLIENT_ID"))),
    };
    let Some((text, origin)) = given else {
        return Ok(None);
    };
    if text.is_empty() {
        return Err(SettingError::new(format!("{origin} is empty"))
            .hint("name the client, or leave the setting out"));
    }
    Ok(Some(Sourced {
        value: text.to_owned(),
        origin,
    }))
}

/// The endpoint, port and TLS: one setting, which the most specific source gives whole. A URL in `ABLY_ENDPOINT` says
/// all by itself: `ABLY_PORT` and `ABLY_TLS` beside it are of another, as within `exec`.
///
/// # Errors
/// A source that is empty or malformed, and two ports.
pub fn endpoint(
    flags: &Flags,
    environment: &Environment,
) -> Result<Sourced<Endpoint>, SettingError> {
    if let Some(text) = &flags.endpoint {
        let origin = Origin::Flag("--endpoint");
        let value = Endpoint::parse(text).map_err(|error| SettingError::about(origin, &error))?;
        return Ok(Sourced { value, origin });
    }
    let origin = Origin::Environment("ABLY_ENDPOINT");
    let text = environment.get("ABLY_ENDPOINT")?;
    let port = environment
        .get("ABLY_PORT")?
        .map(|port| {
            port.parse::<u16>()
                .map_err(|_| SettingError::new(format!("ABLY_PORT is not a port number: {port}")))
        })
        .transpose()?;
    let tls = environment
        .get("ABLY_TLS")?
        .map(|tls| match tls {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(SettingError::new(format!(
                "ABLY_TLS is neither true nor false: {tls}"
            ))),
        })
        .transpose()?;
    let Some(text) = text else {
        let origin = match (port, tls) {
            (Some(_), _) => Origin::Environment("ABLY_PORT"),
            (None, Some(_)) => Origin::Environment("ABLY_TLS"),
            (None, None) => Origin::Default,
        };
        let value = Endpoint::default().with(port, tls);
        return Ok(Sourced { value, origin });
    };
    let value = Endpoint::parse_beside(text, port, tls).map_err(|error| {
        let names = if Endpoint::parse(text).is_ok() {
            "ABLY_ENDPOINT and ABLY_PORT"
        } else {
            "ABLY_ENDPOINT"
        };
        SettingError {
            message: format!("{names}: {}", error.message),
            hint: error.hint,
        }
    })?;
    Ok(Sourced { value, origin })
}

/// Whether neither an endpoint nor credentials come from any source: then the local server is used, but never in CI,
/// where a missing secret must not look like success.
///
/// # Errors
/// As [`login`] and [`endpoint`]: a source that is empty is none that is absent.
pub fn is_local(flags: &Flags, environment: &Environment) -> Result<bool, SettingError> {
    Ok(login(flags, environment)?.is_none()
        && endpoint(flags, environment)?.origin == Origin::Default
        && !is_ci(environment))
}

/// Whether this runs in CI, as nearly every CI says: `CI` is set, neither empty nor `false`.
pub fn is_ci(environment: &Environment) -> bool {
    environment
        .raw("CI")
        .is_some_and(|value| !value.is_empty() && value != "false")
}

/// How long each network operation may take.
///
/// # Errors
/// A malformed `CHATCTL_TIMEOUT`.
pub fn timeout(flags: &Flags, environment: &Environment) -> Result<Duration, SettingError> {
    if let Some(span) = flags.timeout {
        return Ok(span);
    }
    match environment.get("CHATCTL_TIMEOUT")? {
        Some(text) => parse_duration(text)
            .map_err(|fault| SettingError::new(format!("CHATCTL_TIMEOUT: {fault}"))),
        None => Ok(DEFAULT_TIMEOUT),
    }
}

/// How long each network operation may take when nobody said otherwise: the SDKs' `realtimeRequestTimeout`.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads `90s`, `1h30m`, `7d`, `250ms`. Negative spans and bare numbers are refused.
///
/// # Errors
/// What is wrong, for people.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let fault = || format!("'{text}' is not a duration such as 90s, 1h30m or 7d");
    let span: jiff::Span = text.parse().map_err(|_| fault())?;
    // Days are 24 hours here: no time zone is involved.
    let signed = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .map_err(|_| fault())?;
    Duration::try_from(signed).map_err(|_| format!("'{text}' is negative"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)))
            .collect()
    }

    #[test]
    fn the_most_specific_source_gives_endpoint_port_and_tls_together() {
        let variables = environment(&[
            ("ABLY_ENDPOINT", "127.0.0.1"),
            ("ABLY_PORT", "9080"),
            ("ABLY_TLS", "false"),
        ]);
        let found = endpoint(&Flags::default(), &variables).unwrap();
        assert_eq!(found.value.http_base(), "http://127.0.0.1:9080");
        let flags = Flags {
            endpoint: Some("main".to_owned()),
            ..Flags::default()
        };
        assert_eq!(
            endpoint(&flags, &variables).unwrap().value.http_base(),
            "https://main.realtime.ably.net"
        );
    }

    #[test]
    fn the_local_server_is_for_those_who_say_nothing_and_never_for_ci() {
        let local = |flags: &Flags, pairs: &[(&str, &str)]| is_local(flags, &environment(pairs));
        let nothing = Flags::default();
        assert!(local(&nothing, &[("ABLY_CLIENT_ID", "ann")]).unwrap());
        for (pair, is_local) in [
            (("CI", "true"), false),
            (("CI", "1"), false),
            (("CI", ""), true),
            (("CI", "false"), true),
            (("ABLY_API_KEY", "a.b:c"), false),
            (("ABLY_TOKEN", "a.b.c"), false),
            (("CHATCTL_AUTH_COMMAND", "echo"), false),
            (("CHATCTL_AUTH_URL", "http://x/"), false),
            (("ABLY_ENDPOINT", "main"), false),
            (("ABLY_PORT", "1"), false),
            (("ABLY_TLS", "false"), false),
        ] {
            assert_eq!(local(&nothing, &[pair]).unwrap(), is_local, "{pair:?}");
        }
        let flags = Flags {
            endpoint: Some("main".to_owned()),
            ..Flags::default()
        };
        assert!(!local(&flags, &[]).unwrap());
        for name in ["ABLY_API_KEY", "ABLY_TOKEN", "ABLY_ENDPOINT"] {
            assert!(local(&nothing, &[(name, "")]).is_err(), "{name}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(parse_duration("90s").unwrap(), Duration::from_secs(90));
        assert_eq!(parse_duration("1h30m").unwrap(), Duration::from_secs(5400));
        assert_eq!(
            parse_duration("7d").unwrap(),
            Duration::from_secs(7 * 86400)
        );
        assert_eq!(parse_duration("250ms").unwrap(), Duration::from_millis(250));
        for text in ["", "5", "-5s", "abc", "1 fortnight"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
