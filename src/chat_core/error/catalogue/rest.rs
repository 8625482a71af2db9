//! The codes that a Chat client rarely meets: of products beside Chat, of accounts and of the service's own machines.
//!
//! They stand in a file, one a line: code, status, title, cause and remedy. Their class is that of their family.

use std::sync::OnceLock;

use super::entry::{Entry, family};

/// The entries, ascending.
pub(super) fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| include_str!("rest.txt").lines().filter_map(entry).collect())
}

fn entry(line: &'static str) -> Option<Entry> {
    let mut fields = line.split(" | ");
    let mut next = || fields.next();
    let code = next()?.parse().ok()?;
    Some(Entry {
        code,
        status: next()?.parse().ok()?,
        class: family(code).0,
        title: next()?,
        why: next()?,
        fix: next()?,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_line_is_an_entry() {
        let lines: Vec<_> = include_str!("rest.txt").lines().collect();
        assert_eq!(super::entries().len(), lines.len());
        assert!(lines.iter().all(|line| line.split(" | ").count() == 5));
    }
}
