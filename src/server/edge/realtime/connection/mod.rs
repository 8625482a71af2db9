//! One realtime connection over one socket.
//!
//! | module | owns |
//! | --- | --- |
//! | [`serve`], [`reader`] | the socket, from the first frame to the last |
//! | [`attach`], [`attachment`] | ATTACH and DETACH, and what is kept of them |
//! | [`publish`], [`pipeline`] | publishes, and their answers in order |
//! | [`reauth`] | the credential over time |
//! | [`heartbeat`], [`last_sent`], [`liveness`] | heartbeats, and clients that vanished |
//! | [`faults`], [`interference`], [`line`] | the rules that are asked about it, what they do, and what they let wait |
//! | [`ahead`] | frames behind one that is not handled yet |
//! | [`quota`] | what its rates do to its frames |

mod ahead;
mod attach;
mod attachment;
mod faults;
mod heartbeat;
mod interference;
mod last_sent;
mod line;
mod liveness;
mod pipeline;
mod publish;
mod quota;
pub(crate) mod reader;
mod reauth;
pub(crate) mod serve;

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};

use super::outbox::Outbox;
use super::preface::Preface;
use crate::chat_core::clock::Moment;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::ConnectionDetails;
use crate::chat_core::protocol::{Action, Format, ProtocolMessage};
use crate::server::core::connections::LiveConnection;
use crate::server::core::deadlines::Deadline;
use crate::server::core::events::Event;
use crate::server::core::faults::{FaultClient, FaultSet, Fired};
use crate::server::core::frame::{self, SharedFrame};
use crate::server::core::gate::{self, Principal};
use crate::server::core::hub::Subscriber;
use crate::server::core::limits::{self, MAX_INBOUND_RATE};
use crate::server::core::login::{ClaimedIdentity, Credential};
use crate::server::core::quota::ConnectionQuota;
use crate::server::core::rates::Rates;
use crate::server::core::sessions::{self, Session};
use crate::server::core::state::ServerState;
use crate::server::edge::http::query::Query;
use crate::server::engine::{Entry, Pending};
use attachment::Attached;
use faults::ConnectionFaults;
use last_sent::LastSent;
use liveness::Liveness;

/// The parameters of a connect request.
pub(crate) struct Opening {
    /// The format that the client reads.
    format: Format,
    credential: Result<Credential>,
    client_id: Option<String>,
    echo: bool,
    /// The key of the connection that is to be continued.
    resume: Option<String>,
    /// Whether that connection was handed over by another process.
    is_claimed: bool,
    remain_present: Option<Duration>,
    /// The type that the client declares to be of.
    client_type: Option<String>,
    /// What rules do to the connection before it is open.
    pub(crate) preface: Preface,
}

impl Opening {
    /// Reads the parameters of a connect request (RTN2).
    pub(crate) fn new(credential: Result<Credential>, query: &Query) -> Self {
        Self {
            format: match query.get("format") {
                Some("msgpack") => Format::MessagePack,
                _ => Format::Json,
            },
            credential,
            client_id: query.get("clientId").map(str::to_owned),
            echo: query.get("echo") != Some("false"),
            is_claimed: false,
            resume: query
                .get("resume")
                .or_else(|| query.get("recover"))
                .map(str::to_owned),
            remain_present: query
                .get("remainPresentFor")
                .and_then(|millis| millis.parse().ok())
                .map(Duration::from_millis),
            client_type: query.get("clientType").map(str::to_owned),
            preface: Preface::default(),
        }
    }
}

impl Opening {
    /// Claims the connection that is to be continued, if this process does not know it.
    pub(crate) async fn claim(&mut self, server: &ServerState) {
        let engine = server.apps.engine.as_ref();
        let resume = self.resume.as_deref();
        self.is_claimed = server.sessions.claim(engine, resume).await;
    }
}

/// Abandons the socket of a client that does not read, if it still has not in a while.
fn abandon_later(server: &ServerState, outbox: &Arc<Outbox>) {
    let outbox = Arc::downgrade(outbox);
    let at = server.deadlines.now() + limits::CLOSE_TIMEOUT;
    server.deadlines.schedule(at, move || {
        if let Some(outbox) = outbox.upgrade() {
            outbox.abandon();
        }
    });
}

/// One realtime connection over one socket.
pub(crate) struct Connection {
    number: u64,
    session: Arc<Session>,
    format: Format,
    echo: bool,
    /// Whether it may continue a connection of which its client was not away for long.
    resumes: bool,
    /// The type that the client declares to be of.
    client_type: Option<String>,
    server: Arc<ServerState>,
    outbox: Arc<Outbox>,
    liveness: Arc<Liveness>,
    this: Weak<Self>,
    last_sent: LastSent,
    /// Whether the connection ended for good, so that nobody will come back to it.
    ended: AtomicBool,
    /// Why the server closed it, if it did.
    error: OnceLock<ErrorInfo>,
    state: Mutex<ConnectionState>,
    /// Its publish rates.
    rates: Mutex<Rates>,
    /// What it has used of its rates, if they are limited.
    quota: Option<Box<ConnectionQuota>>,
    /// What rules do to it.
    faults: ConnectionFaults,
}

struct ConnectionState {
    key: String,
    /// The attachments, by the names that the client gave.
    attached: HashMap<String, Attached>,
    /// Answers that wait for their time.
    held: VecDeque<(Moment, ProtocolMessage)>,
    /// The end of the token in force, if it has one.
    ends: Option<Moment>,
    deadlines: ConnectionDeadlines,
}

/// The deadlines of a connection; all of them are cancelled when it is gone.
#[derive(Default)]
struct ConnectionDeadlines {
    /// A heartbeat, if nothing else was sent, and a look for the client.
    heartbeat: Option<Deadline>,
    /// The answers that are held back.
    answers: Option<Deadline>,
    /// The request for a new token.
    renewal: Option<Deadline>,
    /// The expiry of the token.
    expiry: Option<Deadline>,
    /// The revocation of the token.
    revocation: Option<Deadline>,
}

/// A publish that is under way.
struct UnderWay {
    msg_serial: u64,
    /// The time for which its answer is held back.
    hold: Duration,
    done: Pending<'static, Arc<Entry>>,
}

impl Connection {
    /// Lets a client in and tells it so.
    ///
    /// # Errors
    /// Why it is not let in; the observers know.
    fn open(
        server: &Arc<ServerState>,
        opening: &Opening,
        outbox: &Arc<Outbox>,
        liveness: &Arc<Liveness>,
    ) -> Result<Arc<Self>> {
        Self::try_open(server, opening, outbox, liveness).inspect_err(|error| {
            if server.events.is_observed() {
                let credential = opening.credential.as_ref().ok();
                let client_id = opening.client_id.as_deref();
                let claimed = ClaimedIdentity::by(credential, client_id, &server.apps.sealer);
                server.events.emit(Event::ConnectionRefused {
                    claimed: &claimed,
                    error,
                });
            }
        })
    }

    fn try_open(
        server: &Arc<ServerState>,
        opening: &Opening,
        outbox: &Arc<Outbox>,
        liveness: &Arc<Liveness>,
    ) -> Result<Arc<Self>> {
        // Long, since a client is let in by all of it or not at all.
        let now = server.clock.now();
        let credential = opening.credential.as_ref().map_err(ErrorInfo::clone)?;
        let client_id = opening.client_id.as_deref();
        let principal = gate::authenticate(&server.apps, credential, client_id, now)?;
        principal.require_client_type(opening.client_type.as_deref())?;
        let principal_id = principal.identity.client_id().map(str::to_owned);
        let is_token = principal.token.is_some();
        let number = server.connections.next_number();
        let resume = opening.resume.as_deref();
        if let Some(error) = &opening.preface.fails {
            return Err(error.clone());
        }
        let forgotten = opening.preface.forgets && resume.is_some();
        let resume = resume.filter(|_| !forgotten);
        server.quota.take_connect()?;
        let _admission = match server.quota.limits().connections {
            Some(limit) => Some(check_connection_limit(server, limit, resume)?),
            None => None,
        };
        #[cfg(test)]
        server.notify_verified();
        let opened = server.sessions.open(
            principal,
            (resume, opening.is_claimed),
            number,
            opening.remain_present,
        )?;
        if let Some(earlier) = opened
            .superseded
            .and_then(|number| server.connections.get(number))
        {
            earlier.supersede();
        }
        let is_resumed = resume.is_some() && opened.not_resumed.is_none();
        let not_resumed = opened
            .not_resumed
            .or_else(|| forgotten.then(sessions::unknown));
        let client = FaultClient {
            client_id: principal_id.or_else(|| opening.client_id.clone()),
            connection_id: Some(opened.session.id.clone()),
            connection: opening.preface.number,
            is_token,
        };
        let rules = &opened.session.app.rules;
        let faults = match &opening.preface.session {
            Some(session) => rules.behind(session),
            None => rules.clone(),
        };
        let connection = Arc::new_cyclic(|this| Self {
            number,
            session: opened.session,
            format: opening.format,
            echo: opening.echo,
            // SDKs ask to continue connections that were forgotten long ago; those of an earlier process are not known
            // here however short the time away was.
            resumes: is_resumed || (resume.is_some() && is_young(server)),
            client_type: opening.client_type.clone(),
            server: Arc::clone(server),
            outbox: Arc::clone(outbox),
            liveness: Arc::clone(liveness),
            this: Weak::clone(this),
            last_sent: LastSent::by(server.clock.as_ref()),
            ended: AtomicBool::new(false),
            error: OnceLock::new(),
            state: Mutex::new(ConnectionState {
                key: opened.key,
                attached: HashMap::new(),
                held: VecDeque::new(),
                ends: None,
                deadlines: ConnectionDeadlines::default(),
            }),
            rates: Mutex::default(),
            quota: server.quota.connection(),
            faults: ConnectionFaults::new(faults, client),
        });
        outbox.share(&connection.principal().app.waiting);
        let registered: Arc<dyn LiveConnection> = Arc::clone(&connection) as _;
        server.connections.add(registered);
        // From here on revocations and the end of the app find it; what came before is found by looking once more.
        let principal = connection.principal();
        if let Err(error) = principal.require_in_force(&server.apps) {
            server.connections.remove(number);
            connection.cancel_deadlines();
            server
                .sessions
                .withdraw(&connection.session, number, opened.earlier_secret);
            return Err(error);
        }
        connection.send(&ProtocolMessage {
            error: not_resumed,
            ..connection.connected()
        });
        connection.begin_heartbeats();
        connection.schedule_faults();
        connection.watch_token();
        connection.revoke();
        connection.tell_metachannel(true);
        server.events.emit(Event::ConnectionOpened {
            actor: principal.actor(Some(connection.id())),
            is_resumed,
        });
        Ok(connection)
    }

    /// Schedules what is to be done to the connection at `at`, if it is still there then, in the place of what `slot`
    /// of its deadlines holds.
    fn schedule(
        &self,
        slot: impl FnOnce(&mut ConnectionDeadlines) -> &mut Option<Deadline>,
        at: Moment,
        action: impl FnOnce(&Arc<Self>) + Send + 'static,
    ) {
        let this = Weak::clone(&self.this);
        let mut state = self.lock();
        let slot = slot(&mut state.deadlines);
        self.server.deadlines.reschedule(slot, at, move || {
            if let Some(connection) = this.upgrade() {
                action(&connection);
            }
        });
    }

    /// Returns its connectionId.
    fn id(&self) -> &str {
        &self.session.id
    }

    /// Handles a message of the client. Returns a publish that is to be answered once it is done.
    async fn handle(self: &Arc<Self>, message: ProtocolMessage) -> Option<UnderWay> {
        if let Some(quota) = &self.quota
            && let Err(error) = quota.take_frame(&message, self.server.clock.moment())
        {
            self.fail(error);
            return None;
        }
        match message.action {
            Action::Heartbeat => self.answer_ping(message.id),
            Action::Attach => self.attach(message).await,
            Action::Detach => self.detach(&message).await,
            Action::Message | Action::Presence | Action::Annotation => {
                return self.publish(message).await;
            }
            Action::Sync => self.sync(&message).await,
            Action::Auth => self.reauthenticate(&message).await,
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

    /// Tells those who listen to the connections of the app.
    fn tell_metachannel(&self, is_open: bool) {
        let principal = self.principal();
        let client_id = principal.identity.as_wire();
        let hub = &principal.app.hub;
        hub.note_connection(self.id(), client_id, is_open);
    }

    /// Cleans up after the socket.
    async fn gone(&self) {
        self.server.connections.remove(self.number);
        self.outbox.close(None);
        self.cancel_deadlines();
        self.end_faults();
        if self.ended.load(Ordering::Relaxed) {
            self.end().await;
        } else {
            self.detach_all();
            self.session.lost(self.number, self.stay_of_members());
        }
        let principal = self.principal();
        let client_id = principal.identity.as_wire();
        principal
            .app
            .hub
            .note_connection(self.id(), client_id, false);
        self.server.events.emit(Event::ConnectionClosed {
            connection_id: self.id(),
            error: self.error.get(),
        });
    }

    fn cancel_deadlines(&self) {
        let ConnectionDeadlines {
            heartbeat,
            answers,
            renewal,
            expiry,
            revocation,
        } = &mut self.lock().deadlines;
        for slot in [heartbeat, answers, renewal, expiry, revocation] {
            self.server.deadlines.cancel(slot);
        }
    }

    /// Ends the connection for good, unless it goes on over another socket.
    async fn end(&self) {
        self.detach_all();
        self.session.end_over(self.number).await;
    }

    fn connected(&self) -> ProtocolMessage {
        let principal = self.principal();
        let limits = self.server.quota.limits();
        let inbound_rate = limits.inbound_rate.map(|rate| rate as u64);
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        ProtocolMessage {
            connection_id: Some(self.id().to_owned()),
            connection_details: Some(ConnectionDetails {
                client_id: principal.identity.as_wire().map(str::to_owned),
                connection_key: self.lock().key.clone(),
                connection_state_ttl: millis(limits::CONNECTION_STATE_TTL),
                max_idle_interval: millis(limits::MAX_IDLE),
                max_message_size: limits.message_size as u64,
                max_frame_size: limits.frame_size() as u64,
                max_inbound_rate: inbound_rate.unwrap_or(MAX_INBOUND_RATE),
                server_id: self.server.server_id.clone(),
                site_code: None,
            }),
            ..ProtocolMessage::new(Action::Connected)
        }
    }

    /// Ends the socket with `last`, behind the answers to all that was done.
    fn close(&self, last: &ProtocolMessage) {
        self.answer_all();
        self.hang_up(self.last_frame(last));
    }

    /// Ends the socket behind what waits for it, in a while also if the client does not read that.
    fn hang_up(&self, last: Option<Bytes>) {
        self.outbox.close(last);
        abandon_later(&self.server, &self.outbox);
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionState> {
        self.state.lock()
    }
}

/// Returns whether the server has run for less time than it keeps the state of a connection.
fn is_young(server: &ServerState) -> bool {
    let age = server.clock.moment().since(Moment::default());
    age < limits::CONNECTION_STATE_TTL
}

/// Holds the admission of clients where there are fewer than `limit` connections, until what is returned is dropped. A
/// resumed connection whose earlier socket is still open does not count twice.
///
/// # Errors
/// 40111 / 403.
fn check_connection_limit<'a>(
    server: &'a ServerState,
    limit: usize,
    resume: Option<&str>,
) -> Result<MutexGuard<'a, ()>> {
    let admission = server.connections.admission();
    let takes_a_place = || {
        let earlier = resume.and_then(|key| server.sessions.transport_of(key));
        earlier.is_none_or(|number| server.connections.get(number).is_none())
    };
    if server.connections.count() >= limit && takes_a_place() {
        return Err(ErrorInfo::new(
            40111,
            403,
            format!("Connection limit exceeded: the server takes {limit} at a time"),
        ));
    }
    Ok(admission)
}

impl LiveConnection for Connection {
    fn principal(&self) -> Arc<Principal> {
        self.session.principal()
    }

    fn disconnect(&self, error: ErrorInfo) {
        // The first reason is the one that counts.
        let _ = self.error.set(error.clone());
        self.close(&ProtocolMessage::failed(Action::Disconnected, error));
    }

    fn fail(&self, error: ErrorInfo) {
        let _ = self.error.set(error.clone());
        self.ended.store(true, Ordering::Relaxed);
        self.close(&ProtocolMessage::failed(Action::Error, error));
    }

    fn last_sent(&self) -> Moment {
        self.last_sent.moment().unwrap_or(Moment::MAX)
    }

    fn send_heartbeat(&self) {
        self.last_sent.note(self.server.clock.as_ref());
        self.put_heartbeat();
    }

    fn fault_client(&self) -> &FaultClient {
        &self.faults.client
    }

    fn is_under(&self, rules: &Arc<FaultSet>) -> bool {
        self.faults.faults.has(rules)
    }

    fn suffer(&self, fired: &Fired) {
        if let Some(connection) = self.this.upgrade() {
            Self::suffer(&connection, fired);
        }
    }

    fn supersede(&self) {
        self.detach_all();
        self.hang_up(None);
    }

    fn revoke(&self) {
        let now = self.server.deadlines.now();
        if let Some(revoked) = self.watch_revocation()
            && revoked.from > now
        {
            self.request_reauth();
        }
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
        if let Some(quota) = &self.quota
            && !self.delivers(quota, frame.message())
        {
            return;
        }
        self.last_sent.note(self.server.clock.as_ref());
        self.put(frame.message(), || frame.bytes(self.format));
    }

    fn send(&self, message: &ProtocolMessage) {
        tracing::trace!(connection = self.id(), frame = ?message, "sent");
        self.last_sent.note(self.server.clock.as_ref());
        self.put(message, || frame::frame(message, self.format));
    }

    fn has_room(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(self.outbox.has_room())
    }
}
