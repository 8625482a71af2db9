//! The one way for a publish, from every edge: realtime, Chat REST, Pub/Sub REST and batches.
//!
//! A client's intent is admitted, gets identity and user claim, is measured, compared with known repeats, counted
//! against the rate, shown to the hook, submitted to the engine, and told to the observers, in this order. What is
//! refused on the way leaves no trace.

use std::collections::HashSet;
use std::future::ready;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio_util::task::TaskTracker;

use super::apps::App;
use super::checks::Checks;
use super::depth::check_depth;
use super::events::{Attempt, Event, Events};
use super::faults::{Ending, Fault, FaultClient, Fired, Occurrence, Point};
use super::gate::{self, Principal};
use super::integrations::SkipRule;
use super::limits::{
    MAX_ANNOTATED_MESSAGES, MAX_ANNOTATION_COUNT, MAX_ANNOTATION_NAME_SIZE, MAX_MESSAGES,
};
use super::login::Transport;
use super::quota::{ConnectionQuota, Quota};
use super::rates::Rates;
use super::sessions::{Session, Sessions};
use super::tally::{Direction, Tally, units};
use crate::chat_core::auth::{Operation, identity};
use crate::chat_core::clock::Clock;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{
    Annotation, ChannelModes, Json, Message, MessageAction, PresenceAction, PresenceMessage,
    Version, names,
};
use crate::server::engine::fold::summary;
use crate::server::engine::{
    Change, ChannelCommand, CommandKind, Entry, Pending, claimed, unknown_message,
};

/// An operation that a client requests on a channel.
pub(crate) enum Intent {
    /// Publish new messages, all or none.
    Publish(Vec<Message>),
    /// Update, delete or append to a message.
    Change(Box<Change>),
    /// Annotate messages.
    Annotate(Vec<Annotation>),
    /// Enter, update or leave presence.
    Presence(Vec<PresenceMessage>),
}

/// An intent, with its author and its way.
pub(crate) struct PublishRequest<'a> {
    /// The author.
    pub(crate) principal: &'a Arc<Principal>,
    /// The channel.
    pub(crate) channel: &'a str,
    /// The intent.
    pub(crate) intent: Intent,
    /// The operation's id: `connectionId:msgSerial`, or an id of its own.
    pub(crate) id: String,
    /// The way that it came.
    pub(crate) source: Source<'a>,
    /// The API that it came by.
    pub(crate) api: Api,
    /// A repeat with the same key is answered as before, and not done again.
    pub(crate) idempotency_key: Option<IdempotencyKey>,
}

/// An idempotency key: a client's choice for one operation on one target. The same text of another client, or for
/// another operation, is another key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey {
    /// The operation.
    pub(crate) operation: &'static str,
    /// The message that it is about, if it is about one.
    pub(crate) target: Option<String>,
    /// The text that the client chose.
    pub(crate) key: String,
}

/// The API that an intent came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// That of rooms, over REST.
    Chat,
    /// That of channels.
    PubSub,
}

/// The way that an intent came.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// Over a realtime connection.
    Connection {
        /// The connection.
        session: &'a Arc<Session>,
        /// The modes that its attachment to the channel requested; `None` without an attachment
        /// (transient publish).
        requested_modes: Option<ChannelModes>,
        /// Its publish rates.
        rates: &'a Mutex<Rates>,
        /// Its share of the server's quota, if there is one.
        quota: Option<&'a ConnectionQuota>,
        /// Its end.
        ending: &'a Ending,
    },
    /// With a REST request.
    Rest {
        /// The connection that it publishes for (RSL1m), by its id.
        connection_id: Option<&'a str>,
    },
}

impl<'a> Source<'a> {
    fn connection_id(self) -> Option<&'a str> {
        match self {
            Self::Connection { session, .. } => Some(&session.id),
            Self::Rest { connection_id } => connection_id,
        }
    }

    fn session(self) -> Option<&'a Arc<Session>> {
        match self {
            Self::Connection { session, .. } => Some(session),
            Self::Rest { .. } => None,
        }
    }

    fn quota(self) -> Option<&'a ConnectionQuota> {
        match self {
            Self::Connection { quota, .. } => quota,
            Self::Rest { .. } => None,
        }
    }

    fn ending(self) -> Option<&'a Ending> {
        match self {
            Self::Connection { ending, .. } => Some(ending),
            Self::Rest { .. } => None,
        }
    }

    fn transport(self) -> Transport {
        match self {
            Self::Connection { .. } => Transport::Realtime,
            Self::Rest { .. } => Transport::Rest,
        }
    }
}

/// A check of publishes from outside the server, such as moderation. It bounds its own time.
pub(crate) trait PublishHook: Send + Sync {
    /// Returns whether such a publish on `channel` is shown to the hook; the others pass at once.
    fn applies_to(&self, app: &App, channel: &str, api: Api, kind: &CommandKind) -> bool;

    /// Checks a publish, and returns it as it is to be submitted.
    ///
    /// # Errors
    /// Why it is rejected, with Ably's code.
    fn check(&self, publish: Screened) -> Pending<'static, ChannelCommand>;
}

/// A publish that is shown to a hook.
pub(crate) struct Screened {
    /// The app.
    pub(crate) app: Arc<App>,
    /// The channel.
    pub(crate) channel: String,
    /// The API that it came by.
    pub(crate) api: Api,
    /// The publish.
    pub(crate) command: ChannelCommand,
}

/// Refuses a publish whose parameters ask for that: `_forceNack=true`, by which SDKs test what they do then.
///
/// # Errors
/// 40099 / 400.
pub(crate) fn check_params(force_nack: Option<&str>) -> Result<()> {
    match force_nack {
        Some("true") => Err(ErrorInfo::new(
            40099,
            400,
            "Refused as its parameters ask: _forceNack",
        )),
        _ => Ok(()),
    }
}

/// Publishes for the clients of one server.
pub(crate) struct Publisher {
    /// The present moment.
    pub(crate) clock: Arc<dyn Clock>,
    /// Learns how each publish ends.
    pub(crate) events: Events,
    /// The connections, whose ids nobody else may use.
    pub(crate) sessions: Arc<Sessions>,
    /// The publish rate of one client on one channel, in messages a second; no limit unless given.
    pub(crate) max_rate: Option<f64>,
    /// The limits of the server, and what is used of them.
    pub(crate) quota: Arc<Quota>,
    /// Checks publishes before they are submitted.
    pub(crate) hook: Option<Arc<dyn PublishHook>>,
    /// The tasks of the server, among them those of publishes that a hook checks.
    pub(crate) tasks: TaskTracker,
}

/// A publish on its way: its end, and whether it goes on without the one who waits for it.
struct Submitted {
    done: Pending<'static, Arc<Entry>>,
    is_screened: bool,
}

impl Publisher {
    /// Submits `request`, in the order of the calls for each channel, and returns its end: the committed entry, or why
    /// there is none. Nothing has happened where it fails.
    pub(crate) async fn publish(
        self: &Arc<Self>,
        request: PublishRequest<'_>,
    ) -> Pending<'static, Arc<Entry>> {
        let PublishRequest {
            principal,
            channel,
            source,
            ..
        } = request;
        let mut checks = Checks::new(self.events.is_observed());
        let mut tally = Tally::default();
        let submitted = self.submit(request, &mut checks, &mut tally).await;
        let Submitted { done, is_screened } = submitted.unwrap_or_else(|error| Submitted {
            done: Box::pin(ready(Err(error))),
            is_screened: false,
        });
        let detached = |done| {
            if is_screened {
                self.detached(done)
            } else {
                done
            }
        };
        if !self.events.is_observed() {
            return detached(done);
        }
        let (principal, channel) = (Arc::clone(principal), channel.to_owned());
        let connection_id = source.connection_id().map(str::to_owned);
        let transport = source.transport();
        let events = self.events.clone();
        detached(Box::pin(async move {
            let result = done.await;
            if result.is_ok() {
                events.count(&principal.app.id, Direction::In, || tally);
            }
            events.emit(Event::Publish {
                attempt: Attempt {
                    actor: principal.actor(connection_id.as_deref()),
                    channel: &channel,
                    checks: checks.list(),
                    error: result.as_ref().err(),
                },
                transport,
            });
            result
        }))
    }

    /// Has a publish end in a task of its own: the verdict of a hook is carried out, whether or not its sender is there.
    fn detached(&self, done: Pending<'static, Arc<Entry>>) -> Pending<'static, Arc<Entry>> {
        let task = self.tasks.spawn(done);
        Box::pin(async move {
            let ended = task.await;
            ended.unwrap_or_else(|_| Err(ErrorInfo::new(50000, 500, "The publish did not end")))
        })
    }

    async fn submit(
        self: &Arc<Self>,
        request: PublishRequest<'_>,
        checks: &mut Checks,
        tally: &mut Tally,
    ) -> Result<Submitted> {
        // Long, since the order of the steps is the point, and is to be read in one place.
        let PublishRequest {
            principal,
            channel,
            intent,
            id,
            source,
            api,
            idempotency_key,
        } = request;
        let hub = &principal.app.hub;
        if names::is_meta(channel) {
            let why = "operation not permitted: only the server publishes on a metachannel";
            return Err(ErrorInfo::new(40160, 401, why));
        }
        names::check_channel(channel)?;
        let skip = skip_of(principal, &intent);
        let author = Author {
            principal,
            channel,
            source,
            msg_serial: match &intent {
                Intent::Presence(_) => msg_serial_of(&id),
                _ => None,
            },
        };
        let kind = match intent {
            Intent::Publish(messages) => author.messages(messages, checks)?,
            Intent::Change(change) => author.change(*change, checks).await?,
            Intent::Annotate(annotations) => author.annotations(annotations, checks)?,
            Intent::Presence(messages) => author.presence(messages, checks)?,
        };
        let size = self.check_size(&kind)?;
        check_depth(&kind)?;
        if self.events.counts_messages() {
            *tally = tally_of(&kind);
        }
        self.check_ids(&author, &kind)?;
        let command = ChannelCommand {
            repeat_key: idempotency_key
                .or_else(|| message_id(&kind))
                .map(|key| author.repeat_key(&key, &kind)),
            kind,
            id,
            connection_id: source.connection_id().map(str::to_owned),
        };
        let end = EndOfSkip::begin(principal, &command.id, skip);
        let rate = self.rate(principal, channel, &command.kind);
        let hook = self
            .hook
            .as_deref()
            .filter(|hook| hook.applies_to(&principal.app, channel, api, &command.kind));
        let counts = self.quota.counts_publishes();
        if (rate.is_some() || hook.is_some() || counts)
            && let Some(key) = &command.repeat_key
            && let Some(done) = hub.known_repeat(channel, key, self.clock.now()).await?
        {
            return Ok(Submitted {
                done: Box::pin(ready(Ok(done))),
                is_screened: false,
            });
        }
        if let Some((rate, count)) = rate {
            self.count(&author, rate, count)?;
        }
        if counts {
            let place = (principal.app.id.as_str(), channel);
            let used = (command.kind.count(), size);
            self.quota.take_publish(source.quota(), place, used)?;
        }
        let session = source.session();
        let Some(hook) = hook else {
            let place = (session, source.ending());
            let done = self.commit(principal, place, channel, command).await?;
            return Ok(Submitted {
                done: end.with(done),
                is_screened: false,
            });
        };
        let checked = hook.check(Screened {
            app: Arc::clone(&principal.app),
            channel: channel.to_owned(),
            api,
            command,
        });
        let (this, principal, session) =
            (Arc::clone(self), Arc::clone(principal), session.cloned());
        let channel = channel.to_owned();
        let done = async move {
            let command = checked.await?;
            this.check_size(&command.kind)?;
            check_depth(&command.kind)?;
            let done = this.commit(&principal, (session.as_ref(), None), &channel, command);
            done.await?.await
        };
        Ok(Submitted {
            done: end.with(Box::pin(done)),
            is_screened: true,
        })
    }

    /// Hands a command that nothing speaks against to the engine.
    async fn commit(
        &self,
        principal: &Arc<Principal>,
        (session, ending): (Option<&Arc<Session>>, Option<&Ending>),
        channel: &str,
        command: ChannelCommand,
    ) -> Result<Pending<'static, Arc<Entry>>> {
        let hub = &principal.app.hub;
        let connection_id = command.connection_id.as_deref();
        self.interfere(principal, channel, connection_id, ending)
            .await?;
        hub.activate(channel)?;
        let members = session.map(|session| (session, moves_of(&command.kind)));
        let Some((session, moves)) = members.filter(|(_, moves)| !moves.is_empty()) else {
            return Ok(hub.submit(channel, command));
        };
        // Noted first: whatever happens to the connection meanwhile, its members leave with it.
        let mut new = Vec::new();
        for (client_id, enters) in &moves {
            if *enters && session.entered(channel, client_id) {
                new.push(client_id.clone());
            }
        }
        let done = hub.submit(channel, command);
        let (session, channel) = (Arc::clone(session), channel.to_owned());
        Ok(Box::pin(async move {
            let done = done.await;
            let left = match &done {
                Ok(_) => moves
                    .into_iter()
                    .filter(|(_, enters)| !enters)
                    .map(|(id, _)| id)
                    .collect(),
                // Who was not there before has not entered.
                Err(_) => new,
            };
            for client_id in left {
                session.left(&channel, &client_id);
            }
            done
        }))
    }

    /// Lets rules delay, hold or refuse what is about to be stored.
    ///
    /// # Errors
    /// That of the rule; 50003 / 503 where the connection, the app or the server ends while it is held.
    async fn interfere(
        &self,
        principal: &Principal,
        channel: &str,
        connection_id: Option<&str>,
        ending: Option<&Ending>,
    ) -> Result<()> {
        let app = &principal.app;
        if !app.rules.is_active() {
            return Ok(());
        }
        let client = FaultClient {
            client_id: principal.identity.client_id().map(str::to_owned),
            connection_id: connection_id.map(str::to_owned),
            connection: 0,
            is_token: principal.token.is_some(),
        };
        let occurrence = Occurrence {
            channel: Some(channel),
            ..Occurrence::of(Point::Commit, &client)
        };
        let Some(Fired { fault, .. }) = app.rules.fire(&occurrence) else {
            return Ok(());
        };
        if let Fault::Refuse(refused) = fault {
            return Err(refused.error);
        }
        match fault.wait() {
            Some(wait) if !wait.over(self.clock.as_ref(), ending).await => Err(ErrorInfo::new(
                50003,
                503,
                "A fault held the publish until nobody waited for it any more",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses ids that begin with the id of a connection of somebody else, as those do which the server gives: what is
    /// published under one would look as if it came from there.
    ///
    /// # Errors
    /// 40006 / 400.
    fn check_ids(&self, author: &Author<'_>, kind: &CommandKind) -> Result<()> {
        let ids: Vec<&str> = match kind {
            CommandKind::Publish { messages, .. } => {
                messages.iter().filter_map(|it| it.id.as_deref()).collect()
            }
            CommandKind::Presence(members) => {
                members.iter().filter_map(|it| it.id.as_deref()).collect()
            }
            CommandKind::Annotate(annotations) => {
                let each = annotations.iter();
                each.filter_map(|it| it.id.as_deref()).collect()
            }
            CommandKind::Change(_) | CommandKind::Leave { .. } => Vec::new(),
        };
        let own = author.source.connection_id();
        let is_foreign = |id: &str| {
            let connection_id = id.split_once(':').map(|(connection_id, _)| connection_id);
            connection_id.is_some_and(|connection_id| {
                own != Some(connection_id)
                    && self
                        .sessions
                        .belongs_to_another(connection_id, author.principal)
            })
        };
        if ids.into_iter().any(is_foreign) {
            return Err(ErrorInfo::new(
                40006,
                400,
                "Invalid id: it begins with the connectionId of another connection",
            ));
        }
        Ok(())
    }

    /// Returns the rate that limits a publish, in messages a second, and the number of messages that it counts as.
    fn rate(
        &self,
        principal: &Principal,
        channel: &str,
        kind: &CommandKind,
    ) -> Option<(f64, usize)> {
        let count = match kind {
            CommandKind::Publish { messages, .. } => messages.len(),
            CommandKind::Change(_) => 1,
            CommandKind::Presence(_) | CommandKind::Annotate(_) | CommandKind::Leave { .. } => {
                return None;
            }
        };
        let of_token = principal.publish_rate(channel);
        let rates = of_token.into_iter().chain(self.max_rate);
        Some((rates.reduce(f64::min)?, count))
    }

    /// Counts a publish against its rate: that of the connection, or of the REST caller within the app.
    fn count(&self, author: &Author<'_>, rate: f64, count: usize) -> Result<()> {
        let now = self.clock.moment();
        match author.source {
            Source::Connection { rates, .. } => rates.lock().take(author.channel, rate, count, now),
            Source::Rest { .. } => {
                let principal = author.principal;
                let client_id = principal.identity.client_id().unwrap_or_default();
                // No name of a key or of a channel has a line break in it.
                let key = format!("{}\n{}\n{client_id}", principal.key_name(), author.channel);
                let mut rates = principal.app.rest_rates.lock();
                rates.take(&key, rate, count, now)
            }
        }
    }

    /// Returns the size of a publish, and refuses what is larger than one may be.
    ///
    /// # Errors
    /// 40009 / 413.
    fn check_size(&self, kind: &CommandKind) -> Result<usize> {
        let (size, limit) = (kind.size(), self.quota.limits().message_size);
        if size > limit {
            return Err(ErrorInfo::new(
                40009,
                413,
                format!("Maximum message length exceeded: {size} bytes, of {limit} allowed"),
            ));
        }
        Ok(size)
    }
}

/// Returns which rules a publish asks not to be told to, where any rule is told of anything.
fn skip_of(principal: &Principal, intent: &Intent) -> Option<SkipRule> {
    if !principal.app.integrations.tells() {
        return None;
    }
    match intent {
        Intent::Publish(messages) => SkipRule::of(messages),
        Intent::Change(change) => SkipRule::of([&change.content]),
        Intent::Annotate(_) | Intent::Presence(_) => None,
    }
}

/// Has it forgotten which rules are not told of a publish, once that has ended.
struct EndOfSkip(Option<(Arc<App>, String)>);

impl EndOfSkip {
    fn begin(principal: &Principal, id: &str, skip: Option<SkipRule>) -> Self {
        Self(skip.map(|skip| {
            principal.app.integrations.skipped.note(id, skip);
            (Arc::clone(&principal.app), id.to_owned())
        }))
    }

    /// Returns a publish that takes it along.
    fn with(self, done: Pending<'static, Arc<Entry>>) -> Pending<'static, Arc<Entry>> {
        if self.0.is_none() {
            return done;
        }
        Box::pin(async move {
            let result = done.await;
            drop(self);
            result
        })
    }
}

impl Drop for EndOfSkip {
    fn drop(&mut self) {
        if let Some((app, id)) = &self.0 {
            app.integrations.skipped.forget(id);
        }
    }
}

/// The author of a publish: admits it, and writes what only the server may write.
struct Author<'a> {
    principal: &'a Arc<Principal>,
    channel: &'a str,
    source: Source<'a>,
    /// The msgSerial of a presence message.
    msg_serial: Option<u64>,
}

impl Author<'_> {
    fn messages(&self, mut messages: Vec<Message>, checks: &mut Checks) -> Result<CommandKind> {
        self.require(Operation::Publish, ChannelModes::PUBLISH, checks)?;
        check_count(messages.len())?;
        let mut is_privileged = false;
        for message in &mut messages {
            is_privileged |= take_privileged(&mut message.extras);
        }
        if is_privileged {
            self.principal
                .require(self.channel, Operation::PrivilegedHeaders, checks)?;
        }
        let claim = self.principal.user_claim(self.channel);
        for message in &mut messages {
            if message.action() != MessageAction::Create {
                return Err(ErrorInfo::new(
                    40000,
                    400,
                    "New messages and changes of messages do not mix in one publish",
                ));
            }
            message.client_id = self.stamp(message.client_id.as_deref())?;
            message.connection_id = None;
            message.connection_key = None;
            message.serial = None;
            message.version = None;
            message.annotations = None;
            message.extras = claimed(message.extras.take(), claim.as_deref());
        }
        let is_ephemeral = messages.iter().all(Message::is_ephemeral);
        Ok(CommandKind::Publish {
            messages,
            is_ephemeral,
        })
    }

    async fn change(&self, mut change: Change, checks: &mut Checks) -> Result<CommandKind> {
        let namespaces = &self.principal.app.namespaces;
        namespaces.require_mutable(self.channel)?;
        let action = change.action;
        let named = change.version.client_id.as_deref();
        let reach = self.principal.reach(self.channel, action, named, checks)?;
        let store = self.principal.app.hub.engine();
        let Some(current) = store.message(self.channel, &change.serial).await? else {
            checks.add(self.channel, gate::change_of(action).own(), true);
            return Err(unknown_message());
        };
        let caller = self.stamp(change.version.client_id.as_deref())?;
        let creator = current.client_id.as_deref();
        let place = (self.channel, action);
        gate::require_reach(reach, place, (caller.as_deref(), creator), checks)?;
        self.require_mode(ChannelModes::PUBLISH)?;
        if take_privileged(&mut change.content.extras) {
            self.principal
                .require(self.channel, Operation::PrivilegedHeaders, checks)?;
        }
        change.content.client_id = None;
        change.version = Version {
            client_id: caller,
            serial: None,
            timestamp: None,
            ..change.version
        };
        change.user_claim = self.principal.user_claim(self.channel);
        Ok(CommandKind::Change(Box::new(change)))
    }

    fn annotations(
        &self,
        mut annotations: Vec<Annotation>,
        checks: &mut Checks,
    ) -> Result<CommandKind> {
        self.require(
            Operation::AnnotationPublish,
            ChannelModes::ANNOTATION_PUBLISH,
            checks,
        )?;
        check_count(annotations.len())?;
        check_annotated(&annotations)?;
        let claim = self.principal.user_claim(self.channel);
        for annotation in &mut annotations {
            let kind = check_annotation(annotation)?;
            let needs_client = summary::needs_client(kind);
            annotation.action = Some(annotation.action.unwrap_or(0));
            annotation.client_id = self.stamp(annotation.client_id.as_deref())?;
            if annotation.client_id.is_none() && needs_client {
                identity::require_identified(&self.principal.identity)?;
            }
            annotation.serial = None;
            annotation.connection_id = None;
            annotation.extras = claimed(annotation.extras.take(), claim.as_deref());
        }
        Ok(CommandKind::Annotate(annotations))
    }

    fn presence(
        &self,
        mut messages: Vec<PresenceMessage>,
        checks: &mut Checks,
    ) -> Result<CommandKind> {
        self.require(Operation::Presence, ChannelModes::PRESENCE, checks)?;
        check_count(messages.len())?;
        let claim = self.principal.user_claim(self.channel);
        for message in &mut messages {
            let client_id =
                identity::stamp_presence(&self.principal.identity, message.client_id.as_deref())?;
            message.client_id = Some(client_id.to_owned());
            message.connection_id = None;
            message.extras = claimed(message.extras.take(), claim.as_deref());
            if let Source::Connection { session, .. } = self.source {
                self.keep_left(session, message);
            }
        }
        Ok(CommandKind::Presence(messages))
    }

    /// Keeps a member that left from coming back by an id from before it left: an SDK whose leave was lost with its socket
    /// sends the leave again, and then enters what it knew before (RTP17). The later one holds, by the order of ids (RTP2b).
    fn keep_left(&self, session: &Session, message: &mut PresenceMessage) {
        let client_id = message.client_id.as_deref().unwrap_or_default();
        let is_own = |id: &&str| id.split(':').next() == Some(&session.id);
        if message.action == Some(PresenceAction::Leave) {
            if let Some(serial) = self.msg_serial {
                session.leaves(self.channel, client_id, serial);
            }
            return;
        }
        let entered = message.id.as_deref().filter(is_own).and_then(msg_serial_of);
        if entered.is_some_and(|serial| session.has_left_since(self.channel, client_id, serial)) {
            message.action = Some(PresenceAction::Absent);
        }
    }

    fn require(&self, operation: Operation, mode: ChannelModes, checks: &mut Checks) -> Result<()> {
        self.principal.require(self.channel, operation, checks)?;
        self.require_mode(mode)
    }

    /// Refuses what the attachment did not request. Without an attachment nothing was requested.
    fn require_mode(&self, mode: ChannelModes) -> Result<()> {
        match self.source {
            Source::Connection {
                requested_modes: Some(requested),
                ..
            } if !requested.contains(mode) => Err(ErrorInfo::new(
                40165,
                401,
                "The operation needs a channel mode that the attachment did not ask for",
            )),
            _ => Ok(()),
        }
    }

    /// Returns the text by which the engine knows repeats of `kind`: structured, so that no choice of a client makes it
    /// another client's. The channel and the app are where the engine looks.
    fn repeat_key(&self, key: &IdempotencyKey, kind: &CommandKind) -> String {
        let client_id = match kind {
            CommandKind::Publish { messages, .. } => {
                messages.first().and_then(|it| it.client_id.as_deref())
            }
            CommandKind::Change(change) => change.version.client_id.as_deref(),
            CommandKind::Annotate(annotations) => {
                annotations.first().and_then(|it| it.client_id.as_deref())
            }
            CommandKind::Presence(members) => {
                members.first().and_then(|it| it.client_id.as_deref())
            }
            CommandKind::Leave { .. } => None,
        };
        // Who may act for others is somebody else than each of them.
        let identity = self.principal.identity.as_wire();
        let IdempotencyKey {
            operation,
            target,
            key,
        } = key;
        if identity == Some("*") && client_id.is_none() && *operation == PUBLISH {
            // As stores have it since there are any: no JSON begins so.
            return format!("id {key}");
        }
        serde_json::json!([identity, client_id, operation, target, key]).to_string()
    }

    fn stamp(&self, client_id: Option<&str>) -> Result<Option<String>> {
        self.principal.stamp(self.channel, client_id)
    }
}

impl Change {
    /// The change that a message asks for itself: action, serial, content and, as its version, author and reason
    /// (RSL15).
    pub(crate) fn of_message(mut message: Message) -> Self {
        Self {
            serial: message.serial.take().unwrap_or_default(),
            action: message.action(),
            version: message.version.take().unwrap_or_default(),
            content: message,
            replaces: false,
            user_claim: None,
        }
    }
}

/// Takes the privileged section out of `extras`: it is for the service, and nobody else gets it. Returns whether there
/// was one.
fn take_privileged(extras: &mut Option<Json>) -> bool {
    match extras {
        Some(Json(serde_json::Value::Object(members))) => {
            members.shift_remove("privileged").is_some()
        }
        _ => false,
    }
}

fn check_count(count: usize) -> Result<()> {
    match count {
        0 => Err(ErrorInfo::new(40000, 400, "There is nothing in it")),
        1..=MAX_MESSAGES => Ok(()),
        _ => Err(ErrorInfo::new(
            40034,
            400,
            format!("More than {MAX_MESSAGES} items at once"),
        )),
    }
}

/// Refuses annotations of more messages than one publish may be about: each of them is told a summary.
///
/// # Errors
/// 40000 / 400.
fn check_annotated(annotations: &[Annotation]) -> Result<()> {
    let serials = annotations
        .iter()
        .map(|annotation| &annotation.message_serial);
    let about: HashSet<_> = serials.collect();
    if about.len() > MAX_ANNOTATED_MESSAGES {
        return Err(ErrorInfo::new(
            40000,
            400,
            format!("Annotations of more than {MAX_ANNOTATED_MESSAGES} messages at once"),
        ));
    }
    Ok(())
}

/// Checks the form of an annotation, and returns its type. Types that name no method that annotations are summed up by are
/// taken, too.
///
/// # Errors
/// 40003 / 400.
fn check_annotation(annotation: &Annotation) -> Result<&str> {
    let invalid = |what: &str| ErrorInfo::new(40003, 400, format!("Invalid annotation: {what}"));
    let kind = annotation.kind.as_deref().unwrap_or_default();
    if kind.is_empty() {
        return Err(invalid("it has no type"));
    }
    for (what, text) in [("type", Some(kind)), ("name", annotation.name.as_deref())] {
        let length = text.map_or(0, str::len);
        if length > MAX_ANNOTATION_NAME_SIZE {
            return Err(invalid(&format!(
                "its {what} has {length} bytes, of {MAX_ANNOTATION_NAME_SIZE} allowed"
            )));
        }
    }
    let is_countable = |count: i64| {
        u64::try_from(count).is_ok_and(|count| (1..=MAX_ANNOTATION_COUNT).contains(&count))
    };
    let count = annotation.count.filter(|_| summary::has_count(kind));
    if annotation.action != Some(1) && !count.is_none_or(is_countable) {
        return Err(invalid(&format!(
            "its count must be a whole number from 1 to {MAX_ANNOTATION_COUNT}"
        )));
    }
    if annotation
        .message_serial
        .as_deref()
        .unwrap_or_default()
        .is_empty()
    {
        return Err(invalid("it has no messageSerial"));
    }
    if !matches!(annotation.action, None | Some(0 | 1)) {
        return Err(invalid("its action is neither create nor delete"));
    }
    Ok(kind)
}

/// Returns the msgSerial in an id of a connection's, `connectionId:msgSerial`, with or without an index.
fn msg_serial_of(id: &str) -> Option<u64> {
    id.split(':').nth(1)?.parse().ok()
}

/// Returns what a publish is counted as.
fn tally_of(kind: &CommandKind) -> Tally {
    match kind {
        CommandKind::Publish { messages, .. } => Tally::of_messages(messages),
        CommandKind::Change(_) => Tally {
            messages: units(kind.size()),
            ..Tally::default()
        },
        CommandKind::Annotate(annotations) => Tally::of_annotations(annotations),
        CommandKind::Presence(members) => Tally::of_presence(members),
        CommandKind::Leave { .. } => Tally::default(),
    }
}

/// The operation of messages with ids of their own.
const PUBLISH: &str = "publish";

/// The idempotency key of messages with ids of the publisher's own (RSL1k).
fn message_id(kind: &CommandKind) -> Option<IdempotencyKey> {
    match kind {
        CommandKind::Publish { messages, .. } => Some(IdempotencyKey {
            operation: PUBLISH,
            target: None,
            key: messages.first()?.id.clone()?,
        }),
        _ => None,
    }
}

/// The members that a command moves by clientId, and whether they enter. Who is absent does neither.
fn moves_of(kind: &CommandKind) -> Vec<(String, bool)> {
    let CommandKind::Presence(messages) = kind else {
        return Vec::new();
    };
    messages
        .iter()
        .filter_map(|message| {
            let enters = match message.action.unwrap_or_default() {
                PresenceAction::Absent | PresenceAction::Unknown(_) => return None,
                action => action != PresenceAction::Leave,
            };
            Some((message.client_id.clone()?, enters))
        })
        .collect()
}
