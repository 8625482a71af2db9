//! A chat on a terminal: the conversation, who is here and who types, and a line to type in. Presence and typing are
//! shown, and sent.

use std::time::Duration;

use tokio::time::Instant;

use super::commands::{COMMANDS, TypedLine, candidates};
use super::editor::Editor;
use super::screen::View;
use super::show::Show;
use super::transcript::{Tone, Transcript};
use super::tty::{Terminal, TerminalEvent};
use super::work::{Done, Work};
use crate::chat_core::chat::event::EventKind;
use crate::chat_core::chat::typing::{HEARTBEAT, to_wire};
use crate::chat_core::chat::{ChatMessage, Member, RoomEvent};
use crate::chat_core::client::connection::{Publication, Rooms, SubscriptionEvent};
use crate::chat_core::client::{Options, Room};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{ChannelModes, PresenceAction, PresenceMessage};
use crate::cli::exit::Exit;
use crate::cli::local;
use crate::cli::process::signals::Signals;
use crate::cli::room::describe::describe;
use crate::cli::{Context, failure};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The number of messages of the history that a chat begins with.
const HISTORY: usize = 10;

/// The most messages that are read to close a gap.
const GAP: usize = 100;

/// The shortest time between two screens.
const FRAME: Duration = Duration::from_millis(15);

/// The most members whose names are kept.
const MAX_MEMBERS: usize = 10_000;

/// A running chat.
struct Chat<'a> {
    context: &'a Context,
    show: &'a Show<'a>,
    service: String,
    rooms: Rooms,
    terminal: Terminal,
    work: Work<'a>,
    editor: Editor,
    transcript: Transcript,
    /// The members: connection and client. `None` where presence can't be seen.
    members: Vec<(String, String)>,
    typers: Vec<String>,
    /// The number of rows that the conversation is scrolled back.
    scroll: usize,
    /// The time of the last typing indicator.
    typing_since: Option<Instant>,
    /// True if the connection is lost.
    is_down: bool,
    /// True if a gap is to be closed once the room is attached again.
    has_gap: bool,
    is_dirty: bool,
    drawn: Instant,
    /// The number of entries that were ever added, when the screen was drawn.
    drawn_entries: u64,
}

/// Whether the chat goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Stay,
    Leave,
}

/// Runs a chat until the person ends it; `None` where the terminal can't show it.
///
/// # Errors
/// A room that can't be joined, or not be followed any more.
pub(super) async fn run(
    context: &Context,
    options: Options,
    room: &Room<'_>,
    show: &Show<'_>,
) -> anyhow::Result<Option<Exit>> {
    let mut signals = Signals::new()?;
    let mut plan = show.watch.plan(show.room, None);
    plan.optional_modes |=
        ChannelModes::PUBLISH | ChannelModes::PRESENCE | ChannelModes::PRESENCE_SUBSCRIBE;
    if !show.is_chosen {
        // Presence is shown where the credentials permit it.
        plan.modes -= ChannelModes::PRESENCE_SUBSCRIBE;
    }
    let service = if local::is_used(context)? {
        "local server".to_owned()
    } else {
        let base = options.endpoint.http_base();
        base.split("://").last().unwrap_or_default().to_owned()
    };
    let mut rooms = Rooms::new(options, vec![plan]);
    rooms.listening().await?;
    let Some(terminal) = Terminal::open() else {
        rooms.close().await;
        return Ok(None);
    };
    let mut chat = Chat {
        context,
        show,
        service,
        rooms,
        terminal,
        work: Work::new(room),
        editor: Editor::default(),
        transcript: Transcript::default(),
        members: Vec::new(),
        typers: Vec::new(),
        scroll: 0,
        typing_since: None,
        is_down: false,
        has_gap: false,
        is_dirty: true,
        drawn: Instant::now(),
        drawn_entries: 0,
    };
    chat.publish(Publication::Presence(vec![member(PresenceAction::Enter)]));
    if show.watch.prints(EventKind::Messages) {
        chat.work.read_history(HISTORY);
    }
    let fault = chat.follow(&mut signals).await?;
    chat.leave(fault, &mut signals).await.map(Some)
}

impl Chat<'_> {
    /// Handles what happens until the person leaves. Returns the fault of the terminal, if there is one.
    async fn follow(&mut self, signals: &mut Signals) -> anyhow::Result<Option<String>> {
        loop {
            let next_frame = self.drawn + FRAME;
            let next = tokio::select! {
                _ = signals.next() => Next::Leave,
                event = self.terminal.next() => match event {
                    TerminalEvent::Failed(fault) => return Ok(Some(fault)),
                    event => self.on_terminal(event),
                },
                Some(done) = self.work.next() => {
                    self.on_done(done);
                    Next::Stay
                }
                happening = self.rooms.next() => {
                    self.happened(happening?);
                    Next::Stay
                }
                () = tokio::time::sleep_until(next_frame), if self.is_dirty => {
                    self.draw();
                    continue;
                }
            };
            if next == Next::Leave {
                return Ok(None);
            }
            self.is_dirty = true;
        }
    }

    fn on_terminal(&mut self, event: TerminalEvent) -> Next {
        match event {
            TerminalEvent::Key(key) => return self.on_key(key),
            TerminalEvent::Paste(text) => {
                self.editor.insert(&text);
                self.tell_typing();
            }
            TerminalEvent::Stop => {
                self.terminal.stop(false);
            }
            TerminalEvent::Redraw | TerminalEvent::Failed(_) => {}
        }
        Next::Stay
    }

    fn on_key(&mut self, key: KeyEvent) -> Next {
        let page = self.terminal.size().1.saturating_sub(6).max(2) / 2;
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('d' | 'c') if is_control && self.editor.is_empty() => return Next::Leave,
            KeyCode::Char('c') if is_control => self.editor.clear(),
            KeyCode::Char('z') if is_control => {
                if !self.terminal.stop(true) {
                    self.note(
                        "no shell could continue this: Ctrl-D leaves",
                        Tone::Attention,
                    );
                }
            }
            KeyCode::Char('l') if is_control => self.terminal.forget(),
            KeyCode::PageUp => self.scroll += page,
            KeyCode::PageDown => self.scroll = self.scroll.saturating_sub(page),
            KeyCode::Tab => {
                let names = self.names();
                self.editor.complete(|text| candidates(text, &names));
            }
            _ => {
                if let Some(line) = self.editor.key(key) {
                    self.scroll = 0;
                    self.tell_typing();
                    return self.on_line(&line);
                }
            }
        }
        self.tell_typing();
        Next::Stay
    }

    /// The names that Tab completes: who wrote last, then who is here.
    fn names(&self) -> Vec<String> {
        let mut names = self.transcript.authors();
        names.extend(self.members.iter().map(|(_, client)| client.clone()));
        let own = self.rooms.client_id().unwrap_or_default();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| name != own && seen.insert(name.clone()));
        names
    }

    /// Sends the typing indicator, or takes it back.
    fn tell_typing(&mut self) {
        let has_text = !self.editor.is_empty() && !self.editor.before_cursor().starts_with('/');
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

    fn on_line(&mut self, line: &str) -> Next {
        let own = self.rooms.client_id().unwrap_or_default().to_owned();
        match TypedLine::parse(line) {
            TypedLine::Message(text) => {
                let draft = self.transcript.draft(&own, &text, self.context.clock.now());
                self.work.send(draft, text);
            }
            TypedLine::Who => {
                let text = self.who();
                self.note(&text, Tone::Plain);
            }
            TypedLine::Help => self.note(&help(), Tone::Plain),
            TypedLine::Quit => return Next::Leave,
            TypedLine::Refused(fault) => self.note(&fault, Tone::Attention),
            TypedLine::React { nth, name } => {
                if let Some(message) = self.newest(nth, None) {
                    self.work.react(&message.serial, name);
                }
            }
            TypedLine::Edit { nth, text } => {
                if let Some(message) = self.newest(nth, Some(&own)) {
                    self.work.edit(&message, text);
                }
            }
            TypedLine::Delete { nth } => {
                if let Some(message) = self.newest(nth, Some(&own)) {
                    self.work.delete(&message.serial);
                }
            }
        }
        Next::Stay
    }

    /// The message that a command is about; where there is none, that is said.
    fn newest(&mut self, nth: usize, client_id: Option<&str>) -> Option<ChatMessage> {
        let found = self.transcript.newest(nth, client_id).cloned();
        if found.is_none() {
            let whose = if client_id.is_some() { " of yours" } else { "" };
            let which = if nth == 1 {
                String::new()
            } else {
                format!(" ^{nth}")
            };
            self.note(&format!("no message{which}{whose} here"), Tone::Attention);
        }
        found
    }

    fn who(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        for name in self.present() {
            let times = self.members.iter().filter(|(_, it)| *it == name).count();
            names.push(if times > 1 {
                format!("{name} ({times} times)")
            } else {
                name
            });
        }
        if names.is_empty() {
            "nobody is present".to_owned()
        } else {
            format!("here: {}", names.join(", "))
        }
    }

    /// The names of the members, each once.
    fn present(&self) -> Vec<String> {
        let mut names: Vec<String> = self.members.iter().map(|(_, name)| name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn note(&mut self, text: &str, tone: Tone) {
        self.transcript.note(None, text, tone);
    }

    fn publish(&mut self, what: Publication) {
        self.rooms.publish(self.show.room, what);
    }

    fn on_done(&mut self, done: Done) {
        let own = self.rooms.client_id().map(str::to_owned);
        match done {
            Done::Sent(draft, Ok(message)) => self.transcript.sent(draft, message),
            Done::Sent(draft, Err(error)) => self.transcript.failed(draft, format!("{error:#}")),
            Done::History(Ok(messages)) => {
                for message in messages {
                    self.rooms.mark_seen(self.show.room, &message);
                    self.transcript.message(message, own.as_deref());
                }
            }
            Done::Gap(Ok(messages)) => {
                let known = |message: &ChatMessage| self.transcript.has(&message.serial);
                let is_new = self.transcript.is_without_messages() && messages.len() < GAP;
                if !is_new && !messages.iter().any(known) {
                    self.note("some messages may be missing", Tone::Attention);
                }
                for message in messages {
                    self.rooms.mark_seen(self.show.room, &message);
                    self.transcript.message(message, own.as_deref());
                }
            }
            Done::Gap(Err(_)) => self.note("some messages may be missing", Tone::Attention),
            Done::History(Err(error)) => {
                self.note(&format!("no history: {error:#}"), Tone::Dim);
            }
            Done::Changed(what, Err(error)) => {
                self.note(&format!("can't {what}: {error:#}"), Tone::Failure);
            }
            Done::Changed(_, Ok(())) => {}
        }
    }

    fn happened(&mut self, happening: SubscriptionEvent) {
        match happening {
            SubscriptionEvent::Event { event, .. } => self.event(event),
            // One line a drop, whatever the attempts to reconnect fail for.
            SubscriptionEvent::Disconnected(_) if !std::mem::replace(&mut self.is_down, true) => {
                self.note("reconnecting…", Tone::Dim);
            }
            SubscriptionEvent::Connected { .. } => self.is_down = false,
            SubscriptionEvent::Discontinuity { .. } => self.has_gap = true,
            SubscriptionEvent::Attached { .. } if std::mem::take(&mut self.has_gap) => {
                self.work.read_gap(GAP);
            }
            // Presence and typing that the credentials do not permit are left out; of a message the sender is told.
            _ => {}
        }
    }

    fn event(&mut self, event: RoomEvent) {
        self.note_members(&event);
        if !self.show.shows(&event) {
            return;
        }
        let own = self.rooms.client_id().map(str::to_owned);
        let is_own = |member: &Member| Some(member.client_id.as_str()) == own.as_deref();
        match event {
            RoomEvent::Created { message } => {
                self.transcript.message(message, own.as_deref());
            }
            RoomEvent::Updated { message } | RoomEvent::Deleted { message } => {
                self.changed(message, own.as_deref());
            }
            RoomEvent::Summary {
                message_serial,
                reactions,
            } => self.transcript.reactions(&message_serial, reactions),
            RoomEvent::TypingStarted { change } | RoomEvent::TypingStopped { change } => {
                let typers = change
                    .current_typers
                    .into_iter()
                    .map(|typer| typer.client_id);
                self.typers = typers.filter(|name| Some(name) != own.as_ref()).collect();
            }
            RoomEvent::Present { .. } => {}
            RoomEvent::Enter { member } | RoomEvent::Leave { member } if is_own(&member) => {}
            event => {
                let (time, who, what) = describe(&event);
                let time = time.unwrap_or_else(|| self.rooms.now());
                self.transcript
                    .note(Some(time), format!("{who}{what}"), Tone::Dim);
            }
        }
    }

    /// Takes a changed message: in its place, or as a note where that is not in sight any more.
    fn changed(&mut self, message: ChatMessage, own: Option<&str>) {
        let who = message.version.client_id.as_deref();
        let who = who.unwrap_or(&message.client_id).to_owned();
        let text = if message.action == "message.delete" {
            format!("{who} deleted an earlier message")
        } else {
            format!("{who} edited an earlier message: {}", message.text)
        };
        let time = message.version.timestamp.map(Timestamp);
        if !self.transcript.message(message, own) {
            self.transcript.note(time, text, Tone::Dim);
        }
    }

    fn note_members(&mut self, event: &RoomEvent) {
        let key = |member: &Member| (member.connection_id.clone(), member.client_id.clone());
        match event {
            RoomEvent::Enter { member }
            | RoomEvent::Present { member }
            | RoomEvent::Update { member } => {
                let member = key(member);
                if self.members.len() < MAX_MEMBERS && !self.members.contains(&member) {
                    self.members.push(member);
                }
            }
            RoomEvent::Leave { member } => {
                let member = key(member);
                self.members.retain(|other| *other != member);
            }
            _ => {}
        }
    }

    /// Draws the screen, if the terminal takes it.
    fn draw(&mut self) {
        let (columns, rows) = self.terminal.size();
        let members = self.present();
        let added = self.transcript.added();
        if self.scroll > 0 {
            // What is read stays in sight, whatever arrives below it.
            let news = usize::try_from(added - self.drawn_entries).unwrap_or(0);
            self.scroll += self.view(&members).rows_of_newest(news, columns);
        }
        self.drawn_entries = added;
        let screen = self.view(&members).screen(columns, rows);
        self.scroll = screen.scroll;
        self.drawn = Instant::now();
        self.is_dirty = !self.terminal.draw(screen);
    }

    fn view<'v>(&'v self, members: &'v [String]) -> View<'v> {
        View {
            room: self.show.room,
            service: &self.service,
            own: self.rooms.client_id().unwrap_or_default(),
            members: (!members.is_empty()).then_some(members),
            typers: &self.typers,
            transcript: &self.transcript,
            editor: &self.editor,
            scroll: self.scroll,
            now: self.context.clock.now(),
            look: self.context.output.look(),
        }
    }

    /// Gives the terminal back, with the last of the conversation on it, sends what is typed already, and closes the
    /// connection.
    async fn leave(mut self, fault: Option<String>, signals: &mut Signals) -> anyhow::Result<Exit> {
        self.editor.clear();
        self.tell_typing();
        self.publish(Publication::Presence(vec![member(PresenceAction::Leave)]));
        let (columns, rows) = self.terminal.size();
        let last = self.view(&[]).last_rows(columns, rows.saturating_sub(2));
        let Self {
            context,
            rooms,
            terminal,
            mut work,
            ..
        } = self;
        drop(terminal);
        if !last.is_empty() {
            context
                .output
                .print_text(&format!("{}\n", last.join("\n")))?;
        }
        let mut exit = match fault {
            Some(fault) => failure::no(
                &context.output,
                format!("can't read from the terminal any more: {fault}"),
            ),
            None => Exit::Done,
        };
        loop {
            let done = tokio::select! {
                done = work.next_sent() => done,
                _ = signals.next() => {
                    exit = Exit::Interrupted;
                    None
                }
            };
            let Some((text, error)) = done else {
                break;
            };
            // The person would not know otherwise that a typed line was not sent.
            let told = failure::report(&context.output, &error.context(text));
            if exit == Exit::Done {
                exit = told;
            }
        }
        rooms.close().await;
        Ok(exit)
    }
}

fn help() -> String {
    let widest = COMMANDS
        .iter()
        .map(|(command, arguments, _)| command.len() + arguments.len())
        .max();
    let lines = COMMANDS.iter().map(|(command, arguments, what)| {
        let form = format!("{command} {arguments}");
        format!("{form:<width$}  {what}", width = widest.unwrap_or(0) + 1)
    });
    let keys =
        "Tab completes commands and names; PgUp and PgDn scroll; Ctrl-Z stops, and fg goes on";
    let lines: Vec<String> = lines.chain([keys.to_owned()]).collect();
    lines.join("\n")
}

fn member(action: PresenceAction) -> PresenceMessage {
    PresenceMessage {
        action: Some(action),
        ..PresenceMessage::default()
    }
}
