//! `moderation check`: asks a rule by hand.

use clap::Args;
use http::Method;
use serde_json::{Map, Value, json};

use crate::chat_core::client;
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::output::{Look, Render};

/// Ask a rule of the server about a text, without sending it
///
/// Prints accept, replace with the text that takes its place, reject with the reasons, or undecided with what went wrong;
/// exits 1 where the message would not be published.
///
///     chatctl moderation check no-insults 'what an idiot'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CheckRule {
    /// Id of the rule
    #[arg(value_name = "RULE")]
    rule: String,

    /// Text of the message; - reads standard input
    #[arg(value_name = "TEXT")]
    text: String,

    /// Room that the message is for; the rule is asked whatever its filter says
    #[arg(long, value_name = "ROOM", default_value = "lobby")]
    room: String,

    /// Metadata of the message, a JSON object
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,

    /// Headers of the message, a flat JSON object
    #[arg(long, value_name = "JSON")]
    headers: Option<String>,

    /// User claim of the sender's token
    #[arg(long, value_name = "VALUE")]
    user_claim: Option<String>,
}

impl CheckRule {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let text = match self.text.as_str() {
            "-" => context.text_argument("-")?,
            text => text.to_owned(),
        };
        let settings = context.settings();
        let client_id = settings.client_id()?.map(|found| found.value);
        let body = json!({
            "rule": self.rule,
            "text": text,
            "roomName": self.room,
            "clientId": client_id.unwrap_or_else(|| "somebody".to_owned()),
            "metadata": object(context, "--metadata", self.metadata.as_deref())?,
            "headers": object(context, "--headers", self.headers.as_deref())?,
            "userClaim": self.user_claim,
        });
        let path = "moderation/check";
        let verdict =
            context.block_on(async { admin.ask(Method::POST, path, &[], Some(&body)).await });
        let verdict = verdict.map_err(|error| match error.downcast::<client::Error>() {
            Ok(client::Error::Refused(refusal)) if refusal.code == 40400 => {
                anyhow::Error::from(Failure::new(Exit::No, refusal.message))
            }
            Ok(other) => other.into(),
            Err(other) => other,
        })?;
        let is_published = match verdict["verdict"].as_str() {
            Some("reject") => false,
            Some("undecided") => verdict["failedAction"] == "PUBLISH",
            _ => true,
        };
        context.output.print(&Verdict(verdict))?;
        Ok(if is_published { Exit::Done } else { Exit::No })
    }
}

/// Reads an argument that is a JSON object; an empty one where it is not given.
fn object(
    context: &Context,
    argument: &str,
    given: Option<&str>,
) -> anyhow::Result<Map<String, Value>> {
    let Some(given) = given else {
        return Ok(Map::new());
    };
    let text = context.text_argument(given)?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Failure::usage(format!("{argument}: must be a JSON object")).into()),
        Err(error) => Err(Failure::usage(format!("{argument}: invalid JSON: {error}")).into()),
    }
}

struct Verdict(Value);

impl Render for Verdict {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        let verdict = &self.0;
        let name = verdict["verdict"].as_str().unwrap_or_default();
        let more = match name {
            "replace" => verdict["message"]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            "reject" => {
                let members = verdict["detail"].as_object().into_iter().flatten();
                let members = members
                    .map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or_default()));
                let members: Vec<String> = members.collect();
                let code = &verdict["code"];
                if members.is_empty() {
                    code.to_string()
                } else {
                    format!("{code}, {}", members.join(", "))
                }
            }
            "undecided" => {
                let why = verdict["error"]["message"].as_str().unwrap_or_default();
                let action = match verdict["failedAction"].as_str() {
                    Some("PUBLISH") => "the message would be published",
                    _ => "the message would be refused",
                };
                format!("{why}; {action}")
            }
            _ => String::new(),
        };
        if more.is_empty() {
            name.to_owned()
        } else {
            format!("{name}: {more}")
        }
    }
}
