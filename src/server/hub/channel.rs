//! One channel: its attachments and the fan-out to them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Subscriber;
use crate::chat_core::protocol::{Action, flags};
use crate::server::store::Entry;
use crate::server::wire::SharedFrame;

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
    places: HashMap<String, usize>,
}

/// A subscriber's place in a channel.
pub(super) struct Attachment {
    pub(super) subscriber: Arc<dyn Subscriber>,
    /// The granted modes, as flag bits.
    pub(super) modes: u64,
}

impl Channel {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives `entry` to everybody who may have it, each format encoded once.
    pub(super) fn deliver(&self, entry: &Entry) {
        let frame = SharedFrame::new(Arc::clone(&entry.message));
        let mode = mode_of(entry);
        let mut state = self.lock();
        if state.head < entry.channel_serial {
            state.head.clone_from(&entry.channel_serial);
        }
        for attachment in &state.attachments {
            if attachment.modes & mode == 0 {
                continue;
            }
            let subscriber = &attachment.subscriber;
            if !subscriber.wants_echo()
                && entry.connection_id.as_deref() == Some(subscriber.connection_id())
            {
                continue;
            }
            subscriber.deliver(&frame);
        }
    }
}

impl State {
    /// Puts an attachment in, in the place of the subscriber's earlier one.
    pub(super) fn put(&mut self, attachment: Attachment) {
        let id = attachment.subscriber.connection_id();
        if let Some(place) = self.places.get(id) {
            self.attachments[*place] = attachment;
        } else {
            self.places.insert(id.to_owned(), self.attachments.len());
            self.attachments.push(attachment);
        }
    }

    /// Gives an attachment other modes; says whether there is one.
    pub(super) fn change_modes(&mut self, connection_id: &str, modes: u64) -> bool {
        let Some(place) = self.places.get(connection_id) else {
            return false;
        };
        self.attachments[*place].modes = modes;
        true
    }

    pub(super) fn remove(&mut self, connection_id: &str) {
        let Some(place) = self.places.remove(connection_id) else {
            return;
        };
        self.attachments.swap_remove(place);
        if let Some(moved) = self.attachments.get(place) {
            self.places
                .insert(moved.subscriber.connection_id().to_owned(), place);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.attachments.is_empty()
    }
}

/// The mode that an attachment must have to get `entry`.
pub(super) fn mode_of(entry: &Entry) -> u64 {
    match entry.message.action {
        Action::Presence => flags::PRESENCE_SUBSCRIBE,
        Action::Annotation => flags::ANNOTATION_SUBSCRIBE,
        _ => flags::SUBSCRIBE,
    }
}
