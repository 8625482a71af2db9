//! The presence set: members by `connectionId:clientId`.

use std::collections::{BTreeMap, BTreeSet};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{PresenceAction, PresenceMessage};

/// The members of a channel, each as its last enter or update.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(BTreeMap<String, PresenceMessage>);

impl Members {
    /// The set of these members.
    pub(crate) fn of(members: impl IntoIterator<Item = PresenceMessage>) -> Self {
        let keyed = members.into_iter().map(|member| (key_of(&member), member));
        Self(keyed.collect())
    }

    /// Follows what was told of members that came, changed or went.
    pub(crate) fn follow(&mut self, told: &PresenceMessage) {
        match told.action {
            Some(PresenceAction::Leave) => {
                self.0.remove(&key_of(told));
            }
            _ => {
                self.0.insert(key_of(told), told.clone());
            }
        }
    }

    /// Lets members come, change and go, and gives what is to be told of it, in order.
    ///
    /// # Errors
    /// 91003 / 400 if there would be more than `limit` members; nothing has happened then.
    pub(crate) fn apply(
        &mut self,
        messages: Vec<PresenceMessage>,
        id: &str,
        connection_id: Option<&str>,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<PresenceMessage>> {
        let connection_id = connection_id.unwrap_or_default();
        let coming: BTreeSet<String> = messages
            .iter()
            .filter(|message| {
                !matches!(
                    message.action,
                    Some(PresenceAction::Leave | PresenceAction::Absent)
                )
            })
            .map(|message| {
                key(
                    message.connection_id.as_deref().unwrap_or(connection_id),
                    message.client_id.as_deref(),
                )
            })
            .filter(|key| !self.0.contains_key(key))
            .collect();
        if !coming.is_empty() && self.0.len() + coming.len() > limit {
            return Err(ErrorInfo::new(
                91003,
                400,
                format!("Maximum member limit exceeded: {limit} members"),
            ));
        }
        let mut told = Vec::new();
        for (index, mut message) in messages.into_iter().enumerate() {
            message.id.get_or_insert_with(|| format!("{id}:{index}"));
            message.timestamp = Some(now.millis());
            message
                .connection_id
                .get_or_insert_with(|| connection_id.to_owned());
            told.extend(self.apply_one(message));
        }
        Ok(told)
    }

    /// Lets members of a connection go, each told as who was there.
    pub(crate) fn let_go(
        &mut self,
        client_ids: &[String],
        connection_id: &str,
        id: &str,
        now: Timestamp,
    ) -> Vec<PresenceMessage> {
        let gone = client_ids
            .iter()
            .filter_map(|client_id| self.0.remove(&key(connection_id, Some(client_id))));
        gone.enumerate()
            .map(|(index, member)| PresenceMessage {
                id: Some(format!("{id}:{index}")),
                action: Some(PresenceAction::Leave),
                timestamp: Some(now.millis()),
                ..member
            })
            .collect()
    }

    fn apply_one(&mut self, mut message: PresenceMessage) -> Option<PresenceMessage> {
        let key = key_of(&message);
        let member = self.0.get(&key);
        match message.action.unwrap_or_default() {
            PresenceAction::Enter | PresenceAction::Update | PresenceAction::Present => {
                message.action = Some(if member.is_some() {
                    PresenceAction::Update
                } else {
                    PresenceAction::Enter
                });
                self.0.insert(key, message.clone());
                Some(message)
            }
            PresenceAction::Leave => {
                let member = self.0.remove(&key)?;
                if message.data.is_none() {
                    // Who is gone is told as who was there.
                    message.data = member.data;
                    message.encoding = member.encoding;
                }
                Some(message)
            }
            PresenceAction::Absent | PresenceAction::Unknown(_) => None,
        }
    }

    /// The members, as they are told to those who come later.
    pub(crate) fn present(&self) -> Vec<PresenceMessage> {
        self.0
            .values()
            .map(|member| PresenceMessage {
                action: Some(PresenceAction::Present),
                ..member.clone()
            })
            .collect()
    }
}

/// What a member is known by.
pub(crate) fn key_of(member: &PresenceMessage) -> String {
    key(
        member.connection_id.as_deref().unwrap_or_default(),
        member.client_id.as_deref(),
    )
}

fn key(connection_id: &str, client_id: Option<&str>) -> String {
    format!("{connection_id}:{}", client_id.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::Data;

    fn message(action: PresenceAction, client_id: &str, data: Option<&str>) -> PresenceMessage {
        PresenceMessage {
            action: Some(action),
            client_id: Some(client_id.to_owned()),
            data: data.map(|data| Data::Text(data.to_owned())),
            ..PresenceMessage::default()
        }
    }

    fn apply(members: &mut Members, message: PresenceMessage) -> Vec<PresenceMessage> {
        members
            .apply(vec![message], "c:0", Some("c"), Timestamp(5), 2)
            .unwrap()
    }

    #[test]
    fn members_enter_once_update_and_leave_with_their_last_data() {
        let mut members = Members::default();
        let told = apply(
            &mut members,
            message(PresenceAction::Update, "a", Some("1")),
        );
        assert_eq!(
            (told[0].action, told[0].id.as_deref()),
            (Some(PresenceAction::Enter), Some("c:0:0"))
        );
        let told = apply(&mut members, message(PresenceAction::Enter, "a", Some("2")));
        assert_eq!(told[0].action, Some(PresenceAction::Update));
        assert_eq!(members.present()[0].action, Some(PresenceAction::Present));
        let told = apply(&mut members, message(PresenceAction::Leave, "a", None));
        assert_eq!(told[0].data, Some(Data::Text("2".to_owned())));
        assert!(members.present().is_empty());
        assert!(apply(&mut members, message(PresenceAction::Leave, "a", None)).is_empty());
    }

    #[test]
    fn who_follows_what_is_told_knows_the_members() {
        let (mut members, mut follower) = (Members::default(), Members::default());
        for (action, client_id) in [
            (PresenceAction::Enter, "a"),
            (PresenceAction::Enter, "b"),
            (PresenceAction::Update, "a"),
            (PresenceAction::Leave, "b"),
        ] {
            for told in apply(&mut members, message(action, client_id, Some("x"))) {
                follower.follow(&told);
            }
            assert_eq!(follower.present(), members.present());
        }
        assert_eq!(Members::of(members.present()).present(), members.present());
    }

    #[test]
    fn too_many_members_are_refused_whole() {
        let mut members = Members::default();
        let three = ["a", "b", "c"]
            .map(|id| message(PresenceAction::Enter, id, None))
            .to_vec();
        let error = members
            .apply(three, "c:0", Some("c"), Timestamp(5), 2)
            .unwrap_err();
        assert_eq!(error.code, 91003);
        assert!(members.present().is_empty());
    }
}
