//! The line that a person edits on a terminal, and what is printed above it. A thread waits for keys, another prints:
//! neither keeps the connection waiting.

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

/// What the person does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// The line changed; whether there is anything in it.
    Keys(bool),
    /// A line is done.
    Line(String),
    /// A line was lost, for this reason.
    Lost(String),
    /// Enough.
    End,
    /// The terminal is of no use any more, for this reason.
    Failed(String),
}

/// A line that is being edited.
pub(super) struct Editor {
    typed: UnboundedReceiver<Typed>,
    printer: mpsc::Sender<String>,
    _terminal: AsItWas,
}

impl Editor {
    /// Begins to edit; `None` where the terminal can't do it.
    pub(super) fn open(prompt: String) -> Option<Self> {
        let terminal = AsItWas::note()?;
        let (sender, typed) = unbounded_channel();
        let config = Config::builder().build();
        let history = MemHistory::with_config(&config);
        let mut editor =
            rustyline::Editor::<Keys, MemHistory>::with_history(config, history).ok()?;
        let mut above = editor.create_external_printer().ok()?;
        editor.set_helper(Some(Keys(sender.clone())));
        let (printer, texts) = mpsc::channel::<String>();
        std::thread::spawn(move || {
            // A terminal that is gone ends both.
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

    /// What is done next.
    pub(super) async fn next(&mut self) -> Typed {
        self.typed.recv().await.unwrap_or(Typed::End)
    }

    /// Prints a line above the one that is edited.
    pub(super) fn print(&self, text: &str) {
        // After its end there is nowhere to print.
        let _ = self.printer.send(format!("{text}\n"));
    }
}

/// Edits one line; `None` after the last.
fn edit(
    editor: &mut rustyline::Editor<Keys, MemHistory>,
    prompt: &str,
    typed: &UnboundedSender<Typed>,
) -> Option<()> {
    match editor.readline(prompt) {
        Ok(line) if line.trim().is_empty() => Some(()),
        Ok(line) => {
            // A history that is full forgets by itself.
            let _ = editor.add_history_entry(line.as_str());
            typed.send(Typed::Line(line)).ok()
        }
        Err(ReadlineError::Signal(_)) => Some(()),
        Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            let fault = "what was typed is not UTF-8: the line is dropped";
            typed.send(Typed::Lost(fault.to_owned())).ok()
        }
        Err(error) => {
            let _ = typed.send(match error {
                ReadlineError::Eof | ReadlineError::Interrupted => Typed::End,
                error => Typed::Failed(error.to_string()),
            });
            None
        }
    }
}

/// Tells of keys. It neither completes nor hints.
struct Keys(UnboundedSender<Typed>);

impl Hinter for Keys {
    type Hint = String;

    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<String> {
        let _ = self.0.send(Typed::Keys(!line.is_empty()));
        None
    }
}

impl Completer for Keys {
    type Candidate = String;
}

impl Highlighter for Keys {}
impl Validator for Keys {}
impl Helper for Keys {}

/// A terminal's settings, which come back with the end: a thread that waits for a key does not get to it.
struct AsItWas(Termios);

impl AsItWas {
    fn note() -> Option<Self> {
        tcgetattr(std::io::stdin()).ok().map(Self)
    }
}

impl Drop for AsItWas {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}
