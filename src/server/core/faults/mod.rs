//! Faults on demand: rules, what a seed draws, and what was done of both. One engine; its rules come from files, from
//! commands over HTTP, and from sessions of the vendor's fault proxy.
//!
//! | module | owns |
//! | --- | --- |
//! | [`kinds`], [`fault`] | the vocabulary: points, kinds of faults, faults with their parameters |
//! | [`form`], [`rule`], [`uts`] | rules: as they are written, ours, the vendor's |
//! | [`wait`] | what is delayed and what is held |
//! | [`set`] | the rules of an app, of a session or of the server, and which of them fires |
//! | [`occurrence`] | what happens, as rules see it |
//! | [`chaos`], [`ordinals`], [`replay`] | what a seed draws, by which key, and the rule that does it again |
//! | [`log`], [`journal`] | what was done; everything that happened, for the vendor's proxy |
//!
//! A fault changes what peers see, never what was decided: no frame that a rule makes reaches the store other than as
//! the client's own, past the gate, and nothing that was committed is undone. Every rule belongs to one app, or to one
//! session of the proxy, or to the whole server. Without rules each frame costs one branch.

mod chaos;
mod fault;
mod form;
pub(crate) mod journal;
mod kinds;
mod log;
mod occurrence;
mod ordinals;
mod replay;
mod rule;
mod set;
mod uts;
mod wait;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::Value;

pub use chaos::ChaosProfile;
pub(crate) use fault::{Answer, Fault};
pub(crate) use form::{AnyRule, MAX_RULES};
pub use form::{RuleForm, RulesForm, SELECTORS};
use journal::Noted;
pub use kinds::{FAULT_ALIASES, FAULT_KINDS, FaultKind, Point};
use log::LogEntry;
pub(crate) use occurrence::{FaultClient, Occurrence};
pub(crate) use rule::Selector;
pub(crate) use set::{FaultSet, Fired, Timer};
pub use uts::{UtsAction, UtsMatch, UtsRule};
pub(crate) use wait::{Ending, Hold, Wait};

/// The faults that a server has done, for the one who runs it.
#[derive(Clone, Default)]
pub struct FaultReport(Arc<OnceLock<Vec<Arc<FaultSet>>>>);

impl FaultReport {
    /// Sets whose faults are reported; once.
    pub(crate) fn about(&self, sets: Vec<Arc<FaultSet>>) {
        let _ = self.0.set(sets);
    }

    /// Returns what was done, the oldest first: an object each.
    pub fn entries(&self) -> Vec<Value> {
        let sets = self.0.get().into_iter().flatten();
        let mut entries: Vec<LogEntry> = sets.flat_map(|set| set.log_after(0)).collect();
        entries.sort_by_key(|entry| entry.timestamp);
        let values = entries.iter().map(serde_json::to_value);
        values.filter_map(Result::ok).collect()
    }
}

/// The sets that are asked for one client, in their order: a session of the proxy, its app, the whole server.
#[derive(Clone)]
pub(crate) struct Faults {
    sets: Arc<[Arc<FaultSet>]>,
    /// The app, as keys have it.
    app: Arc<str>,
}

impl Faults {
    /// The faults for a client of the app that keys call `app`.
    pub(crate) fn new<'a>(sets: impl IntoIterator<Item = &'a Arc<FaultSet>>, app: &str) -> Self {
        Self {
            sets: sets.into_iter().map(Arc::clone).collect(),
            app: app.into(),
        }
    }

    /// Returns whether anything is to be asked at all.
    pub(crate) fn is_active(&self) -> bool {
        self.sets.iter().any(|set| set.is_active())
    }

    /// Returns whether `set` is among them.
    pub(crate) fn has(&self, set: &Arc<FaultSet>) -> bool {
        self.sets.iter().any(|known| Arc::ptr_eq(known, set))
    }

    /// Returns these behind those of a session of the proxy.
    pub(crate) fn behind(&self, session: &Arc<FaultSet>) -> Self {
        let sets = std::iter::once(session).chain(self.sets.iter());
        Self {
            sets: sets.map(Arc::clone).collect(),
            app: Arc::clone(&self.app),
        }
    }

    /// Tells those who hear of everything.
    pub(crate) fn note(&self, noted: Noted<'_>) {
        self.sets.iter().for_each(|set| set.note_all(noted));
    }

    /// Returns the fault that is to be done at `occurrence`, if there is one.
    pub(crate) fn fire(&self, occurrence: &Occurrence<'_>) -> Option<Fired> {
        self.sets
            .iter()
            .find_map(|set| set.fire(&self.app, occurrence))
    }

    /// Counts a connection, and returns which of its client it is.
    pub(crate) fn connect(&self, client_id: Option<&str>) -> u64 {
        let client_id = client_id.unwrap_or_default();
        let counted = self.sets.iter();
        let counted = counted.map(|set| set.connect(&self.app, client_id));
        counted.max().unwrap_or_default()
    }

    /// Returns the timers of a new connection, each with the set that it is of.
    pub(crate) fn timers(&self, client: &FaultClient) -> Vec<(Arc<FaultSet>, Timer)> {
        let sets = self.sets.iter();
        sets.flat_map(|set| {
            let timers = set.timers(client).into_iter();
            timers.map(|timer| (Arc::clone(set), timer))
        })
        .collect()
    }

    /// Lets nothing of a client through for a while.
    pub(crate) fn take_offline(&self, client_id: &str, span: Duration) {
        if let Some(set) = self.sets.first() {
            set.take_offline(client_id, span);
        }
    }
}
