//! The look of texts: colour and width, and the one place that decides on colour.

use std::os::fd::AsFd;

use crate::settings::{ColorChoice, Environment};

/// The meaning of a colour. Nothing depends on colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Done, allowed, passed.
    Good,
    /// Failed, denied, an error.
    Bad,
    /// Needs attention.
    Attention,
    /// Of less importance.
    Secondary,
    /// A heading.
    Heading,
    /// The word before an error.
    Error,
    /// The word before a warning.
    Warning,
    /// The word before a hint.
    Hint,
}

impl Style {
    /// The parameters of the terminal's escape sequence.
    fn code(self) -> &'static str {
        match self {
            Self::Good => "32",
            Self::Bad => "31",
            Self::Attention => "33",
            Self::Secondary => "2",
            Self::Heading => "1",
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Hint => "1;36",
        }
    }
}

/// The width of a terminal; `None` where nothing can be read in it.
fn width(terminal: impl AsFd) -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    Some(size.ws_col).filter(|width| *width > 20)
}

/// Returns whether a stream gets colours: as `choice` says, and by default on a terminal that has some, unless NO_COLOR
/// is set; CLICOLOR_FORCE turns them on elsewhere.
fn uses_color(choice: ColorChoice, environment: &Environment, is_terminal: bool) -> bool {
    let is_set = |name: &str| environment.raw(name).is_some_and(|value| !value.is_empty());
    let is = |name: &str, word: &str| environment.raw(name).is_some_and(|value| value == word);
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if is_set("NO_COLOR") => false,
        ColorChoice::Auto if is_set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") => true,
        ColorChoice::Auto => is_terminal && !is("TERM", "dumb"),
    }
}

/// The features that a text may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Escape sequences for colour.
    pub color: bool,
    /// The terminal's width, where it is one: nothing is wrapped or cut elsewhere.
    pub width: Option<u16>,
}

impl Look {
    /// The features of a stream, which is a terminal or something else.
    pub fn of(choice: ColorChoice, environment: &Environment, terminal: Option<impl AsFd>) -> Self {
        Self {
            color: uses_color(choice, environment, terminal.is_some()),
            width: terminal.and_then(width),
        }
    }

    /// Paints the text by what it means; unchanged without colour.
    pub fn painted(self, text: &str, style: Style) -> String {
        self.paint(text, style.code())
    }

    /// Paints those cells of a table that are one of `words`.
    pub fn paint_cells(self, table: &str, words: &[(&str, Style)]) -> String {
        if !self.color {
            return table.to_owned();
        }
        let lines = table.split('\n').map(|line| {
            let cells = line.split("  ").map(|cell| {
                let found = words.iter().find(|(word, _)| *word == cell.trim());
                match found {
                    Some((word, style)) => cell.replacen(word, &self.painted(word, *style), 1),
                    None => cell.to_owned(),
                }
            });
            cells.collect::<Vec<_>>().join("  ")
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Wraps `text` behind `first` at the terminal's width; further lines are indented by `indent` columns. Line breaks
    /// of the text stay, and a word that is longer than a line is left to the terminal, so that it can be copied.
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
            .break_words(false)
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

    /// The name of a client in a colour of its own, which is the same in every run.
    pub fn name(self, client_id: &str) -> String {
        self.name_as(client_id, client_id)
    }

    /// `text`, a form of the name of the client, in that client's colour.
    pub fn name_as(self, text: &str, client_id: &str) -> String {
        self.paint(text, name_style(client_id))
    }
}

/// The styles of names: none of those that have a meaning, which are red, yellow and green.
const NAMES: [&str; 6] = ["36", "35", "34", "96", "95", "94"];

/// The style of a client's name: a stable hash (FNV-1a) of the clientId chooses it.
fn name_style(client_id: &str) -> &'static str {
    let hash = client_id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
    NAMES[usize::try_from(hash % NAMES.len() as u64).unwrap_or(0)]
}

/// The narrowest that wrapped text may become.
const NARROWEST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        variables.collect()
    }

    #[test]
    fn color_follows_choice_variables_and_terminal() {
        use ColorChoice::{Always, Auto, Never};
        for (choice, variables, is_terminal, expected) in [
            (Auto, &[][..], true, true),
            (Auto, &[], false, false),
            (Auto, &[("TERM", "dumb")], true, false),
            (Auto, &[("NO_COLOR", "1")], true, false),
            (Auto, &[("NO_COLOR", "")], true, true),
            (Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (
                Auto,
                &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
                true,
                false,
            ),
            (Always, &[("NO_COLOR", "1"), ("TERM", "dumb")], false, true),
            (Never, &[("CLICOLOR_FORCE", "1")], true, false),
        ] {
            let found = uses_color(choice, &environment(variables), is_terminal);
            assert_eq!(found, expected, "{choice:?} {variables:?} {is_terminal}");
        }
    }

    #[test]
    fn cells_are_painted_and_nothing_else() {
        let look = Look {
            color: true,
            width: None,
        };
        let table = "FEATURE  yes\ntyping   yes\nyes-man  -";
        let painted = look.paint_cells(table, &[("yes", Style::Good)]);
        assert_eq!(
            painted,
            "FEATURE  \u{1b}[32myes\u{1b}[0m\ntyping   yes\nyes-man  -"
                .replace("typing   yes", "typing   \u{1b}[32myes\u{1b}[0m")
        );
        assert_eq!(
            Look::default().paint_cells(table, &[("yes", Style::Good)]),
            table
        );
    }

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
