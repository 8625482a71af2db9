//! Exit codes: the meaning of each, and the one that each class of Ably's errors has.

use std::process::ExitCode;

use crate::chat_core::error::catalogue::Class;

/// The end of a command, as scripts see it.
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
    /// The credentials are good, their capability is not enough.
    NotPermitted,
    /// The service could not be reached, or an operation timed out.
    Unreachable,
    /// The service refused otherwise.
    Refused,
    /// The output could not be written.
    Output,
    /// Interrupted before the work was done.
    Interrupted,
    /// The status of a command that was run.
    Status(u8),
}

impl Exit {
    /// The exits that mean the same for every command.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::No,
        Self::Usage,
        Self::Credentials,
        Self::NotPermitted,
        Self::Unreachable,
        Self::Refused,
        Self::Output,
        Self::Interrupted,
    ];

    /// The meaning, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; allowed; valid; condition met",
            Self::No => "the answer is no: denied, invalid, expired, not found, condition not met",
            Self::Usage => {
                "usage or settings: a bad flag, a malformed key, JSON or capability, an empty secret"
            }
            Self::Credentials => "credentials rejected",
            Self::NotPermitted => {
                "not permitted: the credentials are good, their capability is not enough"
            }
            Self::Unreachable => "could not reach the service, or an operation timed out",
            Self::Refused => {
                "the service refused otherwise: rate limits, bad requests, internal errors"
            }
            Self::Output => "the output could not be written, as on a full disk",
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
            Self::Output => 7,
            Self::Interrupted => 130,
            Self::Status(status) => status,
        }
    }

    /// Done for yes, else no.
    pub fn verdict(yes: bool) -> Self {
        if yes { Self::Done } else { Self::No }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
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
