//! What a connection publishes: doing it, and answering in order.

use std::sync::Arc;
use std::time::Duration;

use super::Connection;
use super::pipeline::UnderWay;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::PublishResult;
use crate::chat_core::protocol::{
    Action, Message, MessageAction, PresenceAction, ProtocolMessage, flags, names,
};
use crate::server::core::hub::Subscriber as _;
use crate::server::core::publish::{self, PublishRequest};
use crate::server::core::sessions::Answer;
use crate::server::core::state::Due;
use crate::server::engine::{self, Change, ChannelCommand, CommandKind, Entry, Pending};

/// How long the answer to what a Chat client says over its connection in a room is held back: to presence, room
/// reactions, typing. What others get of it is not. The React hooks of `@ably/chat` 1.4 render what they got between an
/// event and the answer, which any network gives them the time for but this one: `usePresence` leaves for good if the
/// answer to an enter overtakes the rendering that the attachment caused.
const ROOM_HOLD: Duration = Duration::from_millis(20);

/// How long the answer to a ping is held back: SDKs count in whole milliseconds, and a ping that took none looks like
/// one that was not sent.
const PING_HOLD: Duration = Duration::from_millis(2);

impl Connection {
    /// Does what a client publishes. It is answered once it is done: always for one protocol message (RTN7).
    pub(super) async fn publish(&self, message: ProtocolMessage) -> Option<UnderWay> {
        // Some clients leave a zero out.
        let msg_serial = message.msg_serial.unwrap_or_default();
        if let Some(answer) = self.session.answered(msg_serial) {
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
        let done = match self.try_publish(message, msg_serial).await {
            Ok(done) => done,
            Err(error) => Box::pin(std::future::ready(Err(error))),
        };
        let done: Pending<'static, Arc<Entry>> = if self.core.access_log.is_some() {
            // What was checked is recorded with its end, before anything else is checked.
            let done = done.await;
            self.record(done.as_ref().err());
            Box::pin(std::future::ready(done))
        } else {
            done
        };
        Some(UnderWay {
            msg_serial,
            hold,
            done,
        })
    }

    /// Sends the answer to a publish.
    pub(super) fn answer_publish(&self, msg_serial: u64, answer: &Answer, hold: Duration) {
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
        let due = self.core.clock.now() + hold;
        let due = state.held.back().map_or(due, |(last, _)| due.max(*last));
        state.held.push_back((due, answer));
        drop(state);
        self.core.timers.set(due, Due::Answers(self.number));
    }

    /// Sends the answers whose time has come.
    pub(crate) fn answer_held(&self) {
        self.answer_until(self.core.clock.now());
    }

    /// Sends all answers that are held back: nothing comes after what is sent next.
    pub(super) fn answer_all(&self) {
        self.answer_until(Timestamp(i64::MAX));
    }

    fn answer_until(&self, time: Timestamp) {
        // Sent under the lock, so that none overtakes another, and the last word none of them.
        let mut state = self.lock();
        while let Some((due, answer)) = state.held.pop_front() {
            if due > time {
                state.held.push_front((due, answer));
                return;
            }
            self.send(&answer);
        }
    }

    async fn try_publish(
        &self,
        message: ProtocolMessage,
        msg_serial: u64,
    ) -> Result<Pending<'static, Arc<Entry>>> {
        let channel = message.channel.clone().unwrap_or_default();
        let principal = self.principal();
        let asked = PublishRequest {
            principal: &principal,
            channel: &channel,
            id: format!("{}:{msg_serial}", self.id()),
            connection_id: Some(self.id()),
        };
        let (operation, mode) = match message.action {
            Action::Presence => {
                let operation = asked.presence(message.presence.unwrap_or_default())?;
                (operation, flags::PRESENCE)
            }
            Action::Annotation => {
                let operation = asked.annotate(message.annotations.unwrap_or_default())?;
                (operation, flags::ANNOTATION_PUBLISH)
            }
            _ => {
                let operation = self
                    .messages(asked, message.messages.unwrap_or_default())
                    .await?;
                (operation, flags::PUBLISH)
            }
        };
        self.require_mode(&channel, mode)?;
        self.keep_pace(&channel, &operation)?;
        let moves = moves_of(&operation);
        // Noted first: whatever happens to the connection meanwhile, its members leave with it.
        for (client_id, enters) in &moves {
            if *enters {
                self.session.entered(&channel, client_id);
            }
        }
        let done = principal.app.hub.submit(&channel, operation);
        if moves.is_empty() {
            return Ok(done);
        }
        let entry = done.await?;
        for (client_id, enters) in &moves {
            if !*enters {
                self.session.left(&channel, client_id);
            }
        }
        Ok(Box::pin(std::future::ready(Ok(entry))))
    }

    /// New messages, or a new version of one.
    async fn messages(
        &self,
        asked: PublishRequest<'_>,
        mut messages: Vec<Message>,
    ) -> Result<ChannelCommand> {
        let action = messages.first().map(Message::action).unwrap_or_default();
        if !matches!(
            action,
            MessageAction::Update | MessageAction::Delete | MessageAction::Append
        ) {
            return asked.publish(messages);
        }
        if messages.len() > 1 {
            return Err(ErrorInfo::new(
                40000,
                400,
                "Messages are changed one at a time",
            ));
        }
        let reach = publish::reach(asked.principal, asked.channel, action)?;
        let change = Change::of_message(messages.remove(0));
        let current = asked
            .principal
            .app
            .hub
            .store()
            .message(asked.channel, &change.serial)
            .await?;
        let current = current.ok_or_else(engine::unknown_message)?;
        asked.change(change, reach, current.client_id.as_deref())
    }

    /// Refuses what the attachment did not ask to do. Without an attachment there is nothing to ask (transient publish).
    fn require_mode(&self, channel: &str, mode: u64) -> Result<()> {
        let modes = self.lock().attached.get(channel).copied();
        match modes {
            Some(modes) if modes.asked & mode == 0 => Err(ErrorInfo::new(
                40165,
                401,
                "The operation needs a channel mode that the attachment did not ask for",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses messages that come faster than the token or the server allows.
    fn keep_pace(&self, channel: &str, operation: &ChannelCommand) -> Result<()> {
        let count = match &operation.act {
            CommandKind::Publish { messages, .. } => messages.len(),
            CommandKind::Change(_) => 1,
            CommandKind::Presence(_) | CommandKind::Annotate(_) | CommandKind::Leave { .. } => {
                return Ok(());
            }
        };
        let mut state = self.lock();
        let of_token = state.principal.publish_rate(channel);
        let rates = of_token.into_iter().chain(self.core.publish_rate);
        let Some(rate) = rates.reduce(f64::min) else {
            return Ok(());
        };
        let now = self.core.clock.now();
        state.rates.take(channel, rate, count, now)
    }
}

/// ACK or NACK for one protocol message.
fn answered(msg_serial: u64, answer: &Answer) -> ProtocolMessage {
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

/// How long the answer to a publish is held back.
fn hold_of(message: &ProtocolMessage) -> Duration {
    let channel = message.channel.as_deref().unwrap_or_default();
    if names::room_of(channel).is_none() {
        return Duration::ZERO;
    }
    let holds =
        message.presence.is_some() || message.messages.iter().flatten().any(Message::is_ephemeral);
    if holds { ROOM_HOLD } else { Duration::ZERO }
}

/// The members that an operation moves, and whether they come.
fn moves_of(operation: &ChannelCommand) -> Vec<(String, bool)> {
    let CommandKind::Presence(messages) = &operation.act else {
        return Vec::new();
    };
    messages
        .iter()
        .filter_map(|message| {
            let enters = message.action != Some(PresenceAction::Leave);
            Some((message.client_id.clone()?, enters))
        })
        .collect()
}
