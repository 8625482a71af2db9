//! Attaching: from a request to ATTACHED, what was missed or asked for, the presence set, and what follows, without
//! gap or repeat between them.

use std::sync::Arc;

use super::channel::{Attachment, HubChannel, mode_of};
use super::subscriber::{AttachRequest, Rewind, Subscriber};
use super::{Hub, sync};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{
    Action, ChannelModes, Message, PresenceMessage, ProtocolMessage, flags,
};
use crate::server::core::events::Event;
use crate::server::engine::serial;
use crate::server::engine::{Entry, PageQuery, Snapshot};

/// The most that is sent again of what an attachment missed, in bytes; beyond that continuity is lost.
const MAX_MISSED: usize = 32 * 1024 * 1024;

/// The beginning of an attachment.
struct AttachStart {
    /// The position that follows it.
    serial: String,
    /// Whether it continues an earlier one.
    resumed: bool,
    /// Why it does not, if the client asked for that.
    gap: Option<ErrorInfo>,
    missed: Vec<Arc<Entry>>,
    rewound: Vec<Message>,
    members: Vec<PresenceMessage>,
}

/// An attachment that is under way: until it is dropped, the channel is not dropped as unused.
struct PendingAttach<'a> {
    hub: &'a Hub,
    name: &'a str,
    channel: Arc<HubChannel>,
}

impl Drop for PendingAttach<'_> {
    fn drop(&mut self) {
        self.channel.lock().count_pending(false);
        self.hub.drop_if_unused(self.name, &self.channel);
    }
}

impl Hub {
    /// Attaches `subscriber`, or changes its attachment: sends it ATTACHED and what it missed, then what follows.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn attach(
        &self,
        subscriber: &Arc<dyn Subscriber>,
        request: AttachRequest,
    ) -> Result<()> {
        let name = &request.channel;
        let pending = self.open(name);
        // From here on the channel is told what is committed.
        pending.channel.follow(self.app.as_ref(), name).await?;
        let mut earlier = None;
        let start = loop {
            let start = match earlier.take() {
                None => self.beginning(&request).await?,
                Some(earlier) => self.later(&request, earlier).await?,
            };
            self.adopt(subscriber, &request, &start).await?;
            let position = serial::channel_part(&start.serial);
            let mut state = pending.channel.lock();
            if state.head.as_str() > position {
                // Something was committed since the engine was read: read once more, or it would be lost.
                earlier = Some(start);
                continue;
            }
            // Where the engine was read ahead of what it has told.
            let after = (state.head.as_str() < position).then(|| position.into());
            state.put(Attachment {
                subscriber: Arc::clone(subscriber),
                modes: request.modes,
                occupancy: request.occupancy,
                knows_occupancy: false,
                after,
                held: Some(Vec::new()),
            });
            break start;
        };
        // Sent without any lock: there may be much of it. What is told meanwhile waits behind it.
        begin(subscriber, &request, &start);
        pending.channel.end_backlog(subscriber);
        if let Some(error) = &start.gap {
            self.events.emit(Event::Discontinuity {
                connection_id: subscriber.connection_id(),
                channel: name,
                error,
            });
        }
        if pending.channel.lock().wants_occupancy() {
            self.mark_occupancy_dirty(name);
        }
        Ok(())
    }

    /// Has the engine take over the members of a resumed connection.
    async fn adopt(
        &self,
        subscriber: &Arc<dyn Subscriber>,
        request: &AttachRequest,
        start: &AttachStart,
    ) -> Result<()> {
        let own = Some(subscriber.connection_id());
        let is_own = |member: &PresenceMessage| member.connection_id.as_deref() == own;
        if request.from.is_some() && start.members.iter().any(is_own) {
            let connection_id = subscriber.connection_id();
            let adopted = self.app.adopt_connection(&request.channel, connection_id);
            adopted.await?;
        }
        Ok(())
    }

    fn open<'a>(&'a self, name: &'a str) -> PendingAttach<'a> {
        let mut channels = self.channels.lock();
        let channel = match channels.get(name) {
            Some(channel) => Arc::clone(channel),
            None => Arc::clone(channels.entry(name.to_owned()).or_default()),
        };
        channel.lock().count_pending(true);
        PendingAttach {
            hub: self,
            name,
            channel,
        }
    }

    async fn beginning(&self, request: &AttachRequest) -> Result<AttachStart> {
        let Snapshot { head, members } = self.app.snapshot(&request.channel).await?;
        let mut beginning = AttachStart {
            serial: head,
            resumed: false,
            gap: None,
            missed: Vec::new(),
            rewound: Vec::new(),
            members,
        };
        if let Some(position) = &request.from {
            let missed = self.app.entries_after(&request.channel, position).await?;
            if let Some(mut missed) = missed {
                // What came after the snapshot is read with the next one.
                missed.retain(|entry| entry.channel_serial <= beginning.serial);
                if missed.iter().map(|entry| size_of(entry)).sum::<usize>() > MAX_MISSED {
                    let why = "Continuity is lost: more was missed than is sent again";
                    beginning.gap = Some(ErrorInfo::new(90003, 400, why));
                } else {
                    beginning.resumed = true;
                    beginning.missed = missed;
                }
            } else {
                let why = "Continuity is lost: what came after the channelSerial is not known";
                beginning.gap = Some(ErrorInfo::new(90003, 400, why));
            }
        } else if let Some(rewind) = request.rewind {
            beginning.rewound = self
                .rewound(&request.channel, rewind, &beginning.serial)
                .await?;
        }
        Ok(beginning)
    }

    /// Adds the entries since `earlier` was read to it: to read all of it again might take so long that it never ends in
    /// a channel where much is said.
    async fn later(
        &self,
        request: &AttachRequest,
        mut earlier: AttachStart,
    ) -> Result<AttachStart> {
        if !earlier.resumed && earlier.rewound.is_empty() {
            return self.beginning(request).await;
        }
        let Snapshot { head, members } = self.app.snapshot(&request.channel).await?;
        let more = self
            .app
            .entries_after(&request.channel, &earlier.serial)
            .await?;
        let Some(more) = more else {
            return self.beginning(request).await;
        };
        let more = more
            .into_iter()
            .filter(|entry| entry.channel_serial <= head);
        earlier.missed.extend(more);
        earlier.serial = head;
        earlier.members = members;
        Ok(earlier)
    }

    /// Reads the messages that a rewind begins with, oldest first.
    async fn rewound(&self, channel: &str, rewind: Rewind, head: &str) -> Result<Vec<Message>> {
        let (limit, start) = match rewind {
            Rewind::Messages(count) => (count, None),
            Rewind::Since(time) => (1000, Some(time)),
        };
        let query = PageQuery {
            start,
            end: None,
            forwards: false,
            limit,
            from_serial: Some(head.to_owned()),
            after: None,
        };
        let mut messages = self.app.history(channel, query).await?.items;
        messages.reverse();
        Ok(messages)
    }
}

/// Returns about how large an entry is on the wire.
fn size_of(entry: &Entry) -> usize {
    const OVERHEAD: usize = 300;
    let messages = entry
        .frames
        .iter()
        .flat_map(|frame| frame.messages.iter().flatten());
    let content: usize = messages.map(Message::size).sum();
    content + OVERHEAD
}

/// Tells a subscriber how its attachment begins.
fn begin(subscriber: &Arc<dyn Subscriber>, request: &AttachRequest, beginning: &AttachStart) {
    subscriber.send(&attached(request, beginning));
    if request.modes.contains(ChannelModes::SUBSCRIBE) {
        for (place, message) in beginning.rewound.iter().enumerate() {
            let own = message.serial.as_deref().map(serial::channel_part);
            let is_from_elsewhere =
                own.is_some_and(|own| !serial::are_of_one_series(own, &beginning.serial));
            // The serials of a past from elsewhere are no positions here: who has all of it is where the attachment
            // is, and who has not is told of a gap.
            let is_last = place + 1 == beginning.rewound.len();
            let position = if is_last && is_from_elsewhere {
                Some(serial::channel_part(&beginning.serial))
            } else {
                own
            };
            subscriber.send(&ProtocolMessage {
                id: message.id.clone(),
                channel_serial: position.map(str::to_owned),
                timestamp: message.timestamp,
                connection_id: message.connection_id.clone(),
                messages: Some(vec![message.clone()]),
                ..ProtocolMessage::on(Action::Message, &request.channel)
            });
        }
    }
    for entry in &beginning.missed {
        let is_own = entry.connection_id.as_deref() == Some(subscriber.connection_id());
        for frame in &entry.frames {
            if request.modes.contains(mode_of(frame)) && (subscriber.wants_echo() || !is_own) {
                subscriber.catch_up(frame);
            }
        }
    }
    if has_presence(request, beginning) {
        sync::send(
            subscriber,
            &request.channel,
            &beginning.serial,
            &beginning.members,
        );
    }
}

fn has_presence(request: &AttachRequest, beginning: &AttachStart) -> bool {
    request.modes.contains(ChannelModes::PRESENCE_SUBSCRIBE) && !beginning.members.is_empty()
}

fn attached(request: &AttachRequest, beginning: &AttachStart) -> ProtocolMessage {
    let mut bits = request.modes.bits();
    if beginning.resumed {
        bits |= flags::RESUMED;
    }
    if !beginning.missed.is_empty() || !beginning.rewound.is_empty() {
        bits |= flags::HAS_BACKLOG;
    }
    if has_presence(request, beginning) {
        bits |= flags::HAS_PRESENCE;
    }
    // What was missed moves the position on as it is told.
    let serial = match (&request.from, beginning.missed.is_empty()) {
        (Some(from), false) => from.clone(),
        _ => beginning.serial.clone(),
    };
    ProtocolMessage {
        channel_serial: Some(serial),
        flags: Some(bits),
        params: Some(request.params.clone()).filter(|params| !params.is_empty()),
        error: beginning.gap.clone(),
        ..ProtocolMessage::on(Action::Attached, &request.channel)
    }
}
