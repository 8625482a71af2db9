//! `chatctl local status`.

use clap::Args;
use serde_json::{Value, json};

use super::find;
use super::folder::{Folder, LocalState};
use super::lock::{self, Holder};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render};

/// Show whether the local server runs, with its address and files
///
/// Exits 0 if it runs and 1 if it does not. Network commands start it where neither credentials nor an endpoint are
/// set:
///
///   chatctl room send lobby hi
///   chatctl local status
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct LocalStatus {}

impl LocalStatus {
    pub(super) fn run(context: &Context) -> anyhow::Result<Exit> {
        let folder = Folder::of(&context.environment)?;
        let report = StatusReport {
            holder: lock::holder(&folder),
            state: find::running(&folder),
            folder,
        };
        context.output.print(&report)?;
        Ok(Exit::verdict(report.state.is_some()))
    }
}

struct StatusReport {
    folder: Folder,
    holder: Option<Holder>,
    state: Option<LocalState>,
}

impl StatusReport {
    fn pid(&self) -> Option<i32> {
        let pid = self.holder?.pid?;
        Some(pid.as_raw_nonzero().get())
    }
}

impl Render for StatusReport {
    fn json(&self) -> Value {
        let mut value = json!({ "running": self.state.is_some() });
        if let Some(state) = &self.state {
            value["url"] = state.url.as_str().into();
            value["pid"] = self.pid().into();
            value["started"] = state.started.millis().into();
        }
        value["folder"] = self.folder.path().to_string_lossy().into();
        value["keyFile"] = self.folder.key_file().to_string_lossy().into();
        value["storeFile"] = self.folder.store().to_string_lossy().into();
        value["logFile"] = self.folder.log_file().to_string_lossy().into();
        value
    }

    fn table(&self, _: Look) -> String {
        let process = self
            .pid()
            .map_or_else(String::new, |pid| format!(", process {pid}"));
        let said = match (&self.state, self.holder) {
            (Some(state), _) => format!("running at {}{process}", state.url),
            (None, Some(_)) => format!("does not answer{process}"),
            (None, None) => "not running".to_owned(),
        };
        format!(
            "server  {said}\nkey     {}\nrooms   {}\nlog     {}",
            self.folder.key_file().display(),
            self.folder.store().display(),
            self.folder.log_file().display()
        )
    }
}
