//! The meaning of each of Ably's codes to a person and to a script. Hints, exit codes and `chatctl error` all come from
//! this one table.

mod chat;
mod credentials;
mod entry;
mod realtime;
mod request;
mod rest;
mod rights;
mod service;

pub use entry::{Class, Entry, family};

/// The entry of `code`.
pub fn entry(code: u32) -> Option<&'static Entry> {
    let of_chat = TABLES.iter().copied().flatten();
    of_chat
        .chain(rest::entries())
        .find(|entry| entry.code == code)
}

/// All entries, ascending.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    let of_chat = TABLES.iter().copied().flatten();
    let mut all: Vec<_> = of_chat.chain(rest::entries()).collect();
    all.sort_unstable_by_key(|entry| entry.code);
    all.into_iter()
}

/// The class of `code`; of a code that is not in the table, that of its family.
pub fn class(code: u32) -> Class {
    entry(code).map_or_else(|| family(code).0, |entry| entry.class)
}

/// What Chat clients meet, with a class of its own where the family's would mislead.
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
    fn the_codes_that_ably_publishes_are_there() {
        assert_eq!(entries().count(), 276);
        for code in [10000, 40132, 42922, 80005, 92004, 104_013] {
            assert!(entry(code).is_some(), "{code}");
        }
    }

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
