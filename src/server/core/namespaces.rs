//! Rules for channels by their namespace, what stands before the first `:` of a name. Rooms are all alike: none of
//! these rules is about them.

use serde::Deserialize;

use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Json, names};

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// The namespace; a channel that has its name alone is in it too.
    pub id: String,
    /// Whether messages can be updated and deleted.
    pub mutable_messages: bool,
    /// Whether only identified clients may use its channels.
    pub identified: bool,
}

/// The rules of an app.
#[derive(Debug, Default)]
pub(crate) struct Namespaces(Vec<Namespace>);

/// A rule as `POST /apps` has it. Other members say what this server does everywhere or nowhere.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NamespaceSpec {
    id: String,
    mutable_messages: Option<bool>,
    identified: Option<bool>,
}

impl Namespaces {
    /// These rules.
    pub(crate) fn new(rules: Vec<Namespace>) -> Self {
        Self(rules)
    }

    /// The rules in a list of JSON; what is none is left out. Messages can be changed unless a rule says no.
    pub(crate) fn of_json(list: &Json) -> Self {
        let rules = list.0.as_array().into_iter().flatten().filter_map(|item| {
            let asked: NamespaceSpec = serde_json::from_value(item.clone()).ok()?;
            Some(Namespace {
                id: asked.id,
                mutable_messages: asked.mutable_messages.unwrap_or(true),
                identified: asked.identified.unwrap_or_default(),
            })
        });
        Self(rules.collect())
    }

    /// Refuses changes of messages where the rule says so.
    ///
    /// # Errors
    /// 93002 / 400.
    pub(crate) fn require_mutable(&self, channel: &str) -> Result<()> {
        match self.of(channel) {
            Some(rule) if !rule.mutable_messages => Err(ErrorInfo::new(
                93002,
                400,
                format!(
                    "Messages can't be changed in the namespace '{}': mutableMessages is off",
                    rule.id
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Returns whether only identified clients may use `channel`.
    pub(crate) fn wants_identity(&self, channel: &str) -> bool {
        self.of(channel).is_some_and(|rule| rule.identified)
    }

    fn of(&self, channel: &str) -> Option<&Namespace> {
        if self.0.is_empty() || names::room_of(channel).is_some() {
            return None;
        }
        let id = channel.split(':').next().unwrap_or_default();
        self.0.iter().find(|rule| rule.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_is_for_its_namespace_and_never_for_rooms() {
        let rules = Namespaces::of_json(&Json(json!([
            {"id": "fixed", "mutableMessages": false, "persisted": true},
            {"id": "known", "identified": true},
            "nonsense",
        ])));
        for (channel, is_fixed, wants_identity) in [
            ("fixed", true, false),
            ("fixed:a", true, false),
            ("fixedly:a", false, false),
            ("fixed:a::$chat", false, false),
            ("known:a", false, true),
            ("other", false, false),
        ] {
            assert_eq!(
                rules.require_mutable(channel).is_err(),
                is_fixed,
                "{channel}"
            );
            assert_eq!(rules.wants_identity(channel), wants_identity, "{channel}");
        }
    }
}
