//! The forms of messages and members in seed files: written by hand, or printed by `room export` and `presence list`.

use std::fmt;
use std::time::Duration;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::Json;
use crate::server::{SeedChange, SeedMember, SeedMessage, SeedReaction, When};
use crate::settings::parse_duration;

/// A message.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table or object with a message"
)]
pub(super) struct MessageForm {
    #[serde(alias = "clientId")]
    client_id: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(alias = "userClaim")]
    user_claim: Option<String>,
    timestamp: Option<TimeForm>,
    age: Option<String>,
    /// A list, or the summary that an exported message has.
    #[serde(default)]
    reactions: Value,
    /// Members of an exported message that do not matter here: it gets a new serial.
    #[serde(rename = "serial")]
    _serial: Option<String>,
    action: Option<String>,
    version: Option<VersionForm>,
}

/// The version of an exported message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a table or object")]
struct VersionForm {
    client_id: Option<String>,
    timestamp: Option<i64>,
}

/// A reaction.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table or object with a reaction"
)]
struct ReactionForm {
    #[serde(rename = "type")]
    kind: Option<String>,
    name: String,
    #[serde(alias = "clientId")]
    client_id: String,
    count: Option<i64>,
}

/// A member.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table or object with a member"
)]
pub(super) struct MemberForm {
    #[serde(alias = "clientId")]
    client_id: String,
    #[serde(default)]
    data: Json,
    #[serde(alias = "userClaim")]
    user_claim: Option<String>,
    #[serde(alias = "updatedAt")]
    timestamp: Option<TimeForm>,
    age: Option<String>,
    /// Members of a printed presence member that do not matter here: it has no connection.
    #[serde(rename = "connectionId")]
    _connection_id: Option<String>,
    #[serde(rename = "extras")]
    _extras: Option<Json>,
}

impl MessageForm {
    /// The seed of the message at `now`.
    ///
    /// # Errors
    /// The fault, for people.
    pub(super) fn seed(self, now: Timestamp) -> Result<SeedMessage, String> {
        let change = self.change()?;
        let message = SeedMessage {
            client_id: self.client_id,
            content: NewMessage {
                text: self.text,
                metadata: self.metadata,
                headers: self.headers,
            },
            user_claim: self.user_claim,
            when: when(self.timestamp, self.age.as_deref())?,
            reactions: reactions(self.reactions)?,
            change,
        };
        message.check(now)?;
        Ok(message)
    }

    fn change(&self) -> Result<Option<SeedChange>, String> {
        let is_delete = match self.action.as_deref() {
            None | Some("message.create") => return Ok(None),
            Some("message.update") => false,
            Some("message.delete") => true,
            Some(other) => {
                return Err(format!(
                    "invalid action '{other}': must be message.create, message.update or message.delete"
                ));
            }
        };
        let version = self.version.as_ref();
        Ok(Some(SeedChange {
            is_delete,
            client_id: version.and_then(|version| version.client_id.clone()),
            when: version
                .and_then(|version| version.timestamp)
                .map(|millis| When::At(Timestamp(millis))),
        }))
    }
}

impl MemberForm {
    /// The seed of the member at `now`.
    ///
    /// # Errors
    /// The fault, for people.
    pub(super) fn seed(self, now: Timestamp) -> Result<SeedMember, String> {
        let member = SeedMember {
            client_id: self.client_id,
            data: Some(self.data).filter(|data| !data.0.is_null()),
            user_claim: self.user_claim,
            when: when(self.timestamp, self.age.as_deref())?,
        };
        member.check(now)?;
        Ok(member)
    }
}

fn when(timestamp: Option<TimeForm>, age: Option<&str>) -> Result<Option<When>, String> {
    match (timestamp, age) {
        (Some(_), Some(_)) => Err("give either a timestamp or an age".to_owned()),
        (Some(TimeForm(time)), None) => Ok(Some(When::At(time))),
        (None, Some(age)) => {
            let span: Duration = parse_duration(age).map_err(|fault| format!("age: {fault}"))?;
            let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
            Ok(Some(When::Age(millis)))
        }
        (None, None) => Ok(None),
    }
}

fn reactions(value: Value) -> Result<Vec<SeedReaction>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => list.into_iter().map(reaction).collect(),
        Value::Object(kinds) => Ok(kinds
            .iter()
            .flat_map(|(kind, names)| of_summary(kind, names))
            .collect()),
        _ => Err("the reactions must be a list or a summary".to_owned()),
    }
}

fn reaction(value: Value) -> Result<SeedReaction, String> {
    let read: ReactionForm =
        serde_json::from_value(value).map_err(|error| format!("a reaction: {error}"))?;
    Ok(SeedReaction {
        kind: read.kind.unwrap_or_else(|| "distinct".to_owned()),
        name: read.name,
        client_id: read.client_id,
        count: read.count,
    })
}

/// The reactions that add up to the summary of one type: `{"👍": {"total": 2, "clientIds": ["a", "b"]}}`.
fn of_summary(kind: &str, names: &Value) -> Vec<SeedReaction> {
    let mut all = Vec::new();
    for (name, counted) in names.as_object().into_iter().flatten() {
        let mut add = |client_id: &str, count| {
            all.push(SeedReaction {
                kind: kind.to_owned(),
                name: name.clone(),
                client_id: client_id.to_owned(),
                count,
            });
        };
        match &counted["clientIds"] {
            Value::Array(clients) => clients
                .iter()
                .filter_map(Value::as_str)
                .for_each(|client| add(client, None)),
            Value::Object(counts) => counts
                .iter()
                .for_each(|(client, count)| add(client, count.as_i64())),
            _ => {}
        }
    }
    all
}

/// A time: epoch milliseconds, RFC 3339 in quotes, or TOML's own form.
struct TimeForm(Timestamp);

impl<'de> Deserialize<'de> for TimeForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimeVisitor;

        impl<'de> Visitor<'de> for TimeVisitor {
            type Value = TimeForm;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time: epoch milliseconds or RFC 3339")
            }

            fn visit_i64<E: de::Error>(self, millis: i64) -> Result<TimeForm, E> {
                Ok(TimeForm(Timestamp(millis)))
            }

            fn visit_u64<E: de::Error>(self, millis: u64) -> Result<TimeForm, E> {
                i64::try_from(millis)
                    .map(|millis| TimeForm(Timestamp(millis)))
                    .map_err(|_| E::custom("the time is out of range"))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TimeForm, E> {
                let read: Result<jiff::Timestamp, _> = text.parse();
                read.map(|time| TimeForm(Timestamp(time.as_millisecond())))
                    .map_err(|_| E::custom(format!("invalid time '{text}': use RFC 3339 with an offset, or epoch milliseconds")))
            }

            // The TOML parser's form of a date and time without quotes.
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<TimeForm, A::Error> {
                match members.next_entry::<String, String>()? {
                    Some((_, text)) => self.visit_str(&text),
                    None => Err(de::Error::custom("a time is missing")),
                }
            }
        }

        deserializer.deserialize_any(TimeVisitor)
    }
}
