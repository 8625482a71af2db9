//! `chatctl room join`.

mod editor;
mod outgoing;
mod show;
mod terminal;

use clap::Args;

use super::send::lines::{self, Form};
use super::view::Happened;
use super::watch::{Ends, Topic, Watch};
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::connection::{Rooms, SubscriptionEvent};
use crate::chat_core::client::{Rest, Room};
use crate::cli::exit::Exit;
use crate::cli::failure;
use crate::cli::process::signals;
use crate::cli::service::Service;
use crate::cli::{Context, pipe};
use crate::output::Closed;
use crate::settings::OutputFormat;
use outgoing::send;
use show::Show;

/// Take part in a room: lines of standard input are sent, what others do is printed
///
/// On a terminal it is a small chat: a line to type on, above it what happens, who is there and who types. Others see
/// this client in the room, and that it types. Ctrl-D or Ctrl-C leaves.
///
/// Elsewhere it ends with standard input, once all of it is sent and what came until then is printed, or when
/// interrupted. A line that is refused is named with its number, and the exit code is that of the first refusal.
///
///     chatctl room join lobby
///     mkfifo answers; ./bot <answers | chatctl room join lobby --jsonl --json >answers
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Join {
    /// Room to take part in
    #[arg(value_name = "ROOM")]
    room: String,

    /// What to print, separated by commas [default: messages; on a terminal messages,presence,typing,room-reactions]
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    events: Vec<Topic>,

    /// Each line is a JSON object with text and perhaps metadata and headers
    #[arg(long)]
    jsonl: bool,

    /// Print the messages of this connection's own client too
    #[arg(long)]
    echo: bool,
}

/// What is printed in a chat unless somebody chose.
const CHAT: [Topic; 4] = [
    Topic::Messages,
    Topic::Presence,
    Topic::Typing,
    Topic::RoomReactions,
];

impl Join {
    /// Whether a person types and reads.
    fn is_chat(&self, context: &Context) -> bool {
        context.stdin_is_terminal()
            && context.output.is_terminal()
            && context.output.format() == OutputFormat::Table
            && context.flags.jq.is_none()
            && !self.jsonl
    }

    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let options = Service::new(context).client_options()?;
        let rest = Rest::new(options.clone());
        let room = Room::new(&rest, &self.room)?;
        let rooms = [self.room.clone()];
        let ends = Ends::default();
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
            let chat = terminal::run(context, options.clone(), &room, &show);
            if let Some(exit) = context.block_on(chat)? {
                return Ok(exit);
            }
        }
        let form = if self.jsonl {
            Form::Json(NewMessage::default())
        } else {
            Form::Text(NewMessage::default())
        };
        context.block_on(async {
            let mut signals = signals::Signals::new()?;
            let mut rooms = Rooms::new(options, vec![show.watch.plan(&self.room, None)]);
            rooms.listening().await?;
            let (faults, mut failed) = tokio::sync::mpsc::unbounded_channel();
            let sending = async {
                let mut input = lines::read(context.take_stdin(), form);
                while let Some(line) = input.recv().await {
                    if let Some(error) = send(&room, line?).await {
                        let _ = faults.send(error);
                    }
                }
                anyhow::Ok(())
            };
            let closed = pipe::closed();
            tokio::pin!(sending, closed);
            let mut is_sent = false;
            let mut is_read = true;
            let mut first_fault = None;
            loop {
                tokio::select! {
                    _ = signals.next() => break,
                    // Nobody reads: what is given is sent all the same.
                    () = &mut closed, if is_read => is_read = false,
                    () = std::future::ready(()), if is_sent && !is_read => break,
                    Some(error) = failed.recv() => {
                        let fault = failure::report(&context.output, &error);
                        first_fault.get_or_insert(fault);
                    }
                    sent = &mut sending, if !is_sent => {
                        sent?;
                        is_sent = true;
                        // What was there until now comes before the answer.
                        rooms.ping();
                    }
                    happening = rooms.next() => match happening? {
                        SubscriptionEvent::Event { event, .. } if is_read && show.shows(&event, rooms.client_id()) => {
                            let printed = context.output.print_item(&Happened {
                                room: &self.room,
                                event: &event,
                                names_room: false,
                                now: context.clock.now(),
                            });
                            match printed {
                                Err(error) if error.is::<Closed>() => is_read = false,
                                printed => printed?,
                            }
                        }
                        SubscriptionEvent::Pong if is_sent => break,
                        SubscriptionEvent::Connected { again: true, .. } => {
                            context.output.notice("connected again");
                            if is_sent {
                                rooms.ping();
                            }
                        }
                        SubscriptionEvent::Disconnected(error) => {
                            context.output.notice(&format!("disconnected, reconnecting: {}", error.message));
                        }
                        SubscriptionEvent::Discontinuity { room, .. } => {
                            context.output.notice(&format!("discontinuity in {room}: events may have been missed"));
                        }
                        _ => {}
                    },
                }
            }
            while let Ok(error) = failed.try_recv() {
                let fault = failure::report(&context.output, &error);
                first_fault.get_or_insert(fault);
            }
            rooms.close().await;
            Ok(first_fault.unwrap_or(Exit::Done))
        })
    }
}
