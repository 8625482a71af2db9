//! One realtime connection: what it sends, in order, and what it is told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::core::{Core, Due};
use super::gate::{self, Principal, Shown};
use super::http::call::Query;
use super::hub::{AttachRequest, Subscriber};
use super::limits::{self, MAX_CHANNELS, MAX_FRAME_SIZE, MAX_MESSAGE_SIZE};
use super::outbox::Outbox;
use super::publish;
use super::revocation::Revocation;
use super::wire::{self, SharedFrame};
use crate::chat_core::auth::{Keys, identity};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::{ConnectionDetails, PublishResult};
use crate::chat_core::protocol::{Action, Format, ProtocolMessage, flags, names};

/// How long before its token ends a connection is asked for a new one (RTN22).
const RENEWAL_LEAD: Duration = Duration::from_secs(30);

/// A token that ends sooner than this is not worth asking for another.
const RENEWAL_LEAST: Duration = Duration::from_millis(5500);

/// What a client says when it connects.
pub(super) struct Opening {
    /// The format that it reads.
    pub format: Format,
    shown: Result<Shown>,
    client_id: Option<String>,
    echo: bool,
    /// It asks to go on with an earlier connection.
    resumes: bool,
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
            resumes: query
                .get("resume")
                .or_else(|| query.get("recover"))
                .is_some(),
        }
    }
}

/// One realtime connection.
pub(super) struct Connection {
    number: u64,
    id: String,
    format: Format,
    echo: bool,
    core: Arc<Core>,
    outbox: Arc<Outbox>,
    /// Whether anything was sent since it was last looked at.
    spoke: AtomicBool,
    state: Mutex<State>,
}

struct State {
    principal: Arc<Principal>,
    /// The attached channels: the modes that were asked for, and those that were granted.
    attached: HashMap<String, Modes>,
}

#[derive(Clone, Copy)]
struct Modes {
    asked: u64,
    granted: u64,
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
        let connection = Arc::new(Self {
            number: core.connections.number(),
            id: core.random.alphanumeric(10),
            format: opening.format,
            echo: opening.echo,
            core: Arc::clone(core),
            outbox,
            spoke: AtomicBool::new(false),
            state: Mutex::new(State {
                principal: Arc::new(principal),
                attached: HashMap::new(),
            }),
        });
        core.connections.add(Arc::clone(&connection));
        let mut connected = connection.connected();
        if opening.resumes {
            connected.error = Some(ErrorInfo::new(
                80008,
                400,
                "Unable to recover connection: it is not known any more",
            ));
        }
        connection.send(&connected);
        core.timers
            .set(now + limits::IDLE_CHECK, Due::Silence(connection.number));
        connection.watch_token();
        tracing::info!(
            connection = connection.id,
            client = connection.principal().identity.as_wire(),
            "connected"
        );
        Ok(connection)
    }

    /// Its number within the server.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Its connectionId.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Does what the client says.
    pub(super) async fn handle(self: &Arc<Self>, message: ProtocolMessage) {
        match message.action {
            Action::Heartbeat => self.send(&ProtocolMessage {
                id: message.id,
                ..ProtocolMessage::new(Action::Heartbeat)
            }),
            Action::Attach => self.attach(message).await,
            Action::Detach => self.detach(&message),
            Action::Message => self.publish(message).await,
            Action::Presence | Action::Annotation => {
                let error = ErrorInfo::new(
                    40000,
                    400,
                    format!("This server does not know {:?} operations", message.action),
                );
                self.answer(message.msg_serial, Err(error));
            }
            Action::Auth => self.reauthenticate(&message),
            Action::Close => {
                self.leave();
                self.close(&ProtocolMessage::new(Action::Closed));
            }
            // The client goes; the socket tells when.
            Action::Disconnect => {}
            // What only servers say, and what newer clients say, is ignored (RSF1).
            _ => tracing::debug!(connection = self.id, action = ?message.action, "ignored"),
        }
    }

    /// Ends the connection for good: the client must not come back as it is.
    pub(super) fn fail(&self, error: ErrorInfo) {
        tracing::info!(connection = self.id, %error, "failed");
        self.close(&ProtocolMessage::failed(Action::Error, error));
    }

    /// Ends the connection for now: the client may come back.
    pub(super) fn disconnect(&self, error: ErrorInfo) {
        tracing::info!(connection = self.id, %error, "disconnected");
        self.close(&ProtocolMessage::failed(Action::Disconnected, error));
    }

    /// The socket can't be read any more, for a reason that is the client's.
    pub(super) fn broke(&self, error: Option<ErrorInfo>) {
        if let Some(error) = error {
            self.fail(error);
        }
    }

    /// Cleans up after the socket.
    pub(super) fn gone(&self) {
        self.leave();
        self.core.connections.remove(self.number);
        self.outbox.close(None);
        tracing::info!(connection = self.id, "closed");
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
        let left = self.principal().expires().map(|expires| expires.since(now));
        if left.is_some_and(|left| {
            left >= RENEWAL_LEAST && left <= RENEWAL_LEAD + Duration::from_secs(1)
        }) {
            self.prompt();
        }
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

    /// Asks for a new token: the one in force will soon not be.
    pub(super) fn prompt(&self) {
        self.send(&ProtocolMessage::new(Action::Auth));
    }

    /// Ends the connection if its token was revoked.
    pub(super) fn check_revocation(&self) {
        let principal = self.principal();
        if principal
            .token
            .as_ref()
            .is_some_and(|token| self.core.apps.is_revoked(&token.facts()))
        {
            self.disconnect(ErrorInfo::new(40141, 401, "token revoked"));
        }
    }

    async fn attach(self: &Arc<Self>, message: ProtocolMessage) {
        let channel = message.channel.clone().unwrap_or_default();
        if let Err(error) = self.try_attach(&channel, message).await {
            self.send(&ProtocolMessage {
                error: Some(error),
                ..ProtocolMessage::on(Action::Error, &channel)
            });
        }
    }

    async fn try_attach(self: &Arc<Self>, channel: &str, message: ProtocolMessage) -> Result<()> {
        names::check_channel(channel)?;
        let principal = self.principal();
        let asked = match message.flags.unwrap_or(0) & flags::MODES {
            0 => flags::DEFAULT_MODES,
            asked => asked,
        };
        let granted = principal.modes(channel, asked);
        if granted == 0 {
            return Err(ErrorInfo::new(
                40160,
                401,
                format!("Channel denied access based on given capability; channelId = {channel}"),
            ));
        }
        if names::room_of(channel).is_some() {
            identity::require_identified(&principal.identity)?;
        }
        {
            let mut state = self.lock();
            if state.attached.len() >= MAX_CHANNELS && !state.attached.contains_key(channel) {
                return Err(ErrorInfo::new(
                    90010,
                    400,
                    format!("More than {MAX_CHANNELS} channels on one connection"),
                ));
            }
            state
                .attached
                .insert(channel.to_owned(), Modes { asked, granted });
        }
        let request = AttachRequest {
            channel: channel.to_owned(),
            modes: granted,
            params: message
                .params
                .clone()
                .unwrap_or_default()
                .into_iter()
                .filter(|(name, _)| is_known(name))
                .collect(),
            from: message.channel_serial.filter(|serial| !serial.is_empty()),
        };
        let subscriber: Arc<dyn Subscriber> = Arc::clone(self) as Arc<dyn Subscriber>;
        let result = principal.app.hub.attach(&subscriber, request).await;
        if result.is_err() {
            self.lock().attached.remove(channel);
        }
        result
    }

    fn detach(&self, message: &ProtocolMessage) {
        let channel = message.channel.as_deref().unwrap_or_default();
        self.lock().attached.remove(channel);
        self.principal().app.hub.detach(self, channel);
        self.send(&ProtocolMessage::on(Action::Detached, channel));
    }

    async fn publish(&self, message: ProtocolMessage) {
        let serial = message.msg_serial;
        let result = self.try_publish(message).await;
        self.answer(serial, result);
    }

    async fn try_publish(&self, message: ProtocolMessage) -> Result<PublishResult> {
        let channel = message.channel.as_deref().unwrap_or_default();
        let principal = self.principal();
        let messages = message.messages.unwrap_or_default();
        let id = format!("{}:{}", self.id, message.msg_serial.unwrap_or_default());
        let operation = publish::operation(&principal, channel, messages, id, Some(&self.id))?;
        self.require_mode(channel, flags::PUBLISH)?;
        let entry = principal.app.hub.submit(channel, operation).await?;
        Ok(PublishResult {
            serials: entry.serials(),
        })
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

    /// Acknowledges a publish, or says why it was not done. Always for one protocol message.
    fn answer(&self, msg_serial: Option<u64>, result: Result<PublishResult>) {
        let (action, error, res) = match result {
            Ok(serials) => (Action::Ack, None, Some(vec![serials])),
            Err(error) => (Action::Nack, Some(error), None),
        };
        self.send(&ProtocolMessage {
            msg_serial: Some(msg_serial.unwrap_or_default()),
            count: Some(1),
            error,
            res,
            ..ProtocolMessage::new(action)
        });
    }

    /// Takes a new token in the place of the credential in force (RTC8).
    fn reauthenticate(self: &Arc<Self>, message: &ProtocolMessage) {
        let Some(auth) = &message.auth else {
            return self.fail(ErrorInfo::new(40000, 400, "AUTH without a token"));
        };
        let current = self.principal();
        let shown = Shown::Token(auth.access_token.clone());
        let admitted = gate::admit(&self.core.apps, &shown, None, self.core.clock.now())
            .and_then(|next| Self::succeed(&current, next));
        match admitted {
            Ok(next) => {
                self.lock().principal = Arc::new(next);
                self.send(&self.connected());
                self.watch_token();
                self.narrow();
            }
            Err(error) => self.fail(error),
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

    /// Takes from each attachment what the credential in force does not give.
    fn narrow(self: &Arc<Self>) {
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
                self.lock().attached.remove(&channel);
                principal.app.hub.detach(self.as_ref(), &channel);
                self.send(&ProtocolMessage {
                    error: Some(ErrorInfo::new(
                        40160,
                        401,
                        "Channel denied access based on given capability",
                    )),
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
            connection_id: Some(self.id.clone()),
            connection_details: Some(ConnectionDetails {
                client_id: principal.identity.as_wire().map(str::to_owned),
                connection_key: format!("{}!{}", self.id, self.core.random.token(22)),
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

    fn watch_token(&self) {
        let Some(expires) = self.principal().expires() else {
            return;
        };
        self.core
            .timers
            .set(expires - RENEWAL_LEAD, Due::Renewal(self.number));
        self.core.timers.set(expires, Due::Expiry(self.number));
    }

    /// Ends every attachment.
    fn leave(&self) {
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

    fn principal(&self) -> Arc<Principal> {
        Arc::clone(&self.lock().principal)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Connection {
    fn connection_id(&self) -> &str {
        &self.id
    }

    fn wants_echo(&self) -> bool {
        self.echo
    }

    fn deliver(&self, frame: &SharedFrame) {
        self.spoke.store(true, Ordering::Relaxed);
        self.outbox.push(frame.bytes(self.format));
    }

    fn send(&self, message: &ProtocolMessage) {
        tracing::trace!(connection = self.id, ?message, "sent");
        self.spoke.store(true, Ordering::Relaxed);
        self.outbox.push(wire::frame(message, self.format));
    }
}

/// Whether a channel parameter is one that this server puts in force.
fn is_known(_name: &str) -> bool {
    false
}
