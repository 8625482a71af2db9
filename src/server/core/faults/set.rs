//! A set of rules with what came of them: of an app, of a session of the fault proxy, or of the whole server.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;

use super::chaos::{Chaos, ChaosProfile};
use super::fault::Fault;
use super::form::{AnyRule, MAX_RULES};
use super::journal::{Journal, Noted};
use super::kinds::Point;
use super::log::{FaultLog, LogEntry};
use super::occurrence::{FaultClient, Occurrence};
use super::ordinals::{DecisionKey, Ordinals};
use super::rule::{Rule, Selector};
use super::wait::Hold;
use crate::chat_core::clock::{Clock, Moment, Timestamp};

/// Rules with what came of them: of an app, of a session of the fault proxy, or of the whole server.
pub(crate) struct FaultSet {
    /// Whether anything is to be asked at all.
    is_active: AtomicBool,
    clock: Arc<dyn Clock>,
    /// Set for good once anything is to be asked anywhere.
    used: Arc<AtomicBool>,
    /// Hears of everything, if there is somebody.
    journal: Option<Arc<dyn Journal>>,
    state: Mutex<SetState>,
}

#[derive(Default)]
struct SetState {
    rules: Vec<StandingRule>,
    next_id: u64,
    log: FaultLog,
    /// By clientId: until when nothing comes through.
    offline: HashMap<String, Moment>,
    /// Whether a direction is silent on every connection: to the server, to the client.
    silent: [bool; 2],
    chaos: Option<Chaos>,
    /// Kept where keys are asked for.
    ordinals: Option<Ordinals>,
}

struct StandingRule {
    id: u64,
    rule: AnyRule,
    /// What it looks like, to be listed.
    form: Value,
    matched: u64,
    fired: u64,
}

impl StandingRule {
    /// Returns what it holds, if it is a rule that holds.
    fn hold(&self) -> Option<&Hold> {
        match &self.rule {
            AnyRule::Ours(Rule {
                fault: Fault::Hold(hold),
                ..
            }) => Some(hold),
            _ => None,
        }
    }
}

impl Drop for StandingRule {
    /// However a rule is removed, what it holds goes on.
    fn drop(&mut self) {
        if let Some(hold) = self.hold() {
            hold.release();
        }
    }
}

/// A fault that is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fired {
    /// What.
    pub(crate) fault: Fault,
    /// The rule's label, if a rule or a seed has it done.
    pub(crate) label: Option<String>,
    /// At a timer: the channels that it is about, where it is about channels.
    pub(crate) target: Selector,
}

/// A rule that fires some time after a connection was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Timer {
    /// The rule's id.
    pub(crate) id: u64,
    /// How long after.
    pub(crate) after: Duration,
}

/// A rule, as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ListedRule {
    pub(crate) id: String,
    pub(crate) rule: Value,
    pub(crate) matched: u64,
    pub(crate) fired: u64,
}

impl FaultSet {
    /// An empty set. Its `journal`, if it has one, hears of everything.
    pub(crate) fn new(clock: Arc<dyn Clock>, journal: Option<Arc<dyn Journal>>) -> Self {
        Self {
            is_active: AtomicBool::new(journal.is_some()),
            clock,
            used: Arc::default(),
            journal,
            state: Mutex::default(),
        }
    }

    /// An empty set of the same server.
    pub(crate) fn for_another(&self) -> Self {
        Self {
            used: Arc::clone(&self.used),
            ..Self::new(Arc::clone(&self.clock), None)
        }
    }

    /// Returns whether there was ever anything to be asked anywhere on the server.
    pub(crate) fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Tells the one who hears of everything.
    pub(super) fn note_all(&self, noted: Noted<'_>) {
        if let Some(journal) = &self.journal {
            journal.note(noted);
        }
    }

    /// Returns whether there is anything to be asked.
    pub(crate) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Relaxed)
    }

    fn activate(&self) {
        self.used.store(true, Ordering::Relaxed);
        self.is_active.store(true, Ordering::Relaxed);
    }

    /// Draws faults from a seed, from now on.
    pub(crate) fn begin_chaos(&self, seed: u64, profile: ChaosProfile) {
        let mut state = self.state.lock();
        state.chaos = Some(Chaos::new(seed, profile));
        state.ordinals.get_or_insert_default();
        self.activate();
    }

    /// Adds rules behind those that stand, or before them; returns their ids.
    ///
    /// # Errors
    /// There would be too many.
    pub(crate) fn add(&self, rules: Vec<AnyRule>, before: bool) -> Result<Vec<u64>, String> {
        let mut state = self.state.lock();
        if state.rules.len() + rules.len() > MAX_RULES {
            return Err(format!("there would be more than {MAX_RULES} rules"));
        }
        let mut added = Vec::new();
        for rule in rules {
            let needs_keys = matches!(&rule, AnyRule::Ours(rule) if rule.selector.key.is_some());
            if needs_keys {
                state.ordinals.get_or_insert_default();
            }
            state.next_id += 1;
            added.push(StandingRule {
                id: state.next_id,
                form: listed(&rule),
                rule,
                matched: 0,
                fired: 0,
            });
        }
        let ids = added.iter().map(|rule| rule.id).collect();
        let at = if before { 0 } else { state.rules.len() };
        state.rules.splice(at..at, added);
        // The vendor's rules are asked first.
        state
            .rules
            .sort_by_key(|standing| matches!(standing.rule, AnyRule::Ours(_)));
        self.activate();
        Ok(ids)
    }

    /// Removes the rule with this id or name; returns whether there was one.
    pub(crate) fn remove(&self, name: &str) -> bool {
        let mut state = self.state.lock();
        let before = state.rules.len();
        state.rules.retain(|standing| {
            let is_named =
                matches!(&standing.rule, AnyRule::Ours(rule) if rule.name.as_deref() == Some(name));
            !is_named && standing.id.to_string() != name
        });
        let is_removed = state.rules.len() < before;
        self.settle(&state);
        is_removed
    }

    /// Removes all rules, the log and what is still open; what a seed draws goes on.
    pub(crate) fn clear(&self) {
        let mut state = self.state.lock();
        state.rules.clear();
        state.log.clear();
        state.offline.clear();
        state.silent = [false; 2];
        self.settle(&state);
    }

    /// Removes all rules, and drops what they hold: those whom the rules are about are gone.
    pub(crate) fn end(&self) {
        let mut state = self.state.lock();
        state
            .rules
            .iter()
            .filter_map(StandingRule::hold)
            .for_each(Hold::drop_held);
        state.rules.clear();
        self.settle(&state);
    }

    fn settle(&self, state: &SetState) {
        let is_active = self.journal.is_some()
            || !state.rules.is_empty()
            || !state.offline.is_empty()
            || state.chaos.is_some();
        self.is_active.store(is_active, Ordering::Relaxed);
    }

    /// Returns the rules, in the order in which they are asked.
    pub(crate) fn list(&self) -> Vec<ListedRule> {
        let state = self.state.lock();
        let each = state.rules.iter().map(|standing| ListedRule {
            id: standing.id.to_string(),
            rule: standing.form.clone(),
            matched: standing.matched,
            fired: standing.fired,
        });
        each.collect()
    }

    /// Returns how many rules stand.
    pub(crate) fn count(&self) -> usize {
        self.state.lock().rules.len()
    }

    /// Returns the entries of the log after the one with the number `after`.
    pub(crate) fn log_after(&self, after: u64) -> Vec<LogEntry> {
        self.state.lock().log.after(after)
    }

    /// Counts a connection of a client, and returns which of the client it is.
    pub(crate) fn connect(&self, app: &str, client_id: &str) -> u64 {
        let mut state = self.state.lock();
        let ordinals = state.ordinals.as_mut();
        ordinals.map_or(0, |ordinals| ordinals.connect(app, client_id))
    }

    /// Lets nothing of a client through for a while.
    pub(crate) fn take_offline(&self, client_id: &str, span: Duration) {
        let until = self.clock.moment() + span;
        let mut state = self.state.lock();
        let now = self.clock.moment();
        state.offline.retain(|_, until| *until > now);
        if state.offline.len() < MAX_RULES {
            state.offline.insert(client_id.to_owned(), until);
        }
        self.activate();
    }

    /// Notes a fault that was done without a rule.
    pub(crate) fn note(&self, occurrence: &Occurrence<'_>, fault: &Fault) {
        let now = self.clock.now();
        let mut state = self.state.lock();
        state.log.note(occurrence, fault, "at once", None, now);
    }

    /// Returns the fault that is to be done at `occurrence`, of the app called `app`, if there is one.
    pub(crate) fn fire(&self, app: &str, occurrence: &Occurrence<'_>) -> Option<Fired> {
        if !self.is_active() {
            return None;
        }
        let mut state = self.state.lock();
        let state = &mut *state;
        if let Some(fired) = self.offline(state, occurrence) {
            return Some(fired);
        }
        if state.silent[usize::from(occurrence.at == Point::Out)]
            && matches!(occurrence.at, Point::In | Point::Out)
        {
            return Some(unlabelled(Fault::Drop));
        }
        let key = state
            .ordinals
            .as_mut()
            .and_then(|ordinals| ordinals.key(app, occurrence));
        if let Some(fired) = self.fire_rules(state, occurrence, key.as_ref()) {
            return Some(fired);
        }
        let key = key?;
        let fault = state.chaos.as_mut()?.draw(occurrence, &key)?;
        let key = Some(key.text());
        let now = self.clock.now();
        state.log.note(occurrence, &fault, "chaos", key, now);
        Some(Fired {
            fault,
            label: Some("chaos".to_owned()),
            target: Selector::default(),
        })
    }

    fn fire_rules(
        &self,
        state: &mut SetState,
        occurrence: &Occurrence<'_>,
        key: Option<&DecisionKey>,
    ) -> Option<Fired> {
        let text = key.map(DecisionKey::text);
        let now = self.clock.now();
        for at in 0..state.rules.len() {
            let standing = &mut state.rules[at];
            let (is_match, schedule) = match &standing.rule {
                AnyRule::Ours(rule) => (
                    rule.at != Point::Timer
                        && occurrence.is_at(rule.at)
                        && rule.selector.matches(occurrence, text.as_deref()),
                    rule.schedule.clone(),
                ),
                AnyRule::Uts(rule) => (rule.matches(occurrence), rule.schedule()),
            };
            if !is_match {
                continue;
            }
            standing.matched += 1;
            if schedule.fires(standing.matched, standing.fired) {
                return Some(fired(state, at, occurrence, text, now));
            }
        }
        None
    }

    /// Returns the fault for a client that is offline.
    fn offline(&self, state: &mut SetState, occurrence: &Occurrence<'_>) -> Option<Fired> {
        if state.offline.is_empty() || !matches!(occurrence.at, Point::Connect | Point::Request) {
            return None;
        }
        let client_id = occurrence.client.client_id.as_deref().unwrap_or_default();
        let until = *state.offline.get(client_id)?;
        if until <= self.clock.moment() {
            state.offline.remove(client_id);
            self.settle(state);
            return None;
        }
        let now = self.clock.now();
        state
            .log
            .note(occurrence, &Fault::Cut, "offline", None, now);
        Some(unlabelled(Fault::Cut))
    }

    /// Returns the timers of a new connection.
    pub(crate) fn timers(&self, client: &FaultClient) -> Vec<Timer> {
        if !self.is_active() {
            return Vec::new();
        }
        let occurrence = Occurrence::of(Point::Timer, client);
        let state = self.state.lock();
        let each = state.rules.iter().filter_map(|standing| {
            let after = match &standing.rule {
                AnyRule::Ours(rule) => (rule.at == Point::Timer
                    && rule.selector.of_client().matches(&occurrence, None))
                .then_some(rule.schedule.after),
                AnyRule::Uts(rule) => rule.timer(),
            }?;
            Some(Timer {
                id: standing.id,
                after,
            })
        });
        each.collect()
    }

    /// Returns the fault of the timer `id`, whose time has come, if its rule still stands and fires.
    pub(crate) fn fire_timer(&self, id: u64, client: &FaultClient) -> Option<Fired> {
        let mut state = self.state.lock();
        let at = state.rules.iter().position(|rule| rule.id == id)?;
        let standing = &mut state.rules[at];
        standing.matched += 1;
        let schedule = match &standing.rule {
            AnyRule::Ours(rule) => rule.schedule.clone(),
            AnyRule::Uts(rule) => rule.schedule(),
        };
        if !schedule.fires(standing.matched, standing.fired) {
            return None;
        }
        let occurrence = Occurrence::of(Point::Timer, client);
        let now = self.clock.now();
        Some(fired(&mut state, at, &occurrence, None, now))
    }
}

/// Notes that the rule at `at` of the list fires, and returns what it does.
fn fired(
    state: &mut SetState,
    at: usize,
    occurrence: &Occurrence<'_>,
    key: Option<String>,
    now: Timestamp,
) -> Fired {
    let standing = &mut state.rules[at];
    standing.fired += 1;
    let (fault, label, target) = match &standing.rule {
        AnyRule::Ours(rule) => (
            rule.fault.clone(),
            rule.name.clone().unwrap_or_else(|| standing.id.to_string()),
            rule.selector.clone(),
        ),
        AnyRule::Uts(rule) => (
            rule.fault(occurrence.at),
            rule.label(at),
            Selector::default(),
        ),
    };
    if let AnyRule::Uts(rule) = &standing.rule {
        let is_used_up = rule
            .times
            .is_some_and(|times| times > 0 && standing.fired >= times);
        if fault == Fault::Silence {
            state.silent[usize::from(occurrence.at != Point::In)] = true;
        }
        if is_used_up {
            state.rules.remove(at);
        }
    }
    let key = key.filter(|_| target.key.is_some());
    state.log.note(occurrence, &fault, &label, key, now);
    Fired {
        fault,
        label: Some(label),
        target,
    }
}

/// A fault that no rule has.
fn unlabelled(fault: Fault) -> Fired {
    Fired {
        fault,
        label: None,
        target: Selector::default(),
    }
}

/// Returns a rule as it is listed.
fn listed(rule: &AnyRule) -> Value {
    match rule {
        AnyRule::Uts(rule) => serde_json::to_value(rule).unwrap_or_default(),
        AnyRule::Ours(rule) => rule.form.clone(),
    }
}
