//! `chatctl room expect`.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::Value;

use super::filter::EventCondition;
use super::view::EventLine;
use crate::chat_core::chat::RoomEvent;
use crate::chat_core::client::connection::{RoomAttach, Rooms, SubscriptionEvent};
use crate::chat_core::protocol::{ChannelModes, names};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{self, Failure};
use crate::cli::process::{child, signals};
use crate::cli::service::Service;
use crate::output::Render as _;
use crate::output::query::JqError;
use crate::settings::parse_duration;

/// The number of other events that are shown.
const SHOWN: usize = 20;

/// Wait for an expected event, for scripts and tests
///
/// Prints the first event for which the jq filter is true, and exits 0. If none arrives in time, exits 1, and shows the
/// other events on standard error. Events are messages, reactions, typing and, where the credentials permit it,
/// presence.
///
///     chatctl room expect lobby '.message.text == "deployed"' -- ./deploy.sh
///     chatctl room expect lobby '.type == "message.created"' --exactly 3 --within 5s -- ./send-three.sh
///     chatctl room expect lobby .message --never '.message.text == "error"' -- ./job.sh
///
/// A command behind `--` runs once the room is attached; its standard output goes to standard error, and if it fails,
/// its status is the exit code.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Expect {
    /// Room to follow
    #[arg(value_name = "ROOM")]
    room: String,

    /// jq filter that is true for the expected event
    #[arg(value_name = "FILTER")]
    filter: String,

    /// Expect exactly N such events within the whole time; 0 for none at all
    #[arg(long, value_name = "N")]
    exactly: Option<usize>,

    /// jq filter that is true for an event that must not arrive before
    #[arg(long, value_name = "FILTER")]
    never: Option<String>,

    /// Time to wait [default: that of --timeout]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    within: Option<Duration>,

    /// Command to run once the room is attached
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The expectation, and the events so far.
struct Expectation<'a> {
    context: &'a Context,
    room: &'a str,
    wanted: EventCondition,
    never: Option<EventCondition>,
    exactly: Option<usize>,
    matched: usize,
    /// The first of the other events.
    instead: Vec<Value>,
    /// The number of other events after them.
    more: usize,
}

impl Expect {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        names::check_room(&self.room)?;
        let mut expectation = self.expectation(context)?;
        let options = Service::new(context).client_options()?;
        let within = self.within.unwrap_or(options.timeout);
        let plan = RoomAttach {
            room: self.room.clone(),
            modes: ChannelModes::SUBSCRIBE,
            optional_modes: ChannelModes::PRESENCE_SUBSCRIBE,
            ..RoomAttach::default()
        };
        context.block_on(async {
            let mut signals = signals::Signals::new()?;
            let mut rooms = Rooms::new(options, vec![plan]);
            rooms.listening().await?;
            let mut command = if self.command.is_empty() {
                None
            } else {
                Some(child::spawn_beside(&self.command)?)
            };
            let end = tokio::time::sleep(within);
            tokio::pin!(end);
            expectation.end_by(Instant::now() + within);
            let exit = loop {
                tokio::select! {
                    biased;
                    _ = signals.next() => break Exit::Interrupted,
                    () = &mut end => break expectation.time_is_up(within),
                    status = async {
                        match &mut command {
                            Some(command) => command.wait().await,
                            None => std::future::pending().await,
                        }
                    } => {
                        command = None;
                        let status = status?;
                        if !status.success() {
                            let code = child::code_of(status);
                            context.output.message(&format!(
                                "the command ended with {code} before what was expected arrived"
                            ));
                            break Exit::Status(code);
                        }
                    }
                    happening = rooms.next() => if let SubscriptionEvent::Event { event, .. } = happening?
                        && let Some(exit) = ended_is_no_answer(expectation.check(&event))?
                    {
                        break exit;
                    },
                }
            };
            rooms.close().await;
            Ok(exit)
        })
    }

    fn expectation<'a>(&'a self, context: &'a Context) -> Result<Expectation<'a>, Failure> {
        let never = self.never.as_deref();
        Ok(Expectation {
            context,
            room: &self.room,
            wanted: EventCondition::compile(context, "FILTER", &self.filter)?,
            never: never
                .map(|text| EventCondition::compile(context, "--never", text))
                .transpose()?,
            exactly: self.exactly,
            matched: 0,
            instead: Vec::new(),
            more: 0,
        })
    }
}

/// Without the answer of a filter that was ended: what ended it is the answer.
fn ended_is_no_answer(answer: anyhow::Result<Option<Exit>>) -> anyhow::Result<Option<Exit>> {
    match answer {
        Err(error) if JqError::is_stop(&error) => Ok(None),
        answer => answer,
    }
}

impl Expectation<'_> {
    /// Ends filters that still run at `deadline`.
    fn end_by(&self, deadline: Instant) {
        self.wanted.end_by(deadline);
        if let Some(never) = &self.never {
            never.end_by(deadline);
        }
        self.context.output.end_query_by(deadline);
    }

    fn check(&mut self, event: &RoomEvent) -> anyhow::Result<Option<Exit>> {
        if matches!(event, RoomEvent::Present { .. }) {
            // Members that were there before have not arrived.
            return Ok(None);
        }
        let line = EventLine {
            room: self.room,
            event,
            names_room: false,
            now: self.context.clock.now(),
        };
        let json = line.json();
        let output = &self.context.output;
        let never = self.never.as_ref();
        if never.is_some_and(|never| never.holds(&json, output)) {
            let why = format!(
                "an event that --never excludes arrived in {}: {json}",
                self.room
            );
            return Ok(Some(failure::no(output, why)));
        }
        if !self.wanted.holds(&json, output) {
            if self.instead.len() < SHOWN {
                self.instead.push(json);
            } else {
                self.more += 1;
            }
            return Ok(None);
        }
        self.matched += 1;
        match self.exactly {
            None => {
                output.print(&line)?;
                Ok(Some(Exit::Done))
            }
            Some(exactly) if self.matched > exactly => {
                let why = format!(
                    "more than the expected {exactly} arrived in {}: {json}",
                    self.room
                );
                Ok(Some(failure::no(output, why)))
            }
            Some(_) => {
                output.print_item(&line)?;
                Ok(None)
            }
        }
    }

    fn time_is_up(&self, within: Duration) -> Exit {
        if self.exactly == Some(self.matched) {
            return Exit::Done;
        }
        let output = &self.context.output;
        let expected = self.exactly.unwrap_or(1);
        for event in &self.instead {
            output.message(&event.to_string());
        }
        let came = self.instead.len() + self.more;
        let others = match came {
            0 => "no other event arrived".to_owned(),
            1 => "1 other event arrived (above)".to_owned(),
            2..=SHOWN => format!("{came} other events arrived (above)"),
            _ => format!("{came} other events arrived (the first of them above)"),
        };
        let never = self
            .never
            .as_ref()
            .map_or(String::new(), EventCondition::failed);
        failure::no(
            output,
            format!(
                "{} of {expected} expected events arrived in {} within {within:?}; {others}{}{never}",
                self.matched,
                self.room,
                self.wanted.failed(),
            ),
        )
    }
}
