//! The store that keeps everything in this process and nothing beyond it.

use std::collections::{HashMap, VecDeque};
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::{Entry, HistoryQuery, Operation, Page, Pending, Sink, Store};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::Message;
use crate::chat_core::random::Random;
use crate::server::fold;
use crate::server::serial::{self, Series};

/// How long a repeat of an operation is told from news.
const REPEAT_WINDOW: Duration = Duration::from_mins(5);

/// Keeps the channels of one app in memory. A channel's lock is held from the serial to the fan-out, so that
/// subscribers hear of entries in their order.
pub(crate) struct MemoryStore {
    clock: Arc<dyn Clock>,
    random: Random,
    sink: OnceLock<Arc<dyn Sink>>,
    channels: Mutex<HashMap<String, Arc<Mutex<Log>>>>,
}

/// What happened in one channel.
struct Log {
    series: Series,
    entries: Vec<Arc<Entry>>,
    /// Where each message was created: the entry and the place in it. In the order of serials.
    creates: Vec<(usize, usize)>,
    repeats: HashMap<String, Arc<Entry>>,
    repeats_by_age: VecDeque<(Timestamp, String)>,
}

impl MemoryStore {
    /// An empty store.
    pub(crate) fn new(clock: Arc<dyn Clock>, random: Random) -> Self {
        Self {
            clock,
            random,
            sink: OnceLock::new(),
            channels: Mutex::default(),
        }
    }

    fn log(&self, channel: &str) -> Arc<Mutex<Log>> {
        let mut channels = lock(&self.channels);
        if let Some(log) = channels.get(channel) {
            return Arc::clone(log);
        }
        let log = Arc::new(Mutex::new(Log {
            series: Series::begin(self.clock.now(), &self.random),
            entries: Vec::new(),
            creates: Vec::new(),
            repeats: HashMap::new(),
            repeats_by_age: VecDeque::new(),
        }));
        channels.insert(channel.to_owned(), Arc::clone(&log));
        log
    }

    /// The log of a channel that something happened in: reading alone must not make one.
    fn existing(&self, channel: &str) -> Option<Arc<Mutex<Log>>> {
        lock(&self.channels).get(channel).map(Arc::clone)
    }

    fn submit_now(&self, channel: &str, operation: Operation) -> Arc<Entry> {
        let log = self.log(channel);
        let mut log = lock(&log);
        let now = self.clock.now();
        log.forget_repeats(now);
        if let Some(done) = operation
            .repeat_key
            .as_ref()
            .and_then(|key| log.repeats.get(key))
        {
            return Arc::clone(done);
        }
        let repeat_key = operation.repeat_key.clone();
        let is_ephemeral = operation.is_ephemeral;
        let entry = if is_ephemeral {
            let time = now.max(log.series.last_time());
            fold::publish(channel, operation, log.series.last(), time)
        } else {
            let channel_serial = log.series.next(now);
            let time = log.series.last_time();
            fold::publish(channel, operation, channel_serial, time)
        };
        let entry = Arc::new(entry);
        if !is_ephemeral {
            let place = log.entries.len();
            log.creates
                .extend((0..entry.messages().len()).map(|index| (place, index)));
            log.entries.push(Arc::clone(&entry));
        }
        if let Some(key) = repeat_key {
            log.repeats_by_age.push_back((now, key.clone()));
            log.repeats.insert(key, Arc::clone(&entry));
        }
        if let Some(sink) = self.sink.get() {
            sink.committed(channel, &entry);
        }
        entry
    }
}

impl Log {
    fn forget_repeats(&mut self, now: Timestamp) {
        while let Some((at, _)) = self.repeats_by_age.front() {
            if *at + REPEAT_WINDOW > now {
                break;
            }
            if let Some((_, key)) = self.repeats_by_age.pop_front() {
                self.repeats.remove(&key);
            }
        }
    }

    fn created(&self, place: usize) -> &Message {
        let (entry, index) = self.creates[place];
        &self.entries[entry].messages()[index]
    }

    fn place_of(&self, serial: &str) -> Option<usize> {
        self.creates
            .binary_search_by(|(entry, index)| {
                let message = &self.entries[*entry].messages()[*index];
                message.serial.as_deref().unwrap_or_default().cmp(serial)
            })
            .ok()
    }

    /// How many of the creates, from the oldest on, `holds` for; it must hold for a beginning of them.
    fn count_while(&self, holds: impl Fn(&Message) -> bool) -> usize {
        self.creates
            .partition_point(|(entry, index)| holds(&self.entries[*entry].messages()[*index]))
    }

    fn page(&self, query: &HistoryQuery) -> Page {
        let time = |message: &Message| message.timestamp.unwrap_or_default();
        let compare = |message: &Message, position: &str| {
            serial::compare_to_position(message.serial.as_deref().unwrap_or_default(), position)
        };
        let mut begin = query
            .start
            .map_or(0, |start| self.count_while(|message| time(message) < start));
        let mut end = query.end.map_or(self.creates.len(), |end| {
            self.count_while(|message| time(message) <= end)
        });
        if let Some(position) = &query.from_serial {
            end = end.min(self.count_while(|message| compare(message, position).is_le()));
        }
        if let Some(after) = &query.after {
            if query.forwards {
                begin = begin.max(self.count_while(|message| compare(message, after).is_le()));
            } else {
                end = end.min(self.count_while(|message| compare(message, after).is_lt()));
            }
        }
        let end = end.max(begin);
        let messages = if query.forwards {
            (begin..end)
                .take(query.limit)
                .map(|place| self.created(place).clone())
                .collect()
        } else {
            (begin..end)
                .rev()
                .take(query.limit)
                .map(|place| self.created(place).clone())
                .collect()
        };
        Page {
            messages,
            has_more: end - begin > query.limit,
        }
    }
}

impl Store for MemoryStore {
    fn subscribe(&self, sink: Arc<dyn Sink>) {
        // The first one stays: a store has one node.
        let _ = self.sink.set(sink);
    }

    fn submit<'a>(&'a self, channel: &'a str, operation: Operation) -> Pending<'a, Arc<Entry>> {
        done(Ok(self.submit_now(channel, operation)))
    }

    fn head<'a>(&'a self, channel: &'a str) -> Pending<'a, String> {
        let log = self.log(channel);
        let head = lock(&log).series.last();
        done(Ok(head))
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        let entries = self.existing(channel).and_then(|log| {
            let log = lock(&log);
            if !serial::is_serial(position) || !log.series.owns(position) {
                return None;
            }
            let position = serial::channel_part(position);
            let from = log
                .entries
                .partition_point(|entry| entry.channel_serial.as_str() <= position);
            Some(log.entries[from..].to_vec())
        });
        done(Ok(entries))
    }

    fn history<'a>(&'a self, channel: &'a str, query: HistoryQuery) -> Pending<'a, Page> {
        let page = self.existing(channel).map(|log| lock(&log).page(&query));
        done(Ok(page.unwrap_or_default()))
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        let message = self.existing(channel).and_then(|log| {
            let log = lock(&log);
            let place = log.place_of(serial)?;
            Some(log.created(place).clone())
        });
        done(Ok(message))
    }
}

fn done<'a, T: Send + 'a>(result: Result<T>) -> Pending<'a, T> {
    Box::pin(ready(result))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::FixedClock;
    use futures_util::FutureExt;

    fn store() -> MemoryStore {
        MemoryStore::new(
            Arc::new(FixedClock(Timestamp(1_700_000_000_000))),
            Random::seeded(1),
        )
    }

    fn operation(name: &str, count: usize) -> Operation {
        let message = Message {
            name: Some(name.to_owned()),
            ..Message::default()
        };
        Operation {
            messages: vec![message; count],
            id: format!("id-{name}"),
            connection_id: None,
            repeat_key: None,
            is_ephemeral: false,
        }
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

    fn names(page: &Page) -> Vec<&str> {
        page.messages
            .iter()
            .map(|message| message.name.as_deref().unwrap())
            .collect()
    }

    #[test]
    fn pages_meet_without_gap_or_repeat_in_both_directions() {
        let store = store();
        for n in 0..25 {
            now(store.submit("c", operation(&n.to_string(), 1)));
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
                        after: after.clone(),
                        ..query()
                    },
                ));
                seen.extend(
                    names(&page)
                        .into_iter()
                        .map(|name| name.parse::<i32>().unwrap()),
                );
                after = page
                    .messages
                    .last()
                    .and_then(|message| message.serial.clone());
                if !page.has_more {
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
        let empty = now(store.head("c"));
        now(store.submit("c", operation("a", 1)));
        let second = now(store.submit("c", operation("b", 2)));
        now(store.submit("c", operation("c", 1)));
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
        assert!(at(&empty).messages.is_empty());
    }

    #[test]
    fn a_repeat_is_answered_as_the_first_time_and_not_done_again() {
        let store = store();
        let keyed = |name: &str| Operation {
            repeat_key: Some("k".to_owned()),
            ..operation(name, 1)
        };
        let first = now(store.submit("c", keyed("a")));
        let again = now(store.submit("c", keyed("b")));
        assert_eq!(first.serials(), again.serials());
        assert_eq!(now(store.history("c", query())).messages.len(), 1);
    }

    #[test]
    fn what_came_after_a_position_can_be_told_only_within_its_series() {
        let store = store();
        let first = now(store.submit("c", operation("a", 1)));
        let second = now(store.submit("c", operation("b", 1)));
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
        let head = now(store.head("c"));
        let entry = now(store.submit(
            "c",
            Operation {
                is_ephemeral: true,
                ..operation("typing", 1)
            },
        ));
        assert_eq!(
            (&entry.channel_serial, entry.serials()),
            (&head, vec![None])
        );
        assert!(now(store.history("c", query())).messages.is_empty());
        assert!(now(store.message("c", "x")).is_none());
    }
}
