//! Everything that happens to the clients of a session of the fault proxy, for its log.

use serde_json::Value;

use crate::chat_core::protocol::ProtocolMessage;

/// Something that happened. `label` is that of the rule that was applied to it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Noted<'a> {
    /// A request for a WebSocket, refused or not.
    Connect {
        /// The path with the query.
        target: &'a str,
        /// The query's parameters.
        query: &'a [(String, String)],
        /// The Host.
        host: &'a str,
    },
    /// A frame, before anything was done to it.
    Frame {
        /// Whether it goes to the client.
        to_client: bool,
        /// The frame.
        message: &'a ProtocolMessage,
        /// The rule.
        label: Option<&'a str>,
    },
    /// A frame that a fault made.
    Injected {
        /// The frame.
        message: &'a Value,
    },
    /// A WebSocket ended.
    Disconnected {
        /// `client`, `server` or `proxy`.
        initiator: &'static str,
        /// The code of the close frame that was sent.
        close_code: Option<u16>,
        /// The rule.
        label: Option<&'a str>,
    },
    /// A REST request, before anything was done.
    Request {
        /// The method.
        method: &'a str,
        /// The path, decoded and without the query.
        path: &'a str,
        /// Those of its headers that matter.
        headers: &'a [(String, String)],
    },
    /// The answer to one.
    Response {
        /// The status; `None` where there was no answer.
        status: Option<u16>,
        /// The rule.
        label: Option<&'a str>,
    },
}

/// Hears of everything that happens.
pub(crate) trait Journal: Send + Sync {
    /// Takes it in. Must not block.
    fn note(&self, noted: Noted<'_>);
}
