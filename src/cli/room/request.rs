//! Shows requests instead of sending them.

use clap::Args;
use serde_json::{Value, json};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::chat_core::auth::Credential;
use crate::chat_core::client::call::Call;
use crate::chat_core::client::token_source::ActiveCredential;
use crate::chat_core::client::{AGENT, Options};
use crate::chat_core::protocol::Format;
use crate::cli::Context;
use crate::output::shell::shell_word;
use crate::output::{Look, Render};

/// The options that show a request.
#[derive(Args)]
pub(in crate::cli) struct Preview {
    /// Show the request without sending it
    #[arg(long, conflicts_with = "curl")]
    dry_run: bool,

    /// Print the request as a curl command, with the secret from the environment
    #[arg(long)]
    curl: bool,
}

impl Preview {
    /// Returns whether the request is only to be shown.
    pub(in crate::cli) fn is_wanted(&self) -> bool {
        self.dry_run || self.curl
    }

    /// Makes a client encode bodies as JSON, for people to read.
    pub(in crate::cli) fn prepare(&self, options: &mut Options) {
        if self.is_wanted() {
            options.format = Format::Json;
        }
    }

    /// Prints the requests.
    ///
    /// # Errors
    /// A token source that gives no token.
    pub(in crate::cli) fn show(
        &self,
        context: &Context,
        options: &Options,
        calls: &[Call],
    ) -> anyhow::Result<()> {
        let login = context.block_on(async { Ok(options.authorizer.credential().await?) })?;
        for call in calls {
            context.output.print_item(&ShownRequest {
                options,
                login: &login,
                call,
                curl: self.curl,
            })?;
        }
        Ok(())
    }
}

/// A shown request, without secrets.
struct ShownRequest<'a> {
    options: &'a Options,
    login: &'a ActiveCredential,
    call: &'a Call,
    curl: bool,
}

impl ShownRequest<'_> {
    fn url(&self) -> String {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.call.query)
            .finish();
        let mark = if query.is_empty() { "" } else { "?" };
        let base = self.options.endpoint.http_base();
        format!("{base}{}{mark}{query}", self.call.path)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("Accept", "application/json".to_owned()),
            ("X-Ably-Version", self.call.version.to_string()),
            ("Ably-Agent", AGENT.to_owned()),
        ];
        if let Some(client_id) = &self.login.client_id {
            headers.push(("X-Ably-ClientId", STANDARD.encode(client_id)));
        }
        if self.call.body.is_some() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        headers
    }

    fn body(&self) -> Option<String> {
        let body = self.call.body.as_ref()?;
        Some(String::from_utf8_lossy(body).into_owned())
    }

    fn command(&self) -> String {
        let mut lines = vec![format!(
            "curl -X {} {}",
            self.call.method,
            shell_word(&self.url())
        )];
        lines.push(match &self.login.credential {
            Some(Credential::Token(_)) => r#"-H "Authorization: Bearer $ABLY_TOKEN""#.to_owned(),
            _ => r#"-u "$ABLY_API_KEY""#.to_owned(),
        });
        for (name, value) in self.headers() {
            lines.push(format!("-H {}", shell_word(&format!("{name}: {value}"))));
        }
        if let Some(body) = self.body() {
            lines.push(format!("--data-raw {}", shell_word(&body)));
        }
        lines.join(" \\\n  ")
    }
}

impl Render for ShownRequest<'_> {
    fn json(&self) -> Value {
        if self.curl {
            return Value::String(self.command());
        }
        let headers: serde_json::Map<String, Value> = self
            .headers()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
        let body = self.body().map(|body| {
            serde_json::from_str::<Value>(&body).unwrap_or_else(|_| Value::String(body.clone()))
        });
        json!({
            "method": self.call.method.as_str(),
            "url": self.url(),
            "headers": headers,
            "body": body,
        })
    }

    fn table(&self, _: Look) -> String {
        if self.curl {
            return self.command();
        }
        let mut lines = vec![format!("{} {}", self.call.method, self.url())];
        lines.extend(
            self.headers()
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
        if let Some(body) = self.body() {
            lines.push(String::new());
            lines.push(body);
        }
        lines.join("\n")
    }
}
