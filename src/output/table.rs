//! Tables and other texts for people.

use comfy_table::{ContentArrangement, Table, presets};

use super::look::Look;

/// A table without lines: a header in capitals, columns aligned by what they hold.
pub struct Columns {
    table: Table,
    look: Look,
}

impl Columns {
    /// A table with these column titles.
    pub fn new(look: Look, titles: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        if let Some(width) = look.width {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        table.set_header(titles.iter().map(|title| title.to_uppercase()));
        Self { table, look }
    }

    /// Adds columns whose titles are the user's own words, which are not capitalised.
    pub fn title<I: IntoIterator<Item = String>>(&mut self, titles: I) {
        let mut header: Vec<String> = self
            .table
            .header()
            .into_iter()
            .flat_map(comfy_table::Row::cell_iter)
            .map(comfy_table::Cell::content)
            .collect();
        header.extend(titles.into_iter().map(|title| plain(&title)));
        self.table.set_header(header);
    }

    /// Adds a row. Control characters in it are neutralised.
    pub fn row<I: IntoIterator<Item = String>>(&mut self, cells: I) {
        self.table.add_row(
            cells
                .into_iter()
                .map(|cell| plain(&cell))
                .collect::<Vec<_>>(),
        );
    }

    /// The text, without spaces at the ends of lines.
    pub fn finish(self) -> String {
        let text = self.table.to_string();
        let mut lines: Vec<String> = text
            .lines()
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned())
            .collect();
        if let Some(header) = lines.first_mut() {
            *header = self.look.paint(header, "1");
        }
        lines.join("\n")
    }
}

/// The text with control characters shown as escapes, so that a peer's text can't drive a terminal.
pub fn plain(text: &str) -> String {
    if !text.chars().any(is_unsafe) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| match c {
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            c if is_unsafe(c) => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect()
}

/// The same for a text of several lines, which stay lines.
pub(super) fn plain_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(plain).collect();
    lines.join("\n")
}

/// Control characters and the invisible marks that turn the direction of a text.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_nothing_is_cut_without_a_width() {
        let mut table = Columns::new(Look::default(), &["name", "text"]);
        let long = "x".repeat(300);
        table.row(["日本".to_owned(), long.clone()]);
        table.row(["b".to_owned(), "short".to_owned()]);
        assert_eq!(
            table.finish(),
            format!("NAME  TEXT\n日本  {long}\nb     short")
        );
    }

    #[test]
    fn a_peers_text_cannot_drive_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(plain("plain 😀"), "plain 😀");
    }
}
