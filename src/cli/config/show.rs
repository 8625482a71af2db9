//! `chatctl config show` and `chatctl config path`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::document;
use crate::chat_core::protocol::Format;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::local;
use crate::cli::masked::{MaskedCredential, endpoint_name};
use crate::output::{Look, Render, table::Columns};
use crate::settings::{Origin, Sourced};

/// Show the settings in force, each with its origin
///
/// Flags come before the environment, then the profile in use, then the rest of the config file. Secrets are masked; no
/// command is run and no token is fetched:
///
///     chatctl config show
///     chatctl config show --profile staging
///     chatctl config show --jq .endpoint.value
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Show {}

impl Show {
    #[allow(clippy::unused_self)] // As all commands have it.
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        context.config.check()?;
        context.output.print(&ShownSettings(shown(context)?))?;
        Ok(Exit::Done)
    }
}

struct ShownSetting {
    name: &'static str,
    value: Option<String>,
    origin: Origin,
}

/// The settings in the order of the table.
struct ShownSettings(Vec<ShownSetting>);

fn shown(context: &Context) -> anyhow::Result<Vec<ShownSetting>> {
    let settings = context.settings();
    let mut all = Vec::new();
    let mut add = |name, value: Option<String>, origin: Origin| {
        all.push(ShownSetting {
            name,
            value,
            origin,
        });
    };
    let profile = context.config.profile();
    add(
        "profile",
        profile.map(|profile| profile.name.to_string()),
        profile.map_or(Origin::Default, |profile| profile.origin.clone()),
    );
    if local::is_used(context)? {
        add("endpoint", None, Origin::LocalServer);
    } else {
        let endpoint = settings.endpoint()?;
        add(
            "endpoint",
            Some(endpoint_name(&endpoint.value)),
            endpoint.origin,
        );
    }
    match settings.authentication()? {
        Some(found) => {
            let MaskedCredential { kind, text } = MaskedCredential::of(&found.value);
            add("credential", Some(format!("{kind} {text}")), found.origin);
        }
        None if settings.is_local()? => add("credential", None, Origin::LocalServer),
        None => add("credential", None, Origin::Default),
    }
    let mut optional = |name, found: Option<Sourced<String>>| match found {
        Some(found) => add(name, Some(found.value), found.origin),
        None => add(name, None, Origin::Default),
    };
    optional("client-id", settings.client_id()?);
    let file = settings.ca_file()?;
    optional(
        "ca-file",
        file.map(|file| Sourced::new(file.value.display().to_string(), file.origin)),
    );
    let mut put = |name, value: String, origin| add(name, Some(value), origin);
    let wire = settings.wire()?;
    let format = match wire.value {
        Format::Json => "json",
        Format::MessagePack => "msgpack",
    };
    put("wire", format.to_owned(), wire.origin);
    let timeout = settings.timeout()?;
    put("timeout", duration(timeout.value), timeout.origin);
    let retry = settings.retry()?;
    put("retry", duration(retry.value), retry.origin);
    let output = settings.output()?;
    put("output", word(&output.value), output.origin);
    let level = settings.log_level()?;
    put("log-level", word(&level.value), level.origin);
    let color = settings.color()?;
    put("color", word(&color.value), color.origin);
    Ok(all)
}

/// The word for a value that is one of a few.
fn word(value: &impl ValueEnum) -> String {
    let word = value.to_possible_value();
    word.map_or_else(String::new, |word| word.get_name().to_owned())
}

/// The duration as a user writes it.
fn duration(value: Duration) -> String {
    jiff::SignedDuration::try_from(value).map_or_else(
        |_| format!("{}s", value.as_secs()),
        |value| format!("{value:#}").replace(' ', ""),
    )
}

impl Render for ShownSettings {
    fn json(&self) -> Value {
        let entries = self.0.iter().map(|shown| {
            let value = json!({"value": shown.value, "origin": shown.origin.to_string()});
            (shown.name.to_owned(), value)
        });
        Value::Object(entries.collect::<Map<_, _>>())
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["setting", "value", "origin"]);
        for shown in &self.0 {
            let value = shown.value.clone().unwrap_or_else(|| "–".to_owned());
            table.row([shown.name.to_owned(), value, shown.origin.to_string()]);
        }
        table.finish()
    }
}

/// Print the path of the config file, whether it exists or not
#[derive(Args)]
pub(super) struct ShowPath {}

impl ShowPath {
    #[allow(clippy::unused_self)] // As all commands have it.
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let path = document::path(context)?;
        context
            .output
            .print(&ShownPath(path.display().to_string()))?;
        Ok(Exit::Done)
    }
}

struct ShownPath(String);

impl Render for ShownPath {
    fn json(&self) -> Value {
        self.0.as_str().into()
    }

    fn table(&self, _: Look) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::parse_duration;

    #[test]
    fn durations_are_shown_as_they_are_written() {
        for text in ["10s", "250ms", "1h30m"] {
            assert_eq!(duration(parse_duration(text).unwrap()), text);
        }
    }
}
