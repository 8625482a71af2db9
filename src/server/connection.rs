//! One realtime connection over one socket: what it sends, in order, and what it is told.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::attach;
use super::core::{Core, Due};
use super::gate::{self, Principal, Shown};
use super::http::call::Query;
use super::hub::Subscriber;
use super::limits::{self, MAX_CHANNELS, MAX_FRAME_SIZE, MAX_MESSAGE_SIZE};
use super::outbox::Outbox;
use super::publish::{self, Asked};
use super::rate::Rates;
use super::revocation::Revocation;
use super::session::{Answer, Session};
use super::store::{Act, Change, Operation};
use super::wire::{self, SharedFrame};
use crate::chat_core::auth::{Keys, identity};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::{ConnectionDetails, PublishResult};
use crate::chat_core::protocol::{
    Action, Format, Message, MessageAction, PresenceAction, ProtocolMessage, flags,
};

/// How long before its token ends a connection is asked for a new one (RTN22).
const RENEWAL_LEAD: Duration = Duration::from_secs(30);

/// A token that ends sooner than this is not worth asking for another.
const RENEWAL_LEAST: Duration = Duration::from_millis(5500);

/// How long the answer to an enter is held back; its echo is not. The React hook `usePresence` of `@ably/chat` 1.4
/// leaves for good if the answer overtakes the re-rendering that the attachment caused, which no network is quick
/// enough for but this one.
const ENTER_HOLD: Duration = Duration::from_millis(20);

/// What a client says when it connects.
pub(super) struct Opening {
    /// The format that it reads.
    pub(super) format: Format,
    shown: Result<Shown>,
    client_id: Option<String>,
    echo: bool,
    /// The key of the connection that it wants to go on with.
    resume: Option<String>,
    remain_present: Option<Duration>,
}

impl Opening {
    /// Reads the parameters of a connect request (RTN2).
    pub(super) fn new(shown: Result<Shown>, query: &Query) -> Self {
        Self {
            format: match query.get("format") {
                Some("msgpack") => Format::MessagePack,
                _ => Format::Json,
            },
            shown,
            client_id: query.get("clientId").map(str::to_owned),
            echo: query.get("echo") != Some("false"),
            resume: query
                .get("resume")
                .or_else(|| query.get("recover"))
                .map(str::to_owned),
            remain_present: query
                .get("remainPresentFor")
                .and_then(|millis| millis.parse().ok())
                .map(Duration::from_millis),
        }
    }
}

/// One realtime connection over one socket.
pub(super) struct Connection {
    number: u64,
    session: Arc<Session>,
    format: Format,
    echo: bool,
    core: Arc<Core>,
    outbox: Arc<Outbox>,
    /// Whether anything was sent since it was last looked at.
    spoke: AtomicBool,
    /// Whether the connection ended for good, so that nobody will come back to it.
    ended: AtomicBool,
    state: Mutex<State>,
}

struct State {
    key: String,
    principal: Arc<Principal>,
    /// When the token in force is to be asked to be replaced, until that is done.
    prompt_at: Option<Timestamp>,
    /// The attached channels: the modes that were asked for, and those that were granted.
    attached: HashMap<String, Modes>,
    /// What may still be published where the token limits it.
    rates: Rates,
    /// Answers that wait for their time.
    held: VecDeque<(Timestamp, ProtocolMessage)>,
}

#[derive(Clone, Copy)]
pub(super) struct Modes {
    pub(super) asked: u64,
    pub(super) granted: u64,
}

impl Connection {
    /// Lets a client in and tells it so.
    ///
    /// # Errors
    /// Why it is not let in.
    pub(super) fn open(
        core: &Arc<Core>,
        opening: Opening,
        outbox: Arc<Outbox>,
    ) -> Result<Arc<Self>> {
        let now = core.clock.now();
        let principal = gate::admit(
            &core.apps,
            &opening.shown?,
            opening.client_id.as_deref(),
            now,
        )?;
        let number = core.connections.number();
        let resume = opening.resume.as_deref();
        let opened = core.sessions.open(
            &principal,
            resume,
            number,
            opening.remain_present,
            &core.random,
        )?;
        if let Some(earlier) = opened
            .superseded
            .and_then(|number| core.connections.get(number))
        {
            earlier.superseded();
        }
        let connection = Arc::new(Self {
            number,
            session: opened.session,
            format: opening.format,
            echo: opening.echo,
            core: Arc::clone(core),
            outbox,
            spoke: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            state: Mutex::new(State {
                key: opened.key,
                principal: Arc::new(principal),
                prompt_at: None,
                attached: HashMap::new(),
                rates: Rates::default(),
                held: VecDeque::new(),
            }),
        });
        core.connections.add(Arc::clone(&connection));
        connection.send(&ProtocolMessage {
            error: opened.not_resumed,
            ..connection.connected()
        });
        core.timers
            .set(now + limits::IDLE_CHECK, Due::Silence(connection.number));
        connection.watch_token();
        tracing::info!(
            connection = connection.id(),
            client = connection.principal().identity.as_wire(),
            "connected"
        );
        Ok(connection)
    }

    /// Its connectionId.
    pub(super) fn id(&self) -> &str {
        &self.session.id
    }

    /// What it shares with the rest of the server.
    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    /// Does what the client says.
    pub(super) async fn handle(self: &Arc<Self>, message: ProtocolMessage) {
        match message.action {
            Action::Heartbeat => self.send(&ProtocolMessage {
                id: message.id,
                ..ProtocolMessage::new(Action::Heartbeat)
            }),
            Action::Attach => attach::attach(self, message).await,
            Action::Detach => self.detach(&message).await,
            Action::Message | Action::Presence | Action::Annotation => self.publish(message).await,
            Action::Sync => self.sync(&message).await,
            Action::Auth => self.reauthenticate(&message),
            Action::Close => {
                self.end().await;
                self.close(&ProtocolMessage::new(Action::Closed));
            }
            // The client goes; the socket tells when.
            Action::Disconnect => {}
            // What only servers say, and what newer clients say, is ignored (RSF1).
            _ => tracing::debug!(connection = self.id(), action = ?message.action, "ignored"),
        }
    }

    /// Ends the connection for good: the client must not come back as it is.
    pub(super) fn fail(&self, error: ErrorInfo) {
        tracing::info!(connection = self.id(), %error, "failed");
        self.ended.store(true, Ordering::Relaxed);
        self.close(&ProtocolMessage::failed(Action::Error, error));
    }

    /// Ends the connection for now: the client may come back.
    pub(super) fn disconnect(&self, error: ErrorInfo) {
        tracing::info!(connection = self.id(), %error, "disconnected");
        self.close(&ProtocolMessage::failed(Action::Disconnected, error));
    }

    /// The socket can't be read any more, for a reason that is the client's.
    pub(super) fn broke(&self, error: Option<ErrorInfo>) {
        if let Some(error) = error {
            self.fail(error);
        }
    }

    /// Cleans up after the socket.
    pub(super) async fn gone(&self) {
        self.core.connections.remove(self.number);
        self.outbox.close(None);
        if self.ended.load(Ordering::Relaxed) {
            self.end().await;
        } else {
            self.leave_channels();
            self.session.lost(&self.core, self.number);
        }
        tracing::info!(connection = self.id(), "closed");
    }

    /// Another socket took the connection over.
    fn superseded(&self) {
        self.leave_channels();
        self.outbox.close(None);
    }

    /// Ends the connection for good.
    async fn end(&self) {
        self.leave_channels();
        self.session.end(&self.core).await;
    }

    /// Sends a heartbeat if nothing else was sent for a while (RTN23).
    pub(super) fn check_silence(&self) {
        if !self.spoke.swap(false, Ordering::Relaxed) {
            self.outbox.push(wire::frame(
                &ProtocolMessage::new(Action::Heartbeat),
                self.format,
            ));
        }
        self.core.timers.set(
            self.core.clock.now() + limits::IDLE_CHECK,
            Due::Silence(self.number),
        );
    }

    /// Asks for a new token if the one in force ends soon (RTN22).
    pub(super) fn ask_for_token(&self) {
        let now = self.core.clock.now();
        let is_due = {
            let mut state = self.lock();
            state.prompt_at.take_if(|at| *at <= now).is_some()
        };
        if is_due {
            self.prompt();
        }
    }

    /// Asks for a new token.
    pub(super) fn prompt(&self) {
        self.send(&ProtocolMessage::new(Action::Auth));
    }

    /// Ends the connection if its token has ended (RTN15h).
    pub(super) fn check_expiry(&self) {
        let now = self.core.clock.now();
        if self
            .principal()
            .expires()
            .is_some_and(|expires| expires <= now)
        {
            self.disconnect(ErrorInfo::new(40142, 401, "Token expired"));
        }
    }

    /// Whether `revocation` is about the token of this connection.
    pub(super) fn is_hit_by(&self, revocation: &Revocation) -> bool {
        let principal = self.principal();
        principal
            .token
            .as_ref()
            .is_some_and(|token| revocation.is_about(&token.facts()))
    }

    /// Ends the connection if its token was revoked.
    pub(super) fn check_revocation(&self) {
        let principal = self.principal();
        let is_revoked = principal
            .token
            .as_ref()
            .is_some_and(|token| self.core.apps.is_revoked(&token.facts()));
        if is_revoked {
            self.disconnect(ErrorInfo::new(40141, 401, "token revoked"));
        }
    }

    /// Notes an attachment before it is made.
    ///
    /// # Errors
    /// 90010 / 400 if there are too many.
    pub(super) fn note_attached(&self, channel: &str, modes: Modes) -> Result<()> {
        let mut state = self.lock();
        if state.attached.len() >= MAX_CHANNELS && !state.attached.contains_key(channel) {
            return Err(ErrorInfo::new(
                90010,
                400,
                format!("More than {MAX_CHANNELS} channels on one connection"),
            ));
        }
        state.attached.insert(channel.to_owned(), modes);
        Ok(())
    }

    /// Takes back what [`Connection::note_attached`] noted.
    pub(super) fn note_detached(&self, channel: &str) {
        self.lock().attached.remove(channel);
    }

    async fn detach(&self, message: &ProtocolMessage) {
        let channel = message.channel.as_deref().unwrap_or_default();
        self.note_detached(channel);
        self.principal().app.hub.detach(self, channel);
        self.session.leave_channel(channel, &self.core.random).await;
        self.send(&ProtocolMessage::on(Action::Detached, channel));
    }

    async fn sync(self: &Arc<Self>, message: &ProtocolMessage) {
        let channel = message.channel.as_deref().unwrap_or_default();
        let granted = self
            .lock()
            .attached
            .get(channel)
            .map_or(0, |modes| modes.granted);
        if granted & flags::PRESENCE_SUBSCRIBE == 0 {
            return;
        }
        let subscriber: Arc<dyn Subscriber> = Arc::clone(self) as Arc<dyn Subscriber>;
        if let Err(error) = self.principal().app.hub.sync(&subscriber, channel).await {
            tracing::error!(channel, %error, "the presence set can't be told");
        }
    }

    /// Does what a client publishes, and answers it: always for one protocol message (RTN7).
    async fn publish(&self, message: ProtocolMessage) {
        // Some clients leave a zero out.
        let msg_serial = message.msg_serial.unwrap_or_default();
        if let Some(answer) = self.session.answered(msg_serial) {
            // Asked again after a drop: it was done (RTN19a2).
            return self.answer(answered(msg_serial, &answer), false);
        }
        let is_enter = message
            .presence
            .iter()
            .flatten()
            .any(|item| item.action == Some(PresenceAction::Enter));
        let answer = match self.try_publish(message, msg_serial).await {
            Ok(serials) => Ok(serials.into()),
            Err(error) => Err(Arc::new(error)),
        };
        self.answer(answered(msg_serial, &answer), is_enter);
        self.session.keep_answer(msg_serial, answer);
    }

    /// Sends an answer, in the order of what it answers: one that is held back holds those behind it.
    fn answer(&self, answer: ProtocolMessage, holds: bool) {
        let mut state = self.lock();
        if !holds && state.held.is_empty() {
            drop(state);
            return self.send(&answer);
        }
        let mut due = self.core.clock.now();
        if holds {
            due = due + ENTER_HOLD;
        }
        let due = state.held.back().map_or(due, |(last, _)| due.max(*last));
        state.held.push_back((due, answer));
        drop(state);
        self.core.timers.set(due, Due::Answers(self.number));
    }

    /// Sends the answers whose time has come.
    pub(super) fn answer_held(&self) {
        let now = self.core.clock.now();
        loop {
            let answer = {
                let mut state = self.lock();
                match state.held.front() {
                    Some((due, _)) if *due <= now => state.held.pop_front(),
                    _ => return,
                }
            };
            if let Some((_, answer)) = answer {
                self.send(&answer);
            }
        }
    }

    async fn try_publish(
        &self,
        message: ProtocolMessage,
        msg_serial: u64,
    ) -> Result<Vec<Option<String>>> {
        let channel = message.channel.clone().unwrap_or_default();
        let principal = self.principal();
        let asked = Asked {
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
        let entry = principal.app.hub.submit(&channel, operation).await?;
        for (client_id, enters) in &moves {
            if !*enters {
                self.session.left(&channel, client_id);
            }
        }
        Ok(entry.serials.clone())
    }

    /// New messages, or a new version of one.
    async fn messages(&self, asked: Asked<'_>, mut messages: Vec<Message>) -> Result<Operation> {
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
        let current = current.ok_or_else(publish::unknown_message)?;
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
    fn keep_pace(&self, channel: &str, operation: &Operation) -> Result<()> {
        let count = match &operation.act {
            Act::Publish { messages, .. } => messages.len(),
            Act::Change(_) => 1,
            Act::Presence(_) | Act::Annotate(_) | Act::Leave { .. } => return Ok(()),
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

    /// Takes a new token in the place of the credential in force (RTC8).
    fn reauthenticate(self: &Arc<Self>, message: &ProtocolMessage) {
        let Some(auth) = &message.auth else {
            return self.fail(ErrorInfo::new(40000, 400, "AUTH without a token"));
        };
        let current = self.principal();
        let shown = Shown::Token(auth.access_token.clone());
        let admitted = gate::admit(&self.core.apps, &shown, None, self.core.clock.now())
            .and_then(|next| succeed(&current, next));
        match admitted {
            Ok(next) => {
                self.lock().principal = Arc::new(next);
                self.send(&self.connected());
                self.watch_token();
                self.reconsider();
            }
            Err(error) => self.fail(error),
        }
    }

    /// Gives each attachment what the credential in force gives of what it asked for.
    fn reconsider(self: &Arc<Self>) {
        let principal = self.principal();
        let attached: Vec<(String, Modes)> = {
            let state = self.lock();
            state
                .attached
                .iter()
                .map(|(channel, modes)| (channel.clone(), *modes))
                .collect()
        };
        for (channel, modes) in attached {
            let granted = principal.modes(&channel, modes.asked);
            if granted == modes.granted {
                continue;
            }
            if granted == 0 {
                self.note_detached(&channel);
                principal.app.hub.detach(self.as_ref(), &channel);
                self.send(&ProtocolMessage {
                    error: Some(attach::denied(&channel)),
                    ..ProtocolMessage::on(Action::Error, &channel)
                });
            } else {
                self.lock().attached.insert(
                    channel.clone(),
                    Modes {
                        asked: modes.asked,
                        granted,
                    },
                );
                let subscriber: Arc<dyn Subscriber> = Arc::clone(self) as Arc<dyn Subscriber>;
                principal
                    .app
                    .hub
                    .change_modes(&subscriber, &channel, granted);
            }
        }
    }

    fn connected(&self) -> ProtocolMessage {
        let principal = self.principal();
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        ProtocolMessage {
            connection_id: Some(self.id().to_owned()),
            connection_details: Some(ConnectionDetails {
                client_id: principal.identity.as_wire().map(str::to_owned),
                connection_key: self.lock().key.clone(),
                connection_state_ttl: millis(limits::CONNECTION_STATE_TTL),
                max_idle_interval: millis(limits::MAX_IDLE),
                max_message_size: MAX_MESSAGE_SIZE as u64,
                max_frame_size: MAX_FRAME_SIZE as u64,
                max_inbound_rate: limits::MAX_INBOUND_RATE,
                server_id: self.core.server_id.clone(),
                site_code: None,
            }),
            ..ProtocolMessage::new(Action::Connected)
        }
    }

    /// Sets the deadlines of the token in force. One that lives hardly longer than the lead is asked for at half of
    /// what is left: else it would be asked for at once, and so would the one that comes in its place, for ever.
    fn watch_token(&self) {
        let Some(expires) = self.principal().expires() else {
            self.lock().prompt_at = None;
            return;
        };
        let left = expires.since(self.core.clock.now());
        let lead = if left > RENEWAL_LEAD + Duration::from_secs(1) {
            RENEWAL_LEAD
        } else {
            left / 2
        };
        let prompt_at = (left >= RENEWAL_LEAST).then(|| expires - lead);
        self.lock().prompt_at = prompt_at;
        if let Some(prompt_at) = prompt_at {
            self.core.timers.set(prompt_at, Due::Renewal(self.number));
        }
        self.core.timers.set(expires, Due::Expiry(self.number));
    }

    /// Ends every attachment.
    fn leave_channels(&self) {
        let (principal, attached) = {
            let mut state = self.lock();
            (
                Arc::clone(&state.principal),
                std::mem::take(&mut state.attached),
            )
        };
        for channel in attached.keys() {
            principal.app.hub.detach(self, channel);
        }
    }

    fn close(&self, last: &ProtocolMessage) {
        self.outbox.close(Some(wire::frame(last, self.format)));
    }

    /// Who is connected, by the credential in force.
    pub(super) fn principal(&self) -> Arc<Principal> {
        Arc::clone(&self.lock().principal)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Connection {
    fn number(&self) -> u64 {
        self.number
    }

    fn connection_id(&self) -> &str {
        self.id()
    }

    fn wants_echo(&self) -> bool {
        self.echo
    }

    fn deliver(&self, frame: &SharedFrame) {
        self.spoke.store(true, Ordering::Relaxed);
        self.outbox.push(frame.bytes(self.format));
    }

    fn send(&self, message: &ProtocolMessage) {
        tracing::trace!(connection = self.id(), frame = ?message, "sent");
        self.spoke.store(true, Ordering::Relaxed);
        self.outbox.push(wire::frame(message, self.format));
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

/// Whether `next` may go on where `current` was: same app, same client.
fn succeed(current: &Principal, mut next: Principal) -> Result<Principal> {
    if next.app.id != current.app.id {
        return Err(ErrorInfo::new(
            40102,
            401,
            "Incompatible credentials: the new token is of another app",
        ));
    }
    next.identity = identity::establish(&next.identity, current.identity.client_id())?;
    Ok(next)
}

/// The members that an operation moves, and whether they come.
fn moves_of(operation: &Operation) -> Vec<(String, bool)> {
    let super::store::Act::Presence(messages) = &operation.act else {
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
