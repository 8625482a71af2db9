//! Suggestions for misspelt words.

/// The one of `names` that is nearest to `word`, if it is near enough or a longer form of it.
pub(crate) fn nearest(
    word: &str,
    names: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    let word = word.to_lowercase().replace(['_', ' '], "-");
    names
        .into_iter()
        .map(|name| {
            let likeness = strsim::jaro_winkler(&word, name);
            let distance = strsim::damerau_levenshtein(&word, name);
            (name, likeness, distance)
        })
        .filter(|(name, likeness, distance)| *likeness > 0.8 && *distance <= name.len() / 2)
        .max_by(|one, two| one.1.total_cmp(&two.1))
        .map(|(name, ..)| name)
}
