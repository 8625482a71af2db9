//! Finds entries by words.

use std::cmp::Reverse;

use super::{Entry, entries};

/// The entries in which every word of `text` occurs, the best first: words in titles and names count for more than
/// those in the explanation, whole words for more than beginnings. A text of fewer than five digits is the beginning
/// of a code.
pub fn search(text: &str) -> Vec<&'static Entry> {
    let words: Vec<String> = words(text).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u32, &Entry)> = entries()
        .filter_map(|entry| Some((score(entry, &words)?, entry)))
        .collect();
    found.sort_unstable_by_key(|(score, entry)| (Reverse(*score), entry.code));
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// The score of an entry, if every word occurs in it.
fn score(entry: &Entry, words: &[String]) -> Option<u32> {
    let code = entry.code.to_string();
    let fields = [
        (code.as_str(), 10),
        (entry.title, 8),
        (entry.name, 6),
        (entry.meaning, 3),
        (entry.why, 2),
        (entry.fix, 1),
    ];
    let mut total = 0;
    for word in words {
        let best = fields
            .iter()
            .map(|(text, weight)| occurrence(text, word) * weight)
            .sum::<u32>();
        if best == 0 {
            return None;
        }
        total += best;
    }
    Some(total)
}

/// 2 where `word` is a word of `text`, 1 where one begins with it, else 0.
fn occurrence(text: &str, word: &str) -> u32 {
    words(text)
        .map(|found| match found.strip_prefix(word) {
            Some("") => 2,
            Some(_) => 1,
            None => 0,
        })
        .max()
        .unwrap_or(0)
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<u32> {
        search(text).first().map(|entry| entry.code)
    }

    #[test]
    fn best_match_comes_first() {
        assert_eq!(first("token expired"), Some(40142));
        assert_eq!(first("capability_denied"), Some(40160));
        assert_eq!(first("Message too LARGE"), Some(40009));
        assert_eq!(first("presence full"), Some(91003));
        assert_eq!(first("revoked key"), Some(40131));
    }

    #[test]
    fn digits_are_the_beginning_of_a_code() {
        let found = search("4291");
        assert_eq!(found.len(), 9);
        assert!(found.iter().all(|entry| entry.code / 10 == 4291));
    }

    #[test]
    fn every_word_must_occur() {
        assert!(search("token xyzzy").is_empty());
        assert!(search(" ?! ").is_empty());
    }
}
