//! The one way in which a command fails: what is printed, and the status to exit with.
//!
//! Commands return [`anyhow::Error`], with context where it helps. What ends the process is a [`Failure`]: commands make
//! one where they know better than the error itself, and every other error becomes one here, once.

use std::fmt;

use super::exit::{Exit, of_class};
use crate::chat_core::client;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::http::other_scheme;
use crate::output::error::ErrorReport;
use crate::output::query::JqError;
use crate::output::{Closed, Output, WriteError};
use crate::settings::SettingError;

/// A failed command: its exit status and its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The status to exit with.
    pub exit: Exit,
    /// The printed report: message and hint, and of the error behind it the Ably code and the causes.
    pub report: ErrorReport,
}

impl Failure {
    /// A failure that exits with `exit`.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            report: ErrorReport {
                message: message.into(),
                ..ErrorReport::default()
            },
        }
    }

    /// A fault in what the user typed or set (exit 2). `message` names the argument or the setting.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The value of `argument` is at fault (exit 2), in the words of the part that reads such values.
    pub fn about(argument: &str, error: &ErrorInfo) -> Self {
        Self::usage(format!("{argument}: {}", error.message)).maybe_hint(error.hint.clone())
    }

    /// Ably's `error`, where the command knows the exit code better than the error's class: a message that was asked
    /// for and does not exist is "no".
    pub fn ably(error: &ErrorInfo, exit: Exit) -> Self {
        Self {
            exit,
            report: ErrorReport::of(error),
        }
    }

    /// Adds what to do next.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.maybe_hint(Some(hint.into()))
    }

    /// Adds what to do next, where there is something.
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.report.hint = hint;
        self
    }

    /// Prints the failure and returns the status to exit with.
    pub(super) fn print(&self, output: &Output) -> Exit {
        output.error(&self.report);
        self.exit
    }

    /// The failure behind `cause`, where its type says more than its text.
    fn behind(cause: &(dyn std::error::Error + 'static)) -> Option<Self> {
        if let Some(failure) = cause.downcast_ref::<Self>() {
            return Some(failure.clone());
        }
        if let Some(error) = cause.downcast_ref::<client::Error>() {
            return Some(error.into());
        }
        if let Some(error) = cause.downcast_ref::<ErrorInfo>() {
            return Some(error.into());
        }
        if let Some(error) = cause.downcast_ref::<WriteError>() {
            let failure = Self::new(Exit::Output, error.to_string());
            return Some(
                failure.hint("make room where the output goes, and run the command again"),
            );
        }
        let setting = cause.downcast_ref::<SettingError>()?;
        Some(setting.clone().into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report.message)
    }
}

impl std::error::Error for Failure {}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Self {
        Self::usage(error.message).maybe_hint(error.hint)
    }
}

impl From<&ErrorInfo> for Failure {
    fn from(error: &ErrorInfo) -> Self {
        Self::ably(error, of_class(error.class()))
    }
}

impl From<&client::Error> for Failure {
    fn from(error: &client::Error) -> Self {
        match error {
            client::Error::Refused(error) => error.into(),
            error if error.outcome_unknown() => {
                Self::new(Exit::Unreachable, error.to_string()).hint(OPEN_HINT)
            }
            client::Error::NotUnderstood { address, .. } => {
                Self::new(Exit::Unreachable, error.to_string()).hint(format!(
                    "{address} may be another kind of server: check --endpoint or ABLY_ENDPOINT"
                ))
            }
            client::Error::Unreachable { address, reason } => {
                let hint = other_scheme(address, reason).map_or_else(
                    || UNREACHABLE_HINT.to_owned(),
                    |url| format!("use {url}, with --endpoint or ABLY_ENDPOINT"),
                );
                Self::new(Exit::Unreachable, error.to_string()).hint(hint)
            }
            error => Self::new(Exit::Unreachable, error.to_string()).hint(UNREACHABLE_HINT),
        }
    }
}

impl From<&anyhow::Error> for Failure {
    /// Puts the contexts of `error` in front of the message. An error of no known type exits 2.
    fn from(error: &anyhow::Error) -> Self {
        let mut doing = String::new();
        for cause in error.chain() {
            if let Some(mut failure) = Self::behind(cause) {
                failure.report.message.insert_str(0, &doing);
                return failure;
            }
            doing.push_str(&cause.to_string());
            doing.push_str(": ");
        }
        let mut failure = Self::usage(error.to_string());
        failure.report.causes = error.chain().skip(1).map(ToString::to_string).collect();
        failure
    }
}

const UNREACHABLE_HINT: &str = "check --endpoint or ABLY_ENDPOINT with ABLY_PORT and ABLY_TLS, and that the service is running";

const OPEN_HINT: &str =
    "the change may have been made: check before you repeat it, or allow more time with --timeout";

/// Prints the reason why a command's answer is no.
pub(super) fn no(output: &Output, why: String) -> Exit {
    Failure::new(Exit::No, why).print(output)
}

/// Prints `error` and returns the status to exit with. A reader that has closed the pipe is success.
pub(super) fn report(output: &Output, error: &anyhow::Error) -> Exit {
    if error.chain().any(<dyn std::error::Error>::is::<Closed>) {
        return Exit::Done;
    }
    if JqError::is_stop(error) {
        return Exit::Interrupted;
    }
    Failure::from(error).print(output)
}
