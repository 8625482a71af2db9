//! Many rooms over one connection, in the words of Chat: what happens in them, each event once.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::sync::mpsc;

use super::driver::Connection;
use super::types::{Command, Event, Publication};
use crate::chat_core::chat::{Feed, RoomEvent};
use crate::chat_core::client::error::Error;
use crate::chat_core::client::options::Options;
use crate::chat_core::clock::{Sleep, Timestamp};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::frame::{Params, PublishResult};
use crate::chat_core::protocol::{ChannelModes, flags, names};

/// A room that is to be attached, and what for.
#[derive(Clone, Debug, Default)]
pub struct RoomAttach {
    /// Its name.
    pub room: String,
    /// The modes that it can't do without, as flag bits.
    pub modes: ChannelModes,
    /// The modes that are welcome.
    pub optional_modes: ChannelModes,
    /// Whether it is to be told how many are there.
    pub occupancy: bool,
    /// The position to go on from; `None` to begin now.
    pub from: Option<String>,
}

/// An event of a subscription to rooms.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // most of them are the large one
pub enum SubscriptionEvent {
    /// A room is attached.
    Attached {
        /// The room.
        room: String,
        /// The position that it begins at.
        serial: Option<String>,
    },
    /// Every room is attached: nothing that is sent from now on is missed.
    Listening,
    /// An event of a room.
    Event {
        /// The room.
        room: String,
        /// The event.
        event: RoomEvent,
    },
    /// Every event of a room up to this position has been told.
    Position {
        /// The room.
        room: String,
        /// The position.
        serial: String,
    },
    /// Connected.
    Connected {
        /// Whether an earlier connection goes on.
        resumed: bool,
        /// Whether it was connected before.
        again: bool,
    },
    /// The connection is gone; it is tried again. Attempts that fail for the same reason are told once.
    Disconnected(ErrorInfo),
    /// Events of a room may have been missed.
    Discontinuity {
        /// The room.
        room: String,
        /// The reason.
        reason: Option<ErrorInfo>,
    },
    /// A publish was acknowledged, or refused.
    Published {
        /// Its number.
        ticket: u64,
        /// The serials, or the refusal.
        result: Result<PublishResult, ErrorInfo>,
    },
    /// The sign of life that was asked for: everything that the service had sent before it has been told.
    Pong,
}

/// Rooms that are being followed.
pub struct Rooms {
    options: Options,
    connection: Connection,
    commander: mpsc::UnboundedSender<Command>,
    /// By channel.
    rooms: HashMap<String, Followed>,
    awaited: HashSet<String>,
    patience: Sleep,
    client_id: Option<String>,
    was_connected: bool,
    /// The last reported reason why it is not connected.
    told_drop: Option<ErrorInfo>,
    next_ticket: u64,
    queue: VecDeque<SubscriptionEvent>,
}

struct Followed {
    plan: RoomAttach,
    feed: Feed,
}

impl Rooms {
    /// Follows `plans` once it is driven by [`Rooms::next`].
    pub fn new(options: Options, plans: Vec<RoomAttach>) -> Self {
        let deadline = options.clock.moment() + options.timeout;
        let connection = Connection::new(options.clone());
        let commander = connection.commander();
        let mut rooms = HashMap::new();
        for plan in plans {
            let channel = names::channel_of(&plan.room);
            let mut params = Params::new();
            if plan.occupancy {
                params.insert("occupancy".to_owned(), "metrics".to_owned());
            }
            // The receiver is in the connection beside it.
            let _ = commander.send(Command::Attach {
                channel: channel.clone(),
                modes: plan.modes | plan.optional_modes,
                params,
                from: plan.from.clone(),
            });
            let feed = Feed::default();
            rooms.insert(channel, Followed { plan, feed });
        }
        Self {
            awaited: rooms.keys().cloned().collect(),
            patience: options.clock.sleep_until(deadline),
            options,
            connection,
            commander,
            rooms,
            client_id: None,
            was_connected: false,
            told_drop: None,
            next_ticket: 0,
            queue: VecDeque::new(),
        }
    }

    /// Waits for what happens next. It may be given up at any await and called again.
    ///
    /// # Errors
    /// Why the rooms can't be followed: the first connection took too long, the service refuses it, or the
    /// credentials do not permit what a plan can't do without.
    pub async fn next(&mut self) -> Result<SubscriptionEvent, Error> {
        loop {
            if let Some(happening) = self.queue.pop_front() {
                return Ok(happening);
            }
            let deadline = self
                .rooms
                .values()
                .filter_map(|it| it.feed.deadline())
                .min();
            let timer: Sleep = match deadline {
                Some(deadline) => self.options.clock.sleep_until(deadline),
                None => Box::pin(std::future::pending()),
            };
            tokio::select! {
                event = self.connection.next() => self.take(event)?,
                () = timer => self.woken(),
                () = &mut self.patience, if !self.awaited.is_empty() => return Err(self.not_attached()),
            }
        }
    }

    /// The position that ends the events that were told last, if it is what comes next.
    pub fn take_position(&mut self) -> Option<(String, String)> {
        match self.queue.front() {
            Some(SubscriptionEvent::Position { .. }) => match self.queue.pop_front() {
                Some(SubscriptionEvent::Position { room, serial }) => Some((room, serial)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A message of `room` that was read elsewhere is no news any more.
    pub fn mark_seen(&mut self, room: &str, message: &crate::chat_core::chat::ChatMessage) {
        if let Some(followed) = self.rooms.get_mut(&names::channel_of(room)) {
            followed.feed.mark_seen(message);
        }
    }

    /// Publishes in a room; the number is that of [`SubscriptionEvent::Published`].
    pub fn publish(&mut self, room: &str, what: Publication) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let _ = self.commander.send(Command::Publish {
            channel: names::channel_of(room),
            what,
            ticket,
        });
        ticket
    }

    /// Waits until every room is attached: nothing that is sent from then on is missed.
    ///
    /// # Errors
    /// As [`Rooms::next`].
    pub async fn listening(&mut self) -> Result<(), Error> {
        while !matches!(self.next().await?, SubscriptionEvent::Listening) {}
        Ok(())
    }

    /// Publishes in a room and waits for the acknowledgement. Other events that arrive meanwhile are dropped.
    ///
    /// # Errors
    /// The service's refusal, as [`Rooms::next`], or no answer within the time of an operation.
    pub async fn publish_and_wait(
        &mut self,
        room: &str,
        what: Publication,
    ) -> Result<PublishResult, Error> {
        let number = self.publish(room, what);
        let after = self.options.timeout;
        let late = self
            .options
            .clock
            .sleep_until(self.options.clock.moment() + after);
        let acknowledged = async {
            loop {
                if let SubscriptionEvent::Published { ticket, result } = self.next().await?
                    && ticket == number
                {
                    return Ok(result?);
                }
            }
        };
        tokio::select! {
            biased;
            result = acknowledged => result,
            () = late => Err(Error::TimedOut {
                what: format!("publishing in {room}"),
                after,
            }),
        }
    }

    /// Asks for a sign of life.
    pub fn ping(&self) {
        let id = self.options.random.alphanumeric(9);
        let _ = self.commander.send(Command::Ping { id });
    }

    /// Returns the clientId that the service knows this client by.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Says goodbye to the service, without waiting for it for long.
    pub async fn close(mut self) {
        let _ = self.commander.send(Command::Close);
        let goodbye = async {
            loop {
                if matches!(
                    self.connection.next().await,
                    Event::Closed | Event::Failed(_)
                ) {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(std::time::Duration::from_secs(1), goodbye).await;
    }

    fn woken(&mut self) {
        let now = self.options.clock.moment();
        for (channel, followed) in &mut self.rooms {
            let events = followed.feed.woken(now);
            queue(&mut self.queue, channel, events);
        }
    }

    fn take(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::Connected {
                resumed, client_id, ..
            } => {
                self.client_id = client_id.or(self.client_id.take());
                self.told_drop = None;
                let again = std::mem::replace(&mut self.was_connected, true);
                self.queue
                    .push_back(SubscriptionEvent::Connected { resumed, again });
            }
            Event::Disconnected(error) => {
                if self.told_drop.as_ref() != Some(&error) {
                    self.told_drop = Some(error.clone());
                    self.queue.push_back(SubscriptionEvent::Disconnected(error));
                }
            }
            Event::Failed(error) => return Err(error.into()),
            Event::ChannelFailed { channel, error } => {
                let modes = self
                    .rooms
                    .get(&channel)
                    .map_or(ChannelModes::empty(), |it| it.plan.modes);
                // A refusal of rights says what was not granted, and not what it takes.
                let error = match error.code {
                    40160 if !modes.is_empty() => error.with_hint(needs(operation_of(modes))),
                    _ => error,
                };
                return Err(error.into());
            }
            Event::Discontinuity { channel, reason } => {
                let room = room_of(&channel);
                let happening = SubscriptionEvent::Discontinuity { room, reason };
                self.queue.push_back(happening);
            }
            Event::Attached {
                channel,
                flags,
                params,
                serial,
                ..
            } => self.attached(&channel, flags, &params, serial)?,
            Event::Published { ticket, result } => {
                let happening = SubscriptionEvent::Published { ticket, result };
                self.queue.push_back(happening);
            }
            Event::Pong { .. } => self.queue.push_back(SubscriptionEvent::Pong),
            content => self.deliver(content),
        }
        Ok(())
    }

    /// Passes on what happened in a channel.
    fn deliver(&mut self, event: Event) {
        let now = self.options.clock.moment();
        match event {
            Event::Messages {
                channel,
                messages,
                serial,
            } => {
                let own = self.client_id.clone();
                self.told(&channel, serial, |feed| {
                    let events = messages.iter();
                    events
                        .filter_map(|message| feed.message(message, own.as_deref(), now))
                        .collect()
                });
            }
            Event::Presence {
                channel,
                members,
                serial,
            } => self.told(&channel, serial, |feed| {
                members.iter().filter_map(|it| feed.member(it)).collect()
            }),
            Event::Sync {
                channel,
                members,
                is_last,
            } => self.told(&channel, None, |feed| {
                let mut events: Vec<_> = members.iter().filter_map(|it| feed.member(it)).collect();
                if is_last {
                    events.extend(feed.synced());
                }
                events
            }),
            Event::Annotations {
                channel,
                annotations,
                serial,
            } => self.told(&channel, serial, |feed| {
                annotations
                    .iter()
                    .filter_map(|it| feed.annotation(it))
                    .collect()
            }),
            _ => {}
        }
    }

    fn told(
        &mut self,
        channel: &str,
        serial: Option<String>,
        events: impl FnOnce(&mut Feed) -> Vec<RoomEvent>,
    ) {
        let Some(followed) = self.rooms.get_mut(channel) else {
            return;
        };
        queue(&mut self.queue, channel, events(&mut followed.feed));
        if let Some(serial) = serial {
            let room = room_of(channel);
            self.queue
                .push_back(SubscriptionEvent::Position { room, serial });
        }
    }

    fn attached(
        &mut self,
        channel: &str,
        granted: u64,
        params: &Params,
        serial: Option<String>,
    ) -> Result<(), Error> {
        let Some(followed) = self.rooms.get_mut(channel) else {
            return Ok(());
        };
        let missing = followed.plan.modes - ChannelModes::from_bits_truncate(granted);
        let lacks_modes = !missing.is_empty();
        let lacks_occupancy = followed.plan.occupancy && !params.contains_key("occupancy");
        if lacks_modes || lacks_occupancy {
            let needs = if lacks_modes {
                operation_of(missing)
            } else {
                "channel-metadata"
            };
            return Err(not_permitted(&followed.plan.room, needs).into());
        }
        let room = followed.plan.room.clone();
        let has_presence = granted & flags::HAS_PRESENCE != 0;
        let gone = followed.feed.attached(has_presence);
        queue(&mut self.queue, channel, gone);
        self.queue
            .push_back(SubscriptionEvent::Attached { room, serial });
        if self.awaited.remove(channel) && self.awaited.is_empty() {
            self.queue.push_back(SubscriptionEvent::Listening);
        }
        Ok(())
    }

    fn not_attached(&self) -> Error {
        self.connection
            .last_error
            .clone()
            .unwrap_or_else(|| Error::TimedOut {
                what: format!("attaching at {}", self.options.endpoint.http_base()),
                after: self.options.timeout,
            })
    }

    /// The present moment of this client.
    pub fn now(&self) -> Timestamp {
        self.options.clock.now()
    }
}

fn queue(queue: &mut VecDeque<SubscriptionEvent>, channel: &str, events: Vec<RoomEvent>) {
    for event in events {
        let room = room_of(channel);
        queue.push_back(SubscriptionEvent::Event { room, event });
    }
}

fn room_of(channel: &str) -> String {
    names::room_of(channel).unwrap_or(channel).to_owned()
}

/// The operation that the first missing mode needs.
fn operation_of(missing: ChannelModes) -> &'static str {
    if missing.intersects(ChannelModes::SUBSCRIBE | ChannelModes::PRESENCE_SUBSCRIBE) {
        "subscribe"
    } else if missing.contains(ChannelModes::ANNOTATION_SUBSCRIBE) {
        "annotation-subscribe"
    } else if missing.contains(ChannelModes::PRESENCE) {
        "presence"
    } else {
        "publish"
    }
}

fn not_permitted(room: &str, operation: &str) -> ErrorInfo {
    let message = format!("The credentials do not permit this in room '{room}'");
    ErrorInfo::new(40160, 401, message).with_hint(needs(operation))
}

fn needs(operation: &str) -> String {
    format!("the capability needs '{operation}' on the room")
}
