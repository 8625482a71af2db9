//! Times as people write and read them.

use std::time::Duration;

use crate::chat_core::clock::Timestamp;
use crate::settings::parse_duration;

/// Reads a moment: RFC 3339, milliseconds since 1970, `now`, or `-5m` and `+5m` from now.
///
/// # Errors
/// What is wrong, for people.
pub fn parse_time(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if text == "now" {
        return Ok(now);
    }
    if let Some(span) = text.strip_prefix('-') {
        return parse_duration(span).map(|span| now - span);
    }
    if let Some(span) = text.strip_prefix('+') {
        return parse_duration(span).map(|span| now + span);
    }
    if let Ok(millis) = text.parse() {
        return Ok(Timestamp(millis));
    }
    text.parse::<jiff::Timestamp>()
        .map(|time| Timestamp(time.as_millisecond()))
        .map_err(|_| {
            format!(
                "'{text}' is not a time: use RFC 3339, milliseconds since 1970, or a span from now such as -5m"
            )
        })
}

/// The moment as RFC 3339 in UTC; the number where it is beyond all calendars.
pub fn iso(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.millis())
        .map_or_else(|_| time.to_string(), |time| time.to_string())
}

/// How far `time` is from `now`, in words: `in 59 minutes`, `3 days ago`.
pub fn distance(time: Timestamp, now: Timestamp) -> String {
    if time >= now {
        format!("in {}", span(time.since(now)))
    } else {
        format!("{} ago", span(now.since(time)))
    }
}

/// A span in words, in the largest unit that it has two of, rounded.
pub fn span(span: Duration) -> String {
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let (unit, name) = UNITS
        .into_iter()
        .find(|(unit, _)| millis >= 2 * unit)
        .unwrap_or((1, "millisecond"));
    let count = (millis.saturating_add(unit / 2)) / unit;
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {name}{s}")
}

const UNITS: [(u64, &str); 5] = [
    (365 * 24 * 60 * 60 * 1000, "year"),
    (24 * 60 * 60 * 1000, "day"),
    (60 * 60 * 1000, "hour"),
    (60 * 1000, "minute"),
    (1000, "second"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    #[test]
    fn each_form_of_a_time_is_read() {
        for (text, millis) in [
            ("now", NOW.millis()),
            ("-5m", NOW.millis() - 300_000),
            ("+1h", NOW.millis() + 3_600_000),
            ("1700000000123", 1_700_000_000_123),
            ("2023-11-14T22:13:20Z", 1_700_000_000_000),
            ("2023-11-14T23:13:20.5+01:00", 1_700_000_000_500),
        ] {
            assert_eq!(parse_time(text, NOW), Ok(Timestamp(millis)), "{text}");
        }
        for text in ["", "soon", "-", "-x", "2023-11-14"] {
            assert!(parse_time(text, NOW).is_err(), "{text}");
        }
    }

    #[test]
    fn distances_are_in_words() {
        for (millis, words) in [
            (3_599_600, "in 60 minutes"),
            (-1_000, "1000 milliseconds ago"),
            (-2_400, "2 seconds ago"),
            (5, "in 5 milliseconds"),
            (-86_400_000 * 3, "3 days ago"),
        ] {
            assert_eq!(distance(Timestamp(NOW.millis() + millis), NOW), words);
        }
    }
}
