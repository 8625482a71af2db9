//! Tables and other texts for people.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::look::Look;

/// The titles of columns whose values are of no use in parts: they are copied, and compared. Where the width is not
/// enough for all of them, those before [`TIMES`] come first.
const WHOLE: [&str; 9] = [
    "serial",
    "version",
    "app",
    "key",
    "url",
    "connections",
    "variable",
    "time",
    "since",
];

/// The place in [`WHOLE`] from which on a value can be read on two lines.
const TIMES: usize = 7;

/// The narrowest that other columns may become for those.
const NARROWEST: usize = 6;

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

    /// Lets the columns that are to stay whole have the width of their content, as far as there is room for that.
    fn keep_whole(&mut self) {
        let Some(width) = self.look.width else {
            return;
        };
        let widths = self.table.column_max_content_widths();
        let header = self.table.header();
        let titles: Vec<String> = header
            .into_iter()
            .flat_map(comfy_table::Row::cell_iter)
            .map(|cell| cell.content().to_lowercase())
            .collect();
        for whole in [&WHOLE[..], &WHOLE[..TIMES]] {
            let is_whole = |title: &String| whole.contains(&title.as_str());
            let places: Vec<usize> = (0..titles.len())
                .filter(|at| is_whole(&titles[*at]))
                .collect();
            let taken: usize = places.iter().map(|at| usize::from(widths[*at])).sum();
            // Between columns there are two spaces.
            let others = titles.len() - places.len();
            if taken + 2 * titles.len() + NARROWEST * others <= usize::from(width) {
                for at in places {
                    if let Some(column) = self.table.column_mut(at) {
                        column.set_constraint(ColumnConstraint::ContentWidth);
                    }
                }
                return;
            }
        }
    }

    /// The text, without spaces at the ends of lines.
    pub fn finish(mut self) -> String {
        self.keep_whole();
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

/// The same for JSON, whose texts have escapes of their own: what JSON need not escape and a terminal obeys.
pub(super) fn plain_json(text: &str) -> String {
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

    #[test]
    fn identifiers_stay_whole_where_texts_give_way() {
        let serial = "01728402074206-000@cbfkKvEYgBhDaZ38195418:0";
        let shown = |width| {
            let width = Some(width);
            let look = Look {
                width,
                ..Look::default()
            };
            let mut table = Columns::new(look, &["time", "text", "serial"]);
            let (time, text) = ("2026-11-30 09:18:25Z", "some words that are rather long");
            table.row([time, text, serial].map(str::to_owned));
            table.finish()
        };
        assert!(shown(80).contains(serial) && shown(80).contains("2026-11-30 09:18:25Z"));
        assert!(shown(62).contains(serial) && !shown(62).contains("2026-11-30 09:18:25Z"));
        assert!(shown(30).lines().all(|line| line.chars().count() <= 30));
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
