//! The log of faults: what was done, to whom, by which rule.

use std::collections::VecDeque;

use serde::Serialize;

use super::fault::Fault;
use super::occurrence::{Occurrence, action_name};
use crate::chat_core::clock::Timestamp;

/// The most entries that are kept, the newest.
const MAX_ENTRIES: usize = 10_000;

/// The longest text of an entry, in bytes: names are cut there.
const MAX_TEXT: usize = 256;

/// A fault that was done.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogEntry {
    /// Counts from 1.
    pub(crate) n: u64,
    pub(crate) timestamp: Timestamp,
    pub(crate) at: &'static str,
    #[serde(rename = "do")]
    pub(crate) fault: &'static str,
    /// The rule's name or id; `chaos` where a seed drew it.
    pub(crate) rule: String,
    pub(crate) client_id: Option<String>,
    pub(crate) connection_id: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    /// The key of the decision, where a seed drew it.
    pub(crate) key: Option<String>,
    /// The rule that does the same again, where a seed drew it.
    pub(crate) replay: Option<serde_json::Value>,
}

/// The log of one set of rules.
#[derive(Debug, Default)]
pub(crate) struct FaultLog {
    entries: VecDeque<LogEntry>,
    count: u64,
}

impl FaultLog {
    /// Notes a fault.
    pub(crate) fn note(
        &mut self,
        occurrence: &Occurrence<'_>,
        fault: &Fault,
        rule: &str,
        key: Option<String>,
        now: Timestamp,
    ) {
        self.count += 1;
        if self.entries.len() >= MAX_ENTRIES {
            self.entries.pop_front();
        }
        let text = |text: &str| text[..text.floor_char_boundary(MAX_TEXT)].to_owned();
        let some = |part: &str| (!part.is_empty()).then(|| text(part));
        let client = occurrence.client;
        self.entries.push_back(LogEntry {
            n: self.count,
            timestamp: now,
            at: occurrence.at.name(),
            fault: fault.name(),
            rule: text(rule),
            client_id: client.client_id.as_deref().map(text),
            connection_id: client.connection_id.clone(),
            channel: occurrence.channel.map(text),
            action: occurrence.action().map(action_name),
            method: some(occurrence.method),
            path: some(occurrence.path),
            replay: key
                .as_ref()
                .map(|key| super::replay::rule(occurrence.at, fault, key)),
            key,
        });
    }

    /// Returns the entries after the one with the number `after`.
    pub(crate) fn after(&self, after: u64) -> Vec<LogEntry> {
        let later = self.entries.iter().filter(|entry| entry.n > after);
        later.cloned().collect()
    }

    /// Removes all entries; the numbers go on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
