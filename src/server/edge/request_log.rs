//! The log of requests: what each client asked for, in which room, and the result, as one line each.
//!
//! For people at a terminal; [`super::access_log`] is for programs. The server never waits for it: lines that are not
//! written in time are counted and left out.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::chat_core::protocol::names;
use crate::server::core::checks::Check;
use crate::server::core::events::{Actor, Attempt, Event, Observer};
use crate::server::core::login::ClaimedIdentity;

/// The most lines that wait.
const CAPACITY: usize = 1024;

/// The most characters of a name, a path or a reason.
const MAX_TEXT: usize = 200;

/// The time that the last lines have at the end.
const END_TIMEOUT: Duration = Duration::from_secs(1);

/// A request of a client, with its result.
pub struct LoggedRequest {
    /// When it ended.
    pub time: Timestamp,
    /// The clientId, else the name of the key; empty where neither is known.
    pub client: String,
    /// The operation, or the method.
    pub operation: String,
    /// The room, the channel of no room, or the path; empty where there is none.
    pub place: String,
    /// Why it was refused; `None` if it was done.
    pub refusal: Option<LoggedRefusal>,
}

/// Why a request was refused.
pub struct LoggedRefusal {
    /// Ably's code.
    pub code: u32,
    /// The rule that decided, or the error's message.
    pub reason: String,
}

impl LoggedRequest {
    /// The request that an event tells of, if it is the last one to do so.
    pub(crate) fn of(event: &Event<'_>, time: Timestamp) -> Option<Self> {
        let (client, operation, place, refusal) = match *event {
            Event::ConnectionOpened { actor, is_resumed } => {
                let operation = if is_resumed { "resume" } else { "connect" };
                (name_of(actor), operation, String::new(), None)
            }
            Event::ConnectionRefused { claimed, error } => {
                let refusal = LoggedRefusal::of(&[], error);
                (
                    claimed_name(claimed),
                    "connect",
                    String::new(),
                    Some(refusal),
                )
            }
            Event::LoginRefused { claimed, error, .. } => {
                let refusal = LoggedRefusal::of(&[], error);
                (claimed_name(claimed), "login", String::new(), Some(refusal))
            }
            Event::TokenRenewed { actor } => (name_of(actor), "renew", String::new(), None),
            Event::Attach(attempt) => of_attempt("attach", attempt),
            Event::Publish { attempt, .. } => {
                let first = attempt.checks.first();
                of_attempt(
                    first.map_or("publish", |check| check.operation.name()),
                    attempt,
                )
            }
            Event::RequestAnswered {
                method,
                path,
                actor,
                checks,
                has_published: false,
                error,
            } => {
                // The refused login was told.
                if actor.is_none() && error.is_some_and(|error| error.class() == Class::Credentials)
                {
                    return None;
                }
                let (operation, place) = match checks.first() {
                    Some(check) => (check.operation.name(), place_of(&check.channel)),
                    None => (method, path.to_owned()),
                };
                let refusal = error.map(|error| LoggedRefusal::of(checks, error));
                (
                    actor.map_or_else(String::new, name_of),
                    operation,
                    place,
                    refusal,
                )
            }
            Event::TokenAsked {
                method,
                path,
                client_id,
                error,
            } => (
                client_id.unwrap_or_default().to_owned(),
                method,
                path.to_owned(),
                error.map(|error| LoggedRefusal::of(&[], error)),
            ),
            _ => return None,
        };
        Some(Self {
            time,
            client: shorten(client),
            operation: operation.to_owned(),
            place: shorten(place),
            refusal,
        })
    }
}

/// A text that a client chose, no longer than a line of the log has room for.
fn shorten(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(end);
        text.push('…');
    }
    text
}

impl LoggedRefusal {
    fn of(checks: &[Check], error: &ErrorInfo) -> Self {
        let denied = checks.iter().find(|check| !check.is_allowed);
        let reason = match denied {
            Some(check) if error.class() == Class::NotPermitted => {
                format!("no rule grants {}", check.operation)
            }
            _ => shorten(error.message.clone()),
        };
        Self {
            code: error.code,
            reason,
        }
    }
}

type Parts<'a> = (String, &'a str, String, Option<LoggedRefusal>);

fn of_attempt<'a>(operation: &'a str, attempt: Attempt<'_>) -> Parts<'a> {
    let refusal = attempt
        .error
        .map(|error| LoggedRefusal::of(attempt.checks, error));
    (
        name_of(attempt.actor),
        operation,
        place_of(attempt.channel),
        refusal,
    )
}

fn name_of(actor: Actor<'_>) -> String {
    actor.client_id.unwrap_or(actor.key_name).to_owned()
}

fn claimed_name(claimed: &ClaimedIdentity) -> String {
    claimed.name().unwrap_or_default().to_owned()
}

/// The room of a channel, else the channel.
fn place_of(channel: &str) -> String {
    names::room_of(channel).unwrap_or(channel).to_owned()
}

/// A line of the log.
pub enum RequestLine {
    /// A request.
    Request(LoggedRequest),
    /// So many requests that were not written in time.
    LeftOut(u64),
}

/// A log of requests.
pub struct RequestLog {
    requests: RwLock<Option<SyncSender<LoggedRequest>>>,
    left_out: Arc<AtomicU64>,
    ended: Mutex<Receiver<()>>,
}

impl RequestLog {
    /// Creates a log whose lines `write` gets, on a thread of its own.
    ///
    /// # Errors
    /// A thread that can't be started.
    pub fn to(mut write: impl FnMut(RequestLine) + Send + 'static) -> io::Result<Self> {
        let (requests, waiting) = sync_channel(CAPACITY);
        let (tell, ended) = sync_channel(1);
        let left_out = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&left_out);
        std::thread::Builder::new()
            .name("request-log".to_owned())
            .spawn(move || {
                for request in waiting {
                    write(RequestLine::Request(request));
                    match counted.swap(0, Ordering::Relaxed) {
                        0 => {}
                        count => write(RequestLine::LeftOut(count)),
                    }
                }
                // Nobody may wait for it any more.
                let _ = tell.send(());
            })?;
        Ok(Self {
            requests: RwLock::new(Some(requests)),
            left_out,
            ended: Mutex::new(ended),
        })
    }
}

impl Observer for RequestLog {
    fn observe(&self, event: &Event<'_>, now: Timestamp) {
        let Some(request) = LoggedRequest::of(event, now) else {
            return;
        };
        if let Some(requests) = &*self.requests.read()
            && let Err(TrySendError::Full(_)) = requests.try_send(request)
        {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn close(&self) {
        self.requests.write().take();
        // A reader that takes nothing any more must not keep the server.
        let _ = self.ended.lock().recv_timeout(END_TIMEOUT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_of_clients_are_shortened() {
        assert_eq!(shorten("lobby".to_owned()), "lobby");
        let long = shorten("é".repeat(60_000));
        assert_eq!(long.chars().count(), MAX_TEXT + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn what_a_stuck_reader_does_not_take_is_counted() {
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let (seen, lines) = std::sync::mpsc::channel();
        let log = RequestLog::to(move |line| {
            // It ends the waiting too.
            let _ = wait.recv();
            let _ = seen.send(matches!(line, RequestLine::LeftOut(_)));
        });
        let log = log.unwrap();
        let error = ErrorInfo::new(40101, 401, "Invalid credentials");
        let claimed = ClaimedIdentity::default();
        let refused = Event::ConnectionRefused {
            claimed: &claimed,
            error: &error,
        };
        for _ in 0..CAPACITY * 2 {
            log.observe(&refused, Timestamp(0));
        }
        drop(release);
        log.close();
        let lines: Vec<bool> = lines.iter().collect();
        assert!(lines.iter().filter(|is_left_out| **is_left_out).count() == 1);
        assert!(lines.len() < CAPACITY * 2);
    }
}
