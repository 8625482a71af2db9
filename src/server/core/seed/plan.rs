//! The plan of a seed at a given time: for each channel its imported entries, and the commands that are
//! done in it.

use std::collections::HashMap;

use serde_json::Value;

use super::{AppTemplate, Seed, SeedChange, SeedMember, SeedMessage, SeedReaction, moment};
use crate::chat_core::chat::message::annotation_type;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{
    Annotation, Data, Message, MessageAction, PresenceAction, PresenceMessage, Version, names,
};
use crate::chat_core::random::Random;
use crate::server::engine::{
    Change, ChannelCommand, ChannelSeed, CommandKind, SEED_CONNECTION, SeedStep, claimed,
};

impl AppTemplate {
    /// Returns the seed of each channel.
    ///
    /// # Errors
    /// A seed that can't be planted.
    pub(crate) fn plan(
        &self,
        now: Timestamp,
        random: &Random,
    ) -> Result<HashMap<String, ChannelSeed>> {
        let mut plan = self.seed.plan(now, random)?;
        for (channel, members) in &self.members {
            let mut steps = SeedPlan {
                steps: Vec::new(),
                now,
                random,
            };
            steps.step(
                CommandKind::Presence(members.clone()),
                Some(SEED_CONNECTION),
                now,
                None,
            );
            plan.entry(channel.clone())
                .or_default()
                .steps
                .append(&mut steps.steps);
        }
        Ok(plan)
    }
}

impl Seed {
    /// Returns the seed of each channel, in the order of times.
    fn plan(&self, now: Timestamp, random: &Random) -> Result<HashMap<String, ChannelSeed>> {
        let mut plan: HashMap<String, SeedPlan<'_>> = HashMap::new();
        for room in &self.rooms {
            let channel = names::channel_of(&room.name);
            let plan = plan.entry(channel).or_insert_with(|| SeedPlan {
                steps: Vec::new(),
                now,
                random,
            });
            room.messages
                .iter()
                .for_each(|message| plan.message(message));
            room.members.iter().for_each(|member| plan.member(member));
        }
        let rooms = plan.into_iter();
        let mut plan: HashMap<String, ChannelSeed> = rooms
            .map(|(channel, plan)| (channel, plan.in_order().into()))
            .collect();
        for channel in &self.channels {
            plan.insert(channel.name.clone(), channel.to_seed()?);
        }
        Ok(plan)
    }
}

impl SeedMessage {
    pub(super) fn wire(&self) -> Message {
        self.content
            .to_wire(&self.client_id, self.user_claim.clone())
    }
}

impl SeedReaction {
    pub(super) fn annotation(&self) -> Annotation {
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
    pub(super) fn wire(&self) -> PresenceMessage {
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

/// The commands of one channel, in the order of the seed.
struct SeedPlan<'a> {
    steps: Vec<SeedStep>,
    now: Timestamp,
    random: &'a Random,
}

impl SeedPlan<'_> {
    fn message(&mut self, message: &SeedMessage) {
        let sent = moment(message.when, self.now);
        let place = self.steps.len();
        let kind = CommandKind::Publish {
            messages: vec![message.wire()],
            is_ephemeral: false,
        };
        self.step(kind, None, sent, None);
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
            let kind = CommandKind::Annotate(vec![reaction.annotation()]);
            self.step(kind, None, sent, Some(place));
        }
    }

    fn member(&mut self, member: &SeedMember) {
        let since = moment(member.when, self.now);
        let kind = CommandKind::Presence(vec![member.wire()]);
        self.step(kind, Some(SEED_CONNECTION), since, None);
    }

    fn step(
        &mut self,
        kind: CommandKind,
        connection: Option<&str>,
        at: Timestamp,
        about: Option<usize>,
    ) {
        let command = ChannelCommand {
            kind,
            id: format!("{SEED_CONNECTION}-{}", self.random.alphanumeric(12)),
            connection_id: connection.map(str::to_owned),
            repeat_key: None,
        };
        self.steps.push(SeedStep { command, at, about });
    }

    /// The commands in the order of their times: serials say when something happened.
    fn in_order(self) -> Vec<SeedStep> {
        let mut steps: Vec<(usize, SeedStep)> = self.steps.into_iter().enumerate().collect();
        steps.sort_by_key(|(place, step)| (step.at, *place));
        let mut moved = vec![0; steps.len()];
        for (now_at, (was_at, _)) in steps.iter().enumerate() {
            moved[*was_at] = now_at;
        }
        steps
            .into_iter()
            .map(|(_, step)| SeedStep {
                about: step.about.map(|place| moved[place]),
                ..step
            })
            .collect()
    }
}

fn act_of(message: &SeedMessage, change: &SeedChange) -> CommandKind {
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
    CommandKind::Change(Box::new(Change {
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
    use crate::server::core::seed::SeedRoom;
    use crate::server::core::seed::testing::message;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

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
        let seed = Seed {
            rooms: vec![SeedRoom {
                name: "lobby".to_owned(),
                messages: vec![young, message("old", 60_000)],
                ..SeedRoom::default()
            }],
            ..Seed::default()
        };
        seed.check(NOW).unwrap();
        let plan = seed
            .plan(NOW, &Random::seeded(1))
            .unwrap()
            .remove("lobby::$chat")
            .unwrap()
            .steps;
        let times: Vec<i64> = plan.iter().map(|step| NOW.0 - step.at.0).collect();
        assert_eq!(times, [60_000, 1000, 1000]);
        assert_eq!(plan[2].about, Some(1), "the reaction is to the younger one");
    }
}
