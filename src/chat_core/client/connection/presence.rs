//! The members that this connection has entered, to be entered again when the service may have forgotten them (RTP17).

use std::collections::BTreeMap;

use crate::chat_core::protocol::{PresenceAction, PresenceMessage};

/// Own members: channel to clientId (empty for the connection's own) to the last enter or update.
#[derive(Default)]
pub(super) struct OwnMembers(BTreeMap<String, Entered>);

#[derive(Default)]
struct Entered {
    members: BTreeMap<String, PresenceMessage>,
    /// The connection that they are known under.
    connection: Option<String>,
}

impl OwnMembers {
    /// Notes what is published about own members.
    pub(super) fn note(&mut self, channel: &str, published: &[PresenceMessage]) {
        let entered = self.0.entry(channel.to_owned()).or_default();
        for member in published {
            let who = member.client_id.clone().unwrap_or_default();
            if member.action == Some(PresenceAction::Leave) {
                entered.members.remove(&who);
            } else {
                let again = PresenceMessage {
                    action: Some(PresenceAction::Enter),
                    ..member.clone()
                };
                entered.members.insert(who, again);
            }
        }
        if entered.members.is_empty() {
            self.0.remove(channel);
        }
    }

    /// The members that `connection`, attached just now, must enter again: all of them unless it is still the one
    /// that entered them and nothing was lost (RTP17i).
    pub(super) fn enter_again(
        &mut self,
        channel: &str,
        connection: &str,
        resumed: bool,
    ) -> Option<Vec<PresenceMessage>> {
        let entered = self.0.get_mut(channel)?;
        let is_same = entered.connection.as_deref() == Some(connection);
        let is_first = entered.connection.is_none();
        entered.connection = Some(connection.to_owned());
        // What was published before the first attachment is on its way by itself.
        let is_known = is_first || (is_same && resumed);
        (!is_known).then(|| entered.members.values().cloned().collect())
    }

    /// Notes under which connection the members of `channel` are known.
    pub(super) fn known_under(&mut self, channel: &str, connection: Option<&str>) {
        if let (Some(entered), Some(connection)) = (self.0.get_mut(channel), connection) {
            entered
                .connection
                .get_or_insert_with(|| connection.to_owned());
        }
    }
}
