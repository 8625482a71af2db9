//! One channel: its attachments and the fan-out to them.

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::Arc;

use super::Subscriber;
use super::occupancy::{Occupancy, Wanted};
use crate::chat_core::protocol::{Action, ProtocolMessage, flags};
use crate::server::core::frame::SharedFrame;
use crate::server::engine::Entry;

/// Who is attached to a channel, and up to where they know it.
#[derive(Default)]
pub(super) struct Channel {
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// The position of the newest entry that was delivered.
    pub(super) head: String,
    attachments: Vec<Attachment>,
    places: HashMap<u64, usize>,
    /// The occupancy that was told last.
    told: Option<Occupancy>,
}

/// A subscriber's place in a channel.
pub(super) struct Attachment {
    pub(super) subscriber: Arc<dyn Subscriber>,
    /// The granted modes, as flag bits.
    pub(super) modes: u64,
    /// What it wants to know of the occupancy.
    pub(super) occupancy: Option<Wanted>,
    /// Whether it was told the occupancy at least once.
    pub(super) knows_occupancy: bool,
}

impl Channel {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Gives `entry` to every attachment that may have it, each format encoded once.
    pub(super) fn deliver(&self, entry: &Entry) -> Delivery {
        let mut state = self.lock();
        if state.head < entry.channel_serial {
            state.head.clone_from(&entry.channel_serial);
        }
        let mut delivered = 0;
        for message in &entry.frames {
            let frame = SharedFrame::new(Arc::clone(message));
            let mode = mode_of(message);
            // What echo=false keeps from its author are messages; presence and summaries are for everybody.
            let author = entry
                .connection_id
                .as_deref()
                .filter(|_| message.action == Action::Message && message.connection_id.is_some());
            for attachment in &state.attachments {
                if attachment.modes & mode == 0 {
                    continue;
                }
                let subscriber = &attachment.subscriber;
                if author.is_some()
                    && !subscriber.wants_echo()
                    && author == Some(subscriber.connection_id())
                {
                    continue;
                }
                subscriber.deliver(&frame);
                delivered += 1;
            }
        }
        let frames = entry.frames.len() * state.attachments.len();
        Delivery {
            delivered,
            skipped: frames - delivered,
            wants_occupancy: state.somebody_wants_occupancy(),
        }
    }
}

/// The result of a delivery to the attachments of a channel.
pub(super) struct Delivery {
    /// How many frames went to attachments.
    pub(super) delivered: usize,
    /// How many did not: for the attachment's modes, or because they were its own.
    pub(super) skipped: usize,
    /// Whether an attachment wants to be told of the occupancy.
    pub(super) wants_occupancy: bool,
}

impl State {
    /// Puts an attachment in, in the place of the subscriber's earlier one.
    pub(super) fn put(&mut self, attachment: Attachment) {
        let number = attachment.subscriber.number();
        if let Some(place) = self.places.get(&number) {
            self.attachments[*place] = attachment;
        } else {
            self.places.insert(number, self.attachments.len());
            self.attachments.push(attachment);
        }
    }

    /// Gives an attachment other modes; says whether there is one.
    pub(super) fn change_modes(&mut self, number: u64, modes: u64) -> bool {
        let Some(place) = self.places.get(&number) else {
            return false;
        };
        self.attachments[*place].modes = modes;
        true
    }

    pub(super) fn remove(&mut self, number: u64) {
        let Some(place) = self.places.remove(&number) else {
            return;
        };
        self.attachments.swap_remove(place);
        if let Some(moved) = self.attachments.get(place) {
            self.places.insert(moved.subscriber.number(), place);
        }
    }

    pub(super) fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    pub(super) fn is_empty(&self) -> bool {
        self.attachments.is_empty()
    }

    pub(super) fn somebody_wants_occupancy(&self) -> bool {
        self.attachments
            .iter()
            .any(|attachment| attachment.occupancy.is_some())
    }

    /// Who is attached, in numbers; members are the store's to count.
    pub(super) fn occupancy(&self) -> Occupancy {
        let with = |mode: u64| {
            self.attachments
                .iter()
                .filter(|attachment| attachment.modes & mode != 0)
                .count()
        };
        Occupancy {
            connections: self.attachments.len(),
            publishers: with(flags::PUBLISH),
            subscribers: with(flags::SUBSCRIBE),
            presence_connections: with(flags::PRESENCE),
            presence_members: 0,
            presence_subscribers: with(flags::PRESENCE_SUBSCRIBE),
            object_publishers: 0,
            object_subscribers: 0,
        }
    }

    /// Tells those who want it, unless they were told the same.
    pub(super) fn tell_occupancy(&mut self, channel: &str, occupancy: &Occupancy, now: i64) {
        let is_news = self.told.as_ref() != Some(occupancy);
        let position = self.head.clone();
        for attachment in &mut self.attachments {
            let Some(wanted) = &attachment.occupancy else {
                continue;
            };
            if is_news || !attachment.knows_occupancy {
                attachment.knows_occupancy = true;
                attachment
                    .subscriber
                    .send(&occupancy.event(channel, wanted, &position, now));
            }
        }
        self.told = Some(occupancy.clone());
    }
}

/// The mode that an attachment must have to get `message`.
pub(super) fn mode_of(message: &ProtocolMessage) -> u64 {
    match message.action {
        Action::Presence => flags::PRESENCE_SUBSCRIBE,
        Action::Annotation => flags::ANNOTATION_SUBSCRIBE,
        _ => flags::SUBSCRIBE,
    }
}
