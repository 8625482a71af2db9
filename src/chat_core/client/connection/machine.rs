//! The connection as a state machine: inputs and the present moment in, effects out. No socket, no clock, no waiting.
//!
//! The states are the SDKs' (RTN4): a drop is followed by reconnecting at once with `resume`, then at growing
//! intervals; every attached channel is attached again from its last channelSerial, so that nothing is lost, and
//! what could not be continued is told as a discontinuity.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::inherit;
use super::presence::OwnMembers;
use super::types::{Command, Effect, Event, Input, Open, Publication, Timeouts};
use crate::chat_core::auth::Secret;
use crate::chat_core::clock::Moment;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::ChannelModes;
use crate::chat_core::protocol::frame::{AuthDetails, Params};
use crate::chat_core::protocol::{Action, ProtocolMessage, flags};

/// The time after a drop in which the waits are quick ones.
const QUICK_FOR: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ConnectionState {
    Idle,
    Connecting,
    Connected,
    Waiting,
    Closing,
    Ended,
}

struct Attachment {
    modes: ChannelModes,
    params: Params,
    /// The position to go on from.
    serial: Option<String>,
    /// Whether it was attached at least once.
    is_known: bool,
    is_attached: bool,
    /// The time at which an attach that is under way is given up and asked for again.
    deadline: Option<Moment>,
}

struct Publish {
    msg_serial: u64,
    /// `None` for what nobody waits for.
    ticket: Option<u64>,
    message: ProtocolMessage,
}

/// A connection.
pub struct Machine {
    timeouts: Timeouts,
    state: ConnectionState,
    connection_id: Option<String>,
    key: Option<Secret>,
    attempt: u32,
    /// The time at which the last link that worked was lost.
    lost_at: Option<Moment>,
    /// The host of this round of attempts that is tried.
    fallback: usize,
    was_connected: bool,
    /// The time at which the state is given up: the end of a request, of silence, or of a wait.
    deadline: Option<Moment>,
    max_silence: Option<Duration>,
    channels: BTreeMap<String, Attachment>,
    next_msg_serial: u64,
    unacknowledged: VecDeque<Publish>,
    own: OwnMembers,
    /// Whether a token was refused since the last success.
    was_refused: bool,
    /// A number from 0 to 1 that spreads retries (RTB1).
    jitter: f64,
}

impl Machine {
    /// A connection that does nothing yet. `jitter` is from 0 to 1 and spreads the retries of many clients.
    pub fn new(timeouts: Timeouts, jitter: f64) -> Self {
        Self {
            timeouts,
            state: ConnectionState::Idle,
            connection_id: None,
            key: None,
            attempt: 0,
            lost_at: None,
            fallback: 0,
            was_connected: false,
            deadline: None,
            max_silence: None,
            channels: BTreeMap::new(),
            next_msg_serial: 0,
            unacknowledged: VecDeque::new(),
            own: OwnMembers::default(),
            was_refused: false,
            jitter,
        }
    }

    /// Returns the time at which [`Input::Woken`] is to be given next.
    pub fn deadline(&self) -> Option<Moment> {
        let channels = self
            .channels
            .values()
            .filter_map(|channel| channel.deadline);
        self.deadline.into_iter().chain(channels).min()
    }

    /// Takes an input at the time `now` and says what is to be done.
    pub fn on(&mut self, input: Input, now: Moment) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            _ if self.state == ConnectionState::Ended => {}
            Input::Command(command) => self.command(command, now, &mut effects),
            Input::Opened => {}
            Input::Lost(error) => self.lost(error, now, &mut effects),
            Input::Received(message) => {
                self.heard(now);
                self.received(*message, now, &mut effects);
            }
            Input::Alive => self.heard(now),
            Input::Authorized(token) => self.authorized(&token, &mut effects),
            Input::Denied(error) => self.refused_for_good(error, &mut effects),
            Input::Woken => self.woken(now, &mut effects),
        }
        effects
    }

    fn command(&mut self, command: Command, now: Moment, effects: &mut Vec<Effect>) {
        match command {
            Command::Connect => {
                if self.state == ConnectionState::Idle {
                    self.open(0, now, effects);
                }
            }
            Command::Attach {
                channel,
                modes,
                params,
                from,
            } => {
                self.set_attachment(&channel, modes, params, from, now, effects);
            }
            Command::Publish {
                channel,
                what,
                ticket,
            } => {
                if let Publication::Presence(members) = &what {
                    self.own.note(&channel, members);
                    let connection = self.connection_id.as_deref();
                    self.own.known_under(
                        &channel,
                        connection.filter(|_| self.state == ConnectionState::Connected),
                    );
                }
                self.publish(&channel, what, Some(ticket), effects);
            }
            Command::Ping { id } => {
                if self.state == ConnectionState::Connected {
                    effects.push(Effect::Send(Box::new(ProtocolMessage {
                        id: Some(id),
                        ..ProtocolMessage::new(Action::Heartbeat)
                    })));
                }
            }
            Command::Close => match self.state {
                ConnectionState::Connected => {
                    self.state = ConnectionState::Closing;
                    self.deadline = Some(now + self.timeouts.request);
                    effects.push(Effect::Send(Box::new(ProtocolMessage::new(Action::Close))));
                }
                _ => self.end(Event::Closed, effects),
            },
        }
    }

    /// Notes how a channel is to be attached, and attaches it once connected.
    fn set_attachment(
        &mut self,
        channel: &str,
        modes: ChannelModes,
        params: Params,
        from: Option<String>,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        let known = self.channels.remove(channel);
        let is_known = from.is_some() || known.as_ref().is_some_and(|it| it.is_known);
        let attachment = Attachment {
            modes,
            params,
            serial: from.or(known.and_then(|it| it.serial)),
            is_known,
            is_attached: false,
            deadline: None,
        };
        self.channels.insert(channel.to_owned(), attachment);
        if self.state == ConnectionState::Connected {
            self.attach(channel, now, effects);
        }
    }

    fn publish(
        &mut self,
        channel: &str,
        what: Publication,
        ticket: Option<u64>,
        effects: &mut Vec<Effect>,
    ) {
        let msg_serial = self.next_msg_serial;
        self.next_msg_serial += 1;
        let mut message = match what {
            Publication::Messages(messages) => ProtocolMessage {
                messages: Some(messages),
                ..ProtocolMessage::on(Action::Message, channel)
            },
            Publication::Presence(members) => ProtocolMessage {
                presence: Some(members),
                ..ProtocolMessage::on(Action::Presence, channel)
            },
        };
        message.msg_serial = Some(msg_serial);
        if self.state == ConnectionState::Connected {
            effects.push(Effect::Send(Box::new(message.clone())));
        }
        self.unacknowledged.push_back(Publish {
            msg_serial,
            ticket,
            message,
        });
    }

    fn open(&mut self, fallback: usize, now: Moment, effects: &mut Vec<Effect>) {
        self.state = ConnectionState::Connecting;
        self.fallback = fallback;
        self.deadline = Some(now + self.connect_time());
        effects.push(Effect::Open(Open {
            resume: self.key.clone(),
            fallback,
        }));
    }

    /// The time for an attempt to connect. The first connection is part of an operation that ends after one request's
    /// time: while there are other hosts, each gets half of what is left, so that all of them are tried within it.
    fn connect_time(&self) -> Duration {
        let request = self.timeouts.request;
        if self.was_connected || self.timeouts.fallbacks == 0 {
            return request;
        }
        let halvings = (self.fallback + 1).min(self.timeouts.fallbacks);
        (0..halvings).fold(request, |time, _| time / 2)
    }

    fn lost(&mut self, error: ErrorInfo, now: Moment, effects: &mut Vec<Effect>) {
        for channel in self.channels.values_mut() {
            channel.is_attached = false;
            channel.deadline = None;
        }
        match self.state {
            ConnectionState::Closing => return self.end(Event::Closed, effects),
            ConnectionState::Connecting | ConnectionState::Connected => {}
            ConnectionState::Idle | ConnectionState::Waiting | ConnectionState::Ended => return,
        }
        effects.push(Effect::Drop);
        let was_connected = self.state == ConnectionState::Connected;
        if !was_connected && self.fallback < self.timeouts.fallbacks && is_hosts_fault(&error) {
            return self.open(self.fallback + 1, now, effects);
        }
        effects.push(Effect::Tell(Event::Disconnected(error)));
        self.state = ConnectionState::Waiting;
        if was_connected {
            // The first time at once (RTN15a).
            self.attempt = 0;
            self.lost_at = Some(now);
            self.open(0, now, effects);
        } else {
            self.attempt += 1;
            self.deadline = Some(now + self.wait(now));
        }
    }

    /// The wait before the next attempt: base × min((n+2)/3, 2) × (1 − jitter·0.2) (RTB1). A service that was away for
    /// a moment is soon found again: the base is a small one at first, where the timeouts have one.
    fn wait(&mut self, now: Moment) -> Duration {
        if !self.was_connected {
            return self.timeouts.first_retry;
        }
        let mut base = self.timeouts.retry;
        if let Some(quick) = self.timeouts.quick_retry.filter(|quick| *quick < base) {
            if self.lost_at.is_some_and(|lost| now < lost + QUICK_FOR) {
                base = quick;
            } else if self.lost_at.take().is_some() {
                // The long waits grow from their own beginning.
                self.attempt = 1;
            }
        }
        let growth = (f64::from(self.attempt) + 2.0) / 3.0;
        base.mul_f64(growth.min(2.0) * (1.0 - self.jitter * 0.2))
    }

    fn heard(&mut self, now: Moment) {
        if self.state == ConnectionState::Connected {
            self.deadline = self.max_silence.map(|silence| now + silence);
        }
    }

    fn woken(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        let late: Vec<String> = self
            .channels
            .iter()
            .filter(|(_, channel)| channel.deadline.is_some_and(|deadline| deadline <= now))
            .map(|(name, _)| name.clone())
            .collect();
        for name in late {
            self.attach(&name, now, effects);
        }
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return;
        }
        self.deadline = None;
        match self.state {
            ConnectionState::Waiting => self.open(0, now, effects),
            ConnectionState::Connecting => {
                self.lost(
                    ErrorInfo::new(80003, 408, "The service did not answer in time"),
                    now,
                    effects,
                );
            }
            ConnectionState::Connected => {
                self.lost(
                    ErrorInfo::new(80003, 408, "The service was silent for too long"),
                    now,
                    effects,
                );
            }
            ConnectionState::Closing => self.end(Event::Closed, effects),
            ConnectionState::Idle | ConnectionState::Ended => {}
        }
    }

    fn received(&mut self, message: ProtocolMessage, now: Moment, effects: &mut Vec<Effect>) {
        match message.action {
            Action::Connected => self.connected(message, now, effects),
            Action::Disconnected => {
                let error = message
                    .error
                    .unwrap_or_else(|| ErrorInfo::new(80003, 400, "Disconnected"));
                self.refused(error, now, effects);
            }
            Action::Error if message.channel.is_none() => {
                let error = message.error.unwrap_or_default();
                if error.is_token_error() {
                    self.refused(error, now, effects);
                } else {
                    self.refused_for_good(error, effects);
                }
            }
            Action::Auth if self.timeouts.renews => effects.push(Effect::Authorize),
            Action::Error => {
                let channel = message.channel.unwrap_or_default();
                let error = message.error.unwrap_or_default();
                self.channels.remove(&channel);
                effects.push(Effect::Tell(Event::ChannelFailed { channel, error }));
            }
            Action::Closed => self.end(Event::Closed, effects),
            Action::Attached => self.attached(message, effects),
            Action::Detached => self.detached(message, now, effects),
            Action::Message | Action::Presence | Action::Annotation => {
                self.delivered(message, effects);
            }
            Action::Sync => self.synced(message, effects),
            Action::Ack | Action::Nack => self.acknowledged(&message, effects),
            Action::Heartbeat => {
                // Without an id it is a sign of life, which was noted already.
                effects.extend(message.id.map(|id| Effect::Tell(Event::Pong { id })));
            }
            _ => {}
        }
    }

    fn connected(&mut self, message: ProtocolMessage, now: Moment, effects: &mut Vec<Effect>) {
        let details = message.connection_details.unwrap_or_default();
        let id = message.connection_id.unwrap_or_default();
        let is_update = self.state == ConnectionState::Connected;
        let resumed = self.connection_id.as_deref() == Some(id.as_str());
        self.key = Some(details.connection_key)
            .filter(|key| !key.is_empty())
            .map(Secret::new);
        self.connection_id = Some(id.clone());
        self.max_silence = Some(details.max_idle_interval)
            .filter(|millis| *millis > 0)
            .map(|millis| Duration::from_millis(millis) + self.timeouts.idle_margin);
        self.state = ConnectionState::Connected;
        self.was_refused = false;
        self.heard(now);
        if is_update {
            return;
        }
        self.attempt = 0;
        self.was_connected = true;
        effects.push(Effect::Tell(Event::Connected {
            id,
            resumed,
            client_id: details.client_id,
        }));
        let channels: Vec<String> = self.channels.keys().cloned().collect();
        for channel in channels {
            self.attach(&channel, now, effects);
        }
        if !resumed {
            // A new connection counts from 0 (RTN15c7).
            for (number, publish) in self.unacknowledged.iter_mut().enumerate() {
                publish.msg_serial = number as u64;
                publish.message.msg_serial = Some(number as u64);
            }
            self.next_msg_serial = self.unacknowledged.len() as u64;
        }
        effects.extend(
            self.unacknowledged
                .iter()
                .map(|publish| Effect::Send(Box::new(publish.message.clone()))),
        );
    }

    /// The service ends the link and says why; the client may come back.
    fn refused(&mut self, error: ErrorInfo, now: Moment, effects: &mut Vec<Effect>) {
        if error.is_token_error() {
            self.token_refused(error, now, effects);
        } else {
            self.lost(error, now, effects);
        }
    }

    /// Another token is tried at once, the next ones after the usual waits (RTN14b, RTN15h2).
    fn token_refused(&mut self, error: ErrorInfo, now: Moment, effects: &mut Vec<Effect>) {
        let again = std::mem::replace(&mut self.was_refused, true);
        // A credential that is what it is would be refused again; so would a source's that never gave a good one.
        if !self.timeouts.renews || (again && !self.was_connected) {
            return self.refused_for_good(error, effects);
        }
        effects.push(Effect::Forget);
        self.lost(error, now, effects);
        if !again && self.state == ConnectionState::Waiting {
            self.open(0, now, effects);
        }
    }

    /// A new token is shown in band (RTC8). Without a link, the next one is opened with it.
    fn authorized(&mut self, token: &Secret, effects: &mut Vec<Effect>) {
        if self.state == ConnectionState::Connected {
            effects.push(Effect::Send(Box::new(ProtocolMessage {
                auth: Some(AuthDetails {
                    access_token: token.reveal().to_owned(),
                }),
                ..ProtocolMessage::new(Action::Auth)
            })));
        }
    }

    fn refused_for_good(&mut self, error: ErrorInfo, effects: &mut Vec<Effect>) {
        self.end(Event::Failed(error), effects);
    }

    fn end(&mut self, event: Event, effects: &mut Vec<Effect>) {
        self.state = ConnectionState::Ended;
        self.deadline = None;
        self.channels.clear();
        effects.push(Effect::Drop);
        effects.push(Effect::Tell(event));
    }

    fn attach(&mut self, name: &str, now: Moment, effects: &mut Vec<Effect>) {
        let Some(channel) = self.channels.get_mut(name) else {
            return;
        };
        channel.is_attached = false;
        channel.deadline = Some(now + self.timeouts.request);
        let resuming = if channel.is_known {
            flags::ATTACH_RESUME
        } else {
            0
        };
        let bits = channel.modes.bits() | resuming;
        effects.push(Effect::Send(Box::new(ProtocolMessage {
            flags: (bits != 0).then_some(bits),
            params: Some(channel.params.clone()).filter(|params| !params.is_empty()),
            channel_serial: channel.serial.clone(),
            ..ProtocolMessage::on(Action::Attach, name)
        })));
    }

    fn attached(&mut self, message: ProtocolMessage, effects: &mut Vec<Effect>) {
        let name = message.channel.clone().unwrap_or_default();
        let resumed = message.has(flags::RESUMED);
        let Some(channel) = self.channels.get_mut(&name) else {
            return;
        };
        let had_gap = channel.is_known && !resumed;
        channel.is_known = true;
        channel.is_attached = true;
        channel.deadline = None;
        if message.channel_serial.is_some() {
            channel.serial = message.channel_serial;
        }
        if had_gap {
            effects.push(Effect::Tell(Event::Discontinuity {
                channel: name.clone(),
                reason: message.error,
            }));
        }
        let serial = channel.serial.clone();
        effects.push(Effect::Tell(Event::Attached {
            channel: name.clone(),
            resumed,
            flags: message.flags.unwrap_or(0),
            params: message.params.unwrap_or_default(),
            serial,
        }));
        let connection = self.connection_id.as_deref().unwrap_or_default();
        if let Some(members) = self.own.enter_again(&name, connection, resumed) {
            self.publish(&name, Publication::Presence(members), None, effects);
        }
    }

    /// The service ended an attachment by itself: it is asked for again (RTL13).
    fn detached(&mut self, message: ProtocolMessage, now: Moment, effects: &mut Vec<Effect>) {
        let name = message.channel.unwrap_or_default();
        let Some(channel) = self.channels.get_mut(&name) else {
            return;
        };
        if channel.is_attached {
            self.attach(&name, now, effects);
        } else {
            channel.deadline = Some(now + self.timeouts.retry);
        }
    }

    /// Passes on the events of a channel.
    fn delivered(&mut self, mut message: ProtocolMessage, effects: &mut Vec<Effect>) {
        let name = message.channel.take().unwrap_or_default();
        // What comes while a channel is not attached belongs to an attachment that is over.
        let Some(channel) = self
            .channels
            .get_mut(&name)
            .filter(|channel| channel.is_attached)
        else {
            return;
        };
        if message.channel_serial.is_some() {
            channel.serial.clone_from(&message.channel_serial);
        }
        inherit::fill_defaults(&mut message);
        let (channel, serial) = (name, message.channel_serial);
        effects.push(Effect::Tell(match message.action {
            Action::Presence => Event::Presence {
                channel,
                members: message.presence.unwrap_or_default(),
                serial,
            },
            Action::Annotation => Event::Annotations {
                channel,
                annotations: message.annotations.unwrap_or_default(),
                serial,
            },
            _ => Event::Messages {
                channel,
                messages: message.messages.unwrap_or_default(),
                serial,
            },
        }));
    }

    /// A part of a presence set. Its serial is a cursor, and no position of the channel.
    fn synced(&mut self, mut message: ProtocolMessage, effects: &mut Vec<Effect>) {
        let channel = message.channel.take().unwrap_or_default();
        let is_attached = self.channels.get(&channel).is_some_and(|it| it.is_attached);
        if !is_attached {
            return;
        }
        inherit::fill_defaults(&mut message);
        let cursor = message.channel_serial.as_deref().unwrap_or_default();
        effects.push(Effect::Tell(Event::Sync {
            channel,
            members: message.presence.unwrap_or_default(),
            is_last: cursor
                .split_once(':')
                .is_none_or(|(_, rest)| rest.is_empty()),
        }));
    }

    fn acknowledged(&mut self, message: &ProtocolMessage, effects: &mut Vec<Effect>) {
        let first = message.msg_serial.unwrap_or_default();
        let end = first.saturating_add(message.count.unwrap_or(1));
        while self
            .unacknowledged
            .front()
            .is_some_and(|publish| publish.msg_serial < end)
        {
            let Some(publish) = self.unacknowledged.pop_front() else {
                break;
            };
            let result = if message.action == Action::Nack {
                Err(message.error.clone().unwrap_or_default())
            } else {
                let place =
                    usize::try_from(publish.msg_serial.saturating_sub(first)).unwrap_or(usize::MAX);
                let results = message.res.as_deref().unwrap_or_default();
                Ok(results.get(place).cloned().unwrap_or_default())
            };
            if let Some(ticket) = publish.ticket {
                effects.push(Effect::Tell(Event::Published { ticket, result }));
            }
        }
    }
}

/// Returns whether another host may do better: the link could not be made or broke, or the service is in trouble
/// (RTN17f).
fn is_hosts_fault(error: &ErrorInfo) -> bool {
    error.code == 80003 || (500..=504).contains(&error.status_code)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
