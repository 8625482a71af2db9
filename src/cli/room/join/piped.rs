//! A chat without a terminal: lines of standard input are sent, events are printed.

use std::cell::RefCell;

use super::outgoing::send;
use super::own::OwnMessages;
use super::show::Show;
use crate::chat_core::chat::RoomEvent;
use crate::chat_core::client::connection::{Rooms, SubscriptionEvent};
use crate::chat_core::client::{Options, Room};
use crate::cli::exit::Exit;
use crate::cli::process::signals::Signals;
use crate::cli::room::send::lines::{self, LineForm};
use crate::cli::room::view::EventLine;
use crate::cli::{Context, failure, pipe};
use crate::output::Closed;

/// A running chat.
struct PipedChat<'a> {
    context: &'a Context,
    show: &'a Show<'a>,
    own: &'a RefCell<OwnMessages>,
    rooms: Rooms,
    /// True if all input is sent.
    is_sent: bool,
    /// True if the results still have a reader.
    is_read: bool,
    first_fault: Option<Exit>,
}

/// Sends the lines of standard input and prints events, until the input is sent and the events until then are printed.
///
/// # Errors
/// A room that can't be joined, or not be followed any more.
pub(super) async fn run(
    context: &Context,
    options: Options,
    room: &Room<'_>,
    show: &Show<'_>,
    form: LineForm,
) -> anyhow::Result<Exit> {
    let mut signals = Signals::new()?;
    let mut rooms = Rooms::new(options, vec![show.watch.plan(show.room, None)]);
    rooms.listening().await?;
    let own = RefCell::default();
    let mut chat = PipedChat {
        context,
        show,
        own: &own,
        rooms,
        is_sent: false,
        is_read: true,
        first_fault: None,
    };
    let (faults, mut failed) = tokio::sync::mpsc::unbounded_channel();
    let sending = async {
        let mut input = lines::read(context.take_stdin(), form);
        while let Some(line) = input.recv().await {
            if let Some(error) = send(room, line?, &own).await {
                let _ = faults.send(error);
            }
        }
        anyhow::Ok(())
    };
    let closed = pipe::closed();
    tokio::pin!(sending, closed);
    loop {
        tokio::select! {
            _ = signals.next() => break,
            // Without a reader, the input is still sent.
            () = &mut closed, if chat.is_read => chat.is_read = false,
            () = std::future::ready(()), if chat.is_sent && !chat.is_read => break,
            Some(error) = failed.recv() => chat.fail(&error),
            sent = &mut sending, if !chat.is_sent => {
                sent?;
                chat.is_sent = true;
                // Events until now arrive before the answer.
                chat.rooms.ping();
            }
            happening = chat.rooms.next(), if !own.borrow().is_full() => if chat.handle(happening?) {
                break;
            },
        }
        chat.print_known()?;
    }
    chat.print_known()?;
    while let Ok(error) = failed.try_recv() {
        chat.fail(&error);
    }
    chat.rooms.close().await;
    Ok(chat.first_fault.unwrap_or(Exit::Done))
}

impl PipedChat<'_> {
    fn fail(&mut self, error: &anyhow::Error) {
        let fault = failure::report(&self.context.output, error);
        self.first_fault.get_or_insert(fault);
    }

    /// Handles what the connection reports. Returns whether the chat is over.
    fn handle(&mut self, happening: SubscriptionEvent) -> bool {
        let output = &self.context.output;
        match happening {
            SubscriptionEvent::Event { event, .. } => self.take(event),
            SubscriptionEvent::Pong => return self.is_sent,
            SubscriptionEvent::Connected { again: true, .. } => {
                output.notice("connected again");
                if self.is_sent {
                    self.rooms.ping();
                }
            }
            SubscriptionEvent::Disconnected(error) => {
                output.notice(&format!("disconnected, reconnecting: {}", error.message));
            }
            SubscriptionEvent::Discontinuity { room, .. } => output.message(&format!(
                "discontinuity in {room}: events may have been missed"
            )),
            _ => {}
        }
        false
    }

    /// Takes an event that is shown.
    fn take(&mut self, event: RoomEvent) {
        if self.is_read && self.show.shows(&event) {
            self.own.borrow_mut().put(event);
        }
    }

    /// Prints the events that are known not to be this process's own, up to the first of which that is not known.
    fn print_known(&mut self) -> anyhow::Result<()> {
        loop {
            let own = self.rooms.client_id().filter(|_| !self.show.echoes);
            let next = self.own.borrow_mut().next(own);
            let Some(event) = next else {
                return Ok(());
            };
            self.print(&event)?;
        }
    }

    fn print(&mut self, event: &RoomEvent) -> anyhow::Result<()> {
        if !self.is_read {
            return Ok(());
        }
        let printed = self.context.output.print_item(&EventLine {
            room: self.show.room,
            event,
            names_room: false,
            now: self.context.clock.now(),
        });
        match printed {
            Err(error) if error.is::<Closed>() => {
                self.is_read = false;
                Ok(())
            }
            printed => printed,
        }
    }
}
