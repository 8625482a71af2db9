//! The line that a person types: its text and cursor, the lines before it, and the completion of words.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::cli::room::arguments::LARGEST;
use crate::output::columns::width;
use crate::output::table::plain;

/// The number of lines that Up goes back to.
const REMEMBERED: usize = 100;

/// A line that is being typed.
#[derive(Default)]
pub(super) struct Editor {
    text: String,
    /// The place of the cursor, in bytes; between two letters as a person sees them.
    cursor: usize,
    history: Vec<String>,
    /// The place in `history` that is shown, and the line that was typed before.
    browsing: Option<(usize, String)>,
    completion: Option<Completion>,
}

/// A word that Tab completes, again and again.
struct Completion {
    /// The place where the word begins.
    start: usize,
    candidates: Vec<String>,
    /// The candidate that is shown.
    shown: usize,
}

impl Editor {
    /// Returns whether nothing is typed.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text before the cursor.
    pub(super) fn before_cursor(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Takes a key. Returns the line that it ends.
    pub(super) fn key(&mut self, key: KeyEvent) -> Option<String> {
        if key.code != KeyCode::Tab {
            self.completion = None;
        }
        let has = |modifier| key.modifiers.contains(modifier);
        match key.code {
            KeyCode::Enter => return self.enter(),
            KeyCode::Char(letter) if has(KeyModifiers::CONTROL) => self.control(letter),
            KeyCode::Char('b') if has(KeyModifiers::ALT) => self.cursor = self.word_before(),
            KeyCode::Char('f') if has(KeyModifiers::ALT) => self.cursor = self.word_behind(),
            KeyCode::Char('d') if has(KeyModifiers::ALT) => {
                self.remove(self.cursor, self.word_behind());
            }
            KeyCode::Backspace if has(KeyModifiers::ALT) => {
                self.remove(self.word_before(), self.cursor);
            }
            KeyCode::Left if has(KeyModifiers::CONTROL) => self.cursor = self.word_before(),
            KeyCode::Right if has(KeyModifiers::CONTROL) => self.cursor = self.word_behind(),
            KeyCode::Char(letter) => self.insert(letter.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace => self.remove(self.before(), self.cursor),
            KeyCode::Delete => self.remove(self.cursor, self.behind()),
            KeyCode::Left => self.cursor = self.before(),
            KeyCode::Right => self.cursor = self.behind(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            KeyCode::Up => self.browse(true),
            KeyCode::Down => self.browse(false),
            _ => {}
        }
        None
    }

    /// Takes a letter that is typed with Ctrl, as Emacs and shells have it.
    fn control(&mut self, letter: char) {
        match letter {
            'a' => self.cursor = 0,
            'e' => self.cursor = self.text.len(),
            'b' => self.cursor = self.before(),
            'f' => self.cursor = self.behind(),
            'd' => self.remove(self.cursor, self.behind()),
            'h' => self.remove(self.before(), self.cursor),
            'k' => self.remove(self.cursor, self.text.len()),
            'u' => self.remove(0, self.cursor),
            'w' => self.remove(self.word_before(), self.cursor),
            'p' => self.browse(true),
            'n' => self.browse(false),
            _ => {}
        }
    }

    /// Inserts a text at the cursor. Control characters but line breaks are left out, and so is what would make it
    /// longer than any message.
    pub(super) fn insert(&mut self, text: &str) {
        let text: String = text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\t', " ")
            .chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .collect();
        if self.text.len() + text.len() <= LARGEST {
            self.text.insert_str(self.cursor, &text);
            self.cursor += text.len();
        }
        self.completion = None;
    }

    /// Empties the line.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
        self.browsing = None;
        self.completion = None;
    }

    fn enter(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.text);
        self.clear();
        if line.trim().is_empty() {
            return None;
        }
        if self.history.last() != Some(&line) {
            self.history.push(line.clone());
        }
        if self.history.len() > REMEMBERED {
            self.history.remove(0);
        }
        Some(line)
    }

    /// Shows the line before or behind the one that is shown.
    fn browse(&mut self, back: bool) {
        let (place, typed) = match self.browsing.take() {
            Some(browsing) => browsing,
            None => (self.history.len(), self.text.clone()),
        };
        let place = if back {
            place.saturating_sub(1)
        } else {
            (place + 1).min(self.history.len())
        };
        self.text = self.history.get(place).unwrap_or(&typed).clone();
        self.cursor = self.text.len();
        if place < self.history.len() {
            self.browsing = Some((place, typed));
        }
    }

    /// Completes the word before the cursor: the first time with the first of `candidates`, which gives the place where
    /// the word begins with what may stand there, and then with the next ones.
    pub(super) fn complete(&mut self, candidates: impl FnOnce(&str) -> (usize, Vec<String>)) {
        let completion = if let Some(mut completion) = self.completion.take() {
            completion.shown = (completion.shown + 1) % completion.candidates.len();
            completion
        } else {
            let (start, candidates) = candidates(self.before_cursor());
            if candidates.is_empty() {
                return;
            }
            Completion {
                start,
                candidates,
                shown: 0,
            }
        };
        let word = &completion.candidates[completion.shown];
        self.text.replace_range(completion.start..self.cursor, word);
        self.cursor = completion.start + word.len();
        self.completion = (completion.candidates.len() > 1).then_some(completion);
    }

    /// The part of the line around the cursor that fits `columns`, and the cursor's column in it.
    pub(super) fn view(&self, columns: usize) -> (String, usize) {
        let shown = |text: &str| plain(&text.replace('\n', "⏎"));
        let before = shown(self.before_cursor());
        let behind = shown(&self.text[self.cursor..]);
        let mut visible: &str = &before;
        // The cursor behind the last letter takes a column too.
        while width(visible) >= columns.max(2) {
            let first = visible.graphemes(true).next().map_or(0, str::len);
            visible = &visible[first..];
        }
        let column = width(visible);
        let mut text = visible.to_owned();
        let mut used = column;
        for cluster in behind.graphemes(true) {
            used += width(cluster);
            if used > columns {
                break;
            }
            text.push_str(cluster);
        }
        (text, column)
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    /// The place before the letter before the cursor.
    fn before(&self) -> usize {
        let letter = self.before_cursor().graphemes(true).next_back();
        self.cursor - letter.map_or(0, str::len)
    }

    /// The place behind the letter behind the cursor.
    fn behind(&self) -> usize {
        let letter = self.text[self.cursor..].graphemes(true).next();
        self.cursor + letter.map_or(0, str::len)
    }

    /// The place where the word before the cursor begins.
    fn word_before(&self) -> usize {
        let words = self.before_cursor().trim_end();
        words.rfind(char::is_whitespace).map_or(0, |space| {
            space + words[space..].chars().next().map_or(0, char::len_utf8)
        })
    }

    /// The place where the word behind the cursor ends.
    fn word_behind(&self) -> usize {
        let rest = &self.text[self.cursor..];
        let word = rest.trim_start();
        let end = word.find(char::is_whitespace).unwrap_or(word.len());
        self.cursor + rest.len() - word.len() + end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typing(editor: &mut Editor, codes: &[KeyCode]) {
        for code in codes {
            editor.key(KeyEvent::new(*code, KeyModifiers::NONE));
        }
    }

    fn control(editor: &mut Editor, letter: char) {
        editor.key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL));
    }

    #[test]
    fn letters_are_edited_as_people_see_them() {
        let mut editor = Editor::default();
        editor.insert("a👩‍👩‍👧‍👦é");
        typing(&mut editor, &[KeyCode::Left, KeyCode::Backspace]);
        assert_eq!(editor.text, "aé");
        editor.insert("one  two");
        control(&mut editor, 'w');
        assert_eq!(editor.text, "aone  é");
        control(&mut editor, 'k');
        control(&mut editor, 'u');
        assert!(editor.is_empty());
    }

    #[test]
    fn lines_come_back_and_completion_goes_round() {
        let mut editor = Editor::default();
        for line in ["one", "two"] {
            editor.insert(line);
            assert_eq!(
                editor.key(KeyEvent::from(KeyCode::Enter)).as_deref(),
                Some(line)
            );
        }
        editor.insert("half");
        typing(&mut editor, &[KeyCode::Up, KeyCode::Up]);
        assert_eq!(editor.text, "one");
        typing(&mut editor, &[KeyCode::Down, KeyCode::Down]);
        assert_eq!(editor.text, "half");
        editor.clear();
        editor.insert("hi a");
        for expected in ["hi ann ", "hi abe ", "hi ann "] {
            editor.complete(|_| (3, vec!["ann ".to_owned(), "abe ".to_owned()]));
            assert_eq!(editor.text, expected);
        }
    }

    #[test]
    fn the_view_keeps_the_cursor_in_sight() {
        let mut editor = Editor::default();
        editor.insert("0123456789");
        assert_eq!(editor.view(6), ("56789".to_owned(), 5));
        typing(&mut editor, &[KeyCode::Home]);
        assert_eq!(editor.view(6), ("012345".to_owned(), 0));
        editor.clear();
        editor.insert("日本語\nx");
        assert_eq!(editor.view(80), ("日本語⏎x".to_owned(), 8));
    }
}
