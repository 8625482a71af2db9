//! Heartbeats in virtual time. Each deadline is a stop of the clock there, so idle clients are told that the server is
//! there at the same moments: once every 15 seconds for all of them, and never later than is promised.
//!
//! By the machine's clock each connection is looked at by itself, more often than that, since peers can vanish.

use std::sync::Arc;

use super::deadlines::Deadline;
use super::limits::MAX_IDLE;
use super::state::ServerState;

/// Begins the rounds, unless they go on already.
pub(crate) fn begin(server: &Arc<ServerState>) {
    let mut next = server.connections.next_heartbeats.lock();
    if next.is_none() {
        schedule(server, &mut next);
    }
}

/// Schedules a round for when the promise to the client that was told nothing for longest ends; none without clients.
fn schedule(server: &Arc<ServerState>, slot: &mut Option<Deadline>) {
    let connections = server.connections.all();
    let told = connections.iter().map(|connection| connection.last_sent());
    let Some(longest_ago) = told.min() else {
        return server.deadlines.cancel(slot);
    };
    let weak = Arc::downgrade(server);
    server
        .deadlines
        .reschedule(slot, longest_ago + MAX_IDLE, move || {
            if let Some(server) = weak.upgrade() {
                go_round(&server);
            }
        });
}

/// Sends a heartbeat to everybody who was told nothing for half of the promise: they are due at the same time from then on.
fn go_round(server: &Arc<ServerState>) {
    let now = server.deadlines.now();
    for connection in server.connections.all() {
        let silence = now.since(connection.last_sent());
        if silence >= MAX_IDLE / 2 {
            connection.send_heartbeat();
        }
    }
    schedule(server, &mut server.connections.next_heartbeats.lock());
}
