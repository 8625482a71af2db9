//! The driver: gives a [`Machine`] a socket and time, and does what it says.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::machine::Machine;
use super::types::{Command, Effect, Event, Input, Open, Timeouts};
use crate::chat_core::client::error::{Error, Result};
use crate::chat_core::client::hosts;
use crate::chat_core::client::options::Options;
use crate::chat_core::client::socket::{Socket, SocketEvent};
use crate::chat_core::client::token_source::{ActiveCredential, is_final, renewal_time};
use crate::chat_core::clock::{Moment, Sleep};
use crate::chat_core::error::ErrorInfo;

/// The base of the first waits before a server of one's own is tried again.
const QUICK_RETRY: Duration = Duration::from_secs(1);

/// The reason why a wait ended.
enum Woken {
    /// Something for the machine.
    By(Input),
    /// The time for another token has come.
    ToRenew,
    /// The fetch of one has ended.
    Renewed(Result<Arc<ActiveCredential>>),
}

/// A realtime connection. It ends when it is dropped; [`Command::Close`] ends it in good form.
pub struct Connection {
    options: Options,
    /// The hosts of this round of attempts, in the order in which they are tried.
    hosts: Vec<String>,
    machine: Machine,
    link: LinkState,
    events: VecDeque<Event>,
    /// The machine's effects that are not applied yet.
    effects: VecDeque<Effect>,
    /// Whether messages stand in the link's buffer.
    is_unsent: bool,
    commands: mpsc::UnboundedReceiver<Command>,
    commander: mpsc::UnboundedSender<Command>,
    /// The credential that the link was opened with, or the token that came after it.
    shown: Option<Arc<ActiveCredential>>,
    /// The time at which another token is fetched.
    renew_at: Option<Moment>,
    /// The fetch that is under way.
    renewal: Option<LinkFuture<Arc<ActiveCredential>>>,
    /// The reason why the last link could not be opened, in full.
    pub last_error: Option<Error>,
}

type LinkFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

enum LinkState {
    None,
    Opening(LinkFuture<(Socket, Arc<ActiveCredential>)>),
    Open(Box<Socket>),
}

impl Connection {
    /// A connection that connects once it is driven by [`Connection::next`].
    pub fn new(options: Options) -> Self {
        let fallbacks = hosts::fallbacks(&options.endpoint);
        let timeouts = Timeouts {
            request: options.timeout,
            retry: options.retry,
            // A service with other hosts is Ably's, which has the clients of all the world to receive again.
            quick_retry: (fallbacks == 0).then_some(QUICK_RETRY),
            fallbacks,
            renews: options.authorizer.can_renew(),
            ..Timeouts::default()
        };
        let (commander, commands) = mpsc::unbounded_channel();
        let mut machine = Machine::new(timeouts, options.random.fraction());
        let now = options.clock.moment();
        let effects = machine.on(Input::Command(Command::Connect), now);
        Self {
            hosts: Vec::new(),
            machine,
            link: LinkState::None,
            events: VecDeque::new(),
            effects: effects.into(),
            is_unsent: false,
            commands,
            commander,
            options,
            shown: None,
            renew_at: None,
            renewal: None,
            last_error: None,
        }
    }

    /// Returns a sender of commands, for any task.
    pub fn commander(&self) -> mpsc::UnboundedSender<Command> {
        self.commander.clone()
    }

    /// Drives the connection until it has something to tell. It may be given up at any await and called again.
    pub async fn next(&mut self) -> Event {
        loop {
            self.apply().await;
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let input = match self.wait().await {
                Woken::By(input) => input,
                Woken::ToRenew => {
                    self.renew();
                    continue;
                }
                Woken::Renewed(result) => match self.renewed(result) {
                    Some(input) => input,
                    None => continue,
                },
            };
            let now = self.options.clock.moment();
            self.effects.extend(self.machine.on(input, now));
        }
    }

    async fn wait(&mut self) -> Woken {
        let sleep = |deadline: Option<Moment>| -> Sleep {
            match deadline {
                Some(deadline) => self.options.clock.sleep_until(deadline),
                None => Box::pin(std::future::pending()),
            }
        };
        let timer = sleep(self.machine.deadline());
        let is_open = matches!(self.link, LinkState::Open(_));
        let renewal_timer = sleep(self.renew_at.filter(|_| is_open && self.renewal.is_none()));
        let renewal = async {
            match &mut self.renewal {
                Some(renewal) => renewal.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(command) = self.commands.recv() => Woken::By(Input::Command(command)),
            result = renewal => Woken::Renewed(result),
            (input, opened) = self.link.recv(&mut self.last_error) => {
                if let Some(shown) = opened {
                    self.renew_at = shown.renew_at();
                    self.shown = Some(shown);
                }
                Woken::By(input)
            }
            () = timer => Woken::By(Input::Woken),
            () = renewal_timer => Woken::ToRenew,
        }
    }

    /// Begins to fetch another token, if that is not under way.
    fn renew(&mut self) {
        if self.renewal.is_none()
            && let Some(shown) = self.shown.clone()
        {
            let authorizer = self.options.authorizer.clone();
            self.renewal = Some(Box::pin(async move { authorizer.renew(&shown).await }));
        }
    }

    fn renewed(&mut self, result: Result<Arc<ActiveCredential>>) -> Option<Input> {
        self.renewal = None;
        match result {
            Ok(shown) => {
                let token = shown.token().cloned();
                self.renew_at = shown.renew_at();
                self.shown = Some(shown);
                token.map(Input::Authorized)
            }
            Err(Error::Refused(error)) if is_final(&error) => Some(Input::Denied(error)),
            Err(error) => {
                tracing::warn!(%error, "no new token could be got: the present one is used while it lasts");
                let now = self.options.clock.moment();
                let expires = self.shown.as_ref().and_then(|shown| shown.expires());
                self.renew_at = expires.map(|expires| renewal_time(now, expires));
                None
            }
        }
    }

    /// Does what the machine wants. An effect is forgotten once it is done, so that giving up in between loses none.
    async fn apply(&mut self) {
        while let Some(effect) = self.effects.front() {
            if let (Effect::Send(message), LinkState::Open(socket)) = (effect, &mut self.link) {
                tracing::trace!(frame = ?message, "sent");
                if let Err(error) = socket.feed(message).await {
                    // Reading will tell of the end as well.
                    tracing::debug!(%error, "a message could not be sent");
                }
                self.is_unsent = true;
            }
            match self.effects.pop_front() {
                Some(Effect::Open(open)) => self.open(open),
                Some(Effect::Authorize) => self.renew(),
                Some(Effect::Forget) => {
                    if let Some(shown) = self.shown.take() {
                        self.options.authorizer.refused(&shown);
                    }
                }
                Some(Effect::Drop) => {
                    self.is_unsent = false;
                    if let LinkState::Open(socket) =
                        std::mem::replace(&mut self.link, LinkState::None)
                    {
                        let farewell = socket.close();
                        let _ = tokio::time::timeout(Duration::from_millis(200), farewell).await;
                    }
                }
                Some(Effect::Tell(event)) => {
                    tracing::debug!(?event, "connection");
                    self.events.push_back(event);
                }
                Some(Effect::Send(_)) | None => {}
            }
        }
        if let LinkState::Open(socket) = &mut self.link
            && self.is_unsent
        {
            socket.flush().await;
        }
        self.is_unsent = false;
    }

    fn open(&mut self, open: Open) {
        let options = self.options.clone();
        if open.fallback == 0 {
            self.hosts = hosts::candidates(&options.endpoint, &options.random);
        }
        let host = self.hosts[open.fallback.min(self.hosts.len() - 1)].clone();
        self.link = LinkState::Opening(Box::pin(async move {
            tracing::info!(host, "connecting");
            let shown = options.authorizer.credential().await?;
            let socket = Socket::connect(&options, &host, &shown, open.resume.as_ref()).await?;
            Ok((socket, shown))
        }));
    }
}

impl LinkState {
    /// Returns the next event, and the credential that a link which has just been opened was opened with.
    async fn recv(
        &mut self,
        last_error: &mut Option<Error>,
    ) -> (Input, Option<Arc<ActiveCredential>>) {
        if let Self::Opening(opening) = self {
            return match opening.await {
                Ok((socket, shown)) => {
                    *self = Self::Open(Box::new(socket));
                    (Input::Opened, Some(shown))
                }
                Err(error) => {
                    *self = Self::None;
                    match error {
                        Error::Refused(error) if is_final(&error) => (Input::Denied(error), None),
                        error => (lost(error, last_error), None),
                    }
                }
            };
        }
        (self.recv_open(last_error).await, None)
    }

    async fn recv_open(&mut self, last_error: &mut Option<Error>) -> Input {
        match self {
            Self::None | Self::Opening(_) => std::future::pending().await,
            Self::Open(socket) => match socket.recv().await {
                SocketEvent::Message(message) => {
                    tracing::trace!(frame = ?message, "received");
                    Input::Received(message)
                }
                SocketEvent::Ping => Input::Alive,
                SocketEvent::End(error) => {
                    *self = Self::None;
                    match error {
                        Some(error) => lost(error, last_error),
                        None => {
                            Input::Lost(ErrorInfo::new(80003, 400, "The service closed the link"))
                        }
                    }
                }
            },
        }
    }
}

/// Notes why a link is not there.
fn lost(error: Error, last_error: &mut Option<Error>) -> Input {
    let info = match &error {
        Error::Refused(info) => info.clone(),
        other => ErrorInfo::new(80003, 400, other.to_string()),
    };
    *last_error = Some(error);
    Input::Lost(info)
}
