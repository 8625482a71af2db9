//! What the edges of one server share: time, chance, the gate, the connections and their deadlines.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::apps::Apps;
use super::connection::Connection;

use super::outbox::{Outbox, Writers};
use super::timers::Timers;
use crate::chat_core::clock::Clock;
use crate::chat_core::random::Random;

/// What the edges of one server share.
pub(super) struct Core {
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids and keys.
    pub random: Random,
    /// The apps, with their keys and channels.
    pub(crate) apps: Apps,
    /// The deadlines.
    pub timers: Timers<Due>,
    /// The tasks that write to sockets.
    pub writers: Writers,
    /// The open connections.
    pub connections: Connections,
    /// Cancelled when the server is to stop.
    pub stopping: CancellationToken,
    /// Every task of the server.
    pub tasks: TaskTracker,
    /// This server's name.
    pub server_id: String,
}

/// A deadline.
pub(super) enum Due {
    /// See whether this connection was silent for too long.
    Silence(u64),
    /// Ask this connection for a new token, if its token still ends at that time.
    Renewal(u64),
    /// End this connection, if its token has expired.
    Expiry(u64),
    /// End this connection, if its token was revoked.
    Revocation(u64),
    /// Give up writing to a client that does not read.
    Abandon(Arc<Outbox>),
}

impl Core {
    /// Does what is due.
    pub(super) fn due(&self, due: Due) {
        let number = match due {
            Due::Abandon(outbox) => return outbox.abandon(),
            Due::Silence(number)
            | Due::Renewal(number)
            | Due::Expiry(number)
            | Due::Revocation(number) => number,
        };
        let Some(connection) = self.connections.get(number) else {
            return;
        };
        match due {
            Due::Silence(_) => connection.check_silence(),
            Due::Renewal(_) => connection.ask_for_token(),
            Due::Expiry(_) => connection.check_expiry(),
            Due::Revocation(_) => connection.check_revocation(),
            Due::Abandon(_) => {}
        }
    }
}

/// The open connections, by number.
#[derive(Default)]
pub(super) struct Connections {
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    count: AtomicU64,
}

impl Connections {
    /// A number for a new connection.
    pub(super) fn number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// Makes a connection known.
    pub(super) fn add(&self, connection: Arc<Connection>) {
        self.lock().insert(connection.number(), connection);
    }

    /// Forgets a connection.
    pub(super) fn remove(&self, number: u64) {
        self.lock().remove(&number);
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Arc<Connection>> {
        self.lock().values().map(Arc::clone).collect()
    }

    fn get(&self, number: u64) -> Option<Arc<Connection>> {
        self.lock().get(&number).map(Arc::clone)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
