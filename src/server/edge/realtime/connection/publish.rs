//! Publishes of a connection, and the answers to them in order.

use std::sync::Arc;
use std::time::Duration;

use super::{Connection, UnderWay};
use crate::chat_core::clock::Moment;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::PublishResult;
use crate::chat_core::protocol::names::QualifiedName;
use crate::chat_core::protocol::{Action, Message, MessageAction, ProtocolMessage, names};
use crate::server::core::connections::LiveConnection as _;
use crate::server::core::hub::Subscriber as _;
use crate::server::core::publisher::{self, Api, Intent, PublishRequest, Source};
use crate::server::core::sessions::PublishAnswer;
use crate::server::engine::{Change, Entry, Pending};

/// The time for which the answer to what a Chat client sends over its connection in a room is held back: to presence, room
/// reactions, typing. What others get of it is not. The React hooks of `@ably/chat` 1.4 render what they got between an
/// event and the answer, which any network gives them the time for but this one: `usePresence` leaves for good if the
/// answer to an enter overtakes the rendering that the attachment caused.
const ROOM_HOLD: Duration = Duration::from_millis(20);

/// The time for which the answer to a ping is held back: SDKs count in whole milliseconds, and a ping that took none looks like
/// one that was not sent.
const PING_HOLD: Duration = Duration::from_millis(2);

impl Connection {
    /// Takes a publish. It is answered once it is done: always for one protocol message (RTN7).
    pub(super) async fn publish(&self, message: ProtocolMessage) -> Option<UnderWay> {
        // Some clients leave a zero out.
        let msg_serial = message.msg_serial.unwrap_or_default();
        if let Some(answer) = self.session.answer_to(msg_serial) {
            // PublishRequest again after a drop: it was done (RTN19a2). What was answered is older than all that is under way.
            self.answer_publish(msg_serial, &answer, Duration::ZERO);
            return None;
        }
        let hold = hold_of(&message);
        if let Some(done) = self.session.under_way(msg_serial) {
            // PublishRequest again before it was answered.
            return Some(UnderWay {
                msg_serial,
                hold,
                done: Box::pin(done),
            });
        }
        let done = self.submit(message, msg_serial).await;
        Some(UnderWay {
            msg_serial,
            hold,
            done,
        })
    }

    /// Sends the answer to a publish.
    pub(super) fn answer_publish(&self, msg_serial: u64, answer: &PublishAnswer, hold: Duration) {
        self.answer(answered(msg_serial, answer), hold);
    }

    /// Answers a heartbeat that was asked for, which is a ping if it has an id (RTN13).
    pub(super) fn answer_ping(&self, id: Option<String>) {
        let hold = id.as_ref().map_or(Duration::ZERO, |_| PING_HOLD);
        let answer = ProtocolMessage {
            id,
            ..ProtocolMessage::new(Action::Heartbeat)
        };
        self.answer(answer, hold);
    }

    /// Sends an answer, in the order of what it answers: one that is held back holds those behind it.
    fn answer(&self, answer: ProtocolMessage, hold: Duration) {
        let mut state = self.lock();
        if hold.is_zero() && state.held.is_empty() {
            drop(state);
            return self.send(&answer);
        }
        let due = self.server.deadlines.now() + hold;
        let due = state.held.back().map_or(due, |(last, _)| due.max(*last));
        let is_first = state.held.is_empty();
        state.held.push_back((due, answer));
        drop(state);
        if is_first {
            self.schedule_answers(due);
        }
    }

    fn schedule_answers(&self, at: Moment) {
        self.schedule(
            |deadlines| &mut deadlines.answers,
            at,
            |connection| connection.answer_held(),
        );
    }

    /// Sends the answers whose time has come.
    fn answer_held(&self) {
        let next = self.answer_until(self.server.deadlines.now());
        if let Some(next) = next {
            self.schedule_answers(next);
        }
    }

    /// Sends all answers that are held back: nothing comes after what is sent next.
    pub(super) fn answer_all(&self) {
        self.answer_until(Moment::MAX);
    }

    /// Sends the answers that are due at `time`, and returns when the one after them is.
    fn answer_until(&self, time: Moment) -> Option<Moment> {
        // Sent under the lock, so that none overtakes another, and the last word none of them.
        let mut state = self.lock();
        while let Some((due, answer)) = state.held.pop_front() {
            if due > time {
                state.held.push_front((due, answer));
                return Some(due);
            }
            self.send(&answer);
        }
        None
    }

    /// Submits a publish, in the order of the calls.
    async fn submit(
        &self,
        message: ProtocolMessage,
        msg_serial: u64,
    ) -> Pending<'static, Arc<Entry>> {
        let name = message.channel.clone().unwrap_or_default();
        let principal = self.principal();
        let read =
            QualifiedName::parse(&name).and_then(|name| Ok((name.name, intent_of(message)?)));
        let (channel, intent) = match read {
            Ok(read) => read,
            Err(error) => return Box::pin(std::future::ready(Err(error))),
        };
        let requested_modes = {
            let state = self.lock();
            state.attached.get(&name).map(|it| it.request.modes)
        };
        let request = PublishRequest {
            principal: &principal,
            channel: &channel,
            intent,
            id: format!("{}:{msg_serial}", self.id()),
            source: Source::Connection {
                session: &self.session,
                requested_modes,
                rates: &self.rates,
                quota: self.quota.as_deref(),
                ending: &self.faults.ending,
            },
            api: Api::PubSub,
            idempotency_key: None,
        };
        self.server.publisher.publish(request).await
    }
}

/// Reads what a client publishes: new messages or a change of one, annotations, presence.
///
/// # Errors
/// 40000 / 400 for several changes at once, 40099 / 400 if the parameters ask for it.
fn intent_of(message: ProtocolMessage) -> Result<Intent> {
    match message.action {
        Action::Presence => Ok(Intent::Presence(message.presence.unwrap_or_default())),
        Action::Annotation => Ok(Intent::Annotate(message.annotations.unwrap_or_default())),
        _ => {
            let params = message.params.as_ref();
            let force_nack = params.and_then(|params| params.get("_forceNack"));
            publisher::check_params(force_nack.map(String::as_str))?;
            let mut messages = message.messages.unwrap_or_default();
            let action = messages.first().map(Message::action).unwrap_or_default();
            if !matches!(
                action,
                MessageAction::Update | MessageAction::Delete | MessageAction::Append
            ) {
                return Ok(Intent::Publish(messages));
            }
            if messages.len() > 1 {
                let why = "Messages are changed one at a time";
                return Err(ErrorInfo::new(40000, 400, why));
            }
            let change = Change::of_message(messages.remove(0));
            Ok(Intent::Change(Box::new(change)))
        }
    }
}

/// Returns the ACK or NACK for one protocol message.
pub(super) fn answered(msg_serial: u64, answer: &PublishAnswer) -> ProtocolMessage {
    let (action, error, res) = match answer {
        Ok(serials) => {
            let serials = serials.to_vec();
            (Action::Ack, None, Some(vec![PublishResult { serials }]))
        }
        Err(error) => (Action::Nack, Some(ErrorInfo::clone(error)), None),
    };
    ProtocolMessage {
        msg_serial: Some(msg_serial),
        count: Some(1),
        error,
        res,
        ..ProtocolMessage::new(action)
    }
}

/// Returns how long the answer to a publish is held back.
fn hold_of(message: &ProtocolMessage) -> Duration {
    let channel = message.channel.as_deref().unwrap_or_default();
    if names::room_of(channel).is_none() {
        return Duration::ZERO;
    }
    let holds =
        message.presence.is_some() || message.messages.iter().flatten().any(Message::is_ephemeral);
    if holds { ROOM_HOLD } else { Duration::ZERO }
}
