//! The open connections of a server: who is reached now, over whatever they are connected.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard};

use super::deadlines::Deadline;
use super::faults::{FaultClient, FaultSet, Fired};
use super::gate::Principal;
use super::hub::Subscriber;
use crate::chat_core::clock::Moment;
use crate::chat_core::error::ErrorInfo;

/// A connection with a socket, as the core sees it.
pub(crate) trait LiveConnection: Subscriber {
    /// Returns the credential in force.
    fn principal(&self) -> Arc<Principal>;

    /// Ends it for now: the client may come back.
    fn disconnect(&self, error: ErrorInfo);

    /// Ends it for good: the client must not come back as it is.
    fn fail(&self, error: ErrorInfo);

    /// Returns when its client was sent something last, in virtual time; no moment comes after it by other clocks.
    fn last_sent(&self) -> Moment;

    /// Sends its client a heartbeat.
    fn send_heartbeat(&self);

    /// Returns its client, as rules see it.
    fn fault_client(&self) -> &FaultClient;

    /// Returns whether `rules` are asked about it.
    fn is_under(&self, rules: &Arc<FaultSet>) -> bool;

    /// Does a fault to it at once.
    fn suffer(&self, fired: &Fired);

    /// Ends it because the client continues it over another socket.
    fn supersede(&self);

    /// Applies the revocations that are about its token: it ends once one of them applies, unless it has another token
    /// by then, which it is asked for (RTN22).
    fn revoke(&self);
}

/// The open connections, by number.
#[derive(Default)]
pub(crate) struct Connections {
    open: Mutex<BTreeMap<u64, Arc<dyn LiveConnection>>>,
    /// Held from the check of the connection limit until the connection is registered.
    admission: Mutex<()>,
    count: AtomicU64,
    /// The next heartbeats of all of them, in virtual time.
    pub(super) next_heartbeats: Mutex<Option<Deadline>>,
}

impl Connections {
    /// Returns a number that no other connection has.
    pub(crate) fn next_number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// Lets one client in at a time, so that no two take the last place.
    pub(crate) fn admission(&self) -> MutexGuard<'_, ()> {
        self.admission.lock()
    }

    /// Registers a connection.
    pub(crate) fn add(&self, connection: Arc<dyn LiveConnection>) {
        self.open.lock().insert(connection.number(), connection);
    }

    /// Removes a connection.
    pub(crate) fn remove(&self, number: u64) {
        self.open.lock().remove(&number);
    }

    /// Returns all connections.
    pub(crate) fn all(&self) -> Vec<Arc<dyn LiveConnection>> {
        self.open.lock().values().map(Arc::clone).collect()
    }

    /// Returns how many connections are open.
    pub(crate) fn count(&self) -> usize {
        self.open.lock().len()
    }

    /// Returns the connection with this number.
    pub(crate) fn get(&self, number: u64) -> Option<Arc<dyn LiveConnection>> {
        self.open.lock().get(&number).map(Arc::clone)
    }
}
