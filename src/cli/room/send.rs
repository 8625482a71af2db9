//! `chatctl room send`.

mod awaited;
pub(super) mod bulk;
pub(super) mod checkpoint;
pub(super) mod lines;
mod pace;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::arguments::{headers, object, one_reads_stdin, positive, text};
use super::request::Preview;
use super::send_error::send_error;
use super::view::SentMessage;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::retry::RetryPolicy;
use crate::chat_core::client::{Rest, Room};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::service::Service;
use crate::settings::parse_duration;
use bulk::{Bulk, MessageSource};
use checkpoint::Checkpoint;
use lines::LineForm;
use pace::Rate;

/// Send messages to a room
///
/// Prints the serial of each message, or the message itself with --json.
///
///     chatctl room send lobby "hello"
///     echo "from a pipe" | chatctl room send lobby
///     chatctl room send lobby "message {n}" --count 100 --rate 10/s
///     tail -f app.log | chatctl room send lobby --lines
///     chatctl room send lobby --jsonl --resume sent.state < messages.jsonl
///     chatctl room send bot "ping" --await '.message.clientId == "bot"'
///
/// A text that begins with a dash needs `--` before it: chatctl room send lobby -- -5
///
/// Messages are sent one after another, so their order is kept, and input is read only as fast as it can be sent. A
/// refused line is reported with its number, the others are still sent, and the exit code is that of the first refusal.
/// If the service can't be reached any more, or rejects the credentials, it ends and reports how far it came.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RoomSend {
    /// Room to send to
    #[arg(value_name = "ROOM")]
    room: String,

    /// Text of the message; `-` reads it from standard input, as leaving it out does unless that is a terminal
    #[arg(value_name = "TEXT")]
    text: Option<String>,

    /// Metadata of the message, a JSON object; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,

    /// Headers for rules and filters, a flat JSON object; `-` or `@FILE` reads it
    #[arg(long, value_name = "JSON")]
    headers: Option<String>,

    /// Send N messages, one after another; `{n}` in the text is the number, from 1
    #[arg(long, value_name = "N", value_parser = positive)]
    count: Option<u64>,

    /// Send each line of standard input as a message; empty ones are left out
    #[arg(long, conflicts_with_all = ["text", "count", "jsonl"])]
    lines: bool,

    /// Send each line of standard input, a JSON object with text and optionally metadata and headers, as a message
    #[arg(long, conflicts_with_all = ["text", "count"])]
    jsonl: bool,

    /// Maximum send rate, as in 10/s, 300/m or 5 (per second)
    #[arg(long, value_name = "R", value_parser = Rate::parse)]
    rate: Option<Rate>,

    /// Record progress in FILE, and continue from there: the same input to the same room sends only the rest
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,

    /// Wait for the first event after the message for which this jq filter is true, and print it
    #[arg(long = "await", value_name = "FILTER", conflicts_with_all = ["lines", "jsonl", "count"])]
    awaited: Option<String>,

    /// Time to wait for it, then exit 1 [default: that of --timeout]
    #[arg(long, value_name = "DURATION", requires = "awaited", value_parser = parse_duration)]
    within: Option<Duration>,

    #[command(flatten)]
    preview: Preview,
}

impl RoomSend {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let is_many = self.lines || self.jsonl || self.count.is_some();
        if self.preview.is_wanted() && (is_many || self.awaited.is_some()) {
            return Err(Failure::usage("only the request of a single message can be shown").into());
        }
        if self.resume.is_some() && !(self.lines || self.jsonl) {
            return Err(Failure::usage("--resume is for --lines and --jsonl").into());
        }
        let message = self.message(context)?;
        let mut options = Service::new(context)
            .for_room(&self.room)?
            .client_options()?;
        self.preview.prepare(&mut options);
        let rest = Rest::new(options);
        let room = Room::new(&rest, &self.room)?;
        if self.preview.is_wanted() {
            let call = room.sending(&message, None);
            self.preview.show(context, rest.options(), &[call])?;
            return Ok(Exit::Done);
        }
        if let Some(filter) = &self.awaited {
            let within = self.within.unwrap_or(rest.options().timeout);
            let options = rest.options().clone();
            return awaited::run(
                context, options, &room, &self.room, &message, filter, within,
            );
        }
        let form = match (self.lines, self.jsonl) {
            (true, _) => Some(LineForm::Text(message.clone())),
            (_, true) => Some(LineForm::Json(message.clone())),
            _ => None,
        };
        let checkpoint = self
            .resume
            .as_deref()
            .map(|path| Checkpoint::open(path, &self.room))
            .transpose()?;
        context.block_on(async {
            let bulk = match (form, self.count) {
                (Some(form), _) => {
                    let total = None;
                    let source = MessageSource::Lines(lines::read(context.take_stdin(), form));
                    Bulk::new(context, &room, "line", total, source)
                }
                (None, Some(count)) => {
                    let source = MessageSource::numbered(message, count);
                    Bulk::new(context, &room, "message", Some(count), source)
                }
                (None, None) => {
                    let sending = room.send_once(&message, None, RetryPolicy::Answers);
                    let sent = sending.await.map_err(send_error)?;
                    context.output.print(&SentMessage(sent))?;
                    return Ok(Exit::Done);
                }
            };
            bulk.at(self.rate).resuming(checkpoint).run().await
        })
    }

    /// The message, or the base of every line's message.
    fn message(&self, context: &Context) -> anyhow::Result<NewMessage> {
        let reads_lines = self.lines || self.jsonl;
        one_reads_stdin(&[
            ("--lines", self.lines.then_some("-")),
            ("--jsonl", self.jsonl.then_some("-")),
            ("TEXT", self.text.as_deref()),
            ("--metadata", self.metadata.as_deref()),
            ("--headers", self.headers.as_deref()),
        ])?;
        let others = [self.metadata.as_deref(), self.headers.as_deref()];
        let is_stdin_free = !context.stdin_is_terminal() && !others.contains(&Some("-"));
        let text = match self.text.as_deref() {
            Some("-") => text(context, "-")?,
            Some(text) => text.to_owned(),
            None if reads_lines => String::new(),
            None if is_stdin_free => text(context, "-")?,
            None => {
                return Err(Failure::usage("the TEXT to send is missing")
                    .hint("give it, read it from standard input with `-`, or send each line of standard input with --lines")
                    .into());
            }
        };
        if text.is_empty() && !reads_lines {
            let is_stdin = self.text.as_deref().is_none_or(|text| text == "-");
            let what = if is_stdin {
                "the text is empty: standard input has none"
            } else {
                "the text is empty"
            };
            return Err(Failure::usage(what)
                .hint("a message has at least one character; give its TEXT, or pipe it in")
                .into());
        }
        Ok(NewMessage {
            text,
            metadata: object(context, "--metadata", self.metadata.as_deref())?,
            headers: headers(context, self.headers.as_deref())?,
        })
    }
}
