//! The channels of one app and their attachments: no sockets, no storage engine.

mod activity;
mod attach;
mod channel;
mod index;
mod interrupt;
mod lifecycle;
pub(crate) mod occupancy;
mod reset;
mod rewind;
mod subscriber;
mod sync;

use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::{Arc, Weak};

pub(crate) use index::{ACTIVATION_RATE, NameQuery};
pub(crate) use subscriber::{AttachRequest, Granted, Rewind, Subscriber};

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::ProtocolMessage;
use crate::server::core::deadlines::Deadlines;
use crate::server::core::events::{Event, Events};
use crate::server::core::interest::{Interest, Topics};
use crate::server::core::limits::OCCUPANCY_DELAY;
use crate::server::core::plan::PlanLimits;
use crate::server::core::tally::{Direction, Tally};
use crate::server::engine::revocation::Revocation;
use crate::server::engine::{
    AppEngine, ChannelCommand, ChannelOccupancy, Engine, EngineEvents, Entry, Ephemeral, Pending,
    Snapshot,
};
use activity::Activity;
use channel::{Attachments, Delivery, HubChannel};
use index::ChannelIndex;

/// Called with a revocation that has come into force, or will.
pub(crate) type OnRevoked = Box<dyn Fn(&Revocation) + Send + Sync>;

/// The channels of one app.
pub(crate) struct Hub {
    engine: Arc<dyn Engine>,
    app: Arc<dyn AppEngine>,
    channels: Mutex<ChannelIndex>,
    /// The channels whose occupancy will be told soon.
    occupancy_dirty: Mutex<HashSet<String>>,
    deadlines: Arc<Deadlines>,
    events: Events,
    /// What somebody wants to be told of.
    interest: Arc<Interest>,
    /// Which channels are active, where somebody wants to know.
    activity: Activity,
    /// The id of the app.
    app_id: String,
    this: Weak<Self>,
}

impl Hub {
    /// Returns the hub of `app`, which tells it of everything from now on.
    pub(crate) fn new(
        engine: &Arc<dyn Engine>,
        app: &Arc<dyn AppEngine>,
        on_revoked: OnRevoked,
        (deadlines, events, interest): (&Arc<Deadlines>, &Events, &Arc<Interest>),
        (app_id, limits): (&str, &PlanLimits),
    ) -> Arc<Self> {
        let hub = Arc::new_cyclic(|this| Self {
            engine: Arc::clone(engine),
            app: Arc::clone(app),
            channels: Mutex::new(ChannelIndex::new(limits, events.counts_messages())),
            occupancy_dirty: Mutex::default(),
            deadlines: Arc::clone(deadlines),
            events: events.clone(),
            interest: Arc::clone(interest),
            activity: Activity::default(),
            app_id: app_id.to_owned(),
            this: Weak::clone(this),
        });
        app.start(Arc::new(EngineFeed {
            hub: Arc::downgrade(&hub),
            on_revoked,
        }));
        hub
    }

    /// Returns the engine of the app, for reading.
    pub(crate) fn engine(&self) -> &dyn AppEngine {
        self.app.as_ref()
    }

    /// Does `command` in `channel`, in the order of the calls.
    ///
    /// # Errors
    /// The engine's; nothing has happened then.
    pub(crate) fn submit(
        &self,
        channel: &str,
        command: ChannelCommand,
    ) -> Pending<'static, Arc<Entry>> {
        match Ephemeral::of(command) {
            Ok(message) => {
                // It has no serial to be told.
                let answer = Arc::new(message.answer(String::new()));
                let done = self.app.publish_ephemeral(channel, message);
                Box::pin(async move { done.await.map(|()| answer) })
            }
            Err(command) => self.app.submit(channel, command),
        }
    }

    /// Makes `channel` active for a publish.
    ///
    /// # Errors
    /// 40114 / 403 if as many channels are active as may be, 90021 / 429 if too many become so.
    pub(crate) fn activate(&self, channel: &str) -> Result<()> {
        let now = self.deadlines.now();
        let more = self.channels.lock().publish(channel, now)?;
        self.emit_active(more);
        if self.interest.has(Topics::CHANNELS) {
            self.note_publish(channel);
        }
        Ok(())
    }

    /// Tells how many channels are active, if there were never more.
    fn emit_active(&self, more: Option<usize>) {
        if let Some(count) = more {
            self.events.emit(Event::ChannelsActive {
                app_id: &self.app_id,
                count,
            });
        }
    }

    /// Counts messages that were sent because a client asked.
    fn count_asked(&self, frame: &ProtocolMessage) {
        let tally = || Tally::of_frame(frame);
        self.events.count(&self.app_id, Direction::Asked, tally);
    }

    /// Counts occupancy events that went to so many attachments.
    fn count_occupancy(&self, told: u64) {
        let tally = || Tally {
            occupancy: told,
            ..Tally::default()
        };
        if told > 0 {
            self.events.count(&self.app_id, Direction::Out, tally);
        }
    }

    /// Changes what an attachment gets, and tells it so. Nothing happens if there is none.
    pub(crate) fn change(&self, subscriber: &dyn Subscriber, channel: &str, granted: &Granted) {
        let Some(found) = self.find(channel) else {
            return;
        };
        let wants_telling = {
            let mut state = found.lock();
            state.change(subscriber.number(), channel, granted);
            state.wants_occupancy()
        };
        if wants_telling || self.interest.has(Topics::OCCUPANCY) {
            self.mark_occupancy_dirty(channel);
        }
    }

    /// Ends an attachment. Nothing happens if there is none.
    pub(crate) fn detach(&self, subscriber: &dyn Subscriber, channel: &str) {
        let Some(found) = self.find(channel) else {
            return;
        };
        let wants_telling = {
            let mut state = found.lock();
            state.remove(subscriber.number());
            state.wants_occupancy()
        };
        self.drop_if_unused(channel, &found);
        if wants_telling || self.interest.has(Topics::OCCUPANCY) {
            self.mark_occupancy_dirty(channel);
        }
    }

    /// Returns the occupancy of a channel.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn occupancy(&self, channel: &str) -> Result<ChannelOccupancy> {
        if let Some(found) = self.find(channel) {
            let reported = {
                // Reports are made under the lock, so that the last one stands.
                let state = found.lock();
                (!state.is_dropped())
                    .then(|| self.app.report_occupancy(channel, &state.occupancy()))
            };
            if let Some(reported) = reported {
                reported.await?;
            }
        }
        self.app.totals(channel).await
    }

    /// Tells the attachments that want it the occupancy of a channel, if it is not what they were told last.
    async fn tell_occupancy(&self, channel: &str) {
        self.occupancy_dirty.lock().remove(channel);
        match self.occupancy(channel).await {
            Ok(occupancy) => {
                if let Some(found) = self.find(channel) {
                    let now = self.engine.now().millis();
                    let told = found.lock().tell_occupancy(channel, &occupancy, now);
                    self.count_occupancy(told);
                }
                if self.interest.has(Topics::OCCUPANCY) {
                    self.emit_occupancy(channel, &occupancy);
                }
            }
            Err(error) => tracing::error!(channel, %error, "the occupancy can't be told"),
        }
    }

    /// Returns how a publish with this idempotency key was answered, if it was committed lately.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn known_repeat(
        &self,
        channel: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Entry>>> {
        self.app.known_repeat(channel, key, now).await
    }

    /// Returns the names of the channels that have attachments, ascending.
    pub(crate) fn active(&self) -> Vec<String> {
        self.channels.lock().names()
    }

    /// Returns how many channels have attachments.
    pub(crate) fn active_count(&self) -> usize {
        self.channels.lock().len()
    }

    /// Returns a page of the names of the channels that have attachments, and whether there are more.
    pub(crate) fn active_page(&self, query: &NameQuery<'_>) -> (Vec<String>, bool) {
        self.channels.lock().page(query)
    }

    /// Returns how many channels and attachments there are, and of how many channels the occupancy will be told.
    #[cfg(test)]
    pub(crate) fn count(&self) -> (usize, usize, usize) {
        let channels = self.channels.lock();
        let all: Vec<Arc<HubChannel>> = channels.all().map(Arc::clone).collect();
        drop(channels);
        let attachments = all.iter().map(|channel| channel.lock().count()).sum();
        (all.len(), attachments, self.occupancy_dirty.lock().len())
    }

    /// Sends the presence set of a channel once more (RTP18).
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn sync(&self, subscriber: &Arc<dyn Subscriber>, channel: &str) -> Result<()> {
        loop {
            let Snapshot { head, members } = self.app.snapshot(channel).await?;
            self.app.caught_up_to(channel, &head).await?;
            let Some(found) = self.find(channel) else {
                return Ok(());
            };
            let mut pages = sync::pages(channel, &head, &members);
            {
                let state = found.lock();
                // Members that came meanwhile would be overtaken by a set that does not have them.
                if state.head > head {
                    continue;
                }
                pages.next().iter().for_each(|first| subscriber.send(first));
            }
            for page in pages {
                if !subscriber.has_room().await {
                    break;
                }
                subscriber.send(&page);
            }
            return Ok(());
        }
    }

    /// Drops a channel that has no attachments any more.
    fn drop_if_unused(&self, name: &str, channel: &Arc<HubChannel>) {
        let mut state = channel.lock();
        if state.is_dropped() || !state.drop_if_unused() {
            return;
        }
        {
            // Never the other way round: who holds the lock of all channels waits for no single one.
            let mut channels = self.channels.lock();
            let current = channels.get(name);
            if current.is_some_and(|current| Arc::ptr_eq(current, channel)) {
                channels.remove(name);
            }
        }
        // Takes effect without being waited for.
        drop(
            self.app
                .report_occupancy(name, &ChannelOccupancy::default()),
        );
        drop(state);
        if channel.is_followed() {
            self.app.unfollow(name);
        }
        self.note_unused(name);
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

    fn emit_delivered(&self, channel: &str, state: &Attachments, delivery: Delivery) {
        self.events.emit(Event::Delivered {
            channel,
            serial: &state.head,
            delivered: delivery.delivered,
            skipped: delivery.skipped,
        });
        let tally = || delivery.tally;
        self.events.count(&self.app_id, Direction::Out, tally);
    }

    fn find(&self, channel: &str) -> Option<Arc<HubChannel>> {
        self.channels.lock().get(channel).map(Arc::clone)
    }
}

/// The hub as its engine tells it; the engine outlives no hub.
struct EngineFeed {
    hub: Weak<Hub>,
    on_revoked: OnRevoked,
}

impl EngineFeed {
    /// Runs `tell` on a channel that has attachments; `tell` returns whether the occupancy may be another now.
    fn with(&self, name: &str, tell: impl FnOnce(&Hub, &mut Attachments) -> bool) {
        if let Some(hub) = self.hub.upgrade() {
            hub.with(name, tell);
        }
    }
}

impl Hub {
    /// Runs `tell` on a channel that has attachments; `tell` returns whether the occupancy may be another now.
    fn with(&self, name: &str, tell: impl FnOnce(&Self, &mut Attachments) -> bool) {
        let Some(found) = self.find(name) else {
            return;
        };
        let wants_telling = {
            let mut state = found.lock();
            tell(self, &mut state) && state.wants_occupancy()
        };
        if wants_telling {
            self.mark_occupancy_dirty(name);
        }
    }
}

impl EngineEvents for EngineFeed {
    fn committed(&self, channel: &str, entry: &Arc<Entry>) {
        let Some(hub) = self.hub.upgrade() else {
            return;
        };
        hub.with(channel, |hub, state| {
            let delivery = state.deliver(entry, hub.events.counts_messages());
            hub.emit_delivered(channel, state, delivery);
            entry.is_presence()
        });
        if hub.interest.has(Topics::RULES) {
            hub.emit_committed(channel, entry);
        }
    }

    fn ephemeral(&self, channel: &str, message: Ephemeral) {
        self.with(channel, |hub, state| {
            let delivery = {
                let counts = hub.events.counts_messages();
                state.deliver_ephemeral(channel, message, hub.engine.now(), counts)
            };
            hub.emit_delivered(channel, state, delivery);
            false
        });
    }

    fn occupancy(&self, channel: &str, totals: &ChannelOccupancy) {
        self.with(channel, |hub, state| {
            let told = state.tell_occupancy(channel, totals, hub.engine.now().millis());
            hub.count_occupancy(told);
            false
        });
    }

    fn reset(&self, channel: &str, now: Snapshot) {
        self.with(channel, |hub, state| {
            state.begin_anew(channel, &now, &hub.events);
            true
        });
    }

    fn revoked(&self, revocation: &Revocation) {
        (self.on_revoked)(revocation);
    }
}

#[cfg(test)]
mod tests;
