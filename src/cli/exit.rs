//! Exit codes, and how an error becomes one.

use std::ffi::OsString;
use std::process::ExitCode;

use super::{World, exec, tree};
use crate::chat_core::client;
use crate::chat_core::error::{ErrorInfo, catalogue::Class};
use crate::output::error::Report;
use crate::output::{Closed, Output};
use crate::settings::SettingError;

/// What a command's end means to a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; allowed; valid; condition met.
    Done,
    /// The answer is no: denied, invalid, expired, not found, condition not met.
    No,
    /// Usage or settings: a bad flag, a malformed key, JSON or capability, an empty secret.
    Usage,
    /// The credentials were rejected.
    Credentials,
    /// The credentials are good, what they may do is not enough.
    NotPermitted,
    /// The service could not be reached, or an operation timed out.
    Unreachable,
    /// The service refused otherwise.
    Refused,
    /// Interrupted before the work was done.
    Interrupted,
    /// The status of a command that was run.
    Status(u8),
}

impl Exit {
    /// Those that mean the same everywhere.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::No,
        Self::Usage,
        Self::Credentials,
        Self::NotPermitted,
        Self::Unreachable,
        Self::Refused,
        Self::Interrupted,
    ];

    /// What it means, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; allowed; valid; condition met",
            Self::No => "the answer is no: denied, invalid, expired, not found, condition not met",
            Self::Usage => {
                "usage or settings: a bad flag, a malformed key, JSON or capability, an empty secret"
            }
            Self::Credentials => "credentials rejected",
            Self::NotPermitted => {
                "not permitted: the credentials are good, what they may do is not enough"
            }
            Self::Unreachable => "could not reach the service, or an operation timed out",
            Self::Refused => {
                "the service refused otherwise: rate limits, bad requests, trouble of its own"
            }
            Self::Interrupted => "interrupted before the work was done",
            Self::Status(_) => "the status of a command that was run",
        }
    }

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Credentials => 3,
            Self::NotPermitted => 4,
            Self::Unreachable => 5,
            Self::Refused => 6,
            Self::Interrupted => 130,
            Self::Status(status) => status,
        }
    }

    /// Yes or no.
    pub fn verdict(yes: bool) -> Self {
        if yes { Self::Done } else { Self::No }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A fault in what the user typed, found after the command line was parsed. Its exit code is 2.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct UsageError {
    /// What is wrong, naming the argument.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl UsageError {
    /// A fault in what the user typed.
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

    /// What is wrong with the value of `argument`, in the words of the part that reads such values.
    pub fn about(argument: &str, error: &ErrorInfo) -> Self {
        Self {
            message: format!("{argument}: {}", error.message),
            hint: error.hint.clone(),
        }
    }
}

/// An error of Ably's catalogue that a given command ends with a given code, whatever its class says:
/// a message that was asked for and does not exist is "no", a malformed capability in an argument is usage.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct Judged {
    /// The error.
    #[source]
    pub error: ErrorInfo,
    /// The code.
    pub exit: Exit,
}

/// Says why the answer of a command is no.
pub(super) fn no(output: &Output, why: String) -> Exit {
    let error = ErrorInfo {
        message: why,
        ..ErrorInfo::default()
    };
    of_error(
        output,
        &Judged {
            error,
            exit: Exit::No,
        }
        .into(),
    )
}

/// Prints `error` and gives the exit code that it stands for.
pub fn of_error(output: &Output, error: &anyhow::Error) -> Exit {
    if error.chain().any(<dyn std::error::Error>::is::<Closed>) {
        return Exit::Done;
    }
    let (report, exit) = judge(error);
    output.error(&report);
    exit
}

fn judge(error: &anyhow::Error) -> (Report, Exit) {
    for cause in error.chain() {
        if let Some(judged) = cause.downcast_ref::<Judged>() {
            return (Report::of(&judged.error), judged.exit);
        }
        if let Some(client) = cause.downcast_ref::<client::Error>() {
            if let client::Error::Refused(ably) = client {
                return (
                    within(error, cause, Report::of(ably)),
                    of_class(ably.class()),
                );
            }
            let report = Report {
                message: client.to_string(),
                hint: Some(if client.leaves_open() {
                    OPEN_HINT.to_owned()
                } else {
                    UNREACHABLE_HINT.to_owned()
                }),
                ..Report::default()
            };
            return (within(error, cause, report), Exit::Unreachable);
        }
        if let Some(ably) = cause.downcast_ref::<ErrorInfo>() {
            return (
                within(error, cause, Report::of(ably)),
                of_class(ably.class()),
            );
        }
        if let Some(setting) = cause.downcast_ref::<SettingError>() {
            let report = Report {
                hint: setting.hint.clone(),
                message: setting.message.clone(),
                ..Report::default()
            };
            return (within(error, cause, report), Exit::Usage);
        }
        if let Some(usage) = cause.downcast_ref::<UsageError>() {
            let report = Report {
                hint: usage.hint.clone(),
                message: usage.message.clone(),
                ..Report::default()
            };
            return (within(error, cause, report), Exit::Usage);
        }
    }
    let report = Report {
        message: error.to_string(),
        causes: error.chain().skip(1).map(ToString::to_string).collect(),
        ..Report::default()
    };
    (report, Exit::Usage)
}

const UNREACHABLE_HINT: &str = "check --endpoint or ABLY_ENDPOINT with ABLY_PORT and ABLY_TLS, and that the service is running";

const OPEN_HINT: &str = "a change may have been made all the same: look before asking for it again, or allow more time with --timeout";

/// Puts what the command was doing in front of what went wrong.
fn within(
    error: &anyhow::Error,
    found: &(dyn std::error::Error + 'static),
    mut report: Report,
) -> Report {
    let doing: Vec<String> = error
        .chain()
        .take_while(|cause| !std::ptr::addr_eq(*cause, found))
        .map(ToString::to_string)
        .collect();
    if !doing.is_empty() {
        report.message = format!("{}: {}", doing.join(": "), report.message);
    }
    report
}

/// The exit code of a class of errors.
pub fn of_class(class: Class) -> Exit {
    match class {
        Class::Usage => Exit::Usage,
        Class::Credentials => Exit::Credentials,
        Class::NotPermitted => Exit::NotPermitted,
        Class::Unreachable => Exit::Unreachable,
        Class::NotFound | Class::Refused => Exit::Refused,
    }
}

/// The code that a command line ends with which never came to its command: of `exec` it is that of its own failures,
/// so that no script takes it for the status of the command that was to be run.
pub(super) fn before_command(exit: Exit, arguments: &[OsString]) -> Exit {
    if exit != Exit::Done && tree::noun(arguments) == Some(exec::NOUN.name) {
        Exit::Status(exec::FAILED)
    } else {
        exit
    }
}

/// Prints what clap says of a command line: help and version are results, the rest is a usage error.
pub(super) fn of_usage(error: &clap::Error, arguments: &[OsString], world: World) -> ExitCode {
    use clap::error::ErrorKind;
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let _ = error.print();
        return Exit::Done.into();
    }
    let wants_json = arguments.iter().any(|argument| {
        matches!(
            argument.to_str(),
            Some("--json" | "-ojson" | "-ojsonl" | "--output=json" | "--output=jsonl")
        )
    }) || arguments.windows(2).any(|pair| {
        matches!(pair[0].to_str(), Some("-o" | "--output"))
            && matches!(pair[1].to_str(), Some("json" | "jsonl"))
    });
    if wants_json {
        let text = error.to_string();
        // The first paragraph says it all: the arguments that are missing stand on lines of their own.
        let said: Vec<&str> = text
            .lines()
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect();
        let said = said.join(" ");
        let report = Report {
            message: said.strip_prefix("error: ").unwrap_or(&said).to_owned(),
            hint: text
                .lines()
                .find_map(|line| line.trim().strip_prefix("tip: "))
                .map(str::to_owned),
            ..Report::default()
        };
        world.plain_output().notice(&report.json().to_string());
    } else {
        let _ = error.print();
    }
    before_command(Exit::Usage, arguments).into()
}
