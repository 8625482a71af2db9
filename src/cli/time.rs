//! Moments and spans as the user types and reads them.

use std::time::Duration;

use jiff::Timestamp as Moment;

use crate::chat_core::clock::Timestamp;
use crate::settings::parse_duration;

/// Parses RFC 3339 (`2026-11-24T08:00:00Z`), epoch milliseconds, or a distance from `now` (`-5m`, `+1h`).
///
/// # Errors
/// The fault, for people.
pub(super) fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Some(span) = text
        .strip_prefix('-')
        .filter(|rest| rest.ends_with(|c: char| c.is_alphabetic()))
    {
        return parse_duration(span).map(|span| now - span);
    }
    if let Some(span) = text.strip_prefix('+') {
        return parse_duration(span).map(|span| now + span);
    }
    if let Ok(millis) = text.parse::<i64>() {
        return Ok(Timestamp(millis));
    }
    text.parse::<Moment>()
        .map(|moment| Timestamp(moment.as_millisecond()))
        .map_err(|_| {
            format!("invalid time '{text}': use RFC 3339, epoch milliseconds, or -5m from now")
        })
}

/// The moment for people, in UTC, marked as such.
pub(super) fn show(time: Timestamp) -> String {
    Moment::from_millisecond(time.millis()).map_or_else(
        |_| time.to_string(),
        |moment| moment.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
    )
}

/// The moment as RFC 3339 in UTC; the number where it is out of range.
pub(super) fn iso(time: Timestamp) -> String {
    Moment::from_millisecond(time.millis())
        .map_or_else(|_| time.to_string(), |time| time.to_string())
}

/// The distance of `time` from `now`, in words: `in 59 minutes`, `3 days ago`, `just now`.
pub(super) fn distance(time: Timestamp, now: Timestamp) -> String {
    const MOMENT: Duration = Duration::from_secs(1);
    if time < now && now.since(time) < MOMENT {
        "just now".to_owned()
    } else if time >= now && time.since(now) < MOMENT {
        "in less than a second".to_owned()
    } else if time >= now {
        format!("in {}", span(time.since(now)))
    } else {
        format!("{} ago", span(now.since(time)))
    }
}

/// The span in words, rounded, in the largest unit of which it has at least two, or one second.
pub(super) fn span(span: Duration) -> String {
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let rounded = |unit: u64| millis.saturating_add(unit / 2) / unit;
    // Rounded to the next smaller unit, so that a little under two hours is not 120 minutes.
    let smaller = UNITS.iter().skip(1).map(|(unit, _)| *unit).chain([1]);
    let (unit, name) = UNITS
        .into_iter()
        .zip(smaller)
        .find(|((unit, _), smaller)| {
            let rounded = rounded(*smaller).saturating_mul(*smaller);
            rounded >= 2 * unit || (*unit == 1000 && rounded >= *unit)
        })
        .map_or((1, "millisecond"), |(found, _)| found);
    let count = rounded(unit);
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

    #[test]
    fn each_form_of_a_moment() {
        let now = Timestamp(1_700_000_000_000);
        assert_eq!(
            moment("1700000000123", now),
            Ok(Timestamp(1_700_000_000_123))
        );
        assert_eq!(moment("-5m", now), Ok(Timestamp(1_699_999_700_000)));
        assert_eq!(moment("+1h", now), Ok(Timestamp(1_700_003_600_000)));
        assert_eq!(moment("2023-11-14T22:13:20Z", now), Ok(now));
        assert_eq!(
            moment("2023-11-14T23:13:20.5+01:00", now),
            Ok(Timestamp(1_700_000_000_500))
        );
        for text in ["", "yesterday", "-5", "5m"] {
            assert!(moment(text, now).is_err() || text == "-5", "{text}");
        }
        assert_eq!(show(now), "2023-11-14 22:13:20Z");
    }

    #[test]
    fn distances_are_in_words() {
        let now = Timestamp(1_700_000_000_000);
        for (millis, words) in [
            (3_599_600, "in 60 minutes"),
            (7_199_600, "in 2 hours"),
            (7_100_000, "in 118 minutes"),
            (999, "in less than a second"),
            (-629, "just now"),
            (-1_000, "1 second ago"),
            (-2_400, "2 seconds ago"),
            (5, "in less than a second"),
            (-86_400_000 * 3, "3 days ago"),
        ] {
            assert_eq!(distance(Timestamp(now.millis() + millis), now), words);
        }
    }
}
