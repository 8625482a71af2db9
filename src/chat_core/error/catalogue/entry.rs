//! An entry of the catalogue: one code, with its class.

/// The meaning of an error code to a script; exit codes come from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The request or a setting was malformed before it reached a room.
    Usage,
    /// The credentials were not accepted.
    Credentials,
    /// The credentials are good, what they may do is not enough.
    NotPermitted,
    /// Not found.
    NotFound,
    /// The service could not be reached, or went away.
    Unreachable,
    /// The service refused for another reason.
    Refused,
}

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: u32,
    /// The HTTP status that usually goes with it.
    pub status: u16,
    /// The class, for scripts.
    pub class: Class,
    /// The meaning, in a few words.
    pub title: &'static str,
    /// The usual cause.
    pub why: &'static str,
    /// The remedy.
    pub fix: &'static str,
}
