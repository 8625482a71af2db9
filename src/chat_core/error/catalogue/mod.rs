//! The meaning of each of Ably's codes to a person and to a script. Hints, exit codes and `chatctl error` all come from
//! this one table.

mod chat;
mod credentials;
mod entry;
mod realtime;
mod request;
mod rights;
mod service;

pub use entry::{Class, Entry};

/// The entry of `code`.
pub fn entry(code: u32) -> Option<&'static Entry> {
    entries().find(|entry| entry.code == code)
}

/// All entries, ascending.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    TABLES.iter().copied().flatten()
}

/// The class of `code`; of a code that is not in the table, that of its family.
pub fn class(code: u32) -> Class {
    entry(code).map_or_else(|| family(code).0, |entry| entry.class)
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

/// In ascending order, as [`entries`] promises.
const TABLES: &[&[Entry]] = &[
    request::ENTRIES,
    credentials::ENTRIES,
    rights::ENTRIES,
    service::ENTRIES,
    realtime::ENTRIES,
    chat::ENTRIES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_every_entry_says_something() {
        let codes: Vec<u32> = entries().map(|entry| entry.code).collect();
        assert!(codes.is_sorted_by(|one, two| one < two), "{codes:?}");
        for entry in entries() {
            assert!(!entry.title.is_empty() && !entry.why.is_empty() && !entry.fix.is_empty());
            assert!(!entry.title.ends_with('.') && !entry.fix.ends_with('.'));
            assert!(
                entry.status == 0 || (400..600).contains(&entry.status),
                "{}",
                entry.code
            );
        }
    }

    #[test]
    fn classes_are_the_documented_exit_codes() {
        for code in (40160..=40167).chain(40300..=40310) {
            assert_eq!(class(code), Class::NotPermitted, "{code}");
        }
        for code in (40100..=40159).chain(40168..=40199) {
            assert_eq!(class(code), Class::Credentials, "{code}");
        }
        assert_eq!(class(40400), Class::NotFound);
        assert_eq!(class(80003), Class::Unreachable);
        assert_eq!(class(42911), Class::Refused);
        assert_eq!(class(0), Class::Refused);
    }
}
