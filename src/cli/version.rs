//! `chatctl version`: the version with the commit and the machine that it is built from and for.

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::noun::{Noun, NounBody, handler};
use crate::output::{Look, Render};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "version",
    "Print the version, the commit and the build",
    NounBody::Command(handler!(Version)),
)
.offline();

/// Print the version, the commit and the build
///
/// A build out of a published archive has no commit.
///
///     chatctl version
///     chatctl version --jq .version
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Version {}

impl Version {
    #[expect(clippy::unused_self, reason = "every command is run in the same way")]
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        context.output.print(&Build)?;
        Ok(Exit::Done)
    }
}

/// The build, from what the build script found.
struct Build;

const COMMIT: Option<&str> = option_env!("BUILD_COMMIT");
const TARGET: &str = env!("BUILD_TARGET");
const PROFILE: &str = env!("BUILD_PROFILE");

impl Render for Build {
    fn json(&self) -> Value {
        let mut build = json!({"version": env!("CARGO_PKG_VERSION")});
        if let Some(commit) = COMMIT {
            build["commit"] = commit.into();
        }
        build["target"] = TARGET.into();
        build["profile"] = PROFILE.into();
        build
    }

    fn table(&self, _: Look) -> String {
        let commit = COMMIT.map(|commit| format!("commit {commit}, "));
        format!(
            "{} {} ({}{TARGET}, {PROFILE} build)",
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION"),
            commit.unwrap_or_default(),
        )
    }
}
