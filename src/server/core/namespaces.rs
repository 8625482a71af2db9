//! Rules for channels by their namespace, what stands before the first `:` of a name. Rooms are all alike: none of
//! these rules is about them.

use std::sync::Arc;

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::integrations::Origin;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Json, names};

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Namespace {
    /// The namespace; a channel that has its name alone is in it too.
    pub id: String,
    /// Whether messages can be updated and deleted.
    pub mutable_messages: bool,
    /// Whether only identified clients may use its channels.
    pub identified: bool,
}

/// A rule of an app, with what is known of it beside its effect.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AppNamespace {
    /// The rule.
    pub(crate) rule: Namespace,
    /// The members that it was written with. Those that are not in the rule say what this server does everywhere or
    /// nowhere, and are given back.
    pub(crate) members: Map<String, Value>,
    /// Who made it: one of the configuration is changed there alone.
    pub(crate) origin: Origin,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When it was changed last.
    pub(crate) modified: Timestamp,
}

/// The rules of an app. They change while the server runs.
#[derive(Debug, Default)]
pub(crate) struct Namespaces(RwLock<Vec<Arc<AppNamespace>>>);

/// A rule as `POST /apps` has it. Other members say what this server does everywhere or nowhere.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NamespaceSpec {
    id: String,
    mutable_messages: Option<bool>,
    identified: Option<bool>,
}

impl AppNamespace {
    /// Returns a rule that is made now.
    pub(crate) fn new(rule: Namespace, origin: Origin, now: Timestamp) -> Self {
        Self {
            rule,
            members: Map::new(),
            origin,
            created: now,
            modified: now,
        }
    }

    /// Returns the rules in a list of JSON; what is none is left out. Messages can be changed unless a rule says no.
    pub(crate) fn of_json(list: &Json, now: Timestamp) -> Vec<Self> {
        let rules = list.0.as_array().into_iter().flatten().filter_map(|item| {
            let asked: NamespaceSpec = serde_json::from_value(item.clone()).ok()?;
            let rule = Namespace {
                id: asked.id,
                mutable_messages: asked.mutable_messages.unwrap_or(true),
                identified: asked.identified.unwrap_or_default(),
            };
            Some(Self {
                members: item.as_object().cloned().unwrap_or_default(),
                ..Self::new(rule, Origin::Http, now)
            })
        });
        rules.collect()
    }
}

impl Namespaces {
    /// Returns all rules, in the order in which they were made.
    pub(crate) fn list(&self) -> Vec<Arc<AppNamespace>> {
        self.0.read().clone()
    }

    /// Returns the rule called `id`.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<AppNamespace>> {
        let rules = self.0.read();
        rules.iter().find(|it| it.rule.id == id).map(Arc::clone)
    }

    /// Adds a rule, or puts it in the place of the one with its id.
    pub(crate) fn put(&self, namespace: AppNamespace) {
        let mut rules = self.0.write();
        let id = &namespace.rule.id;
        match rules.iter().position(|it| it.rule.id == *id) {
            Some(place) => rules[place] = Arc::new(namespace),
            None => rules.push(Arc::new(namespace)),
        }
    }

    /// Removes the rule called `id`.
    pub(crate) fn remove(&self, id: &str) {
        self.0.write().retain(|it| it.rule.id != id);
    }

    /// Refuses changes of messages where the rule says so.
    ///
    /// # Errors
    /// 93002 / 400.
    pub(crate) fn require_mutable(&self, channel: &str) -> Result<()> {
        match self.of(channel) {
            Some(it) if !it.rule.mutable_messages => Err(ErrorInfo::new(
                93002,
                400,
                format!(
                    "Messages can't be changed in the namespace '{}': mutableMessages is off",
                    it.rule.id
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Returns whether only identified clients may use `channel`.
    pub(crate) fn wants_identity(&self, channel: &str) -> bool {
        self.of(channel).is_some_and(|it| it.rule.identified)
    }

    fn of(&self, channel: &str) -> Option<Arc<AppNamespace>> {
        if self.0.read().is_empty() || names::room_of(channel).is_some() {
            return None;
        }
        self.find(channel.split(':').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_is_for_its_namespace_and_never_for_rooms() {
        let rules = Namespaces::default();
        let list = Json(json!([
            {"id": "fixed", "mutableMessages": false, "persisted": true},
            {"id": "known", "identified": true},
            "nonsense",
        ]));
        for namespace in AppNamespace::of_json(&list, Timestamp(1)) {
            rules.put(namespace);
        }
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
        rules.remove("fixed");
        assert!(rules.require_mutable("fixed").is_ok());
    }
}
