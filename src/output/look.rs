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
    /// Wraps the text in a style of the terminal, such as `1` for bold or `31` for red; unchanged without colour.
    pub fn paint(self, text: &str, style: &str) -> String {
        if self.color {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
