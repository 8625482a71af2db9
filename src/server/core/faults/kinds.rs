//! The vocabulary of rules: the points where a fault can bite, and what each kind of fault takes. The check of rules,
//! their schema and their help are made from these tables.

use serde::{Deserialize, Serialize};

/// Where a fault bites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Point {
    /// A request for a WebSocket, before anything else is done.
    Connect,
    /// A time after a connection was opened.
    Timer,
    /// A frame of the client, before it is handled.
    In,
    /// A PRESENCE frame of the client.
    Presence,
    /// A publish that was admitted, before it is stored.
    Commit,
    /// A frame to the client.
    Out,
    /// An ACK or NACK to the client.
    Ack,
    /// A SYNC to the client.
    Sync,
    /// A HEARTBEAT to the client.
    Heartbeat,
    /// A REST request, before it is done.
    Request,
    /// A REST request, once it is done: its answer.
    Answer,
    /// A request for a token, from the server itself or from its auth endpoint.
    Token,
    /// The leaving of the members of a connection that dropped.
    Leave,
    /// A read of the store, for a client.
    Store,
}

impl Point {
    /// All points, with what they are.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::Connect, "a request for a WebSocket"),
        (Self::Timer, "a time after a connection was opened (after)"),
        (Self::In, "a frame of the client, before it is handled"),
        (Self::Presence, "a PRESENCE frame of the client"),
        (
            Self::Commit,
            "a publish, over REST too, before it is stored",
        ),
        (Self::Out, "a frame to the client"),
        (Self::Ack, "an ACK or NACK to the client"),
        (Self::Sync, "a SYNC to the client"),
        (Self::Heartbeat, "a HEARTBEAT to the client"),
        (Self::Request, "a REST request, before it is done"),
        (Self::Answer, "the answer to a REST request that was done"),
        (Self::Token, "a request for a token"),
        (
            Self::Leave,
            "the leaving of members whose connection dropped",
        ),
        (
            Self::Store,
            "a read of history, messages or presence from the store, for an attach too",
        ),
    ];

    /// Returns its name, as in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Timer => "timer",
            Self::In => "in",
            Self::Presence => "presence",
            Self::Commit => "commit",
            Self::Out => "out",
            Self::Ack => "ack",
            Self::Sync => "sync",
            Self::Heartbeat => "heartbeat",
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Token => "token",
            Self::Leave => "leave",
            Self::Store => "store",
        }
    }

    /// Returns the point whose faults this one takes: ACKs are frames to the client, and so on.
    pub(crate) fn kind(self) -> Self {
        match self {
            Self::Presence => Self::In,
            Self::Ack | Self::Sync | Self::Heartbeat => Self::Out,
            Self::Token => Self::Request,
            other => other,
        }
    }
}

/// A kind of fault.
#[derive(Clone, Copy, Debug)]
pub struct FaultKind {
    /// Its name, as in `do = "cut"`.
    pub name: &'static str,
    /// The points at which it can bite.
    pub points: &'static [Point],
    /// The keys that it takes, beside those that select.
    pub keys: &'static [&'static str],
    /// What it does.
    pub about: &'static str,
}

/// The keys of an error.
const ERROR: &[&str] = &["code", "status", "message"];

/// All kinds of faults.
pub const FAULT_KINDS: [FaultKind; 21] = [
    FaultKind {
        name: "refuse",
        points: &[Point::Connect, Point::In, Point::Commit, Point::Store],
        keys: ERROR,
        about: "refuse a connect request with an HTTP status (502), a publish, an ATTACH or a read (50000) with an error",
    },
    FaultKind {
        name: "fail",
        points: &[Point::Connect, Point::In, Point::Out, Point::Timer],
        keys: ERROR,
        about: "end the connection for good with an ERROR",
    },
    FaultKind {
        name: "cut",
        points: &[
            Point::Connect,
            Point::In,
            Point::Out,
            Point::Timer,
            Point::Request,
            Point::Answer,
        ],
        keys: &[],
        about: "end the TCP connection without a close frame, or without an answer",
    },
    FaultKind {
        name: "close",
        points: &[Point::Connect, Point::In, Point::Out, Point::Timer],
        keys: &["close-code"],
        about: "end the WebSocket with a close frame (1000)",
    },
    FaultKind {
        name: "disconnect",
        points: &[Point::In, Point::Out, Point::Timer],
        keys: ERROR,
        about: "send DISCONNECTED (80003) and end the WebSocket: the client may come back",
    },
    FaultKind {
        name: "delay",
        points: &[
            Point::Connect,
            Point::In,
            Point::Out,
            Point::Commit,
            Point::Request,
            Point::Answer,
            Point::Leave,
            Point::Store,
        ],
        keys: &["by"],
        about: "let it wait, and what comes after it on the same connection behind it",
    },
    FaultKind {
        name: "hold",
        points: &[
            Point::In,
            Point::Out,
            Point::Commit,
            Point::Request,
            Point::Answer,
            Point::Store,
        ],
        keys: &[],
        about: "let it wait until the rule is cleared, and what comes after it on the same connection behind it",
    },
    FaultKind {
        name: "late",
        points: &[Point::Out],
        keys: &["by"],
        about: "let one frame wait while others overtake it",
    },
    FaultKind {
        name: "reorder",
        points: &[Point::Out],
        keys: &[],
        about: "let the next frame go first",
    },
    FaultKind {
        name: "duplicate",
        points: &[Point::In, Point::Out],
        keys: &[],
        about: "let the frame come twice",
    },
    FaultKind {
        name: "drop",
        points: &[Point::In, Point::Out],
        keys: &[],
        about: "drop the frame",
    },
    FaultKind {
        name: "silence",
        points: &[Point::In, Point::Out, Point::Timer],
        keys: &[],
        about: "drop the frame and all later ones of its direction, heartbeats too (timer: to the client)",
    },
    FaultKind {
        name: "replace",
        points: &[Point::In, Point::Out],
        keys: &["frame"],
        about: "put another frame in its place",
    },
    FaultKind {
        name: "inject",
        points: &[Point::In, Point::Out, Point::Timer],
        keys: &["frame", "close-code"],
        about: "send a frame to the client before it; with a close code, end the WebSocket then",
    },
    FaultKind {
        name: "nack",
        points: &[Point::Ack],
        keys: ERROR,
        about: "answer a publish that was done with a NACK",
    },
    FaultKind {
        name: "forget",
        points: &[Point::Connect],
        keys: &[],
        about: "do not know the connection that is to be resumed (80008)",
    },
    FaultKind {
        name: "lose-continuity",
        points: &[Point::Out, Point::Timer],
        keys: ERROR,
        about: "send ATTACHED without RESUMED (90003): the client has missed something",
    },
    FaultKind {
        name: "detach",
        points: &[Point::Timer],
        keys: ERROR,
        about: "send DETACHED with an error: the client attaches again",
    },
    FaultKind {
        name: "ask-token",
        points: &[Point::In, Point::Out, Point::Timer],
        keys: &[],
        about: "ask the client for another token (AUTH), before the frame",
    },
    FaultKind {
        name: "offline",
        points: &[Point::In, Point::Out, Point::Timer],
        keys: &["for"],
        about: "end the connection, and let nothing of this client through for a while",
    },
    FaultKind {
        name: "answer",
        points: &[Point::Request, Point::Answer],
        keys: &["code", "status", "message", "body", "headers", "detail"],
        about: "give this answer; at = \"answer\" loses the real one, and what was done stays done",
    },
];

/// The names that stand for a fault with parameters of its own.
pub const FAULT_ALIASES: [(&str, &str, &str); 2] = [
    (
        "expire",
        "disconnect",
        "disconnect the client as if its token had expired (40142)",
    ),
    (
        "revoke",
        "disconnect",
        "disconnect the client as if its token had been revoked (40141)",
    ),
];

/// Returns the kind called `name`.
pub(crate) fn kind(name: &str) -> Option<&'static FaultKind> {
    FAULT_KINDS.iter().find(|kind| kind.name == name)
}
