//! `bench fanout`: how fast messages come from few to many.

use clap::Args;

use super::report::Report;
use super::span::SpanOptions;
use super::target::TargetOptions;
use super::traffic::{Kind, Measure, Shape};
use crate::cli::Context;
use crate::cli::exit::Exit;

/// Measure how fast messages come from few to many
///
/// Publishers send to a room, each the next message once every subscriber has the last. The times are those from the
/// sending to each subscriber. A message that is lost, comes twice or out of order fails the run (exit 1).
///
///     chatctl bench fanout --subscribers 1000
///     chatctl bench fanout --publishers 4 --subscribers 100 --duration 30s --json
///
/// A server is started for it, in a process of its own, unless the settings name one; `--local` measures the local
/// server.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Fanout {
    /// Clients that send
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    publishers: u16,

    /// Clients that receive, each over a connection of its own
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=20_000))]
    subscribers: u16,

    /// Messages a second of each publisher [default: as fast as they are received]
    #[arg(long, value_name = "RATE", value_parser = super::fanout::rate)]
    rate: Option<f64>,

    /// Length of each message, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 100, value_parser = clap::value_parser!(u16).range(0..=32_000))]
    size: u16,

    #[command(flatten)]
    span: SpanOptions,

    #[command(flatten)]
    target: TargetOptions,
}

impl Fanout {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let shape = Shape {
            kind: Kind::Messages,
            measure: Measure::Delivery,
            senders: self.publishers.into(),
            receivers: self.subscribers.into(),
            size: self.size.into(),
            rate: self.rate,
        }
        .checked()?;
        let target = self.target.open(context, self.subscribers.into())?;
        let Some(outcome) = shape.measure(context, &target, &self.span)? else {
            return Ok(Exit::Interrupted);
        };
        let report = Report {
            bench: "fanout",
            title: format!("{} → {}", self.publishers, self.subscribers),
            parties: vec![
                ("publishers", self.publishers.into()),
                ("subscribers", self.subscribers.into()),
                ("sent", outcome.sent),
            ],
            what: "delivered",
            count: outcome.delivered,
            ..Report::of(&target, outcome)
        };
        report.print(context)
    }
}

/// Reads a number of messages a second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.001..=1e6).contains(&rate) => Ok(rate),
        _ => Err("must be a number from 0.001 to 1000000, of messages a second".to_owned()),
    }
}
