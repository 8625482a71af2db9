//! The operations that a capability can grant, and sets of them.

use std::fmt;

use super::nearest::nearest;

/// Something that a capability can grant on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Receive messages, presence events and the presence set.
    Subscribe,
    /// Publish messages.
    Publish,
    /// Enter, update and leave presence.
    Presence,
    /// Message and presence history, versions, single messages.
    History,
    /// Publish and delete annotations: message reactions.
    AnnotationPublish,
    /// Receive individual annotation events.
    AnnotationSubscribe,
    /// Update one's own messages.
    MessageUpdateOwn,
    /// Update anybody's messages.
    MessageUpdateAny,
    /// Delete one's own messages.
    MessageDeleteOwn,
    /// Delete anybody's messages.
    MessageDeleteAny,
    /// Receive LiveObjects.
    ObjectSubscribe,
    /// Change LiveObjects.
    ObjectPublish,
    /// Channel status and occupancy; on `*` also the list of channels.
    ChannelMetadata,
    /// The app's statistics.
    Stats,
    /// Receive push notifications.
    PushSubscribe,
    /// Manage everybody's push registrations.
    PushAdmin,
    /// Set the privileged section of a message's `extras`.
    PrivilegedHeaders,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Subscribe,
        Self::Publish,
        Self::Presence,
        Self::History,
        Self::AnnotationPublish,
        Self::AnnotationSubscribe,
        Self::MessageUpdateOwn,
        Self::MessageUpdateAny,
        Self::MessageDeleteOwn,
        Self::MessageDeleteAny,
        Self::ObjectSubscribe,
        Self::ObjectPublish,
        Self::ChannelMetadata,
        Self::Stats,
        Self::PushSubscribe,
        Self::PushAdmin,
        Self::PrivilegedHeaders,
    ];

    /// The word for it in a capability.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Publish => "publish",
            Self::Presence => "presence",
            Self::History => "history",
            Self::AnnotationPublish => "annotation-publish",
            Self::AnnotationSubscribe => "annotation-subscribe",
            Self::MessageUpdateOwn => "message-update-own",
            Self::MessageUpdateAny => "message-update-any",
            Self::MessageDeleteOwn => "message-delete-own",
            Self::MessageDeleteAny => "message-delete-any",
            Self::ObjectSubscribe => "object-subscribe",
            Self::ObjectPublish => "object-publish",
            Self::ChannelMetadata => "channel-metadata",
            Self::Stats => "stats",
            Self::PushSubscribe => "push-subscribe",
            Self::PushAdmin => "push-admin",
            Self::PrivilegedHeaders => "privileged-headers",
        }
    }

    /// The operation called `word`, which must be spelt exactly.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == word)
    }

    /// The name nearest to `word`, if one is near.
    pub fn nearest(word: &str) -> Option<&'static str> {
        // Words that other services use, and that no distance leads to.
        let meant = match word.to_ascii_lowercase().as_str() {
            "read" | "receive" | "listen" | "presence-subscribe" => Some(Self::Subscribe),
            "write" | "send" => Some(Self::Publish),
            "occupancy" | "metadata" => Some(Self::ChannelMetadata),
            "reactions" | "react" | "annotations" => Some(Self::AnnotationPublish),
            "update" | "edit" | "message-update" => Some(Self::MessageUpdateOwn),
            "delete" | "message-delete" => Some(Self::MessageDeleteOwn),
            _ => None,
        };
        meant
            .map(Self::name)
            .or_else(|| nearest(word, Self::ALL.into_iter().map(Self::name)))
    }

    const fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of operations. `*` is an element of its own, so that it can be written back as it was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operations(u32);

impl Operations {
    /// `*`: every operation, those to come included.
    pub const STAR: Self = Self(1 << 31);

    /// Returns whether nothing is granted.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns whether this is `*`.
    pub const fn is_star(self) -> bool {
        self.0 & Self::STAR.0 != 0
    }

    /// Returns whether `operation` is granted.
    pub const fn contains(self, operation: Operation) -> bool {
        self.is_star() || self.0 & operation.bit() != 0
    }

    /// Returns whether everything in `other` is in here.
    pub const fn covers(self, other: Self) -> bool {
        self.is_star() || (!other.is_star() && self.0 & other.0 == other.0)
    }

    /// Returns the intersection: `*` and X is X.
    pub const fn intersect(self, other: Self) -> Self {
        if self.is_star() {
            other
        } else if other.is_star() {
            self
        } else {
            Self(self.0 & other.0)
        }
    }

    /// Returns the union: `*` and X is `*`.
    pub const fn union(self, other: Self) -> Self {
        let joined = Self(self.0 | other.0);
        if joined.is_star() { Self::STAR } else { joined }
    }

    /// The names, ascending; `*` by itself.
    pub fn names(self) -> Vec<&'static str> {
        if self.is_star() {
            return vec!["*"];
        }
        let mut names: Vec<_> = Operation::ALL
            .into_iter()
            .filter(|operation| self.contains(*operation))
            .map(Operation::name)
            .collect();
        names.sort_unstable();
        names
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        Self(
            operations
                .into_iter()
                .fold(0, |bits, operation| bits | operation.bit()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_operations_are_one_to_one() {
        for operation in Operation::ALL {
            assert_eq!(Operation::parse(operation.name()), Some(operation));
        }
        assert_eq!(Operation::parse("Publish"), None);
        assert_eq!(Operation::parse("*"), None);
    }

    #[test]
    fn a_slip_finds_the_right_word() {
        for (word, name) in [
            ("publsh", "publish"),
            ("Publish", "publish"),
            ("subscribed", "subscribe"),
            ("read", "subscribe"),
            ("occupancy", "channel-metadata"),
            ("message-update", "message-update-own"),
            ("annotation_publish", "annotation-publish"),
        ] {
            assert_eq!(Operation::nearest(word), Some(name), "{word}");
        }
        assert_eq!(Operation::nearest("xyzzy"), None);
    }

    #[test]
    fn star_absorbs_and_yields() {
        let two: Operations = [Operation::Publish, Operation::Subscribe]
            .into_iter()
            .collect();
        assert_eq!(Operations::STAR.intersect(two), two);
        assert_eq!(
            Operations::STAR.intersect(Operations::STAR),
            Operations::STAR
        );
        assert_eq!(two.union(Operations::STAR), Operations::STAR);
        assert!(Operations::STAR.covers(two) && !two.covers(Operations::STAR));
        assert_eq!(two.names(), ["publish", "subscribe"]);
    }
}
