//! Word lists that stand in for the services that judge texts: their verdict follows from words, levels and thresholds.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

/// A word or some words of a list, and their level.
type Phrase = (Vec<String>, u32);

/// The words of one provider.
#[derive(Debug)]
pub(crate) struct WordList {
    provider: &'static str,
    /// Class to its words, in small letters and split into their own words, with their levels.
    classes: Vec<(String, Vec<Phrase>)>,
    /// The level from which a class rejects; `None` where any word does.
    thresholds: Option<BTreeMap<String, u32>>,
}

impl WordList {
    /// Creates the list of `provider`. A class without a threshold never rejects, unless there are none at all.
    pub(super) fn new(
        provider: &'static str,
        classes: &BTreeMap<String, BTreeMap<String, u32>>,
        thresholds: Option<BTreeMap<String, u32>>,
    ) -> Self {
        let classes = classes.iter().map(|(class, words)| {
            let words = words.iter().map(|(word, level)| (split(word), *level));
            (
                class.clone(),
                words.filter(|(word, _)| !word.is_empty()).collect(),
            )
        });
        Self {
            provider,
            classes: classes.collect(),
            thresholds,
        }
    }

    /// Returns why `text` is rejected, if it is: the class, the provider and the level, as text.
    pub(crate) fn flags(&self, text: &str) -> Option<BTreeMap<String, String>> {
        let text = split(text);
        let found = self.classes.iter().find_map(|(class, words)| {
            let level = words
                .iter()
                .filter(|(word, _)| text.windows(word.len()).any(|part| part == word))
                .map(|(_, level)| *level)
                .max()?;
            self.rejects(class, level).then_some((class, level))
        });
        let (class, level) = found?;
        Some(BTreeMap::from([
            ("reason".to_owned(), class.clone()),
            ("provider".to_owned(), self.provider.to_owned()),
            ("severity".to_owned(), level.to_string()),
        ]))
    }

    fn rejects(&self, class: &str, level: u32) -> bool {
        match &self.thresholds {
            None => true,
            Some(thresholds) => thresholds.get(class).is_some_and(|least| level >= *least),
        }
    }
}

/// Splits a text into its words, in small letters.
fn split(text: &str) -> Vec<String> {
    let words = text.unicode_words();
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(thresholds: Option<&[(&str, u32)]>) -> WordList {
        let words = |words: &[(&str, u32)]| {
            let words = words
                .iter()
                .map(|(word, level)| ((*word).to_owned(), *level));
            words.collect::<BTreeMap<_, _>>()
        };
        let classes = BTreeMap::from([
            ("hate".to_owned(), words(&[("idiot", 2), ("Get Lost", 3)])),
            ("spam".to_owned(), words(&[("buy", 1)])),
        ]);
        WordList::new("hive", &classes, thresholds.map(words))
    }

    #[test]
    fn a_class_rejects_from_its_threshold_on() {
        let list = list(Some(&[("hate", 2)]));
        for (text, severity) in [
            ("you IDIOT!", Some("2")),
            ("so get  lost, idiot", Some("3")),
            ("idiotic", None),
            ("get off, lost one", None),
            ("buy", None),
            ("", None),
        ] {
            let found = list.flags(text);
            assert_eq!(
                found.as_ref().map(|it| it["severity"].as_str()),
                severity,
                "{text}"
            );
        }
        let detail = list.flags("idiot").unwrap();
        assert_eq!(
            (detail["reason"].as_str(), detail["provider"].as_str()),
            ("hate", "hive")
        );
    }

    #[test]
    fn without_thresholds_any_word_rejects() {
        assert!(list(None).flags("Buy!").is_some());
        assert!(list(Some(&[])).flags("idiot").is_none());
    }
}
