//! An entry of the catalogue: one code, with its class; and the classes of families of codes.

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

/// The class of a code's family, and what the family is about.
pub fn family(code: u32) -> (Class, &'static str) {
    match code {
        40300..=40399 => (Class::NotPermitted, "the request is forbidden"),
        40160..=40167 => (Class::NotPermitted, "the credentials do not permit it"),
        40100..=40199 => (Class::Credentials, "the credentials were not accepted"),
        40400..=40499 => (Class::NotFound, "what was asked for does not exist"),
        40000..=40099 => (Class::Refused, "the request is malformed"),
        42900..=42999 => (Class::Refused, "too much, too fast"),
        50000..=50999 => (Class::Refused, "the service failed"),
        80000..=80999 => (Class::Refused, "the connection failed"),
        90000..=90999 => (Class::Refused, "a channel failed"),
        91000..=91999 => (Class::Refused, "a presence operation failed"),
        93000..=93999 => (Class::Refused, "an annotation operation failed"),
        102_000..=102_999 => (Class::Refused, "a Chat operation failed"),
        _ => (Class::Refused, "the operation failed"),
    }
}
