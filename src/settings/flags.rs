//! The flags that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::auth::{
    AuthRequest, Authentication, contents, parse_credential, parse_token_command, parse_token_url,
};
use super::source::{SettingResult, SettingSource};
use super::{Origin, SettingError, Sourced, parse_duration};
use crate::chat_core::auth::token_source::AuthMethod;
use crate::chat_core::auth::{ApiKey, Credential};
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;

/// Flags that every command takes.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Global options")]
pub struct Flags {
    /// API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file
    #[arg(long, global = true, value_name = "KEY", hide_short_help = true)]
    pub key: Vec<String>,

    /// File that holds the API key
    #[arg(long, global = true, value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and
    /// `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file
    #[arg(long, global = true, value_name = "TOKEN", hide_short_help = true)]
    pub token: Option<String>,

    /// File that holds the token
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Auth server to fetch tokens from, again before they expire [env: `CHATCTL_AUTH_URL`]
    #[arg(long, global = true, value_name = "URL")]
    pub auth_url: Option<String>,

    /// Shell command that prints a token, run again before it expires [env: `CHATCTL_AUTH_COMMAND`]
    #[arg(long, global = true, value_name = "COMMAND")]
    pub auth_command: Option<String>,

    /// Method for --auth-url: GET or POST [default: GET]
    #[arg(long, global = true, value_name = "METHOD", value_parser = auth_method, hide_short_help = true)]
    pub auth_method: Option<AuthMethod>,

    /// Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: prefer
    /// --auth-command with a file
    #[arg(
        long,
        global = true,
        value_name = "NAME: VALUE",
        hide_short_help = true
    )]
    pub auth_header: Vec<String>,

    /// Parameter for --auth-url: in the query of GET, in the form of POST
    #[arg(long, global = true, value_name = "NAME=VALUE", hide_short_help = true)]
    pub auth_param: Vec<String>,

    /// Identity to act as [env: `ABLY_CLIENT_ID`]
    #[arg(long, global = true, value_name = "ID")]
    pub client_id: Option<String>,

    /// Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]
    #[arg(long, global = true, value_name = "ENDPOINT")]
    pub endpoint: Option<String>,

    /// Profile of the config file to use [env: `CHATCTL_PROFILE`]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// PEM file of certificates to trust besides those of the system [env: `CHATCTL_CA_FILE`]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub ca_file: Option<PathBuf>,

    /// Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = parse_wire, hide_short_help = true)]
    pub wire: Option<Format>,

    /// Time limit of each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]
    #[arg(long, global = true, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,

    /// Form of the result [default: table] [env: `CHATCTL_OUTPUT`]
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        conflicts_with = "json"
    )]
    pub output: Option<OutputFormat>,

    /// Print JSON: the same as `-o json`
    #[arg(long, global = true)]
    pub json: bool,

    /// Filter the JSON with a jq program; strings are printed raw
    #[arg(long, global = true, value_name = "FILTER")]
    pub jq: Option<String>,

    /// Use of colour [default: auto]
    #[arg(long, global = true, value_name = "WHEN", hide_short_help = true)]
    pub color: Option<ColorChoice>,

    /// Log level on standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<LogLevel>,

    /// Log activity: the same as `--log-level info`; twice for debug, three times for trace
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "log_level")]
    pub verbose: u8,

    /// Hide notices; warnings and errors are still printed
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Log to a file instead of standard error
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub log_file: Option<PathBuf>,

    /// Form of log lines [default: text]
    #[arg(long, global = true, value_name = "FORMAT", hide_short_help = true)]
    pub log_format: Option<LogFormat>,
}

impl Flags {
    /// The flags that give credentials, each as often as it is given.
    fn credential_flags(&self) -> Vec<&'static str> {
        let mut given = vec!["--key"; self.key.len()];
        let others = [
            ("--token", self.token.is_some()),
            ("--key-file", self.key_file.is_some()),
            ("--token-file", self.token_file.is_some()),
            ("--auth-url", self.auth_url.is_some()),
            ("--auth-command", self.auth_command.is_some()),
        ];
        let others = others.iter().filter(|(_, is_given)| *is_given);
        given.extend(others.map(|(name, _)| *name));
        given
    }

    /// The request that the flags make to an auth server.
    ///
    /// # Errors
    /// A malformed header or parameter.
    pub fn auth_request(&self) -> Result<AuthRequest, SettingError> {
        AuthRequest::parse(self.auth_method, &self.auth_header, &self.auth_param)
    }
}

impl SettingSource for Flags {
    fn authentication(&self) -> SettingResult<Authentication> {
        let given = self.credential_flags();
        if let [first, second, ..] = given[..] {
            let fault = if first == second {
                format!("{first} is given twice")
            } else {
                format!("{first} and {second} contradict each other")
            };
            return Err(SettingError::new(fault).hint("give one credential"));
        }
        let Some(name) = given.first() else {
            return Ok(None);
        };
        let origin = Origin::Flag(name);
        let found = if let Some(text) = self.key.first() {
            parse_credential(origin, text, true)
        } else if let Some(text) = &self.token {
            parse_credential(origin, text, false)
        } else if let Some(path) = &self.key_file {
            parse_credential(origin.clone(), &contents(&origin, path)?, true)
        } else if let Some(path) = &self.token_file {
            parse_credential(origin.clone(), &contents(&origin, path)?, false)
        } else if let Some(url) = &self.auth_url {
            parse_token_url(origin, url)
        } else {
            parse_token_command(origin, self.auth_command.as_deref().unwrap_or_default())
        };
        found.map(Some)
    }

    fn auth_request(&self) -> Result<AuthRequest, SettingError> {
        self.auth_request()
    }

    fn key(&self) -> SettingResult<ApiKey> {
        match self.authentication()? {
            None => Ok(None),
            Some(Sourced {
                value: Authentication::Credential(Credential::Key(key)),
                origin,
            }) => Ok(Some(Sourced::new(key, origin))),
            Some(Sourced {
                value: Authentication::Credential(_),
                origin,
            }) => Err(SettingError::new(format!(
                "{origin} gives a token, and this needs an API key"
            ))
            .hint("set ABLY_API_KEY or give --key-file")),
            Some(Sourced { origin, .. }) => Err(SettingError::new(format!(
                "{origin}: this command fetches nothing"
            ))
            .hint("give the token itself, with --token-file or ABLY_TOKEN")),
        }
    }

    fn keys(&self) -> Result<Vec<ApiKey>, SettingError> {
        if self.key.len() < 2 {
            return Ok(self.key()?.map(|key| key.value).into_iter().collect());
        }
        let origin = Origin::Flag("--key");
        let mut keys: Vec<ApiKey> = Vec::new();
        for text in &self.key {
            let key = ApiKey::parse(text).map_err(|error| SettingError::about(&origin, &error))?;
            if keys.iter().any(|other| other.name() == key.name()) {
                let message = format!("{origin}: two keys are called {}", key.name());
                return Err(SettingError::new(message).hint("give each key a name of its own"));
            }
            keys.push(key);
        }
        Ok(keys)
    }

    fn client_id(&self) -> SettingResult<String> {
        let origin = Origin::Flag("--client-id");
        match self.client_id.as_deref() {
            Some("") => Err(SettingError::new(format!("{origin} is empty"))
                .hint("name the client, or leave the setting out")),
            given => Ok(given.map(|text| Sourced::new(text.to_owned(), origin))),
        }
    }

    fn endpoint(&self) -> SettingResult<Endpoint> {
        let Some(text) = &self.endpoint else {
            return Ok(None);
        };
        let origin = Origin::Flag("--endpoint");
        let endpoint =
            Endpoint::parse(text).map_err(|error| SettingError::about(&origin, &error))?;
        Ok(Some(Sourced::new(endpoint, origin)))
    }

    fn ca_file(&self) -> SettingResult<PathBuf> {
        Ok(given(self.ca_file.clone(), "--ca-file"))
    }

    fn wire(&self) -> SettingResult<Format> {
        Ok(given(self.wire, "--wire"))
    }

    fn timeout(&self) -> SettingResult<Duration> {
        Ok(given(self.timeout, "--timeout"))
    }

    fn output(&self) -> SettingResult<OutputFormat> {
        if self.json {
            return Ok(given(Some(OutputFormat::Json), "--json"));
        }
        Ok(given(self.output, "--output"))
    }

    fn color(&self) -> SettingResult<ColorChoice> {
        Ok(given(self.color, "--color"))
    }

    fn log_level(&self) -> SettingResult<LogLevel> {
        let verbose = match self.verbose {
            0 => return Ok(given(self.log_level, "--log-level")),
            1 => LogLevel::Info,
            2 => LogLevel::Debug,
            _ => LogLevel::Trace,
        };
        Ok(given(Some(verbose), "--verbose"))
    }
}

fn given<T>(value: Option<T>, flag: &'static str) -> Option<Sourced<T>> {
    value.map(|value| Sourced::new(value, Origin::Flag(flag)))
}

/// Parses `GET` or `POST`.
///
/// # Errors
/// Any other word.
pub(super) fn auth_method(word: &str) -> Result<AuthMethod, String> {
    AuthMethod::parse(word).ok_or_else(|| "must be GET or POST".to_owned())
}

/// Parses `json` or `msgpack`.
///
/// # Errors
/// Any other word.
pub(super) fn parse_wire(word: &str) -> Result<Format, String> {
    match word {
        "json" => Ok(Format::Json),
        "msgpack" => Ok(Format::MessagePack),
        _ => Err(format!("must be json or msgpack: '{word}'")),
    }
}

/// Parses the name of a form of results.
///
/// # Errors
/// Any other word.
pub(super) fn parse_output(word: &str) -> Result<OutputFormat, String> {
    ValueEnum::from_str(word, false)
        .ok()
        .filter(|format: &OutputFormat| !format.is_for_tests())
        .ok_or_else(|| format!("must be table, json or jsonl: '{word}'"))
}

/// Parses the name of a level.
///
/// # Errors
/// Any other word.
pub(super) fn parse_log_level(word: &str) -> Result<LogLevel, String> {
    ValueEnum::from_str(word, false)
        .map_err(|_| format!("must be trace, debug, info, warn, error or silent: '{word}'"))
}

/// Parses the use of colour.
///
/// # Errors
/// Any other word.
pub(super) fn parse_color(word: &str) -> Result<ColorChoice, String> {
    ValueEnum::from_str(word, false).map_err(|_| format!("must be auto, always or never: '{word}'"))
}

/// Parses the base of the waits between attempts to reconnect.
///
/// # Errors
/// As [`parse_duration`], and zero.
pub(super) fn parse_retry(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        Duration::ZERO => Err("must be longer than zero".to_owned()),
        span => Ok(span),
    }
}

/// The form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people: aligned columns
    #[default]
    Table,
    /// One JSON value for the whole result
    Json,
    /// One JSON value per line
    Jsonl,
    /// TAP version 14, of commands that report tests
    Tap,
    /// JUnit XML, of commands that report tests
    Junit,
    /// Annotations of GitHub Actions, of commands that report tests
    Github,
}

impl OutputFormat {
    /// Returns whether only commands that report tests have it.
    pub fn is_for_tests(self) -> bool {
        matches!(self, Self::Tap | Self::Junit | Self::Github)
    }
}

/// The use of colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The six levels of the Chat SDK's `logLevel`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum LogLevel {
    /// Every frame and request
    Trace,
    /// State changes in detail
    Debug,
    /// Activity
    Info,
    /// Warnings
    Warn,
    /// Failures
    #[default]
    Error,
    /// Nothing
    Silent,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object per line
    Json,
}
