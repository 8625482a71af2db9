//! What an app begins with and is reset to: rooms with messages and members. Plain data, checked before it is used,
//! and the plan of operations that it makes at a given time.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::limits::{MAX_MEMBERS, MAX_MESSAGE_SIZE};
use super::namespaces::Namespaces;
use super::store::{Act, Change, Operation, Planned, claimed};
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::chat::message::{NewMessage, REACTION_TYPES, annotation_type};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{
    Annotation, Data, Json, Message, MessageAction, PresenceAction, PresenceMessage, Version, names,
};
use crate::chat_core::random::Random;

/// The connection that seeded members are said to be on: it is nobody's, and they stay.
const CONNECTION: &str = "seed";

/// What an app begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Seed {
    /// Its rooms.
    pub rooms: Vec<SeedRoom>,
}

/// What an app of this server begins with: a seed, and members of channels that are no rooms.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// The seed.
    pub(super) seed: Seed,
    /// Channels and who is there, ready to enter.
    pub(super) members: Vec<(String, Vec<PresenceMessage>)>,
    /// Rules for its channels.
    pub(super) namespaces: Namespaces,
}

impl Beginning {
    /// The operations that make it so, by channel.
    pub(super) fn plan(&self, now: Timestamp, random: &Random) -> HashMap<String, Vec<Planned>> {
        let mut plan = self.seed.plan(now, random);
        for (channel, members) in &self.members {
            let mut steps = Plan {
                steps: Vec::new(),
                now,
                random,
            };
            steps.step(Act::Presence(members.clone()), Some(CONNECTION), now, None);
            plan.entry(channel.clone())
                .or_default()
                .append(&mut steps.steps);
        }
        plan
    }
}

/// A room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedRoom {
    /// Its name.
    pub name: String,
    /// What was sent.
    pub messages: Vec<SeedMessage>,
    /// Who is there, without a connection.
    pub members: Vec<SeedMember>,
}

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// At this time.
    At(Timestamp),
    /// This long before the seed is planted, in milliseconds.
    Age(u64),
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedMessage {
    /// Who sent it.
    pub client_id: String,
    /// Text, metadata, headers.
    pub content: NewMessage,
    /// The claim of who acted last.
    pub user_claim: Option<String>,
    /// When; when the seed is planted unless told.
    pub when: Option<When>,
    /// What others reacted with.
    pub reactions: Vec<SeedReaction>,
    /// That it was changed after it was sent: it has this content since then.
    pub change: Option<SeedChange>,
}

/// That a message was changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedChange {
    /// Deleted, not updated.
    pub is_delete: bool,
    /// By whom; the sender unless told.
    pub client_id: Option<String>,
    /// When; when it was sent unless told.
    pub when: Option<When>,
}

/// A reaction to a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedReaction {
    /// `unique`, `distinct` or `multiple`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The emoji, most often.
    pub name: String,
    /// Whose.
    pub client_id: String,
    /// How many, for `multiple`.
    pub count: Option<i64>,
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeedMember {
    /// Who.
    pub client_id: String,
    /// What the member says about itself.
    pub data: Option<Json>,
    /// The claim of the member's token.
    pub user_claim: Option<String>,
    /// Since when; since the seed is planted unless told.
    pub when: Option<When>,
}

impl Seed {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.rooms.is_empty()
    }

    /// Whether it can be planted at `now`.
    ///
    /// # Errors
    /// 40003 / 400 that says where the fault is and what.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        for room in &self.rooms {
            names::check_room(&room.name)?;
            let at = |what: &'static str, place: usize| {
                move |fault: String| {
                    fault_at(
                        &format!("room '{}', {what} {}", room.name, place + 1),
                        &fault,
                    )
                }
            };
            for (place, message) in room.messages.iter().enumerate() {
                message.check(now).map_err(at("message", place))?;
            }
            for (place, member) in room.members.iter().enumerate() {
                member.check(now).map_err(at("member", place))?;
            }
            if room.members.len() > MAX_MEMBERS {
                let fault = format!("more than {MAX_MEMBERS} members");
                return Err(fault_at(&format!("room '{}'", room.name), &fault));
            }
        }
        Ok(())
    }

    /// The operations that make it so, by channel, in the order of their times.
    pub(super) fn plan(&self, now: Timestamp, random: &Random) -> HashMap<String, Vec<Planned>> {
        let mut plan: HashMap<String, Plan<'_>> = HashMap::new();
        for room in &self.rooms {
            let channel = names::channel_of(&room.name);
            let plan = plan.entry(channel).or_insert_with(|| Plan {
                steps: Vec::new(),
                now,
                random,
            });
            room.messages
                .iter()
                .for_each(|message| plan.message(message));
            room.members.iter().for_each(|member| plan.member(member));
        }
        plan.into_iter()
            .map(|(channel, plan)| (channel, plan.in_order()))
            .collect()
    }
}

fn fault_at(place: &str, fault: &str) -> ErrorInfo {
    ErrorInfo::new(40003, 400, format!("Invalid seed: {place}: {fault}"))
}

impl When {
    fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::Age(millis) => now - Duration::from_millis(millis),
        }
    }
}

fn moment(when: Option<When>, now: Timestamp) -> Timestamp {
    when.map_or(now, |when| when.moment(now))
}

fn check_when(when: Option<When>, now: Timestamp) -> Result<(), String> {
    let time = moment(when, now);
    if time > now {
        return Err("its time is in the future".to_owned());
    }
    if time.millis() < 0 {
        return Err("its time is before 1970".to_owned());
    }
    Ok(())
}

fn check_client(client_id: &str) -> Result<(), String> {
    check_client_id(client_id).map_err(|error| error.message)
}

impl SeedMessage {
    /// Whether it can be planted at `now`.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn check(&self, now: Timestamp) -> Result<(), String> {
        check_client(&self.client_id)?;
        check_when(self.when, now)?;
        let is_deleted = self.change.as_ref().is_some_and(|change| change.is_delete);
        if self.content.text.is_empty() && !is_deleted {
            return Err("its text is empty".to_owned());
        }
        let is_nested = |value: &Value| value.is_object() || value.is_array();
        if self.content.headers.values().any(is_nested) {
            return Err("its headers are not flat".to_owned());
        }
        let size = self.wire().size();
        if size > MAX_MESSAGE_SIZE {
            return Err(format!(
                "it has {size} bytes, of {MAX_MESSAGE_SIZE} allowed"
            ));
        }
        if let Some(change) = &self.change {
            change.client_id.as_deref().map_or(Ok(()), check_client)?;
            check_when(change.when, now)?;
            if change.when.is_some() && moment(change.when, now) < moment(self.when, now) {
                return Err("it was changed before it was sent".to_owned());
            }
        }
        self.reactions.iter().try_for_each(SeedReaction::check)
    }

    fn wire(&self) -> Message {
        self.content
            .to_wire(&self.client_id, self.user_claim.clone())
    }
}

impl SeedReaction {
    fn check(&self) -> Result<(), String> {
        let fault = |what: String| Err(format!("its reaction '{}': {what}", self.name));
        if !REACTION_TYPES.contains(&self.kind.as_str()) {
            let kinds = REACTION_TYPES.join(", ");
            return fault(format!("the type '{}' is none of {kinds}", self.kind));
        }
        if self.name.is_empty() {
            return fault("it has no name".to_owned());
        }
        match self.count {
            Some(_) if self.kind != "multiple" => fault("only 'multiple' has a count".to_owned()),
            Some(count) if count < 1 => fault("its count is below 1".to_owned()),
            _ => check_client(&self.client_id).or_else(fault),
        }
    }

    fn annotation(&self) -> Annotation {
        Annotation {
            action: Some(0),
            kind: Some(annotation_type(&self.kind)),
            name: Some(self.name.clone()),
            count: (self.kind == "multiple").then(|| self.count.unwrap_or(1)),
            client_id: Some(self.client_id.clone()),
            ..Annotation::default()
        }
    }
}

impl SeedMember {
    /// Whether it can be planted at `now`.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn check(&self, now: Timestamp) -> Result<(), String> {
        check_client(&self.client_id)?;
        check_when(self.when, now)?;
        let size = self
            .data
            .as_ref()
            .map_or(0, |data| data.0.to_string().len());
        if size > MAX_MESSAGE_SIZE {
            return Err(format!(
                "its data has {size} bytes, of {MAX_MESSAGE_SIZE} allowed"
            ));
        }
        Ok(())
    }

    fn wire(&self) -> PresenceMessage {
        let (data, encoding) = match self.data.as_ref().map(|data| &data.0) {
            None | Some(Value::Null) => (None, None),
            Some(Value::String(text)) => (Some(Data::Text(text.clone())), None),
            Some(value) => (Some(Data::Text(value.to_string())), Some("json".to_owned())),
        };
        PresenceMessage {
            action: Some(PresenceAction::Enter),
            client_id: Some(self.client_id.clone()),
            extras: claimed(None, self.user_claim.as_deref()),
            data,
            encoding,
            ..PresenceMessage::default()
        }
    }
}

/// The operations of one channel, in the order of the seed.
struct Plan<'a> {
    steps: Vec<Planned>,
    now: Timestamp,
    random: &'a Random,
}

impl Plan<'_> {
    fn message(&mut self, message: &SeedMessage) {
        let sent = moment(message.when, self.now);
        let place = self.steps.len();
        let act = Act::Publish {
            messages: vec![message.wire()],
            is_ephemeral: false,
        };
        self.step(act, None, sent, None);
        if let Some(change) = &message.change {
            let changed = change.when.map_or(sent, |when| when.moment(self.now));
            self.step(
                act_of(message, change),
                None,
                changed.max(sent),
                Some(place),
            );
        }
        for reaction in &message.reactions {
            let act = Act::Annotate(vec![reaction.annotation()]);
            self.step(act, None, sent, Some(place));
        }
    }

    fn member(&mut self, member: &SeedMember) {
        let since = moment(member.when, self.now);
        let act = Act::Presence(vec![member.wire()]);
        self.step(act, Some(CONNECTION), since, None);
    }

    fn step(&mut self, act: Act, connection: Option<&str>, at: Timestamp, about: Option<usize>) {
        let operation = Operation {
            act,
            id: format!("{CONNECTION}-{}", self.random.alphanumeric(12)),
            connection_id: connection.map(str::to_owned),
            repeat_key: None,
        };
        self.steps.push(Planned {
            operation,
            at,
            about,
        });
    }

    /// The operations in the order of their times: serials say when something happened.
    fn in_order(self) -> Vec<Planned> {
        let mut steps: Vec<(usize, Planned)> = self.steps.into_iter().enumerate().collect();
        steps.sort_by_key(|(place, step)| (step.at, *place));
        let mut moved = vec![0; steps.len()];
        for (now_at, (was_at, _)) in steps.iter().enumerate() {
            moved[*was_at] = now_at;
        }
        steps
            .into_iter()
            .map(|(_, step)| Planned {
                about: step.about.map(|place| moved[place]),
                ..step
            })
            .collect()
    }
}

fn act_of(message: &SeedMessage, change: &SeedChange) -> Act {
    let mut content = message.wire();
    content.client_id = None;
    let action = if change.is_delete {
        content.data = Some(Data::Text("{}".to_owned()));
        content.extras = None;
        MessageAction::Delete
    } else {
        MessageAction::Update
    };
    let by = change.client_id.as_ref().unwrap_or(&message.client_id);
    Act::Change(Box::new(Change {
        serial: String::new(),
        action,
        content,
        replaces: true,
        user_claim: message.user_claim.clone(),
        version: Version {
            client_id: Some(by.clone()),
            ..Version::default()
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn message(text: &str, age: u64) -> SeedMessage {
        SeedMessage {
            client_id: "alice".to_owned(),
            content: NewMessage {
                text: text.to_owned(),
                ..NewMessage::default()
            },
            when: Some(When::Age(age)),
            ..SeedMessage::default()
        }
    }

    fn room(messages: Vec<SeedMessage>, members: Vec<SeedMember>) -> Seed {
        Seed {
            rooms: vec![SeedRoom {
                name: "lobby".to_owned(),
                messages,
                members,
            }],
        }
    }

    #[test]
    fn what_is_planned_stands_in_the_order_of_time_and_knows_what_it_is_about() {
        let reaction = SeedReaction {
            kind: "distinct".to_owned(),
            name: "👍".to_owned(),
            client_id: "bob".to_owned(),
            count: None,
        };
        let young = SeedMessage {
            reactions: vec![reaction],
            ..message("young", 1000)
        };
        let seed = room(vec![young, message("old", 60_000)], Vec::new());
        seed.check(NOW).unwrap();
        let plan = seed
            .plan(NOW, &Random::seeded(1))
            .remove("lobby::$chat")
            .unwrap();
        let times: Vec<i64> = plan.iter().map(|step| NOW.0 - step.at.0).collect();
        assert_eq!(times, [60_000, 1000, 1000]);
        assert_eq!(plan[2].about, Some(1), "the reaction is to the younger one");
    }

    #[test]
    fn faults_say_where_they_are() {
        let member = |client_id: &str| SeedMember {
            client_id: client_id.to_owned(),
            ..SeedMember::default()
        };
        let reacted = |kind: &str, count| SeedMessage {
            reactions: vec![SeedReaction {
                kind: kind.to_owned(),
                name: "x".to_owned(),
                client_id: "bob".to_owned(),
                count,
            }],
            ..message("m", 5)
        };
        let future = SeedMessage {
            when: Some(When::At(Timestamp(NOW.0 + 1))),
            ..message("m", 0)
        };
        for (seed, words) in [
            (
                room(vec![message("a", 0), message("", 0)], vec![]),
                "message 2: its text is empty",
            ),
            (room(vec![], vec![member("*")]), "member 1: "),
            (room(vec![reacted("happy", None)], vec![]), "none of unique"),
            (
                room(vec![reacted("unique", Some(2))], vec![]),
                "only 'multiple'",
            ),
            (room(vec![future], vec![]), "in the future"),
            (
                room(vec![], vec![member("m"); MAX_MEMBERS + 1]),
                "more than",
            ),
        ] {
            let error = seed.check(NOW).unwrap_err();
            assert!(error.message.contains(words), "{error}");
            assert!(error.message.contains("room 'lobby'"), "{error}");
        }
    }
}
