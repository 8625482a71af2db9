//! The peers that nothing is known of yet, or that ask for nothing at the moment: they have no place that others need.
//!
//! A socket costs its peer nothing, and the server a descriptor. Where too many wait, the one that has waited longest
//! makes room for the next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// The time that a peer is left alone, however many wait: that of a round trip and of work that is queued.
const MIN_WAIT: Duration = Duration::from_millis(250);

/// The pause before it is looked again whether somebody has waited for that long.
const PAUSE: Duration = Duration::from_millis(10);

/// The peers that wait, each with a seat.
#[derive(Debug)]
pub(crate) struct Lobby {
    capacity: usize,
    state: Mutex<LobbyState>,
}

#[derive(Debug, Default)]
struct LobbyState {
    next: u64,
    /// In the order in which they began to wait.
    waiting: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    since: Instant,
    evicted: CancellationToken,
}

/// The seat of a peer in a lobby, while it waits; given back on drop.
pub(crate) struct Seat {
    lobby: Arc<Lobby>,
    evicted: CancellationToken,
    /// The place in the order, if it waits.
    place: Mutex<Option<u64>>,
}

impl Lobby {
    /// Creates a lobby for `capacity` peers.
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            capacity: capacity.max(1),
            state: Mutex::default(),
        })
    }

    /// Takes a peer in, in the place of the one that has waited longest where there is no other.
    pub(crate) async fn admit(self: &Arc<Self>) -> Seat {
        while !self.has_room() {
            sleep(PAUSE).await;
        }
        let seat = Seat {
            lobby: Arc::clone(self),
            evicted: CancellationToken::new(),
            place: Mutex::new(None),
        };
        seat.wait();
        seat
    }

    /// Returns whether there is a free seat, after evicting the longest waiting peer if there was none.
    fn has_room(&self) -> bool {
        let mut state = self.state.lock();
        if state.waiting.len() < self.capacity {
            return true;
        }
        let Some(oldest) = state.waiting.first_entry() else {
            return true;
        };
        if oldest.get().since.elapsed() < MIN_WAIT {
            return false;
        }
        oldest.remove().evicted.cancel();
        true
    }
}

impl Seat {
    /// Takes a place at the end of the order: the peer waits from now on.
    pub(crate) fn wait(&self) {
        let mut state = self.lobby.state.lock();
        let mut place = self.place.lock();
        if place.is_some() {
            return;
        }
        let number = state.next;
        state.next += 1;
        let waiting = Waiting {
            since: Instant::now(),
            evicted: self.evicted.clone(),
        };
        state.waiting.insert(number, waiting);
        *place = Some(number);
    }

    /// Gives the place back: the peer has a request under way.
    pub(crate) fn leave(&self) {
        let mut state = self.lobby.state.lock();
        if let Some(number) = self.place.lock().take() {
            state.waiting.remove(&number);
        }
    }

    /// Completes once the peer is to make room.
    pub(crate) async fn evicted(&self) {
        self.evicted.cancelled().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_longest_waiting_peer_makes_room_and_no_other() {
        let lobby = Lobby::new(2);
        let busy = lobby.admit().await;
        busy.leave();
        let first = lobby.admit().await;
        let second = lobby.admit().await;
        let start = Instant::now();
        let third = lobby.admit().await;
        assert!(
            start.elapsed() >= MIN_WAIT,
            "the first was left alone for a while"
        );
        assert!(first.evicted.is_cancelled());
        for seat in [&busy, &second, &third] {
            assert!(!seat.evicted.is_cancelled());
        }
        // Who waits anew is the last in the order.
        second.leave();
        second.wait();
        sleep(MIN_WAIT).await;
        let fourth = lobby.admit().await;
        assert!(third.evicted.is_cancelled());
        drop((second, fourth));
        let start = Instant::now();
        drop([lobby.admit().await, lobby.admit().await]);
        assert_eq!(start.elapsed(), Duration::ZERO, "seats are given back");
    }
}
