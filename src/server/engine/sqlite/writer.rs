//! The one thread that writes to the file. It takes what has gathered while it was busy, does all of it in one
//! transaction, and tells subscribers and callers once that is committed.
//!
//! What fails to be committed has not happened: the channels that it touched are read from the file again.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use tokio::sync::{oneshot, watch};

use super::apply::{apply, load};
use super::cache::{CachedChannel, ChannelCache, PendingState};
use super::error::failed;
use super::file::LockedFile;
use super::metadata::Metadata;
use super::reset::ResetRequest;
use super::summary::SummaryCache;
use super::write;
use crate::chat_core::clock::{Clock, ClockHold};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::engine::channel::ChannelState;
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::traits::Health;

/// The most requests of one transaction.
const MAX_BATCH: usize = 1024;

/// The most channels of an app that are kept in memory.
const MAX_CHANNELS: usize = 4096;

/// The requests to the writer.
pub(super) enum WriteRequest {
    /// Does a command.
    Submit(Box<SubmitRequest>),
    /// Delivers messages that are not kept.
    Ephemeral(Box<EphemeralRequest>),
    /// Resets a channel.
    Reset(Box<ResetRequest>),
    /// Reads a channel into memory.
    Load {
        cache: Arc<ChannelCache>,
        channel: String,
        answer: AnswerSender<Arc<CachedChannel>>,
    },
    /// Writes metadata.
    Metadata {
        metadata: Metadata,
        answer: MetadataAnswer,
    },
    /// Ends the writer.
    Close,
}

impl WriteRequest {
    /// Returns whether it is about a channel of an app that was removed.
    fn is_of_removed(&self) -> bool {
        let cache = match self {
            Self::Submit(request) => &request.cache,
            Self::Ephemeral(request) => &request.cache,
            Self::Reset(request) => &request.cache,
            Self::Load { cache, .. } => cache,
            Self::Metadata { .. } | Self::Close => return false,
        };
        cache.is_removed()
    }

    /// Answers with the error of a transaction that could not be begun.
    fn refuse(self, error: &ErrorInfo) {
        let error = error.clone();
        match self {
            Self::Submit(request) => drop(request.answer.send(Err(error))),
            Self::Ephemeral(request) => drop(request.answer.send(Err(error))),
            Self::Reset(request) => drop(request.answer.send(Err(error))),
            Self::Load { answer, .. } => drop(answer.send(Err(error))),
            Self::Metadata { answer, .. } => answer(Err(error)),
            Self::Close => {}
        }
    }
}

/// A request that holds the time until it was answered.
pub(super) struct HeldRequest {
    pub(super) request: WriteRequest,
    pub(super) hold: ClockHold,
}

/// A command to be done.
pub(super) struct SubmitRequest {
    pub(super) cache: Arc<ChannelCache>,
    pub(super) channel: String,
    pub(super) command: ChannelCommand,
    pub(super) answer: AnswerSender<Arc<Entry>>,
}

/// Messages to be delivered that are not kept.
pub(super) struct EphemeralRequest {
    pub(super) cache: Arc<ChannelCache>,
    pub(super) channel: String,
    pub(super) message: Ephemeral,
    pub(super) answer: AnswerSender<()>,
}

/// The callback for whether metadata was written: `false` if it was there.
pub(super) type MetadataAnswer = Box<dyn FnOnce(Result<bool>) + Send>;

/// The sender of an answer.
pub(super) type AnswerSender<T> = oneshot::Sender<Result<T>>;

/// The results of a transaction, to be told once it has ended.
enum WriteOutcome {
    /// A command was done, for the first time if there is something to tell.
    Done {
        tell: Option<Tell>,
        entry: Arc<Entry>,
        answer: AnswerSender<Arc<Entry>>,
    },
    /// A command was refused.
    Refused(ErrorInfo, AnswerSender<Arc<Entry>>),
    /// Messages are to be told that are not kept, unless they were.
    Ephemeral {
        tell: Option<(Arc<ChannelCache>, Arc<CachedChannel>, Ephemeral)>,
        answer: AnswerSender<()>,
    },
    /// A channel was reset.
    WasReset {
        cache: Arc<ChannelCache>,
        cached: Arc<CachedChannel>,
        channel: Box<ChannelState>,
        answer: AnswerSender<()>,
    },
    /// Metadata was written, if it was not there.
    Written(bool, MetadataAnswer),
}

struct Tell {
    cache: Arc<ChannelCache>,
    cached: Arc<CachedChannel>,
    size: usize,
}

/// The thread's state.
pub(super) struct WriterThread {
    held: LockedFile,
    clock: Arc<dyn Clock>,
    requests: Receiver<HeldRequest>,
    summaries: SummaryCache,
    /// The channels that the transaction touches.
    touched: Vec<Arc<CachedChannel>>,
    /// The apps that may have too many channels in memory now.
    grown: Vec<Arc<ChannelCache>>,
    health: Arc<watch::Sender<Health>>,
    reported: Health,
}

impl WriterThread {
    /// Returns a writer to the file that is `held`.
    pub(super) fn new(
        held: LockedFile,
        clock: Arc<dyn Clock>,
        requests: Receiver<HeldRequest>,
        health: Arc<watch::Sender<Health>>,
    ) -> Self {
        Self {
            held,
            clock,
            requests,
            summaries: SummaryCache::default(),
            touched: Vec::new(),
            grown: Vec::new(),
            health,
            reported: Health::Up,
        }
    }

    /// Serves requests until it is closed, or no sender is left.
    pub(super) fn run(mut self) {
        while let Ok(first) = self.requests.recv() {
            let mut batch = vec![first.request];
            let mut holds = vec![first.hold];
            while batch.len() < MAX_BATCH
                && let Ok(next) = self.requests.try_recv()
            {
                batch.push(next.request);
                holds.push(next.hold);
            }
            let flow = self.serve(batch);
            drop(holds);
            if flow.is_break() {
                break;
            }
        }
        self.end();
    }

    fn serve(&mut self, batch: Vec<WriteRequest>) -> std::ops::ControlFlow<()> {
        use std::ops::ControlFlow::{Break, Continue};
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut flow = Continue(());
        let mut began = Ok(());
        let mut is_open = false;
        for request in batch {
            if !is_open && !matches!(request, WriteRequest::Load { .. } | WriteRequest::Close) {
                began = self.execute("BEGIN IMMEDIATE");
                is_open = began.is_ok();
            }
            let done = match request {
                WriteRequest::Close => {
                    flow = Break(());
                    Ok(())
                }
                request if request.is_of_removed() => {
                    request.refuse(&ErrorInfo::new(40400, 404, "The app was deleted"));
                    Ok(())
                }
                WriteRequest::Load {
                    cache,
                    channel,
                    answer,
                } => {
                    // Nobody may wait any more, which is as well: here and below.
                    let _ = answer.send(self.channel(&cache, &channel));
                    Ok(())
                }
                request => match &began {
                    Ok(()) => self.write(request, &mut outcomes),
                    Err(error) => {
                        request.refuse(error);
                        Ok(())
                    }
                },
            };
            if let Err(error) = done {
                // Not all of it could be written: none of it has happened.
                self.fail(std::mem::take(&mut outcomes), &error);
                is_open = false;
            }
        }
        if is_open {
            self.commit(outcomes);
        }
        // Not before: what a transaction has touched is read from memory.
        self.touched.clear();
        for cache in self.grown.drain(..) {
            cache.thin_out(MAX_CHANNELS);
        }
        self.summaries.thin_out();
        flow
    }

    /// Serves a request within the transaction. An error is one of writing.
    fn write(&mut self, request: WriteRequest, outcomes: &mut Vec<WriteOutcome>) -> Result<()> {
        match request {
            WriteRequest::Submit(request) => self.submit(*request, outcomes),
            WriteRequest::Ephemeral(request) => self.publish(*request, outcomes),
            WriteRequest::Reset(request) => self.reset(*request, outcomes),
            WriteRequest::Metadata { metadata, answer } => {
                let written = metadata.write(&self.held.connection);
                if matches!(metadata, Metadata::Trim(_) | Metadata::RemovedApp(_)) {
                    // Messages may be gone.
                    self.summaries.clear();
                }
                let is_new = matches!(written, Ok(true));
                outcomes.push(WriteOutcome::Written(is_new, answer));
                written.map(|_| ())
            }
            // They write nothing.
            WriteRequest::Load { .. } | WriteRequest::Close => Ok(()),
        }
    }

    /// Does a command, as far as it can be done before it is committed. An error is one of writing.
    fn submit(&mut self, submit: SubmitRequest, outcomes: &mut Vec<WriteOutcome>) -> Result<()> {
        let SubmitRequest {
            cache,
            channel,
            command,
            answer,
        } = submit;
        let cached = match self.channel(&cache, &channel) {
            Ok(cached) => cached,
            Err(error) => {
                outcomes.push(WriteOutcome::Refused(error, answer));
                return Ok(());
            }
        };
        match self.apply(&cache, &cached, command) {
            Ok((entry, size)) => {
                let tell = size.map(|size| Tell {
                    cache,
                    cached,
                    size,
                });
                outcomes.push(WriteOutcome::Done {
                    tell,
                    entry: Arc::new(entry),
                    answer,
                });
                Ok(())
            }
            Err(Trouble::Refused(error)) => {
                outcomes.push(WriteOutcome::Refused(error, answer));
                Ok(())
            }
            Err(Trouble::NotWritten(error)) => {
                outcomes.push(WriteOutcome::Refused(error.clone(), answer));
                Err(error)
            }
        }
    }

    /// Prepares messages to be told that are not kept. An error is one of writing.
    fn publish(
        &mut self,
        request: EphemeralRequest,
        outcomes: &mut Vec<WriteOutcome>,
    ) -> Result<()> {
        let EphemeralRequest {
            cache,
            channel,
            message,
            answer,
        } = request;
        let cached = self.channel(&cache, &channel);
        let is_new = cached.and_then(|cached| {
            let is_new = match &message.repeat_key {
                Some(key) => self.keep_ephemeral_repeat(&cache, &cached, key, &message)?,
                None => true,
            };
            Ok(is_new.then_some(cached))
        });
        match is_new {
            Ok(cached) => {
                let tell = cached.map(|cached| (cache, cached, message));
                outcomes.push(WriteOutcome::Ephemeral { tell, answer });
                Ok(())
            }
            Err(error) => {
                let _ = answer.send(Err(error.clone()));
                Err(error)
            }
        }
    }

    /// Keeps the repeat key of messages that are not kept; `false` if it is known.
    fn keep_ephemeral_repeat(
        &mut self,
        cache: &Arc<ChannelCache>,
        cached: &Arc<CachedChannel>,
        key: &str,
        message: &Ephemeral,
    ) -> Result<bool> {
        let now = self.clock.now();
        let connection = &self.held.connection;
        let mut locked = cached.pending.lock();
        let pending = match locked.as_mut() {
            Some(pending) => pending,
            None => locked.insert(load(connection, cache, &cached.name)?.0),
        };
        if let Some(row) = pending.row
            && write::repeated(connection, row, key, now)?.is_some()
        {
            return Ok(false);
        }
        self.touched.push(Arc::clone(cached));
        let head = pending.channel.series.last();
        let row = match pending.row {
            Some(row) => row,
            None => {
                *pending
                    .row
                    .insert(write::channel(connection, cache.app, &cached.name, &head)?)
            }
        };
        let answer = message.answer(head);
        write::repeat(connection, row, key, None, &answer, now)?;
        Ok(true)
    }

    /// Resets a channel, as far as that can be done before it is committed. An error is that of a transaction that
    /// is over.
    fn reset(&mut self, mut reset: ResetRequest, outcomes: &mut Vec<WriteOutcome>) -> Result<()> {
        let (now, cache) = (self.clock.now(), Arc::clone(&reset.cache));
        let done = self.channel(&cache, &reset.channel).and_then(|cached| {
            let connection = &self.held.connection;
            let mut locked = cached.pending.lock();
            let before = match locked.take() {
                Some(pending) => pending,
                None => load(connection, &cache, &cached.name)?.0,
            };
            let written = reset.write(connection, &before, now);
            let (pending, result) = match written {
                Ok(pending) => {
                    let channel = Box::new(pending.channel.clone());
                    (pending, Ok(channel))
                }
                Err(error) => (before, Err(error)),
            };
            *locked = Some(pending);
            drop(locked);
            result.map(|channel| (cached, channel))
        });
        // What was added up is not there any more.
        self.summaries.clear();
        match done {
            Ok((cached, channel)) => {
                self.touched.push(Arc::clone(&cached));
                outcomes.push(WriteOutcome::WasReset {
                    cache,
                    cached,
                    channel,
                    answer: reset.answer,
                });
            }
            Err(error) => {
                let _ = reset.answer.send(Err(error.clone()));
                if self.held.connection.is_autocommit() {
                    // SQLite itself took back all of it.
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Returns the entry, and its size if it is not a repeat.
    fn apply(
        &mut self,
        cache: &Arc<ChannelCache>,
        cached: &Arc<CachedChannel>,
        command: ChannelCommand,
    ) -> std::result::Result<(Entry, Option<usize>), Trouble> {
        let now = self.clock.now();
        let connection = &self.held.connection;
        let mut locked = cached.pending.lock();
        let pending = match locked.as_mut() {
            Some(pending) => pending,
            None => locked.insert(
                load(connection, cache, &cached.name)
                    .map_err(Trouble::Refused)?
                    .0,
            ),
        };
        if let (Some(key), Some(row)) = (&command.repeat_key, pending.row) {
            let done = write::repeated(connection, row, key, now).map_err(Trouble::Refused)?;
            if let Some(done) = done {
                return Ok((done, None));
            }
        }
        let repeat_key = command.repeat_key.clone();
        let step = apply(connection, pending, command, &mut self.summaries, now)
            .map_err(Trouble::Refused)?;
        self.touched.push(Arc::clone(cached));
        let kind = step.effect.kind();
        let mut size = 0;
        if kind.is_some() || repeat_key.is_some() {
            let row = match pending.row {
                Some(row) => row,
                None => *pending.row.insert(
                    write::channel(
                        connection,
                        cache.app,
                        &cached.name,
                        &step.entry.channel_serial,
                    )
                    .map_err(Trouble::NotWritten)?,
                ),
            };
            pending.is_ahead = true;
            size = write::entry(connection, row, &step.entry, &step.effect)
                .map_err(Trouble::NotWritten)?;
            if let Some(key) = repeat_key {
                write::repeat(connection, row, &key, kind, &step.entry, now)
                    .map_err(Trouble::NotWritten)?;
            }
        }
        Ok((step.entry, Some(size)))
    }

    /// Returns a channel in memory, read from the file if it is not there.
    fn channel(&mut self, cache: &Arc<ChannelCache>, name: &str) -> Result<Arc<CachedChannel>> {
        if let Some(cached) = cache.find(name) {
            return Ok(cached);
        }
        let (pending, members) = load(&self.held.connection, cache, name)?;
        let series = pending.channel.series.clone();
        self.grown.push(Arc::clone(cache));
        Ok(cache.put(CachedChannel::new(name, &series, &members, pending)))
    }

    fn commit(&mut self, outcomes: Vec<WriteOutcome>) {
        let committed = self.heads().and_then(|()| self.execute("COMMIT"));
        if let Err(error) = committed {
            return self.fail(outcomes, &error);
        }
        self.report(Health::Up);
        for outcome in outcomes {
            match outcome {
                WriteOutcome::Done {
                    tell,
                    entry,
                    answer,
                } => {
                    if let Some(Tell {
                        cache,
                        cached,
                        size,
                    }) = tell
                    {
                        cached.tell(&entry, size, cache.events.get());
                    }
                    let _ = answer.send(Ok(entry));
                }
                WriteOutcome::Refused(error, answer) => {
                    let _ = answer.send(Err(error));
                }
                WriteOutcome::Ephemeral { tell, answer } => {
                    if let Some((cache, cached, message)) = tell {
                        cached.tell_ephemeral(message, cache.events.get());
                    }
                    let _ = answer.send(Ok(()));
                }
                WriteOutcome::WasReset {
                    cache,
                    cached,
                    channel,
                    answer,
                } => {
                    cached.begin_anew(&channel, cache.events.get());
                    let _ = answer.send(Ok(()));
                }
                WriteOutcome::Written(is_new, answer) => answer(Ok(is_new)),
            }
        }
    }

    /// Writes the heads of the channels that have moved.
    fn heads(&self) -> Result<()> {
        for cached in &self.touched {
            let mut pending = cached.pending.lock();
            if let Some(PendingState {
                row: Some(row),
                channel,
                is_ahead,
            }) = pending.as_mut()
                && std::mem::take(is_ahead)
            {
                write::head(&self.held.connection, *row, &channel.series.last())?;
            }
        }
        Ok(())
    }

    /// Rolls back what was not committed, in the file and in memory.
    fn fail(&mut self, outcomes: Vec<WriteOutcome>, error: &ErrorInfo) {
        self.report(Health::Down);
        // After some errors SQLite has done so itself.
        if !self.held.connection.is_autocommit()
            && let Err(error) = self.execute("ROLLBACK")
        {
            tracing::error!(%error, "the transaction can't be rolled back");
        }
        self.summaries.clear();
        for cached in self.touched.drain(..) {
            *cached.pending.lock() = None;
        }
        for outcome in outcomes {
            match outcome {
                WriteOutcome::Done { answer, .. } => {
                    let _ = answer.send(Err(error.clone()));
                }
                WriteOutcome::Refused(refusal, answer) => {
                    let _ = answer.send(Err(refusal));
                }
                WriteOutcome::Ephemeral { answer, .. } | WriteOutcome::WasReset { answer, .. } => {
                    let _ = answer.send(Err(error.clone()));
                }
                WriteOutcome::Written(_, answer) => answer(Err(error.clone())),
            }
        }
    }

    /// Reports whether the last transaction was committed.
    fn report(&mut self, health: Health) {
        if self.reported != health {
            self.reported = health;
            self.health.send_replace(health);
        }
    }

    fn execute(&self, sql: &str) -> Result<()> {
        let mut statement = self.held.connection.prepare_cached(sql).map_err(failed)?;
        statement.execute([]).map_err(failed)?;
        Ok(())
    }

    /// Closes the file, and leaves one with everything in it.
    fn end(self) {
        self.health.send_replace(Health::Down);
        let LockedFile { connection, lock } = self.held;
        let closed = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .and_then(|()| connection.close().map_err(|(_, error)| error));
        if let Err(error) = closed {
            tracing::warn!(%error, "the store was not closed cleanly; nothing is lost");
        }
        drop(lock);
    }
}

/// The reasons why a command was not done.
enum Trouble {
    /// Nothing has happened.
    Refused(ErrorInfo),
    /// A part of it may have been written.
    NotWritten(ErrorInfo),
}
