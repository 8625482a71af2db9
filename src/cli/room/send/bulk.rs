//! Sends many messages in order: refusals are reported, unreachable services are tried again, and the result accounts
//! for both.

use std::fmt::Write as _;
use std::time::Instant;

use indicatif::ProgressBar;
use ring::digest::{SHA256, digest};
use tokio::sync::mpsc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::checkpoint::Checkpoint;
use super::lines::InputLine;
use super::pace::{Pace, Rate};
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::Room;
use crate::chat_core::client::retry::RetryPolicy;
use crate::chat_core::client::room::HistoryQuery;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{self, Failure};
use crate::cli::process::signals;
use crate::cli::room::view::SentMessage;
use crate::output::query::JqError;
use crate::output::{Closed, progress};

/// The source of the messages.
pub(in crate::cli::room) enum MessageSource {
    /// One message many times, `{n}` in its text numbered.
    Numbered {
        /// The message.
        message: NewMessage,
        /// The number of messages.
        count: u64,
        /// The number of the next message.
        next: u64,
    },
    /// The lines of a stream.
    Lines(mpsc::Receiver<std::io::Result<InputLine>>),
}

impl MessageSource {
    /// One message, `count` times.
    pub(super) fn numbered(message: NewMessage, count: u64) -> Self {
        Self::Numbered {
            message,
            count,
            next: 1,
        }
    }

    async fn next(&mut self) -> std::io::Result<Option<InputLine>> {
        match self {
            Self::Numbered {
                message,
                count,
                next,
            } => {
                let number = *next;
                *next += 1;
                let text = message.text.replace("{n}", &number.to_string());
                Ok((number <= *count).then(|| InputLine {
                    number,
                    message: Ok(Some(NewMessage {
                        text,
                        ..message.clone()
                    })),
                    origin: None,
                    fingerprint: Vec::new(),
                }))
            }
            Self::Lines(lines) => lines.recv().await.transpose(),
        }
    }
}

/// Many messages that are being sent.
pub(in crate::cli::room) struct Bulk<'a> {
    context: &'a Context,
    room: &'a Room<'a>,
    /// The word for one of them: line or message.
    word: &'static str,
    source: MessageSource,
    pace: Option<Pace>,
    checkpoint: Option<Checkpoint>,
    /// True if messages are identified by the serials of their old room.
    is_import: bool,
    progress: ProgressBar,
    begun: Instant,
    sent: u64,
    /// The number of messages that earlier runs sent.
    already: u64,
    /// The newest message of the room before the first one was sent: an import's answers up to it are repeats.
    newest: Option<String>,
    left_out: u64,
    refused: u64,
    first_fault: Option<Exit>,
    /// True if the results have a reader.
    is_read: bool,
}

/// The reason why nothing more is sent.
struct StopReason {
    exit: Exit,
    /// True if the last line may have been sent.
    is_open: bool,
}

impl<'a> Bulk<'a> {
    /// Messages from `source`, each called `word`.
    pub(in crate::cli::room) fn new(
        context: &'a Context,
        room: &'a Room<'a>,
        word: &'static str,
        total: Option<u64>,
        source: MessageSource,
    ) -> Self {
        Self {
            context,
            room,
            word,
            source,
            pace: None,
            checkpoint: None,
            is_import: false,
            progress: new_progress(context, total),
            begun: Instant::now(),
            sent: 0,
            already: 0,
            newest: None,
            left_out: 0,
            refused: 0,
            first_fault: None,
            is_read: true,
        }
    }

    /// The same at a rate.
    pub(super) fn at(mut self, rate: Option<Rate>) -> Self {
        self.pace = rate.map(Pace::new);
        self
    }

    /// The same, continuing where an earlier run ended.
    pub(in crate::cli::room) fn resuming(mut self, checkpoint: Option<Checkpoint>) -> Self {
        self.checkpoint = checkpoint;
        self
    }

    /// The same with messages of another room: each is sent once, in any number of runs.
    pub(in crate::cli::room) fn importing(mut self) -> Self {
        self.is_import = true;
        self
    }

    /// Sends all messages.
    pub(in crate::cli::room) async fn run(mut self) -> anyhow::Result<Exit> {
        let mut signals = signals::Signals::new()?;
        let key = match &mut self.checkpoint {
            Some(checkpoint) => checkpoint.key(&self.context.random)?,
            None => self.context.random.alphanumeric(12),
        };
        if self.is_import {
            self.newest = newest(self.room).await;
        }
        let mut last = 0;
        loop {
            let line = tokio::select! {
                biased;
                _ = signals.next() => return Ok(self.ended_early(last, &StopReason::interrupted(false))),
                line = self.source.next() => line?,
            };
            let Some(line) = line else {
                break;
            };
            last = line.number;
            if let Some(checkpoint) = &mut self.checkpoint
                && checkpoint.is_done(&line)?
            {
                if matches!(line.message, Ok(Some(_))) {
                    self.already += 1;
                }
                self.progress.inc(1);
                continue;
            }
            let done = tokio::select! {
                done = self.send_line(line, &key) => done?,
                // The message on its way may have arrived: with --resume it is not sent twice.
                _ = signals.next() => return Ok(self.ended_early(last - 1, &StopReason::interrupted(true))),
            };
            if let Some(stop) = done {
                return Ok(self.ended_early(last - 1, &stop));
            }
            if let Some(checkpoint) = &mut self.checkpoint {
                checkpoint.done(last)?;
            }
        }
        self.progress.finish_and_clear();
        if let Some(checkpoint) = &self.checkpoint {
            checkpoint.ended(last)?;
        }
        if self.refused > 0 {
            self.context.output.message(&self.counts());
        } else if self.already > 0 || self.is_import || self.is_shown() {
            self.context.output.notice(&self.counts());
        }
        Ok(self.first_fault.unwrap_or(Exit::Done))
    }

    /// Sends a line. Returns a reason if nothing can be sent any more.
    async fn send_line(
        &mut self,
        line: InputLine,
        key: &str,
    ) -> anyhow::Result<Option<StopReason>> {
        let name = format!("{} {}", self.item(), line.number);
        let message = match line.message {
            Ok(Some(message)) => message,
            Ok(None) => {
                self.left_out += 1;
                return Ok(None);
            }
            Err(fault) => {
                self.refuse(&Failure::usage(format!("{name}: {fault}")).into());
                return Ok(None);
            }
        };
        if let Some(pace) = &mut self.pace {
            pace.wait().await;
        }
        let key = match line.origin.filter(|_| self.is_import) {
            Some(serial) => import_key(&serial),
            None => format!("{key}-{}", line.number),
        };
        let sending = self
            .room
            .send_once(&message, Some(&key), RetryPolicy::Service);
        let unsent = match sending.await {
            Ok(sent) => {
                if self.newest.as_ref() >= Some(&sent.serial) {
                    self.already += 1;
                } else {
                    self.sent += 1;
                }
                if self.is_read {
                    let print = || self.context.output.print_item(&SentMessage(sent));
                    match self.progress.suspend(print) {
                        // Messages are sent even without a reader of the results.
                        Err(error) if error.is::<Closed>() => self.is_read = false,
                        // What ended the filter ends the sending next.
                        Err(error) if JqError::is_stop(&error) => {}
                        printed => printed?,
                    }
                }
                self.progress.inc(1);
                return Ok(None);
            }
            Err(unsent) => unsent,
        };
        let error = anyhow::Error::from(unsent.error);
        if unsent.is_about_the_message {
            self.refuse(&error.context(name));
            return Ok(None);
        }
        let error = error.context(if unsent.outcome_unknown {
            format!("{name} may have been sent")
        } else {
            format!("{name} was not sent")
        });
        let exit = failure::report(&self.context.output, &error);
        Ok(Some(StopReason {
            exit: self.first_fault.unwrap_or(exit),
            is_open: unsent.outcome_unknown,
        }))
    }

    fn refuse(&mut self, error: &anyhow::Error) {
        self.refused += 1;
        let exit = self
            .progress
            .suspend(|| failure::report(&self.context.output, error));
        self.first_fault.get_or_insert(exit);
    }

    /// Reports how far it came, `last` being the last one that is done.
    fn ended_early(&self, last: u64, stop: &StopReason) -> Exit {
        self.progress.finish_and_clear();
        let (counts, word, next) = (self.counts(), self.item(), last + 1);
        self.context.output.message(&if stop.is_open {
            format!("{counts}; {word} {next} may have been sent; the rest were not")
        } else {
            format!("{counts}; {word} {next} and the rest were not")
        });
        stop.exit
    }

    /// The word for a part of the input, which has a number.
    fn item(&self) -> &'static str {
        match self.source {
            MessageSource::Numbered { .. } => "message",
            MessageSource::Lines(_) => "line",
        }
    }

    /// Returns whether the progress is shown to a person.
    fn is_shown(&self) -> bool {
        self.context.output.shows_progress()
    }

    fn counts(&self) -> String {
        let s = if self.sent == 1 { "" } else { "s" };
        let mut text = if self.sent == 0 && self.already > 0 {
            format!("nothing new: {} already there", self.already)
        } else {
            let mut text = format!("{} {}{s} sent", self.sent, self.word);
            if self.is_shown() {
                let _ = write!(text, " in {:.1} s", self.begun.elapsed().as_secs_f64());
            }
            if self.already > 0 {
                let _ = write!(text, ", {} already there", self.already);
            }
            text
        };
        if self.refused > 0 {
            let _ = write!(text, ", {} refused", self.refused);
        }
        if self.left_out > 0 {
            let _ = write!(text, ", {} left out", self.left_out);
        }
        text
    }
}

impl StopReason {
    fn interrupted(is_open: bool) -> Self {
        let exit = Exit::Interrupted;
        Self { exit, is_open }
    }
}

/// The idempotency key of a message with `serial` in its old room.
fn import_key(serial: &str) -> String {
    let hash = digest(&SHA256, format!("import {serial}").as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..18])
}

/// The serial of the room's newest message, if it may be read.
async fn newest(room: &Room<'_>) -> Option<String> {
    let query = HistoryQuery {
        limit: Some(1),
        ..HistoryQuery::default()
    };
    let newest = room.history(&query).await.ok()?;
    Some(newest.first()?.serial.clone())
}

fn new_progress(context: &Context, total: Option<u64>) -> ProgressBar {
    if !context.output.shows_progress() {
        return ProgressBar::hidden();
    }
    let template = match total {
        Some(_) => "sending  {wide_bar} {human_pos} of {human_len}  {rate}, {left}",
        None => "sending  {human_pos}  {rate}",
    };
    progress::bar(total, template)
}
