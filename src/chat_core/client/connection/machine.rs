//! The connection as a state machine: inputs and the present moment in, effects out. No socket, no clock, no waiting.
//!
//! The states are the SDKs' (RTN4): a drop is followed by reconnecting at once with `resume`, then at growing
//! intervals; every attached channel is attached again from its last channelSerial, so that nothing is lost, and
//! what could not be continued is told as a discontinuity.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::chat_core::auth::Secret;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::frame::{AuthDetails, Params, PublishResult};
use crate::chat_core::protocol::{Action, Message, ProtocolMessage, flags};

/// The waits of a connection; the defaults are the SDKs'.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// How long an attach, a connect or a close may take.
    pub request: Duration,
    /// The base of the waits between attempts to reconnect.
    pub retry: Duration,
    /// The wait between attempts before the first success.
    pub first_retry: Duration,
    /// What the service's `maxIdleInterval` is extended by before silence counts as a drop.
    pub idle_margin: Duration,
    /// Whether there can be another token once the present one is refused.
    pub renews: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(10),
            retry: Duration::from_secs(15),
            first_retry: Duration::from_millis(500),
            idle_margin: Duration::from_secs(10),
            renews: false,
        }
    }
}

/// What happens to a connection.
#[derive(Debug)]
pub enum Input {
    /// Its owner wants something.
    Command(Command),
    /// The link is open.
    Opened,
    /// The link could not be opened, or broke.
    Lost(ErrorInfo),
    /// The service said something.
    Received(Box<ProtocolMessage>),
    /// A sign of life.
    Heard,
    /// There is a new token.
    Authorized(Secret),
    /// There will be no other token, for this reason.
    Denied(ErrorInfo),
    /// Time has passed.
    Woken,
}

/// What the owner of a connection wants.
#[derive(Debug)]
pub enum Command {
    /// Connect.
    Connect,
    /// Attach to a channel, or change the attachment.
    Attach {
        /// The channel.
        channel: String,
        /// The modes, as flag bits; 0 for the default ones.
        modes: u64,
        /// Channel parameters.
        params: Params,
    },
    /// Publish messages over the connection.
    Publish {
        /// The channel.
        channel: String,
        /// The messages.
        messages: Vec<Message>,
        /// What [`Event::Published`] names it.
        ticket: u64,
    },
    /// End the connection.
    Close,
}

/// What is to be done for a connection.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Open a link.
    Open(Open),
    /// Send a message.
    Send(Box<ProtocolMessage>),
    /// Get another token while this one goes on, and give it as [`Input::Authorized`].
    Authorize,
    /// Forget the token in use, which was refused: the next link is opened with another.
    Forget,
    /// Drop the link.
    Drop,
    /// Tell the owner.
    Tell(Event),
}

/// How a link is to be opened.
#[derive(Debug, PartialEq, Eq)]
pub struct Open {
    /// The key of the connection to go on with.
    pub resume: Option<Secret>,
    /// The number of attempts since the last success, from 0: which host to try.
    pub attempt: u32,
}

/// What a connection tells its owner.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// Connected.
    Connected {
        /// The connectionId.
        id: String,
        /// Whether an earlier connection goes on.
        resumed: bool,
        /// Who the service takes the client for.
        client_id: Option<String>,
    },
    /// The link is gone; it is tried again.
    Disconnected(ErrorInfo),
    /// The connection has ended for good.
    Failed(ErrorInfo),
    /// The connection was closed as it was asked to.
    Closed,
    /// A channel is attached.
    Attached {
        /// The channel.
        channel: String,
        /// Whether nothing was missed since the last time.
        resumed: bool,
        /// The granted modes, as flag bits.
        modes: u64,
    },
    /// Something between the last message and the next ones may have been missed.
    Discontinuity {
        /// The channel.
        channel: String,
        /// Why.
        reason: Option<ErrorInfo>,
    },
    /// A channel can't be attached.
    ChannelFailed {
        /// The channel.
        channel: String,
        /// Why.
        error: ErrorInfo,
    },
    /// Messages.
    Messages {
        /// The channel.
        channel: String,
        /// The messages.
        messages: Vec<Message>,
    },
    /// A publish was acknowledged, or refused.
    Published {
        /// Its name.
        ticket: u64,
        /// The serials.
        result: Result<PublishResult, ErrorInfo>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    Connecting,
    Connected,
    Waiting,
    Closing,
    Ended,
}

struct Channel {
    modes: u64,
    params: Params,
    /// Where to go on.
    serial: Option<String>,
    /// Whether it was attached at least once.
    is_known: bool,
    is_attached: bool,
    /// When an attach that is under way is given up and asked for again.
    deadline: Option<Timestamp>,
}

struct Publish {
    msg_serial: u64,
    ticket: u64,
    message: ProtocolMessage,
}

/// A connection.
pub struct Machine {
    terms: Terms,
    state: State,
    connection_id: Option<String>,
    key: Option<Secret>,
    attempt: u32,
    was_connected: bool,
    /// When the state is given up: the end of a request, of silence, or of a wait.
    deadline: Option<Timestamp>,
    max_silence: Option<Duration>,
    channels: BTreeMap<String, Channel>,
    next_msg_serial: u64,
    unacknowledged: VecDeque<Publish>,
    /// Whether a token was refused since the last success.
    was_refused: bool,
    /// A number from 0 to 1 that spreads retries (RTB1).
    jitter: f64,
}

impl Machine {
    /// A connection that does nothing yet. `jitter` is from 0 to 1 and spreads the retries of many clients.
    pub fn new(terms: Terms, jitter: f64) -> Self {
        Self {
            terms,
            state: State::Idle,
            connection_id: None,
            key: None,
            attempt: 0,
            was_connected: false,
            deadline: None,
            max_silence: None,
            channels: BTreeMap::new(),
            next_msg_serial: 0,
            unacknowledged: VecDeque::new(),
            was_refused: false,
            jitter,
        }
    }

    /// When [`Input::Woken`] is to be given next.
    pub fn deadline(&self) -> Option<Timestamp> {
        let channels = self
            .channels
            .values()
            .filter_map(|channel| channel.deadline);
        self.deadline.into_iter().chain(channels).min()
    }

    /// Takes an input at the time `now` and says what is to be done.
    pub fn on(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            _ if self.state == State::Ended => {}
            Input::Command(command) => self.command(command, now, &mut effects),
            Input::Opened => {}
            Input::Lost(error) => self.lost(error, now, &mut effects),
            Input::Received(message) => {
                self.heard(now);
                self.received(*message, now, &mut effects);
            }
            Input::Heard => self.heard(now),
            Input::Authorized(token) => self.authorized(&token, &mut effects),
            Input::Denied(error) => self.refused_for_good(error, &mut effects),
            Input::Woken => self.woken(now, &mut effects),
        }
        effects
    }

    fn command(&mut self, command: Command, now: Timestamp, effects: &mut Vec<Effect>) {
        match command {
            Command::Connect => {
                if self.state == State::Idle {
                    self.open(now, effects);
                }
            }
            Command::Attach {
                channel,
                modes,
                params,
            } => {
                let serial = self
                    .channels
                    .get(&channel)
                    .and_then(|known| known.serial.clone());
                let is_known = self
                    .channels
                    .get(&channel)
                    .is_some_and(|known| known.is_known);
                self.channels.insert(
                    channel.clone(),
                    Channel {
                        modes,
                        params,
                        serial,
                        is_known,
                        is_attached: false,
                        deadline: None,
                    },
                );
                if self.state == State::Connected {
                    self.attach(&channel, now, effects);
                }
            }
            Command::Publish {
                channel,
                messages,
                ticket,
            } => {
                let msg_serial = self.next_msg_serial;
                self.next_msg_serial += 1;
                let message = ProtocolMessage {
                    msg_serial: Some(msg_serial),
                    messages: Some(messages),
                    ..ProtocolMessage::on(Action::Message, &channel)
                };
                if self.state == State::Connected {
                    effects.push(Effect::Send(Box::new(message.clone())));
                }
                self.unacknowledged.push_back(Publish {
                    msg_serial,
                    ticket,
                    message,
                });
            }
            Command::Close => match self.state {
                State::Connected => {
                    self.state = State::Closing;
                    self.deadline = Some(now + self.terms.request);
                    effects.push(Effect::Send(Box::new(ProtocolMessage::new(Action::Close))));
                }
                _ => self.end(Event::Closed, effects),
            },
        }
    }

    fn open(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.state = State::Connecting;
        self.deadline = Some(now + self.terms.request);
        effects.push(Effect::Open(Open {
            resume: self.key.clone(),
            attempt: self.attempt,
        }));
    }

    fn lost(&mut self, error: ErrorInfo, now: Timestamp, effects: &mut Vec<Effect>) {
        for channel in self.channels.values_mut() {
            channel.is_attached = false;
            channel.deadline = None;
        }
        match self.state {
            State::Closing => return self.end(Event::Closed, effects),
            State::Connecting | State::Connected => {}
            State::Idle | State::Waiting | State::Ended => return,
        }
        effects.push(Effect::Drop);
        effects.push(Effect::Tell(Event::Disconnected(error)));
        let was_connected = self.state == State::Connected;
        self.state = State::Waiting;
        if was_connected {
            // The first time at once (RTN15a).
            self.attempt = 0;
            self.open(now, effects);
        } else {
            self.attempt += 1;
            self.deadline = Some(now + self.wait());
        }
    }

    /// The wait before the next attempt: base × min((n+2)/3, 2) × (1 − jitter·0.2) (RTB1).
    fn wait(&self) -> Duration {
        if !self.was_connected {
            return self.terms.first_retry;
        }
        let growth = (f64::from(self.attempt) + 2.0) / 3.0;
        self.terms
            .retry
            .mul_f64(growth.min(2.0) * (1.0 - self.jitter * 0.2))
    }

    fn heard(&mut self, now: Timestamp) {
        if self.state == State::Connected {
            self.deadline = self.max_silence.map(|silence| now + silence);
        }
    }

    fn woken(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
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
            State::Waiting => self.open(now, effects),
            State::Connecting => {
                self.lost(
                    ErrorInfo::new(80003, 408, "The service did not answer in time"),
                    now,
                    effects,
                );
            }
            State::Connected => {
                self.lost(
                    ErrorInfo::new(80003, 408, "The service was silent for too long"),
                    now,
                    effects,
                );
            }
            State::Closing => self.end(Event::Closed, effects),
            State::Idle | State::Ended => {}
        }
    }

    fn received(&mut self, message: ProtocolMessage, now: Timestamp, effects: &mut Vec<Effect>) {
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
            Action::Auth if self.terms.renews => effects.push(Effect::Authorize),
            Action::Error => {
                let channel = message.channel.unwrap_or_default();
                let error = message.error.unwrap_or_default();
                self.channels.remove(&channel);
                effects.push(Effect::Tell(Event::ChannelFailed { channel, error }));
            }
            Action::Closed => self.end(Event::Closed, effects),
            Action::Attached => self.attached(message, effects),
            Action::Detached => self.detached(message, now, effects),
            Action::Message => self.messages(message, effects),
            Action::Ack | Action::Nack => self.acknowledged(&message, effects),
            // A heartbeat is a sign of life, which was noted already.
            _ => {}
        }
    }

    fn connected(&mut self, message: ProtocolMessage, now: Timestamp, effects: &mut Vec<Effect>) {
        let details = message.connection_details.unwrap_or_default();
        let id = message.connection_id.unwrap_or_default();
        let is_update = self.state == State::Connected;
        let resumed = self.connection_id.as_deref() == Some(id.as_str());
        self.key = Some(details.connection_key)
            .filter(|key| !key.is_empty())
            .map(Secret::new);
        self.connection_id = Some(id.clone());
        self.max_silence = Some(details.max_idle_interval)
            .filter(|millis| *millis > 0)
            .map(|millis| Duration::from_millis(millis) + self.terms.idle_margin);
        self.state = State::Connected;
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
    fn refused(&mut self, error: ErrorInfo, now: Timestamp, effects: &mut Vec<Effect>) {
        if error.is_token_error() {
            self.token_refused(error, now, effects);
        } else {
            self.lost(error, now, effects);
        }
    }

    /// Another token is tried at once, the next ones after the usual waits (RTN14b, RTN15h2).
    fn token_refused(&mut self, error: ErrorInfo, now: Timestamp, effects: &mut Vec<Effect>) {
        let again = std::mem::replace(&mut self.was_refused, true);
        // A credential that is what it is would be refused again; so would a source's that never gave a good one.
        if !self.terms.renews || (again && !self.was_connected) {
            return self.refused_for_good(error, effects);
        }
        effects.push(Effect::Forget);
        self.lost(error, now, effects);
        if !again && self.state == State::Waiting {
            self.open(now, effects);
        }
    }

    /// A new token is shown in band (RTC8). Without a link, the next one is opened with it.
    fn authorized(&mut self, token: &Secret, effects: &mut Vec<Effect>) {
        if self.state == State::Connected {
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
        self.state = State::Ended;
        self.deadline = None;
        self.channels.clear();
        effects.push(Effect::Drop);
        effects.push(Effect::Tell(event));
    }

    fn attach(&mut self, name: &str, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(channel) = self.channels.get_mut(name) else {
            return;
        };
        channel.is_attached = false;
        channel.deadline = Some(now + self.terms.request);
        let resuming = if channel.is_known {
            flags::ATTACH_RESUME
        } else {
            0
        };
        let bits = channel.modes | resuming;
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
        let modes = message.flags.unwrap_or(0) & flags::MODES;
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
        effects.push(Effect::Tell(Event::Attached {
            channel: name,
            resumed,
            modes,
        }));
    }

    /// The service ended an attachment by itself: it is asked for again (RTL13).
    fn detached(&mut self, message: ProtocolMessage, now: Timestamp, effects: &mut Vec<Effect>) {
        let name = message.channel.unwrap_or_default();
        let Some(channel) = self.channels.get_mut(&name) else {
            return;
        };
        if channel.is_attached {
            self.attach(&name, now, effects);
        } else {
            channel.deadline = Some(now + self.terms.retry);
        }
    }

    fn messages(&mut self, message: ProtocolMessage, effects: &mut Vec<Effect>) {
        let name = message.channel.unwrap_or_default();
        // What comes while a channel is not attached belongs to an attachment that is over.
        let Some(channel) = self
            .channels
            .get_mut(&name)
            .filter(|channel| channel.is_attached)
        else {
            return;
        };
        if message.channel_serial.is_some() {
            channel.serial = message.channel_serial;
        }
        let (id, connection_id, timestamp) = (message.id, message.connection_id, message.timestamp);
        let mut messages = message.messages.unwrap_or_default();
        for (index, item) in messages.iter_mut().enumerate() {
            if item.id.is_none() {
                item.id = id.as_ref().map(|id| format!("{id}:{index}"));
            }
            if item.connection_id.is_none() {
                item.connection_id.clone_from(&connection_id);
            }
            item.timestamp = item.timestamp.or(timestamp);
        }
        effects.push(Effect::Tell(Event::Messages {
            channel: name,
            messages,
        }));
    }

    fn acknowledged(&mut self, message: &ProtocolMessage, effects: &mut Vec<Effect>) {
        let first = message.msg_serial.unwrap_or_default();
        let end = first + message.count.unwrap_or(1);
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
            effects.push(Effect::Tell(Event::Published {
                ticket: publish.ticket,
                result,
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::frame::ConnectionDetails;

    const START: Timestamp = Timestamp(1_700_000_000_000);

    fn connected(id: &str) -> Input {
        Input::Received(Box::new(ProtocolMessage {
            connection_id: Some(id.to_owned()),
            connection_details: Some(ConnectionDetails {
                connection_key: format!("{id}!key"),
                max_idle_interval: 15_000,
                ..ConnectionDetails::default()
            }),
            ..ProtocolMessage::new(Action::Connected)
        }))
    }

    fn on_channel(action: Action, serial: &str, flags: u64) -> Input {
        Input::Received(Box::new(ProtocolMessage {
            channel_serial: Some(serial.to_owned()),
            flags: Some(flags),
            messages: (action == Action::Message).then(|| vec![Message::default()]),
            ..ProtocolMessage::on(action, "c")
        }))
    }

    fn attach() -> Input {
        Input::Command(Command::Attach {
            channel: "c".to_owned(),
            modes: 0,
            params: Params::new(),
        })
    }

    fn lost() -> Input {
        Input::Lost(ErrorInfo::new(80003, 400, "gone"))
    }

    fn sent(effects: &[Effect]) -> Vec<&ProtocolMessage> {
        effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Send(message) => Some(&**message),
                _ => None,
            })
            .collect()
    }

    fn attached_machine() -> Machine {
        let mut machine = Machine::new(Terms::default(), 0.0);
        machine.on(Input::Command(Command::Connect), START);
        machine.on(attach(), START);
        machine.on(connected("one"), START);
        machine.on(on_channel(Action::Attached, "s1", flags::SUBSCRIBE), START);
        machine
    }

    #[test]
    fn a_drop_is_followed_by_a_resume_from_the_last_position() {
        let mut machine = attached_machine();
        machine.on(on_channel(Action::Message, "s2", 0), START);
        let effects = machine.on(lost(), START);
        let resume = Some(Secret::new("one!key"));
        assert!(
            effects.contains(&Effect::Open(Open { resume, attempt: 0 })),
            "{effects:?}"
        );
        let effects = machine.on(connected("one"), START);
        let messages = sent(&effects);
        assert_eq!(messages.len(), 1);
        assert_eq!(
            (messages[0].action, messages[0].channel_serial.as_deref()),
            (Action::Attach, Some("s2"))
        );
        let effects = machine.on(on_channel(Action::Attached, "s2", flags::RESUMED), START);
        assert!(
            !effects
                .iter()
                .any(|effect| matches!(effect, Effect::Tell(Event::Discontinuity { .. })))
        );
    }

    #[test]
    fn what_cannot_be_continued_is_told() {
        let mut machine = attached_machine();
        machine.on(lost(), START);
        machine.on(connected("two"), START);
        let effects = machine.on(on_channel(Action::Attached, "s9", 0), START);
        assert!(
            effects
                .iter()
                .any(|effect| matches!(effect, Effect::Tell(Event::Discontinuity { .. }))),
            "{effects:?}"
        );
    }

    #[test]
    fn attempts_grow_apart_and_silence_counts_as_a_drop() {
        let mut machine = attached_machine();
        machine.on(lost(), START);
        machine.on(lost(), START);
        assert_eq!(machine.deadline(), Some(START + Duration::from_secs(15)));
        assert!(machine.on(Input::Woken, START).is_empty(), "not yet");
        let later = START + Duration::from_secs(15);
        assert!(matches!(
            machine.on(Input::Woken, later)[..],
            [Effect::Open(Open { attempt: 1, .. })]
        ));
        machine.on(lost(), later);
        assert_eq!(machine.deadline(), Some(later + Duration::from_secs(20)));

        let mut machine = attached_machine();
        assert_eq!(machine.deadline(), Some(START + Duration::from_secs(25)));
        let effects = machine.on(Input::Woken, START + Duration::from_secs(25));
        assert!(
            matches!(
                &effects[..],
                [
                    Effect::Drop,
                    Effect::Tell(Event::Disconnected(_)),
                    Effect::Open(_)
                ]
            ),
            "{effects:?}"
        );
    }

    #[test]
    fn unacknowledged_publishes_are_sent_again_and_answered_once() {
        let mut machine = attached_machine();
        for ticket in [7, 8, 9] {
            machine.on(
                Input::Command(Command::Publish {
                    channel: "c".to_owned(),
                    messages: vec![Message::default()],
                    ticket,
                }),
                START,
            );
        }
        let ack = |serial: u64| {
            Input::Received(Box::new(ProtocolMessage {
                msg_serial: Some(serial),
                count: Some(1),
                res: Some(vec![PublishResult {
                    serials: vec![Some("x".to_owned())],
                }]),
                ..ProtocolMessage::new(Action::Ack)
            }))
        };
        let effects = machine.on(ack(0), START);
        assert!(
            matches!(
                &effects[..],
                [Effect::Tell(Event::Published {
                    ticket: 7,
                    result: Ok(_)
                })]
            ),
            "{effects:?}"
        );
        machine.on(lost(), START);
        let effects = machine.on(connected("one"), START);
        let serials: Vec<_> = sent(&effects)
            .iter()
            .filter_map(|message| message.msg_serial)
            .collect();
        assert_eq!(serials, [1, 2], "the same serials on the same connection");
        machine.on(lost(), START);
        let effects = machine.on(connected("two"), START);
        let serials: Vec<_> = sent(&effects)
            .iter()
            .filter_map(|message| message.msg_serial)
            .collect();
        assert_eq!(serials, [0, 1], "from 0 on a new one");
    }

    #[test]
    fn errors_of_the_connection_end_it_and_those_of_a_channel_do_not() {
        let mut machine = attached_machine();
        let failed = Input::Received(Box::new(ProtocolMessage {
            error: Some(ErrorInfo::new(40160, 401, "no")),
            ..ProtocolMessage::on(Action::Error, "c")
        }));
        let effects = machine.on(failed, START);
        assert!(matches!(
            &effects[..],
            [Effect::Tell(Event::ChannelFailed { .. })]
        ));
        let fatal = Input::Received(Box::new(ProtocolMessage::failed(
            Action::Error,
            ErrorInfo::new(40101, 401, "no"),
        )));
        let effects = machine.on(fatal, START);
        assert!(matches!(
            &effects[..],
            [Effect::Drop, Effect::Tell(Event::Failed(_))]
        ));
        assert!(machine.on(lost(), START).is_empty());
        assert_eq!(machine.deadline(), None);
    }

    #[test]
    fn closing_waits_for_closed_but_not_for_ever() {
        let mut machine = attached_machine();
        let effects = machine.on(Input::Command(Command::Close), START);
        assert_eq!(sent(&effects)[0].action, Action::Close);
        let effects = machine.on(Input::Woken, START + Duration::from_secs(10));
        assert!(matches!(
            &effects[..],
            [Effect::Drop, Effect::Tell(Event::Closed)]
        ));
    }
}
