//! `chatctl config edit`.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use clap::Args;
use serde_json::json;
use tempfile::NamedTempFile;

use super::document;
use super::outcome::Outcome;
use crate::chat_core::text;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::settings::ConfigFile;

/// Edit the config file
///
/// Opens a copy in VISUAL, else EDITOR, else vi, and checks it afterwards. A faulty text is refused (exit 2): the file
/// stays as it was, and the message says where the text is kept.
#[derive(Args)]
pub(super) struct Edit {}

/// The text of a new file.
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
        let old = document::read(&path)?;
        let before = old.as_ref().map_or(TEMPLATE, |(text, _)| text);
        let copy = EditedCopy::new(before)?;
        open_editor(copy.path(), context)?;
        let text = copy.text()?;
        let checked = ConfigFile::parse(&path, &text)
            .and_then(|file| file.check_profile(&path).map(|()| file));
        let file = match checked {
            Ok(file) => file,
            // Nothing is lost, and nothing is new.
            Err(fault) if text == before => return Err(Failure::from(fault).into()),
            Err(fault) => return Err(copy.keep(fault.into(), &path)),
        };
        if text != before || old.is_none() {
            let _lock = document::lock(&path)?;
            if document::read(&path)? != old {
                let failure = Failure::usage(format!(
                    "{} was changed by another program meanwhile",
                    path.display()
                ));
                return Err(copy.keep(failure, &path));
            }
            document::save(&path, &text, old.map(|(_, mode)| mode), &file, context)?;
        }
        let outcome = json!({"path": path.display().to_string()});
        context.output.print(&Outcome(outcome))?;
        Ok(Exit::Done)
    }
}

/// The copy of the file that the editor opens. It goes when it is dropped.
struct EditedCopy(NamedTempFile);

impl EditedCopy {
    fn new(text: &str) -> Result<Self, Failure> {
        let file = tempfile::Builder::new()
            .prefix("chatctl-config-")
            .suffix(".toml")
            .tempfile()
            .and_then(|mut file| file.write_all(text.as_bytes()).map(|()| file));
        file.map(Self).map_err(|error| {
            Failure::usage(format!("can't write a copy to edit: {error}"))
                .hint("name a folder for temporary files with TMPDIR")
        })
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// The text that the editor saved.
    fn text(&self) -> Result<String, Failure> {
        text::read_file(self.path()).map_err(|error| {
            Failure::usage(format!("can't read {}: {error}", self.path().display()))
        })
    }

    /// Keeps the copy, which was not taken for `failure`.
    fn keep(self, failure: Failure, config: &Path) -> anyhow::Error {
        let config = config.display();
        // A copy that can't be kept is not promised.
        let hint = match self.0.keep() {
            Ok((_, kept)) => format!(
                "{config} is as it was; your text is kept in {0}: mend it there and copy it to {config}",
                kept.display()
            ),
            Err(_) => format!("{config} is as it was"),
        };
        let hint = match &failure.report.hint {
            Some(first) => format!("{first}\n{hint}"),
            None => hint,
        };
        failure.hint(hint).into()
    }
}

/// Opens the user's editor, and waits for it.
///
/// # Errors
/// One that fails, or that can't be run.
fn open_editor(path: &Path, context: &Context) -> Result<(), Failure> {
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
        .arg(path)
        .status();
    let failed = |why: String| {
        let editor = editor.to_string_lossy();
        Failure::usage(format!("the editor '{editor}' {why}"))
            .hint("name one with VISUAL or EDITOR")
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!("failed: {status}"))),
        Err(error) => Err(failed(format!("can't be run: {error}"))),
    }
}
