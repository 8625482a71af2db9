//! A small chat on a terminal: an input line, and events above it. Presence and typing are shown, and sent.

use std::cell::RefCell;
use std::fmt::Display;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::editor::{Editor, EditorAction};
use super::outgoing::send;
use super::own::OwnMessages;
use super::show::Show;
use crate::chat_core::chat::RoomEvent;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::chat::typing::{HEARTBEAT, to_wire};
use crate::chat_core::client::connection::{Publication, Rooms, SubscriptionEvent};
use crate::chat_core::client::{Options, Room};
use crate::chat_core::protocol::{ChannelModes, PresenceAction, PresenceMessage};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure;
use crate::cli::process::signals;
use crate::cli::room::send::lines::InputLine;
use crate::cli::room::view::EventLine;
use crate::output::Render as _;
use crate::output::table::plain;

/// A running chat.
struct Chat<'a> {
    context: &'a Context,
    show: &'a Show<'a>,
    own: &'a RefCell<OwnMessages>,
    rooms: Rooms,
    editor: Editor,
    /// The time of the last typing indicator.
    typing_since: Option<Instant>,
    lines: UnboundedSender<InputLine>,
    /// The number of lines typed.
    typed: u64,
}

/// Runs a chat until the person ends it; `None` where the terminal can't edit lines.
///
/// # Errors
/// A room that can't be joined, or not be followed any more.
pub(super) async fn run(
    context: &Context,
    options: Options,
    room: &Room<'_>,
    show: &Show<'_>,
) -> anyhow::Result<Option<Exit>> {
    let mut signals = signals::Signals::new()?;
    let mut plan = show.watch.plan(show.room, None);
    plan.optional_modes |=
        ChannelModes::PUBLISH | ChannelModes::PRESENCE | ChannelModes::PRESENCE_SUBSCRIBE;
    if !show.is_chosen {
        // Presence is shown where the credentials permit it.
        plan.modes -= ChannelModes::PRESENCE_SUBSCRIBE;
    }
    let mut rooms = Rooms::new(options, vec![plan]);
    rooms.listening().await?;
    let Some(editor) = Editor::open(format!("{}> ", plain(show.room))) else {
        rooms.close().await;
        return Ok(None);
    };
    let (lines, to_send) = unbounded_channel();
    let (faults, mut failed) = unbounded_channel();
    let own = RefCell::default();
    let sending = send_all(room, to_send, faults, &own);
    tokio::pin!(sending);
    let mut chat = Chat {
        context,
        show,
        own: &own,
        rooms,
        editor,
        typing_since: None,
        lines,
        typed: 0,
    };
    chat.enter();
    let mut terminal_fault = None;
    loop {
        tokio::select! {
            _ = signals.next() => break,
            () = &mut sending => break,
            Some(error) = failed.recv() => {
                chat.editor.print(&format!("! {}", plain(&format!("{error:#}"))));
            }
            typed = chat.editor.next() => match typed {
                EditorAction::Keys(has_text) => chat.keys(has_text),
                EditorAction::Line(text) => chat.line(text),
                EditorAction::Lost(fault) => chat.editor.print(&format!("! {fault}")),
                EditorAction::End => break,
                EditorAction::Failed(fault) => {
                    terminal_fault = Some(fault);
                    break;
                }
            },
            happening = chat.rooms.next() => {
                let happening = happening?;
                chat.happened(happening);
            }
        }
        chat.print_known();
    }
    chat.leave(sending).await;
    Ok(Some(report_faults(context, terminal_fault, failed)))
}

/// Reports the faults that the chat itself could not show any more.
fn report_faults<F: Display>(
    context: &Context,
    terminal_fault: Option<F>,
    mut failed: UnboundedReceiver<anyhow::Error>,
) -> Exit {
    let mut exit = match terminal_fault {
        Some(fault) => failure::no(
            &context.output,
            format!("can't read from the terminal any more: {fault}"),
        ),
        None => Exit::Done,
    };
    while let Ok(error) = failed.try_recv() {
        // The person would not know otherwise that a typed line was not sent.
        let fault = failure::report(&context.output, &error);
        if exit == Exit::Done {
            exit = fault;
        }
    }
    exit
}

impl Chat<'_> {
    fn enter(&mut self) {
        let who = plain(self.rooms.client_id().unwrap_or_default());
        let room = plain(self.show.room);
        self.editor
            .print(&format!("* you are {who} in {room}; Ctrl-D leaves"));
        self.publish(Publication::Presence(vec![member(PresenceAction::Enter)]));
    }

    fn publish(&mut self, what: Publication) {
        self.rooms.publish(self.show.room, what);
    }

    fn keys(&mut self, has_text: bool) {
        let is_told = self
            .typing_since
            .is_some_and(|since| since.elapsed() < HEARTBEAT);
        if has_text && !is_told {
            self.typing_since = Some(Instant::now());
            self.publish(Publication::Messages(vec![to_wire(true)]));
        } else if !has_text && self.typing_since.take().is_some() {
            self.publish(Publication::Messages(vec![to_wire(false)]));
        }
    }

    fn line(&mut self, text: String) {
        self.keys(false);
        let message = NewMessage {
            text,
            ..NewMessage::default()
        };
        self.typed += 1;
        // The receiver lives as long as this.
        let _ = self.lines.send(InputLine {
            number: self.typed,
            message: Ok(Some(message)),
            origin: None,
            fingerprint: Vec::new(),
        });
    }

    fn happened(&mut self, happening: SubscriptionEvent) {
        match happening {
            SubscriptionEvent::Event { event, .. } => self.own.borrow_mut().put(event),
            SubscriptionEvent::Connected { again: true, .. } => {
                self.editor.print("* connected again");
            }
            SubscriptionEvent::Disconnected(error) => {
                let text = format!("* disconnected, reconnecting: {}", plain(&error.message));
                self.editor.print(&text);
            }
            SubscriptionEvent::Discontinuity { .. } => {
                self.editor
                    .print("* discontinuity: events may have been missed");
            }
            // Presence and typing that the credentials do not permit are skipped; refused messages are reported.
            _ => {}
        }
    }

    fn print_known(&mut self) {
        loop {
            let next = self.own.borrow_mut().next(self.rooms.client_id());
            let Some(event) = next else {
                return;
            };
            self.event(&event);
        }
    }

    fn event(&mut self, event: &RoomEvent) {
        let own = self.rooms.client_id();
        let is_stop = matches!(event, RoomEvent::TypingStopped { .. });
        let by = match event {
            RoomEvent::TypingStarted { change } | RoomEvent::TypingStopped { change } => {
                Some(&change.typer.client_id)
            }
            RoomEvent::Enter { member }
            | RoomEvent::Leave { member }
            | RoomEvent::Update { member }
            | RoomEvent::Present { member } => Some(&member.client_id),
            _ => None,
        };
        let is_own = by.is_some_and(|by| Some(by.as_str()) == own);
        // The end of typing is shown only where the user asked for it.
        let is_noise = is_stop && !self.show.is_chosen;
        if is_own || is_noise || !self.show.shows(event) {
            return;
        }
        let line = EventLine {
            room: self.show.room,
            event,
            names_room: false,
            now: self.context.clock.now(),
        };
        self.editor.print(&line.table(self.context.output.look()));
    }

    /// Sends the lines that are typed already, leaves and closes the connection.
    async fn leave(mut self, sending: impl Future<Output = ()>) {
        self.keys(false);
        self.publish(Publication::Presence(vec![member(PresenceAction::Leave)]));
        let Self { rooms, lines, .. } = self;
        drop(lines);
        sending.await;
        rooms.close().await;
    }
}

/// Sends lines one after another, and reports errors.
async fn send_all(
    room: &Room<'_>,
    mut lines: UnboundedReceiver<InputLine>,
    faults: UnboundedSender<anyhow::Error>,
    own: &RefCell<OwnMessages>,
) {
    while let Some(line) = lines.recv().await {
        if let Some(error) = send(room, line, own).await {
            let _ = faults.send(error);
        }
    }
}

fn member(action: PresenceAction) -> PresenceMessage {
    PresenceMessage {
        action: Some(action),
        ..PresenceMessage::default()
    }
}
