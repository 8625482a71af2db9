//! A late stamp equals one at once: no rule reads the serial or the time of an entry that is not stamped yet.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::presence::PresenceSet;
use super::summary::SummaryChanges;
use super::{ChannelRules, Draft, Effect, HeldMessage, Touched, Transition, fold};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::message::MessageAnnotations;
use crate::chat_core::protocol::{
    Annotation, Data, Json, Message, MessageAction, PresenceAction, PresenceMessage, Version,
};
use crate::server::engine::command::{Change, ChannelCommand, CommandKind};
use crate::server::engine::limits::SummaryLimits;
use crate::server::engine::serial::Series;

/// Bounds that are reached in a few steps.
fn rules() -> ChannelRules {
    ChannelRules {
        max_members: 3,
        summary: SummaryLimits {
            names: 2,
            listed: 1,
            total: 4,
            ..SummaryLimits::default()
        },
        ..ChannelRules::default()
    }
}

/// A command in the making: messages are named by their index among those that were created.
#[derive(Clone, Debug)]
enum TestStep {
    Publish(usize),
    Change(usize, u8, bool, Option<String>),
    Annotate(Vec<(usize, u8, u8, u8, u8)>),
    Presence(Vec<(u8, u8, Option<String>)>),
    Leave(Vec<u8>),
}

fn step() -> impl Strategy<Value = TestStep> {
    let text = || proptest::option::of("[a-c]{0,3}");
    prop_oneof![
        (1..3_usize).prop_map(TestStep::Publish),
        (0..6_usize, 0..3_u8, any::<bool>(), text()).prop_map(|(about, action, replaces, data)| {
            TestStep::Change(about, action, replaces, data)
        }),
        proptest::collection::vec((0..6_usize, 0..2_u8, 0..6_u8, 0..3_u8, 0..4_u8), 1..4)
            .prop_map(TestStep::Annotate),
        proptest::collection::vec((0..4_u8, 0..5_u8, text()), 1..4).prop_map(TestStep::Presence),
        proptest::collection::vec(0..5_u8, 1..3).prop_map(TestStep::Leave),
    ]
}

impl TestStep {
    fn command(&self, number: usize, serials: &[String]) -> ChannelCommand {
        // Long, since it is a table of cases.
        let serial = |about: usize| match serials {
            [] => "unknown".to_owned(),
            // One beyond the last is not there.
            known => known.get(about).cloned().unwrap_or_default(),
        };
        let text = |data: &Option<String>| data.clone().map(Data::Text);
        let kind = match self {
            Self::Publish(count) => CommandKind::Publish {
                messages: vec![Message::default(); *count],
                is_ephemeral: false,
            },
            Self::Change(about, action, replaces, data) => CommandKind::Change(Box::new(Change {
                serial: serial(*about),
                action: [
                    MessageAction::Update,
                    MessageAction::Delete,
                    MessageAction::Append,
                ][usize::from(*action)],
                content: Message {
                    data: text(data),
                    ..Message::default()
                },
                replaces: *replaces,
                user_claim: None,
                version: Version::default(),
            })),
            Self::Annotate(annotations) => {
                let annotations = annotations
                    .iter()
                    .map(|(about, action, kind, name, client)| {
                        let methods = ["total", "flag", "distinct", "unique", "multiple", "other"];
                        Annotation {
                            action: Some(*action),
                            message_serial: Some(serial(*about)),
                            kind: Some(format!("x:{}.v1", methods[usize::from(*kind)])),
                            name: Some(name.to_string()),
                            client_id: (*client > 0).then(|| client.to_string()),
                            ..Annotation::default()
                        }
                    });
                CommandKind::Annotate(annotations.collect())
            }
            Self::Presence(members) => {
                use PresenceAction::{Absent, Enter, Leave, Update};
                let members = members
                    .iter()
                    .map(|(action, client, data)| PresenceMessage {
                        action: Some([Enter, Update, Leave, Absent][usize::from(*action)]),
                        client_id: Some(client.to_string()),
                        data: text(data),
                        ..PresenceMessage::default()
                    });
                CommandKind::Presence(members.collect())
            }
            Self::Leave(clients) => CommandKind::Leave {
                client_ids: clients.iter().map(ToString::to_string).collect(),
            },
        };
        ChannelCommand {
            kind,
            id: format!("connection:{number}"),
            connection_id: Some("connection".to_owned()),
            repeat_key: None,
        }
    }
}

/// The state of a channel, as an engine keeps it.
struct Kept {
    series: Series,
    messages: BTreeMap<String, HeldMessage>,
    members: PresenceSet,
    /// Every transition, as text.
    told: Vec<String>,
}

impl Kept {
    fn new() -> Self {
        Self {
            series: Series::named("loc".to_owned()),
            messages: BTreeMap::new(),
            members: PresenceSet::default(),
            told: Vec::new(),
        }
    }

    /// Reads what `command` touches and `touched` does not have yet.
    fn read(&self, command: &ChannelCommand, known: &mut HashSet<String>, touched: &mut Touched) {
        let needs = command.touches();
        for serial in needs.messages {
            if known.insert(serial.to_owned())
                && let Some(held) = self.messages.get(serial)
            {
                touched.messages.insert(serial.to_owned(), held.clone());
            }
        }
        for key in needs.members {
            if known.insert(key.clone())
                && let Some(member) = self.members.get(&key)
            {
                touched.members.insert(key, member.clone());
            }
        }
        if known.insert("#".to_owned()) {
            touched.member_count = self.members.count();
            touched.members_size = self.members.size();
        }
    }

    fn stamp(&mut self, draft: Draft, now: i64) {
        let position = if draft.is_empty() {
            self.series.head()
        } else {
            self.series.next(Timestamp(now))
        };
        let transition = draft.stamp(position);
        self.told.push(format!("{transition:?}"));
        let Transition { entry, effect } = transition;
        match effect {
            Effect::Messages => {
                for message in entry.frames[0].messages.iter().flatten() {
                    let held = HeldMessage {
                        newest: message.clone(),
                        ..HeldMessage::default()
                    };
                    let serial = message.serial.clone().unwrap();
                    self.messages.insert(serial, held);
                }
            }
            Effect::Version(message) => {
                let held = self.messages.get_mut(message.serial.as_ref().unwrap());
                let newest = &mut held.unwrap().newest;
                *newest = Message {
                    annotations: newest.annotations.take(),
                    ..*message
                };
            }
            Effect::Annotations(changes) => {
                for annotation in entry.frames[0].annotations.iter().flatten() {
                    let serial = annotation.message_serial.as_ref().unwrap();
                    let held = self.messages.get_mut(serial).unwrap();
                    let mut changes = SummaryChanges::default();
                    let summed = &mut held.annotations;
                    summed.apply(&mut annotation.clone(), rules().summary, &mut changes);
                }
                for (serial, _) in changes {
                    let held = self.messages.get_mut(&serial).unwrap();
                    let summary = Json(held.annotations.summary());
                    held.newest.annotations = Some(MessageAnnotations { summary });
                }
            }
            Effect::Presence => {
                let told = entry.frames[0].presence.iter().flatten();
                told.for_each(|told| self.members.follow(told));
            }
            Effect::Nothing | Effect::Trace(_) => {}
        }
    }

    fn serials(&self) -> Vec<String> {
        self.messages.keys().cloned().collect()
    }

    fn state(&self) -> String {
        format!("{:?} {:?}", self.messages, self.members.present())
    }
}

/// Returns the messages that a command is about, by index.
fn about(step: &TestStep) -> Vec<usize> {
    match step {
        TestStep::Change(about, ..) => vec![*about],
        TestStep::Annotate(annotations) => annotations.iter().map(|one| one.0).collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #[test]
    fn late_stamp_equals_one_at_once(
        steps in proptest::collection::vec(step(), 1..40),
        room in 1..8_usize,
        is_room in any::<bool>(),
    ) {
        let channel = if is_room { "a::$chat" } else { "a" };
        let now = |number: usize| 1_700_000_000_000 + i64::try_from(number / 3).unwrap();
        let mut at_once = Kept::new();
        for (number, step) in steps.iter().enumerate() {
            let command = step.command(number, &at_once.serials());
            let mut touched = Touched::default();
            at_once.read(&command, &mut HashSet::new(), &mut touched);
            if let Ok(draft) = fold(channel, command, &mut touched, rules()) {
                at_once.stamp(draft, now(number));
            }
        }

        let mut late = Kept::new();
        let mut drafts: Vec<(usize, Draft)> = Vec::new();
        let (mut touched, mut known) = (Touched::default(), HashSet::new());
        let (mut has_new, mut changed) = (false, HashSet::new());
        for (number, step) in steps.iter().enumerate() {
            let about = about(step);
            // What an unstamped draft creates has no serial to be named by yet; a summary has the version of its message.
            let names_unstamped = has_new && !about.is_empty();
            let tells_version = matches!(step, TestStep::Annotate(_))
                && about.iter().any(|index| changed.contains(index));
            if drafts.len() == room || names_unstamped || tells_version {
                for (number, draft) in drafts.drain(..) {
                    late.stamp(draft, now(number));
                }
                touched = Touched::default();
                known.clear();
                changed.clear();
                has_new = false;
            }
            let command = step.command(number, &late.serials());
            late.read(&command, &mut known, &mut touched);
            if let Ok(draft) = fold(channel, command, &mut touched, rules()) {
                drafts.push((number, draft));
                has_new |= matches!(step, TestStep::Publish(_));
                if matches!(step, TestStep::Change(..)) {
                    changed.extend(about);
                }
            }
        }
        for (number, draft) in drafts {
            late.stamp(draft, now(number));
        }
        prop_assert_eq!(&at_once.told, &late.told);
        prop_assert_eq!(at_once.state(), late.state());
    }
}
