//! Texts that a shell reads back.

/// Quotes the text as one word of a shell.
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The same for a hint: a word that every shell reads as it is has no quotes.
pub fn hint_word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@%+,=".contains(c);
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        shell_word(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_text_as_it_is() {
        assert_eq!(shell_word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(hint_word("dms:ann/größe"), "dms:ann/größe");
        for text in ["", "a b", "$HOME", "dms:*", "~x", "#x"] {
            assert!(hint_word(text).starts_with('\''), "{text}");
        }
    }
}
