//! The presence set: members by `connectionId:clientId`.

use std::collections::{BTreeMap, BTreeSet};

use super::touched::Touched;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{PresenceAction, PresenceMessage};
use crate::server::engine::limits::ChannelRules;

/// The members of a channel, each as its last enter or update.
#[derive(Clone, Debug, Default)]
pub(crate) struct PresenceSet {
    members: BTreeMap<String, PresenceMessage>,
    /// The size of all members, in bytes.
    size: usize,
}

impl PresenceSet {
    /// Returns the set of these members.
    pub(crate) fn of(members: impl IntoIterator<Item = PresenceMessage>) -> Self {
        let mut set = Self::default();
        for member in members {
            set.insert(member);
        }
        set
    }

    /// Follows a member that entered, updated or left.
    pub(crate) fn follow(&mut self, told: &PresenceMessage) {
        match told.action {
            Some(PresenceAction::Leave) => {
                let left = self.members.remove(&key_of(told));
                self.size -= left.as_ref().map_or(0, size_of);
            }
            _ => self.insert(told.clone()),
        }
    }

    fn insert(&mut self, member: PresenceMessage) {
        self.size += size_of(&member);
        let earlier = self.members.insert(key_of(&member), member);
        self.size -= earlier.as_ref().map_or(0, size_of);
    }

    /// Returns the size of all members, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Returns the member with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&PresenceMessage> {
        self.members.get(key)
    }

    /// Returns the number of members.
    pub(crate) fn count(&self) -> usize {
        self.members.len()
    }

    /// Returns the members, as they are told to those who come later.
    pub(crate) fn present(&self) -> Vec<PresenceMessage> {
        self.members
            .values()
            .map(|member| PresenceMessage {
                action: Some(PresenceAction::Present),
                ..member.clone()
            })
            .collect()
    }
}

/// Lets members enter, update and leave, and returns what is told of it, in order.
///
/// # Errors
/// 91003 / 400 if there would be more members than `rules` allow, 91006 / 400 if they would be too large together; nothing
/// has changed then.
pub(super) fn apply(
    messages: Vec<PresenceMessage>,
    touched: &mut Touched,
    id: &str,
    connection_id: Option<&str>,
    rules: ChannelRules,
) -> Result<Vec<PresenceMessage>> {
    let connection_id = connection_id.unwrap_or_default();
    let limit = rules.max_members;
    // The members as they would be in the end, by key: `None` for those that leave.
    let mut after: BTreeMap<String, Option<usize>> = BTreeMap::new();
    let mut entering: BTreeSet<String> = BTreeSet::new();
    for message in &messages {
        let key = key_on(connection_id, message);
        match message.action.unwrap_or_default() {
            PresenceAction::Absent | PresenceAction::Unknown(_) => {}
            PresenceAction::Leave => {
                after.insert(key, None);
            }
            _ => {
                if !touched.members.contains_key(&key) {
                    entering.insert(key.clone());
                }
                after.insert(key, Some(size_of(message)));
            }
        }
    }
    if !entering.is_empty() && touched.member_count + entering.len() > limit {
        return Err(ErrorInfo::new(
            91003,
            400,
            format!("Maximum member limit exceeded: {limit} members"),
        ));
    }
    let held = |key: &String| touched.members.get(key).map_or(0, size_of);
    let before: usize = after.keys().map(held).sum();
    let size: usize = after.values().flatten().sum();
    let limit = rules.members_size;
    if size > before && touched.members_size - before + size > limit {
        return Err(ErrorInfo::new(
            91006,
            400,
            format!("Maximum presence set size exceeded: {limit} bytes"),
        ));
    }
    let mut told = Vec::new();
    for (index, mut message) in messages.into_iter().enumerate() {
        message.id.get_or_insert_with(|| format!("{id}:{index}"));
        message
            .connection_id
            .get_or_insert_with(|| connection_id.to_owned());
        told.extend(apply_one(message, touched));
    }
    Ok(told)
}

fn apply_one(mut message: PresenceMessage, touched: &mut Touched) -> Option<PresenceMessage> {
    let key = key_of(&message);
    match message.action.unwrap_or_default() {
        PresenceAction::Enter | PresenceAction::Update | PresenceAction::Present => {
            let is_present = touched.members.contains_key(&key);
            message.action = Some(if is_present {
                PresenceAction::Update
            } else {
                PresenceAction::Enter
            });
            touched.member_count += usize::from(!is_present);
            touched.members_size += size_of(&message);
            let earlier = touched.members.insert(key, message.clone());
            touched.members_size -= earlier.as_ref().map_or(0, size_of);
            Some(message)
        }
        PresenceAction::Leave => {
            let member = take(touched, &key)?;
            if message.data.is_none() {
                // A leave without data is told with the member's last.
                message.data = member.data;
                message.encoding = member.encoding;
            }
            Some(message)
        }
        PresenceAction::Absent | PresenceAction::Unknown(_) => None,
    }
}

/// Removes members of a connection, each told with its last data.
pub(super) fn remove(
    client_ids: &[String],
    touched: &mut Touched,
    id: &str,
    connection_id: Option<&str>,
) -> Vec<PresenceMessage> {
    let connection_id = connection_id.unwrap_or_default();
    let removed = client_ids
        .iter()
        .filter_map(|client_id| take(touched, &key(connection_id, Some(client_id))));
    removed
        .enumerate()
        .map(|(index, member)| PresenceMessage {
            id: Some(format!("{id}:{index}")),
            action: Some(PresenceAction::Leave),
            ..member
        })
        .collect()
}

fn take(touched: &mut Touched, key: &str) -> Option<PresenceMessage> {
    let member = touched.members.remove(key)?;
    touched.member_count = touched.member_count.saturating_sub(1);
    touched.members_size = touched.members_size.saturating_sub(size_of(&member));
    Some(member)
}

/// Returns the size of a member as it is told, in bytes, about.
fn size_of(member: &PresenceMessage) -> usize {
    const OVERHEAD: usize = 64;
    OVERHEAD + member.size()
}

/// Returns the key of a member.
pub(crate) fn key_of(member: &PresenceMessage) -> String {
    key_on("", member)
}

/// Returns the key of a member that is on `connection_id` unless it says otherwise.
pub(crate) fn key_on(connection_id: &str, member: &PresenceMessage) -> String {
    key(
        member.connection_id.as_deref().unwrap_or(connection_id),
        member.client_id.as_deref(),
    )
}

/// Returns the key of the member `client_id` on a connection.
pub(crate) fn key(connection_id: &str, client_id: Option<&str>) -> String {
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

    fn rules() -> ChannelRules {
        ChannelRules {
            max_members: 2,
            members_size: 400,
            ..ChannelRules::default()
        }
    }

    fn apply(touched: &mut Touched, message: PresenceMessage) -> Vec<PresenceMessage> {
        super::apply(vec![message], touched, "c:0", Some("c"), rules()).unwrap()
    }

    #[test]
    fn members_enter_once_update_and_leave_with_their_last_data() {
        let mut touched = Touched::default();
        let told = apply(
            &mut touched,
            message(PresenceAction::Update, "a", Some("1")),
        );
        assert_eq!(
            (told[0].action, told[0].id.as_deref()),
            (Some(PresenceAction::Enter), Some("c:0:0"))
        );
        let told = apply(&mut touched, message(PresenceAction::Enter, "a", Some("2")));
        assert_eq!(told[0].action, Some(PresenceAction::Update));
        let members = PresenceSet::of(touched.members.values().cloned());
        assert_eq!(members.present()[0].action, Some(PresenceAction::Present));
        let told = apply(&mut touched, message(PresenceAction::Leave, "a", None));
        assert_eq!(told[0].data, Some(Data::Text("2".to_owned())));
        assert!(touched.members.is_empty());
        assert!(apply(&mut touched, message(PresenceAction::Leave, "a", None)).is_empty());
    }

    #[test]
    fn following_what_is_told_gives_the_members() {
        let (mut touched, mut follower) = (Touched::default(), PresenceSet::default());
        for (action, client_id) in [
            (PresenceAction::Enter, "a"),
            (PresenceAction::Enter, "b"),
            (PresenceAction::Update, "a"),
            (PresenceAction::Leave, "b"),
        ] {
            for told in apply(&mut touched, message(action, client_id, Some("x"))) {
                follower.follow(&told);
            }
            let members = PresenceSet::of(touched.members.values().cloned());
            assert_eq!(follower.present(), members.present());
            assert_eq!(follower.count(), touched.member_count);
        }
        assert_eq!(
            PresenceSet::of(follower.present()).present(),
            follower.present()
        );
    }

    #[test]
    fn too_many_members_are_refused_whole() {
        let mut touched = Touched::default();
        let three = ["a", "b", "c"]
            .map(|id| message(PresenceAction::Enter, id, None))
            .to_vec();
        let error = super::apply(three, &mut touched, "c:0", Some("c"), rules()).unwrap_err();
        assert_eq!(error.code, 91003);
        assert!(touched.members.is_empty());
    }

    #[test]
    fn members_that_are_too_large_together_are_refused_whole() {
        let mut touched = Touched::default();
        let data = |length: usize| Some("x".repeat(length));
        let enter = |client_id: &str, length: usize| {
            vec![message(
                PresenceAction::Enter,
                client_id,
                data(length).as_deref(),
            )]
        };
        let mut apply = |messages| {
            let done = super::apply(messages, &mut touched, "c:0", Some("c"), rules());
            let set = PresenceSet::of(touched.members.values().cloned());
            assert_eq!(set.size(), touched.members_size);
            done
        };
        apply(enter("a", 200)).unwrap();
        let error = apply(enter("b", 200)).unwrap_err();
        assert_eq!((error.code, error.status_code), (91006, 400));
        apply(enter("a", 10)).unwrap();
        apply(enter("b", 200)).unwrap();
        assert_eq!(apply(enter("b", 300)).unwrap_err().code, 91006);
        let moved = [
            message(PresenceAction::Leave, "b", None),
            message(PresenceAction::Enter, "a", data(250).as_deref()),
        ];
        apply(moved.to_vec()).unwrap();
    }
}
