//! Renders values: a table for people, JSON for programs, a jq filter over that, and errors.
//!
//! Standard output carries results only; notices and errors go to standard error. A closed pipe is [`Closed`], which
//! ends a command quietly.

mod color_json;
pub mod columns;
pub mod error;
pub mod log;
mod look;
pub mod progress;
pub mod query;
pub mod shell;
pub mod table;

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write};
use std::time::Instant;

use serde::Serialize;
use serde_json::Value;

use crate::settings::OutputFormat;
pub use look::{Look, Style};
use query::JqFilter;

/// A result that can be printed. Implemented beside each result, for the value itself.
pub trait Render {
    /// The JSON that scripts see, with the wire's and the Chat SDK's names.
    fn json(&self) -> Value;

    /// The text that people see. May be several lines; the last one needs no line break.
    fn table(&self, look: Look) -> String;

    /// The notice on standard error instead of a table, where there is nothing to show.
    fn absence(&self) -> Option<String> {
        None
    }
}

/// The reader of standard output is gone, which is a silent success.
#[derive(Debug, thiserror::Error)]
#[error("standard output was closed")]
pub struct Closed;

/// Standard output can't be written: a full disk, or a broken device.
#[derive(Debug, thiserror::Error)]
#[error("can't write to standard output: {0}")]
pub struct WriteError(pub io::Error);

/// The output of results and notices, in the form that the settings ask for.
pub struct Output {
    format: OutputFormat,
    query: Option<JqFilter>,
    look: Look,
    error_look: Look,
    stdout: RefCell<Box<dyn Write + Send>>,
    stderr: RefCell<Box<dyn Write + Send>>,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    is_quiet: bool,
}

impl Output {
    /// An output over two streams.
    pub fn new(
        format: OutputFormat,
        query: Option<JqFilter>,
        look: Look,
        streams: Streams,
    ) -> Self {
        Self {
            format,
            query,
            look,
            error_look: Look::default(),
            stdout: RefCell::new(streams.stdout),
            stderr: RefCell::new(streams.stderr),
            stdout_is_terminal: streams.stdout_is_terminal,
            stderr_is_terminal: streams.stderr_is_terminal,
            is_quiet: false,
        }
    }

    /// The same with what errors may use on standard error.
    pub fn with_error_look(mut self, look: Look) -> Self {
        self.error_look = look;
        self
    }

    /// The same without notices, where `is_quiet`.
    pub fn quiet(self, is_quiet: bool) -> Self {
        Self { is_quiet, ..self }
    }

    /// Prints a whole result.
    ///
    /// # Errors
    /// [`Closed`] without a reader, the stream's error otherwise, or that of the jq filter.
    pub fn print(&self, result: &dyn Render) -> anyhow::Result<()> {
        let mut text = Vec::new();
        match (&self.query, self.format) {
            (Some(query), _) => query.run(&result.json(), &mut text, |json| self.painted(json))?,
            (None, OutputFormat::Jsonl) => match result.json() {
                Value::Array(items) => {
                    for item in &items {
                        self.json_line(&mut text, item);
                    }
                }
                value => self.json_line(&mut text, &value),
            },
            (None, OutputFormat::Json) if self.stdout_is_terminal => {
                let json = serde_json::to_string_pretty(&result.json())?;
                text.extend_from_slice(self.painted(&json).as_bytes());
                text.push(b'\n');
            }
            (None, OutputFormat::Json) => self.json_line(&mut text, &result.json()),
            (None, OutputFormat::Table) if result.absence().is_some() => {
                self.notice(&result.absence().unwrap_or_default());
            }
            (None, _) => {
                let table = result.table(self.look);
                text.extend_from_slice(table.trim_end_matches('\n').as_bytes());
                if !text.is_empty() {
                    text.push(b'\n');
                }
            }
        }
        self.write(&text)
    }

    /// Prints a text as it is, whatever form the settings ask for.
    ///
    /// # Errors
    /// [`Closed`] without a reader, the stream's error otherwise.
    pub fn print_text(&self, text: &str) -> anyhow::Result<()> {
        self.write(text.as_bytes())
    }

    /// Returns whether a jq filter is run over results.
    pub fn has_query(&self) -> bool {
        self.query.is_some()
    }

    /// Ends a jq filter that still runs at `deadline`: the command is over then.
    pub fn end_query_by(&self, deadline: Instant) {
        if let Some(query) = &self.query {
            query.end_by(deadline);
        }
    }

    /// Prints one item of a stream, on a line of its own, and flushes.
    ///
    /// # Errors
    /// As [`Output::print`].
    pub fn print_item(&self, item: &dyn Render) -> anyhow::Result<()> {
        let mut text = Vec::new();
        self.add_item(item, &mut text)?;
        self.write(&text)
    }

    /// Prints items as they arrive, each on a line of its own, gathered into few writes.
    ///
    /// # Errors
    /// As [`Output::print`], and that of an item; the items before it are printed.
    pub fn print_items<R: Render>(
        &self,
        items: impl IntoIterator<Item = anyhow::Result<R>>,
    ) -> anyhow::Result<()> {
        let mut text = Vec::with_capacity(BATCH);
        for item in items {
            match item.and_then(|item| self.add_item(&item, &mut text)) {
                Ok(()) if text.len() < BATCH => {}
                Ok(()) => {
                    self.write(&text)?;
                    text.clear();
                }
                Err(error) => {
                    self.write(&text)?;
                    return Err(error);
                }
            }
        }
        self.write(&text)
    }

    fn add_item(&self, item: &dyn Render, text: &mut Vec<u8>) -> anyhow::Result<()> {
        match (&self.query, self.format) {
            (Some(query), _) => query.run(&item.json(), text, |json| self.painted(json))?,
            (None, _) if !self.is_json() => {
                text.extend_from_slice(item.table(self.look).trim_end_matches('\n').as_bytes());
                text.push(b'\n');
            }
            (None, _) => self.json_line(text, &item.json()),
        }
        Ok(())
    }

    /// Prints a notice on standard error, out of the way of scripts. It may contain text of other clients. With --quiet
    /// only warnings are printed, which begin with `warning: `.
    pub fn notice(&self, text: &str) {
        if !self.is_quiet || text.starts_with("warning: ") {
            self.message(text);
        }
    }

    /// Prints a message on standard error that --quiet does not hide: a question, or a part of an error.
    pub fn message(&self, text: &str) {
        self.say(&table::plain_lines(text));
    }

    /// Prints a question on standard error, on the line of its answer.
    pub fn prompt(&self, text: &str) {
        let mut stderr = self.stderr.borrow_mut();
        let _ = stderr
            .write_all(table::plain(text).as_bytes())
            .and_then(|()| stderr.flush());
    }

    fn say(&self, text: &str) {
        let mut stderr = self.stderr.borrow_mut();
        // A closed standard error must not end the work.
        // One write, so that a line is not torn by that of a command that shares the stream.
        let line = format!("{text}\n");
        let _ = stderr
            .write_all(line.as_bytes())
            .and_then(|()| stderr.flush());
    }

    /// Prints an error on standard error, in the form that the settings ask for.
    pub fn error(&self, report: &error::ErrorReport) {
        let text = match self.format {
            OutputFormat::Json | OutputFormat::Jsonl => report.json().to_string(),
            _ => report.text(self.error_look),
        };
        self.say(&text);
    }

    /// The features that texts may use.
    pub fn look(&self) -> Look {
        self.look
    }

    /// The features that texts on standard error may use.
    pub fn error_look(&self) -> Look {
        self.error_look
    }

    /// Returns whether standard output is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.stdout_is_terminal
    }

    /// The form that the settings ask for.
    pub fn format(&self) -> OutputFormat {
        self.format
    }

    /// JSON in colours, where there are any; without them as it is.
    fn painted<'a>(&self, json: &'a str) -> Cow<'a, str> {
        if self.look.color {
            // What a terminal would obey is escaped before the escapes of the colours come in.
            color_json::paint(&table::plain_json(json)).into()
        } else {
            json.into()
        }
    }

    fn json_line(&self, text: &mut Vec<u8>, value: &Value) {
        text.extend_from_slice(self.painted(&value.to_string()).as_bytes());
        text.push(b'\n');
    }

    fn is_json(&self) -> bool {
        matches!(self.format, OutputFormat::Json | OutputFormat::Jsonl)
    }

    /// Returns whether progress is shown: standard error is a terminal.
    pub fn shows_progress(&self) -> bool {
        self.stderr_is_terminal
    }

    fn write(&self, text: &[u8]) -> anyhow::Result<()> {
        let mut stdout = self.stdout.borrow_mut();
        let escaped;
        let is_json = self.query.is_some() || self.is_json();
        let text = match std::str::from_utf8(text) {
            // With colours, that is done value by value.
            Ok(json) if self.stdout_is_terminal && is_json && !self.look.color => {
                escaped = table::plain_json(json);
                escaped.as_bytes()
            }
            _ => text,
        };
        match stdout.write_all(text).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Closed.into()),
            result => Ok(result.map_err(WriteError)?),
        }
    }
}

/// The standard streams.
pub struct Streams {
    /// Results.
    pub stdout: Box<dyn Write + Send>,
    /// Everything else.
    pub stderr: Box<dyn Write + Send>,
    /// True if standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// True if standard error is a terminal.
    pub stderr_is_terminal: bool,
}

/// The JSON of a value whose serialisation cannot fail: plain data with text keys.
pub fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// The number of bytes that are gathered before they are written.
const BATCH: usize = 32 * 1024;
