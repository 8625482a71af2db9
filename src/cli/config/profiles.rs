//! `chatctl config list` and `chatctl config use`: the profiles.

use clap::Args;
use serde_json::{Value, json};

use super::document::Document;
use super::outcome::Outcome;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::output::{Look, Render, table::Columns};
use crate::settings::{ConfigValue, Section};

/// List the profiles of the config file
///
/// The profile in use is marked.
#[derive(Args)]
pub(super) struct List {}

/// Use a profile from now on
///
/// Sets `profile` in the config file; --profile and CHATCTL_PROFILE choose another one for a while. `chatctl config unset
/// profile` uses none again.
#[derive(Args)]
pub(super) struct Use {
    /// Name of the profile
    #[arg(value_name = "PROFILE")]
    profile_name: String,
}

struct ListedProfile {
    name: String,
    is_used: bool,
    endpoint: Option<String>,
    credential: Option<&'static str>,
    client_id: Option<String>,
}

struct Profiles(Vec<ListedProfile>);

impl List {
    #[allow(clippy::unused_self)] // As all commands have it.
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let document = Document::open(context)?;
        let used = context.config.profile();
        let text = |section: &Section, name| {
            let value = section.get(name)?;
            value.texts().first().cloned()
        };
        let profiles = document
            .file
            .profiles
            .iter()
            .map(|(name, section)| ListedProfile {
                name: name.to_string(),
                is_used: used.is_some_and(|used| used.name == *name),
                endpoint: text(section, "endpoint"),
                credential: section.credential().map(|setting| setting.name),
                client_id: text(section, "client-id"),
            });
        let profiles = Profiles(profiles.collect());
        if profiles.0.is_empty() {
            let path = document.path.display();
            context.output.notice(&format!("no profiles in {path}"));
        }
        context.output.print(&profiles)?;
        Ok(Exit::Done)
    }
}

impl Render for Profiles {
    fn json(&self) -> Value {
        let profiles = self.0.iter().map(|profile| {
            json!({
                "name": profile.name,
                "inUse": profile.is_used,
                "endpoint": profile.endpoint,
                "credential": profile.credential,
                "clientId": profile.client_id,
            })
        });
        profiles.collect()
    }

    fn table(&self, look: Look) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut table = Columns::new(look, &["", "profile", "endpoint", "credential", "client"]);
        for profile in &self.0 {
            let text = |value: Option<&str>| value.unwrap_or("–").to_owned();
            table.row([
                if profile.is_used { "*" } else { "" }.to_owned(),
                profile.name.clone(),
                text(profile.endpoint.as_deref()),
                text(profile.credential),
                text(profile.client_id.as_deref()),
            ]);
        }
        table.finish()
    }
}

impl Use {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        choose(context, &self.profile_name)
    }
}

/// Makes `name` the profile that is used.
///
/// # Errors
/// An unknown profile; a file that can't be written.
pub(super) fn choose(context: &Context, name: &str) -> anyhow::Result<Exit> {
    let mut document = Document::open_to_change(context)?;
    if document.file.profile(name).is_none() {
        return Err(document.unknown_profile(name).into());
    }
    document.set(None, "profile", &ConfigValue::Text(name.to_owned()))?;
    document.save(context)?;
    let path = document.path.display();
    context
        .output
        .notice(&format!("profile {name} is used from now on ({path})"));
    context.output.print(&Outcome(json!({"profile": name})))?;
    Ok(Exit::Done)
}
