//! Peers that vanished: a client from which nothing comes, not even the answer to a WebSocket ping, is let go within a
//! bounded time, however long the network hides that it is gone. Every WebSocket answers pings by itself.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::server::core::limits::IDLE_CHECK;

/// The number of silent checks in a row after which a client is asked for a sign of life, at each check from then on.
const PING_AFTER: u8 = 2;

/// The number of silent checks in a row after which a client is let go. It was asked for a sign of life twice by then,
/// and has had as long as SDKs give the server: the longest silence and 10 s more.
const GONE_AFTER: u8 = 4;

/// The time after which a client of which nothing comes is let go, in whole seconds.
pub(super) const MAX_SILENCE: u64 = IDLE_CHECK.as_secs() * GONE_AFTER as u64;

/// What is to be done about a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing: something came lately.
    Alive,
    /// It is asked for a sign of life.
    Ask,
    /// It is let go.
    Gone,
}

/// The signs of life of a client.
#[derive(Debug, Default)]
pub(crate) struct Liveness {
    /// Whether bytes came since the last check.
    heard: AtomicBool,
    /// Whether the reader waits for bytes: while it does not, what has come is not seen, and silence says nothing.
    waits: AtomicBool,
    /// The number of silent checks in a row.
    silent: AtomicU8,
}

impl Liveness {
    /// Notes that bytes came.
    pub(super) fn hear(&self) {
        self.heard.store(true, Ordering::Relaxed);
        self.waits.store(false, Ordering::Relaxed);
    }

    /// Notes that everything that came was read.
    pub(super) fn wait(&self) {
        self.waits.store(true, Ordering::Relaxed);
    }

    /// Notes that nothing is read for now.
    pub(super) fn pause(&self) {
        self.waits.store(false, Ordering::Relaxed);
    }

    /// Checks once an interval. Silence counts where the client `is_reached` by what is sent.
    pub(super) fn check(&self, is_reached: bool) -> Verdict {
        match self.count(is_reached) {
            ..PING_AFTER => Verdict::Alive,
            PING_AFTER..GONE_AFTER => Verdict::Ask,
            GONE_AFTER.. => Verdict::Gone,
        }
    }

    /// Returns the number of silent checks in a row.
    fn count(&self, is_reached: bool) -> u8 {
        let heard = self.heard.swap(false, Ordering::Relaxed);
        let waits = self.waits.load(Ordering::Relaxed);
        let silent = if heard || !waits {
            0
        } else {
            let silent = self.silent.load(Ordering::Relaxed);
            silent.saturating_add(u8::from(is_reached))
        };
        self.silent.store(silent, Ordering::Relaxed);
        silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_only_where_the_client_could_be_heard() {
        let liveness = Liveness::default();
        assert_eq!(liveness.count(true), 0, "nobody reads yet");
        liveness.wait();
        assert_eq!([1, 2, 3].map(|_| liveness.count(true)), [1, 2, 3]);
        assert_eq!(liveness.count(false), 3, "it could not be reached");
        assert_eq!(liveness.count(true), 4);
        liveness.hear();
        assert_eq!(
            [1, 2].map(|_| liveness.count(true)),
            [0, 0],
            "busy with what came"
        );
        liveness.wait();
        liveness.hear();
        liveness.wait();
        assert_eq!([1, 2].map(|_| liveness.count(true)), [0, 1]);
        liveness.pause();
        assert_eq!(liveness.count(true), 0);
        liveness.wait();
        let verdicts = [0; 5].map(|_| liveness.check(true));
        let [alive, ask, gone] = [Verdict::Alive, Verdict::Ask, Verdict::Gone];
        assert_eq!(verdicts, [alive, ask, ask, gone, gone]);
    }
}
