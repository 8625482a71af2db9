//! Serials: identities and positions, one series a channel, that sort as text in the order of time.
//!
//! A channel serial is `MILLIS-COUNTER@SERIES` (14 and 3 digits); a message's has its index within the publish
//! behind it, `:000`. A channel serial covers every message of its publish.

use std::cmp::Ordering;
use std::fmt;

use crate::chat_core::clock::Timestamp;
use crate::chat_core::random::Random;

/// A place in the order of a channel's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    series: String,
    millis: i64,
    counter: u16,
}

impl Position {
    /// Returns its time, in which no other position of the series has the same counter.
    pub(crate) fn time(&self) -> Timestamp {
        Timestamp(self.millis)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            series,
            millis,
            counter,
        } = self;
        write!(f, "{millis:014}-{counter:03}@{series}")
    }
}

/// The source of a channel's positions. They never go back, whatever the clock does.
#[derive(Clone, Debug)]
pub(crate) struct Series(Position);

/// The number of positions of one millisecond.
const PER_MILLI: u16 = 1000;

impl Series {
    /// Returns a new series, whose first position (before any entry) is at `now`.
    pub(crate) fn begin(now: Timestamp, random: &Random) -> Self {
        Self(Position {
            series: format!("loc{}", random.alphanumeric(12)),
            millis: now.millis(),
            counter: 0,
        })
    }

    /// Returns the series called `id`, whose first position is before every time.
    pub(crate) fn named(id: String) -> Self {
        Self(Position {
            series: id,
            millis: 0,
            counter: 0,
        })
    }

    /// Returns the series of `channel` behind the position `after`, which may be empty: always the same for one `salt`, so
    /// that a position in a channel that nothing is kept of outlives it.
    pub(crate) fn derived(salt: &[u8], channel: &str, after: &str) -> Self {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, salt);
        let mut text = channel.to_owned();
        if !after.is_empty() {
            // No name has a line break in it.
            text = format!("{text}\n{after}");
        }
        let digest = ring::hmac::sign(&key, text.as_bytes());
        let letters = digest.as_ref()[..12].iter();
        let id: String = letters
            .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
            .collect();
        Self::named(format!("loc{id}"))
    }

    /// Returns the series whose newest serial is `last`; `None` if that is not a serial.
    pub(crate) fn resumed(last: &str) -> Option<Self> {
        if !is_serial(last) {
            return None;
        }
        let (time, series) = last.split_once('@')?;
        let (millis, counter) = time.split_once('-')?;
        Some(Self(Position {
            series: series.to_owned(),
            millis: millis.parse().ok()?,
            counter: counter.parse().ok()?,
        }))
    }

    /// Returns the newest position; the series' beginning before the first entry.
    pub(crate) fn head(&self) -> &Position {
        &self.0
    }

    /// Returns the newest position as text.
    pub(crate) fn last(&self) -> String {
        self.0.to_string()
    }

    /// Returns the time of the newest position.
    pub(crate) fn last_time(&self) -> Timestamp {
        self.0.time()
    }

    /// Gives the next position.
    pub(crate) fn next(&mut self, now: Timestamp) -> &Position {
        let Position {
            millis, counter, ..
        } = &mut self.0;
        if now.millis() > *millis {
            *millis = now.millis();
            *counter = 0;
        } else {
            *counter += 1;
            if *counter == PER_MILLI {
                *millis += 1;
                *counter = 0;
            }
        }
        &self.0
    }

    /// Moves the newest position up to `now`, without giving one.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        if now.millis() > self.0.millis {
            self.0.millis = now.millis();
            self.0.counter = 0;
        }
    }

    /// Moves the newest position beyond `time`.
    pub(crate) fn advance_beyond(&mut self, time: Timestamp) {
        self.advance(Timestamp(time.millis().saturating_add(1)));
    }

    /// Returns whether `serial` could be one of this series.
    pub(crate) fn owns(&self, serial: &str) -> bool {
        channel_part(serial)
            .split_once('@')
            .is_some_and(|(_, id)| id == self.0.series)
    }
}

/// Returns the serial of message `index` of the publish `channel_serial`.
pub(crate) fn of_message(channel_serial: &str, index: usize) -> String {
    format!("{channel_serial}:{index:03}")
}

/// Returns the position of the publish that a message serial belongs to.
pub(crate) fn channel_part(serial: &str) -> &str {
    serial
        .split_once(':')
        .map_or(serial, |(channel, _)| channel)
}

/// Returns the time of a position, if it is one.
pub(crate) fn time_of(position: &str) -> Option<Timestamp> {
    let (millis, _) = position.split_once('-')?;
    Some(Timestamp(millis.parse().ok()?))
}

/// Returns whether two serials are of one series.
pub(crate) fn are_of_one_series(one: &str, other: &str) -> bool {
    fn series(serial: &str) -> Option<&str> {
        Some(channel_part(serial).split_once('@')?.1)
    }
    series(one) == series(other)
}

/// Compares a message's serial with a position: a channel serial comes after all messages of its publish.
pub(crate) fn compare_to_position(serial: &str, position: &str) -> Ordering {
    if position.contains(':') {
        return serial.cmp(position);
    }
    match channel_part(serial).cmp(position) {
        Ordering::Equal => Ordering::Less,
        order => order,
    }
}

/// Returns whether `text` has the shape of a serial.
pub(crate) fn is_serial(text: &str) -> bool {
    let Some((time, series)) = text.split_once('@') else {
        return false;
    };
    time.len() == 18
        && time.as_bytes()[14] == b'-'
        && time
            .bytes()
            .enumerate()
            .all(|(at, byte)| at == 14 || byte.is_ascii_digit())
        && !series.is_empty()
        && series
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_sort_as_text_when_the_clock_goes_back() {
        let mut series = Series::begin(Timestamp(1_700_000_000_000), &Random::seeded(1));
        let mut serials = vec![series.last()];
        for step in 0..5000 {
            serials.push(
                series
                    .next(Timestamp(1_700_000_000_000 - step % 7 * 1000))
                    .to_string(),
            );
        }
        serials.push(series.next(Timestamp(1_800_000_000_000)).to_string());
        assert!(serials.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(
            serials
                .iter()
                .all(|serial| is_serial(serial) && series.owns(serial))
        );
        assert!(!Series::begin(Timestamp(0), &Random::seeded(2)).owns(&serials[0]));
    }

    #[test]
    fn series_resumes_after_its_newest_serial() {
        let mut series = Series::begin(Timestamp(1_700_000_000_000), &Random::seeded(1));
        for _ in 0..3 {
            series.next(Timestamp(1_700_000_000_000));
        }
        let last = series.last();
        let mut resumed = Series::resumed(&last).unwrap();
        assert_eq!(resumed.last(), last);
        // The clock went back while nobody looked.
        let next = resumed.next(Timestamp(1_600_000_000_000)).to_string();
        assert!(next > last && series.owns(&next));
        assert!(Series::resumed("nonsense").is_none());
        let named = Series::named("a".to_owned());
        assert!(is_serial(&named.last()) && named.last() < last);
    }

    #[test]
    fn a_channel_serial_covers_its_messages() {
        let mut series = Series::begin(Timestamp(5), &Random::seeded(1));
        let mut next = |time| series.next(Timestamp(time)).to_string();
        let (first, second) = (next(6), next(7));
        assert_eq!(
            compare_to_position(&of_message(&first, 9), &first),
            Ordering::Less
        );
        assert_eq!(
            compare_to_position(&of_message(&second, 0), &first),
            Ordering::Greater
        );
        assert_eq!(
            compare_to_position(&of_message(&first, 2), &of_message(&first, 1)),
            Ordering::Greater
        );
        assert_eq!(
            compare_to_position(&of_message(&first, 2), &of_message(&first, 2)),
            Ordering::Equal
        );
        for text in [
            "",
            "abc",
            "01728402074206-000",
            "01728402074206-000@",
            "0172840207420x-000@a",
        ] {
            assert!(!is_serial(text), "{text}");
        }
    }
}
