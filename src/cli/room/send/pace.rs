//! The rate at which messages are sent.

use std::time::Duration;

use tokio::time::Instant;

/// A number of messages per time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cli::room) struct Rate {
    /// The time from one to the next.
    interval: Duration,
}

impl Rate {
    /// Parses `10`, `10/s`, `300/m` or `0.5/h`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (count, unit) = text.split_once('/').unwrap_or((text, "s"));
        let unit = match unit {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(format!("invalid rate '{text}': use 10/s, 300/m or 5000/h")),
        };
        count
            .parse::<f64>()
            .ok()
            .filter(|count| *count > 0.0)
            .and_then(|count| Duration::try_from_secs_f64(unit / count).ok())
            .map(|interval| Self { interval })
            .ok_or_else(|| format!("invalid rate '{text}': use 10/s, 300/m or 5000/h"))
    }
}

/// Waits between messages. A delay is not made up for in a burst.
pub(super) struct Pace {
    interval: Duration,
    next: Instant,
}

impl Pace {
    /// A pace that starts now.
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            interval: rate.interval,
            next: Instant::now(),
        }
    }

    /// Waits until the next message may be sent.
    pub(super) async fn wait(&mut self) {
        tokio::time::sleep_until(self.next).await;
        self.next = Instant::now().max(self.next) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        let interval = |text| Rate::parse(text).map(|rate| rate.interval.as_millis());
        assert_eq!(interval("10"), Ok(100));
        assert_eq!(interval("4/s"), Ok(250));
        assert_eq!(interval("300/m"), Ok(200));
        assert_eq!(interval("0.5/s"), Ok(2000));
        for text in ["", "0", "-1", "x/s", "1/d", "nan", "1e-300"] {
            assert!(interval(text).is_err(), "{text}");
        }
    }
}
