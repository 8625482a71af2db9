//! Checks of a seed before it is planted.

use std::collections::HashSet;

use super::{Seed, SeedMember, SeedMessage, SeedReaction, When, moment};
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::chat::message::{REACTION_TYPES, is_flat};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Annotation, names};
use crate::server::core::limits::{
    MAX_ANNOTATION_COUNT, MAX_ANNOTATION_NAME_SIZE, MAX_MESSAGE_SIZE,
};
use crate::server::engine::MAX_MEMBERS;
use crate::server::engine::fold::summary::Annotations;
use crate::server::engine::limits::{MAX_MEMBERS_SIZE, SummaryLimits};

impl Seed {
    /// Checks that it can be planted at `now`.
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
            let sizes = room.members.iter().map(|member| member.wire().size());
            if sizes.sum::<usize>() > MAX_MEMBERS_SIZE {
                let fault = format!("its members have more than {MAX_MEMBERS_SIZE} bytes together");
                return Err(fault_at(&format!("room '{}'", room.name), &fault));
            }
        }
        for channel in &self.channels {
            let place = format!("channel '{}'", channel.name);
            channel
                .check(now)
                .map_err(|fault| fault_at(&place, &fault))?;
        }
        self.check_names()
    }

    /// Refuses a channel that is both imported and filled anew.
    fn check_names(&self) -> Result<()> {
        let of_rooms = self.rooms.iter().map(|room| names::channel_of(&room.name));
        let mut taken: HashSet<String> = of_rooms.collect();
        for channel in &self.channels {
            if !taken.insert(channel.name.clone()) {
                let place = format!("channel '{}'", channel.name);
                return Err(fault_at(&place, "it is there twice"));
            }
        }
        Ok(())
    }
}

fn fault_at(place: &str, fault: &str) -> ErrorInfo {
    ErrorInfo::new(40003, 400, format!("Invalid seed: {place}: {fault}"))
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
    /// Checks that it can be planted at `now`.
    ///
    /// # Errors
    /// The fault, in words.
    pub fn check(&self, now: Timestamp) -> Result<(), String> {
        check_client(&self.client_id)?;
        check_when(self.when, now)?;
        let is_deleted = self.change.as_ref().is_some_and(|change| change.is_delete);
        if self.content.text.is_empty() && !is_deleted {
            return Err("its text is empty".to_owned());
        }
        if !is_flat(&self.content.headers) {
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
        self.reactions.iter().try_for_each(SeedReaction::check)?;
        let reactions: Vec<Annotation> = self
            .reactions
            .iter()
            .map(SeedReaction::annotation)
            .collect();
        Annotations::default()
            .check(reactions.iter(), SummaryLimits::default())
            .map_err(|error| error.message)
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
        if self.name.len() > MAX_ANNOTATION_NAME_SIZE {
            let length = self.name.len();
            return fault(format!(
                "its name has {length} bytes, of {MAX_ANNOTATION_NAME_SIZE} allowed"
            ));
        }
        match self.count {
            Some(_) if self.kind != "multiple" => fault("only 'multiple' has a count".to_owned()),
            Some(count) if count < 1 => fault("its count is below 1".to_owned()),
            Some(count) if count.unsigned_abs() > MAX_ANNOTATION_COUNT => {
                fault(format!("its count is above {MAX_ANNOTATION_COUNT}"))
            }
            _ => check_client(&self.client_id).or_else(fault),
        }
    }
}

impl SeedMember {
    /// Checks that it can be planted at `now`.
    ///
    /// # Errors
    /// The fault, in words.
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::core::seed::SeedRoom;
    use crate::server::core::seed::testing::message;
    use crate::server::engine::ChannelDump;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn room(messages: Vec<SeedMessage>, members: Vec<SeedMember>) -> Seed {
        Seed {
            rooms: vec![SeedRoom {
                name: "lobby".to_owned(),
                messages,
                members,
            }],
            ..Seed::default()
        }
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

    #[test]
    fn a_channel_is_there_once() {
        let channel = |name: &str| ChannelDump {
            name: name.to_owned(),
            ..ChannelDump::default()
        };
        let mut seed = room(vec![message("a", 0)], vec![]);
        seed.channels = vec![channel("lobby"), channel("other")];
        seed.check(NOW).unwrap();
        for twice in ["other", "lobby::$chat"] {
            seed.channels.push(channel(twice));
            let error = seed.check(NOW).unwrap_err();
            assert!(error.message.contains("there twice"), "{error}");
            assert!(error.message.contains(twice), "{error}");
            seed.channels.pop();
        }
        seed.channels = vec![channel("")];
        assert_eq!(seed.check(NOW).unwrap_err().code, 40003);
    }
}
