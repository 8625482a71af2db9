//! `chatctl local env`: the variables by which other programs find the local server.

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::found_or_started;
use crate::cli::Context;
use crate::cli::exec::environment::variables;
use crate::cli::exit::Exit;
use crate::output::{Look, Render};

/// Print the variables that lead other programs to the local server, starting it if it does not run
///
///   eval "$(chatctl local env)"
///   chatctl local env --format dotenv > .env.local
///   chatctl local env --format github >> "$GITHUB_ENV"
///   chatctl local env --jq .ABLY_API_KEY
///
/// The key and the port stay the same from one start to the next, as long as no other program takes the port. A server
/// that nobody uses stops after 15 minutes: this command starts it again.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Env {
    /// How the variables are written
    #[arg(long, value_name = "FORM", default_value = "shell")]
    format: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// For `eval` in a shell
    Shell,
    /// For a `.env` file
    Dotenv,
    /// One JSON object
    Json,
    /// For the file that `GITHUB_ENV` names
    Github,
}

impl Env {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let ready = found_or_started(context)?;
        context.output.print(&Printed {
            form: self.format,
            variables: variables(&ready),
        })?;
        Ok(Exit::Done)
    }
}

struct Printed {
    form: Form,
    variables: [(&'static str, String); 6],
}

impl Render for Printed {
    fn json(&self) -> Value {
        self.variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn table(&self, _: Look) -> String {
        // Keys are generated, and nothing else in a value is of anybody's choice: only a shell is to be feared.
        let line = |(name, value): &(&str, String)| match self.form {
            Form::Shell => format!("export {name}='{}'", value.replace('\'', r"'\''")),
            Form::Dotenv => format!("{name}=\"{value}\""),
            Form::Github | Form::Json => format!("{name}={value}"),
        };
        match self.form {
            Form::Json => self.json().to_string(),
            _ => self
                .variables
                .iter()
                .map(line)
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }
}
