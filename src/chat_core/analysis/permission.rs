//! A permission: to use a feature of Chat, or to do one operation.

use std::fmt;

use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::feature::{Feature, FeatureCheck};
use crate::chat_core::auth::operation::Operation;
use crate::chat_core::auth::resource::Target;

/// A feature of Chat, or one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Use a feature.
    Feature(Feature),
    /// Do an operation.
    Operation(Operation),
}

impl Permission {
    /// Reads a feature or an operation. `presence` is the feature; with `op:` before it, it is the operation.
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(word) = word.strip_prefix(OPERATION_PREFIX) {
            return Operation::parse(word).map(Self::Operation);
        }
        Feature::parse(word)
            .map(Self::Feature)
            .or_else(|| Operation::parse(word).map(Self::Operation))
    }

    /// The name nearest to `word`, if one is near.
    pub fn nearest(word: &str) -> Option<&'static str> {
        let word = word.strip_prefix(OPERATION_PREFIX).unwrap_or(word);
        let names = Feature::ALL
            .map(Feature::name)
            .into_iter()
            .chain(Operation::ALL.map(Operation::name));
        crate::chat_core::auth::nearest(word, names)
            .or_else(|| Feature::nearest(word))
            .or_else(|| Operation::nearest(word))
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feature(feature) => feature.name(),
            Self::Operation(operation) => operation.name(),
        }
    }

    /// `feature` or `operation`: the field of JSON that has its name.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Feature(_) => "feature",
            Self::Operation(_) => "operation",
        }
    }

    /// Returns the operations that it needs: one out of each list.
    pub fn needs(self) -> Vec<&'static [Operation]> {
        match self {
            Self::Feature(feature) => feature.needs().to_vec(),
            Self::Operation(operation) => Operation::ALL
                .iter()
                .find(|one| **one == operation)
                .map(std::slice::from_ref)
                .into_iter()
                .collect(),
        }
    }

    /// Decides it by `capability`.
    pub fn check(self, capability: &Capability, target: &Target<'_>) -> FeatureCheck {
        match self {
            Self::Feature(feature) => feature.check(capability, target),
            Self::Operation(operation) => {
                let decision = capability.decide(target, operation);
                FeatureCheck {
                    allowed: decision.allowed,
                    rules: decision.rule.into_iter().collect(),
                    missing: if decision.allowed {
                        Vec::new()
                    } else {
                        self.needs()
                    },
                }
            }
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The prefix of a word that is an operation, whatever features are called.
const OPERATION_PREFIX: &str = "op:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presence_is_the_feature_unless_the_operation_is_asked_for() {
        assert_eq!(
            Permission::parse("presence"),
            Some(Permission::Feature(Feature::Presence))
        );
        assert_eq!(
            Permission::parse("op:presence"),
            Some(Permission::Operation(Operation::Presence))
        );
        assert_eq!(
            Permission::parse("publish"),
            Some(Permission::Operation(Operation::Publish))
        );
        assert_eq!(Permission::parse("op:send-messages"), None);
        assert_eq!(Permission::nearest("send-mesages"), Some("send-messages"));
        assert_eq!(Permission::nearest("op:publsh"), Some("publish"));
        assert_eq!(Permission::nearest("read"), Some("receive-messages"));
    }
}
