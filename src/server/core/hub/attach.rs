//! Attaching: from a request to ATTACHED, what was missed or asked for, the presence set, and what follows, without
//! gap or repeat between them.
//!
//! An attachment that has something to catch up with reads it from the engine piece by piece, each as soon as the
//! subscriber has room for it. What is committed meanwhile is not sent to it: it is read as well, until there is nothing
//! left to read.

use std::sync::Arc;

use super::Hub;
use super::channel::{Attachment, Held, HeldFrame, HubChannel, mode_of};
use super::rewind::{self, Rewound};
use super::subscriber::{AttachRequest, Subscriber};
use super::sync;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, ChannelModes, PresenceMessage, ProtocolMessage, flags};
use crate::server::core::events::Event;
use crate::server::core::interest::Topics;
use crate::server::core::limits::{MAX_MISSED_SIZE, PIECE_SIZE};
use crate::server::engine::serial;
use crate::server::engine::{Entry, Snapshot};

/// The beginning of an attachment.
struct AttachStart {
    /// The position that follows it.
    serial: String,
    /// Whether it continues an earlier one.
    resumed: bool,
    /// Why it does not, if the client asked for that.
    gap: Option<ErrorInfo>,
    /// The first piece of what was missed.
    missed: Vec<Arc<Entry>>,
    rewound: Option<Rewound>,
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
    /// 40114 / 403 if as many channels are active as may be, and the engine's.
    pub(crate) async fn attach(
        &self,
        subscriber: &Arc<dyn Subscriber>,
        request: AttachRequest,
    ) -> Result<()> {
        let name = &request.channel;
        let pending = self.open(name)?;
        // From here on the channel is told what is committed.
        pending.channel.follow(self.app.as_ref(), name).await?;
        let start = self.beginning(&request).await?;
        self.adopt(subscriber, &request, &start).await?;
        pending.channel.lock().put(Attachment {
            subscriber: Arc::clone(subscriber),
            modes: request.granted.modes,
            occupancy: request.granted.occupancy,
            knows_occupancy: false,
            after: None,
            held: Some(Held::default()),
        });
        let is_first = pending.channel.lock().is_single();
        self.note_attached(name, is_first);
        subscriber.send(&attached(&request, &start));
        if let Some(error) = &start.gap {
            self.emit_discontinuity(subscriber, name, error);
        }
        let caught_up = CatchUp {
            hub: self,
            channel: &pending.channel,
            subscriber,
            request: &request,
            told: 0,
        }
        .run(start)
        .await;
        if let Err(error) = caught_up {
            // It was told that it is attached; the caller tells it that it is not.
            pending.channel.lock().remove(subscriber.number());
            return Err(error);
        }
        let wants_occupancy = pending.channel.lock().wants_occupancy();
        if wants_occupancy || self.interest.has(Topics::OCCUPANCY) {
            self.mark_occupancy_dirty(name);
        }
        Ok(())
    }

    fn emit_discontinuity(&self, to: &Arc<dyn Subscriber>, channel: &str, error: &ErrorInfo) {
        self.events.emit(Event::Discontinuity {
            connection_id: to.connection_id(),
            channel,
            error,
        });
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

    /// Returns the channel called `name`, which is not dropped before what is returned is.
    fn open<'a>(&'a self, name: &'a str) -> Result<PendingAttach<'a>> {
        loop {
            let channel = {
                let mut channels = self.channels.lock();
                let (channel, more) = channels.open(name, self.deadlines.now())?;
                let channel = Arc::clone(channel);
                drop(channels);
                self.emit_active(more);
                channel
            };
            // Not under the lock of all channels: this one may be telling many subscribers.
            let mut state = channel.lock();
            if state.is_dropped() {
                continue;
            }
            state.count_pending(true);
            drop(state);
            return Ok(PendingAttach {
                hub: self,
                name,
                channel,
            });
        }
    }

    async fn beginning(&self, request: &AttachRequest) -> Result<AttachStart> {
        let Snapshot { head, members } = self.app.snapshot(&request.channel).await?;
        let mut beginning = AttachStart {
            serial: head,
            resumed: false,
            gap: None,
            missed: Vec::new(),
            rewound: None,
            members,
        };
        if request.from.is_some() && request.is_late {
            let why = "Continuity is lost: the client was away for too long";
            beginning.gap = Some(ErrorInfo::new(90003, 400, why));
        } else if let Some(position) = &request.from {
            let missed = self
                .app
                .entries_after(&request.channel, position, PIECE_SIZE);
            if let Some(missed) = missed.await? {
                beginning.resumed = true;
                beginning.missed = missed;
            } else {
                let why = "Continuity is lost: what came after the channelSerial is not known";
                beginning.gap = Some(ErrorInfo::new(90003, 400, why));
            }
        } else if let Some(rewind) = request.rewind
            && request.granted.modes.contains(ChannelModes::SUBSCRIBE)
        {
            let head = &beginning.serial;
            let rewound = Rewound::begin(self.engine(), &request.channel, rewind, head).await?;
            beginning.rewound = Some(rewound);
        }
        Ok(beginning)
    }
}

/// An attachment that is catching up.
struct CatchUp<'a> {
    hub: &'a Hub,
    channel: &'a HubChannel,
    subscriber: &'a Arc<dyn Subscriber>,
    request: &'a AttachRequest,
    /// The bytes that it was told, about.
    told: usize,
}

/// The subscriber does not take any more: it is gone, or has left the channel.
struct Gone;

impl CatchUp<'_> {
    /// Tells the subscriber all there is, until it gets what is committed as it comes.
    async fn run(mut self, start: AttachStart) -> Result<()> {
        let AttachStart {
            serial: head,
            resumed,
            missed,
            rewound,
            members,
            ..
        } = start;
        if let Some(rewound) = rewound
            && self.rewind(rewound, &head).await?.is_err()
        {
            return Ok(());
        }
        // The set is of one position: it is told behind what came before it, and before what came after.
        let mut members = Some(members).filter(|members| !members.is_empty());
        let begin = self.request.from.as_deref().filter(|_| resumed);
        let mut position = serial::channel_part(begin.unwrap_or(&head)).to_owned();
        let mut piece = Some(missed).filter(|missed| !missed.is_empty());
        loop {
            let entries = match piece.take() {
                Some(entries) => entries,
                None => match self.read(&mut position).await? {
                    Some(entries) if self.told <= MAX_MISSED_SIZE => entries,
                    _ => match self.break_off().await? {
                        Some(head) => {
                            position = head;
                            members = None;
                            continue;
                        }
                        None => return Ok(()),
                    },
                },
            };
            let is_behind_set = |entry: &Arc<Entry>| entry.channel_serial > head;
            if entries.first().is_none_or(is_behind_set)
                && let Some(members) = members.take()
                && self.send_members(&head, &members).await.is_err()
            {
                return Ok(());
            }
            if entries.is_empty() {
                match self.go_live(&position).await {
                    Ok(false) => {}
                    Ok(true) | Err(Gone) => return Ok(()),
                }
            }
            for entry in &entries {
                if is_behind_set(entry)
                    && let Some(members) = members.take()
                    && self.send_members(&head, &members).await.is_err()
                {
                    return Ok(());
                }
                if self.tell(entry).await.is_err() {
                    return Ok(());
                }
                position.clone_from(&entry.channel_serial);
            }
            // There may be much of it, and others are waiting.
            tokio::task::yield_now().await;
        }
    }

    /// Reads the next entries after `position`. If there is none, it moves up to what was told.
    async fn read(&self, position: &mut String) -> Result<Option<Vec<Arc<Entry>>>> {
        let told = self.channel.lock().head.clone();
        let channel = &self.request.channel;
        let app = &self.hub.app;
        let entries = app.entries_after(channel, position, PIECE_SIZE).await?;
        // A head may have moved on without an entry.
        if entries.as_ref().is_some_and(Vec::is_empty) && *position < told {
            *position = told;
        }
        Ok(entries)
    }

    /// Returns the modes of the attachment as they are now.
    fn modes(&self) -> std::result::Result<ChannelModes, Gone> {
        let mut state = self.channel.lock();
        let attachment = state.find(self.subscriber.number()).ok_or(Gone)?;
        Ok(attachment.modes)
    }

    async fn has_room(&self) -> std::result::Result<(), Gone> {
        if self.subscriber.has_room().await {
            Ok(())
        } else {
            Err(Gone)
        }
    }

    async fn tell(&mut self, entry: &Entry) -> std::result::Result<(), Gone> {
        let is_own = entry.connection_id.as_deref() == Some(self.subscriber.connection_id());
        self.told += entry.size();
        for frame in &entry.frames {
            self.has_room().await?;
            if self.modes()?.contains(mode_of(frame)) && (self.subscriber.wants_echo() || !is_own) {
                self.subscriber.send(frame);
                self.hub.count_asked(frame);
            }
        }
        Ok(())
    }

    async fn send_members(
        &self,
        serial: &str,
        members: &[PresenceMessage],
    ) -> std::result::Result<(), Gone> {
        if !self.modes()?.contains(ChannelModes::PRESENCE_SUBSCRIBE) {
            return Ok(());
        }
        if sync::send(self.subscriber, &self.request.channel, serial, members).await {
            Ok(())
        } else {
            Err(Gone)
        }
    }

    /// Tells the messages that the attachment begins with.
    async fn rewind(
        &self,
        mut rewound: Rewound,
        head: &str,
    ) -> Result<std::result::Result<(), Gone>> {
        let channel = &self.request.channel;
        loop {
            let (messages, is_last) = rewound.next(self.hub.engine(), channel, head).await?;
            let count = messages.len();
            for (place, message) in messages.into_iter().enumerate() {
                let is_last = is_last && place + 1 == count;
                if self.has_room().await.is_err() {
                    return Ok(Err(Gone));
                }
                let frame = rewind::frame(channel, message, head, is_last);
                self.subscriber.send(&frame);
                self.hub.count_asked(&frame);
            }
            if is_last {
                return Ok(Ok(()));
            }
            tokio::task::yield_now().await;
        }
    }

    /// Has the subscriber get what is committed from now on, if there is nothing else to be told; `false` if there is.
    async fn go_live(&self, position: &str) -> std::result::Result<bool, Gone> {
        let held = {
            let mut state = self.channel.lock();
            if state.head.as_str() > position {
                return Ok(false);
            }
            // Where the engine was read ahead of what it has told.
            let after = (state.head.as_str() < position).then(|| position.into());
            let attachment = state.find(self.subscriber.number()).ok_or(Gone)?;
            let held = attachment.held.as_mut().map(Held::take);
            match held {
                Some(held) if !held.is_empty() => held,
                _ => {
                    attachment.held = None;
                    attachment.after = after;
                    return Ok(true);
                }
            }
        };
        for frame in held {
            self.has_room().await?;
            match frame {
                HeldFrame::Shared(message) => self.subscriber.send(&message),
                HeldFrame::Own(message) => self.subscriber.send(&message),
            }
        }
        Ok(false)
    }

    /// Goes on at the present, where what is missing can't be told: it is not kept any more, there is too much of it, or
    /// the channel was reset, which the subscriber is told anyhow. Returns the position, or nothing if the attachment is
    /// gone.
    async fn break_off(&mut self) -> Result<Option<String>> {
        self.told = 0;
        let channel = &self.request.channel;
        let now = self.hub.app.snapshot(channel).await?;
        self.hub.app.caught_up_to(channel, &now.head).await?;
        let mut state = self.channel.lock();
        let head = state.head.clone();
        let Some(attachment) = state.find(self.subscriber.number()) else {
            return Ok(None);
        };
        if !attachment.held.as_ref().is_some_and(|held| held.is_anew) {
            let why = "Continuity is lost: not all that was missed can be sent again";
            let error = ErrorInfo::new(90003, 400, why);
            attachment.begin_anew(channel, &head, &now.members, &error);
            self.hub
                .emit_discontinuity(self.subscriber, channel, &error);
        }
        if let Some(held) = &mut attachment.held {
            held.is_anew = false;
        }
        Ok(Some(head))
    }
}

fn has_presence(request: &AttachRequest, beginning: &AttachStart) -> bool {
    request
        .granted
        .modes
        .contains(ChannelModes::PRESENCE_SUBSCRIBE)
        && !beginning.members.is_empty()
}

fn attached(request: &AttachRequest, beginning: &AttachStart) -> ProtocolMessage {
    let mut bits = request.granted.modes.bits();
    if beginning.resumed {
        bits |= flags::RESUMED;
    }
    let is_rewound = beginning.rewound.as_ref().is_some_and(Rewound::has_any);
    if !beginning.missed.is_empty() || is_rewound {
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
        params: Some(request.granted.params.clone()).filter(|params| !params.is_empty()),
        error: beginning.gap.clone(),
        ..ProtocolMessage::on(Action::Attached, &request.channel)
    }
}
