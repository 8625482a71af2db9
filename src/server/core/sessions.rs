//! What of a connection outlives its socket: its identity, its members, and the answers that it may not have got.
//!
//! A client that comes back with the connection's key goes on as the same connection (RTN15). Its members stay for
//! a while after a drop, and leave when it does not come back.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::Shared;
use parking_lot::{Mutex, MutexGuard};
use subtle::ConstantTimeEq;

use super::apps::App;
use super::deadlines::{Deadline, Deadlines};
use super::gate::Principal;
use super::limits::{CONNECTION_STATE_TTL, REMAIN_PRESENT};
use super::state::ServerState;

use crate::chat_core::auth::ClientIdentity;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;
use crate::server::engine::{ChannelCommand, CommandKind, Entry, Pending};

/// How many answers are kept for a client that asks again.
const ANSWERS_KEPT: usize = 100;

/// The length of a connectionId.
const ID_LENGTH: usize = 10;

/// A connection, with or without a socket.
pub(crate) struct Session {
    /// The connectionId.
    pub(crate) id: String,
    app: Arc<App>,
    identity: ClientIdentity,
    state: Mutex<State>,
}

struct State {
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
    /// The newest answers, by the serial of what was asked.
    answers: VecDeque<(u64, Answer)>,
    /// The greatest of their serials.
    newest_answer: Option<u64>,
    /// What the store has in hand, by the serial of what was asked.
    under_way: VecDeque<(u64, Done)>,
}

/// What becomes of a publish that the store has in hand; also for the socket that comes after the one it came over.
pub(crate) type Done = Shared<Pending<'static, Arc<Entry>>>;

/// What a publish was answered with: the serials, or why it was not done.
pub(crate) type Answer = std::result::Result<Arc<[Option<String>]>, Arc<ErrorInfo>>;

/// The sessions of a server, by connectionId.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Arc<Session>>>);

/// A session for a client that connects.
pub(crate) struct Opened {
    /// The session.
    pub(crate) session: Arc<Session>,
    /// The key to come back with.
    pub(crate) key: String,
    /// Why it is not the one that was asked for.
    pub(crate) not_resumed: Option<ErrorInfo>,
    /// The socket that this one takes the place of.
    pub(crate) superseded: Option<u64>,
}

impl Sessions {
    /// The session that `resume` is the key of, or a new one.
    ///
    /// # Errors
    /// 40102 / 401 if the key is good and the credentials are somebody else's.
    pub(crate) fn open(
        &self,
        principal: &Principal,
        resume: Option<&str>,
        transport: u64,
        remain_present: Option<Duration>,
        (random, deadlines): (&Random, &Deadlines),
    ) -> Result<Opened> {
        let secret = random.token(22);
        let remain_present = remain_present
            .unwrap_or(REMAIN_PRESENT)
            .min(CONNECTION_STATE_TTL);
        let not_resumed = match resume.map(|key| self.find_by_key(key)) {
            Some(Ok(session)) => {
                if session.app.id != principal.app.id || session.identity != principal.identity {
                    return Err(ErrorInfo::new(
                        40102,
                        401,
                        "Incompatible credentials: the connection belongs to another client",
                    ));
                }
                let mut state = session.lock();
                state.secret.clone_from(&secret);
                state.remain_present = remain_present;
                let superseded = state.transport.replace(transport);
                deadlines.cancel(&mut state.absence);
                deadlines.cancel(&mut state.expiry);
                drop(state);
                let key = format!("{}!{secret}", session.id);
                return Ok(Opened {
                    session,
                    key,
                    not_resumed: None,
                    superseded,
                });
            }
            Some(Err(error)) => Some(error),
            None => None,
        };
        let id = random.alphanumeric(ID_LENGTH);
        let key = format!("{id}!{secret}");
        let session = Arc::new(Session {
            id: id.clone(),
            app: Arc::clone(&principal.app),
            identity: principal.identity.clone(),
            state: Mutex::new(State {
                secret,
                transport: Some(transport),
                absence: None,
                expiry: None,
                remain_present,
                members: BTreeMap::new(),
                answers: VecDeque::new(),
                newest_answer: None,
                under_way: VecDeque::new(),
            }),
        });
        self.lock().insert(id, Arc::clone(&session));
        Ok(Opened {
            session,
            key,
            not_resumed,
            superseded: None,
        })
    }

    /// The session with this connectionId.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Session>> {
        self.lock().get(id).map(Arc::clone)
    }

    /// The connection whose key this is.
    ///
    /// # Errors
    /// 80018 / 400 for what is no key, or a wrong one; 80008 / 400 for one that is not known any more.
    pub(crate) fn find_by_key(&self, key: &str) -> Result<Arc<Session>> {
        let invalid = || ErrorInfo::new(80018, 400, "Invalid connection key");
        let (id, secret) = key.split_once('!').ok_or_else(invalid)?;
        if id.len() != ID_LENGTH || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(invalid());
        }
        let session = self.find(id).ok_or_else(|| {
            ErrorInfo::new(
                80008,
                400,
                "Unable to recover connection: it is not known any more",
            )
        })?;
        let is_right: bool = session
            .lock()
            .secret
            .as_bytes()
            .ct_eq(secret.as_bytes())
            .into();
        is_right.then_some(session).ok_or_else(invalid)
    }

    /// The number of the socket that a client with this key takes the place of.
    pub(crate) fn transport_of(&self, key: &str) -> Option<u64> {
        self.find_by_key(key).ok()?.lock().transport
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    fn forget(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.0.lock()
    }
}

impl Session {
    /// The answer to what was asked with this serial, if it was asked before.
    pub(crate) fn answered(&self, msg_serial: u64) -> Option<Answer> {
        let state = self.lock();
        // News, most of the time: serials count up.
        if state.newest_answer < Some(msg_serial) {
            return None;
        }
        let found = state
            .answers
            .iter()
            .find(|(serial, _)| *serial == msg_serial);
        found.map(|(_, answer)| answer.clone())
    }

    /// What becomes of what was asked with this serial, if the store has it in hand.
    pub(crate) fn under_way(&self, msg_serial: u64) -> Option<Done> {
        let state = self.lock();
        let mut under_way = state.under_way.iter();
        let (_, done) = under_way.find(|(serial, _)| *serial == msg_serial)?;
        Some(done.clone())
    }

    /// Notes what the store has in hand, until its answer is kept.
    pub(crate) fn note_under_way(&self, msg_serial: u64, done: Done) {
        self.lock().under_way.push_back((msg_serial, done));
    }

    /// Keeps an answer for a client that asks again.
    pub(crate) fn keep_answer(&self, msg_serial: u64, answer: Answer) {
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

    /// Notes that it entered a member.
    pub(crate) fn entered(&self, channel: &str, client_id: &str) {
        let mut state = self.lock();
        state
            .members
            .entry(channel.to_owned())
            .or_default()
            .insert(client_id.to_owned());
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

    /// Lets its members of one channel leave.
    pub(crate) async fn leave_channel(&self, channel: &str, random: &Random) {
        let members = self.lock().members.remove(channel);
        if let Some(members) = members {
            self.leave(channel, members, random).await;
        }
    }

    /// Lets all its members leave.
    pub(crate) async fn leave_all(&self, random: &Random) {
        let all = std::mem::take(&mut self.lock().members);
        for (channel, members) in all {
            self.leave(&channel, members, random).await;
        }
    }

    async fn leave(&self, channel: &str, members: BTreeSet<String>, random: &Random) {
        let operation = ChannelCommand {
            act: CommandKind::Leave {
                client_ids: members.into_iter().collect(),
            },
            // Not of the connection's own making: it must not look so (RTP2b).
            id: format!("leave-{}", random.alphanumeric(12)),
            connection_id: Some(self.id.clone()),
            repeat_key: None,
        };
        if let Err(error) = self.app.hub.submit(channel, operation).await {
            tracing::error!(channel, %error, "members could not leave");
        }
    }

    /// Notes that the socket with this number is gone; the client may come back over another one.
    pub(crate) fn lost(self: &Arc<Self>, transport: u64, server: &Arc<ServerState>) {
        let mut state = self.lock();
        if state.transport != Some(transport) {
            return;
        }
        state.transport = None;
        let (now, deadlines) = (server.clock.now(), &server.deadlines);
        let State {
            absence,
            expiry,
            remain_present,
            ..
        } = &mut *state;
        let lost = self.while_lost(server);
        let leave = deadlines.task(move || {
            let (session, server) = lost()?;
            Some(async move { session.leave_all(&server.random).await })
        });
        deadlines.reschedule(absence, now + *remain_present, leave);
        let lost = self.while_lost(server);
        let end = deadlines.task(move || {
            let (session, server) = lost()?;
            Some(async move { session.end(&server).await })
        });
        deadlines.reschedule(expiry, now + CONNECTION_STATE_TTL, end);
    }

    /// Returns what gives the session and its server later, if both are still there and the session has no socket.
    fn while_lost(
        self: &Arc<Self>,
        server: &Arc<ServerState>,
    ) -> impl FnOnce() -> Option<(Arc<Self>, Arc<ServerState>)> + Send + 'static {
        let (session, server) = (Arc::downgrade(self), Arc::downgrade(server));
        move || {
            let session = session.upgrade().filter(|session| session.is_lost())?;
            Some((session, server.upgrade()?))
        }
    }

    /// Ends it for good, if the socket with this number is still the one in use: one whose place another has taken ends
    /// nothing.
    pub(crate) async fn end_over(&self, transport: u64, server: &ServerState) {
        if self.lock().transport == Some(transport) {
            self.end(server).await;
        }
    }

    /// Ends it for good.
    pub(crate) async fn end(&self, server: &ServerState) {
        server.sessions.forget(&self.id);
        {
            let mut state = self.lock();
            server.deadlines.cancel(&mut state.absence);
            server.deadlines.cancel(&mut state.expiry);
        }
        self.leave_all(&server.random).await;
    }

    /// Returns whether it has no socket.
    fn is_lost(&self) -> bool {
        self.lock().transport.is_none()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}
