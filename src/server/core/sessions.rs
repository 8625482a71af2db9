//! Sessions: the part of a connection that outlives its socket, which is its identity, its members, and the answers
//! that the client may not have received.
//!
//! A client that comes back with the connection's key continues the same connection (RTN15). Its members stay for a
//! while after a drop, and leave when it does not come back.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::Shared;
use parking_lot::{Mutex, MutexGuard};
use subtle::ConstantTimeEq;

use super::apps::App;
use super::deadlines::{Deadline, Deadlines};
use super::gate::Principal;
use super::limits::{CONNECTION_STATE_TTL, REMAIN_PRESENT};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;
use crate::server::engine::{ChannelCommand, CommandKind, Engine, Entry, Pending};

/// The number of answers that are kept for a client that asks again.
const ANSWERS_KEPT: usize = 100;

/// The number of leaves of a connection that are kept: SDKs enter again what they knew, once a channel is attached again.
const MAX_LEAVES: usize = 32;

/// A member that left, and the publish by which it did.
struct Leave {
    channel: String,
    client_id: String,
    msg_serial: u64,
}

/// The code of the error for a connection that is not known, or not any more.
const UNKNOWN: u32 = 80008;

/// Returns the error for a connection that is not known, or not any more.
pub(crate) fn unknown() -> ErrorInfo {
    ErrorInfo::new(
        UNKNOWN,
        400,
        "Unable to recover connection: it is not known any more",
    )
}

/// The length of a connectionId.
const ID_LENGTH: usize = 10;

/// A connection, with or without a socket.
pub(crate) struct Session {
    /// The connectionId.
    pub(crate) id: String,
    pub(crate) app: Arc<App>,
    sessions: Weak<Sessions>,
    state: Mutex<SessionState>,
}

struct SessionState {
    /// The client, by the credential that was shown last: the one record of it, for all sockets.
    principal: Arc<Principal>,
    /// Proves that a client is the one that the connection belongs to.
    secret: String,
    /// The number of the socket in use.
    transport: Option<u64>,
    /// When its members leave, while it has no socket.
    absence: Option<Deadline>,
    /// When it is forgotten, while it has no socket.
    expiry: Option<Deadline>,
    remain_present: Duration,
    /// The members that it entered, by channel.
    members: BTreeMap<String, BTreeSet<String>>,
    /// The members that left lately, the oldest first.
    leaves: VecDeque<Leave>,
    /// The newest answers, by msgSerial.
    answers: VecDeque<(u64, PublishAnswer)>,
    /// The greatest msgSerial that was answered.
    newest_answer: Option<u64>,
    /// The publishes that are not answered yet, by msgSerial.
    under_way: VecDeque<(u64, SharedPublish)>,
}

/// The end of a publish that is under way, also for the socket that comes after the one it came over.
pub(crate) type SharedPublish = Shared<Pending<'static, Arc<Entry>>>;

/// The answer to a publish: the serials, or why it was refused.
pub(crate) type PublishAnswer = std::result::Result<Arc<[Option<String>]>, Arc<ErrorInfo>>;

/// The sessions of a server, by connectionId.
pub(crate) struct Sessions {
    sessions: Mutex<HashMap<String, Arc<Session>>>,
    deadlines: Arc<Deadlines>,
    random: Random,
}

/// The session of a client that connects.
pub(crate) struct OpenedSession {
    /// The session.
    pub(crate) session: Arc<Session>,
    /// The key to come back with.
    pub(crate) key: String,
    /// Why it is not the connection that was to be resumed.
    pub(crate) not_resumed: Option<ErrorInfo>,
    /// The socket that this one takes the place of.
    pub(crate) superseded: Option<u64>,
    /// The secret of the key that it was resumed with, if it was.
    pub(crate) earlier_secret: Option<String>,
}

impl Sessions {
    /// Creates an empty set of sessions.
    pub(crate) fn new(deadlines: Arc<Deadlines>, random: Random) -> Arc<Self> {
        Arc::new(Self {
            sessions: Mutex::default(),
            deadlines,
            random,
        })
    }

    /// Claims the connection that `resume` is the key of, if this process does not know it; returns whether it was
    /// handed over.
    pub(crate) async fn claim(&self, engine: &dyn Engine, resume: Option<&str>) -> bool {
        let Some(key) = resume else {
            return false;
        };
        if !self
            .find_by_key(key)
            .is_err_and(|error| error.code == UNKNOWN)
        {
            return false;
        }
        engine.claim_connection(key).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a connection could not be claimed");
            false
        })
    }

    /// Opens the session that `resume` is the key of, or a new one, over the socket `transport`. Where `is_claimed`, as
    /// [`Sessions::claim`] found, the new one has the connectionId of `resume`.
    ///
    /// # Errors
    /// 40102 / 401 if the key is good and the credentials are another client's.
    pub(crate) fn open(
        self: &Arc<Self>,
        principal: Principal,
        (resume, is_claimed): (Option<&str>, bool),
        transport: u64,
        remain_present: Option<Duration>,
    ) -> Result<OpenedSession> {
        let remain_present = remain_present
            .unwrap_or(REMAIN_PRESENT)
            .min(CONNECTION_STATE_TTL);
        let mut claimed = None;
        let not_resumed = match resume.map(|key| self.find_by_key(key)) {
            Some(Ok(session)) => {
                session.follow(principal)?;
                return Ok(self.resume(session, transport, remain_present));
            }
            Some(Err(_)) if is_claimed => {
                claimed = resume.and_then(|key| key.split_once('!'));
                None
            }
            Some(Err(error)) => Some(error),
            None => None,
        };
        let secret = self.random.token(22);
        let id = match claimed {
            Some((id, _)) => id.to_owned(),
            None => self.random.alphanumeric(ID_LENGTH),
        };
        let key = format!("{id}!{secret}");
        let session = Arc::new(Session {
            id: id.clone(),
            app: Arc::clone(&principal.app),
            sessions: Arc::downgrade(self),
            state: Mutex::new(SessionState {
                principal: Arc::new(principal),
                secret,
                transport: Some(transport),
                absence: None,
                expiry: None,
                remain_present,
                members: BTreeMap::new(),
                leaves: VecDeque::new(),
                answers: VecDeque::new(),
                newest_answer: None,
                under_way: VecDeque::new(),
            }),
        });
        self.sessions.lock().insert(id, Arc::clone(&session));
        Ok(OpenedSession {
            session,
            key,
            not_resumed,
            superseded: None,
            earlier_secret: None,
        })
    }

    /// Continues a session over the socket `transport`, with a new key.
    fn resume(
        &self,
        session: Arc<Session>,
        transport: u64,
        remain_present: Duration,
    ) -> OpenedSession {
        let secret = self.random.token(22);
        let key = format!("{}!{secret}", session.id);
        let mut state = session.lock();
        let earlier = std::mem::replace(&mut state.secret, secret);
        state.remain_present = remain_present;
        let superseded = state.transport.replace(transport);
        self.deadlines.cancel(&mut state.absence);
        self.deadlines.cancel(&mut state.expiry);
        drop(state);
        OpenedSession {
            session,
            key,
            not_resumed: None,
            superseded,
            earlier_secret: Some(earlier),
        }
    }

    /// Returns the session whose key this is.
    ///
    /// # Errors
    /// 80018 / 400 for an invalid key; 80008 / 400 for a connection that is not known any more.
    pub(crate) fn find_by_key(&self, key: &str) -> Result<Arc<Session>> {
        let invalid = || ErrorInfo::new(80018, 400, "Invalid connection key");
        let (id, secret) = key.split_once('!').ok_or_else(invalid)?;
        if id.len() != ID_LENGTH || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(invalid());
        }
        let session = self.sessions.lock().get(id).map(Arc::clone);
        let session = session.ok_or_else(unknown)?;
        let is_right: bool = session
            .lock()
            .secret
            .as_bytes()
            .ct_eq(secret.as_bytes())
            .into();
        is_right.then_some(session).ok_or_else(invalid)
    }

    /// Takes back an opening: the client is not let in after all. An earlier connection that was continued waits for it
    /// as after a drop, with the key that it had; of a new one nothing is left.
    pub(crate) fn withdraw(
        &self,
        session: &Arc<Session>,
        transport: u64,
        earlier_secret: Option<String>,
    ) {
        match earlier_secret {
            Some(secret) => {
                session.lock().secret = secret;
                session.lost(transport, None);
            }
            None => {
                self.sessions.lock().remove(&session.id);
            }
        }
    }

    /// Returns whether `connection_id` is that of a connection of `principal`'s app, and not one of the same client that
    /// has lost its socket: a client that could not resume it may still name it.
    pub(crate) fn belongs_to_another(&self, connection_id: &str, principal: &Principal) -> bool {
        let session = self.sessions.lock().get(connection_id).map(Arc::clone);
        let Some(session) = session.filter(|it| Arc::ptr_eq(&it.app, &principal.app)) else {
            return false;
        };
        let state = session.lock();
        let owner = state.principal.identity.client_id();
        let is_own = owner.is_some() && owner == principal.identity.client_id();
        !(is_own && state.transport.is_none())
    }

    /// Returns the number of the socket that a client with this key takes the place of.
    pub(crate) fn transport_of(&self, key: &str) -> Option<u64> {
        self.find_by_key(key).ok()?.lock().transport
    }

    /// Returns how many sessions there are.
    pub(crate) fn count(&self) -> usize {
        self.sessions.lock().len()
    }
}

impl Session {
    /// Returns the client, by the credential in force.
    pub(crate) fn principal(&self) -> Arc<Principal> {
        Arc::clone(&self.lock().principal)
    }

    /// Puts the credential of `next` in force, if it may follow the one that is; returns the client as it is then.
    ///
    /// # Errors
    /// 40102 / 401 for another client's.
    pub(crate) fn follow(&self, next: Principal) -> Result<Arc<Principal>> {
        let mut state = self.lock();
        let next = Arc::new(next.following(&state.principal)?);
        state.principal = Arc::clone(&next);
        Ok(next)
    }

    /// Returns the answer to the publish `msg_serial`, if it was answered lately.
    pub(crate) fn answer_to(&self, msg_serial: u64) -> Option<PublishAnswer> {
        let state = self.lock();
        // A new one, most of the time: serials count up.
        if state.newest_answer < Some(msg_serial) {
            return None;
        }
        let found = state
            .answers
            .iter()
            .find(|(serial, _)| *serial == msg_serial);
        found.map(|(_, answer)| answer.clone())
    }

    /// Returns the end of the publish `msg_serial`, if it is under way.
    pub(crate) fn under_way(&self, msg_serial: u64) -> Option<SharedPublish> {
        let state = self.lock();
        let mut under_way = state.under_way.iter();
        let (_, done) = under_way.find(|(serial, _)| *serial == msg_serial)?;
        Some(done.clone())
    }

    /// Notes a publish that is under way, until its answer is kept.
    pub(crate) fn note_under_way(&self, msg_serial: u64, done: SharedPublish) {
        self.lock().under_way.push_back((msg_serial, done));
    }

    /// Keeps an answer for a client that asks again.
    pub(crate) fn keep_answer(&self, msg_serial: u64, answer: PublishAnswer) {
        let mut state = self.lock();
        state.under_way.retain(|(serial, _)| *serial != msg_serial);
        let is_known = state.newest_answer >= Some(msg_serial)
            && state.answers.iter().any(|(kept, _)| *kept == msg_serial);
        if is_known {
            // Two sockets, one after the other, were to tell it.
            return;
        }
        state.newest_answer = state.newest_answer.max(Some(msg_serial));
        if state.answers.len() == ANSWERS_KEPT {
            state.answers.pop_front();
        }
        state.answers.push_back((msg_serial, answer));
    }

    /// Notes that it entered a member; returns whether it was not noted before.
    pub(crate) fn entered(&self, channel: &str, client_id: &str) -> bool {
        let mut state = self.lock();
        let members = state.members.entry(channel.to_owned()).or_default();
        members.insert(client_id.to_owned())
    }

    /// Notes that a member leaves with this publish of the connection.
    pub(crate) fn leaves(&self, channel: &str, client_id: &str, msg_serial: u64) {
        let mut state = self.lock();
        state
            .leaves
            .retain(|it| (it.channel.as_str(), it.client_id.as_str()) != (channel, client_id));
        if state.leaves.len() >= MAX_LEAVES {
            state.leaves.pop_front();
        }
        state.leaves.push_back(Leave {
            channel: channel.to_owned(),
            client_id: client_id.to_owned(),
            msg_serial,
        });
    }

    /// Returns whether a member has left with a later publish of the connection than this one.
    pub(crate) fn has_left_since(&self, channel: &str, client_id: &str, msg_serial: u64) -> bool {
        let state = self.lock();
        state.leaves.iter().any(|it| {
            it.channel == channel && it.client_id == client_id && it.msg_serial > msg_serial
        })
    }

    /// Notes that a member of its left.
    pub(crate) fn left(&self, channel: &str, client_id: &str) {
        let mut state = self.lock();
        if let Some(members) = state.members.get_mut(channel) {
            members.remove(client_id);
            if members.is_empty() {
                state.members.remove(channel);
            }
        }
    }

    /// Removes its members from one channel.
    pub(crate) async fn leave_channel(&self, channel: &str) {
        let members = self.lock().members.remove(channel);
        if let Some(members) = members {
            self.leave(channel, members).await;
        }
    }

    /// Removes its members from all channels.
    async fn leave_all(&self) {
        let all = std::mem::take(&mut self.lock().members);
        for (channel, members) in all {
            self.leave(&channel, members).await;
        }
    }

    async fn leave(&self, channel: &str, members: BTreeSet<String>) {
        let Some(sessions) = self.sessions.upgrade() else {
            return;
        };
        let command = ChannelCommand {
            kind: CommandKind::Leave {
                client_ids: members.into_iter().collect(),
            },
            // Not of the connection's own making: it must not look so (RTP2b).
            id: format!("leave-{}", sessions.random.alphanumeric(12)),
            connection_id: Some(self.id.clone()),
            repeat_key: None,
        };
        if let Err(error) = self.app.hub.submit(channel, command).await {
            tracing::error!(channel, %error, "members could not leave");
        }
    }

    /// Notes that the socket `transport` is gone; the client may come back over another one. Its members stay for as long as
    /// it asked for, or for `stay`.
    pub(crate) fn lost(self: &Arc<Self>, transport: u64, stay: Option<Duration>) {
        let Some(sessions) = self.sessions.upgrade() else {
            return;
        };
        let mut state = self.lock();
        if state.transport != Some(transport) {
            return;
        }
        state.transport = None;
        let deadlines = &sessions.deadlines;
        let now = deadlines.now();
        let SessionState {
            absence,
            expiry,
            remain_present,
            ..
        } = &mut *state;
        let lost = self.while_lost();
        let leave = deadlines.task(move || {
            let session = lost()?;
            Some(async move { session.leave_all().await })
        });
        deadlines.reschedule(absence, now + stay.unwrap_or(*remain_present), leave);
        let lost = self.while_lost();
        let end = deadlines.task(move || {
            let session = lost()?;
            Some(async move { session.end().await })
        });
        deadlines.reschedule(expiry, now + CONNECTION_STATE_TTL, end);
    }

    /// Returns what gives the session later, if it is still there and has no socket.
    fn while_lost(self: &Arc<Self>) -> impl FnOnce() -> Option<Arc<Self>> + Send + 'static {
        let session = Arc::downgrade(self);
        move || {
            session
                .upgrade()
                .filter(|session| session.lock().transport.is_none())
        }
    }

    /// Ends it for good, if the socket `transport` is still the one in use: one whose place another has taken ends
    /// nothing.
    pub(crate) async fn end_over(&self, transport: u64) {
        if self.lock().transport == Some(transport) {
            self.end().await;
        }
    }

    /// Ends it for good.
    async fn end(&self) {
        if let Some(sessions) = self.sessions.upgrade() {
            sessions.sessions.lock().remove(&self.id);
            let mut state = self.lock();
            sessions.deadlines.cancel(&mut state.absence);
            sessions.deadlines.cancel(&mut state.expiry);
        }
        self.leave_all().await;
    }

    fn lock(&self) -> MutexGuard<'_, SessionState> {
        self.state.lock()
    }
}
