//! Publishes that ask that rules are not told of them (`extras.privileged.skipRule`), until they are committed.

use std::collections::HashMap;

use parking_lot::Mutex;
use serde_json::Value;

use crate::chat_core::protocol::Message;

/// The most publishes that are under way at one time and ask for it; those beyond are told.
const MAX_SKIPS: usize = 10_000;

/// The rules that are not told of a publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SkipRule {
    /// No rule is.
    All,
    /// Those with these ids are not.
    Some(Vec<String>),
}

impl SkipRule {
    /// Returns what a publish asks for: where all of its messages ask for the same.
    pub(crate) fn of<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Option<Self> {
        let mut asked = messages.into_iter().map(Self::of_message);
        let first = asked.next()??;
        asked.all(|it| it.as_ref() == Some(&first)).then_some(first)
    }

    fn of_message(message: &Message) -> Option<Self> {
        match message.extra("privileged")?.get("skipRule")? {
            Value::String(all) if all == "*" => Some(Self::All),
            Value::Array(ids) => {
                let ids = ids.iter().filter_map(Value::as_str).map(str::to_owned);
                Some(Self::Some(ids.collect()))
            }
            _ => None,
        }
    }

    /// Returns whether the rule called `id` is not told.
    pub(crate) fn covers(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(ids) => ids.iter().any(|it| it == id),
        }
    }
}

/// The publishes that ask for it, by the id of each.
#[derive(Default)]
pub(crate) struct SkippedPublishes(Mutex<HashMap<String, SkipRule>>);

impl SkippedPublishes {
    /// Notes what a publish asks for.
    pub(crate) fn note(&self, id: &str, skip: SkipRule) {
        let mut skips = self.0.lock();
        if skips.len() < MAX_SKIPS {
            skips.insert(id.to_owned(), skip);
        }
    }

    /// Returns what a publish asks for.
    pub(crate) fn get(&self, id: &str) -> Option<SkipRule> {
        self.0.lock().get(id).cloned()
    }

    /// Forgets a publish, which has ended.
    pub(crate) fn forget(&self, id: &str) {
        self.0.lock().remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::Json;
    use serde_json::json;

    #[test]
    fn all_messages_of_a_publish_must_ask_for_the_same() {
        let message = |skip: Value| Message {
            extras: Some(Json(json!({"privileged": {"skipRule": skip}}))),
            ..Message::default()
        };
        let of = |messages: &[Message]| SkipRule::of(messages);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[message(json!("*"))]), Some(SkipRule::All));
        let one = SkipRule::Some(vec!["a".to_owned()]);
        assert!(one.covers("a") && !one.covers("b"));
        let both = [message(json!(["a"])), message(json!(["a"]))];
        assert_eq!(of(&both), Some(one));
        assert_eq!(of(&[message(json!("*")), Message::default()]), None);
        assert_eq!(of(&[message(json!(true))]), None);
    }
}
