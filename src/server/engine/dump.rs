//! Dumps: the channels of another store, as they were kept there. Plain data that may travel as JSON, checked
//! before it is believed, and imported with the serials, ids and times that it has.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::entry::{Entry, EntryKind};
use super::fold::{Effect, Transition};
use super::limits::MAX_MEMBERS;
use super::seed::ChannelSeed;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{
    Annotation, Message, PresenceAction, PresenceMessage, ProtocolMessage, names,
};
use crate::server::engine::serial::{self, Series};

/// The connectionId of seeded and imported members, who have no connection and stay.
pub(crate) const SEED_CONNECTION: &str = "seed";

/// How far ahead of this machine's clock entries may be: clocks differ.
const MAX_AHEAD: i64 = 24 * 60 * 60 * 1000;

/// The longest serial.
const MAX_SERIAL: usize = 100;

/// An app of another store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppDump {
    /// Its id.
    pub name: String,
    /// Its channels.
    pub channels: Vec<ChannelDump>,
}

/// A channel, with all that another store kept of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChannelDump {
    /// Its name.
    pub name: String,
    /// Its entries, in the order of their serials.
    pub entries: Vec<EntryDump>,
    /// Its members. An import puts them on seed connections, where they stay.
    pub members: Vec<PresenceMessage>,
}

/// An entry. Data is in JSON's form: bytes are base64 text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EntryDump {
    /// Its kind.
    pub kind: EntryKind,
    /// Its position.
    pub serial: String,
    /// The connection that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// The frames that subscribers got.
    pub frames: Vec<ProtocolMessage>,
    /// The version that it created, whole, if it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Message>,
}

impl ChannelDump {
    /// Checks that it can be imported at `now`.
    ///
    /// # Errors
    /// The fault, in words for people.
    pub(crate) fn check(&self, now: Timestamp) -> std::result::Result<(), String> {
        names::check_channel(&self.name).map_err(|error| error.message)?;
        let mut last = "";
        for (place, entry) in self.entries.iter().enumerate() {
            let fault = |fault: String| format!("entry {}: {fault}", place + 1);
            entry.check(now).map_err(fault)?;
            if entry.serial.as_str() <= last {
                return Err(fault("its serial is not behind those before it".to_owned()));
            }
            last = &entry.serial;
        }
        if self.members.len() > MAX_MEMBERS {
            return Err(format!("more than {MAX_MEMBERS} members"));
        }
        if self.members.iter().any(|member| member.client_id.is_none()) {
            return Err("a member has no clientId".to_owned());
        }
        let is_there = |member: &PresenceMessage| {
            use PresenceAction::{Enter, Present, Update};
            matches!(member.action.unwrap_or_default(), Enter | Present | Update)
        };
        if !self.members.iter().all(is_there) {
            return Err("a member is not there".to_owned());
        }
        // What is no base64 is found by trying.
        self.to_seed().map(|_| ()).map_err(|error| error.message)
    }

    /// Returns the seed of a channel that is what this one was.
    ///
    /// # Errors
    /// 40013 / 400 for data that is not what its encoding says.
    pub(crate) fn to_seed(&self) -> Result<ChannelSeed> {
        let messages = self
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Messages)
            .flat_map(EntryDump::messages);
        let known: HashSet<&str> = messages
            .filter_map(|message| message.serial.as_deref())
            .collect();
        let mut members = self.members.clone();
        let mut connections: HashMap<Option<String>, usize> = HashMap::new();
        for member in &mut members {
            member.to_binary_form()?;
            // Who was there twice is there twice.
            let again = connections.entry(member.client_id.clone()).or_default();
            member.connection_id = Some(match *again {
                0 => SEED_CONNECTION.to_owned(),
                again => format!("{SEED_CONNECTION}-{again}"),
            });
            *again += 1;
        }
        Ok(ChannelSeed {
            imported: self
                .entries
                .iter()
                .map(|entry| entry.transition(&known))
                .collect::<Result<_>>()?,
            members,
            steps: Vec::new(),
        })
    }
}

/// Returns whether a connectionId is that of a seeded or imported member. Those of clients have no dash.
pub(super) fn is_seed_connection(connection_id: &str) -> bool {
    connection_id
        .strip_prefix(SEED_CONNECTION)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

impl EntryDump {
    fn check(&self, now: Timestamp) -> std::result::Result<(), String> {
        let place = &self.serial;
        let is_position = serial::channel_part(place) == place && place.len() <= MAX_SERIAL;
        let Some(series) = Series::resumed(place).filter(|_| is_position) else {
            return Err(format!("'{place}' is no serial"));
        };
        if series.last_time().millis() > now.millis().saturating_add(MAX_AHEAD) {
            return Err("its time is in the future".to_owned());
        }
        let of_entry =
            |given: Option<&str>, index| given == Some(serial::of_message(place, index).as_str());
        let is_whole = match self.kind {
            EntryKind::Messages => {
                let mut messages = self.messages().enumerate();
                self.messages().next().is_some()
                    && messages.all(|(index, message)| of_entry(message.serial.as_deref(), index))
            }
            EntryKind::Version => self.version.as_ref().is_none_or(|message| {
                let version = message.version.as_ref();
                let version = version.and_then(|version| version.serial.as_deref());
                of_entry(version, 0) && message.serial.as_deref().is_some_and(serial::is_serial)
            }),
            EntryKind::Annotations => {
                let mut annotations = self.annotations().enumerate();
                self.annotations().next().is_some()
                    && annotations.all(|(index, annotation)| {
                        of_entry(annotation.serial.as_deref(), index)
                            && annotation.message_serial.is_some()
                    })
            }
            EntryKind::Presence => self
                .frames
                .first()
                .is_some_and(|frame| frame.presence.is_some()),
        };
        if is_whole {
            Ok(())
        } else {
            Err("what happened is not what its kind and its serial say".to_owned())
        }
    }

    /// Returns its messages.
    fn messages(&self) -> impl Iterator<Item = &Message> {
        let first = self.frames.first();
        first
            .into_iter()
            .flat_map(|frame| frame.messages.iter().flatten())
    }

    fn annotations(&self) -> impl Iterator<Item = &Annotation> {
        let first = self.frames.first();
        first
            .into_iter()
            .flat_map(|frame| frame.annotations.iter().flatten())
    }

    /// Returns the entry with its effect on a channel that has the messages that are `known`. Summaries are left to the
    /// import.
    fn transition(&self, known: &HashSet<&str>) -> Result<Transition> {
        let is_known = |serial: &Option<String>| {
            let serial = serial.as_deref();
            serial.is_some_and(|serial| known.contains(serial))
        };
        let effect = match self.kind {
            EntryKind::Messages => Effect::Messages,
            EntryKind::Presence => Effect::Presence,
            EntryKind::Version => match &self.version {
                Some(version) if is_known(&version.serial) => {
                    let mut version = Box::new(version.clone());
                    version.to_binary_form()?;
                    Effect::Version(version)
                }
                _ => Effect::Trace(self.kind),
            },
            EntryKind::Annotations => {
                if self
                    .annotations()
                    .any(|annotation| is_known(&annotation.message_serial))
                {
                    Effect::Annotations(Vec::new())
                } else {
                    Effect::Trace(self.kind)
                }
            }
        };
        let mut frames = Vec::with_capacity(self.frames.len());
        for frame in &self.frames {
            let mut frame = frame.clone();
            to_binary_form(&mut frame)?;
            frames.push(frame.into());
        }
        let entry = Entry {
            channel_serial: self.serial.clone(),
            frames,
            connection_id: self.connection_id.clone(),
            serials: Vec::new(),
            changed: None,
        };
        Ok(Transition { entry, effect })
    }
}

/// Gives everything in a frame the form that data has in memory.
///
/// # Errors
/// 40013 / 400 for text that is not base64.
pub(super) fn to_binary_form(frame: &mut ProtocolMessage) -> Result<()> {
    fn each<T: Payload>(items: &mut Option<Vec<T>>) -> Result<()> {
        items.iter_mut().flatten().try_for_each(T::to_binary_form)
    }
    each(&mut frame.messages)?;
    each(&mut frame.presence)?;
    each(&mut frame.annotations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn message(place: &str) -> EntryDump {
        serde_json::from_value(json!({
            "kind": "messages",
            "serial": place,
            "frames": [{"action": 15, "messages": [{"serial": format!("{place}:000"), "data": "hi"}]}],
        }))
        .unwrap()
    }

    fn channel(entries: Vec<EntryDump>) -> ChannelDump {
        ChannelDump {
            name: "c".to_owned(),
            entries,
            members: Vec::new(),
        }
    }

    const FIRST: &str = "01699999999000-000@locA";
    const SECOND: &str = "01699999999000-001@locB";

    #[test]
    fn consistent_dump_can_be_imported() {
        let good = channel(vec![message(FIRST), message(SECOND)]);
        good.check(NOW).unwrap();
        let again: ChannelDump =
            serde_json::from_str(&serde_json::to_string(&good).unwrap()).unwrap();
        assert_eq!(again, good);
        assert_eq!(good.to_seed().unwrap().imported.len(), 2);
    }

    #[test]
    fn faults_name_their_entry() {
        // Long, since it is a table of cases.
        let changed = |change: &dyn Fn(&mut EntryDump)| {
            let mut entry = message(SECOND);
            change(&mut entry);
            channel(vec![message(FIRST), entry])
        };
        let serial = |text: &str| changed(&|entry| entry.serial = text.to_owned());
        for (channel, words) in [
            (serial("soon"), "entry 2: 'soon' is no serial"),
            (serial(&format!("{SECOND}:000")), "is no serial"),
            (
                serial(&format!("{SECOND}{}", "x".repeat(99))),
                "is no serial",
            ),
            (
                channel(vec![message(SECOND), message(FIRST)]),
                "entry 2: its serial is not behind",
            ),
            (channel(vec![message(FIRST), message(FIRST)]), "not behind"),
            (
                channel(vec![message("01799999999000-000@locA")]),
                "entry 1: its time is in the future",
            ),
            (
                channel(vec![message("99999999999999-999@locA")]),
                "in the future",
            ),
            (serial("01699999999001-000@locB"), "what happened is not"),
            (
                changed(&|entry| entry.frames.clear()),
                "what happened is not",
            ),
            (
                changed(&|entry| entry.kind = EntryKind::Presence),
                "what happened is not",
            ),
            (
                changed(&|entry| entry.kind = EntryKind::Annotations),
                "what happened is not",
            ),
            (
                changed(&|entry| {
                    entry.kind = EntryKind::Version;
                    entry.version = Some(Message::default());
                }),
                "what happened is not",
            ),
            (
                changed(&|entry| {
                    let messages = entry.frames[0].messages.as_mut().unwrap();
                    messages[0].encoding = Some("base64".to_owned());
                    messages[0].data = Some(crate::chat_core::protocol::Data::Text("?".to_owned()));
                }),
                "base64",
            ),
        ] {
            let fault = channel.check(NOW).unwrap_err();
            assert!(fault.contains(words), "{words}: {fault}");
        }
        let crowd = ChannelDump {
            members: vec![PresenceMessage::default(); MAX_MEMBERS + 1],
            ..channel(Vec::new())
        };
        assert!(crowd.check(NOW).unwrap_err().contains("more than"));
        let unnamed = ChannelDump {
            members: vec![PresenceMessage::default()],
            ..channel(Vec::new())
        };
        assert!(unnamed.check(NOW).unwrap_err().contains("clientId"));
    }

    #[test]
    fn imported_members_are_on_seed_connections() {
        let member = |connection: &str, client: &str| PresenceMessage {
            id: Some(format!("{connection}:0:0")),
            connection_id: Some(connection.to_owned()),
            client_id: Some(client.to_owned()),
            ..PresenceMessage::default()
        };
        let past = ChannelDump {
            members: vec![member("a", "ann"), member("b", "ben"), member("c", "ann")],
            ..channel(Vec::new())
        };
        let members = past.to_seed().unwrap().members;
        let connections: Vec<_> = members
            .iter()
            .map(|member| member.connection_id.as_deref().unwrap())
            .collect();
        assert_eq!(connections, ["seed", "seed", "seed-1"]);
        assert_eq!(members[2].id.as_deref(), Some("c:0:0"));
        assert!(connections.iter().all(|id| is_seed_connection(id)));
        assert!(!is_seed_connection("seedling12"));
    }

    #[test]
    fn entries_about_deleted_messages_leave_a_trace() {
        let about = |place: &str, message: &str| -> EntryDump {
            serde_json::from_value(json!({
                "kind": "annotations",
                "serial": place,
                "frames": [{"action": 21, "annotations": [
                    {"serial": format!("{place}:000"), "messageSerial": message, "type": "reaction:flag.v1"},
                ]}],
            }))
            .unwrap()
        };
        let known = format!("{FIRST}:000");
        let past = channel(vec![
            message(FIRST),
            about(SECOND, &known),
            about("01699999999000-002@locB", "01600000000000-000@locA:000"),
        ]);
        past.check(NOW).unwrap();
        let past = past.to_seed().unwrap().imported;
        assert!(matches!(past[1].effect, Effect::Annotations(_)));
        assert!(matches!(
            past[2].effect,
            Effect::Trace(EntryKind::Annotations)
        ));
    }
}
