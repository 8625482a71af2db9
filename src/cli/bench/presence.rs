//! `bench presence`: how fast changes of members come to those who watch.

use clap::Args;

use super::report::Report;
use super::span::SpanOptions;
use super::target::TargetOptions;
use super::traffic::{Kind, Measure, Shape};
use crate::cli::Context;
use crate::cli::exit::Exit;

/// Measure how fast presence changes come to watchers
///
/// Members enter a room and change their data, each again once every watcher has the last change. The times are those
/// from the change to each watcher. A change that is lost, comes twice or out of order fails the run (exit 1).
///
///     chatctl bench presence --members 100
///     chatctl bench presence --members 10 --watchers 200 --json
///
/// A server is started for it, in a process of its own, unless the settings name one; `--local` measures the local
/// server.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Presence {
    /// Clients that are present, each over a connection of its own
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    members: u16,

    /// Clients that watch, each over a connection of its own
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=20_000))]
    watchers: u16,

    /// Changes a second of each member [default: as fast as they are received]
    #[arg(long, value_name = "RATE", value_parser = super::fanout::rate)]
    rate: Option<f64>,

    #[command(flatten)]
    span: SpanOptions,

    #[command(flatten)]
    target: TargetOptions,
}

impl Presence {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let connections = u64::from(self.members) + u64::from(self.watchers);
        let shape = Shape {
            kind: Kind::Presence,
            measure: Measure::Delivery,
            senders: self.members.into(),
            receivers: self.watchers.into(),
            size: 0,
            rate: self.rate,
        }
        .checked()?;
        let target = self.target.open(context, connections)?;
        let Some(outcome) = shape.measure(context, &target, &self.span)? else {
            return Ok(Exit::Interrupted);
        };
        let report = Report {
            bench: "presence",
            title: format!("{} members → {} watchers", self.members, self.watchers),
            parties: vec![
                ("members", self.members.into()),
                ("watchers", self.watchers.into()),
                ("changes", outcome.sent),
            ],
            what: "delivered",
            count: outcome.delivered,
            ..Report::of(&target, outcome)
        };
        report.print(context)
    }
}
