//! Occurrences: what happens at a point where a fault can bite, as rules see it.

use super::kinds::Point;
use crate::chat_core::protocol::{Action, ProtocolMessage, names};

/// The client behind an occurrence, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FaultClient {
    /// Its clientId, or the one that it claims.
    pub(crate) client_id: Option<String>,
    /// Its connectionId; `None` for REST, and before it is let in.
    pub(crate) connection_id: Option<String>,
    /// Which connection of this client it is, counted from 1; 0 for REST.
    pub(crate) connection: u64,
    /// Whether it has a token.
    pub(crate) is_token: bool,
}

/// Something that happens, before it does.
#[derive(Clone, Copy)]
pub(crate) struct Occurrence<'a> {
    /// Where: never a point that stands for a part of another.
    pub(crate) at: Point,
    /// The client.
    pub(crate) client: &'a FaultClient,
    /// The frame, at `in` and `out`.
    pub(crate) message: Option<&'a ProtocolMessage>,
    /// The channel that it is about, if it is about one.
    pub(crate) channel: Option<&'a str>,
    /// The method of a request, else empty.
    pub(crate) method: &'a str,
    /// The path of a request, decoded and without the query; else empty.
    pub(crate) path: &'a str,
    /// The query of a connect request.
    pub(crate) query: &'a [(String, String)],
}

impl<'a> Occurrence<'a> {
    /// An occurrence about nothing but its client.
    pub(crate) fn of(at: Point, client: &'a FaultClient) -> Self {
        Self {
            at,
            client,
            message: None,
            channel: None,
            method: "",
            path: "",
            query: &[],
        }
    }

    /// A frame in one direction.
    pub(crate) fn frame(at: Point, client: &'a FaultClient, message: &'a ProtocolMessage) -> Self {
        Self {
            message: Some(message),
            channel: message.channel.as_deref(),
            ..Self::of(at, client)
        }
    }

    /// A REST request.
    pub(crate) fn request(
        at: Point,
        client: &'a FaultClient,
        method: &'a str,
        path: &'a str,
    ) -> Self {
        Self {
            method,
            path,
            ..Self::of(at, client)
        }
    }

    /// Returns the frame's action.
    pub(crate) fn action(&self) -> Option<Action> {
        self.message.map(|message| message.action)
    }

    /// Returns the room that it is about.
    pub(crate) fn room(&self) -> Option<&'a str> {
        names::room_of(self.channel?)
    }

    /// Returns whether it happens at `point`, which may be a part of another.
    pub(crate) fn is_at(&self, point: Point) -> bool {
        self.at == point.kind()
            && match point {
                Point::Presence => self.action() == Some(Action::Presence),
                Point::Ack => matches!(self.action(), Some(Action::Ack | Action::Nack)),
                Point::Sync => self.action() == Some(Action::Sync),
                Point::Heartbeat => self.action() == Some(Action::Heartbeat),
                Point::Token => is_token_path(self.path),
                _ => true,
            }
    }
}

/// Returns whether tokens are given at `path`.
fn is_token_path(path: &str) -> bool {
    path.ends_with("/requestToken") || path.starts_with("/api/ably-")
}

/// Returns the channel that the path of a REST request names, if it names one.
pub(crate) fn channel_of_path(path: &str) -> Option<String> {
    let mut parts = path.split('/').skip(1);
    match (parts.next()?, parts.next()) {
        ("channels", Some(channel)) => Some(channel.to_owned()),
        ("chat", Some(_)) => match (parts.next()?, parts.next()) {
            ("rooms", Some(room)) => Some(names::channel_of(room)),
            _ => None,
        },
        _ => None,
    }
}

/// The names of actions, as in rules.
const NAMES: [(u8, &str); 21] = [
    (0, "HEARTBEAT"),
    (1, "ACK"),
    (2, "NACK"),
    (3, "CONNECT"),
    (4, "CONNECTED"),
    (5, "DISCONNECT"),
    (6, "DISCONNECTED"),
    (7, "CLOSE"),
    (8, "CLOSED"),
    (9, "ERROR"),
    (10, "ATTACH"),
    (11, "ATTACHED"),
    (12, "DETACH"),
    (13, "DETACHED"),
    (14, "PRESENCE"),
    (15, "MESSAGE"),
    (16, "SYNC"),
    (17, "AUTH"),
    (19, "OBJECT"),
    (20, "OBJECT_SYNC"),
    (21, "ANNOTATION"),
];

/// Returns the action called `text`, a name in any case or a number.
pub(crate) fn action(text: &str) -> Option<u8> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let known = NAMES.iter();
    let known = known.filter(|(_, name)| name.eq_ignore_ascii_case(text));
    known.map(|(number, _)| *number).next()
}

/// Returns the name of an action, or its number.
pub(crate) fn action_name(action: Action) -> String {
    let number = u8::from(action);
    let known = NAMES.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned())
}
