//! The variables by which other programs find a server, in the forms that shells, files and CI services read.

use clap::ValueEnum;
use serde_json::Value;

use super::Context;
use super::serve::Ready;
use crate::output::{Look, Render};

/// The variables that lead to a server: those of this program, of Ably's SDKs and docs, and of Ably's own command line
/// (`ABLY_URL`).
pub(super) fn variables(ready: &Ready) -> [(&'static str, String); 6] {
    [
        (
            "ABLY_API_KEY",
            ready.keys.first().cloned().unwrap_or_default(),
        ),
        ("ABLY_ENDPOINT", ready.endpoint.clone()),
        ("ABLY_PORT", ready.port.to_string()),
        ("ABLY_TLS", ready.tls.to_string()),
        ("ABLY_URL", ready.url.clone()),
        ("CHATCTL_URL", ready.url.clone()),
    ]
}

/// The form that variables are written in.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum VariablesForm {
    /// For `eval` in a shell
    Shell,
    /// For a `.env` file
    Dotenv,
    /// One JSON object
    Json,
    /// For the file that `GITHUB_ENV` names
    Github,
}

/// The variables that lead to a server, in a form.
pub(super) struct Variables<'a> {
    /// The form.
    pub(super) form: VariablesForm,
    /// The server.
    pub(super) ready: &'a Ready,
}

impl Variables<'_> {
    /// Prints them in their form, whatever form of results the settings ask for: `eval` must be able to read it.
    ///
    /// # Errors
    /// As [`Context::print_in_form`].
    pub(super) fn print(&self, context: &Context) -> anyhow::Result<()> {
        let is_json = matches!(self.form, VariablesForm::Json);
        context.print_in_form(self, is_json, |look| self.table(look) + "\n")
    }
}

impl Render for Variables<'_> {
    fn json(&self) -> Value {
        variables(self.ready)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn table(&self, _: Look) -> String {
        // The values (keys, hosts and URLs) have no character that needs an escape in any of these forms.
        let line = |(name, value): (&str, String)| match self.form {
            VariablesForm::Shell => format!("export {name}='{value}'"),
            VariablesForm::Dotenv => format!("{name}=\"{value}\""),
            VariablesForm::Github | VariablesForm::Json => format!("{name}={value}"),
        };
        match self.form {
            VariablesForm::Json => self.json().to_string(),
            _ => variables(self.ready).map(line).join("\n"),
        }
    }
}
