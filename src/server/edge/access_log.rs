//! The access log: the operations that clients attempted, and the logins that were refused, as JSON lines.
//!
//! The operations are those of capabilities, as the gate checked them, so that the least capability can be computed
//! from a log. It has no content and no secret. The server never waits for it: records that the file does not take in
//! time are counted and left out.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde::Serialize;

use crate::chat_core::auth::key::is_key_name;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::chat_core::protocol::names;
use crate::server::core::checks::Check;
use crate::server::core::events::{Actor, Attempt, Event, Observer};
use crate::server::core::login::{ClaimedIdentity, Transport};

/// The most records that wait for the file.
const CAPACITY: usize = 16 * 1024;

/// The time that the file has at the end to take what waits.
const END_TIMEOUT: Duration = Duration::from_secs(2);

/// The pause before the end is offered again to a writer that has too much waiting.
const PAUSE: Duration = Duration::from_millis(10);

/// An access log.
pub struct AccessLog {
    lines: SyncSender<LogLine>,
    dropped: Arc<AtomicU64>,
    writer: Mutex<Option<LogWriter>>,
}

/// The thread that writes, and what tells that it has ended.
struct LogWriter {
    thread: JoinHandle<()>,
    ended: Receiver<()>,
}

enum LogLine {
    Record(Box<OperationRecord>),
    Login(Box<LoginRecord>),
    End,
}

/// A record of an operation, as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperationRecord {
    /// When it ended.
    time: Timestamp,
    /// The key that authenticated the client, or that signed its token.
    key_name: String,
    /// Whether the client has a token.
    is_token: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<String>,
    /// The operation's name in capabilities.
    operation: &'static str,
    #[serde(flatten)]
    place: RecordPlace,
    #[serde(flatten)]
    outcome: RecordOutcome,
}

/// A record of a refused login, as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoginRecord {
    time: Timestamp,
    login: Transport,
    #[serde(flatten)]
    claimed: ClaimedIdentity,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<String>,
    #[serde(flatten)]
    outcome: RecordOutcome,
}

/// A room, or a channel of no room.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum RecordPlace {
    RoomName(String),
    Channel(String),
}

impl RecordPlace {
    /// Returns the place of the channel `name`.
    fn of(name: &str) -> Self {
        match names::room_of(name) {
            Some(room) => Self::RoomName(room.to_owned()),
            None => Self::Channel(name.to_owned()),
        }
    }
}

/// The outcome of an operation.
#[derive(Clone, Copy, Serialize)]
struct RecordOutcome {
    /// `allowed`, `denied` or `failed`.
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
}

impl RecordOutcome {
    /// Returns the outcome of a login that was refused.
    fn of_login(error: &ErrorInfo) -> Self {
        let is_denied = matches!(error.class(), Class::NotPermitted | Class::Credentials);
        Self {
            result: if is_denied { "denied" } else { "failed" },
            code: Some(error.code),
        }
    }

    /// Returns the outcome of a check within an operation that ended with `error`, or well.
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

/// The number of records that were left out, as it is written.
#[derive(Serialize)]
struct Dropped {
    dropped: u64,
}

impl AccessLog {
    /// Creates a log that is written to `to`, on a thread of its own.
    ///
    /// # Errors
    /// A thread that can't be started.
    pub fn to(to: Box<dyn Write + Send>) -> io::Result<Self> {
        let (lines, receiver) = sync_channel(CAPACITY);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        let (end, ended) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || {
                // Dropped when the thread has ended, however it ends.
                let _end: SyncSender<()> = end;
                if let Err(error) = write_all(&receiver, &counted, to) {
                    tracing::error!(%error, "the access log can't be written any more");
                }
            })?;
        Ok(Self {
            lines,
            dropped,
            writer: Mutex::new(Some(LogWriter { thread, ended })),
        })
    }

    /// Adds the checks of an operation that ended with `error`, or well.
    fn add(&self, actor: Actor<'_>, checks: &[Check], error: Option<&ErrorInfo>, time: Timestamp) {
        for check in checks {
            self.put(LogLine::Record(Box::new(OperationRecord {
                time,
                key_name: actor.key_name.to_owned(),
                is_token: actor.is_token,
                client_id: actor.client_id.map(without_secret),
                connection_id: actor.connection_id.map(str::to_owned),
                operation: check.operation.name(),
                place: RecordPlace::of(&check.channel),
                outcome: RecordOutcome::of(check.is_allowed, error),
            })));
        }
    }

    fn add_login(
        &self,
        login: Transport,
        claimed: &ClaimedIdentity,
        connection_id: Option<&str>,
        error: &ErrorInfo,
        time: Timestamp,
    ) {
        self.put(LogLine::Login(Box::new(LoginRecord {
            time,
            login,
            claimed: claimed.clone(),
            connection_id: connection_id.map(str::to_owned),
            outcome: RecordOutcome::of_login(error),
        })));
    }

    /// Passes a line to the writer, or counts it where too many wait.
    fn put(&self, line: LogLine) {
        if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Observer for AccessLog {
    fn observe(&self, event: &Event<'_>, now: Timestamp) {
        match *event {
            Event::Attach(attempt) | Event::Publish { attempt, .. } => {
                let Attempt {
                    actor,
                    checks,
                    error,
                    ..
                } = attempt;
                self.add(actor, checks, error, now);
            }
            Event::RequestAnswered {
                actor: Some(actor),
                checks,
                error,
                ..
            } => self.add(actor, checks, error, now),
            Event::ConnectionRefused { claimed, error } => {
                self.add_login(Transport::Realtime, claimed, None, error, now);
            }
            Event::LoginRefused {
                transport,
                claimed,
                connection_id,
                error,
            } => self.add_login(transport, claimed, connection_id, error, now),
            _ => {}
        }
    }

    /// Waits until all that was added is written, and ends the log; a file that takes nothing is not waited for.
    fn close(&self) {
        let Some(LogWriter { thread, ended }) = self.writer.lock().take() else {
            return;
        };
        let deadline = Instant::now() + END_TIMEOUT;
        // A writer that failed has ended already.
        while let Err(TrySendError::Full(_)) = self.lines.try_send(LogLine::End) {
            if Instant::now() >= deadline {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if ended.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
            tracing::error!("the access log takes nothing: its last records are lost");
        } else {
            let _ = thread.join();
        }
    }
}

/// Returns a clientId as it may be written: of a whole API key that somebody put there, its name.
fn without_secret(client_id: &str) -> String {
    match client_id.split_once(':') {
        Some((name, _)) if is_key_name(name) => name.to_owned(),
        _ => client_id.to_owned(),
    }
}

fn write_all(
    lines: &Receiver<LogLine>,
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
                    Err(_) => LogLine::End,
                }
            }
            Err(TryRecvError::Disconnected) => LogLine::End,
        };
        match line {
            LogLine::Record(record) => write_line(&record, &mut to)?,
            LogLine::Login(login) => write_line(&login, &mut to)?,
            LogLine::End => {
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

/// Writes how many records are missing before this place.
fn write_dropped(dropped: &AtomicU64, to: &mut impl Write) -> io::Result<()> {
    let count = dropped.swap(0, Ordering::Relaxed);
    if count > 0 {
        write_line(&Dropped { dropped: count }, to)?;
        tracing::warn!(count, "records are missing in the access log");
    }
    Ok(())
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

    fn record() -> OperationRecord {
        OperationRecord {
            time: Timestamp(5),
            key_name: "app.key".to_owned(),
            is_token: true,
            client_id: Some("ann".to_owned()),
            connection_id: None,
            operation: "publish",
            place: RecordPlace::of("lobby::$chat"),
            outcome: RecordOutcome::of(true, None),
        }
    }

    #[test]
    fn nobody_waits_for_a_file_that_takes_nothing_and_what_is_missing_is_said() {
        let (let_through, open) = channel();
        let (written, seen) = channel();
        let log = AccessLog::to(Box::new(Gate { open, written })).unwrap();
        let count = CAPACITY * 2;
        for _ in 0..count {
            log.put(LogLine::Record(Box::new(record())));
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
            let outcome = RecordOutcome::of(is_allowed, error);
            assert_eq!((outcome.result, outcome.code), (result, code));
        }
    }
}
