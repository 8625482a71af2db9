//! Moments and spans as the user types and reads them.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp as Moment;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::chat_core::clock::Timestamp;
use crate::output::Look;
use crate::settings::parse_duration;

/// Parses RFC 3339 (`2026-11-24T08:00:00Z`), a date or a time without an offset (`2026-11-24`, `2026-11-24T08:00`), which
/// are local, epoch milliseconds, or a distance from `now` (`-5m`, `+1h`).
///
/// # Errors
/// The fault, for people.
pub(super) fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    moment_in(text, now, local_zone())
}

fn moment_in(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
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
        return if millis < 0 {
            Err(format!(
                "{text} is before 1970: write -5m for five minutes ago"
            ))
        } else {
            Ok(Timestamp(millis))
        };
    }
    let zoned = text.parse::<Moment>().or_else(|error| {
        // Without an offset it is local; a date is its first moment.
        let local = text.parse::<DateTime>().map_err(|_| error)?;
        zone.to_timestamp(local)
    });
    match zoned.map(|moment| Timestamp(moment.as_millisecond())) {
        Ok(time) if time >= Timestamp(0) => Ok(time),
        Ok(_) => Err(format!("{text} is before 1970")),
        Err(_) => Err(format!(
            "invalid time '{text}': use a date as in 2026-11-30, RFC 3339, epoch milliseconds, or -5m for five minutes ago"
        )),
    }
}

/// The time zone of the user: `TZ`, else the system's.
fn local_zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(TimeZone::system)
}

/// The moment for people: on a terminal short and local, elsewhere as [`show`] has it.
pub(super) fn display(time: Timestamp, look: Look, now: Timestamp) -> String {
    if look.width.is_some() {
        short_in(time, now, local_zone())
    } else {
        show(time)
    }
}

/// The moment as RFC 3339 in UTC with milliseconds: all are of one width.
pub(super) fn show(time: Timestamp) -> String {
    Moment::from_millisecond(time.millis()).map_or_else(
        |_| time.to_string(),
        |moment| moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    )
}

/// `09:41:07` for a time of today, `Nov 29 09:41` for one of this year, `2025-11-29` for any other.
fn short_in(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (Ok(moment), Ok(now)) = (
        Moment::from_millisecond(time.millis()),
        Moment::from_millisecond(now.millis()),
    ) else {
        return time.to_string();
    };
    let (moment, now) = (zone.to_datetime(moment), zone.to_datetime(now));
    let form = if moment.date() == now.date() {
        "%H:%M:%S"
    } else if moment.year() == now.year() {
        "%b %d %H:%M"
    } else {
        "%Y-%m-%d"
    };
    moment.strftime(form).to_string()
}

/// The local time of day in hours and minutes.
pub(super) fn local_clock(time: Timestamp) -> String {
    local(time, "%H:%M")
}

/// The local day: `Monday, November 30, 2026`.
pub(super) fn local_day(time: Timestamp) -> String {
    local(time, "%A, %B %-d, %Y")
}

fn local(time: Timestamp, form: &str) -> String {
    Moment::from_millisecond(time.millis()).map_or_else(
        |_| time.to_string(),
        |moment| local_zone().to_datetime(moment).strftime(form).to_string(),
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
        for text in ["", "yesterday", "-5", "5m", "1969-01-01T00:00:00Z"] {
            assert!(moment(text, now).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_without_an_offset_are_local() {
        let now = Timestamp(1_700_000_000_000);
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let read = |text| moment_in(text, now, &zone);
        assert_eq!(read("2023-11-14"), Ok(Timestamp(1_699_912_800_000)));
        assert_eq!(read("2023-11-15T00:13:20"), Ok(now));
        assert_eq!(read("2023-11-14T22:13:20Z"), Ok(now));
        let fault = read("tomorrow").unwrap_err();
        assert!(fault.contains("'tomorrow'"), "{fault}");
    }

    #[test]
    fn times_are_short_on_a_terminal_and_whole_elsewhere() {
        let now = Timestamp(1_700_000_000_000);
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (millis, text) in [
            (0, "00:13:20"),
            (-86_400_000, "Nov 14 00:13"),
            (-400 * 86_400_000, "2022-10-11"),
        ] {
            let time = Timestamp(now.millis() + millis);
            assert_eq!(short_in(time, now, &zone), text);
        }
        let piped = display(now, Look::default(), now);
        assert_eq!(piped, "2023-11-14T22:13:20.000Z");
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
