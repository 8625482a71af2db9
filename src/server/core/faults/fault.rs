//! Faults: what is done to a frame, a request or a connection in the place of what would have happened.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::wait::{Hold, Wait};
use crate::chat_core::error::ErrorInfo;

/// The code of errors that a rule gives no code for: it is reserved for artificial ones.
pub(crate) const ARTIFICIAL: u32 = 40099;

/// An act in the place of what would have happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Nothing: what happens is as without the rule, and later rules are not asked.
    Pass,
    /// A connect request is answered with this HTTP status; a publish or an ATTACH is refused with this error.
    Refuse(Refused),
    /// The client is told that its connection has failed for good.
    Fail(ErrorInfo),
    /// The TCP connection ends without a close frame; of an HTTP request, without an answer.
    Cut,
    /// The WebSocket ends with a close frame of this code.
    Close(u16),
    /// The client is disconnected with this error, and may come back.
    Disconnect(ErrorInfo),
    /// It waits for so long, and what comes after it in the same direction of the connection waits behind it.
    Delay(Duration),
    /// It waits until the rule is gone, and what comes after it waits behind it.
    Hold(Hold),
    /// It waits for so long, and what comes after it overtakes it.
    Late(Duration),
    /// The next frame goes first.
    Reorder,
    /// It comes twice.
    Duplicate,
    /// The frame is dropped.
    Drop,
    /// The frame and all later ones of its direction are dropped: nothing is heard any more.
    Silence,
    /// Another frame takes its place.
    Replace(Value),
    /// A frame goes to the client before it; with a code, the WebSocket ends after that and the frame is dropped.
    Inject(Value, Option<u16>),
    /// An ACK becomes a NACK with this error: what was done stays done.
    Nack(ErrorInfo),
    /// The connection that is to be resumed is not known any more.
    Forget,
    /// An attachment can't go on where it was: ATTACHED without RESUMED, with this error.
    LoseContinuity(ErrorInfo),
    /// The channel is detached with this error.
    Detach(ErrorInfo),
    /// The client is asked for another token.
    AskToken,
    /// The network is gone for so long: the connection ends, and neither it nor a request comes through.
    Offline(Duration),
    /// An HTTP request gets this answer.
    Answer(Answer),
    /// An HTTP request is done, and gets this answer.
    AnswerAfter(Answer),
}

/// A refusal: an HTTP status for a connect request, an error for everything else.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    /// The HTTP status of an upgrade that is refused.
    pub(crate) status: u16,
    /// The error.
    pub(crate) error: ErrorInfo,
}

/// The answer to an HTTP request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The error, in the caller's format; not used where there is a body.
    pub(crate) error: ErrorInfo,
    /// The body as it is, text or JSON.
    pub(crate) body: Option<Value>,
    /// Headers.
    pub(crate) headers: BTreeMap<String, String>,
}

impl Fault {
    /// Returns how long it lets something wait that keeps its place, if it does.
    pub(crate) fn wait(&self) -> Option<Wait> {
        match self {
            Self::Delay(by) => Some(Wait::For(*by)),
            Self::Hold(hold) => Some(Wait::Until(hold.clone())),
            _ => None,
        }
    }

    /// Returns its name, as in rule files.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Refuse(_) => "refuse",
            Self::Fail(_) => "fail",
            Self::Cut => "cut",
            Self::Close(_) => "close",
            Self::Disconnect(_) => "disconnect",
            Self::Delay(_) => "delay",
            Self::Hold(_) => "hold",
            Self::Late(_) => "late",
            Self::Reorder => "reorder",
            Self::Duplicate => "duplicate",
            Self::Drop => "drop",
            Self::Silence => "silence",
            Self::Replace(_) => "replace",
            Self::Inject(..) => "inject",
            Self::Nack(_) => "nack",
            Self::Forget => "forget",
            Self::LoseContinuity(_) => "lose-continuity",
            Self::Detach(_) => "detach",
            Self::AskToken => "ask-token",
            Self::Offline(_) => "offline",
            Self::Answer(_) | Self::AnswerAfter(_) => "answer",
        }
    }
}
