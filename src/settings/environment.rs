//! The environment as a source of settings.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use super::auth::{
    Authentication, check_quotes, parse_credential, parse_token_command, parse_token_url,
};
use super::flags::{parse_log_level, parse_output, parse_retry, parse_wire};
use super::source::{SettingResult, SettingSource};
use super::{ColorChoice, LogLevel, Origin, OutputFormat, SettingError, Sourced, parse_duration};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::text;

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

    /// The value of `name`, if it is set.
    ///
    /// # Errors
    /// A value that is empty or not UTF-8.
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
            Some(text) => Ok(Some(text::without_mark(text))),
            None => Err(SettingError::new(format!("{name} is not valid UTF-8"))),
        }
    }

    /// The same for a value that has no reason to be in quotes.
    fn unquoted(&self, name: &'static str) -> Result<Option<&str>, SettingError> {
        let value = self.get(name)?;
        if let Some(text) = value {
            check_quotes(&name, text)?;
        }
        Ok(value)
    }

    /// The value of `name` as `parse` reads it, if it is set.
    fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> SettingResult<T> {
        let Some(text) = self.unquoted(name)? else {
            return Ok(None);
        };
        match parse(text) {
            Ok(value) => Ok(Some(Sourced::new(value, Origin::Environment(name)))),
            Err(fault) => Err(SettingError::new(format!("{name}: {fault}"))),
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

impl SettingSource for Environment {
    /// `ABLY_TOKEN` before `ABLY_API_KEY` before `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`.
    fn authentication(&self) -> SettingResult<Authentication> {
        // All are read, so that an empty one is never passed over in silence.
        let token = self.get("ABLY_TOKEN")?;
        let key = self.get("ABLY_API_KEY")?;
        let url = self.unquoted("CHATCTL_AUTH_URL")?;
        let command = self.get("CHATCTL_AUTH_COMMAND")?;
        if let Some(token) = token {
            return parse_credential(Origin::Environment("ABLY_TOKEN"), token, false).map(Some);
        }
        if let Some(key) = key {
            return parse_credential(Origin::Environment("ABLY_API_KEY"), key, true).map(Some);
        }
        match (url, command) {
            (Some(_), Some(_)) => Err(SettingError::new(
                "CHATCTL_AUTH_URL and CHATCTL_AUTH_COMMAND contradict each other",
            )
            .hint("unset one of them")),
            (Some(url), None) => {
                parse_token_url(Origin::Environment("CHATCTL_AUTH_URL"), url).map(Some)
            }
            (None, Some(command)) => {
                parse_token_command(Origin::Environment("CHATCTL_AUTH_COMMAND"), command).map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    fn key(&self) -> SettingResult<ApiKey> {
        let origin = Origin::Environment("ABLY_API_KEY");
        let Some(text) = self.unquoted("ABLY_API_KEY")? else {
            return Ok(None);
        };
        let key = ApiKey::parse(text).map_err(|error| SettingError::about(&origin, &error))?;
        Ok(Some(Sourced::new(key, origin)))
    }

    fn client_id(&self) -> SettingResult<String> {
        self.parsed("ABLY_CLIENT_ID", |text| Ok(text.to_owned()))
    }

    /// A URL in `ABLY_ENDPOINT` says all by itself: `ABLY_PORT` and `ABLY_TLS` beside it are of another server, as
    /// within `exec`.
    fn endpoint(&self) -> SettingResult<Endpoint> {
        let text = self.unquoted("ABLY_ENDPOINT")?;
        let port = self.unquoted("ABLY_PORT")?.map(parse_port).transpose()?;
        let tls = self.unquoted("ABLY_TLS")?.map(parse_tls).transpose()?;
        let Some(text) = text else {
            let origin = match (port, tls) {
                (Some(_), _) => Origin::Environment("ABLY_PORT"),
                (None, Some(_)) => Origin::Environment("ABLY_TLS"),
                (None, None) => return Ok(None),
            };
            let endpoint = Endpoint::default().with(port, tls);
            return Ok(Some(Sourced::new(endpoint, origin)));
        };
        match Endpoint::parse_beside(text, port, tls) {
            Ok(endpoint) => {
                let origin = Origin::Environment("ABLY_ENDPOINT");
                Ok(Some(Sourced::new(endpoint, origin)))
            }
            Err(error) => {
                let names = if Endpoint::parse(text).is_ok() {
                    "ABLY_ENDPOINT and ABLY_PORT"
                } else {
                    "ABLY_ENDPOINT"
                };
                Err(SettingError {
                    message: format!("{names}: {}", error.message),
                    hint: error.hint,
                })
            }
        }
    }

    /// `CI` is set, neither empty nor `false`: nearly every CI sets it.
    fn forbids_local_server(&self) -> bool {
        self.raw("CI")
            .is_some_and(|value| !value.is_empty() && value != "false")
    }

    fn ca_file(&self) -> SettingResult<PathBuf> {
        self.parsed("CHATCTL_CA_FILE", |path| Ok(PathBuf::from(path)))
    }

    fn wire(&self) -> SettingResult<Format> {
        self.parsed("CHATCTL_WIRE", parse_wire)
    }

    fn timeout(&self) -> SettingResult<Duration> {
        self.parsed("CHATCTL_TIMEOUT", parse_duration)
    }

    fn retry(&self) -> SettingResult<Duration> {
        self.parsed("CHATCTL_RETRY", parse_retry)
    }

    fn output(&self) -> SettingResult<OutputFormat> {
        self.parsed("CHATCTL_OUTPUT", parse_output)
    }

    /// `NO_COLOR` is set and not empty.
    fn color(&self) -> SettingResult<ColorChoice> {
        let is_set = self.raw("NO_COLOR").is_some_and(|value| !value.is_empty());
        let origin = Origin::Environment("NO_COLOR");
        Ok(is_set.then(|| Sourced::new(ColorChoice::Never, origin)))
    }

    fn log_level(&self) -> SettingResult<LogLevel> {
        self.parsed("CHATCTL_LOG_LEVEL", parse_log_level)
    }
}

fn parse_port(text: &str) -> Result<u16, SettingError> {
    text.parse()
        .map_err(|_| SettingError::new(format!("ABLY_PORT is not a port number: {text}")))
}

fn parse_tls(text: &str) -> Result<bool, SettingError> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(SettingError::new(format!(
            "ABLY_TLS must be true or false: {text}"
        ))),
    }
}

/// An environment of these variables.
#[cfg(test)]
pub(super) fn of_pairs(pairs: &[(&str, &str)]) -> Environment {
    pairs
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)))
        .collect()
}
