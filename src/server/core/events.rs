//! The one stream of what happens in a server, and its observers: metrics, the access log, the log.
//!
//! Observers are handed in when the server is built. They are called where the event happens and must not block.
//! Observing changes neither order nor waiting nor results; where nobody observes, an event costs one branch.

use std::sync::Arc;

use super::checks::Check;
use super::login::{ClaimedIdentity, Transport};
use super::tally::{Direction, Tally};
use crate::chat_core::auth::Capability;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::ErrorInfo;
use crate::server::engine::revocation::Revocation;
use crate::server::engine::{ChannelOccupancy, Entry};

/// Something that happened in a server.
#[derive(Clone, Copy)]
pub(crate) enum Event<'a> {
    /// A client connected, with a new connection or one that it resumed.
    ConnectionOpened {
        /// The client.
        actor: Actor<'a>,
        /// Whether it continues an earlier connection (RTN15c6).
        is_resumed: bool,
    },
    /// A client was not let in over a WebSocket.
    ConnectionRefused {
        /// The identity that it claimed.
        claimed: &'a ClaimedIdentity,
        /// Why.
        error: &'a ErrorInfo,
    },
    /// A connection lost its socket, or ended for good.
    ConnectionClosed {
        /// The connectionId.
        connection_id: &'a str,
        /// Why the server closed it; `None` where the client did, or the network.
        error: Option<&'a ErrorInfo>,
    },
    /// An attachment was made or refused.
    Attach(Attempt<'a>),
    /// An attachment ended.
    Detached {
        /// The connectionId.
        connection_id: &'a str,
        /// The channel.
        channel: &'a str,
    },
    /// A publish was committed or refused: messages, changes, annotations or presence.
    Publish {
        /// The operation.
        attempt: Attempt<'a>,
        /// How it came.
        transport: Transport,
    },
    /// An entry went to the attachments of a channel.
    Delivered {
        /// The channel.
        channel: &'a str,
        /// The entry's channelSerial.
        serial: &'a str,
        /// The number of attachments that got it.
        delivered: usize,
        /// The number of attachments that did not: for their modes, or because it was their own.
        skipped: usize,
    },
    /// A REST request was answered.
    RequestAnswered {
        /// The method.
        method: &'a str,
        /// The path, without the query.
        path: &'a str,
        /// The caller, if one was let in.
        actor: Option<Actor<'a>>,
        /// The checks that the request took, apart from those of its publishes.
        checks: &'a [Check],
        /// Whether it published: each publish is an event of its own.
        has_published: bool,
        /// The error that it was answered with.
        error: Option<&'a ErrorInfo>,
    },
    /// The auth endpoint of the server was asked for a token.
    TokenAsked {
        /// The method.
        method: &'a str,
        /// The path, without the query.
        path: &'a str,
        /// The clientId of the token; the user that was named where there is none.
        client_id: Option<&'a str>,
        /// Why no token was given.
        error: Option<&'a ErrorInfo>,
    },
    /// A credential was refused: of a REST request, or of a connection that renews its token.
    LoginRefused {
        /// How it was shown.
        transport: Transport,
        /// The identity that was claimed.
        claimed: &'a ClaimedIdentity,
        /// The connection whose token was to be renewed.
        connection_id: Option<&'a str>,
        /// Why.
        error: &'a ErrorInfo,
    },
    /// A connection goes on with another token (RTC8).
    TokenRenewed {
        /// The client, with the new token.
        actor: Actor<'a>,
    },
    /// Tokens of a key were revoked (RSA17).
    TokenRevoked {
        /// The revocation.
        revocation: &'a Revocation,
    },
    /// An attachment could not go on after the position that its client named.
    Discontinuity {
        /// The connectionId.
        connection_id: &'a str,
        /// The channel.
        channel: &'a str,
        /// Why.
        error: &'a ErrorInfo,
    },
    /// An entry was committed in a channel that somebody wants to be told of.
    Committed {
        /// The app's id.
        app_id: &'a str,
        /// The channel.
        channel: &'a str,
        /// The entry.
        entry: &'a Arc<Entry>,
    },
    /// A channel became active or inactive, where somebody wants to be told of that.
    Lifecycle {
        /// The app's id.
        app_id: &'a str,
        /// The channel.
        channel: &'a str,
        /// Whether it is active now.
        is_active: bool,
        /// Its occupancy then.
        occupancy: &'a ChannelOccupancy,
    },
    /// The occupancy of a channel is another one, where somebody wants to be told of that.
    Occupancy {
        /// The app's id.
        app_id: &'a str,
        /// The channel.
        channel: &'a str,
        /// The occupancy.
        occupancy: &'a ChannelOccupancy,
    },
    /// The channels of an app were reset to its seed.
    Reset {
        /// The app's id.
        app_id: &'a str,
    },
    /// An app was deleted.
    AppDeleted {
        /// The app's id.
        app_id: &'a str,
    },
    /// Messages went in or out, as they are counted; where somebody counts them.
    Counted {
        /// The app's id.
        app_id: &'a str,
        /// Their way.
        direction: Direction,
        /// Their numbers.
        tally: Tally,
    },
    /// More channels of an app are active than ever before; where messages are counted.
    ChannelsActive {
        /// The app's id.
        app_id: &'a str,
        /// The number of channels.
        count: usize,
    },
}

/// The client behind an event, by the credential in force.
#[derive(Clone, Copy)]
pub(crate) struct Actor<'a> {
    /// The key that authenticated the client, or that signed its token.
    pub(crate) key_name: &'a str,
    /// Whether the client has a token.
    pub(crate) is_token: bool,
    /// The clientId; `None` for an anonymous client, `*` for one that may take any.
    pub(crate) client_id: Option<&'a str>,
    /// The client's rights.
    pub(crate) capability: &'a Capability,
    /// The connectionId; `None` for REST.
    pub(crate) connection_id: Option<&'a str>,
}

/// An operation on a channel, with how it ended.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// The client.
    pub(crate) actor: Actor<'a>,
    /// The channel.
    pub(crate) channel: &'a str,
    /// The gate's checks, in their order.
    pub(crate) checks: &'a [Check],
    /// Why it was refused or failed; `None` if it was done.
    pub(crate) error: Option<&'a ErrorInfo>,
}

/// Learns of each event.
pub(crate) trait Observer: Send + Sync {
    /// Takes an event in. Must not block: the operation that it is about waits for it.
    fn observe(&self, event: &Event<'_>, now: Timestamp);

    /// Returns whether it wants [`Event::Counted`] and [`Event::ChannelsActive`].
    fn counts_messages(&self) -> bool {
        false
    }

    /// Returns whether it wants the events of [`Events::emit_to_followers`], and no others.
    fn is_follower(&self) -> bool {
        false
    }

    /// Ends: what was taken in is written.
    fn close(&self) {}
}

/// The observers of a server.
#[derive(Clone)]
pub(crate) struct Events {
    observers: Arc<[Arc<dyn Observer>]>,
    /// Those who want the events of channels that somebody asked to be told of, and no others.
    followers: Arc<[Arc<dyn Observer>]>,
    counts_messages: bool,
    clock: Arc<dyn Clock>,
}

impl Events {
    /// Creates the stream that `observers` hear.
    pub(crate) fn new(observers: Vec<Arc<dyn Observer>>, clock: Arc<dyn Clock>) -> Self {
        let (followers, observers): (Vec<_>, Vec<_>) =
            observers.into_iter().partition(|it| it.is_follower());
        Self {
            counts_messages: observers.iter().any(|it| it.counts_messages()),
            observers: observers.into(),
            followers: followers.into(),
            clock,
        }
    }

    /// Returns whether anybody observes.
    pub(crate) fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Returns whether anybody counts messages.
    pub(crate) fn counts_messages(&self) -> bool {
        self.counts_messages
    }

    /// Tells the observers of messages that went in or out, if anybody counts them.
    pub(crate) fn count(&self, app_id: &str, direction: Direction, tally: impl FnOnce() -> Tally) {
        if self.counts_messages {
            self.emit(Event::Counted {
                app_id,
                direction,
                tally: tally(),
            });
        }
    }

    /// Tells the observers of an event, in the order in which they were handed in.
    pub(crate) fn emit(&self, event: Event<'_>) {
        if !self.is_observed() {
            return;
        }
        let now = self.clock.now();
        for observer in self.observers.iter() {
            observer.observe(&event, now);
        }
    }

    /// Tells of an event of an app's channels: the followers first, then all observers.
    pub(crate) fn emit_to_followers(&self, event: Event<'_>) {
        if !self.followers.is_empty() {
            let now = self.clock.now();
            for follower in self.followers.iter() {
                follower.observe(&event, now);
            }
        }
        self.emit(event);
    }

    /// Ends every observer.
    pub(crate) fn close(&self) {
        for observer in self.observers.iter().chain(self.followers.iter()) {
            observer.close();
        }
    }
}
