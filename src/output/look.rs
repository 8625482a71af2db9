//! The look of texts: colour and width.

/// The features that a text may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Escape sequences for colour.
    pub color: bool,
    /// The terminal's width, where it is one: nothing is wrapped or cut elsewhere.
    pub width: Option<u16>,
}

impl Look {
    /// Wraps `text` behind `first` at the terminal's width; further lines are indented by `indent` columns. Line breaks
    /// of the text stay, and words are broken only where they are longer than a line.
    pub fn wrap(self, first: &str, text: &str, indent: usize) -> String {
        let Some(width) = self.width else {
            return format!("{first}{text}");
        };
        // A column of a word a line is harder to read than lines that the terminal breaks.
        let width = usize::from(width).max(indent + NARROWEST);
        let indent = " ".repeat(indent);
        let options = textwrap::Options::new(width)
            .initial_indent(first)
            .subsequent_indent(&indent)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        textwrap::fill(text, options)
    }

    /// Wraps the text in a style of the terminal, such as `1` for bold or `31` for red; unchanged without colour.
    pub fn paint(self, text: &str, style: &str) -> String {
        if self.color {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The narrowest that wrapped text may become.
const NARROWEST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_with_indent_on_a_terminal_alone() {
        let text = "Tokens are renewed before they expire";
        let look = |width| Look {
            width,
            ..Look::default()
        };
        assert_eq!(
            look(Some(30)).wrap("why  ", text, 5),
            "why  Tokens are renewed before\n     they expire"
        );
        assert_eq!(look(None).wrap("why  ", text, 5), format!("why  {text}"));
    }
}
