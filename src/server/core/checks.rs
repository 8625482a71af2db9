//! The gate's checks of one operation, which travel with it to those who observe how it ends.

use crate::chat_core::auth::capability::Rule;
use crate::chat_core::auth::{Capability, Operation, Target};
use crate::chat_core::protocol::flags;

/// A check of one operation on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// The channel.
    pub(crate) channel: String,
    /// The operation.
    pub(crate) operation: Operation,
    /// Whether the capability allows it.
    pub(crate) is_allowed: bool,
}

/// The checks that an operation took, in their order; kept only where somebody observes.
#[derive(Debug, Default)]
pub(crate) struct Checks(Option<Vec<Check>>);

impl Checks {
    /// Creates an empty list, which keeps what is added if it `is_observed`.
    pub(crate) fn new(is_observed: bool) -> Self {
        Self(is_observed.then(Vec::new))
    }

    /// Adds a check; the same operation on the same channel is added once.
    pub(crate) fn add(&mut self, channel: &str, operation: Operation, is_allowed: bool) {
        let Some(checks) = &mut self.0 else {
            return;
        };
        let is_known = |check: &Check| check.operation == operation && check.channel == channel;
        if !checks.iter().any(is_known) {
            checks.push(Check {
                channel: channel.to_owned(),
                operation,
                is_allowed,
            });
        }
    }

    /// Adds the checks that an attachment took. Clients request modes that they never use: what counts as requested are
    /// the subscribing modes where there are any; the use of another one is checked then.
    pub(crate) fn add_attach(&mut self, channel: &str, requested: u64, granted: u64) {
        let subscribing = requested & SUBSCRIBING_MODES;
        let counted = if subscribing == 0 {
            requested
        } else {
            subscribing
        };
        for (mode, operation) in MODES {
            if counted & mode != 0 {
                self.add(channel, operation, granted & mode != 0);
            }
        }
    }

    /// Returns the checks.
    pub(crate) fn list(&self) -> &[Check] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl Check {
    /// Returns the rule that decided: the first that grants the operation, `None` where no rule does.
    pub(crate) fn rule(&self, capability: &Capability) -> Option<Rule> {
        let target = Target::channel(&self.channel);
        capability.decide(&target, self.operation).rule
    }
}

/// The operation that each mode needs (auth docs, channel modes).
pub(crate) const MODES: [(u64, Operation); 6] = [
    (flags::PRESENCE, Operation::Presence),
    (flags::PUBLISH, Operation::Publish),
    (flags::SUBSCRIBE, Operation::Subscribe),
    (flags::PRESENCE_SUBSCRIBE, Operation::Subscribe),
    (flags::ANNOTATION_PUBLISH, Operation::AnnotationPublish),
    (flags::ANNOTATION_SUBSCRIBE, Operation::AnnotationSubscribe),
];

/// The modes of attachments that receive something.
const SUBSCRIBING_MODES: u64 =
    flags::SUBSCRIBE | flags::PRESENCE_SUBSCRIBE | flags::ANNOTATION_SUBSCRIBE;
