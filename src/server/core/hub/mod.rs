//! The channels of one app and who is attached to them: no sockets, no storage engine.

mod attach;
mod channel;
pub(crate) mod occupancy;
mod reset;

use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{Action, ProtocolMessage, flags};
use crate::server::core::deadlines::Deadlines;
use crate::server::core::events::{Event, Events};
use crate::server::core::frame::SharedFrame;
use crate::server::core::limits::OCCUPANCY_DELAY;
use crate::server::engine::{ChannelCommand, Entry, Pending, Sink, Store};
use channel::Channel;
use occupancy::Occupancy;

/// Somebody who gets what happens in channels: a connection, most often.
pub(crate) trait Subscriber: Send + Sync {
    /// Its number, which nobody else has: a connection that comes back over another socket has another one.
    fn number(&self) -> u64;

    /// Its connectionId.
    fn connection_id(&self) -> &str;

    /// Whether it wants its own messages back.
    fn wants_echo(&self) -> bool;

    /// Gets a frame that others get too. Must not block.
    fn deliver(&self, frame: &SharedFrame);

    /// Gets a message of its own. Must not block.
    fn send(&self, message: &ProtocolMessage);

    /// Gets a message that it missed and asked for. Must not block.
    fn catch_up(&self, message: &ProtocolMessage);
}

/// What an attachment asks for, already checked.
#[derive(Clone, Debug)]
pub(crate) struct AttachRequest {
    /// The channel's name.
    pub(crate) channel: String,
    /// The granted modes, as flag bits.
    pub(crate) modes: u64,
    /// The parameters in force, to be echoed.
    pub(crate) params: Params,
    /// Go on after this position.
    pub(crate) from: Option<String>,
    /// Begin with what was there before.
    pub(crate) rewind: Option<Rewind>,
    /// Whether the subscriber wants to be told of the occupancy.
    pub(crate) occupancy: Option<occupancy::Wanted>,
}

/// How far back an attachment begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewind {
    /// This many messages.
    Messages(usize),
    /// The messages since this time, in epoch milliseconds.
    Since(i64),
}

/// The channels of one app.
pub(crate) struct Hub {
    store: Arc<dyn Store>,
    channels: Mutex<HashMap<String, Arc<Channel>>>,
    /// The channels whose occupancy will be told soon.
    occupancy_dirty: Mutex<HashSet<String>>,
    deadlines: Arc<Deadlines>,
    events: Events,
    this: Weak<Self>,
}

impl Hub {
    /// The hub of the app that `store` keeps.
    pub(crate) fn new(
        store: &Arc<dyn Store>,
        deadlines: &Arc<Deadlines>,
        events: &Events,
    ) -> Arc<Self> {
        let hub = Arc::new_cyclic(|this| Self {
            store: Arc::clone(store),
            channels: Mutex::default(),
            occupancy_dirty: Mutex::default(),
            deadlines: Arc::clone(deadlines),
            events: events.clone(),
            this: Weak::clone(this),
        });
        store.subscribe(Arc::new(FanOut(Arc::downgrade(&hub))));
        hub
    }

    /// The store, for reading.
    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Does `operation` in `channel`, in the order of the calls.
    ///
    /// # Errors
    /// The store's; nothing has happened then.
    pub(crate) fn submit(
        &self,
        channel: &str,
        operation: ChannelCommand,
    ) -> Pending<'static, Arc<Entry>> {
        self.store.submit(channel, operation)
    }

    /// Changes what an attachment gets, and tells it so. Nothing happens if there is none.
    pub(crate) fn change_modes(&self, subscriber: &Arc<dyn Subscriber>, channel: &str, modes: u64) {
        let Some(found) = self.find(channel) else {
            return;
        };
        let mut state = found.lock();
        if !state.change_modes(subscriber.number(), modes) {
            return;
        }
        subscriber.send(&ProtocolMessage {
            channel_serial: Some(state.head.clone()),
            flags: Some(modes | flags::RESUMED),
            ..ProtocolMessage::on(Action::Attached, channel)
        });
    }

    /// Ends an attachment. Nothing happens if there is none.
    pub(crate) fn detach(&self, subscriber: &dyn Subscriber, channel: &str) {
        let wants_telling = {
            let mut channels = self.channels.lock();
            let Some(found) = channels.get(channel) else {
                return;
            };
            let mut state = found.lock();
            state.remove(subscriber.number());
            let (is_unused, wants_telling) = (state.is_empty(), state.somebody_wants_occupancy());
            drop(state);
            if is_unused {
                channels.remove(channel);
            }
            wants_telling
        };
        if wants_telling {
            self.mark_occupancy_dirty(channel);
        }
    }

    /// Who is in a channel now, in numbers.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn occupancy(&self, channel: &str) -> Result<Occupancy> {
        let members = self.store.members(channel).await?.len();
        let attached = self
            .find(channel)
            .map(|found| found.lock().occupancy())
            .unwrap_or_default();
        Ok(Occupancy {
            presence_members: members,
            ..attached
        })
    }

    /// Tells the attachments that want it the occupancy of a channel, if it is not what they were told last.
    async fn tell_occupancy(&self, channel: &str) {
        self.occupancy_dirty.lock().remove(channel);
        match self.occupancy(channel).await {
            Ok(occupancy) => {
                if let Some(found) = self.find(channel) {
                    let now = self.deadlines.now().millis();
                    found.lock().tell_occupancy(channel, &occupancy, now);
                }
            }
            Err(error) => tracing::error!(channel, %error, "the occupancy can't be told"),
        }
    }

    /// Returns how a publish with this idempotency key was answered, if it was committed lately.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn known_repeat(
        &self,
        channel: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Entry>>> {
        self.store.known_repeat(channel, key, now).await
    }

    /// The names of the channels that somebody is attached to, ascending.
    pub(crate) fn active(&self) -> Vec<String> {
        let mut names: Vec<String> = self.channels.lock().keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// Sends the presence set of a channel once more (RTP18).
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn sync(&self, subscriber: &Arc<dyn Subscriber>, channel: &str) -> Result<()> {
        loop {
            let snapshot = self.store.snapshot(channel).await?;
            let Some(found) = self.find(channel) else {
                return Ok(());
            };
            let state = found.lock();
            // Members that came meanwhile would be overtaken by a set that does not have them.
            if state.head <= snapshot.head {
                attach::sync(subscriber, channel, &snapshot.head, &snapshot.members);
                return Ok(());
            }
        }
    }

    /// Has the occupancy of a channel told soon; once for all that happens until then.
    fn mark_occupancy_dirty(&self, channel: &str) {
        if self.occupancy_dirty.lock().insert(channel.to_owned()) {
            let (hub, channel) = (Weak::clone(&self.this), channel.to_owned());
            let tell = self.deadlines.task(move || {
                let hub = hub.upgrade()?;
                Some(async move { hub.tell_occupancy(&channel).await })
            });
            let due = self.deadlines.now() + OCCUPANCY_DELAY;
            self.deadlines.schedule(due, tell);
        }
    }

    fn find(&self, channel: &str) -> Option<Arc<Channel>> {
        self.channels.lock().get(channel).map(Arc::clone)
    }
}

/// The hub as the store sees it; the store outlives no hub.
struct FanOut(Weak<Hub>);

impl Sink for FanOut {
    fn committed(&self, channel: &str, entry: &Arc<Entry>) {
        let Some(hub) = self.0.upgrade() else {
            return;
        };
        let Some(found) = hub.find(channel) else {
            return;
        };
        let is_presence = entry
            .frames
            .first()
            .is_some_and(|frame| frame.action == Action::Presence);
        let delivery = found.deliver(entry);
        hub.events.emit(Event::Delivered {
            channel,
            serial: &entry.channel_serial,
            delivered: delivery.delivered,
            skipped: delivery.skipped,
        });
        if is_presence && delivery.wants_occupancy {
            hub.mark_occupancy_dirty(channel);
        }
    }
}
