//! What each of Ably's codes means to a script.

/// The meaning of an error code to a script; exit codes come from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The request or a setting was malformed before it reached a room.
    Usage,
    /// The credentials were not accepted.
    Credentials,
    /// The credentials are good, what they may do is not enough.
    NotPermitted,
    /// What was asked for does not exist.
    NotFound,
    /// The service could not be reached, or went away.
    Unreachable,
    /// The service refused for another reason.
    Refused,
}

/// The class of `code`.
pub fn class(code: u32) -> Class {
    match code {
        40160..=40167 | 40300..=40399 => Class::NotPermitted,
        40100..=40199 => Class::Credentials,
        40400 => Class::NotFound,
        80003 | 80019 => Class::Unreachable,
        _ => Class::Refused,
    }
}
