//! The screen of a chat, made anew from its state: as many rows as the terminal has, and the cursor.

use super::editor::Editor;
use super::transcript::{ChatLine, Delivery, Entry, Note, Tone, Transcript};
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::clock::Timestamp;
use crate::cli::time::{local_clock, local_day};
use crate::output::Look;
use crate::output::columns::{clip, divide, width};
use crate::output::table::plain;

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const YELLOW: &str = "33";

/// The widest column of names.
const MAX_NAME: usize = 16;

/// The most names of reactions to a message that are shown.
const MAX_REACTIONS: usize = 8;

/// The state that a screen is made from.
pub(super) struct View<'a> {
    pub(super) room: &'a str,
    /// The name of the service.
    pub(super) service: &'a str,
    pub(super) own: &'a str,
    /// The present clients; `None` where that is not known.
    pub(super) members: Option<&'a [String]>,
    pub(super) typers: &'a [String],
    pub(super) transcript: &'a Transcript,
    pub(super) editor: &'a Editor,
    /// The number of rows that the conversation is scrolled back.
    pub(super) scroll: usize,
    pub(super) now: Timestamp,
    pub(super) look: Look,
}

/// A screen.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Screen {
    /// The rows, from the top.
    pub(super) rows: Vec<String>,
    /// The cursor: column and row.
    pub(super) cursor: (usize, usize),
    /// The scroll that there is room for.
    pub(super) scroll: usize,
}

impl View<'_> {
    /// The screen of a terminal of so many columns and rows.
    pub(super) fn screen(&self, columns: usize, rows: usize) -> Screen {
        let rule = self.look.paint(&"─".repeat(columns), DIM);
        let is_tall = rows >= 10;
        let mut screen = Vec::new();
        if rows >= 4 {
            screen.push(self.header(columns));
        }
        if is_tall {
            screen.push(rule.clone());
        }
        // Behind the conversation: who types, the line, and around it a rule and the commands.
        let below = if is_tall { 4 } else { 2 };
        let height = rows.saturating_sub(screen.len() + below);
        let (conversation, scroll) = self.conversation(columns, height, true);
        let blank = height.saturating_sub(conversation.len());
        screen.extend(conversation);
        screen.extend(std::iter::repeat_n(String::new(), blank));
        if rows >= 2 {
            screen.push(self.typing(columns, scroll));
        }
        if is_tall {
            screen.push(rule);
        }
        let (line, column) = self.input(columns);
        let cursor = (column, screen.len());
        screen.push(line);
        if is_tall {
            screen.push(self.footer(columns));
        }
        Screen {
            rows: screen,
            cursor,
            scroll,
        }
    }

    fn header(&self, columns: usize) -> String {
        let room = clip(&plain(self.room), columns / 2);
        let right = format!("{} · {}", plain(self.service), plain(self.own));
        let right = if width(&right) + width(&room) + 20 > columns {
            clip(&plain(self.own), columns / 4)
        } else {
            right
        };
        let members = match self.members {
            Some(names) => {
                let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
                format!(" · {} here: {}", names.len(), names.join(", "))
            }
            None => String::new(),
        };
        let room_for = columns.saturating_sub(width(&room) + width(&right) + 4);
        let members = clip(&members, room_for);
        let used = 2 + width(&room) + width(&members) + width(&right);
        format!(
            " {}{members}{}{}",
            self.look.paint(&room, BOLD),
            " ".repeat(columns.saturating_sub(used)),
            self.look.paint(&right, DIM)
        )
    }

    fn typing(&self, columns: usize, scroll: usize) -> String {
        let names: Vec<String> = self.typers.iter().map(|name| plain(name)).collect();
        let text = match &names[..] {
            [] => String::new(),
            [one] => format!("{one} is typing…"),
            [one, two] => format!("{one} and {two} are typing…"),
            [_, _, _, ..] => format!("{} people are typing…", names.len()),
        };
        let left = if scroll > 0 { " ↓ more: PgDn" } else { "" };
        if left.is_empty() && text.is_empty() {
            return String::new();
        }
        let text = clip(&text, columns.saturating_sub(width(left) + 2));
        let space = columns.saturating_sub(width(left) + width(&text) + 1);
        self.look
            .paint(&format!("{left}{}{text}", " ".repeat(space)), DIM)
    }

    fn input(&self, columns: usize) -> (String, usize) {
        let own = clip(&plain(self.own), columns / 3);
        let prompt = width(&own) + 4;
        let (text, column) = self.editor.view(columns.saturating_sub(prompt + 1));
        let line = format!(" {} › {text}", self.look.name_as(&own, self.own));
        (line, prompt + column)
    }

    fn footer(&self, columns: usize) -> String {
        let commands = " /who  /react  /edit  /delete  /help";
        let leaves = "Ctrl-D leaves";
        let used = width(commands) + width(leaves) + 1;
        let text = if used < columns {
            format!("{commands}{}{leaves}", " ".repeat(columns - used))
        } else {
            clip(" /help  Ctrl-D leaves", columns)
        };
        self.look.paint(&text, DIM)
    }

    /// The rows of the conversation that fit `height`, with or without answers to the person, and the scroll that there
    /// is room for.
    fn conversation(
        &self,
        columns: usize,
        height: usize,
        has_answers: bool,
    ) -> (Vec<String>, usize) {
        let entries = self.transcript.entries().iter();
        let entries: Vec<&Entry> = entries
            .filter(|entry| has_answers || time_of(entry).is_some())
            .collect();
        let names = self.name_width(columns);
        // From the newest to the oldest, as far as they are in sight.
        let mut rows: Vec<String> = Vec::new();
        for (at, entry) in entries.iter().enumerate().rev() {
            rows.extend(self.entry(entry, columns, names).into_iter().rev());
            let before = entries[..at].iter().rev().find_map(|it| time_of(it));
            rows.extend(self.day_between(before, entry, columns));
            if rows.len() >= height + self.scroll {
                break;
            }
        }
        let scroll = self.scroll.min(rows.len().saturating_sub(height));
        let visible = rows.into_iter().skip(scroll).take(height);
        let mut visible: Vec<String> = visible.collect();
        visible.reverse();
        (visible, scroll)
    }

    /// The number of rows that the newest entries take.
    pub(super) fn rows_of_newest(&self, count: usize, columns: usize) -> usize {
        let names = self.name_width(columns);
        let newest = self.transcript.entries().iter().rev().take(count);
        let rows = newest.map(|entry| self.entry(entry, columns, names).len());
        rows.sum()
    }

    /// The last rows of the conversation, for a terminal that goes on without the chat.
    pub(super) fn last_rows(&self, columns: usize, height: usize) -> Vec<String> {
        let view = View { scroll: 0, ..*self };
        view.conversation(columns, height, false).0
    }

    fn name_width(&self, columns: usize) -> usize {
        let most = if columns < 60 { MAX_NAME / 2 } else { MAX_NAME };
        let recent = self.transcript.entries().iter().rev().take(100);
        let widths = recent.filter_map(|entry| match entry {
            Entry::Message(line) => Some(width(&plain(&line.message.client_id))),
            Entry::Note(_) => None,
        });
        widths.max().unwrap_or(0).clamp(3, most)
    }

    /// A row that says the day, where it is another one than that of the entry before, or than today.
    fn day_between(
        &self,
        before: Option<Timestamp>,
        entry: &Entry,
        columns: usize,
    ) -> Option<String> {
        let day = local_day(time_of(entry)?);
        let known = local_day(before.unwrap_or(self.now));
        if day == known {
            return None;
        }
        let text = clip(&format!("── {day} ──"), columns.saturating_sub(2));
        let space = columns.saturating_sub(width(&text)) / 2;
        Some(
            self.look
                .paint(&format!("{}{text}", " ".repeat(space)), DIM),
        )
    }

    fn entry(&self, entry: &Entry, columns: usize, names: usize) -> Vec<String> {
        match entry {
            Entry::Message(line) => self.message(line, columns, names),
            Entry::Note(note) => self.note(note, columns, names),
        }
    }

    fn message(&self, line: &ChatLine, columns: usize, names: usize) -> Vec<String> {
        let message = &line.message;
        let indent = 1 + 5 + 2 + names + 2;
        let room_for = columns.saturating_sub(indent + 1);
        let is_deleted = message.action == "message.delete";
        let is_edited = message.action == "message.update";
        let text = if is_deleted {
            "(deleted)"
        } else {
            &message.text
        };
        let mut body: Vec<String> = text
            .split('\n')
            .flat_map(|line| divide(&plain(line.trim_end_matches('\r')), room_for))
            .collect();
        if is_deleted || line.delivery == Delivery::Sending {
            body = body.iter().map(|row| self.look.paint(row, DIM)).collect();
        }
        let mut last_width = width(&plain_of(body.last()));
        if is_edited {
            self.append(&mut body, &mut last_width, " (edited)", room_for);
        }
        let reactions = reactions_of(message);
        if !reactions.is_empty() && !is_deleted {
            let text = clip(&reactions, room_for);
            if last_width + 2 + width(&text) > room_for {
                body.push(String::new());
                last_width = 0;
            }
            let space = room_for - last_width - width(&text);
            if let Some(last) = body.last_mut() {
                *last = format!("{last}{}{text}", " ".repeat(space));
            }
        }
        if let Delivery::Failed(reason) = &line.delivery {
            let rows = divide(&format!("not sent: {}", plain(reason)), room_for);
            body.extend(rows.iter().map(|row| self.look.paint(row, RED)));
        }
        let name = clip(&plain(&message.client_id), names);
        let space = " ".repeat(names - width(&name));
        let first = format!(
            " {}  {}{space}  ",
            self.look
                .paint(&local_clock(Timestamp(message.timestamp)), DIM),
            self.look.name_as(&name, &message.client_id)
        );
        indented(&first, indent, body)
    }

    /// Appends what is secondary to the last row, or to one of its own.
    fn append(&self, body: &mut Vec<String>, last_width: &mut usize, text: &str, room_for: usize) {
        let is_behind = *last_width + width(text) <= room_for;
        let text = if is_behind { text } else { text.trim_start() };
        if !is_behind {
            body.push(String::new());
            *last_width = 0;
        }
        if let Some(last) = body.last_mut() {
            last.push_str(&self.look.paint(text, DIM));
            *last_width += width(text);
        }
    }

    fn note(&self, note: &Note, columns: usize, names: usize) -> Vec<String> {
        let indent = 1 + 5 + 2 + names + 2;
        let style = match note.tone {
            Tone::Plain => "",
            Tone::Dim => DIM,
            Tone::Attention => YELLOW,
            Tone::Failure => RED,
        };
        let clock = note.time.map_or_else(|| " ".repeat(5), local_clock);
        let rows = note
            .text
            .split('\n')
            .flat_map(|line| divide(&plain(line), columns.saturating_sub(indent + 1)));
        let rows = rows.map(|row| match style {
            "" => row,
            style => self.look.paint(&row, style),
        });
        let first = format!(
            " {}  —{}",
            self.look.paint(&clock, DIM),
            " ".repeat(names + 1)
        );
        indented(&first, indent, rows.collect())
    }
}

/// The rows of `body` behind `first`, and behind spaces of its width.
fn indented(first: &str, indent: usize, body: Vec<String>) -> Vec<String> {
    let mut rows = body.into_iter();
    let mut all = vec![format!("{first}{}", rows.next().unwrap_or_default())];
    all.extend(rows.map(|row| format!("{}{row}", " ".repeat(indent))));
    all
}

/// The text of a row without its style, which is around all of it.
fn plain_of(row: Option<&String>) -> String {
    let row = row.map_or("", String::as_str);
    let row = row.strip_prefix("\u{1b}[2m").unwrap_or(row);
    row.strip_suffix("\u{1b}[0m").unwrap_or(row).to_owned()
}

fn time_of(entry: &Entry) -> Option<Timestamp> {
    match entry {
        Entry::Message(line) => Some(Timestamp(line.message.timestamp)),
        Entry::Note(note) => note.time,
    }
}

/// The reactions to a message: `👍 2  🚀 1`.
fn reactions_of(message: &ChatMessage) -> String {
    let counted: Vec<String> = message
        .reactions
        .values()
        .filter_map(serde_json::Value::as_object)
        .flatten()
        .filter(|(_, count)| count["total"].as_u64() != Some(0))
        .take(MAX_REACTIONS)
        .map(|(name, count)| format!("{} {}", clip(&plain(name), MAX_NAME), count["total"]))
        .collect();
    counted.join("  ")
}
