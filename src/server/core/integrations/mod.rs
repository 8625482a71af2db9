//! The integrations of an app: the rules that are asked before a message is published, those that are told afterwards, and
//! what waits for them. Nothing here calls anybody: [`super::moderation`] and [`super::webhooks`] do.

mod fault;
mod filter;
mod form;
mod held;
mod rule;
mod skip;
mod verdicts;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::RwLock;

pub use fault::RuleFault;
pub use form::{BeforePublishForm, HeaderForm, RuleForm, SourceForm, TargetForm};
pub(crate) use held::{Decision, HeldMessages, HeldNote};
pub(crate) use rule::{BeforePublish, Judge, Origin, Rule, RuleKind, Source, Target, Webhook};
pub(crate) use skip::{SkipRule, SkippedPublishes};
pub(crate) use verdicts::{Asking, Verdict, Verdicts};

use super::interest::{Interest, Topics};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::limits::MAX_APP_RULES;

/// Returns what a rule with this source is told of.
fn topic_of(source: Source) -> Topics {
    match source {
        Source::Message | Source::Presence => Topics::ENTRIES,
        Source::Lifecycle => Topics::LIFECYCLE,
        Source::Occupancy => Topics::OCCUPANCY,
    }
}

/// The integrations of an app.
#[derive(Default)]
pub(crate) struct Integrations {
    rules: RwLock<Arc<[Arc<Rule>]>>,
    /// Whether any rule is asked before a publish: most apps have none, and their publishes pay for this alone.
    asks: AtomicBool,
    /// What of the app its rules are told of.
    interest: Arc<Interest>,
    /// The messages that wait for a person.
    pub(crate) held: HeldMessages,
    /// What was decided lately.
    pub(crate) verdicts: Verdicts,
    /// The publishes under way that rules are not told of.
    pub(crate) skipped: SkippedPublishes,
    /// The events of the server itself so far: each has a number of its own.
    told: AtomicU64,
}

impl Integrations {
    /// Returns those of an app that has no rule yet; `interest` learns what its rules are told of.
    pub(crate) fn new(interest: Arc<Interest>) -> Self {
        Self {
            interest,
            ..Self::default()
        }
    }

    /// Returns all rules, in their order.
    pub(crate) fn rules(&self) -> Arc<[Arc<Rule>]> {
        Arc::clone(&self.rules.read())
    }

    /// Returns the rule that is called `id`.
    pub(crate) fn rule(&self, id: &str) -> Option<Arc<Rule>> {
        let rules = self.rules.read();
        rules.iter().find(|rule| rule.id == id).map(Arc::clone)
    }

    /// Adds a rule, or puts it in the place of the one with its id.
    ///
    /// # Errors
    /// 40125 / 401 for more rules than an app may have.
    pub(crate) fn put(&self, rule: Rule) -> Result<Arc<Rule>> {
        let rule = Arc::new(rule);
        let mut rules = self.rules.write();
        let mut all = rules.to_vec();
        if let Some(place) = all.iter_mut().find(|it| it.id == rule.id) {
            *place = Arc::clone(&rule);
        } else if all.len() < MAX_APP_RULES {
            all.push(Arc::clone(&rule));
        } else {
            let why = format!("An app may have {MAX_APP_RULES} rules: delete some");
            return Err(ErrorInfo::new(40125, 401, why));
        }
        self.set(&mut rules, all);
        Ok(rule)
    }

    /// Removes a rule; returns it if there was one.
    pub(crate) fn remove(&self, id: &str) -> Option<Arc<Rule>> {
        let mut rules = self.rules.write();
        let mut all = rules.to_vec();
        let at = all.iter().position(|rule| rule.id == id)?;
        let removed = all.remove(at);
        self.set(&mut rules, all);
        Some(removed)
    }

    fn set(&self, rules: &mut Arc<[Arc<Rule>]>, all: Vec<Arc<Rule>>) {
        let asks = all.iter().any(|rule| rule.before_publish().is_some());
        let told = all.iter().filter_map(|rule| rule.webhook());
        let topics = told.map(|webhook| topic_of(webhook.source)).collect();
        self.asks.store(asks, Ordering::Release);
        self.interest.set(Topics::RULES, topics);
        *rules = all.into();
    }

    /// Returns whether any rule is asked before a publish.
    pub(crate) fn asks(&self) -> bool {
        self.asks.load(Ordering::Acquire)
    }

    /// Returns whether any rule is told of what happens.
    pub(crate) fn tells(&self) -> bool {
        self.interest.has(Topics::RULES)
    }

    /// Returns the number of the next event of the server itself.
    pub(crate) fn next_event(&self) -> u64 {
        self.told.fetch_add(1, Ordering::Relaxed)
    }

    /// Forgets what waits and what was decided: the app begins anew. The rules stay.
    pub(crate) fn reset(&self) {
        self.held.clear();
        self.verdicts.clear();
    }
}
