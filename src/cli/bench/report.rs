//! The result of a benchmark.

use std::fmt::Write as _;
use std::time::Duration;

use indicatif::HumanCount;
use serde_json::{Map, Value};

use super::latencies::Latencies;
use super::sequence::Delivery;
use super::span::Span;
use super::target::Target;
use super::traffic::Outcome;
use crate::chat_core::protocol::Format;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render, Style};

/// The result of a benchmark.
pub(super) struct Report {
    /// The verb.
    pub(super) bench: &'static str,
    /// The thing measured, in a word or two, as in `1 → 1000`.
    pub(super) title: String,
    /// The numbers of those that took part, by their names.
    pub(super) parties: Vec<(&'static str, u64)>,
    /// The server's URL; none for what needs no server.
    pub(super) url: Option<String>,
    /// The format on the wire.
    pub(super) format: Option<Format>,
    /// The time before what was measured.
    pub(super) warm_up: Duration,
    /// The time that was measured.
    pub(super) measured: Duration,
    /// The name of the count, in the past tense, as in `delivered`.
    pub(super) what: &'static str,
    /// How many.
    pub(super) count: u64,
    /// The fate of messages, where it was about some.
    pub(super) delivery: Option<Delivery>,
    /// Why it ended early.
    pub(super) failure: Option<String>,
    /// How long each took.
    pub(super) latencies: Latencies,
}

impl Report {
    /// An empty one of what needs no server.
    pub(super) fn offline() -> Self {
        Self {
            bench: "",
            title: String::new(),
            parties: Vec::new(),
            url: None,
            format: None,
            warm_up: Duration::ZERO,
            measured: Duration::ZERO,
            what: "",
            count: 0,
            delivery: None,
            failure: None,
            latencies: Latencies::new(),
        }
    }

    /// An empty one of `target`.
    pub(super) fn at(target: &Target) -> Self {
        Self {
            url: Some(target.url.clone()),
            format: Some(target.options.format),
            ..Self::offline()
        }
    }

    /// One of the traffic of messages at `target`.
    pub(super) fn of(target: &Target, outcome: Outcome) -> Self {
        Self {
            warm_up: outcome.warm_up,
            measured: outcome.measured,
            delivery: Some(outcome.delivery),
            failure: outcome.failure,
            latencies: outcome.latencies,
            ..Self::at(target)
        }
    }

    /// Sets the times by `span`, which has just ended.
    pub(super) fn over(mut self, span: &Span) -> Self {
        self.warm_up = span.warm_up;
        self.measured = span.elapsed().saturating_sub(span.warm_up);
        self
    }

    fn per_second(&self) -> f64 {
        let seconds = self.measured.as_secs_f64();
        if seconds > 0.0 {
            self.count as f64 / seconds
        } else {
            0.0
        }
    }

    /// Prints it. The answer is no where something went wrong.
    ///
    /// # Errors
    /// As the output's.
    pub(super) fn print(&self, context: &Context) -> anyhow::Result<Exit> {
        context.output.print(self)?;
        Ok(Exit::verdict(self.is_good()))
    }

    /// Returns whether it ran to its end, and every message came once and in order.
    fn is_good(&self) -> bool {
        let is_whole = self.delivery.is_none_or(|delivery| {
            delivery.lost == 0 && delivery.doubled == 0 && delivery.reordered == 0
        });
        is_whole && self.failure.is_none()
    }
}

impl Render for Report {
    fn json(&self) -> Value {
        let mut members = Map::new();
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        add("bench", self.bench.into());
        add("url", self.url.as_deref().into());
        add("format", self.format.map(format_name).into());
        for (name, count) in &self.parties {
            add(name, (*count).into());
        }
        add("warmUp", self.warm_up.as_secs_f64().into());
        add("seconds", self.measured.as_secs_f64().into());
        add(self.what, self.count.into());
        add("perSecond", self.per_second().round().into());
        if let Some(delivery) = self.delivery {
            add("lost", delivery.lost.into());
            add("doubled", delivery.doubled.into());
            add("reordered", delivery.reordered.into());
        }
        add("latency", self.latencies.json());
        add("failure", self.failure.as_deref().into());
        members.into()
    }

    fn table(&self, look: Look) -> String {
        let format = match self.format {
            Some(Format::Json) => " · JSON",
            Some(Format::MessagePack) => " · MessagePack",
            None => "",
        };
        let mut text = format!(
            "{}{format} · {} after {} of warm-up\n",
            self.title,
            span(self.measured),
            span(self.warm_up)
        );
        let rate = whole(self.per_second());
        let delivery = match self.delivery {
            None => String::new(),
            Some(Delivery {
                lost,
                doubled,
                reordered,
            }) => {
                let paint = |name: &str, count: u64| {
                    let text = format!("{name} {}", HumanCount(count));
                    if count == 0 {
                        text
                    } else {
                        look.painted(&text, Style::Bad)
                    }
                };
                format!(
                    "        {} · {} · {}",
                    paint("lost", lost),
                    paint("doubled", doubled),
                    paint("reordered", reordered)
                )
            }
        };
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "  {:<12} {}   {}/s{delivery}",
            self.what,
            HumanCount(self.count),
            HumanCount(rate)
        );
        let _ = writeln!(text, "  {:<12} {}", "latency", self.latencies.percentiles());
        if let Some(failure) = &self.failure {
            text += &look.painted(&format!("  {:<12} {failure}", "ended early"), Style::Bad);
            text.push('\n');
        }
        let drawing = self.latencies.drawing();
        if !drawing.is_empty() {
            let _ = writeln!(text, "\n{drawing}");
        }
        text
    }
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Json => "json",
        Format::MessagePack => "msgpack",
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// A time for people, to the tenth of a second.
fn span(span: Duration) -> String {
    let seconds = (span.as_secs_f64() * 10.0).round() / 10.0;
    format!("{seconds} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_message_that_went_astray_fails_the_run() {
        let with = |lost, doubled, reordered| Report {
            delivery: Some(Delivery {
                lost,
                doubled,
                reordered,
            }),
            ..Report::offline()
        };
        assert!(with(0, 0, 0).is_good() && Report::offline().is_good());
        for report in [with(1, 0, 0), with(0, 1, 0), with(0, 0, 1)] {
            assert!(!report.is_good());
            let text = report.table(Look::default());
            assert!(text.contains(" 1"), "{text}");
        }
        let ended = Report {
            failure: Some("gone".to_owned()),
            ..with(0, 0, 0)
        };
        assert!(!ended.is_good());
    }
}
