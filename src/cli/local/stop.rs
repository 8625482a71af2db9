//! `chatctl local stop` and `chatctl local reset`.

use std::time::Duration;

use clap::Args;
use http::Method;
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};

use super::access::how;
use super::folder::{Folder, LocalState};
use super::{find, lock};
use crate::chat_core::auth::Credential;
use crate::chat_core::client::call::{Call, segment};
use crate::chat_core::client::{Authorizer, Rest};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render};

/// The time that the server has for disconnecting its clients and ending: a little longer than its own limit.
const STOP_TIMEOUT: Duration = Duration::from_secs(8);

/// Stop the local server
///
/// Its key and port stay the same; the next command that needs it starts it again. Nothing happens if it does not run.
#[derive(Args)]
pub(super) struct LocalStop {}

/// Delete all rooms of the local server
///
/// Its key and port stay the same. If it runs, clients stay connected, and attached rooms report a discontinuity to
/// them; apps of app create are not touched. Asks on a terminal; needs --force elsewhere.
#[derive(Args)]
pub(super) struct LocalReset {
    /// Reset without asking
    #[arg(long)]
    force: bool,
}

impl LocalStop {
    pub(super) fn run(context: &Context) -> anyhow::Result<Exit> {
        let folder = Folder::of(&context.environment)?;
        let stopped = stop(&folder).map_err(|error| find::unreachable(&folder, error))?;
        context.output.notice(if stopped {
            "the local server has stopped"
        } else {
            "the local server does not run"
        });
        context.output.print(&StopOutcome("stopped", stopped))?;
        Ok(Exit::Done)
    }
}

impl LocalReset {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let folder = Folder::of(&context.environment)?;
        let question = "Delete every room on the local server?";
        let refusal = "this would delete every room on the local server";
        if !self.force && !context.confirm(question, refusal)? {
            return Ok(Exit::No);
        }
        let how = how(context)?;
        reset(context, &folder, how.timeout).map_err(|error| find::unreachable(&folder, error))?;
        context
            .output
            .notice("the rooms of the local server are empty");
        context.output.print(&StopOutcome("reset", true))?;
        Ok(Exit::Done)
    }
}

/// The outcome, for programs: people get a notice.
struct StopOutcome(&'static str, bool);

impl Render for StopOutcome {
    fn json(&self) -> Value {
        json!({ self.0: self.1 })
    }

    fn table(&self, _: Look) -> String {
        String::new()
    }
}

fn reset(context: &Context, folder: &Folder, timeout: Duration) -> anyhow::Result<()> {
    if !folder.path().exists() {
        return Ok(());
    }
    // No other command starts one meanwhile.
    let _starting = lock::lock_start(folder, timeout)?;
    if let Some(state) = find::running(folder) {
        return reset_running(context, folder, &state);
    }
    stop(folder)?;
    folder.delete_store()
}

/// Lets the server delete the rooms itself.
fn reset_running(context: &Context, folder: &Folder, state: &LocalState) -> anyhow::Result<()> {
    let key = folder.key(&context.random)?;
    let path = format!("/apps/{}/reset", segment(key.app_id()));
    let authorizer = Authorizer::fixed(Credential::Key(key), None);
    let rest = Rest::new(context.local_options(Endpoint::parse(&state.url)?, authorizer)?);
    let call = Call {
        method: Method::POST,
        path,
        query: Vec::new(),
        body: None,
        version: 6,
    };
    context.block_on(async { Ok(rest.call(&call).await.map(drop)?) })
}

/// Ends the server and waits until it is gone. Returns whether there was one.
fn stop(folder: &Folder) -> anyhow::Result<bool> {
    let Some(holder) = lock::holder(folder) else {
        return Ok(false);
    };
    let Some(pid) = holder.pid else {
        anyhow::bail!("its process can't be seen from here, as in another container");
    };
    for signal in [Signal::TERM, Signal::KILL] {
        // Checked again right before the signal: another process may have the id soon.
        if lock::holder(folder) == Some(holder) {
            let _ = kill_process(pid, signal);
        }
        if lock::wait_until_free(folder, STOP_TIMEOUT) {
            return Ok(true);
        }
    }
    anyhow::bail!("process {pid} does not end")
}
