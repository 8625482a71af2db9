//! The access log: who asked to do which operation where, and what became of it, and who was not let in, as JSON lines.
//!
//! The operations are those of capabilities, as the gate checked them, so that the least capability can be computed
//! from a log. No content and no secret stands in it. Whoever serves never waits for it: what the file does not take
//! in time is counted and left out.

mod login;

pub(crate) use login::{Claimed, Transport};

use parking_lot::Mutex;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use serde::Serialize;

use crate::chat_core::auth::Operation;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::chat_core::protocol::names;

/// How many records wait for the file at most.
const CAPACITY: usize = 16 * 1024;

/// An access log.
pub struct AccessLog {
    lines: SyncSender<Line>,
    dropped: Arc<AtomicU64>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

enum Line {
    Record(Box<Record>),
    Login(Box<login::Login>),
    End,
}

/// A record, as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    /// When it was settled.
    pub(crate) time: Timestamp,
    /// The key that let them in, or that their token was made with.
    pub(crate) key_name: String,
    /// Whether it was a token.
    pub(crate) is_token: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connection_id: Option<String>,
    /// The word that stands in capabilities.
    pub(crate) operation: &'static str,
    #[serde(flatten)]
    pub(crate) place: Place,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// Where: a room, or a channel that is none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Place {
    RoomName(String),
    Channel(String),
}

impl Place {
    /// The place of the channel `name`.
    pub(crate) fn of(name: &str) -> Self {
        match names::room_of(name) {
            Some(room) => Self::RoomName(room.to_owned()),
            None => Self::Channel(name.to_owned()),
        }
    }
}

/// What became of it.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Outcome {
    /// `allowed`, `denied` or `failed`.
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
}

impl Outcome {
    /// The outcome of a login that was refused.
    fn of_login(error: &ErrorInfo) -> Self {
        let is_denied = matches!(error.class(), Class::NotPermitted | Class::Credentials);
        Self {
            result: if is_denied { "denied" } else { "failed" },
            code: Some(error.code),
        }
    }

    /// The outcome of a step that the gate allowed or not, within work that ended so.
    fn of(is_allowed: bool, error: Option<&ErrorInfo>) -> Self {
        match error {
            Some(error) if !is_allowed || error.class() == Class::NotPermitted => Self {
                result: "denied",
                code: Some(error.code),
            },
            Some(error) => Self {
                result: "failed",
                code: Some(error.code),
            },
            None => Self {
                result: if is_allowed { "allowed" } else { "denied" },
                code: None,
            },
        }
    }
}

/// What was left out, as it is written.
#[derive(Serialize)]
struct Dropped {
    dropped: u64,
}

impl AccessLog {
    /// A log that is written to `to`, on a thread of its own.
    ///
    /// # Errors
    /// A thread that can't be started.
    pub fn to(to: Box<dyn Write + Send>) -> io::Result<Self> {
        let (lines, receiver) = sync_channel(CAPACITY);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        let writer = std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || {
                if let Err(error) = write_all(&receiver, &counted, to) {
                    tracing::error!(%error, "the access log can't be written any more");
                }
            })?;
        Ok(Self {
            lines,
            dropped,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Has a record written, or counts it where too many wait.
    pub(crate) fn add(&self, record: Record) {
        self.put(Line::Record(Box::new(record)));
    }

    fn put(&self, line: Line) {
        if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all that was added is written, and ends the log.
    pub(crate) fn close(&self) {
        // A writer that failed has ended already.
        let _ = self.lines.send(Line::End);
        if let Some(writer) = self.writer.lock().take() {
            let _ = writer.join();
        }
    }
}

fn write_all(
    lines: &Receiver<Line>,
    dropped: &AtomicU64,
    to: Box<dyn Write + Send>,
) -> io::Result<()> {
    let mut to = BufWriter::new(to);
    loop {
        let line = match lines.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Empty) => {
                write_dropped(dropped, &mut to)?;
                to.flush()?;
                match lines.recv() {
                    Ok(line) => line,
                    Err(_) => Line::End,
                }
            }
            Err(TryRecvError::Disconnected) => Line::End,
        };
        match line {
            Line::Record(record) => write_line(&record, &mut to)?,
            Line::Login(login) => write_line(&login, &mut to)?,
            Line::End => {
                write_dropped(dropped, &mut to)?;
                return to.flush();
            }
        }
    }
}

fn write_line(line: &impl Serialize, to: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    to.write_all(b"\n")
}

/// Says how many records are missing before this place.
fn write_dropped(dropped: &AtomicU64, to: &mut impl Write) -> io::Result<()> {
    let count = dropped.swap(0, Ordering::Relaxed);
    if count > 0 {
        write_line(&Dropped { dropped: count }, to)?;
        tracing::warn!(count, "records are missing in the access log");
    }
    Ok(())
}

/// What one caller was checked for, until it is known what became of it.
#[derive(Default)]
pub(crate) struct Decisions(Mutex<Vec<Decision>>);

/// A check.
pub(crate) struct Decision {
    channel: String,
    operation: Operation,
    is_allowed: bool,
}

impl Decision {
    /// What became of it, in work that ended so.
    pub(crate) fn settled(self, error: Option<&ErrorInfo>) -> (Place, &'static str, Outcome) {
        let outcome = Outcome::of(self.is_allowed, error);
        (Place::of(&self.channel), self.operation.name(), outcome)
    }
}

impl Decisions {
    /// Decisions a check; the same one again within one work is noted once.
    pub(crate) fn add(&self, channel: &str, operation: Operation, is_allowed: bool) {
        let mut notes = self.0.lock();
        let is_known = |note: &Decision| {
            note.operation == operation && note.is_allowed == is_allowed && note.channel == channel
        };
        if !notes.iter().any(is_known) {
            notes.push(Decision {
                channel: channel.to_owned(),
                operation,
                is_allowed,
            });
        }
    }

    /// Says that the last check was about another operation, which is known only now.
    pub(crate) fn amend(&self, operation: Operation) {
        if let Some(last) = self.0.lock().last_mut() {
            last.operation = operation;
        }
    }

    /// Takes what was noted.
    pub(crate) fn take(&self) -> Vec<Decision> {
        std::mem::take(&mut *self.0.lock())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};

    /// A file that takes nothing until it is let.
    struct Gate {
        open: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.open.recv();
            let _ = self.written.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn record() -> Record {
        Record {
            time: Timestamp(5),
            key_name: "app.key".to_owned(),
            is_token: true,
            client_id: Some("ann".to_owned()),
            connection_id: None,
            operation: "publish",
            place: Place::of("lobby::$chat"),
            outcome: Outcome::of(true, None),
        }
    }

    #[test]
    fn nobody_waits_for_a_file_that_takes_nothing_and_what_is_missing_is_said() {
        let (let_through, open) = channel();
        let (written, seen) = channel();
        let log = AccessLog::to(Box::new(Gate { open, written })).unwrap();
        let count = CAPACITY * 2;
        for _ in 0..count {
            log.add(record());
        }
        drop(let_through);
        log.close();
        drop(log);
        let text = String::from_utf8(seen.iter().flatten().collect()).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let dropped: u64 = lines
            .iter()
            .filter_map(|line| line["dropped"].as_u64())
            .sum();
        let records = lines
            .iter()
            .filter(|line| line["operation"] == "publish")
            .count();
        assert!(records >= CAPACITY && dropped > 0);
        assert_eq!(records as u64 + dropped, count as u64);
        assert_eq!(
            lines[0],
            serde_json::json!({
                "time": 5, "keyName": "app.key", "isToken": true, "clientId": "ann", "operation": "publish",
                "roomName": "lobby", "result": "allowed",
            })
        );
    }

    #[test]
    fn outcomes() {
        let denied = ErrorInfo::new(40160, 401, "no");
        let failed = ErrorInfo::new(40400, 404, "no");
        for (is_allowed, error, result, code) in [
            (true, None, "allowed", None),
            (false, None, "denied", None),
            (false, Some(&denied), "denied", Some(40160)),
            (true, Some(&denied), "denied", Some(40160)),
            (true, Some(&failed), "failed", Some(40400)),
        ] {
            let outcome = Outcome::of(is_allowed, error);
            assert_eq!((outcome.result, outcome.code), (result, code));
        }
    }
}
