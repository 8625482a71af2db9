//! What was decided about publishes that may come again: a repeat is not asked about twice, and gets the first verdict.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::chat_core::clock::Moment;
use crate::chat_core::error::ErrorInfo;
use crate::server::engine::CommandKind;

/// The time for which a verdict is known.
const KNOWN_FOR: Duration = Duration::from_secs(5 * 60);

/// The most verdicts of one app, and the most bytes of what was replaced, that are known.
const MAX_VERDICTS: usize = 10_000;
const MAX_SIZE: usize = 16 * 1024 * 1024;

/// What was decided about a publish.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// It goes on as it was sent.
    Accept,
    /// It goes on with another content.
    Replace(Arc<CommandKind>),
    /// It is refused.
    Reject(Arc<ErrorInfo>),
}

impl Verdict {
    fn size(&self) -> usize {
        match self {
            Self::Replace(kind) => kind.size(),
            Self::Accept | Self::Reject(_) => 0,
        }
    }
}

/// The channel and the repeat key of a publish.
pub(crate) type PublishKey = (String, String);

/// The verdicts of one app.
#[derive(Default)]
pub(crate) struct Verdicts(Mutex<VerdictsState>);

#[derive(Default)]
struct VerdictsState {
    known: HashMap<PublishKey, Known>,
    /// The keys, the oldest first.
    order: VecDeque<(Moment, PublishKey)>,
    size: usize,
}

struct Known {
    verdict: watch::Receiver<Option<Verdict>>,
    size: usize,
}

/// The first to ask about a publish, or one who waits for the first.
pub(crate) enum Asking {
    /// Nobody has asked: the verdict is to be sent here.
    First(watch::Sender<Option<Verdict>>),
    /// Somebody has.
    Again(watch::Receiver<Option<Verdict>>),
}

impl Verdicts {
    /// Returns whether the publish was asked about before.
    pub(crate) fn ask(&self, key: &PublishKey, now: Moment) -> Asking {
        let mut state = self.0.lock();
        state.forget(now);
        if let Some(known) = state.known.get(key) {
            // Whoever asked and got no verdict is gone with its task.
            let is_open = known.verdict.has_changed().is_ok() || known.verdict.borrow().is_some();
            if is_open {
                return Asking::Again(known.verdict.clone());
            }
        }
        let (sender, verdict) = watch::channel(None);
        state.known.insert(key.clone(), Known { verdict, size: 0 });
        state.order.push_back((now, key.clone()));
        Asking::First(sender)
    }

    /// Counts what a verdict keeps.
    pub(crate) fn keep(&self, key: &PublishKey, verdict: &Verdict) {
        let mut state = self.0.lock();
        let size = verdict.size();
        if let Some(known) = state.known.get_mut(key) {
            known.size = size;
            state.size += size;
        }
        while state.size > MAX_SIZE {
            state.forget_oldest();
        }
    }

    /// Knows nothing any more.
    pub(super) fn clear(&self) {
        *self.0.lock() = VerdictsState::default();
    }
}

impl VerdictsState {
    fn forget(&mut self, now: Moment) {
        while let Some((made, _)) = self.order.front()
            && (*made + KNOWN_FOR <= now || self.order.len() >= MAX_VERDICTS)
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.order.pop_front();
        let known = oldest.and_then(|(_, key)| self.known.remove(&key));
        self.size -= known.map_or(0, |known| known.size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> PublishKey {
        ("c".to_owned(), text.to_owned())
    }

    #[test]
    fn a_verdict_is_known_for_a_time() {
        let verdicts = Verdicts::default();
        let start = Moment::default();
        let Asking::First(sender) = verdicts.ask(&key("a"), start) else {
            panic!("nobody has asked");
        };
        let Asking::Again(waiting) = verdicts.ask(&key("a"), start) else {
            panic!("it is under way");
        };
        assert!(waiting.borrow().is_none());
        sender.send_replace(Some(Verdict::Accept));
        drop(sender);
        assert!(matches!(*waiting.borrow(), Some(Verdict::Accept)));
        let later = start + KNOWN_FOR - Duration::from_millis(1);
        assert!(matches!(verdicts.ask(&key("a"), later), Asking::Again(_)));
        assert!(matches!(
            verdicts.ask(&key("a"), start + KNOWN_FOR),
            Asking::First(_)
        ));
    }

    #[test]
    fn one_without_an_end_is_asked_again_and_all_are_bounded() {
        let verdicts = Verdicts::default();
        let start = Moment::default();
        drop(verdicts.ask(&key("a"), start));
        assert!(matches!(verdicts.ask(&key("a"), start), Asking::First(_)));
        for number in 0..MAX_VERDICTS * 2 {
            drop(verdicts.ask(&key(&number.to_string()), start));
        }
        let state = verdicts.0.lock();
        assert!(state.known.len() <= MAX_VERDICTS && state.order.len() <= MAX_VERDICTS);
    }
}
