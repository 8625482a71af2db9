//! The keys of decisions: which app, which of its clients, which of its connections, which channel, which action, and
//! which of those. They are counted, never random ids, so that the same run of an app has the same keys each time.

use std::collections::HashMap;

use super::kinds::Point;
use super::occurrence::{Occurrence, action_name, channel_of_path};

/// The most clients, channels and counters that are told apart; what comes later has no keys.
const MAX_COUNTED: usize = 100_000;

/// The ordinals of one server's clients and channels, from 1 in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Ordinals {
    /// By app and clientId.
    clients: HashMap<(String, String), ClientOrdinals>,
    /// The number of clients of each app.
    in_app: HashMap<String, u64>,
    counted: usize,
}

#[derive(Debug, Default)]
struct ClientOrdinals {
    number: u64,
    connections: u64,
    /// By connection, 0 for REST, and channel.
    channels: HashMap<(u64, String), u64>,
    /// The number of channels of each connection.
    in_connection: HashMap<u64, u64>,
    /// By stream.
    counts: HashMap<String, u64>,
}

/// The key of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecisionKey {
    /// What is counted: all of it but the last number.
    pub(crate) stream: String,
    /// Which of the stream, from 1.
    pub(crate) nth: u64,
}

impl DecisionKey {
    /// Returns its text, as in rules and logs.
    pub(crate) fn text(&self) -> String {
        format!("{}#{}", self.stream, self.nth)
    }
}

impl Ordinals {
    /// Returns which connection of its client a new one is.
    pub(crate) fn connect(&mut self, app: &str, client_id: &str) -> u64 {
        match self.client(app, client_id) {
            Some(client) => {
                client.connections += 1;
                client.connections
            }
            None => 0,
        }
    }

    /// Counts `occurrence`, and returns its key.
    pub(crate) fn key(&mut self, app: &str, occurrence: &Occurrence<'_>) -> Option<DecisionKey> {
        if occurrence.at == Point::Store {
            // Of nobody: the order of reads says nothing.
            return None;
        }
        let client_id = occurrence.client.client_id.as_deref().unwrap_or_default();
        let connection = occurrence.client.connection;
        let of_path = channel_of_path(occurrence.path);
        let channel = occurrence.channel.or(of_path.as_deref());
        let has_room = self.counted < MAX_COUNTED;
        let client = self.client(app, client_id)?;
        let mut added = 0;
        let channel_number = match channel {
            None => 0,
            Some(channel) => {
                let slot = (connection, channel.to_owned());
                match client.channels.get(&slot) {
                    Some(number) => *number,
                    None if !has_room => return None,
                    None => {
                        added += 1;
                        let number = client.in_connection.entry(connection).or_default();
                        *number += 1;
                        client.channels.insert(slot, *number);
                        *number
                    }
                }
            }
        };
        let what = match occurrence.action() {
            Some(action) => action_name(action),
            None if occurrence.path.is_empty() => String::new(),
            None => format!("{} {}", occurrence.method, template(occurrence.path)),
        };
        let stream = format!(
            "{app}/{}/{connection}/{}/{channel_number}/{what}",
            client.number,
            occurrence.at.name()
        );
        if !client.counts.contains_key(&stream) {
            if !has_room {
                return None;
            }
            added += 1;
        }
        let count = client.counts.entry(stream.clone()).or_default();
        *count += 1;
        let nth = *count;
        self.counted += added;
        Some(DecisionKey { stream, nth })
    }

    fn client(&mut self, app: &str, client_id: &str) -> Option<&mut ClientOrdinals> {
        let slot = (app.to_owned(), client_id.to_owned());
        if !self.clients.contains_key(&slot) {
            if self.counted >= MAX_COUNTED {
                return None;
            }
            self.counted += 1;
            let number = self.in_app.entry(app.to_owned()).or_default();
            *number += 1;
            let client = ClientOrdinals {
                number: *number,
                ..ClientOrdinals::default()
            };
            self.clients.insert(slot.clone(), client);
        }
        self.clients.get_mut(&slot)
    }
}

/// Returns `path` without what differs between two runs: names and serials.
fn template(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    let names: &[usize] = match parts.get(1).copied() {
        Some("channels" | "keys" | "apps") => &[2, 4],
        Some("chat") => &[4, 6],
        _ => &[],
    };
    for at in names {
        if let Some(part) = parts.get_mut(*at) {
            *part = "*";
        }
    }
    parts.join("/")
}
