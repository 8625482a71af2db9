//! `bench connect`: how fast clients connect and attach.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use parking_lot::Mutex;
use tokio::task::JoinSet;

use super::latencies::Latencies;
use super::link::Link;
use super::progress;
use super::report::Report;
use super::span::{Span, SpanOptions};
use super::target::{Target, TargetOptions};
use crate::chat_core::client::Options;
use crate::chat_core::protocol::ChannelModes;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::process::signals::Signals;

/// Measure how fast clients connect and attach
///
/// Clients connect, attach to a room and leave, over and over. The times are those from the beginning to the
/// attachment. One that can't connect fails the run (exit 1).
///
///     chatctl bench connect
///     chatctl bench connect --clients 50 --count 5000 --json
///
/// A server is started for it, in a process of its own, unless the settings name one; `--local` measures the local
/// server.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Connect {
    /// Clients that connect at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    clients: u16,

    #[command(flatten)]
    span: SpanOptions,

    #[command(flatten)]
    target: TargetOptions,
}

/// The state that all clients share.
struct Shared {
    options: Options,
    room: String,
    span: Span,
    attached: AtomicU64,
    latencies: Mutex<Latencies>,
}

impl Connect {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let target = self.target.open(context, self.clients.into())?;
        context.block_on_workers(async {
            let mut signals = Signals::new()?;
            tokio::select! {
                report = self.measure(context, &target) => report.print(context),
                _ = signals.next() => Ok(Exit::Interrupted),
            }
        })
    }

    async fn measure(&self, context: &Context, target: &Target) -> Report {
        let shared = Arc::new(Shared {
            options: target.options.clone(),
            room: target.room.clone(),
            span: self.span.begin(),
            attached: AtomicU64::new(0),
            latencies: Mutex::new(Latencies::new()),
        });
        let mut clients = JoinSet::new();
        for _ in 0..self.clients {
            clients.spawn(connect(Arc::clone(&shared)));
        }
        let joined = async {
            while let Some(result) = clients.join_next().await {
                if let Ok(Err(error)) = result {
                    return Some(format!("{error:#}"));
                }
            }
            None
        };
        let failure = tokio::select! {
            failure = joined => failure,
            () = progress::show(context, &shared.span) => None,
        };
        let mut latencies = Latencies::new();
        latencies.add(&shared.latencies.lock());
        let report = Report {
            bench: "connect",
            title: format!("{} at a time", self.clients),
            parties: vec![("clients", self.clients.into())],
            what: "connected",
            count: shared.attached.load(Ordering::Relaxed),
            failure,
            latencies,
            ..Report::at(target)
        };
        report.over(&shared.span)
    }
}

/// Connects again and again, until the time is over.
async fn connect(shared: Arc<Shared>) -> anyhow::Result<()> {
    let span = &shared.span;
    while span.admits() {
        let begun = span.elapsed();
        let link = Link::open(&shared.options, &shared.room, ChannelModes::SUBSCRIBE).await?;
        if span.measures(begun) {
            let took = span.elapsed().saturating_sub(begun);
            shared.attached.fetch_add(1, Ordering::Relaxed);
            shared.latencies.lock().record(took);
        }
        link.close().await;
    }
    Ok(())
}
