//! Ably's error object, which travels on the wire, in REST bodies and up to the user unchanged.
//!
//! What a code means to a person and to a script (its class) stands in [`catalogue`].

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub mod catalogue;

/// Result of the library's own operations.
pub type Result<T, E = ErrorInfo> = std::result::Result<T, E>;

/// An error with Ably's code, as in REST error bodies and protocol messages (TI1–TI6).
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorInfo {
    /// Ably's numeric code, as in `40160`; the first three digits follow the HTTP status. 0 where none was given.
    pub code: u32,
    /// The HTTP status that goes with it.
    pub status_code: u16,
    /// The message, for people. Never contains a token, a secret or a mac.
    pub message: String,
    /// The page that explains the code: `https://help.ably.io/error/CODE`.
    pub href: Option<String>,
    /// The error behind this one.
    pub cause: Option<Box<ErrorInfo>>,
    /// Further facts, text to text (TI6).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub detail: BTreeMap<String, String>,
    /// The advice of the part of the program that knows; never sent.
    #[serde(skip)]
    pub hint: Option<String>,
}

impl ErrorInfo {
    /// An error with `code`, the HTTP `status` and a message for people.
    pub fn new(code: u32, status: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            status_code: status,
            message: message.into(),
            href: Some(help_url(code)),
            ..Self::default()
        }
    }

    /// The same error with advice for the person who sees it.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error with the one behind it.
    pub fn with_cause(mut self, cause: ErrorInfo) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// Returns the class of the code: the one classification that exit codes come from.
    pub fn class(&self) -> catalogue::Class {
        match (self.code, self.status_code) {
            // A key that does not exist has the code of all that does not exist.
            (40400, 401) => catalogue::Class::Credentials,
            // The app of a key or of a token that does not exist.
            (40400, 404) if self.message.starts_with(NO_APP) => catalogue::Class::Credentials,
            // Who gives tokens has refused none where nobody came to him.
            (40170, _) if self.cause.as_deref().is_some_and(is_unreachable) => {
                catalogue::Class::Unreachable
            }
            (code, _) => catalogue::class(code),
        }
    }

    /// Returns whether an SDK gets a new token and tries again when it sees this error (RSC10, RTN15h).
    pub fn is_token_error(&self) -> bool {
        (40140..40150).contains(&self.code)
    }
}

/// The beginning of the message about an unknown app, which has the code of all that does not exist.
const NO_APP: &str = "No application found";

impl fmt::Display for ErrorInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code == 0 {
            return f.write_str(&self.message);
        }
        write!(f, "{} (code {}", self.message, self.code)?;
        match self.status_code {
            0 => f.write_str(")"),
            status => write!(f, ", status {status})"),
        }
    }
}

impl std::error::Error for ErrorInfo {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

fn is_unreachable(error: &ErrorInfo) -> bool {
    error.class() == catalogue::Class::Unreachable
}

/// The page that explains `code`.
pub fn help_url(code: u32) -> String {
    format!("https://help.ably.io/error/{code}")
}
