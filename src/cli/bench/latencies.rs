//! The times that something took: percentiles, and their distribution as a drawing.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// The longest time that is told apart.
const MAX: Duration = Duration::from_secs(60);

/// The significant digits of a time.
const DIGITS: u8 = 3;

/// The width of the longest bar.
const BAR: f64 = 48.0;

/// The bounds of a drawing's rows within each power of ten.
const STEPS: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0];

/// The most rows of a drawing: those with the longest times are gathered in the last one.
const MAX_ROWS: usize = 16;

/// The times that something took, in constant memory.
pub(super) struct Latencies(Option<Histogram<u64>>);

impl Latencies {
    /// None yet.
    pub(super) fn new() -> Self {
        // The bounds are constants that it takes.
        Self(Histogram::new_with_max(nanos(MAX), DIGITS).ok())
    }

    /// Adds one.
    pub(super) fn record(&mut self, took: Duration) {
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(nanos(took).max(1));
        }
    }

    /// Adds all of `other`.
    pub(super) fn add(&mut self, other: &Self) {
        if let (Some(histogram), Some(other)) = (&mut self.0, &other.0) {
            // Both have the same bounds.
            let _ = histogram.add(other);
        }
    }

    fn histogram(&self) -> Option<&Histogram<u64>> {
        self.0.as_ref().filter(|histogram| !histogram.is_empty())
    }

    /// Percentiles and distribution, in milliseconds; `null` without any.
    pub(super) fn json(&self) -> Value {
        let Some(histogram) = self.histogram() else {
            return Value::Null;
        };
        let at = |quantile| millis(histogram.value_at_quantile(quantile));
        let rows = self.rows();
        let rows: Vec<Value> = rows
            .iter()
            .map(|(bound, count)| json!({"upTo": millis(*bound), "count": count}))
            .collect();
        json!({
            "unit": "ms",
            "min": millis(histogram.min()),
            "mean": round(histogram.mean() / 1e6),
            "p50": at(0.5),
            "p90": at(0.9),
            "p99": at(0.99),
            "p999": at(0.999),
            "max": millis(histogram.max()),
            "histogram": rows,
        })
    }

    /// Percentiles, as in `p50 2.1 ms   p90 3.4 ms`.
    pub(super) fn percentiles(&self) -> String {
        let Some(histogram) = self.histogram() else {
            return "none".to_owned();
        };
        let at = |name: &str, value: u64| format!("{name} {}", text(value));
        [
            at("p50", histogram.value_at_quantile(0.5)),
            at("p90", histogram.value_at_quantile(0.9)),
            at("p99", histogram.value_at_quantile(0.99)),
            at("max", histogram.max()),
        ]
        .join("   ")
    }

    /// The distribution: a line for each row, with its upper bound and a bar.
    pub(super) fn drawing(&self) -> String {
        let rows = self.rows();
        let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let line = |(bound, count): &(u64, u64)| {
            let bar = bar(*count, most);
            format!("{:>9} {bar}", text(*bound)).trim_end().to_owned()
        };
        let lines: Vec<String> = rows.iter().map(line).collect();
        lines.join("\n")
    }

    /// The upper bounds of the rows, and how many there are in each: from the first that has some to the last.
    fn rows(&self) -> Vec<(u64, u64)> {
        let Some(histogram) = self.histogram() else {
            return Vec::new();
        };
        let mut rows: Vec<(u64, u64)> = Vec::new();
        let mut bounds = bounds();
        for recorded in histogram.iter_recorded() {
            let (value, count) = (
                recorded.value_iterated_to().min(histogram.max()),
                recorded.count_at_value(),
            );
            if let Some((bound, gathered)) = rows.last_mut()
                && value <= *bound
            {
                *gathered += count;
                continue;
            }
            for bound in bounds.by_ref() {
                let is_reached = value <= bound;
                if is_reached || !rows.is_empty() {
                    rows.push((bound, if is_reached { count } else { 0 }));
                }
                if is_reached {
                    break;
                }
            }
        }
        if let Some((bound, _)) = rows.last_mut() {
            *bound = histogram.max().min(*bound);
        }
        // The longest of all may look like the bound before it.
        if let [.., (before, gathered), (last, count)] = &mut rows[..]
            && text(*before) == text(*last)
        {
            *gathered += *count;
            *before = *last;
            rows.pop();
        }
        if rows.len() > MAX_ROWS {
            let rest = rows.split_off(MAX_ROWS - 1);
            let count = rest.iter().map(|(_, count)| count).sum();
            rows.push((histogram.max(), count));
        }
        rows
    }
}

/// The bounds of the rows, in nanoseconds.
fn bounds() -> impl Iterator<Item = u64> {
    // From 100 ns on, as far as times are told apart.
    (2..12).flat_map(|power| STEPS.map(|step| whole(step * 10_f64.powi(power))))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(value: f64) -> u64 {
    // It saturates, which no time of a benchmark reaches.
    value as u64
}

fn bar(count: u64, most: u64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if count == 0 {
        return String::new();
    }
    let eighths = whole((count as f64 / most as f64 * BAR * 8.0).round()).max(1);
    let full = usize::try_from(eighths / 8).unwrap_or(0);
    let rest = usize::try_from(eighths % 8).unwrap_or(0);
    "█".repeat(full) + EIGHTHS[rest]
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// Three digits behind the point: microseconds.
fn millis(nanos: u64) -> f64 {
    let millis = nanos as f64 / 1e6;
    if millis < 0.01 {
        (millis * 1e6).round() / 1e6
    } else {
        round(millis)
    }
}

fn round(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

/// A time for people.
fn text(nanos: u64) -> String {
    let value = nanos as f64;
    let (value, unit) = match nanos {
        0..1_000 => (value, "ns"),
        1_000..1_000_000 => (value / 1e3, "µs"),
        1_000_000..1_000_000_000 => (value / 1e6, "ms"),
        _ => (value / 1e9, "s"),
    };
    let digits = usize::from(value < 10.0 && unit != "ns");
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(millis: &[u64]) -> Latencies {
        let mut latencies = Latencies::new();
        for value in millis {
            latencies.record(Duration::from_millis(*value));
        }
        latencies
    }

    #[test]
    fn percentiles_are_of_what_was_recorded() {
        let all: Vec<u64> = (1..=100).collect();
        let mut latencies = of(&all[..50]);
        latencies.add(&of(&all[50..]));
        let json = latencies.json();
        let near = |name: &str, expected: f64| {
            let value = json[name].as_f64().unwrap();
            assert!(
                (value - expected).abs() < expected / 500.0,
                "{name} {value}"
            );
        };
        near("p50", 50.0);
        near("p90", 90.0);
        near("max", 100.0);
        near("mean", 50.5);
        let rows = json["histogram"].as_array().unwrap();
        let counted: u64 = rows.iter().map(|row| row["count"].as_u64().unwrap()).sum();
        assert_eq!(counted, 100);
    }

    #[test]
    fn drawing_has_a_bar_for_each_row_with_something_in_it() {
        let drawing = of(&[2, 2, 2, 2, 9]).drawing();
        let lines: Vec<&str> = drawing.lines().collect();
        assert!(lines[0].ends_with(&"█".repeat(48)), "{drawing}");
        assert!(
            lines.last().unwrap().ends_with(&"█".repeat(12)),
            "{drawing}"
        );
        assert!(drawing.lines().all(|line| line.chars().count() <= 60));
        assert_eq!(of(&[]).drawing(), "");
        assert_eq!(of(&[]).json(), Value::Null);
    }

    #[test]
    fn many_orders_of_magnitude_fit_a_screen() {
        let mut latencies = of(&[1, 60_000]);
        latencies.record(Duration::from_nanos(150));
        assert!(latencies.drawing().lines().count() <= MAX_ROWS);
        let json = latencies.json();
        let rows = json["histogram"].as_array().unwrap();
        let counted: u64 = rows.iter().map(|row| row["count"].as_u64().unwrap()).sum();
        assert_eq!(counted, 3);
    }
}
