//! What faults let wait: for a time, or until their rule is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::chat_core::clock::Clock;

/// How long something waits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wait {
    /// For so long.
    For(Duration),
    /// Until its rule is gone.
    Until(Hold),
}

/// What a rule holds until it is removed. Clones are about the same rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hold(Arc<HoldState>);

#[derive(Debug, Default)]
struct HoldState {
    over: CancellationToken,
    is_dropped: AtomicBool,
}

/// The end of a connection, as what is held for it sees it.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    over: CancellationToken,
    has_dropped: AtomicBool,
}

impl Wait {
    /// Waits. Returns whether what waits goes on: what is held is dropped where `ending` comes first.
    pub(crate) async fn over(&self, clock: &dyn Clock, ending: Option<&Ending>) -> bool {
        match (self, ending) {
            (Self::For(span), _) => {
                clock.sleep_until(clock.moment() + *span).await;
                true
            }
            (Self::Until(hold), None) => hold.over().await,
            (Self::Until(hold), Some(ending)) => {
                let goes_on = tokio::select! {
                    biased;
                    goes_on = hold.over() => goes_on,
                    () = ending.over.cancelled() => false,
                };
                if !goes_on {
                    ending.has_dropped.store(true, Ordering::Relaxed);
                }
                goes_on
            }
        }
    }
}

impl Hold {
    /// Lets go on what is held.
    pub(super) fn release(&self) {
        self.0.over.cancel();
    }

    /// Drops what is held.
    pub(super) fn drop_held(&self) {
        self.0.is_dropped.store(true, Ordering::Relaxed);
        self.0.over.cancel();
    }

    /// Returns whether nothing is held any more.
    pub(crate) fn is_over(&self) -> bool {
        self.0.over.is_cancelled()
    }

    /// Returns whether what was held is dropped.
    pub(crate) fn is_dropped(&self) -> bool {
        self.0.is_dropped.load(Ordering::Relaxed)
    }

    /// Waits until nothing is held any more. Returns whether what was held goes on.
    pub(crate) async fn over(&self) -> bool {
        self.0.over.cancelled().await;
        !self.is_dropped()
    }
}

impl PartialEq for Hold {
    /// Rules that hold are equal as they are written.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Ending {
    /// Notes that the connection ends.
    pub(crate) fn begin(&self) {
        self.over.cancel();
    }

    /// Returns whether the connection ends.
    pub(crate) fn has_begun(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Returns whether something that was held is dropped, so that nothing behind it may be done.
    pub(crate) fn has_dropped(&self) -> bool {
        self.has_dropped.load(Ordering::Relaxed)
    }
}
