//! `chatctl local stop` and `chatctl local reset`.

use std::time::Duration;

use clap::Args;
use rustix::process::{Signal, kill_process};

use super::folder::Folder;
use super::{find, how, lock, start};
use crate::cli::Context;
use crate::cli::exit::Exit;

/// How long the server has for telling its clients and ending: a little longer than it gives itself.
const PATIENCE: Duration = Duration::from_secs(8);

/// Stop the local server
///
/// Its key and its port stay what they are; the next command that needs it starts it again. Nothing happens if it
/// does not run.
#[derive(Args)]
pub(super) struct Stop {}

/// Empty the rooms of the local server
///
/// The server's key and port stay what they are, and if it ran it runs again: its clients come back by themselves and
/// are told that there is a gap.
#[derive(Args)]
pub(super) struct Reset {}

impl Stop {
    pub(super) fn run(context: &Context) -> anyhow::Result<Exit> {
        let folder = Folder::of(&context.environment)?;
        let stopped = stop(&folder).map_err(|error| find::unreachable(&folder, &error))?;
        context.output.notice(if stopped {
            "the local server has stopped"
        } else {
            "the local server does not run"
        });
        Ok(Exit::Done)
    }
}

impl Reset {
    pub(super) fn run(context: &Context) -> anyhow::Result<Exit> {
        let folder = Folder::of(&context.environment)?;
        let how = how(context)?;
        reset(&folder, &how).map_err(|error| find::unreachable(&folder, &error))?;
        context
            .output
            .notice("the rooms of the local server are empty");
        Ok(Exit::Done)
    }
}

fn reset(folder: &Folder, how: &start::How) -> anyhow::Result<()> {
    if !folder.path().exists() {
        return Ok(());
    }
    let _starting = lock::to_start(folder, how.patience)?;
    let ran = stop(folder)?;
    folder.delete_store()?;
    if ran {
        start::start(folder, how)?;
    }
    Ok(())
}

/// Ends the server and waits until it is gone; whether there was one.
fn stop(folder: &Folder) -> anyhow::Result<bool> {
    let Some(holder) = lock::holder(folder) else {
        return Ok(false);
    };
    let Some(pid) = holder.pid else {
        anyhow::bail!("it runs where its process can't be seen, as in another container");
    };
    for signal in [Signal::TERM, Signal::KILL] {
        // Whether it is the server still is asked again right before: a number may be another process's soon.
        if lock::holder(folder) == Some(holder) {
            let _ = kill_process(pid, signal);
        }
        if lock::falls_free(folder, PATIENCE) {
            return Ok(true);
        }
    }
    anyhow::bail!("process {pid} does not end")
}
