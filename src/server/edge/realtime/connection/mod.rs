//! One realtime connection over one socket: what it sends, in order, and what it is told.

mod credential;
mod pipeline;
mod publishing;

pub(crate) use pipeline::{Pipeline, UnderWay};

use parking_lot::{Mutex, MutexGuard};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;

use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::ConnectionDetails;
use crate::chat_core::protocol::{Action, Format, ProtocolMessage, flags};
use crate::server::core::frame::{self, SharedFrame};
use crate::server::core::gate::{self, Credential, Principal};
use crate::server::core::hub::Subscriber;
use crate::server::core::limits::{self, MAX_CHANNELS, MAX_FRAME_SIZE, MAX_MESSAGE_SIZE};
use crate::server::core::rates::Rates;
use crate::server::core::sessions::Session;
use crate::server::core::state::{Due, ServerState};
use crate::server::edge::access_log::{Claimed, Transport};
use crate::server::edge::http::call::Query;
use crate::server::edge::realtime::attach;
use crate::server::edge::realtime::outbox::Outbox;

/// What a client says when it connects.
pub(crate) struct Opening {
    /// The format that it reads.
    pub(crate) format: Format,
    shown: Result<Credential>,
    client_id: Option<String>,
    echo: bool,
    /// The key of the connection that it wants to go on with.
    resume: Option<String>,
    remain_present: Option<Duration>,
}

impl Opening {
    /// Reads the parameters of a connect request (RTN2).
    pub(crate) fn new(shown: Result<Credential>, query: &Query) -> Self {
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
pub(crate) struct Connection {
    number: u64,
    session: Arc<Session>,
    format: Format,
    echo: bool,
    core: Arc<ServerState>,
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
    renew_at: Option<Timestamp>,
    /// The attached channels: the modes that were asked for, and those that were granted.
    attached: HashMap<String, Modes>,
    /// What may still be published where the token limits it.
    rates: Rates,
    /// Answers that wait for their time.
    held: VecDeque<(Timestamp, ProtocolMessage)>,
}

#[derive(Clone, Copy)]
pub(crate) struct Modes {
    pub(crate) asked: u64,
    pub(crate) granted: u64,
}

impl Connection {
    /// Lets a client in and tells it so, or has it recorded that it was not.
    ///
    /// # Errors
    /// Why it is not let in.
    pub(crate) fn open(
        core: &Arc<ServerState>,
        opening: &Opening,
        outbox: Arc<Outbox>,
    ) -> Result<Arc<Self>> {
        let opened = Self::let_in(core, opening, outbox);
        if let (Some(log), Err(error)) = (&core.access_log, &opened) {
            let (shown, asked) = (opening.shown.as_ref().ok(), opening.client_id.as_deref());
            let claimed = Claimed::by(shown, asked, &core.apps.sealer);
            log.refused(Transport::Realtime, claimed, None, error, core.clock.now());
        }
        opened
    }

    fn let_in(
        core: &Arc<ServerState>,
        opening: &Opening,
        outbox: Arc<Outbox>,
    ) -> Result<Arc<Self>> {
        let now = core.clock.now();
        let shown = opening.shown.as_ref().map_err(ErrorInfo::clone)?;
        let principal = gate::admit(&core.apps, shown, opening.client_id.as_deref(), now)?;
        let number = core.connections.number();
        let resume = opening.resume.as_deref();
        let _door = match core.connection_limit {
            Some(limit) => Some(check_connection_limit(core, limit, resume)?),
            None => None,
        };
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
                renew_at: None,
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

    /// Records what the client was checked for, in work that ended with `error` or well.
    pub(crate) fn record(&self, error: Option<&ErrorInfo>) {
        if let Some(log) = &self.core.access_log {
            let now = self.core.clock.now();
            self.principal().record(log, Some(self.id()), error, now);
        }
    }

    /// Its connectionId.
    pub(crate) fn id(&self) -> &str {
        &self.session.id
    }

    /// What it shares with the rest of the server.
    pub(crate) fn core(&self) -> &ServerState {
        &self.core
    }

    /// Does what the client says.
    ///
    /// Gives a publish that is to be answered once it is done.
    pub(crate) async fn handle(self: &Arc<Self>, message: ProtocolMessage) -> Option<UnderWay> {
        match message.action {
            Action::Heartbeat => self.answer_ping(message.id),
            Action::Attach => attach::attach(self, message).await,
            Action::Detach => self.detach(&message).await,
            Action::Message | Action::Presence | Action::Annotation => {
                return self.publish(message).await;
            }
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
        None
    }

    /// Ends the connection for good: the client must not come back as it is.
    pub(crate) fn fail(&self, error: ErrorInfo) {
        tracing::info!(connection = self.id(), %error, "failed");
        self.ended.store(true, Ordering::Relaxed);
        self.close(&ProtocolMessage::failed(Action::Error, error));
    }

    /// Ends the connection for now: the client may come back.
    pub(crate) fn disconnect(&self, error: ErrorInfo) {
        tracing::info!(connection = self.id(), %error, "disconnected");
        self.close(&ProtocolMessage::failed(Action::Disconnected, error));
    }

    /// The socket can't be read any more, for a reason that is the client's.
    pub(crate) fn broke(&self, error: Option<ErrorInfo>) {
        if let Some(error) = error {
            self.fail(error);
        }
    }

    /// Cleans up after the socket.
    pub(crate) async fn gone(&self) {
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
        self.hang_up(None);
    }

    /// Ends the connection for good, unless it goes on over another socket.
    async fn end(&self) {
        self.leave_channels();
        self.session.end_over(self.number, &self.core).await;
    }

    /// Sends a heartbeat if nothing else was sent for a while (RTN23).
    pub(crate) fn check_silence(&self) {
        if !self.spoke.swap(false, Ordering::Relaxed) {
            self.outbox.push(frame::frame(
                &ProtocolMessage::new(Action::Heartbeat),
                self.format,
            ));
        }
        self.core.timers.set(
            self.core.clock.now() + limits::IDLE_CHECK,
            Due::Silence(self.number),
        );
    }

    /// Notes an attachment before it is made.
    ///
    /// # Errors
    /// 90010 / 400 if there are too many.
    pub(crate) fn note_attached(&self, channel: &str, modes: Modes) -> Result<()> {
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

    /// Whether what [`Connection::note_attached`] noted still holds.
    pub(crate) fn is_noted(&self, channel: &str) -> bool {
        self.lock().attached.contains_key(channel)
    }

    /// Takes back what [`Connection::note_attached`] noted.
    pub(crate) fn note_detached(&self, channel: &str) {
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

    /// Ends the socket with `last`, behind the answers to all that was done.
    fn close(&self, last: &ProtocolMessage) {
        self.answer_all();
        self.hang_up(Some(frame::frame(last, self.format)));
    }

    /// Ends the socket behind what waits for it, in a while also if the client does not read that.
    fn hang_up(&self, last: Option<Bytes>) {
        self.outbox.close(last);
        self.core.timers.set(
            self.core.clock.now() + limits::CLOSE_TIMEOUT,
            Due::Abandon(Arc::clone(&self.outbox)),
        );
    }

    /// Who is connected, by the credential in force.
    pub(crate) fn principal(&self) -> Arc<Principal> {
        Arc::clone(&self.lock().principal)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// Lets a client in unless there are `limit` connections; the next one waits until what this gives is dropped. Who
/// takes the place of a connection that is there makes it no more.
///
/// # Errors
/// 40111 / 403.
fn check_connection_limit<'a>(
    core: &'a ServerState,
    limit: usize,
    resume: Option<&str>,
) -> Result<MutexGuard<'a, ()>> {
    let door = core.connections.door();
    let takes_a_place = || {
        let earlier = resume.and_then(|key| core.sessions.transport_of(key));
        earlier.is_none_or(|number| core.connections.get(number).is_none())
    };
    if core.connections.count() >= limit && takes_a_place() {
        return Err(ErrorInfo::new(
            40111,
            403,
            format!("Connection limit exceeded: the server takes {limit} at a time"),
        ));
    }
    Ok(door)
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
        self.outbox.push(frame::frame(message, self.format));
    }

    fn catch_up(&self, message: &ProtocolMessage) {
        self.spoke.store(true, Ordering::Relaxed);
        self.outbox.push_missed(frame::frame(message, self.format));
    }
}
