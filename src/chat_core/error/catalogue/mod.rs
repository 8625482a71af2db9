//! The meaning of each of Ably's codes to a person and to a script. Hints, exit codes and `chatctl error` all come from
//! this one table.

mod chat;
mod credentials;
mod entry;
mod products;
mod realtime;
mod request;
mod search;
mod service;

pub use entry::{Class, Entry, family};
pub use search::search;

/// The entry of `code`.
pub fn entry(code: u32) -> Option<&'static Entry> {
    entries().find(|entry| entry.code == code)
}

/// All entries. Within a table they ascend.
fn entries() -> impl Iterator<Item = &'static Entry> {
    TABLES.iter().copied().flatten()
}

/// All entries, ascending.
pub fn sorted() -> Vec<&'static Entry> {
    let mut all: Vec<_> = entries().collect();
    all.sort_unstable_by_key(|entry| entry.code);
    all
}

/// The class of `code`; of a code that is not in the table, that of its family.
pub fn class(code: u32) -> Class {
    entry(code).map_or_else(|| family(code).0, |entry| entry.class)
}

const TABLES: &[&[Entry]] = &[
    request::ENTRIES,
    credentials::ENTRIES,
    service::ENTRIES,
    realtime::ENTRIES,
    chat::ENTRIES,
    products::ENTRIES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_are_in_the_catalogue_and_no_others() {
        let published: Vec<(u32, &str)> =
            include_str!("../../../../tests/fixtures/error-codes.txt")
                .lines()
                .map(|line| line.split_once(' ').unwrap())
                .map(|(code, name)| (code.parse().unwrap(), name))
                .collect();
        let ours: Vec<(u32, &str)> = sorted()
            .iter()
            .map(|entry| (entry.code, entry.name))
            .collect();
        assert_eq!(ours, published);
        assert_eq!(ours.len(), 276);
    }

    #[test]
    fn codes_ascend_and_every_text_is_there() {
        let codes: Vec<u32> = sorted().iter().map(|entry| entry.code).collect();
        assert!(codes.is_sorted_by(|one, two| one < two), "{codes:?}");
        for entry in entries() {
            for text in [entry.title, entry.meaning, entry.why, entry.fix] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}", entry.code);
            }
            assert!(entry.title.chars().count() <= 50, "{}", entry.code);
            let first = |text: &str| text.chars().next();
            assert!(first(entry.meaning).is_some_and(char::is_uppercase));
            assert!(
                first(entry.fix).is_some_and(|c| !c.is_uppercase() || entry.fix.starts_with("API"))
            );
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
        for code in [50003, 80000, 80002, 80003, 80014, 80019] {
            assert_eq!(class(code), Class::Unreachable, "{code}");
        }
        assert_eq!(class(40005), Class::Credentials);
        assert_eq!(class(40012), Class::Usage);
        assert_eq!(class(102_000), Class::Usage);
        assert_eq!(class(40400), Class::NotFound);
        assert_eq!(class(42911), Class::Refused);
        assert_eq!(class(0), Class::Refused);
    }
}
