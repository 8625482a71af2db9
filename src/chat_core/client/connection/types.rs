//! The words between a connection's machine, its driver and its owner.

use std::time::Duration;

use crate::chat_core::auth::Secret;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::frame::{Params, PublishResult};
use crate::chat_core::protocol::{
    Annotation, ChannelModes, Message, PresenceMessage, ProtocolMessage,
};

/// The waits of a connection; the defaults are the SDKs'.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The time for an attach, a connect or a close.
    pub request: Duration,
    /// The base of the waits between attempts to reconnect.
    pub retry: Duration,
    /// The base of those waits in the first half minute after a drop, where the service is not one of many clients'
    /// that would all come at once.
    pub quick_retry: Option<Duration>,
    /// The number of other hosts that are tried at once where the first one can't be reached (RTN17).
    pub fallbacks: usize,
    /// The wait between attempts before the first success.
    pub first_retry: Duration,
    /// The extension of the service's `maxIdleInterval` before silence counts as a drop.
    pub idle_margin: Duration,
    /// Whether there can be another token once the present one is refused.
    pub renews: bool,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(10),
            retry: Duration::from_secs(15),
            quick_retry: None,
            fallbacks: 0,
            first_retry: Duration::from_millis(500),
            idle_margin: Duration::from_secs(10),
            renews: false,
        }
    }
}

/// An input of a connection.
#[derive(Debug)]
pub enum Input {
    /// Its owner wants something.
    Command(Command),
    /// The link is open.
    Opened,
    /// The link could not be opened, or broke.
    Lost(ErrorInfo),
    /// The service said something.
    Received(Box<ProtocolMessage>),
    /// A sign of life.
    Alive,
    /// There is a new token.
    Authorized(Secret),
    /// There will be no other token, for this reason.
    Denied(ErrorInfo),
    /// Time has passed.
    Woken,
}

/// A command of a connection's owner.
#[derive(Debug)]
pub enum Command {
    /// Connect.
    Connect,
    /// Attach to a channel, or change the attachment.
    Attach {
        /// The channel.
        channel: String,
        /// The modes, as flag bits; 0 for the default ones.
        modes: ChannelModes,
        /// Channel parameters.
        params: Params,
        /// The position to go on from; `None` to go on where this connection was, or to begin now.
        from: Option<String>,
    },
    /// Publish over the connection.
    Publish {
        /// The channel.
        channel: String,
        /// The content. A member that enters stays one: it is entered again whenever the service may have forgotten it.
        what: Publication,
        /// The number that [`Event::Published`] repeats.
        ticket: u64,
    },
    /// Ask for a sign of life, which comes behind everything that the service has sent before.
    Ping {
        /// The id that [`Event::Pong`] repeats.
        id: String,
    },
    /// End the connection.
    Close,
}

/// The content of a publish.
#[derive(Clone, Debug, PartialEq)]
pub enum Publication {
    /// Messages.
    Messages(Vec<Message>),
    /// Members that enter, change or leave. A clientId that is absent is the connection's own.
    Presence(Vec<PresenceMessage>),
}

/// An effect of a connection, for the driver.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Open a link.
    Open(Open),
    /// Send a message.
    Send(Box<ProtocolMessage>),
    /// Get another token while this one goes on, and give it as [`Input::Authorized`].
    Authorize,
    /// Forget the token in use, which was refused: the next link is opened with another.
    Forget,
    /// Drop the link.
    Drop,
    /// Tell the owner.
    Tell(Event),
}

/// The parameters of opening a link.
#[derive(Debug, PartialEq, Eq)]
pub struct Open {
    /// The key of the connection to go on with.
    pub resume: Option<Secret>,
    /// The host to try: 0 for the first one, and then those to fall back to.
    pub fallback: usize,
}

/// An event of a connection, for its owner.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// Connected.
    Connected {
        /// The connectionId.
        id: String,
        /// Whether an earlier connection goes on.
        resumed: bool,
        /// The clientId that the service knows the client by.
        client_id: Option<String>,
    },
    /// The link is gone; it is tried again.
    Disconnected(ErrorInfo),
    /// The connection has ended for good.
    Failed(ErrorInfo),
    /// The connection was closed as it was asked to.
    Closed,
    /// A channel is attached.
    Attached {
        /// The channel.
        channel: String,
        /// Whether nothing was missed since the last time.
        resumed: bool,
        /// The flags: the granted modes, and whether a presence set follows.
        flags: u64,
        /// The parameters in force.
        params: Params,
        /// The position that the attachment begins at.
        serial: Option<String>,
    },
    /// Something between the last message and the next ones may have been missed.
    Discontinuity {
        /// The channel.
        channel: String,
        /// The reason.
        reason: Option<ErrorInfo>,
    },
    /// A channel can't be attached.
    ChannelFailed {
        /// The channel.
        channel: String,
        /// The reason.
        error: ErrorInfo,
    },
    /// Messages.
    Messages {
        /// The channel.
        channel: String,
        /// The messages.
        messages: Vec<Message>,
        /// The position behind them.
        serial: Option<String>,
    },
    /// Members that came, changed or went.
    Presence {
        /// The channel.
        channel: String,
        /// The members.
        members: Vec<PresenceMessage>,
        /// The position behind them.
        serial: Option<String>,
    },
    /// A part of the presence set.
    Sync {
        /// The channel.
        channel: String,
        /// The members.
        members: Vec<PresenceMessage>,
        /// Whether it is the last part.
        is_last: bool,
    },
    /// Annotations.
    Annotations {
        /// The channel.
        channel: String,
        /// The annotations.
        annotations: Vec<Annotation>,
        /// The position behind them.
        serial: Option<String>,
    },
    /// The sign of life that was asked for.
    Pong {
        /// Its name.
        id: String,
    },
    /// A publish was acknowledged, or refused.
    Published {
        /// Its name.
        ticket: u64,
        /// The serials.
        result: Result<PublishResult, ErrorInfo>,
    },
}
