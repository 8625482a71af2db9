//! Rules: which occurrences they are about, at which of them they fire, and with which fault.

use std::time::Duration;

use super::fault::Fault;
use super::kinds::Point;
use super::occurrence::Occurrence;
use crate::chat_core::protocol::names;

/// A rule of ours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// Its label in the log.
    pub(crate) name: Option<String>,
    /// The point where it bites.
    pub(crate) at: Point,
    /// The occurrences that it is about.
    pub(crate) selector: Selector,
    /// At which of them it fires.
    pub(crate) schedule: Schedule,
    /// What is done then.
    pub(crate) fault: Fault,
    /// The rule as it was written.
    pub(crate) form: serde_json::Value,
}

/// Which occurrences a rule is about: all that is given must hold. Texts may have `*` for anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) client: Option<String>,
    pub(crate) room: Option<String>,
    pub(crate) channel: Option<String>,
    /// The connectionId, or which connection of its client it is.
    pub(crate) connection: Option<ConnectionSelector>,
    /// The number of the frame's action.
    pub(crate) action: Option<u8>,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    /// The key of one decision of a seed.
    pub(crate) key: Option<String>,
}

/// A connection of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionSelector {
    /// The one with this connectionId.
    Id(String),
    /// The nth of its client, from 1.
    Nth(u64),
}

/// At which of the occurrences that a rule is about it fires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// At these, counted from 1; at all of them if empty.
    pub(crate) nth: Vec<u64>,
    /// At each of so many.
    pub(crate) every: Option<u64>,
    /// At most so often.
    pub(crate) times: Option<u64>,
    /// So long after a connection was opened (timer).
    pub(crate) after: Duration,
}

impl Schedule {
    /// Returns whether the rule fires at the occurrence `count`, from 1, after it fired `fired` times.
    pub(crate) fn fires(&self, count: u64, fired: u64) -> bool {
        self.times.is_none_or(|times| fired < times)
            && (self.nth.is_empty() || self.nth.contains(&count))
            && self.every.is_none_or(|every| count.is_multiple_of(every))
    }
}

impl Selector {
    /// Returns the part of it that is about the client and its connection.
    pub(crate) fn of_client(&self) -> Self {
        Self {
            client: self.client.clone(),
            connection: self.connection.clone(),
            ..Self::default()
        }
    }

    /// Returns whether `channel` is one of those that it names; all are where it names none.
    pub(crate) fn takes_channel(&self, channel: &str) -> bool {
        let is_channel = self.channel.as_deref();
        let room = names::room_of(channel);
        is_channel.is_none_or(|wanted| is_like(wanted, channel))
            && self
                .room
                .as_deref()
                .is_none_or(|wanted| room.is_some_and(|room| is_like(wanted, room)))
    }

    /// Returns whether the rule is about `occurrence`, whose decision has `key`.
    pub(crate) fn matches(&self, occurrence: &Occurrence<'_>, key: Option<&str>) -> bool {
        let client = occurrence.client;
        let is_text = |wanted: &Option<String>, found: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| found.is_some_and(|found| is_like(wanted, found)))
        };
        let is_connection = self.connection.as_ref().is_none_or(|wanted| match wanted {
            ConnectionSelector::Id(id) => client.connection_id.as_deref() == Some(id),
            ConnectionSelector::Nth(nth) => client.connection == *nth,
        });
        is_connection
            && is_text(&self.client, client.client_id.as_deref())
            && is_text(&self.room, occurrence.room())
            && is_text(&self.channel, occurrence.channel)
            && is_text(&self.path, Some(occurrence.path))
            && self
                .action
                .is_none_or(|wanted| occurrence.action().map(u8::from) == Some(wanted))
            && self
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(occurrence.method))
            && self.key.as_deref().is_none_or(|wanted| key == Some(wanted))
    }
}

/// Returns whether `text` is like `pattern`, in which `*` stands for any text. Takes a time that is a product of the
/// lengths at most.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [
            ("*", ""),
            ("*", "bob"),
            ("bob", "bob"),
            ("b*b", "bob"),
            ("b*b", "bb"),
            ("/chat/*/messages", "/chat/v4/rooms/a/messages"),
            ("*a*b*", "xaxbx"),
        ] {
            assert!(is_like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "bob"),
            ("bob", "bobby"),
            ("b*b", "b"),
            ("*a*b", "ba"),
            ("/chat/*/messages", "/chat/v4/rooms/a/messages/1"),
        ] {
            assert!(!is_like(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_schedule_counts_from_one() {
        let schedule = Schedule {
            nth: vec![2, 3],
            ..Schedule::default()
        };
        let fires = |schedule: &Schedule, fired| {
            (1..=6)
                .map(move |n| schedule.fires(n, fired))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            fires(&schedule, 0),
            [false, true, true, false, false, false]
        );
        let schedule = Schedule {
            every: Some(3),
            times: Some(2),
            ..Schedule::default()
        };
        assert_eq!(
            fires(&schedule, 1),
            [false, false, true, false, false, true]
        );
        assert_eq!(fires(&schedule, 2), [false; 6]);
    }
}
