//! `chatctl room join`.

mod chat;
mod commands;
mod editor;
mod outgoing;
mod own;
mod piped;
mod screen;
mod show;
mod transcript;
mod tty;
mod work;

use clap::Args;

use super::send::lines::LineForm;
use super::watch::{StopConditions, Topic, Watch};
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::{Rest, Room};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::service::Service;
use crate::settings::OutputFormat;
use show::Show;

/// Join a room: send lines of standard input, print events
///
/// On a terminal this is a chat: the last messages, who is here, who types, and a line to type in. Others see this
/// client's presence and typing. Lines that begin with / are commands, which /help lists; // sends a line that begins
/// with /. Tab completes commands and names, PgUp and PgDn scroll, Ctrl-C clears the line, Ctrl-Z stops, and Ctrl-D
/// leaves, with the last of the conversation on the terminal.
///
/// Elsewhere it ends with standard input, once every line is sent and every event until then is printed, or when
/// interrupted. What it sends itself is not printed without --echo. A refused line is reported with its number, and the
/// exit code is that of the first refusal.
///
///     chatctl room join lobby
///     mkfifo answers; ./bot <answers | chatctl room join lobby --jsonl --json >answers
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Join {
    /// Room to join
    #[arg(value_name = "ROOM")]
    room: String,

    /// Kinds of events to print, separated by commas [default: messages; on a terminal
    /// messages,reactions,presence,typing,room-reactions]
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    events: Vec<Topic>,

    /// Read lines as JSON objects with text, and optionally metadata and headers
    #[arg(long)]
    jsonl: bool,

    /// Print the messages that this command sends too; those of other commands are always printed
    #[arg(long)]
    echo: bool,
}

/// The events that a chat prints by default.
const CHAT: [Topic; 5] = [
    Topic::Messages,
    Topic::Reactions,
    Topic::Presence,
    Topic::Typing,
    Topic::RoomReactions,
];

impl Join {
    /// Returns whether a person types and reads.
    fn is_chat(&self, context: &Context) -> bool {
        // Without a TERM, or with that of an editor's shell, there is no screen to draw on.
        let term = context.environment.raw("TERM").unwrap_or_default();
        context.stdin_is_terminal()
            && context.output.is_terminal()
            && !matches!(&*term.to_string_lossy(), "" | "dumb")
            && context.output.format() == OutputFormat::Table
            && context.flags.jq.is_none()
            && !self.jsonl
    }

    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let options = Service::new(context)
            .for_room(&self.room)?
            .client_options()?;
        let rest = Rest::new(options.clone());
        let room = Room::new(&rest, &self.room)?;
        let rooms = [self.room.clone()];
        let ends = StopConditions::default();
        let is_chosen = !self.events.is_empty();
        let is_chat = self.is_chat(context);
        let topics: &[Topic] = match (is_chosen, is_chat) {
            (true, _) => &self.events,
            (false, true) => &CHAT,
            (false, false) => &[Topic::Messages],
        };
        let show = Show {
            room: &self.room,
            watch: Watch::topic(&rooms, topics, &ends, &[]),
            is_chosen,
            echoes: self.echo,
        };
        if is_chat {
            let chat = chat::run(context, options.clone(), &room, &show);
            if let Some(exit) = context.block_on(chat)? {
                return Ok(exit);
            }
        }
        let form = if self.jsonl {
            LineForm::Json(NewMessage::default())
        } else {
            LineForm::Text(NewMessage::default())
        };
        context.block_on(piped::run(context, options, &room, &show, form))
    }
}
