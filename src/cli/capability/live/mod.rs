//! `capability test --live`: every expectation is done at the endpoint, in rooms of the run's own where that proves
//! the same, and undone.

pub(super) mod actor;
mod judge;
pub(super) mod probe;
pub(super) mod service;
mod standin;
mod unit;

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::policy::Loaded;
use super::report::{Line, Seen};
use crate::chat_core::auth::policy::{Answer, Check};
use crate::cli::Context;
use judge::judge;
use service::Service;
use unit::{Tried, Unit};

/// What a live run is told.
pub(super) struct Wanted {
    /// How many rooms are tried at a time.
    pub(super) jobs: usize,
    /// Whether nothing new is begun after a failure.
    pub(super) fail_fast: bool,
}

/// Tries everything that the lines expect, and adds to each what was seen. Lines that were not tried after a failure
/// are left out.
///
/// # Errors
/// Missing settings; an endpoint that can't be reached, or that does not take the key.
pub(super) fn prove(
    loaded: &Loaded,
    lines: Vec<Line>,
    wanted: &Wanted,
    context: &Context,
) -> anyhow::Result<Vec<Line>> {
    let service = Service::new(context)?;
    let run = format!("chatctl-{}", context.random.alphanumeric(8).to_lowercase());
    let checks: Vec<&Check> = lines.iter().map(|line| &line.check).collect();
    let units = unit::units(loaded, &checks, &run);
    let tried = context.block_on(try_all(loaded, units, &checks, wanted, &service))?;
    for left in tried.iter().flat_map(|tried| &tried.left_behind) {
        context.output.notice(&format!("warning: {left}"));
    }
    let mut proved = Vec::with_capacity(lines.len());
    for mut line in lines {
        line.live = judge(&line.check, &tried);
        if line.live.is_some() || !wanted.fail_fast || is_complete(&tried, &line.check) {
            proved.push(line);
        }
    }
    Ok(proved)
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
    service: &Service<'_>,
) -> anyhow::Result<Vec<Tried>> {
    let has_failed = Cell::new(false);
    let mut running = stream::iter(units)
        .take_while(|_| std::future::ready(!has_failed.get()))
        .map(|unit| unit.try_it(loaded, service))
        .buffered(wanted.jobs);
    let mut all: Vec<Tried> = Vec::new();
    while let Some(tried) = running.next().await {
        let tried = tried?;
        if wanted.fail_fast && fails(&tried, checks) {
            // What has begun is brought to its end, so that nothing stays behind.
            has_failed.set(true);
        }
        all.push(tried);
    }
    Ok(all)
}

fn fails(tried: &Tried, checks: &[&Check]) -> bool {
    let one = std::slice::from_ref(tried);
    checks
        .iter()
        .filter(|check| check.role == tried.role && check.room.as_ref() == Some(&tried.room))
        .filter_map(|check| judge(check, one))
        .any(|seen: Seen| seen.answer == Answer::Failed)
}

/// The rooms that are named for a role, in their order.
fn rooms_of<'a>(checks: &[&'a Check], role: usize) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    checks
        .iter()
        .filter(|check| check.role == role)
        .filter_map(|check| check.room.as_deref())
        .filter(|room| seen.insert(*room))
        .collect()
}
