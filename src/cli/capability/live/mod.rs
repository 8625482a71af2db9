//! `capability test --live`: every expectation is done at the endpoint, in rooms of the run's own where that proves
//! the same, and undone.

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
use super::report::{Line, Seen};
use crate::chat_core::analysis::policy::{Answer, Check};
use crate::cli::Context;
use crate::cli::process::signals::Signals;
pub(super) use ask::{Asked, ask};
use judge::judge;
use service::LiveService;
use unit::{Tried, Unit};

/// What a live run is told.
pub(super) struct Wanted {
    /// How many rooms are tried at a time.
    pub(super) jobs: usize,
    /// Whether nothing new is begun after a failure.
    pub(super) fail_fast: bool,
}

/// What a live run came to.
pub(super) struct Proved {
    /// The lines that were tried, each with what was seen.
    pub(super) lines: Vec<Line>,
    /// Whether it was interrupted.
    pub(super) is_interrupted: bool,
}

/// Tries everything that the lines expect, and adds to each what was seen. Lines that were not tried after a failure
/// or a signal are left out; what was begun is undone.
///
/// # Errors
/// Missing settings; an endpoint that can't be reached, or that does not take the key.
pub(super) fn prove(
    loaded: &Loaded,
    lines: Vec<Line>,
    wanted: &Wanted,
    context: &Context,
) -> anyhow::Result<Proved> {
    let service = LiveService::new(context)?;
    let run = format!("chatctl-{}", context.random.alphanumeric(8).to_lowercase());
    let checks: Vec<&Check> = lines.iter().map(|line| &line.check).collect();
    let units = unit::units(loaded, &checks, &run);
    let (tried, is_interrupted) = context.block_on(async {
        service.greet(&run).await?;
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
    Ok(Proved {
        lines: proved,
        is_interrupted,
    })
}

/// Whether all that a check is about was tried.
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
    wanted: &Wanted,
    service: &LiveService<'_>,
) -> anyhow::Result<(Vec<Tried>, bool)> {
    let mut signals = Signals::new()?;
    let mut is_interrupted = false;
    let is_over = Cell::new(false);
    let mut running = stream::iter(units)
        .take_while(|_| std::future::ready(!is_over.get()))
        .map(|unit| unit.try_it(loaded, service))
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
            // What has begun is brought to its end, so that nothing stays behind.
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
        .any(|seen: Seen| seen.answer == Answer::Failed)
}
