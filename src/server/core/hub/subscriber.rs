//! Subscribers, and the requests of their attachments.

use std::pin::Pin;

use super::occupancy::WantedMetrics;
use crate::chat_core::protocol::ChannelModes;
use crate::chat_core::protocol::ProtocolMessage;
use crate::chat_core::protocol::frame::Params;
use crate::server::core::frame::SharedFrame;

/// A subscriber of channels: a connection, most often.
pub(crate) trait Subscriber: Send + Sync {
    /// Returns its number, which no other subscriber has: a connection that comes back over another socket has another one.
    fn number(&self) -> u64;

    /// Returns the number of its connection, which may have several subscribers to one channel.
    fn connection_number(&self) -> u64 {
        self.number()
    }

    /// Returns its connectionId.
    fn connection_id(&self) -> &str;

    /// Returns whether it wants its own messages back.
    fn wants_echo(&self) -> bool;

    /// Takes a frame that others get, too. Must not block.
    fn deliver(&self, frame: &SharedFrame);

    /// Takes a message of its own. Must not block.
    fn send(&self, message: &ProtocolMessage);

    /// Waits until it has room for more of what it asked for; `false` if it does not take anything any more.
    fn has_room(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>>;
}

/// The request of an attachment, already checked.
#[derive(Clone, Debug)]
pub(crate) struct AttachRequest {
    /// The channel's name.
    pub(crate) channel: String,
    /// What it gets of what it asks for.
    pub(crate) granted: Granted,
    /// Go on after this position.
    pub(crate) from: Option<String>,
    /// Whether the subscriber was away for longer than continuity is kept.
    pub(crate) is_late: bool,
    /// Begin with what was there before.
    pub(crate) rewind: Option<Rewind>,
}

/// What an attachment gets of what it asks for, by the rights of its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    /// The modes, as flag bits.
    pub(crate) modes: ChannelModes,
    /// The occupancy metrics that it is told of.
    pub(crate) occupancy: Option<WantedMetrics>,
    /// The parameters in force, to be echoed.
    pub(crate) params: Params,
}

/// How far back an attachment begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewind {
    /// This many messages.
    Messages(usize),
    /// The messages since this time, in epoch milliseconds.
    Since(i64),
}
