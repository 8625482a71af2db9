//! The gate's checks of one operation, which travel with it to those who observe how it ends.

use crate::chat_core::auth::capability::Rule;
use crate::chat_core::auth::{Capability, Operation, Target};
use crate::chat_core::protocol::ChannelModes;

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
    pub(crate) fn add_attach(
        &mut self,
        channel: &str,
        requested: ChannelModes,
        granted: ChannelModes,
    ) {
        let subscribing = requested & SUBSCRIBING_MODES;
        let counted = if subscribing.is_empty() {
            requested
        } else {
            subscribing
        };
        for (mode, operation) in MODES {
            if counted.contains(mode) {
                self.add(channel, operation, granted.contains(mode));
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
pub(crate) const MODES: [(ChannelModes, Operation); 6] = [
    (ChannelModes::PRESENCE, Operation::Presence),
    (ChannelModes::PUBLISH, Operation::Publish),
    (ChannelModes::SUBSCRIBE, Operation::Subscribe),
    (ChannelModes::PRESENCE_SUBSCRIBE, Operation::Subscribe),
    (
        ChannelModes::ANNOTATION_PUBLISH,
        Operation::AnnotationPublish,
    ),
    (
        ChannelModes::ANNOTATION_SUBSCRIBE,
        Operation::AnnotationSubscribe,
    ),
];

/// The modes of attachments that receive something.
const SUBSCRIBING_MODES: ChannelModes = ChannelModes::SUBSCRIBE
    .union(ChannelModes::PRESENCE_SUBSCRIBE)
    .union(ChannelModes::ANNOTATION_SUBSCRIBE);
