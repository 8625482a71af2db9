//! The variables by which other programs find a server, in the forms that shells, files and CI services read.

use clap::ValueEnum;
use serde_json::Value;

use super::Context;
use super::failure::Failure;
use super::serve::Ready;
use crate::output::shell::shell_word;
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
    /// Checks that no form makes anything else of a value than its reader takes: shells run these lines, and CI services
    /// take a line break for the next variable.
    ///
    /// # Errors
    /// A value with other characters than keys, hosts and URLs have.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let strange = variables(self.ready)
            .into_iter()
            .find(|(_, value)| value.is_empty() || !value.bytes().all(is_plain));
        match strange {
            None => Ok(()),
            Some((name, _)) => Err(Failure::usage(format!(
                "{name} can't be printed: its value is empty or has characters that a shell or a .env file may take for something else"
            ))),
        }
    }

    /// Prints them in their form, whatever form of results the settings ask for: `eval` must be able to read it.
    ///
    /// # Errors
    /// As [`Context::print_in_form`].
    pub(super) fn print(&self, context: &Context) -> anyhow::Result<()> {
        self.check()?;
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
        let line = |(name, value): (&str, String)| match self.form {
            VariablesForm::Shell => format!("export {name}={}", shell_word(&value)),
            // Readers of such files differ in their escapes: `checked` has let no value through that needs one.
            VariablesForm::Dotenv => format!("{name}=\"{value}\""),
            VariablesForm::Github | VariablesForm::Json => format!("{name}={value}"),
        };
        match self.form {
            VariablesForm::Json => self.json().to_string(),
            _ => variables(self.ready).map(line).join("\n"),
        }
    }
}

/// The characters of keys, hosts and URLs, none of which any form takes for more than itself within quotes.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=:[]%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_would_be_executed_are_refused() {
        let ready = |key: &str| Ready {
            url: "http://[::1]:9080".to_owned(),
            endpoint: "::1".to_owned(),
            port: 9080,
            tls: false,
            keys: vec![key.to_owned()],
            admin_token: None,
            control_url: None,
            control_token: None,
        };
        let check = |key: &str| {
            let form = VariablesForm::Shell;
            let ready = ready(key);
            let ready = &ready;
            Variables { form, ready }.check().is_ok()
        };
        assert!(check("a.b:c-_.~+/="));
        for key in [
            "",
            "a.b:c'",
            "a.b:c\nLD_PRELOAD=x",
            "a.b:c$(x)",
            "a.b:c`x`",
            "a.b:c\\",
            "a.b:\"c",
            "a.b:é",
        ] {
            assert!(!check(key), "{key:?}");
        }
    }
}
