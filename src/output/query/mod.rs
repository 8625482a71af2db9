//! jq filters. A filter is a program: it may never end, and its values may be too many or too deep. So it runs in a
//! process of its own, whose time and memory are bounded and whose end is an error and not the end of the command.

mod definitions;
mod names;
mod program;
mod value;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io::{self, Read as _, Write};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::Value;

use super::log::redact;

#[cfg(any(test, fuzzing))]
pub(crate) use program::fuzz;
pub use program::serve;

/// How often a wait for the filter looks whether it is to end.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Set when this process was asked to end. Signals belong to the whole process, and so does this.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Ends the filters that run, and all that would run after them: this process was asked to end.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

/// Starts the process that runs a filter, by [`serve`] over its standard streams.
pub type Launch = fn() -> io::Result<Command>;

/// A compiled filter.
pub struct JqFilter {
    source: String,
    launch: Launch,
    /// The time that one value may take.
    limit: Duration,
    /// The end of the work that it is part of.
    deadline: Cell<Option<Instant>>,
    runner: RefCell<Option<Runner>>,
}

/// The reason why a filter gave nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JqError {
    /// The text is not a jq program.
    #[error("the jq filter '{0}' does not compile: {1}")]
    Syntax(String, String),
    /// The program failed on a value.
    #[error("the jq filter '{0}' failed: {1}")]
    Run(String, String),
    /// It took too long.
    #[error("the jq filter '{0}' took longer than {1:?}, the limit that --timeout sets")]
    TooSlow(String, Duration),
    /// It needed more than it may have.
    #[error("the jq filter '{0}' failed: it needs too much memory, or its values are too deep")]
    TooLarge(String),
    /// Its process can't be run.
    #[error("the jq filter '{0}' can't be run: {1}")]
    NotRun(String, String),
    /// The time of the command is over, or it was asked to end.
    #[error("the jq filter was ended")]
    Stopped,
}

impl JqError {
    /// Returns whether a filter was ended because the command is at its end.
    pub fn is_stop(error: &anyhow::Error) -> bool {
        matches!(error.downcast_ref(), Some(Self::Stopped))
    }
}

/// A result of a filter.
enum FilterResult {
    /// A string, which is printed raw.
    Text(String),
    /// Any other value, as JSON.
    Json(String),
}

impl JqFilter {
    /// Compiles `source`. One value may take the time `limit`.
    ///
    /// # Errors
    /// A text that is not a jq program, or a process that can't be started.
    pub fn compile(source: &str, limit: Duration, launch: Launch) -> Result<Self, JqError> {
        let filter = Self {
            source: source.to_owned(),
            launch,
            limit,
            deadline: Cell::new(None),
            runner: RefCell::new(None),
        };
        filter.ask(None)?;
        Ok(filter)
    }

    /// Ends what still runs at `deadline`.
    pub fn end_by(&self, deadline: Instant) {
        self.deadline.set(Some(deadline));
    }

    /// Runs the filter on `input` and writes each result on a line: strings raw, the rest as JSON that `paint` has
    /// painted. Control characters of strings are as they are.
    ///
    /// # Errors
    /// As [`JqFilter::values`], and those of `to`.
    pub fn run(
        &self,
        input: &Value,
        to: &mut dyn Write,
        paint: impl Fn(&str) -> Cow<'_, str>,
    ) -> anyhow::Result<()> {
        for answer in self.ask(Some(input))? {
            match answer {
                FilterResult::Text(text) => writeln!(to, "{text}")?,
                FilterResult::Json(json) => writeln!(to, "{}", paint(&json))?,
            }
        }
        Ok(())
    }

    /// Returns whether any result of the filter on `input` is neither null nor false.
    ///
    /// # Errors
    /// The program's own error, and one that was ended.
    pub fn holds(&self, input: &Value) -> Result<bool, JqError> {
        let is_no = |answer: &FilterResult| matches!(answer, FilterResult::Json(text) if text == "null" || text == "false");
        Ok(self.ask(Some(input))?.iter().any(|answer| !is_no(answer)))
    }

    /// Returns the results of the filter on `input`.
    ///
    /// # Errors
    /// The program's own error, and one that was ended.
    pub fn values(&self, input: &Value) -> Result<Vec<Value>, JqError> {
        let answers = self.ask(Some(input))?.into_iter();
        let values = answers.map(|answer| match answer {
            FilterResult::Text(text) => Value::String(text),
            // The filter's process writes JSON.
            FilterResult::Json(text) => serde_json::from_str(&text).unwrap_or_default(),
        });
        Ok(values.collect())
    }

    /// Sends `input` to the process of the filter, which is started where there is none, and returns its results.
    fn ask(&self, input: Option<&Value>) -> Result<Vec<FilterResult>, JqError> {
        let mut runner = self.runner.borrow_mut();
        let result = self.ask_of(&mut runner, input);
        if !matches!(result, Ok(_) | Err(JqError::Run(..))) {
            // It is still busy with a value whose result is no longer needed.
            *runner = None;
        }
        result
    }

    fn ask_of(
        &self,
        runner: &mut Option<Runner>,
        input: Option<&Value>,
    ) -> Result<Vec<FilterResult>, JqError> {
        let start = Instant::now();
        let not_run = |error: io::Error| JqError::NotRun(self.source.clone(), error.to_string());
        let found = if let Some(found) = runner {
            found
        } else {
            let mut found = Runner::start(self.launch).map_err(not_run)?;
            let source = Value::from(self.source.as_str());
            found.send(&source).map_err(not_run)?;
            self.read(&mut found, start)?;
            runner.insert(found)
        };
        let Some(input) = input else {
            return Ok(Vec::new());
        };
        if let Err(error) = found.send(input) {
            return Err(not_run(error));
        }
        self.read(found, start)
    }

    fn read(&self, runner: &mut Runner, start: Instant) -> Result<Vec<FilterResult>, JqError> {
        let mut answers = Vec::new();
        loop {
            let line = self.line(runner, start)?;
            let (kind, text) = line.split_at_checked(1).unwrap_or_default();
            let read = || serde_json::from_str::<String>(text).unwrap_or_default();
            match kind {
                "=" => answers.push(FilterResult::Text(read())),
                "+" => answers.push(FilterResult::Json(text.to_owned())),
                "." => return Ok(answers),
                // The fault may name a value, and that a token.
                "!" => {
                    return Err(JqError::Run(
                        self.source.clone(),
                        redact(&read()).into_owned(),
                    ));
                }
                "?" => return Err(JqError::Syntax(self.source.clone(), read())),
                _ => return Err(JqError::TooLarge(self.source.clone())),
            }
        }
    }

    /// The next line of the process. It blocks this thread, but neither signals nor the clock.
    fn line(&self, runner: &mut Runner, start: Instant) -> Result<String, JqError> {
        loop {
            if let Some(line) = runner.take_line() {
                return Ok(line);
            }
            let now = Instant::now();
            if INTERRUPTED.load(Ordering::Relaxed)
                || self.deadline.get().is_some_and(|deadline| deadline <= now)
            {
                return Err(JqError::Stopped);
            }
            if now.duration_since(start) > self.limit {
                return Err(JqError::TooSlow(self.source.clone(), self.limit));
            }
            match runner.fill() {
                Ok(true) => {}
                Ok(false) => return Err(JqError::TooLarge(self.source.clone())),
                Err(error) => {
                    return Err(JqError::NotRun(self.source.clone(), error.to_string()));
                }
            }
        }
    }
}

/// The process of a filter. It is ended on drop.
struct Runner {
    child: Child,
    buffer: Vec<u8>,
    /// The number of bytes of `buffer` that were searched for a line break.
    searched: usize,
}

impl Runner {
    fn start(launch: Launch) -> io::Result<Self> {
        let child = launch()?
            // An interrupt of the terminal is for the command, which ends this process.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The last words of a process without memory or stack say nothing to the user.
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            child,
            buffer: Vec::new(),
            searched: 0,
        })
    }

    fn send(&mut self, value: &Value) -> io::Result<()> {
        let Some(stdin) = &mut self.child.stdin else {
            return Ok(());
        };
        match stdin.write_all(format!("{value}\n").as_bytes()) {
            // Its end is noticed when the answer is read.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    fn take_line(&mut self) -> Option<String> {
        let found = self.buffer[self.searched..]
            .iter()
            .position(|byte| *byte == b'\n');
        let Some(found) = found else {
            self.searched = self.buffer.len();
            return None;
        };
        let rest = self.buffer.split_off(self.searched + found + 1);
        let mut line = std::mem::replace(&mut self.buffer, rest);
        line.pop();
        self.searched = 0;
        Some(String::from_utf8_lossy(&line).into_owned())
    }

    /// Reads what there is, after a short wait at most. Returns false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let Some(stdout) = &mut self.child.stdout else {
            return Ok(false);
        };
        let wait = Timespec::try_from(POLL_INTERVAL).ok();
        match poll(&mut [PollFd::new(&*stdout, PollFlags::IN)], wait.as_ref()) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(true),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let mut part = [0; 16 * 1024];
        let count = stdout.read(&mut part)?;
        self.buffer.extend_from_slice(&part[..count]);
        Ok(count > 0)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
