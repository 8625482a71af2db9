//! The settings that a config file may have, by the names of their flags.

use super::auth::{auth_url, parse_headers, parse_params};
use super::flags::{
    auth_method, parse_color, parse_log_level, parse_output, parse_retry, parse_wire,
};
use super::{SettingError, parse_duration};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::nearest;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::endpoint::Endpoint;

/// The form of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// A string.
    Text,
    /// An array of strings.
    List,
}

/// A setting that a config file may have.
#[derive(Clone, Copy)]
pub struct SettingName {
    /// Its name in the file.
    pub name: &'static str,
    /// Its meaning, in a few words.
    pub about: &'static str,
    /// The form of its value.
    pub kind: SettingKind,
    /// True if it gives credentials: one setting, of which a section has one.
    pub is_credential: bool,
    /// True if its value is a secret.
    pub is_secret: bool,
    /// True if its value is a command that is run.
    pub is_command: bool,
    check: fn(&str) -> Result<(), SettingError>,
}

impl SettingName {
    /// The setting called `name`.
    pub fn find(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// The error about an unknown `name`, with the nearest known one.
    pub fn unknown(name: &str) -> SettingError {
        let names = SETTINGS.iter().map(|setting| setting.name);
        let error = SettingError::new(format!("unknown setting '{name}'"));
        match nearest(name, names.chain(["profile", "profiles"])) {
            Some(near) => error.hint(format!("did you mean '{near}'?")),
            None => error.hint("chatctl help settings lists all settings"),
        }
    }

    /// Checks one string of the setting's value. The message begins with the setting's name, and shows no secret.
    ///
    /// # Errors
    /// An invalid value.
    pub fn check(&self, text: &str) -> Result<(), SettingError> {
        if text.is_empty() {
            return Err(SettingError::new(format!("{} is empty", self.name))
                .hint("give it a value, or leave the setting out"));
        }
        (self.check)(text)
    }
}

const fn setting(
    name: &'static str,
    about: &'static str,
    check: fn(&str) -> Result<(), SettingError>,
) -> SettingName {
    SettingName {
        name,
        about,
        kind: SettingKind::Text,
        is_credential: false,
        is_secret: false,
        is_command: false,
        check,
    }
}

const fn credential(it: SettingName) -> SettingName {
    SettingName {
        is_credential: true,
        ..it
    }
}

const fn secret(it: SettingName) -> SettingName {
    SettingName {
        is_secret: true,
        ..it
    }
}

const fn command(it: SettingName) -> SettingName {
    SettingName {
        is_command: true,
        ..it
    }
}

const fn list(it: SettingName) -> SettingName {
    SettingName {
        kind: SettingKind::List,
        ..it
    }
}

/// All settings of a config file, in the order in which they are shown.
pub const SETTINGS: &[SettingName] = &[
    secret(credential(setting("key", "API key", check_key))),
    credential(setting("key-file", "file that holds the API key", anything)),
    command(credential(setting(
        "key-command",
        "shell command that prints the API key, run when a command needs it",
        anything,
    ))),
    secret(credential(setting(
        "token",
        "Ably JWT or Ably token",
        check_token,
    ))),
    credential(setting("token-file", "file that holds the token", anything)),
    credential(setting(
        "auth-url",
        "auth server to fetch tokens from",
        |text| auth_url(&"auth-url", text).map(drop),
    )),
    command(credential(setting(
        "auth-command",
        "shell command that prints a token",
        anything,
    ))),
    setting("auth-method", "method for auth-url: GET or POST", |text| {
        words("auth-method", auth_method(text))
    }),
    list(secret(setting(
        "auth-headers",
        "headers for auth-url, \"NAME: VALUE\" each",
        |text| parse_headers("auth-headers", &[text.to_owned()]).map(drop),
    ))),
    list(secret(setting(
        "auth-params",
        "parameters for auth-url, \"NAME=VALUE\" each",
        |text| parse_params("auth-params", &[text.to_owned()]).map(drop),
    ))),
    setting("client-id", "identity to act as", |text| {
        check_client_id(text).map_err(|error| about("client-id", &error))
    }),
    setting("endpoint", "routing policy, host or URL", |text| {
        let read = Endpoint::parse(text);
        read.map(drop).map_err(|error| about("endpoint", &error))
    }),
    setting(
        "ca-file",
        "PEM file of certificates to trust besides the machine's own",
        anything,
    ),
    setting("wire", "format on the wire: msgpack or json", |text| {
        words("wire", parse_wire(text))
    }),
    setting("timeout", "time limit of each network operation", |text| {
        words("timeout", parse_duration(text))
    }),
    setting(
        "retry",
        "base of the waits between attempts to reconnect",
        |text| words("retry", parse_retry(text)),
    ),
    setting("output", "form of results: table, json or jsonl", |text| {
        words("output", parse_output(text))
    }),
    setting(
        "log-level",
        "trace, debug, info, warn, error or silent",
        |text| words("log-level", parse_log_level(text)),
    ),
    setting("color", "use of colour: auto, always or never", |text| {
        words("color", parse_color(text))
    }),
];

fn words<T>(name: &str, read: Result<T, String>) -> Result<(), SettingError> {
    read.map(drop)
        .map_err(|fault| SettingError::new(format!("{name}: {fault}")))
}

fn about(name: &str, error: &ErrorInfo) -> SettingError {
    SettingError {
        message: format!("{name}: {}", error.message),
        hint: error.hint.clone(),
    }
}

// The type is that of the other checks.
#[allow(clippy::unnecessary_wraps)]
fn anything(_: &str) -> Result<(), SettingError> {
    Ok(())
}

fn check_key(text: &str) -> Result<(), SettingError> {
    let read = ApiKey::parse(text);
    read.map(drop).map_err(|error| about("key", &error))
}

fn check_token(text: &str) -> Result<(), SettingError> {
    match ApiKey::parse(text) {
        Ok(key) => Err(SettingError::new(format!(
            "token holds an API key ({}), not a token",
            key.name()
        ))
        .hint("give it the name key")),
        Err(_) => Ok(()),
    }
}

/// Returns whether `text` can be the name of a profile: letters, digits, `-`, `_` and `.`, as in a TOML key or a shell word.
pub fn is_profile_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.len() <= 64 && text.bytes().all(is_plain)
}
