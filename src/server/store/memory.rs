//! The store that keeps everything in this process and nothing beyond it.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, OnceLock};

use super::log::Log;
use super::{Entry, HistoryQuery, Operation, Page, Pending, Sink, Snapshot, Store};
use crate::chat_core::clock::Clock;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::chat_core::random::Random;
use crate::server::lock;

/// Keeps the channels of one app in memory. A channel's lock is held from the serial to the fan-out, so that
/// subscribers hear of entries in their order.
pub(crate) struct MemoryStore {
    clock: Arc<dyn Clock>,
    random: Random,
    /// The most members of a channel.
    max_members: usize,
    sink: OnceLock<Arc<dyn Sink>>,
    channels: Mutex<HashMap<String, Arc<Mutex<Log>>>>,
}

impl MemoryStore {
    /// An empty store.
    pub(crate) fn new(clock: Arc<dyn Clock>, random: Random, max_members: usize) -> Self {
        Self {
            clock,
            random,
            max_members,
            sink: OnceLock::new(),
            channels: Mutex::default(),
        }
    }

    fn log(&self, channel: &str) -> Arc<Mutex<Log>> {
        let mut channels = lock(&self.channels);
        if let Some(log) = channels.get(channel) {
            return Arc::clone(log);
        }
        let log = Arc::new(Mutex::new(Log::new(
            channel,
            self.clock.now(),
            &self.random,
            self.max_members,
        )));
        channels.insert(channel.to_owned(), Arc::clone(&log));
        log
    }

    fn submit_now(&self, channel: &str, operation: Operation) -> Result<Arc<Entry>> {
        let log = self.log(channel);
        let mut log = lock(&log);
        let (entry, is_new) = log.submit(operation, self.clock.now())?;
        if is_new && let Some(sink) = self.sink.get() {
            sink.committed(channel, &entry);
        }
        Ok(entry)
    }

    /// Reads the log of a channel that something happened in; reading alone does not make one.
    fn read_or_default<'a, T: Default + Send + 'a>(
        &self,
        channel: &str,
        read: impl FnOnce(&Log) -> T,
    ) -> Pending<'a, T> {
        let found = lock(&self.channels).get(channel).map(Arc::clone);
        done(Ok(found.map(|log| read(&lock(&log))).unwrap_or_default()))
    }
}

impl Store for MemoryStore {
    fn subscribe(&self, sink: Arc<dyn Sink>) {
        // The first one stays: a store has one node.
        let _ = self.sink.set(sink);
    }

    fn submit<'a>(&'a self, channel: &'a str, operation: Operation) -> Pending<'a, Arc<Entry>> {
        done(self.submit_now(channel, operation))
    }

    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot> {
        let log = self.log(channel);
        let snapshot = lock(&log).snapshot();
        done(Ok(snapshot))
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        self.read_or_default(channel, |log| log.entries_after(position))
    }

    fn history<'a>(&'a self, channel: &'a str, query: HistoryQuery) -> Pending<'a, Page<Message>> {
        self.read_or_default(channel, |log| log.history(&query))
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        self.read_or_default(channel, |log| log.newest(serial))
    }

    fn versions<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Vec<Message>> {
        self.read_or_default(channel, |log| log.versions(serial))
    }

    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
    ) -> Pending<'a, Vec<Annotation>> {
        self.read_or_default(channel, |log| log.annotations(serial))
    }

    fn reactions_of<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        client_id: &'a str,
    ) -> Pending<'a, Option<serde_json::Value>> {
        self.read_or_default(channel, |log| log.summary_for(serial, client_id))
    }

    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>> {
        self.read_or_default(channel, |log| log.snapshot().members)
    }

    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: HistoryQuery,
    ) -> Pending<'a, Page<PresenceMessage>> {
        self.read_or_default(channel, |log| log.presence_history(&query))
    }
}

fn done<'a, T: Send + 'a>(result: Result<T>) -> Pending<'a, T> {
    Box::pin(ready(result))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::{FixedClock, Timestamp};
    use crate::chat_core::protocol::{Data, MessageAction, Version};
    use crate::server::serial;
    use crate::server::store::{Act, Change};
    use futures_util::FutureExt;
    use serde_json::json;

    fn store() -> MemoryStore {
        MemoryStore::new(
            Arc::new(FixedClock(Timestamp(1_700_000_000_000))),
            Random::seeded(1),
            200,
        )
    }

    fn operation(act: Act) -> Operation {
        Operation {
            act,
            id: "id".to_owned(),
            connection_id: None,
            repeat_key: None,
        }
    }

    fn publish(name: &str, count: usize) -> Operation {
        let message = Message {
            name: Some(name.to_owned()),
            data: Some(Data::Text("d".to_owned())),
            client_id: Some("creator".to_owned()),
            ..Message::default()
        };
        operation(Act::Publish {
            messages: vec![message; count],
            is_ephemeral: false,
        })
    }

    fn now<T>(pending: Pending<'_, T>) -> T {
        pending.now_or_never().unwrap().unwrap()
    }

    fn query() -> HistoryQuery {
        HistoryQuery {
            start: None,
            end: None,
            forwards: false,
            limit: 100,
            from_serial: None,
            after: None,
        }
    }

    fn names(page: &Page<Message>) -> Vec<&str> {
        page.items
            .iter()
            .map(|message| message.name.as_deref().unwrap())
            .collect()
    }

    #[test]
    fn pages_meet_without_gap_or_repeat_in_both_directions() {
        let store = store();
        for n in 0..25 {
            now(store.submit("c", publish(&n.to_string(), 1)));
        }
        for forwards in [true, false] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let page = now(store.history(
                    "c",
                    HistoryQuery {
                        forwards,
                        limit: 5,
                        after,
                        ..query()
                    },
                ));
                seen.extend(
                    names(&page)
                        .into_iter()
                        .map(|name| name.parse::<i32>().unwrap()),
                );
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut expected: Vec<i32> = (0..25).collect();
            if !forwards {
                expected.reverse();
            }
            assert_eq!(seen, expected, "a full last page has nothing behind it");
        }
    }

    #[test]
    fn a_position_bounds_history_and_includes_its_own_messages() {
        let store = store();
        let empty = now(store.snapshot("c")).head;
        now(store.submit("c", publish("a", 1)));
        let second = now(store.submit("c", publish("b", 2)));
        now(store.submit("c", publish("c", 1)));
        let at = |position: &str| {
            now(store.history(
                "c",
                HistoryQuery {
                    from_serial: Some(position.to_owned()),
                    ..query()
                },
            ))
        };
        assert_eq!(names(&at(&second.channel_serial)), ["b", "b", "a"]);
        assert_eq!(
            names(&at(&serial::of_message(&second.channel_serial, 0))),
            ["b", "a"]
        );
        assert!(at(&empty).items.is_empty());
    }

    #[test]
    fn a_repeat_is_answered_as_the_first_time_and_not_done_again() {
        let store = store();
        let keyed = |name: &str| Operation {
            repeat_key: Some("k".to_owned()),
            ..publish(name, 1)
        };
        let first = now(store.submit("c", keyed("a")));
        let again = now(store.submit("c", keyed("b")));
        assert_eq!(first.serials, again.serials);
        assert_eq!(now(store.history("c", query())).items.len(), 1);
    }

    #[test]
    fn what_came_after_a_position_can_be_told_only_within_its_series() {
        let store = store();
        let first = now(store.submit("c", publish("a", 1)));
        let second = now(store.submit("c", publish("b", 1)));
        let after = now(store.entries_after("c", &first.channel_serial)).unwrap();
        assert_eq!(
            after
                .iter()
                .map(|entry| &entry.channel_serial)
                .collect::<Vec<_>>(),
            [&second.channel_serial]
        );
        assert!(now(store.entries_after("c", "00000000000000-000@other")).is_none());
        assert!(now(store.entries_after("unheard-of", &first.channel_serial)).is_none());
    }

    #[test]
    fn ephemeral_messages_leave_no_trace() {
        let store = store();
        let head = now(store.snapshot("c")).head;
        let act = Act::Publish {
            messages: vec![Message::default()],
            is_ephemeral: true,
        };
        let entry = now(store.submit("c", operation(act)));
        assert_eq!(
            (&entry.channel_serial, &entry.serials),
            (&head, &vec![None])
        );
        assert!(now(store.history("c", query())).items.is_empty());
        assert!(now(store.message("c", "x")).is_none());
    }

    #[test]
    fn versions_keep_identity_and_history_shows_the_newest() {
        let store = store();
        let created = now(store.submit("c", publish("n", 1)))
            .message()
            .unwrap()
            .clone();
        let serial = created.serial.clone().unwrap();
        let change = |action, data: Option<&str>, replaces| {
            operation(Act::Change(Box::new(Change {
                serial: serial.clone(),
                action,
                content: Message {
                    data: data.map(|data| Data::Text(data.to_owned())),
                    ..Message::default()
                },
                replaces,
                user_claim: Some("claim".to_owned()),
                version: Version {
                    client_id: Some("actor".to_owned()),
                    ..Version::default()
                },
            })))
        };
        now(store.submit("c", change(MessageAction::Update, Some("e"), false)));
        now(store.submit("c", change(MessageAction::Append, Some("f"), false)));
        let kept = now(store.message("c", &serial)).unwrap();
        assert_eq!(
            (kept.data, kept.name.as_deref()),
            (Some(Data::Text("ef".to_owned())), Some("n"))
        );
        now(store.submit("c", change(MessageAction::Delete, None, true)));
        let versions = now(store.versions("c", &serial));
        assert_eq!(versions.len(), 4);
        assert!(
            versions
                .windows(2)
                .all(|pair| pair[0].version.as_ref().unwrap().serial
                    < pair[1].version.as_ref().unwrap().serial)
        );
        let newest = now(store.history("c", query())).items.remove(0);
        assert_eq!(
            (newest.action(), &newest.data),
            (MessageAction::Delete, &None)
        );
        assert_eq!(
            (&newest.serial, newest.timestamp),
            (&created.serial, created.timestamp)
        );
        assert_eq!(newest.client_id.as_deref(), Some("creator"));
        assert_eq!(newest.version.unwrap().client_id.as_deref(), Some("actor"));
        assert_eq!(newest.extras.unwrap().0, json!({"userClaim": "claim"}));
        let missing = Operation {
            act: Act::Annotate(vec![Annotation::default()]),
            ..publish("x", 1)
        };
        assert_eq!(
            store
                .submit("c", missing)
                .now_or_never()
                .unwrap()
                .unwrap_err()
                .code,
            40400
        );
    }

    #[test]
    fn annotations_tell_the_event_and_the_summary_when_it_changed() {
        let store = store();
        let serial = now(store.submit("c", publish("n", 1))).serials[0]
            .clone()
            .unwrap();
        let react = || {
            operation(Act::Annotate(vec![Annotation {
                message_serial: Some(serial.clone()),
                kind: Some("reaction:distinct.v1".to_owned()),
                name: Some("👍".to_owned()),
                client_id: Some("a".to_owned()),
                ..Annotation::default()
            }]))
        };
        let first = now(store.submit("c", react()));
        assert_eq!(first.frames.len(), 2);
        assert_eq!(
            first.frames[0].channel_serial, None,
            "a cut between the two loses neither"
        );
        assert_eq!(
            first.frames[1].channel_serial.as_ref(),
            Some(&first.channel_serial)
        );
        let summary = &first.frames[1].messages.as_ref().unwrap()[0];
        assert_eq!(
            (summary.serial.as_ref(), summary.action()),
            (Some(&serial), MessageAction::Summary)
        );
        assert_eq!(
            now(store.submit("c", react())).frames.len(),
            1,
            "no effect, no summary"
        );
        let read = now(store.message("c", &serial)).unwrap();
        assert_eq!(
            read.annotations.unwrap().summary.0["reaction:distinct.v1"]["👍"]["total"],
            1
        );
        let annotations = now(store.annotations("c", &serial));
        assert_eq!(annotations.len(), 2);
        assert!(annotations[0].serial.as_ref() > Some(&serial));
    }
}
