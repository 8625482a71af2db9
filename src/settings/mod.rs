//! The settings of a command: values out of an ordered list of sources, each with its origin.
//!
//! A merge of the sources that are handed in. A source that is set but empty (a missing CI secret, most often) is an error,
//! never "absent". The config file is read once, by [`Config::load`]; a key's file or command only when the key is needed.

mod auth;
mod config;
mod config_file;
mod environment;
mod flags;
mod key_command;
mod names;
mod proxies;
mod section;
mod source;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::chat_core::auth::token_source::TokenSource;
use crate::chat_core::auth::{ApiKey, Credential};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;

pub use crate::chat_core::text::parse_duration;
pub use auth::{AuthRequest, Authentication, auth_url, is_header};
pub use config::{Config, Profile, config_path};
pub use config_file::ConfigFile;
pub use environment::Environment;
pub use flags::{ColorChoice, Flags, LogFormat, LogLevel, OutputFormat};
pub use key_command::KeyCommand;
pub use names::{SETTINGS, SettingKind, SettingName, is_profile_name};
pub use proxies::ProxyVariables;
pub use section::{ConfigValue, Section};
pub use source::{SettingResult, SettingSource};

/// The time limit of a network operation unless a source gives one: the SDKs' `realtimeRequestTimeout`.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The base of the waits between attempts to reconnect unless a source gives one: the SDKs' `disconnectedRetryTimeout`.
const DEFAULT_RETRY: Duration = Duration::from_secs(15);

/// The origin of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, by its name with the dashes.
    Flag(&'static str),
    /// An environment variable.
    Environment(&'static str),
    /// A profile of the config file.
    Profile {
        /// Its name.
        profile: Arc<str>,
        /// The name of the setting there.
        setting: &'static str,
    },
    /// The config file outside its profiles, with the name of the setting there.
    ConfigFile(&'static str),
    /// The local server, where no source names an endpoint or credentials.
    LocalServer,
    /// No source.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::Profile { profile, setting } => write!(f, "{setting} of profile {profile}"),
            Self::ConfigFile(setting) => write!(f, "{setting} of the config file"),
            Self::LocalServer => f.write_str("the local server"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and its origin.
#[derive(Clone, Debug)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// The value that `origin` gave.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// A setting that can't be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SettingError {
    /// The fault, naming the setting.
    pub message: String,
    /// The next step.
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

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn about(origin: &Origin, error: &ErrorInfo) -> Self {
        Self {
            message: format!("{origin}: {}", error.message),
            hint: error.hint.clone(),
        }
    }
}

/// A list of sources, the most specific first. The first that gives a value wins.
pub struct Settings<'a> {
    sources: Vec<&'a dyn SettingSource>,
}

impl<'a> Settings<'a> {
    /// The settings of `sources`, the most specific first.
    pub fn new(sources: Vec<&'a dyn SettingSource>) -> Self {
        Self { sources }
    }

    /// The value of the first source that gives one.
    fn first<T>(
        &self,
        read: impl Fn(&dyn SettingSource) -> Result<Option<Sourced<T>>, SettingError>,
    ) -> Result<Option<Sourced<T>>, SettingError> {
        for source in &self.sources {
            if let Some(found) = read(*source)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The same, else `default`.
    fn first_or<T>(
        &self,
        default: T,
        read: impl Fn(&dyn SettingSource) -> Result<Option<Sourced<T>>, SettingError>,
    ) -> Result<Sourced<T>, SettingError> {
        let found = self.first(read)?;
        Ok(found.unwrap_or(Sourced::new(default, Origin::Default)))
    }

    /// The key, token or token source, if any source gives one.
    ///
    /// # Errors
    /// A source that is empty or malformed, two that contradict each other, and an option of `--auth-url` without it.
    pub fn authentication(&self) -> Result<Option<Sourced<Authentication>>, SettingError> {
        let mut found = self.first(|source| source.authentication())?;
        for source in &self.sources {
            let request = source.auth_request()?;
            match &mut found {
                Some(Sourced {
                    value: Authentication::Source(TokenSource::Url(url)),
                    ..
                }) => request.apply_to(url),
                _ => request.refuse_without_url()?,
            }
        }
        Ok(found)
    }

    /// The key or token, if any source gives one, for commands that fetch nothing.
    ///
    /// # Errors
    /// As [`Settings::authentication`], and a flag that names a token source.
    pub fn credential(&self) -> Result<Option<Sourced<Credential>>, SettingError> {
        match self.authentication()? {
            Some(Sourced {
                value: Authentication::Credential(value),
                origin,
            }) => Ok(Some(Sourced { value, origin })),
            Some(Sourced {
                origin: origin @ Origin::Flag(_),
                ..
            }) => Err(
                SettingError::new(format!("{origin}: this command fetches nothing"))
                    .hint("give the token itself, with --token-file or ABLY_TOKEN"),
            ),
            _ => Ok(None),
        }
    }

    /// The API key, if any source gives one. A token beside it in the environment does not matter: a key signs.
    ///
    /// # Errors
    /// A source that is empty or malformed, and a flag that gives a token.
    pub fn key(&self) -> Result<Option<Sourced<ApiKey>>, SettingError> {
        let found = self.first(|source| source.key())?;
        if found.is_some() {
            for source in &self.sources {
                source.auth_request()?.refuse_without_url()?;
            }
        }
        Ok(found)
    }

    /// The keys of a server: all of the first source that gives one; none if none does.
    ///
    /// # Errors
    /// A source that is empty or malformed, and two keys of one name.
    pub fn server_keys(&self) -> Result<Vec<ApiKey>, SettingError> {
        for source in &self.sources {
            let keys = source.keys()?;
            if !keys.is_empty() {
                return Ok(keys);
            }
        }
        Ok(Vec::new())
    }

    /// The clientId to act as, if any source gives one.
    ///
    /// # Errors
    /// An empty one.
    pub fn client_id(&self) -> Result<Option<Sourced<String>>, SettingError> {
        self.first(|source| source.client_id())
    }

    /// The endpoint with port and TLS: one setting, which the most specific source gives whole.
    ///
    /// # Errors
    /// A source that is empty or malformed, and two ports.
    pub fn endpoint(&self) -> Result<Sourced<Endpoint>, SettingError> {
        self.first_or(Endpoint::default(), |source| source.endpoint())
    }

    /// Returns whether the local server is used: no source gives an endpoint or credentials, and none forbids it.
    ///
    /// # Errors
    /// As [`Settings::authentication`] and [`Settings::endpoint`].
    pub fn is_local(&self) -> Result<bool, SettingError> {
        Ok(self.authentication()?.is_none()
            && self.endpoint()?.origin == Origin::Default
            && !self.forbids_local_server())
    }

    /// Returns whether a source forbids the local server, as CI does: a missing secret must not look like success there.
    pub fn forbids_local_server(&self) -> bool {
        let mut sources = self.sources.iter();
        sources.any(|source| source.forbids_local_server())
    }

    /// The file of certificates to trust besides the machine's own.
    ///
    /// # Errors
    /// An empty source.
    pub fn ca_file(&self) -> Result<Option<Sourced<PathBuf>>, SettingError> {
        self.first(|source| source.ca_file())
    }

    /// The format on the wire: MessagePack by default.
    ///
    /// # Errors
    /// An unknown format.
    pub fn wire(&self) -> Result<Sourced<Format>, SettingError> {
        self.first_or(Format::MessagePack, |source| source.wire())
    }

    /// The time limit of each network operation.
    ///
    /// # Errors
    /// A malformed duration.
    pub fn timeout(&self) -> Result<Sourced<Duration>, SettingError> {
        self.first_or(DEFAULT_TIMEOUT, |source| source.timeout())
    }

    /// The base of the waits between attempts to reconnect.
    ///
    /// # Errors
    /// A malformed duration, or zero.
    pub fn retry(&self) -> Result<Sourced<Duration>, SettingError> {
        self.first_or(DEFAULT_RETRY, |source| source.retry())
    }

    /// The form of results.
    ///
    /// # Errors
    /// An unknown form.
    pub fn output(&self) -> Result<Sourced<OutputFormat>, SettingError> {
        self.first_or(OutputFormat::default(), |source| source.output())
    }

    /// The use of colour.
    ///
    /// # Errors
    /// An unknown word.
    pub fn color(&self) -> Result<Sourced<ColorChoice>, SettingError> {
        self.first_or(ColorChoice::default(), |source| source.color())
    }

    /// The least severe level that is logged.
    ///
    /// # Errors
    /// An unknown level.
    pub fn log_level(&self) -> Result<Sourced<LogLevel>, SettingError> {
        self.first_or(LogLevel::default(), |source| source.log_level())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use environment::of_pairs as environment;

    #[test]
    fn most_specific_source_gives_endpoint_port_and_tls_together() {
        let variables = environment(&[
            ("ABLY_ENDPOINT", "127.0.0.1"),
            ("ABLY_PORT", "9080"),
            ("ABLY_TLS", "false"),
        ]);
        let found = Settings::new(vec![&variables]).endpoint().unwrap();
        assert_eq!(found.value.http_base(), "http://127.0.0.1:9080");
        let flags = Flags {
            endpoint: Some("main".to_owned()),
            ..Flags::default()
        };
        assert_eq!(
            Settings::new(vec![&flags, &variables])
                .endpoint()
                .unwrap()
                .value
                .http_base(),
            "https://main.realtime.ably.net"
        );
    }

    #[test]
    fn local_server_is_used_without_settings_and_never_in_ci() {
        let local = |flags: &Flags, pairs: &[(&str, &str)]| {
            Settings::new(vec![flags, &environment(pairs)]).is_local()
        };
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
    fn first_source_wins_and_the_value_knows_its_origin() {
        let variables = environment(&[("CHATCTL_TIMEOUT", "3s"), ("CHATCTL_WIRE", "json")]);
        let flags = Flags {
            timeout: Some(Duration::from_secs(2)),
            ..Flags::default()
        };
        let settings = Settings::new(vec![&flags, &variables]);
        let timeout = settings.timeout().unwrap();
        assert_eq!(timeout.value, Duration::from_secs(2));
        assert_eq!(timeout.origin, Origin::Flag("--timeout"));
        let wire = settings.wire().unwrap();
        assert_eq!(wire.value, Format::Json);
        assert_eq!(wire.origin, Origin::Environment("CHATCTL_WIRE"));
        assert_eq!(settings.retry().unwrap().origin, Origin::Default);
        let wire = Settings::new(vec![&Flags::default()]).wire().unwrap();
        assert_eq!(wire.value, Format::MessagePack);
        let flags = Flags {
            wire: Some(Format::MessagePack),
            ..Flags::default()
        };
        let wire = Settings::new(vec![&flags, &variables]).wire().unwrap();
        assert_eq!(wire.value, Format::MessagePack);
        let bad = environment(&[("CHATCTL_WIRE", "xml"), ("CHATCTL_RETRY", "0s")]);
        let bad = Settings::new(vec![&bad]);
        assert!(bad.wire().is_err() && bad.retry().is_err());
    }

    #[test]
    fn durations_need_a_unit_and_no_sign() {
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
