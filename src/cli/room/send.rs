//! `chatctl room send`.

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value};

use super::view::Sent;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::Room;
use crate::cli::Context;
use crate::cli::exit::{Exit, UsageError};

/// Send a message to a room
///
/// Prints the serial of each message, or the message itself with --json.
///
///     chatctl room send lobby "hello"
///     echo "from a pipe" | chatctl room send lobby -
///     chatctl room send lobby "message {n}" --count 100
///
/// A text that begins with a dash needs `--` before it: chatctl room send lobby -- -5
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Send {
    /// Room to send to
    #[arg(value_name = "ROOM")]
    room: String,

    /// Text of the message; `-` reads it from standard input
    #[arg(value_name = "TEXT")]
    text: String,

    /// JSON object that the application keeps with the message; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,

    /// Flat JSON object of facts for rules and filters; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    headers: Option<String>,

    /// Send this many messages, one after the other; `{n}` in the text is the number, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
}

impl Send {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let text = if self.text == "-" {
            context.text_argument("-")?
        } else {
            self.text.clone()
        };
        if text.is_empty() {
            return Err(UsageError::new("the text is empty")
                .hint("a message has at least one character")
                .into());
        }
        let message = NewMessage {
            text,
            metadata: object(context, "--metadata", self.metadata.as_deref())?,
            headers: object(context, "--headers", self.headers.as_deref())?,
        };
        let rest = context.rest()?;
        let room = Room::new(&rest, &self.room)?;
        context.block_on(async {
            let Some(count) = self.count else {
                let sent = room.send(&message).await?;
                context.output.print(&Sent(sent))?;
                return Ok(Exit::Done);
            };
            let progress = progress(context, count);
            for number in 1..=count {
                let text = message.text.replace("{n}", &number.to_string());
                let numbered = NewMessage {
                    text,
                    ..message.clone()
                };
                let sent = room
                    .send(&numbered)
                    .await
                    .with_context(|| format!("message {number} of {count} was not sent"))?;
                progress.suspend(|| context.output.print_item(&Sent(sent)))?;
                progress.inc(1);
            }
            progress.finish_and_clear();
            Ok(Exit::Done)
        })
    }
}

/// The JSON object that an argument gives; an empty one if it is not there.
fn object(
    context: &Context,
    name: &str,
    argument: Option<&str>,
) -> anyhow::Result<Map<String, Value>> {
    let Some(argument) = argument else {
        return Ok(Map::new());
    };
    let text = context.text_argument(argument)?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(UsageError::new(format!("{name} is JSON, but no object"))
            .hint(r#"as in '{"key": "value"}'"#)
            .into()),
        Err(error) => Err(UsageError::new(format!("{name} is not JSON: {error}"))
            .hint(r#"as in '{"key": "value"}'"#)
            .into()),
    }
}

fn progress(context: &Context, count: u64) -> ProgressBar {
    if !context.output.shows_progress() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::stderr()).with_style(style)
}
