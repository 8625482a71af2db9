//! Moments and amounts as the user types them.

use jiff::Timestamp as Moment;

use crate::chat_core::clock::Timestamp;
use crate::settings::parse_duration;

/// Reads RFC 3339 (`2026-11-24T08:00:00Z`), epoch milliseconds, or a distance from `now` (`-5m`, `+1h`).
///
/// # Errors
/// What is wrong, for people.
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
            format!("'{text}' is no time: use RFC 3339, epoch milliseconds, or -5m from now")
        })
}

/// The moment in the form that people read: the machine's day and time, in UTC.
pub(super) fn show(time: Timestamp) -> String {
    Moment::from_millisecond(time.millis()).map_or_else(
        |_| time.to_string(),
        |moment| moment.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

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
        assert_eq!(show(now), "2023-11-14 22:13:20");
    }
}
