//! Which channels of an app are active, where somebody wants to be told of it: from the first attachment or publish until a
//! minute after the last.
//!
//! Nothing is kept of channels while nobody wants to know. Once somebody does, the channels that have attachments are
//! taken for active ones that were told of.

use std::collections::HashMap;
use std::collections::hash_map::Entry as MapEntry;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use serde_json::{Value, json};

use super::Hub;
use super::activity::ActiveChannel;
use crate::chat_core::clock::Moment;
use crate::chat_core::protocol::names;
use crate::server::core::events::Event;
use crate::server::core::interest::Topics;
use crate::server::core::limits::CHANNEL_ACTIVITY;
use crate::server::core::metachannel::{self, CHANNELS, CONNECTIONS, MAX_RATE};
use crate::server::engine::{ChannelOccupancy, Entry};

impl Hub {
    /// Notes that a channel has an attachment; `is_first` if it had none before.
    pub(super) fn note_attached(&self, name: &str, is_first: bool) {
        if names::is_meta(name) {
            self.want_metachannel(name, true);
        } else if let Some(watch) = self.interest.watch() {
            self.note_active(name, watch, |it| it.is_attached = true, is_first);
        }
    }

    /// Notes that somebody publishes on a channel.
    pub(super) fn note_publish(&self, name: &str) {
        let Some(watch) = self.interest.watch() else {
            return;
        };
        let now = self.deadlines.now();
        self.note_active(name, watch, |it| it.last = now, true);
    }

    fn note_active(
        &self,
        name: &str,
        watch: u32,
        change: impl FnOnce(&mut ActiveChannel),
        is_news: bool,
    ) {
        let now = self.deadlines.now();
        let fresh = || ActiveChannel {
            is_attached: false,
            last: now,
            is_scheduled: false,
        };
        let (is_new, ends) = {
            let mut state = self.activity.state.lock();
            if state.watch != watch {
                state.watch = watch;
                state.channels = self.attached_channels(now);
                if is_news {
                    state.channels.remove(name);
                }
                self.activity.is_kept.store(true, Ordering::Relaxed);
            }
            let (is_new, channel) = match state.channels.entry(Arc::from(name)) {
                MapEntry::Occupied(known) => (false, known.into_mut()),
                MapEntry::Vacant(place) => (true, place.insert(fresh())),
            };
            change(channel);
            let ends = !channel.is_attached && !channel.is_scheduled;
            channel.is_scheduled |= ends;
            (is_new, ends)
        };
        if ends {
            self.schedule_end(Arc::from(name), now + CHANNEL_ACTIVITY);
        }
        if is_new {
            self.emit_lifecycle(name, true);
        }
    }

    fn attached_channels(&self, now: Moment) -> HashMap<Arc<str>, ActiveChannel> {
        let names = self.active().into_iter();
        let attached = |name: String| {
            let channel = ActiveChannel {
                is_attached: true,
                last: now,
                is_scheduled: false,
            };
            (Arc::from(name), channel)
        };
        names.map(attached).collect()
    }

    /// Notes that a channel has no attachment any more.
    pub(super) fn note_unused(&self, name: &str) {
        if names::is_meta(name) {
            return self.want_metachannel(name, false);
        }
        if !self.activity.is_kept.load(Ordering::Relaxed) {
            return;
        }
        let now = self.deadlines.now();
        let ends = {
            let mut state = self.activity.state.lock();
            if self.interest.watch() != Some(state.watch) {
                state.channels.remove(name);
                return;
            }
            let Some(channel) = state.channels.get_mut(name) else {
                return;
            };
            channel.is_attached = false;
            channel.last = now;
            !std::mem::replace(&mut channel.is_scheduled, true)
        };
        if ends {
            self.schedule_end(Arc::from(name), now + CHANNEL_ACTIVITY);
        }
    }

    fn schedule_end(&self, name: Arc<str>, at: Moment) {
        let hub = Weak::clone(&self.this);
        self.deadlines.schedule(at, move || {
            if let Some(hub) = hub.upgrade() {
                hub.end_activity(name);
            }
        });
    }

    /// Makes a channel inactive that nobody has used for a minute.
    fn end_activity(&self, name: Arc<str>) {
        let now = self.deadlines.now();
        let again = {
            let mut state = self.activity.state.lock();
            let Some(channel) = state.channels.get_mut(&name) else {
                return;
            };
            channel.is_scheduled = false;
            if channel.is_attached {
                return;
            }
            let end = channel.last + CHANNEL_ACTIVITY;
            if end > now {
                channel.is_scheduled = true;
                Some(end)
            } else {
                state.channels.remove(&name);
                None
            }
        };
        match again {
            Some(at) => self.schedule_end(name, at),
            None => self.emit_lifecycle(&name, false),
        }
    }

    /// Tells of a channel that became active or inactive, once its occupancy is known.
    fn emit_lifecycle(&self, name: &str, is_active: bool) {
        let (hub, name) = (Weak::clone(&self.this), name.to_owned());
        let tell = self.deadlines.task(move || {
            let hub = hub.upgrade()?;
            Some(async move { hub.tell_lifecycle(&name, is_active).await })
        });
        self.deadlines.schedule(self.deadlines.now(), tell);
    }

    async fn tell_lifecycle(&self, channel: &str, is_active: bool) {
        let occupancy = match self.occupancy(channel).await {
            Ok(occupancy) => occupancy,
            Err(error) => return tracing::error!(channel, %error, "the occupancy is not known"),
        };
        if self.interest.has(Topics::LIFECYCLE) {
            self.events.emit_to_followers(Event::Lifecycle {
                app_id: &self.app_id,
                channel,
                is_active,
                occupancy: &occupancy,
            });
        }
        if self.interest.has(Topics::META_CHANNELS) {
            let name = metachannel::lifecycle_event(is_active);
            let details = metachannel::channel_details(channel, is_active, &occupancy);
            self.tell_metachannel(CHANNELS, name, &details);
        }
    }

    /// Tells those who are attached to the metachannel of connections that one has opened or closed.
    pub(crate) fn note_connection(
        &self,
        connection_id: &str,
        client_id: Option<&str>,
        is_open: bool,
    ) {
        if !self.interest.has(Topics::META_CONNECTIONS) {
            return;
        }
        let name = if is_open {
            "connection.opened"
        } else {
            "connection.closed"
        };
        let mut data = json!({"connectionId": connection_id});
        if let Some(client_id) = client_id {
            data["clientId"] = json!(client_id);
        }
        self.tell_metachannel(CONNECTIONS, name, &data);
    }

    /// Publishes an event on a metachannel, unless there are too many of them.
    fn tell_metachannel(&self, channel: &str, name: &str, data: &Value) {
        let now = self.deadlines.now();
        let rate = MAX_RATE as f64;
        if self.activity.rates.lock().try_take(channel, rate, 1, now) {
            let number = self.activity.events.fetch_add(1, Ordering::Relaxed);
            let event = metachannel::command(name, data, (self.engine.now(), number));
            // Nobody waits for it.
            drop(self.submit(channel, event));
        }
    }

    fn want_metachannel(&self, name: &str, is_wanted: bool) {
        let topic = match name {
            CHANNELS => Topics::META_CHANNELS,
            CONNECTIONS => Topics::META_CONNECTIONS,
            _ => return,
        };
        let wanted = if is_wanted { topic } else { Topics::empty() };
        self.interest.set(topic, wanted);
    }

    /// Tells the followers of an entry that was committed.
    pub(super) fn emit_committed(&self, channel: &str, entry: &Arc<Entry>) {
        if names::is_meta(channel) {
            return;
        }
        if self.interest.has(Topics::ENTRIES) {
            self.events.emit_to_followers(Event::Committed {
                app_id: &self.app_id,
                channel,
                entry,
            });
        }
        if self.interest.has(Topics::OCCUPANCY) && entry.is_presence() {
            self.mark_occupancy_dirty(channel);
        }
    }

    /// Tells the followers of the occupancy of a channel, if it is not what they were told last.
    pub(super) fn emit_occupancy(&self, channel: &str, occupancy: &ChannelOccupancy) {
        if names::is_meta(channel) {
            return;
        }
        let is_news = {
            let mut told = self.activity.told.lock();
            let before = if *occupancy == ChannelOccupancy::default() {
                told.remove(channel)
            } else {
                told.insert(channel.to_owned(), occupancy.clone())
            };
            before.unwrap_or_default() != *occupancy
        };
        if is_news {
            self.events.emit_to_followers(Event::Occupancy {
                app_id: &self.app_id,
                channel,
                occupancy,
            });
        }
    }
}
