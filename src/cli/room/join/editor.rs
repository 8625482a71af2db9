//! The line that a person edits on a terminal, and the lines above it. One thread waits for keys, another prints:
//! neither blocks the connection.

use std::io::ErrorKind;
use std::sync::mpsc;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, ExternalPrinter as _, Helper};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// An action of the person.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum EditorAction {
    /// The line changed; `true` unless it is empty.
    Keys(bool),
    /// A line is done.
    Line(String),
    /// A line was lost, for this reason.
    Lost(String),
    /// The person ended the input.
    End,
    /// The terminal failed, for this reason.
    Failed(String),
}

/// A line that is being edited.
pub(super) struct Editor {
    typed: UnboundedReceiver<EditorAction>,
    printer: mpsc::Sender<String>,
    _terminal: TerminalRestore,
}

impl Editor {
    /// Begins to edit; `None` where the terminal can't do it.
    pub(super) fn open(prompt: String) -> Option<Self> {
        let terminal = TerminalRestore::note()?;
        let (sender, typed) = unbounded_channel();
        let config = Config::builder().build();
        let history = MemHistory::with_config(&config);
        let mut editor =
            rustyline::Editor::<KeyReporter, MemHistory>::with_history(config, history).ok()?;
        let mut above = editor.create_external_printer().ok()?;
        editor.set_helper(Some(KeyReporter(sender.clone())));
        let (printer, texts) = mpsc::channel::<String>();
        std::thread::spawn(move || {
            // Both threads end with the terminal.
            while texts.recv().is_ok_and(|text| above.print(text).is_ok()) {}
        });
        std::thread::spawn(
            move || {
                while edit(&mut editor, &prompt, &sender).is_some() {}
            },
        );
        Some(Self {
            typed,
            printer,
            _terminal: terminal,
        })
    }

    /// Waits for the next action.
    pub(super) async fn next(&mut self) -> EditorAction {
        self.typed.recv().await.unwrap_or(EditorAction::End)
    }

    /// Prints a line above the one that is edited.
    pub(super) fn print(&self, text: &str) {
        // After its end there is no place to print.
        let _ = self.printer.send(format!("{text}\n"));
    }
}

/// Edits one line; `None` after the last.
fn edit(
    editor: &mut rustyline::Editor<KeyReporter, MemHistory>,
    prompt: &str,
    typed: &UnboundedSender<EditorAction>,
) -> Option<()> {
    match editor.readline(prompt) {
        Ok(line) if line.trim().is_empty() => Some(()),
        Ok(line) => {
            // A full history drops its oldest entry.
            let _ = editor.add_history_entry(line.as_str());
            typed.send(EditorAction::Line(line)).ok()
        }
        Err(ReadlineError::Signal(_)) => Some(()),
        Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            let fault = "the input is not UTF-8: the line is dropped";
            typed.send(EditorAction::Lost(fault.to_owned())).ok()
        }
        Err(error) => {
            let _ = typed.send(match error {
                ReadlineError::Eof | ReadlineError::Interrupted => EditorAction::End,
                error => EditorAction::Failed(error.to_string()),
            });
            None
        }
    }
}

/// Reports keys; it neither completes nor hints.
struct KeyReporter(UnboundedSender<EditorAction>);

impl Hinter for KeyReporter {
    type Hint = String;

    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<String> {
        let _ = self.0.send(EditorAction::Keys(!line.is_empty()));
        None
    }
}

impl Completer for KeyReporter {
    type Candidate = String;
}

impl Highlighter for KeyReporter {}
impl Validator for KeyReporter {}
impl Helper for KeyReporter {}

/// Restores the terminal's settings on drop: a thread that waits for a key can't.
struct TerminalRestore(Termios);

impl TerminalRestore {
    fn note() -> Option<Self> {
        tcgetattr(std::io::stdin()).ok().map(Self)
    }
}

impl Drop for TerminalRestore {
    fn drop(&mut self) {
        // The terminal may be gone.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}
