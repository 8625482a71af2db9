//! Tables and other texts for people.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::columns::{divide, width};
use super::look::Look;

/// The titles of columns whose values are never broken: they are copied, and compared.
const WHOLE: [&str; 11] = [
    "serial",
    "version",
    "app",
    "key",
    "url",
    "connections",
    "variable",
    "room",
    "who",
    "when",
    "since",
];

/// The narrowest that other columns become beside those; below that, rows are shown as blocks.
const NARROWEST: usize = 10;

/// The space between two columns.
const GAP: usize = 2;

/// A table without lines: a header in capitals, columns aligned by what they hold. Where the terminal is too narrow for
/// it, each row is a block with a line for each column.
pub struct Columns {
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
    look: Look,
}

impl Columns {
    /// A table with these column titles.
    pub fn new(look: Look, titles: &[&str]) -> Self {
        Self {
            titles: titles.iter().map(|title| title.to_uppercase()).collect(),
            rows: Vec::new(),
            look,
        }
    }

    /// Adds columns whose titles are the user's own words, which are not capitalised.
    pub fn title<I: IntoIterator<Item = String>>(&mut self, titles: I) {
        self.titles
            .extend(titles.into_iter().map(|title| plain(&title)));
    }

    /// Adds a row. Control characters in it are neutralised.
    pub fn row<I: IntoIterator<Item = String>>(&mut self, cells: I) {
        self.rows
            .push(cells.into_iter().map(|cell| plain(&cell)).collect());
    }

    /// The width of a column with its title.
    fn width_of(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| width(cell)).max().unwrap_or(0);
        widest.max(width(&self.titles[column]))
    }

    fn is_whole(&self, column: usize) -> bool {
        WHOLE.contains(&self.titles[column].to_lowercase().as_str())
    }

    /// Returns whether the columns fit a terminal of `columns`, those that are to stay whole in their full width.
    fn fits(&self, columns: usize) -> bool {
        let all = 0..self.titles.len();
        let needed: usize = all
            .clone()
            .map(|column| {
                let width = self.width_of(column);
                if self.is_whole(column) {
                    width
                } else {
                    width.min(NARROWEST)
                }
            })
            .sum();
        needed + GAP * self.titles.len() <= columns || !all.clone().any(|at| self.is_whole(at))
    }

    /// The text, without spaces at the ends of lines.
    pub fn finish(self) -> String {
        match self.look.width {
            Some(width) if !self.fits(usize::from(width)) => self.blocks(usize::from(width)),
            _ => self.table(),
        }
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        if let Some(width) = self.look.width {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        table.set_header(&self.titles);
        table.add_rows(&self.rows);
        for at in (0..self.titles.len()).filter(|at| self.is_whole(*at)) {
            if let Some(column) = table.column_mut(at) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        let text = table.to_string();
        let mut lines: Vec<String> = text
            .lines()
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned())
            .collect();
        if let Some(header) = lines.first_mut() {
            *header = self.look.paint(header, "1");
        }
        lines.join("\n")
    }

    /// Each row as a block: the title of a column and its value on a line of their own.
    fn blocks(&self, columns: usize) -> String {
        let title_width = self.titles.iter().map(|it| width(it)).max().unwrap_or(0);
        let block = |row: &Vec<String>| {
            let mut lines = Vec::new();
            let named = self.titles.iter().zip(row).enumerate();
            for (at, (title, cell)) in named.filter(|(_, (_, cell))| !cell.is_empty()) {
                let room_for = columns.saturating_sub(title_width + GAP);
                let values = if !self.is_whole(at) {
                    divide(cell, room_for)
                } else if width(cell) <= room_for {
                    vec![cell.clone()]
                } else {
                    // One that is wider than the terminal is wrapped by that, and still copied whole.
                    lines.push(self.look.paint(title, "1"));
                    lines.push(cell.clone());
                    continue;
                };
                for (number, value) in values.into_iter().enumerate() {
                    let title = if number == 0 { title.as_str() } else { "" };
                    let space = " ".repeat(title_width + GAP - width(title));
                    lines.push(format!("{}{space}{value}", self.look.paint(title, "1")));
                }
            }
            lines.join("\n")
        };
        let blocks: Vec<String> = self.rows.iter().map(block).collect();
        blocks.join("\n\n")
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
pub fn plain_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(plain).collect();
    lines.join("\n")
}

/// The same for JSON, whose texts have escapes of their own: what JSON need not escape and a terminal obeys.
pub fn plain_json(text: &str) -> String {
    let is_line = |c: char| matches!(c, '\n' | '\t');
    if !text
        .chars()
        .any(|c| is_unsafe(c) && !is_line(c) || is_mark(c))
    {
        return text.to_owned();
    }
    text.chars()
        .map(|c| match c {
            c if is_line(c) => c.to_string(),
            c if is_unsafe(c) || is_mark(c) => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}

/// The marks that take part in the direction of a text without being shown.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}')
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

    fn on_a_terminal(width: u16, serial: &str) -> String {
        let look = Look {
            width: Some(width),
            ..Look::default()
        };
        let mut table = Columns::new(look, &["when", "who", "text", "serial"]);
        let text = "some words that are rather long";
        table.row(["09:18:25", "alice", text, serial].map(str::to_owned));
        table.row(["09:18:26", "bob", "short", serial].map(str::to_owned));
        table.finish()
    }

    #[test]
    fn identifiers_and_times_stay_whole_where_texts_give_way() {
        let serial = "01728402074206-000@cbfkKvEYgBhDaZ38195418:0";
        for width in [120, 80, 76] {
            let shown = on_a_terminal(width, serial);
            let fits = |line: &str| line.chars().count() <= usize::from(width);
            assert!(shown.lines().all(fits), "{shown}");
            assert_eq!(shown.matches(serial).count(), 2, "{shown}");
            assert!(shown.starts_with("WHEN"), "{shown}");
        }
    }

    #[test]
    fn a_narrow_terminal_shows_rows_as_blocks() {
        assert_eq!(
            on_a_terminal(32, "01728402074206-000@abc:0"),
            "WHEN    09:18:25\nWHO     alice\nTEXT    some words that are\n        rather long\n\
             SERIAL  01728402074206-000@abc:0\n\n\
             WHEN    09:18:26\nWHO     bob\nTEXT    short\nSERIAL  01728402074206-000@abc:0"
        );
        let shown = on_a_terminal(30, "01728402074206-000@abc:0");
        assert!(
            shown.ends_with("\nSERIAL\n01728402074206-000@abc:0"),
            "{shown}"
        );
    }

    #[test]
    fn json_drives_no_terminal_and_means_the_same() {
        let text = "{\n  \"a\": \"\u{9b}31m\u{7f}\u{202e}\u{200f}é\"\n}";
        let shown = plain_json(text);
        assert_eq!(shown, "{\n  \"a\": \"\\u009b31m\\u007f\\u202e\\u200fé\"\n}");
        let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&shown), read(text));
    }

    #[test]
    fn a_peers_text_cannot_drive_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(plain("plain 😀"), "plain 😀");
    }
}
