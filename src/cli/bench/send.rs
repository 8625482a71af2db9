//! `bench send`: how fast messages are acknowledged.

use clap::Args;

use super::report::Report;
use super::span::SpanOptions;
use super::target::TargetOptions;
use super::traffic::{Kind, Measure, Shape};
use crate::cli::Context;
use crate::cli::exit::Exit;

/// Measure how fast messages are sent
///
/// The times are those from a request to its answer. A subscriber checks that each message comes once and in order;
/// otherwise the run fails (exit 1).
///
///     chatctl bench send
///     chatctl bench send --senders 8 --count 10000 --jq .latency.p99
///
/// A server is started for it, in a process of its own, unless the settings name one; `--local` measures the local
/// server.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct SendBench {
    /// Clients that send at the same time, each one message after the other
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    senders: u16,

    /// Messages a second of each sender [default: as fast as they are answered]
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

impl SendBench {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let target = self.target.open(context, self.senders.into())?;
        let shape = Shape {
            kind: Kind::Messages,
            measure: Measure::Acknowledgement,
            senders: self.senders.into(),
            receivers: 1,
            size: self.size.into(),
            rate: self.rate,
        };
        let Some(outcome) = shape.measure(context, &target, &self.span)? else {
            return Ok(Exit::Interrupted);
        };
        let report = Report {
            bench: "send",
            title: format!("{} at a time", self.senders),
            parties: vec![("senders", self.senders.into())],
            what: "sent",
            count: outcome.sent,
            ..Report::of(&target, outcome)
        };
        report.print(context)
    }
}
