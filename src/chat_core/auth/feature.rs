//! The features of the Chat SDK and the operations that each needs.

use std::fmt;

use super::capability::{Capability, Rule};
use super::nearest::nearest;
use super::operation::{Operation, Operations};
use super::resource::Target;

/// A feature of the Chat SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Send messages.
    SendMessages,
    /// Receive messages.
    ReceiveMessages,
    /// Update messages.
    UpdateMessages,
    /// Delete messages.
    DeleteMessages,
    /// Read earlier messages.
    MessageHistory,
    /// React to messages.
    MessageReactions,
    /// See who is there, and be seen.
    Presence,
    /// See how many are there.
    Occupancy,
    /// See who is typing, and be seen to type.
    Typing,
    /// React in a room.
    RoomReactions,
}

/// A capability's answer to a feature in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureCheck {
    /// True if everything that the feature needs is allowed.
    pub allowed: bool,
    /// The rules that gave what is allowed, each once, in the order of the needs.
    pub rules: Vec<Rule>,
    /// The needs that nothing gives: for each the operations of which any one would do.
    pub missing: Vec<&'static [Operation]>,
}

impl FeatureCheck {
    /// The least operations that would have to be added.
    pub fn least_missing(&self) -> Vec<Operation> {
        self.missing.iter().filter_map(|any| least(any)).collect()
    }

    /// Returns the reason, in words.
    pub fn because(&self) -> String {
        if self.allowed {
            let rules: Vec<String> = self
                .rules
                .iter()
                .map(|rule| format!("'{}' grants {}", rule.resource, rule.operations.join(", ")))
                .collect();
            return rules.join("; ");
        }
        let missing: Vec<String> = self
            .missing
            .iter()
            .map(|any| {
                let names: Vec<&str> = any.iter().copied().map(Operation::name).collect();
                names.join(" or ")
            })
            .collect();
        format!("no rule grants {} here", missing.join(", nor "))
    }
}

impl Feature {
    /// All of them, in the order of Ably's documents.
    pub const ALL: [Self; 10] = [
        Self::SendMessages,
        Self::ReceiveMessages,
        Self::UpdateMessages,
        Self::DeleteMessages,
        Self::MessageHistory,
        Self::MessageReactions,
        Self::Presence,
        Self::Occupancy,
        Self::Typing,
        Self::RoomReactions,
    ];

    /// The word for it on the command line and in policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendMessages => "send-messages",
            Self::ReceiveMessages => "receive-messages",
            Self::UpdateMessages => "update-messages",
            Self::DeleteMessages => "delete-messages",
            Self::MessageHistory => "message-history",
            Self::MessageReactions => "message-reactions",
            Self::Presence => "presence",
            Self::Occupancy => "occupancy",
            Self::Typing => "typing",
            Self::RoomReactions => "room-reactions",
        }
    }

    /// The feature called `word`, which must be spelt exactly.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == word)
    }

    /// The name nearest to `word`, if one is near.
    pub fn nearest(word: &str) -> Option<&'static str> {
        let meant = match word.to_ascii_lowercase().as_str() {
            "send" | "publish" | "write" => Some(Self::SendMessages),
            "receive" | "subscribe" | "read" => Some(Self::ReceiveMessages),
            "update" | "edit" => Some(Self::UpdateMessages),
            "delete" => Some(Self::DeleteMessages),
            "history" => Some(Self::MessageHistory),
            "reactions" | "react" => Some(Self::MessageReactions),
            _ => None,
        };
        meant
            .map(Self::name)
            .or_else(|| nearest(word, Self::ALL.into_iter().map(Self::name)))
    }

    /// Returns the operations that it needs: one out of each list.
    pub const fn needs(self) -> &'static [&'static [Operation]] {
        use Operation as Op;
        match self {
            Self::SendMessages => &[&[Op::Publish]],
            Self::ReceiveMessages => &[&[Op::Subscribe]],
            Self::UpdateMessages => &[&[Op::MessageUpdateAny, Op::MessageUpdateOwn]],
            Self::DeleteMessages => &[&[Op::MessageDeleteAny, Op::MessageDeleteOwn]],
            Self::MessageHistory => &[&[Op::Subscribe], &[Op::History]],
            Self::MessageReactions => &[&[Op::AnnotationPublish]],
            Self::Presence => &[&[Op::Subscribe], &[Op::Presence]],
            Self::Occupancy => &[&[Op::Subscribe], &[Op::ChannelMetadata]],
            Self::Typing | Self::RoomReactions => &[&[Op::Publish], &[Op::Subscribe]],
        }
    }

    /// Returns the operations that it can use besides: individual reaction events need `annotation-subscribe`,
    /// summaries do not.
    pub const fn optional(self) -> &'static [Operation] {
        match self {
            Self::MessageReactions => &[Operation::AnnotationSubscribe],
            _ => &[],
        }
    }

    /// The least operations that give the feature: where there is a choice, the right over one's own messages.
    pub fn least_operations(self) -> Vec<Operation> {
        self.needs().iter().filter_map(|any| least(any)).collect()
    }

    /// Returns the operations that an ordinary user of every feature needs, and no moderator's right.
    pub fn ordinary_operations() -> Operations {
        Self::ALL
            .into_iter()
            .flat_map(|feature| {
                let optional = feature.optional().iter().copied();
                feature.least_operations().into_iter().chain(optional)
            })
            .collect()
    }

    /// Decides the feature on `target` by `capability`.
    pub fn check(self, capability: &Capability, target: &Target<'_>) -> FeatureCheck {
        let mut rules: Vec<Rule> = Vec::new();
        let mut missing = Vec::new();
        for any in self.needs() {
            let rule = any
                .iter()
                .find_map(|operation| capability.decide(target, *operation).rule);
            match rule {
                Some(rule) if rules.contains(&rule) => {}
                Some(rule) => rules.push(rule),
                None => missing.push(*any),
            }
        }
        FeatureCheck {
            allowed: missing.is_empty(),
            rules,
            missing,
        }
    }

    /// Returns whether `capability` allows the feature on `target`.
    pub fn is_allowed(self, capability: &Capability, target: &Target<'_>) -> bool {
        self.needs().iter().all(|any| {
            any.iter()
                .any(|operation| capability.allows(target, *operation))
        })
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The weakest of several operations: they are listed strongest first.
fn least(any: &[Operation]) -> Option<Operation> {
    any.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_may_come_from_several_rules() {
        let capability =
            Capability::parse(r#"{"my-chat-room":["subscribe"],"*":["history"]}"#).unwrap();
        let check = Feature::MessageHistory.check(&capability, &Target::room("my-chat-room"));
        assert!(check.allowed);
        assert_eq!(check.rules.len(), 2);
        let check = Feature::MessageHistory.check(&capability, &Target::room("other"));
        assert!(!check.allowed);
        assert_eq!(check.least_missing(), [Operation::Subscribe]);
    }

    #[test]
    fn either_alternative_will_do_and_the_weaker_one_is_advised() {
        for operation in ["message-update-any", "message-update-own"] {
            let capability = Capability::parse(&format!(r#"{{"r":["{operation}"]}}"#)).unwrap();
            assert!(Feature::UpdateMessages.is_allowed(&capability, &Target::room("r")));
        }
        let check = Feature::UpdateMessages.check(&Capability::none(), &Target::room("r"));
        assert_eq!(check.least_missing(), [Operation::MessageUpdateOwn]);
    }

    #[test]
    fn a_slip_finds_the_right_feature() {
        assert_eq!(Feature::nearest("send-message"), Some("send-messages"));
        assert_eq!(Feature::nearest("history"), Some("message-history"));
        assert_eq!(Feature::nearest("zzz"), None);
    }
}
