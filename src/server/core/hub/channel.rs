//! One channel: its attachments, and the fan-out to them.

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::occupancy::{self, WantedMetrics};
use super::subscriber::{Granted, Subscriber};
use super::sync;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, ChannelModes, PresenceMessage, ProtocolMessage, flags};
use crate::server::core::events::{Event, Events};
use crate::server::core::frame::SharedFrame;
use crate::server::core::limits::MAX_HELD_SIZE;
use crate::server::core::tally::Tally;
use crate::server::engine::{AppEngine, ChannelOccupancy, Entry, Ephemeral, Snapshot, serial};

/// The attachments of a channel, and the position that it was told up to.
#[derive(Default)]
pub(super) struct HubChannel {
    state: Mutex<Attachments>,
    /// Set once the engine tells of the channel.
    followed: OnceCell<()>,
}

#[derive(Default)]
pub(super) struct Attachments {
    /// The position of the newest entry that the engine told.
    pub(super) head: String,
    attachments: Vec<Attachment>,
    /// The index of each subscriber's attachment.
    places: HashMap<u64, usize>,
    /// The number of attachments that want to be told of the occupancy.
    wanting: usize,
    /// Attachments that are under way: the channel is not dropped as unused meanwhile.
    pending: usize,
    /// Whether the channel was dropped: there may be another one by its name.
    is_dropped: bool,
    /// The occupancy that was told last.
    told: Option<ChannelOccupancy>,
}

/// A subscriber's attachment to a channel.
pub(super) struct Attachment {
    pub(super) subscriber: Arc<dyn Subscriber>,
    /// The granted modes, as flag bits.
    pub(super) modes: ChannelModes,
    /// The occupancy metrics that it wants.
    pub(super) occupancy: Option<WantedMetrics>,
    /// Whether it was told the occupancy at least once.
    pub(super) knows_occupancy: bool,
    /// Its position, as long as the engine has not told beyond it: what is told up to there, it has.
    pub(super) after: Option<Box<str>>,
    /// Frames that are not kept, for as long as it is catching up: what is kept, it reads.
    pub(super) held: Option<Held>,
}

/// The frames that wait for an attachment that is catching up.
#[derive(Default)]
pub(super) struct Held {
    frames: Vec<HeldFrame>,
    /// The bytes of those that others get, too, about.
    size: usize,
    /// Whether they begin with the beginning of the channel anew.
    pub(super) is_anew: bool,
}

impl Held {
    /// Adds a frame of its own.
    fn push(&mut self, frame: ProtocolMessage) {
        self.frames.push(HeldFrame::Own(Box::new(frame)));
    }

    /// Adds a frame of about `size` bytes that others get, too, unless there are too many.
    fn push_shared(&mut self, frame: &Arc<ProtocolMessage>, size: usize) {
        if self.size + size <= MAX_HELD_SIZE {
            self.size += size;
            self.frames.push(HeldFrame::Shared(Arc::clone(frame)));
        }
    }

    /// Takes all of them.
    pub(super) fn take(&mut self) -> Vec<HeldFrame> {
        self.size = 0;
        std::mem::take(&mut self.frames)
    }
}

/// The result of a delivery to the attachments of a channel.
#[derive(Clone, Copy)]
pub(super) struct Delivery {
    /// The number of frames that went to attachments.
    pub(super) delivered: usize,
    /// The number of frames that did not: for the attachment's modes, or because they were its own.
    pub(super) skipped: usize,
    /// The messages that went to attachments, where they are counted.
    pub(super) tally: Tally,
}

/// A frame that waits for an attachment that is catching up.
pub(super) enum HeldFrame {
    /// One that others get, too.
    Shared(Arc<ProtocolMessage>),
    /// One for this attachment.
    Own(Box<ProtocolMessage>),
}

impl HubChannel {
    pub(super) fn lock(&self) -> MutexGuard<'_, Attachments> {
        self.state.lock()
    }

    /// Has `app` tell of the channel called `name`, once for all attachments.
    pub(super) async fn follow(&self, app: &dyn AppEngine, name: &str) -> Result<()> {
        let follow = async || {
            let position = app.follow(name).await?;
            let mut state = self.lock();
            // Entries may have been told already.
            if state.head < position {
                state.head = position;
            }
            Ok(())
        };
        self.followed.get_or_try_init(follow).await?;
        Ok(())
    }

    /// Returns whether the engine tells of the channel.
    pub(super) fn is_followed(&self) -> bool {
        self.followed.initialized()
    }
}

impl Attachments {
    /// Gives `entry` to every attachment that may have it and does not yet, each format encoded once.
    pub(super) fn deliver(&mut self, entry: &Entry, counts: bool) -> Delivery {
        if self.head < entry.channel_serial {
            self.head.clone_from(&entry.channel_serial);
        }
        self.tell(entry, true, counts)
    }

    /// Stamps an ephemeral publish with the position and the time of the channel, and gives it to every attachment.
    pub(super) fn deliver_ephemeral(
        &mut self,
        name: &str,
        message: Ephemeral,
        now: Timestamp,
        counts: bool,
    ) -> Delivery {
        let time = serial::time_of(&self.head).map_or(now, |head| head.max(now));
        let entry = message.entry(name, self.head.clone(), time);
        self.tell(&entry, false, counts)
    }

    fn tell(&mut self, entry: &Entry, is_kept: bool, counts: bool) -> Delivery {
        let mut delivered = 0;
        let mut tally = Tally::default();
        for message in &entry.frames {
            let before = delivered;
            let frame = SharedFrame::new(Arc::clone(message));
            let mode = mode_of(message);
            // Messages alone are kept from their author by echo=false; presence and summaries are for everybody.
            let author = entry
                .connection_id
                .as_deref()
                .filter(|_| message.action == Action::Message && message.connection_id.is_some());
            for attachment in &mut self.attachments {
                if !attachment.modes.contains(mode)
                    || (is_kept && !attachment.passes(&entry.channel_serial))
                {
                    continue;
                }
                let subscriber = &attachment.subscriber;
                if author.is_some()
                    && !subscriber.wants_echo()
                    && author == Some(subscriber.connection_id())
                {
                    continue;
                }
                match &mut attachment.held {
                    None => subscriber.deliver(&frame),
                    // It is read when its turn comes.
                    Some(_) if is_kept => {}
                    Some(held) => held.push_shared(message, entry.size()),
                }
                delivered += 1;
            }
            if counts {
                let times = u64::try_from(delivered - before).unwrap_or(u64::MAX);
                tally.add(Tally::of_frame(message), times);
            }
        }
        Delivery {
            tally,
            delivered,
            skipped: entry.frames.len() * self.attachments.len() - delivered,
        }
    }

    /// Tells every attachment that the channel begins anew: an ATTACHED without RESUMED, which SDKs take for a loss of
    /// continuity (RTL12), and the presence set.
    pub(super) fn begin_anew(&mut self, name: &str, now: &Snapshot, events: &Events) {
        self.head.clone_from(&now.head);
        let error = ErrorInfo::new(90003, 400, "Continuity is lost: the app was reset");
        for attachment in &mut self.attachments {
            attachment.begin_anew(name, &now.head, &now.members, &error);
            events.emit(Event::Discontinuity {
                connection_id: attachment.subscriber.connection_id(),
                channel: name,
                error: &error,
            });
        }
    }

    /// Puts an attachment in, in the place of the subscriber's earlier one.
    pub(super) fn put(&mut self, attachment: Attachment) {
        let number = attachment.subscriber.number();
        self.wanting += usize::from(attachment.occupancy.is_some());
        if let Some(place) = self.places.get(&number) {
            let earlier = std::mem::replace(&mut self.attachments[*place], attachment);
            self.wanting -= usize::from(earlier.occupancy.is_some());
        } else {
            self.places.insert(number, self.attachments.len());
            self.attachments.push(attachment);
        }
    }

    /// Changes what the attachment of the subscriber with this number gets, and tells it so.
    pub(super) fn change(&mut self, number: u64, name: &str, granted: &Granted) {
        let head = self.head.clone();
        let Some(attachment) = self.find(number) else {
            return;
        };
        let earlier = std::mem::replace(&mut attachment.occupancy, granted.occupancy);
        if earlier != granted.occupancy {
            attachment.knows_occupancy = false;
        }
        attachment.modes = granted.modes;
        attachment.send(ProtocolMessage {
            channel_serial: Some(head),
            flags: Some(granted.modes.bits() | flags::RESUMED),
            params: Some(granted.params.clone()).filter(|params| !params.is_empty()),
            ..ProtocolMessage::on(Action::Attached, name)
        });
        self.wanting += usize::from(granted.occupancy.is_some());
        self.wanting -= usize::from(earlier.is_some());
    }

    /// Returns the attachment of the subscriber with this number.
    pub(super) fn find(&mut self, number: u64) -> Option<&mut Attachment> {
        let place = self.places.get(&number)?;
        self.attachments.get_mut(*place)
    }

    /// Removes the attachment of the subscriber with this number.
    pub(super) fn remove(&mut self, number: u64) {
        let Some(place) = self.places.remove(&number) else {
            return;
        };
        let removed = self.attachments.swap_remove(place);
        self.wanting -= usize::from(removed.occupancy.is_some());
        if let Some(moved) = self.attachments.get(place) {
            self.places.insert(moved.subscriber.number(), place);
        }
    }

    /// Notes that an attachment is under way, or no longer.
    pub(super) fn count_pending(&mut self, is_begun: bool) {
        if is_begun {
            self.pending += 1;
        } else {
            self.pending -= 1;
        }
    }

    /// Drops the channel if it has no attachment and none is under way; returns whether it was dropped.
    pub(super) fn drop_if_unused(&mut self) -> bool {
        self.is_dropped = self.attachments.is_empty() && self.pending == 0;
        self.is_dropped
    }

    /// Returns whether there is one attachment alone.
    pub(super) fn is_single(&self) -> bool {
        self.attachments.len() == 1
    }

    pub(super) fn is_dropped(&self) -> bool {
        self.is_dropped
    }

    /// Returns how many attachments there are.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.attachments.len()
    }

    /// Returns whether an attachment wants to be told of the occupancy.
    pub(super) fn wants_occupancy(&self) -> bool {
        self.wanting > 0
    }

    /// Returns the numbers of attached connections, each counted once with all that it may do; members are the engine's to
    /// count.
    pub(super) fn occupancy(&self) -> ChannelOccupancy {
        let attachments = || self.attachments.iter();
        let is_alone =
            |it: &Attachment| it.subscriber.number() == it.subscriber.connection_number();
        if attachments().all(is_alone) {
            return occupancy_of(attachments().map(|attachment| attachment.modes));
        }
        let mut modes: HashMap<u64, ChannelModes> = HashMap::new();
        for attachment in attachments() {
            let number = attachment.subscriber.connection_number();
            *modes.entry(number).or_insert(ChannelModes::empty()) |= attachment.modes;
        }
        occupancy_of(modes.into_values())
    }

    /// Tells those who want it, unless they were told the same; returns how many were told.
    pub(super) fn tell_occupancy(
        &mut self,
        channel: &str,
        occupancy: &ChannelOccupancy,
        now: i64,
    ) -> u64 {
        let mut told = 0;
        let is_news = self.told.as_ref() != Some(occupancy);
        let position = self.head.clone();
        for attachment in &mut self.attachments {
            let Some(wanted) = attachment.occupancy else {
                continue;
            };
            if is_news || !attachment.knows_occupancy {
                attachment.knows_occupancy = true;
                let event = occupancy::event(occupancy, channel, wanted, &position, now);
                attachment.send(event);
                told += 1;
            }
        }
        self.told = Some(occupancy.clone());
        told
    }
}

impl Attachment {
    /// Tells it that continuity is lost, and where it goes on, in the place of all that waits for it.
    pub(super) fn begin_anew(
        &mut self,
        name: &str,
        head: &str,
        members: &[PresenceMessage],
        error: &ErrorInfo,
    ) {
        if let Some(held) = &mut self.held {
            *held = Held {
                is_anew: true,
                ..Held::default()
            };
        }
        let mut bits = self.modes.bits();
        let has_presence =
            self.modes.contains(ChannelModes::PRESENCE_SUBSCRIBE) && !members.is_empty();
        if has_presence {
            bits |= flags::HAS_PRESENCE;
        }
        self.send(ProtocolMessage {
            channel_serial: Some(head.to_owned()),
            flags: Some(bits),
            error: Some(error.clone()),
            ..ProtocolMessage::on(Action::Attached, name)
        });
        if has_presence {
            sync::pages(name, head, members).for_each(|page| self.send(page));
        }
    }

    /// Sends it a message of its own, behind its backlog.
    pub(super) fn send(&mut self, message: ProtocolMessage) {
        match &mut self.held {
            None => self.subscriber.send(&message),
            Some(held) => held.push(message),
        }
    }

    /// Returns whether an entry at `position` is beyond its own.
    fn passes(&mut self, position: &str) -> bool {
        match &self.after {
            Some(after) if position <= &**after => false,
            Some(_) => {
                self.after = None;
                true
            }
            None => true,
        }
    }
}

/// Returns the occupancy by connections with these modes.
fn occupancy_of(connections: impl Iterator<Item = ChannelModes>) -> ChannelOccupancy {
    let mut occupancy = ChannelOccupancy::default();
    for modes in connections {
        let with = |mode: ChannelModes| usize::from(modes.contains(mode));
        occupancy.connections += 1;
        occupancy.publishers += with(ChannelModes::PUBLISH);
        occupancy.subscribers += with(ChannelModes::SUBSCRIBE);
        occupancy.presence_connections += with(ChannelModes::PRESENCE);
        occupancy.presence_subscribers += with(ChannelModes::PRESENCE_SUBSCRIBE);
    }
    occupancy
}

/// Returns the mode that an attachment must have to get `message`.
pub(super) fn mode_of(message: &ProtocolMessage) -> ChannelModes {
    match message.action {
        Action::Presence => ChannelModes::PRESENCE_SUBSCRIBE,
        Action::Annotation => ChannelModes::ANNOTATION_SUBSCRIBE,
        _ => ChannelModes::SUBSCRIBE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ephemeral_messages_that_wait_are_bounded() {
        let mut held = Held::default();
        let shared = Arc::new(ProtocolMessage::on(Action::Message, "c"));
        for _ in 0..10 {
            held.push_shared(&shared, MAX_HELD_SIZE / 4);
        }
        assert_eq!(held.frames.len(), 4);
        // What is for this attachment alone is not dropped.
        held.push(ProtocolMessage::on(Action::Attached, "c"));
        assert_eq!(held.take().len(), 5);
    }
}
