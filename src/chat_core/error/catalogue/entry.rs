//! An entry of the catalogue: one code, with its class and texts; and the classes of families of codes.

/// The meaning of an error code to a script; exit codes come from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The request or a setting was malformed before it reached a room.
    Usage,
    /// The credentials were not accepted.
    Credentials,
    /// The credentials are good, their capability is not enough.
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
    /// The HTTP status that usually goes with it; 0 where there is none.
    pub status: u16,
    /// The class, for scripts.
    pub class: Class,
    /// Ably's name for it, such as `capability_denied`.
    pub name: &'static str,
    /// The title, in a few words.
    pub title: &'static str,
    /// The consequence for somebody who uses Chat.
    pub meaning: &'static str,
    /// The usual cause.
    pub why: &'static str,
    /// The remedy.
    pub fix: &'static str,
}

/// Declares the constant `ENTRIES`. An entry is written `CODE STATUS NAME TITLE MEANING WHY FIX;`.
macro_rules! entries {
    ($($code:literal $status:literal $name:ident $title:literal $meaning:literal $why:literal $fix:literal;)*) => {
        pub(super) const ENTRIES: &[Entry] = &[$(Entry {
            code: $code,
            status: $status,
            class: super::entry::class_of_known($code),
            name: stringify!($name),
            title: $title,
            meaning: $meaning,
            why: $why,
            fix: $fix,
        }),*];
    };
}

pub(super) use entries;

/// The class of a code in the catalogue: that of its family, where that does not mislead.
pub(super) const fn class_of_known(code: u32) -> Class {
    match code {
        40005 => Class::Credentials,
        40012 | 102_000 => Class::Usage,
        50003 | 80000 | 80002 | 80003 | 80014 | 80019 => Class::Unreachable,
        _ => family(code).0,
    }
}

/// The class of a code's family, and the subject of the family.
pub const fn family(code: u32) -> (Class, &'static str) {
    match code {
        40300..=40399 => (Class::NotPermitted, "the request is forbidden"),
        40160..=40167 => (Class::NotPermitted, "the credentials do not permit it"),
        40100..=40199 => (Class::Credentials, "the credentials were not accepted"),
        40400..=40499 => (Class::NotFound, "the target does not exist"),
        40000..=40099 => (Class::Refused, "the request is malformed"),
        42200..=42299 => (Class::Refused, "the message was rejected"),
        42900..=42999 => (Class::Refused, "a rate limit was exceeded"),
        50000..=50999 => (Class::Refused, "the service failed"),
        80000..=80999 => (Class::Refused, "the connection failed"),
        90000..=90999 => (Class::Refused, "a channel operation failed"),
        91000..=91999 => (Class::Refused, "a presence operation failed"),
        93000..=93999 => (Class::Refused, "an annotation operation failed"),
        102_000..=102_999 => (Class::Refused, "a Chat operation failed"),
        _ => (Class::Refused, "the operation failed"),
    }
}
