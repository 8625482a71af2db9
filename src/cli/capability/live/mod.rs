//! `capability test --live`: does every expectation at the endpoint, in fresh rooms where that proves the same, and
//! undoes it.

pub(super) mod actor;
mod ask;
mod judge;
pub(super) mod probe;
pub(super) mod service;
mod standin;
mod unit;

use std::cell::Cell;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::policy::Loaded;
use super::report::{CheckLine, LiveObservation};
use crate::chat_core::analysis::policy::{Answer, Check};
use crate::cli::Context;
use crate::cli::process::signals::Signals;
pub(super) use ask::{LiveAnswer, ask};
use judge::judge;
use service::LiveService;
use unit::{Tried, Unit};

/// The options of a live run.
pub(super) struct LiveOptions {
    /// The number of rooms that are tried at a time.
    pub(super) jobs: usize,
    /// True to begin nothing new after a failure.
    pub(super) fail_fast: bool,
}

/// The result of a live run.
pub(super) struct LiveResult {
    /// The lines that were tried, each with its observation.
    pub(super) lines: Vec<CheckLine>,
    /// True if it was interrupted.
    pub(super) is_interrupted: bool,
}

/// Tries everything that the lines expect, and adds the observation to each. Lines that were not tried after a failure
/// or a signal are left out; everything that was begun is undone.
///
/// # Errors
/// Missing settings; an endpoint that can't be reached, or that does not take the key.
pub(super) fn prove(
    loaded: &Loaded,
    lines: Vec<CheckLine>,
    wanted: &LiveOptions,
    context: &Context,
) -> anyhow::Result<LiveResult> {
    let service = LiveService::new(context)?;
    let run = format!("chatctl-{}", context.random.alphanumeric(8).to_lowercase());
    let checks: Vec<&Check> = lines.iter().map(|line| &line.check).collect();
    let units = unit::units(loaded, &checks, &run);
    let (tried, is_interrupted) = context.block_on(async {
        service.check_reachable(&run).await?;
        try_all(loaded, units, &checks, wanted, &service).await
    })?;
    for left in tried.iter().flat_map(|tried| &tried.left_behind) {
        context.output.notice(&format!("warning: {left}"));
    }
    let mut proved = Vec::with_capacity(lines.len());
    for mut line in lines {
        line.live = judge(&line.check, &tried);
        let is_cut = wanted.fail_fast || is_interrupted;
        if line.live.is_some() || !is_cut || is_complete(&tried, &line.check) {
            proved.push(line);
        }
    }
    Ok(LiveResult {
        lines: proved,
        is_interrupted,
    })
}

/// Returns whether everything that a check is about was tried.
fn is_complete(tried: &[Tried], check: &Check) -> bool {
    let of_role = || tried.iter().filter(|tried| tried.role == check.role);
    match &check.room {
        Some(room) => of_role().any(|tried| tried.room == *room),
        None => true,
    }
}

async fn try_all(
    loaded: &Loaded,
    units: Vec<Unit>,
    checks: &[&Check],
    wanted: &LiveOptions,
    service: &LiveService<'_>,
) -> anyhow::Result<(Vec<Tried>, bool)> {
    let mut signals = Signals::new()?;
    let mut is_interrupted = false;
    let is_over = Cell::new(false);
    let mut running = stream::iter(units)
        .take_while(|_| std::future::ready(!is_over.get()))
        .map(|unit| unit.run(loaded, service))
        .buffered(wanted.jobs);
    let mut all: Vec<Tried> = Vec::new();
    loop {
        let tried = tokio::select! {
            tried = running.next() => match tried {
                Some(tried) => tried?,
                None => break,
            },
            _ = signals.next(), if !is_interrupted => {
                is_interrupted = true;
                is_over.set(true);
                continue;
            }
        };
        if wanted.fail_fast && fails(&tried, checks) {
            // Units that have begun run to their end, so that nothing stays behind.
            is_over.set(true);
        }
        all.push(tried);
    }
    Ok((all, is_interrupted))
}

fn fails(tried: &Tried, checks: &[&Check]) -> bool {
    let one = std::slice::from_ref(tried);
    checks
        .iter()
        .filter(|check| check.role == tried.role && check.room.as_ref() == Some(&tried.room))
        .filter_map(|check| judge(check, one))
        .any(|seen: LiveObservation| seen.answer == Answer::Failed)
}
