//! `chatctl config edit`.

use std::process::Command;

use clap::Args;
use serde_json::json;

use super::document;
use super::outcome::Outcome;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::settings::{Config, Flags};

/// Edit the config file
///
/// Opens it in VISUAL, else EDITOR, else vi, and checks it afterwards. A faulty file stays as it was saved.
#[derive(Args)]
pub(super) struct Edit {}

/// What a new file begins with.
const TEMPLATE: &str = "\
# Settings of chatctl: chatctl help settings
#
# profile = \"staging\"
#
# [profiles.staging]
# endpoint = \"nonprod:sandbox\"
# key-command = \"pass show ably/staging\"
# client-id = \"ann\"
";

impl Edit {
    #[allow(clippy::unused_self)] // As all commands have it.
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let path = document::path(context)?;
        if !path.exists() {
            document::write(&path, TEMPLATE, 0o600)?;
        }
        let editor = ["VISUAL", "EDITOR"]
            .into_iter()
            .filter_map(|name| context.environment.raw(name))
            .find(|editor| !editor.is_empty())
            .unwrap_or("vi".as_ref());
        // A shell reads the variable, as other programs have it read: it may have arguments.
        let mut script = editor.to_owned();
        script.push(" \"$@\"");
        let status = Command::new("sh")
            .arg("-c")
            .arg(&script)
            .arg(editor)
            .arg(&path)
            .status();
        let failed = |why: String| {
            let editor = editor.to_string_lossy();
            Failure::usage(format!("the editor '{editor}' {why}"))
                .hint("name one with VISUAL or EDITOR")
        };
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(failed(format!("failed: {status}")).into()),
            Err(error) => return Err(failed(format!("can't be run: {error}")).into()),
        }
        Config::load(&Flags::default(), &context.environment).check()?;
        let outcome = json!({"path": path.display().to_string()});
        context.output.print(&Outcome(outcome))?;
        Ok(Exit::Done)
    }
}
