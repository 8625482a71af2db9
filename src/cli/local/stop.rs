//! `chatctl local stop` and `chatctl local reset`.

use std::time::Duration;

use clap::Args;
use http::Method;
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};

use super::access::how;
use super::folder::{Folder, State};
use super::{find, lock};
use crate::chat_core::auth::Credential;
use crate::chat_core::client::rest::{Call, segment};
use crate::chat_core::client::{Authorizer, Rest};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render};

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
/// The server's key and port stay what they are. If it runs, its clients stay connected and are told that what they
/// know is gone; apps that were made in it are not touched. On a terminal it asks first; elsewhere it needs --force.
#[derive(Args)]
pub(super) struct Reset {
    /// Do not ask
    #[arg(long)]
    force: bool,
}

impl Stop {
    pub(super) fn run(context: &Context) -> anyhow::Result<Exit> {
        let folder = Folder::of(&context.environment)?;
        let stopped = stop(&folder).map_err(|error| find::unreachable(&folder, error))?;
        context.output.notice(if stopped {
            "the local server has stopped"
        } else {
            "the local server does not run"
        });
        context.output.print(&Outcome("stopped", stopped))?;
        Ok(Exit::Done)
    }
}

impl Reset {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let folder = Folder::of(&context.environment)?;
        let question = "Delete what is in all rooms of the local server?";
        let refusal = "what is in all rooms of the local server would be deleted";
        if !self.force && !context.confirm(question, refusal)? {
            return Ok(Exit::No);
        }
        let how = how(context)?;
        reset(context, &folder, how.patience).map_err(|error| find::unreachable(&folder, error))?;
        context
            .output
            .notice("the rooms of the local server are empty");
        context.output.print(&Outcome("reset", true))?;
        Ok(Exit::Done)
    }
}

/// What was done, for programs: people have been told.
struct Outcome(&'static str, bool);

impl Render for Outcome {
    fn json(&self) -> Value {
        json!({ self.0: self.1 })
    }

    fn table(&self, _: Look) -> String {
        String::new()
    }
}

fn reset(context: &Context, folder: &Folder, patience: Duration) -> anyhow::Result<()> {
    if !folder.path().exists() {
        return Ok(());
    }
    // Nobody starts one meanwhile.
    let _starting = lock::to_start(folder, patience)?;
    if let Some(state) = find::running(folder) {
        return reset_running(context, folder, &state);
    }
    stop(folder)?;
    folder.delete_store()
}

/// Has the server empty the rooms itself.
fn reset_running(context: &Context, folder: &Folder, state: &State) -> anyhow::Result<()> {
    let key = folder.key(&context.random)?;
    let path = format!("/apps/{}/reset", segment(key.app_id()));
    let authorizer = Authorizer::fixed(Credential::Key(key), None);
    let rest = Rest::new(context.options_at(Endpoint::parse(&state.url)?, authorizer)?);
    let call = Call {
        method: Method::POST,
        path,
        query: Vec::new(),
        body: None,
        version: 6,
    };
    context.block_on(async { Ok(rest.call(&call).await.map(drop)?) })
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
