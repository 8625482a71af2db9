//! The driver: gives a [`Machine`] a socket and time, and does what it says.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::mpsc;

use super::machine::Machine;
use super::words::{Command, Effect, Event, Input, Open, Terms};
use crate::chat_core::client::Options;
use crate::chat_core::client::dial::Dialer;
use crate::chat_core::client::error::{Error, Result};
use crate::chat_core::client::socket::{Heard, Socket};
use crate::chat_core::clock::Sleep;
use crate::chat_core::error::ErrorInfo;

/// A realtime connection. It ends when it is dropped; [`Command::Close`] ends it in good form.
pub struct Connection {
    options: Options,
    dialer: Dialer,
    machine: Machine,
    link: Link,
    events: VecDeque<Event>,
    /// What the machine wants done and is not done yet.
    effects: VecDeque<Effect>,
    /// Whether messages stand in the link's buffer.
    is_unsent: bool,
    commands: mpsc::UnboundedReceiver<Command>,
    commander: mpsc::UnboundedSender<Command>,
    /// Why the last link could not be opened, in full.
    pub last_error: Option<Error>,
}

enum Link {
    None,
    Opening(Pin<Box<dyn Future<Output = Result<Socket>> + Send>>),
    Open(Box<Socket>),
}

impl Connection {
    /// A connection that connects once it is driven by [`Connection::next`].
    pub fn new(options: Options) -> Self {
        let terms = Terms {
            request: options.timeout,
            ..Terms::default()
        };
        let (commander, commands) = mpsc::unbounded_channel();
        let mut machine = Machine::new(terms, options.random.fraction());
        let now = options.clock.now();
        let effects = machine.on(Input::Command(Command::Connect), now);
        Self {
            dialer: Dialer::default(),
            machine,
            link: Link::None,
            events: VecDeque::new(),
            effects: effects.into(),
            is_unsent: false,
            commands,
            commander,
            options,
            last_error: None,
        }
    }

    /// Where commands are given, from any task.
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
            let input = self.wait().await;
            let now = self.options.clock.now();
            self.effects.extend(self.machine.on(input, now));
        }
    }

    async fn wait(&mut self) -> Input {
        let timer: Sleep = match self.machine.deadline() {
            Some(deadline) => self.options.clock.sleep_until(deadline),
            None => Box::pin(std::future::pending()),
        };
        tokio::select! {
            biased;
            Some(command) = self.commands.recv() => Input::Command(command),
            input = self.link.hear(&mut self.last_error) => input,
            () = timer => Input::Woken,
        }
    }

    /// Does what the machine wants. An effect is forgotten once it is done, so that giving up in between loses none.
    async fn apply(&mut self) {
        while let Some(effect) = self.effects.front() {
            if let (Effect::Send(message), Link::Open(socket)) = (effect, &mut self.link) {
                tracing::trace!(?message, "sent");
                if let Err(error) = socket.feed(message).await {
                    // Reading will tell of the end as well.
                    tracing::debug!(%error, "a message could not be sent");
                }
                self.is_unsent = true;
            }
            match self.effects.pop_front() {
                Some(Effect::Open(open)) => self.open(open),
                Some(Effect::Drop) => {
                    self.is_unsent = false;
                    if let Link::Open(socket) = std::mem::replace(&mut self.link, Link::None) {
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
        if let Link::Open(socket) = &mut self.link
            && self.is_unsent
        {
            socket.flush().await;
        }
        self.is_unsent = false;
    }

    fn open(&mut self, open: Open) {
        let options = self.options.clone();
        let dialer = self.dialer.clone();
        let hosts: Vec<String> = options.endpoint.hosts().map(str::to_owned).collect();
        let host = hosts[open.attempt as usize % hosts.len()].clone();
        self.link = Link::Opening(Box::pin(async move {
            tracing::info!(host, "connecting");
            Socket::connect(&options, &dialer, &host, open.resume.as_ref()).await
        }));
    }
}

impl Link {
    async fn hear(&mut self, last_error: &mut Option<Error>) -> Input {
        let lost = |error: Error, last_error: &mut Option<Error>| {
            let info = match &error {
                Error::Refused(info) => info.clone(),
                other => ErrorInfo::new(80003, 400, other.to_string()),
            };
            *last_error = Some(error);
            Input::Lost(info)
        };
        match self {
            Self::None => std::future::pending().await,
            Self::Opening(opening) => match opening.await {
                Ok(socket) => {
                    *self = Self::Open(Box::new(socket));
                    Input::Opened
                }
                Err(error) => {
                    *self = Self::None;
                    lost(error, last_error)
                }
            },
            Self::Open(socket) => match socket.hear().await {
                Heard::Message(message) => {
                    tracing::trace!(?message, "received");
                    Input::Received(message)
                }
                Heard::Ping => Input::Heard,
                Heard::End(error) => {
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
