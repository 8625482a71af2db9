//! Going back to a beginning while subscribers stay: the channels are replanted, and whoever is attached is told that
//! what follows does not go on from what they know.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::channel::Attachment;
use super::{Hub, attach};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, PresenceMessage, ProtocolMessage, flags};
use crate::server::core::events::Event;
use crate::server::engine::{ChannelSeed, Snapshot};

impl Hub {
    /// Makes every channel what `plan` says, those that it does not name empty, and tells those who are attached: an
    /// ATTACHED without RESUMED, which SDKs take for a loss of continuity (RTL12), and the presence set.
    ///
    /// # Errors
    /// The store's; the channels before the one that it is about are replanted then.
    pub(crate) async fn reset(&self, mut plan: HashMap<String, ChannelSeed>) -> Result<()> {
        let mut names: BTreeSet<String> = self.store.channels().await?.into_iter().collect();
        names.extend(self.active());
        names.extend(plan.keys().cloned());
        for name in names {
            let planting = plan.remove(&name).unwrap_or_default();
            self.store.reset_to(&name, planting).await?;
            self.begin_again(&name).await?;
        }
        Ok(())
    }

    /// Makes channels what `plan` says that nothing is kept of. For a hub that nobody uses yet.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn plant(&self, plan: HashMap<String, ChannelSeed>) -> Result<()> {
        if plan.is_empty() {
            return Ok(());
        }
        let kept: HashSet<String> = self.store.channels().await?.into_iter().collect();
        for (name, planting) in plan {
            if !kept.contains(&name) {
                self.store.reset_to(&name, planting).await?;
            }
        }
        Ok(())
    }

    /// Tells those who are attached to a channel that it begins anew.
    async fn begin_again(&self, channel: &str) -> Result<()> {
        let Some(found) = self.find(channel) else {
            return Ok(());
        };
        loop {
            let Snapshot { head, members } = self.store.snapshot(channel).await?;
            let mut state = found.lock();
            if state.head > head {
                // Something was committed since the store was read: read once more.
                continue;
            }
            state.head.clone_from(&head);
            let error = ErrorInfo::new(90003, 400, "Continuity is lost: the app was reset");
            for attachment in state.attachments() {
                tell(attachment, channel, (&head, &error), &members);
                self.events.emit(Event::Discontinuity {
                    connection_id: attachment.subscriber.connection_id(),
                    channel,
                    error: &error,
                });
            }
            let wants_telling = state.somebody_wants_occupancy();
            drop(state);
            if wants_telling {
                self.mark_occupancy_dirty(channel);
            }
            return Ok(());
        }
    }
}

fn tell(
    attachment: &Attachment,
    channel: &str,
    (head, error): (&str, &ErrorInfo),
    members: &[PresenceMessage],
) {
    let mut bits = attachment.modes;
    let has_presence = bits & flags::PRESENCE_SUBSCRIBE != 0 && !members.is_empty();
    if has_presence {
        bits |= flags::HAS_PRESENCE;
    }
    let subscriber = Arc::clone(&attachment.subscriber);
    subscriber.send(&ProtocolMessage {
        channel_serial: Some(head.to_owned()),
        flags: Some(bits),
        error: Some(error.clone()),
        ..ProtocolMessage::on(Action::Attached, channel)
    });
    if has_presence {
        attach::sync(&subscriber, channel, head, members);
    }
}
