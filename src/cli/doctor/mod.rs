//! `chatctl doctor`: the way to the endpoint, step by step, each with what to do about it.

mod checks;
mod faults;
mod report;

use clap::Args;

use super::context::Context;
use super::exit::Exit;
use super::noun::{Noun, NounBody, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "doctor",
    "Check address, clock, credential and connection",
    NounBody::Command(handler!(Doctor)),
)
.without_config();

/// Check address, clock, credential and connection
///
/// Walks the way that network commands take, one step after another: config file, address, proxy, TCP, TLS, WebSocket,
/// the clock of the server, whether a server of chatctl fails on purpose, the credential and what it may do, and a round
/// trip over REST and realtime. Each step is ok, a warning or a failure with what to do about it; what depends on a failed
/// step is skipped. Exits 1 if a step fails:
///
///     chatctl doctor
///     chatctl doctor --endpoint nonprod:sandbox --json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Doctor {}

impl Doctor {
    #[allow(clippy::unused_self)] // As all commands have it.
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let report = checks::examine(context);
        context.output.print(&report)?;
        Ok(Exit::verdict(!report.has_failed()))
    }
}
