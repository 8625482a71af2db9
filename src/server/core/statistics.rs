//! Statistics as the Control API has them: what was counted in each minute of the last day, for each app and for all.
//!
//! Entries are those that this server counts, under Ably's names (docs metadata-stats/stats.mdx). Nothing is estimated, and
//! what is zero is left out.

use std::collections::{BTreeMap, HashMap, VecDeque};

use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::events::{Actor, Event, Observer};
use super::tally::{Direction, Tally};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;

/// The minutes that are kept: a day and what makes its first hour whole.
const MAX_MINUTES: i64 = 25 * 60;

/// The length of a minute, in milliseconds.
const MINUTE: i64 = 60_000;

/// The end of the path of a request for a token.
const TOKEN_PATH: &str = "/requestToken";

/// Counts what happens in each minute.
#[derive(Default)]
pub(crate) struct Statistics(Mutex<State>);

/// The length of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day, in UTC.
    Day,
    /// A month, in UTC.
    Month,
}

#[derive(Default)]
struct State {
    all: Series,
    apps: HashMap<String, Series>,
    /// The app of each connection, and its sockets: one that is resumed may have two for a moment.
    connections: HashMap<String, (String, usize)>,
}

/// The minutes of an app, the oldest first.
#[derive(Default)]
struct Series {
    minutes: VecDeque<(i64, Interval)>,
    connections: u64,
}

#[derive(Clone, Copy, Default)]
struct Interval {
    received: Tally,
    sent: Tally,
    connections: Connections,
    peak_channels: u64,
    requests: Outcomes,
    token_requests: Outcomes,
}

#[derive(Clone, Copy, Default)]
struct Connections {
    peak: u64,
    opened: u64,
    refused: u64,
    /// Those that were open at its end.
    open: u64,
}

#[derive(Clone, Copy, Default)]
struct Outcomes {
    succeeded: u64,
    failed: u64,
    refused: u64,
}

impl Unit {
    /// All units, by their names.
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("minute", Self::Minute),
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("month", Self::Month),
    ];

    /// Returns its name.
    pub(crate) fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(_, unit)| *unit == self);
        named.map_or("", |(name, _)| name)
    }

    /// Returns the id of the interval that `time` is in, as in `2026-08-06:10:41`; ids sort as their intervals do.
    pub(crate) fn interval(self, time: Timestamp) -> String {
        let form = match self {
            Self::Minute => "%Y-%m-%d:%H:%M",
            Self::Hour => "%Y-%m-%d:%H",
            Self::Day => "%Y-%m-%d:00",
            Self::Month => "%Y-%m-01:00",
        };
        let time = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
        time.strftime(form).to_string()
    }
}

impl Statistics {
    /// Returns the intervals in which something was counted, the oldest first, by id: of an app, or of all together.
    pub(crate) fn intervals(
        &self,
        app_id: Option<&str>,
        unit: Unit,
        now: Timestamp,
    ) -> BTreeMap<String, Map<String, Value>> {
        let state = self.0.lock();
        let series = match app_id {
            None => Some(&state.all),
            Some(id) => state.apps.get(id),
        };
        let mut intervals: BTreeMap<String, Interval> = BTreeMap::new();
        for (minute, counted) in series.map(|it| it.minutes_until(now)).unwrap_or_default() {
            let id = unit.interval(Timestamp(minute * MINUTE));
            intervals.entry(id).or_default().add(&counted);
        }
        let intervals = intervals.into_iter().map(|(id, it)| (id, it.entries()));
        intervals
            .filter(|(_, entries)| !entries.is_empty())
            .collect()
    }
}

impl Series {
    /// Returns the present minute.
    fn now(&mut self, now: Timestamp) -> &mut Interval {
        let minute = now.millis().div_euclid(MINUTE);
        let newest = self.minutes.back().map(|(minute, _)| *minute);
        // A clock that was set back counts on in the newest one.
        if newest.is_none_or(|newest| newest < minute) {
            let mut interval = Interval::default();
            interval.connections.peak = self.connections;
            interval.connections.open = self.connections;
            self.minutes.push_back((minute, interval));
        }
        while let Some((oldest, _)) = self.minutes.front()
            && *oldest + MAX_MINUTES <= minute
        {
            self.minutes.pop_front();
        }
        let place = self.minutes.len() - 1;
        &mut self.minutes[place].1
    }

    /// Returns the minutes until `now`, with those between in which connections were open and nothing happened.
    fn minutes_until(&self, now: Timestamp) -> Vec<(i64, Interval)> {
        let end = now.millis().div_euclid(MINUTE) + 1;
        let mut all = Vec::new();
        for (place, (minute, interval)) in self.minutes.iter().enumerate() {
            all.push((*minute, *interval));
            let open = interval.connections.open;
            if open == 0 {
                continue;
            }
            let next = self.minutes.get(place + 1).map_or(end, |(next, _)| *next);
            let mut quiet = Interval::default();
            quiet.connections.peak = open;
            let first = (minute + 1).max(end - MAX_MINUTES);
            all.extend((first..next).map(|minute| (minute, quiet)));
        }
        all
    }

    fn count_connections(&mut self, now: Timestamp, count: impl FnOnce(u64) -> u64) {
        let open = count(self.connections);
        let (is_new, connections) = (open > self.connections, &mut self.now(now).connections);
        connections.peak = connections.peak.max(open);
        connections.open = open;
        connections.opened += u64::from(is_new);
        self.connections = open;
    }
}

impl Interval {
    fn add(&mut self, other: &Self) {
        self.received.add(other.received, 1);
        self.sent.add(other.sent, 1);
        self.connections.peak = self.connections.peak.max(other.connections.peak);
        self.connections.opened += other.connections.opened;
        self.connections.refused += other.connections.refused;
        self.peak_channels = self.peak_channels.max(other.peak_channels);
        self.requests.add(other.requests);
        self.token_requests.add(other.token_requests);
    }

    fn entries(&self) -> Map<String, Value> {
        let mut all = self.received;
        all.add(self.sent, 1);
        let mut entries = Entries::default();
        for (way, tally) in [
            ("all", all),
            ("inbound.all", self.received),
            ("outbound.all", self.sent),
        ] {
            entries.put(&format!("messages.{way}.all.count"), tally.total());
            entries.put(&format!("messages.{way}.messages.count"), tally.messages);
            entries.put(&format!("messages.{way}.presence.count"), tally.presence);
        }
        let connections = self.connections;
        entries.put("connections.all.peak", connections.peak);
        entries.put("connections.all.opened", connections.opened);
        entries.put("connections.all.refused", connections.refused);
        entries.put("channels.peak", self.peak_channels);
        let mut requests = self.requests;
        requests.add(self.token_requests);
        entries.put_outcomes("apiRequests.all", requests);
        entries.put_outcomes("apiRequests.tokenRequests", self.token_requests);
        entries.put_outcomes("apiRequests.other", self.requests);
        entries.0
    }
}

/// The entries of an interval, without those that are zero.
#[derive(Default)]
struct Entries(Map<String, Value>);

impl Entries {
    fn put(&mut self, name: &str, count: u64) {
        if count > 0 {
            self.0.insert(name.to_owned(), count.into());
        }
    }

    fn put_outcomes(&mut self, name: &str, outcomes: Outcomes) {
        self.put(&format!("{name}.succeeded"), outcomes.succeeded);
        self.put(&format!("{name}.failed"), outcomes.failed);
        self.put(&format!("{name}.refused"), outcomes.refused);
    }
}

impl Outcomes {
    fn add(&mut self, other: Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.refused += other.refused;
    }

    fn count(&mut self, error: Option<&ErrorInfo>) {
        match error.map(|error| error.status_code) {
            None => self.succeeded += 1,
            Some(401 | 403 | 429) => self.refused += 1,
            Some(_) => self.failed += 1,
        }
    }
}

impl State {
    /// Counts in an app, and in all of them.
    fn each(&mut self, app_id: &str, count: impl Fn(&mut Series)) {
        count(&mut self.all);
        if let Some(series) = self.apps.get_mut(app_id) {
            count(series);
            return;
        }
        count(self.apps.entry(app_id.to_owned()).or_default());
    }

    fn open(&mut self, actor: Actor<'_>, now: Timestamp) {
        let id = actor.connection_id.unwrap_or_default();
        if let Some((_, sockets)) = self.connections.get_mut(id) {
            *sockets += 1;
            return;
        }
        let app_id = app_of(actor.key_name).to_owned();
        self.each(&app_id, |series| {
            series.count_connections(now, |open| open + 1);
        });
        self.connections.insert(id.to_owned(), (app_id, 1));
    }

    fn close(&mut self, id: &str, now: Timestamp) {
        let Some((_, sockets)) = self.connections.get_mut(id) else {
            return;
        };
        *sockets -= 1;
        if *sockets == 0
            && let Some((app_id, _)) = self.connections.remove(id)
        {
            self.each(&app_id, |series| {
                series.count_connections(now, |open| open.saturating_sub(1));
            });
        }
    }

    fn count(&mut self, app_id: &str, (direction, tally): (Direction, Tally), now: Timestamp) {
        self.each(app_id, |series| {
            let interval = series.now(now);
            match direction {
                Direction::In => interval.received.add(tally, 1),
                // What a request asks for is sent as well.
                Direction::Out | Direction::Asked => interval.sent.add(tally, 1),
            }
        });
    }
}

impl Observer for Statistics {
    fn counts_messages(&self) -> bool {
        true
    }

    fn observe(&self, event: &Event<'_>, now: Timestamp) {
        let mut state = self.0.lock();
        match *event {
            Event::Counted {
                app_id,
                direction,
                tally,
            } => state.count(app_id, (direction, tally), now),
            Event::ChannelsActive { app_id, count } => {
                let count = u64::try_from(count).unwrap_or(u64::MAX);
                state.each(app_id, |series| {
                    let peak = &mut series.now(now).peak_channels;
                    *peak = (*peak).max(count);
                });
            }
            Event::ConnectionOpened { actor, .. } => state.open(actor, now),
            Event::ConnectionClosed { connection_id, .. } => state.close(connection_id, now),
            Event::ConnectionRefused { claimed, .. } => {
                state.all.now(now).connections.refused += 1;
                // Anybody can claim anything: only apps that are known are counted.
                let app_id = claimed.key_name().map(app_of);
                if let Some(series) = app_id.and_then(|id| state.apps.get_mut(id)) {
                    series.now(now).connections.refused += 1;
                }
            }
            Event::RequestAnswered {
                actor: Some(actor),
                path,
                error,
                ..
            } => state.each(app_of(actor.key_name), |series| {
                let interval = series.now(now);
                if path.ends_with(TOKEN_PATH) {
                    interval.token_requests.count(error);
                } else {
                    interval.requests.count(error);
                }
            }),
            Event::AppDeleted { app_id } => {
                state.apps.remove(app_id);
            }
            _ => {}
        }
    }
}

fn app_of(key_name: &str) -> &str {
    key_name.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_connections_fill_quiet_minutes() {
        let mut series = Series::default();
        let minute = |minute: i64| Timestamp(minute * MINUTE);
        series.count_connections(minute(10), |open| open + 1);
        series.count_connections(minute(13), |open| open - 1);
        let peaks: Vec<_> = series
            .minutes_until(minute(15))
            .into_iter()
            .map(|(minute, it)| (minute, it.connections.peak))
            .collect();
        assert_eq!(peaks, [(10, 1), (11, 1), (12, 1), (13, 1)]);
        series.now(minute(13 + MAX_MINUTES));
        assert_eq!(series.minutes.len(), 1);
    }

    #[test]
    fn intervals_are_named_as_ably_names_them() {
        let time = Timestamp(1_785_926_461_000);
        for (unit, id) in [
            (Unit::Minute, "2026-08-05:10:41"),
            (Unit::Hour, "2026-08-05:10"),
            (Unit::Day, "2026-08-05:00"),
            (Unit::Month, "2026-08-01:00"),
        ] {
            assert_eq!(unit.interval(time), id, "{}", unit.name());
        }
    }
}
