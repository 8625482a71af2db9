//! The one thread that writes to the file. It takes what has gathered while it was busy, does all of it in one
//! transaction, and tells subscribers and callers once that is committed.
//!
//! What fails to be committed has not happened: the channels that it touched are read from the file again.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::cache::{CachedChannel, ChannelCache, PendingState};
use super::file::Held;
use super::metadata::Metadata;
use super::reset::ChannelReset;
use super::write::{self, Attached};
use super::{failed, read};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::engine::channel::Channel;
use crate::server::engine::fold::Transition;
use crate::server::engine::fold::presence::Members;
use crate::server::engine::serial::Series;
use crate::server::engine::{ChannelCommand, Entry};

/// The most requests of one transaction.
const MAX_BATCH: usize = 1024;

/// The most channels of an app that are kept in memory.
const MAX_ROOMS: usize = 4096;

/// The most messages whose annotations are kept added up.
const MAX_ATTACHED: usize = 1024;

/// What the writer is asked for.
pub(super) enum Request {
    /// Do an operation.
    Submit(Box<Submit>),
    /// Put a channel back.
    ChannelReset(Box<ChannelReset>),
    /// Read a channel into memory.
    Load {
        rooms: Arc<ChannelCache>,
        channel: String,
        answer: Answer<Arc<CachedChannel>>,
    },
    /// Keep something that is no entry of a channel.
    Metadata {
        note: Metadata,
        answer: Box<dyn FnOnce(Result<()>) + Send>,
    },
    /// End.
    Close,
}

/// An operation to be done.
pub(super) struct Submit {
    pub(super) rooms: Arc<ChannelCache>,
    pub(super) channel: String,
    pub(super) operation: ChannelCommand,
    pub(super) answer: Answer<Arc<Entry>>,
}

/// Who waits for an answer.
pub(super) type Answer<T> = oneshot::Sender<Result<T>>;

/// What is done once the transaction has ended.
enum Outcome {
    /// An operation was done, for the first time if there is something to tell.
    Done {
        tell: Option<Tell>,
        entry: Arc<Entry>,
        answer: Answer<Arc<Entry>>,
    },
    /// It was refused.
    Refused(ErrorInfo, Answer<Arc<Entry>>),
    /// A channel was put back.
    WasReset(Arc<CachedChannel>, Box<Channel>, Answer<()>),
    /// Something was noted.
    Noted(Box<dyn FnOnce(Result<()>) + Send>),
}

struct Tell {
    rooms: Arc<ChannelCache>,
    room: Arc<CachedChannel>,
    size: usize,
}

/// The thread's state.
pub(super) struct Writer {
    held: Held,
    clock: Arc<dyn Clock>,
    requests: Receiver<Request>,
    attached: Attached,
    /// The channels that the transaction touches.
    touched: Vec<Arc<CachedChannel>>,
    /// The apps that may have too many channels in memory now.
    grown: Vec<Arc<ChannelCache>>,
}

impl Writer {
    /// A writer to the file that is `held`.
    pub(super) fn new(held: Held, clock: Arc<dyn Clock>, requests: Receiver<Request>) -> Self {
        Self {
            held,
            clock,
            requests,
            attached: Attached::new(),
            touched: Vec::new(),
            grown: Vec::new(),
        }
    }

    /// Works until it is told to end, or nobody can ask any more.
    pub(super) fn run(mut self) {
        while let Ok(first) = self.requests.recv() {
            let mut batch = vec![first];
            while batch.len() < MAX_BATCH
                && let Ok(next) = self.requests.try_recv()
            {
                batch.push(next);
            }
            if self.serve(batch).is_break() {
                break;
            }
        }
        self.end();
    }

    fn serve(&mut self, batch: Vec<Request>) -> std::ops::ControlFlow<()> {
        use std::ops::ControlFlow::{Break, Continue};
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut flow = Continue(());
        let mut began = Ok(());
        let mut is_open = false;
        for request in batch {
            if !is_open && !matches!(request, Request::Load { .. } | Request::Close) {
                began = self.execute("BEGIN IMMEDIATE");
                is_open = began.is_ok();
            }
            let done = match request {
                Request::Close => {
                    flow = Break(());
                    Ok(())
                }
                Request::Load {
                    rooms,
                    channel,
                    answer,
                } => {
                    // Nobody may wait any more, which is as well: here and below.
                    let _ = answer.send(self.room(&rooms, &channel));
                    Ok(())
                }
                Request::Metadata { note, answer } => match &began {
                    Ok(()) => {
                        let kept = note.keep(&self.held.connection);
                        outcomes.push(Outcome::Noted(answer));
                        kept
                    }
                    Err(error) => {
                        answer(Err(error.clone()));
                        Ok(())
                    }
                },
                Request::ChannelReset(reset_to) => match &began {
                    Ok(()) => self.reset_to(*reset_to, &mut outcomes),
                    Err(error) => {
                        let _ = reset_to.answer.send(Err(error.clone()));
                        Ok(())
                    }
                },
                Request::Submit(submit) => match &began {
                    Ok(()) => self.submit(*submit, &mut outcomes),
                    Err(error) => {
                        let _ = submit.answer.send(Err(error.clone()));
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
        for rooms in self.grown.drain(..) {
            rooms.thin_out(MAX_ROOMS);
        }
        if self.attached.len() > MAX_ATTACHED {
            self.attached.clear();
        }
        flow
    }

    /// Does an operation, as far as it can be done before it is committed. An error is one of writing.
    fn submit(&mut self, submit: Submit, outcomes: &mut Vec<Outcome>) -> Result<()> {
        let Submit {
            rooms,
            channel,
            operation,
            answer,
        } = submit;
        let room = match self.room(&rooms, &channel) {
            Ok(room) => room,
            Err(error) => {
                outcomes.push(Outcome::Refused(error, answer));
                return Ok(());
            }
        };
        match self.apply(&rooms, &room, operation) {
            Ok((entry, size)) => {
                let tell = size.map(|size| Tell { rooms, room, size });
                outcomes.push(Outcome::Done {
                    tell,
                    entry: Arc::new(entry),
                    answer,
                });
                Ok(())
            }
            Err(Trouble::Refused(error)) => {
                outcomes.push(Outcome::Refused(error, answer));
                Ok(())
            }
            Err(Trouble::NotWritten(error)) => {
                outcomes.push(Outcome::Refused(error.clone(), answer));
                Err(error)
            }
        }
    }

    /// Puts a channel back, as far as that can be done before it is committed. An error is that of a transaction that
    /// is over.
    fn reset_to(&mut self, mut reset_to: ChannelReset, outcomes: &mut Vec<Outcome>) -> Result<()> {
        let (now, rooms) = (self.clock.now(), Arc::clone(&reset_to.rooms));
        let done = self.room(&rooms, &reset_to.channel).and_then(|room| {
            let connection = &self.held.connection;
            let mut held = room.work.lock();
            let before = match held.take() {
                Some(work) => work,
                None => load(connection, &rooms, &room.name)?.0,
            };
            let written = reset_to.write(connection, &before, now);
            let (work, result) = match written {
                Ok(work) => {
                    let channel = Box::new(work.channel.clone());
                    (work, Ok(channel))
                }
                Err(error) => (before, Err(error)),
            };
            *held = Some(work);
            drop(held);
            result.map(|channel| (room, channel))
        });
        // What was added up is not there any more.
        self.attached.clear();
        match done {
            Ok((room, channel)) => {
                self.touched.push(Arc::clone(&room));
                outcomes.push(Outcome::WasReset(room, channel, reset_to.answer));
            }
            Err(error) => {
                let _ = reset_to.answer.send(Err(error.clone()));
                if self.held.connection.is_autocommit() {
                    // SQLite itself took back all of it.
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Gives the entry, and its size if it is news.
    fn apply(
        &mut self,
        rooms: &Arc<ChannelCache>,
        room: &Arc<CachedChannel>,
        operation: ChannelCommand,
    ) -> std::result::Result<(Entry, Option<usize>), Trouble> {
        let now = self.clock.now();
        let connection = &self.held.connection;
        let mut held = room.work.lock();
        let work = match held.as_mut() {
            Some(work) => work,
            None => held.insert(
                load(connection, rooms, &room.name)
                    .map_err(Trouble::Refused)?
                    .0,
            ),
        };
        if let (Some(key), Some(row)) = (&operation.repeat_key, work.row) {
            let done = write::repeated(connection, row, key, now).map_err(Trouble::Refused)?;
            if let Some(done) = done {
                return Ok((done, None));
            }
        }
        let repeat_key = operation.repeat_key.clone();
        let step = apply_in(connection, work, operation, &mut self.attached, now)
            .map_err(Trouble::Refused)?;
        self.touched.push(Arc::clone(room));
        let kind = step.effect.kind();
        let mut size = 0;
        if kind.is_some() || repeat_key.is_some() {
            let row = match work.row {
                Some(row) => row,
                None => *work.row.insert(
                    write::channel(
                        connection,
                        rooms.app,
                        &room.name,
                        &step.entry.channel_serial,
                    )
                    .map_err(Trouble::NotWritten)?,
                ),
            };
            work.is_ahead = true;
            size = write::entry(connection, row, &step.entry, &step.effect)
                .map_err(Trouble::NotWritten)?;
            if let Some(key) = repeat_key {
                write::repeat(connection, row, &key, kind, &step.entry, now)
                    .map_err(Trouble::NotWritten)?;
            }
        }
        Ok((step.entry, Some(size)))
    }

    /// The channel in memory; read from the file if it is not there.
    fn room(&mut self, rooms: &Arc<ChannelCache>, name: &str) -> Result<Arc<CachedChannel>> {
        if let Some(room) = rooms.find(name) {
            return Ok(room);
        }
        let (work, members) = load(&self.held.connection, rooms, name)?;
        let series = work.channel.series.clone();
        self.grown.push(Arc::clone(rooms));
        Ok(rooms.put(CachedChannel::new(name, &series, &members, work)))
    }

    fn commit(&mut self, outcomes: Vec<Outcome>) {
        let committed = self.heads().and_then(|()| self.execute("COMMIT"));
        if let Err(error) = committed {
            return self.fail(outcomes, &error);
        }
        for outcome in outcomes {
            match outcome {
                Outcome::Done {
                    tell,
                    entry,
                    answer,
                } => {
                    if let Some(Tell { rooms, room, size }) = tell {
                        room.tell(&entry, size, rooms.sink.get());
                    }
                    let _ = answer.send(Ok(entry));
                }
                Outcome::Refused(error, answer) => {
                    let _ = answer.send(Err(error));
                }
                Outcome::WasReset(room, channel, answer) => {
                    room.begin_again(&channel);
                    let _ = answer.send(Ok(()));
                }
                Outcome::Noted(answer) => answer(Ok(())),
            }
        }
    }

    /// Writes the heads of the channels that have moved.
    fn heads(&self) -> Result<()> {
        for room in &self.touched {
            let mut work = room.work.lock();
            if let Some(PendingState {
                row: Some(row),
                channel,
                is_ahead,
            }) = work.as_mut()
                && std::mem::take(is_ahead)
            {
                write::head(&self.held.connection, *row, &channel.series.last())?;
            }
        }
        Ok(())
    }

    /// Takes back what was not committed, in the file and in memory.
    fn fail(&mut self, outcomes: Vec<Outcome>, error: &ErrorInfo) {
        // After some errors SQLite has done so itself.
        if !self.held.connection.is_autocommit()
            && let Err(error) = self.execute("ROLLBACK")
        {
            tracing::error!(%error, "the transaction can't be rolled back");
        }
        self.attached.clear();
        for room in self.touched.drain(..) {
            *room.work.lock() = None;
        }
        for outcome in outcomes {
            match outcome {
                Outcome::Done { answer, .. } => {
                    let _ = answer.send(Err(error.clone()));
                }
                Outcome::Refused(refusal, answer) => {
                    let _ = answer.send(Err(refusal));
                }
                Outcome::WasReset(_, _, answer) => {
                    let _ = answer.send(Err(error.clone()));
                }
                Outcome::Noted(answer) => answer(Err(error.clone())),
            }
        }
    }

    fn execute(&self, sql: &str) -> Result<()> {
        let mut statement = self.held.connection.prepare_cached(sql).map_err(failed)?;
        statement.execute([]).map_err(failed)?;
        Ok(())
    }

    /// Leaves one file, with everything in it.
    fn end(self) {
        let Held { connection, lock } = self.held;
        let closed = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .and_then(|()| connection.close().map_err(|(_, error)| error));
        if let Err(error) = closed {
            tracing::warn!(%error, "the store was not closed cleanly; nothing is lost");
        }
        drop(lock);
    }
}

/// Why an operation was not done.
enum Trouble {
    /// Nothing has happened.
    Refused(ErrorInfo),
    /// A part of it may have been written.
    NotWritten(ErrorInfo),
}

/// Does a command in a channel as the writer has it, without writing it.
pub(super) fn apply_in(
    connection: &Connection,
    work: &mut PendingState,
    command: ChannelCommand,
    attached: &mut Attached,
    now: Timestamp,
) -> Result<Transition> {
    let needs = command.touches();
    let mut touched = work.channel.touched_members(&needs);
    let read = match work.row {
        Some(row) => read::touched_messages(connection, row, &needs, attached, &mut touched),
        None => Ok(()),
    };
    let puts_back = needs.annotations;
    let folded = read.and_then(|()| work.channel.apply(command, &mut touched, now));
    if let Some(row) = work.row.filter(|_| puts_back) {
        for (serial, held) in touched.messages {
            attached.insert((row, serial), held.annotations);
        }
    }
    folded
}

/// Reads a channel, and who is in it.
fn load(
    connection: &Connection,
    rooms: &ChannelCache,
    name: &str,
) -> Result<(PendingState, Members)> {
    let row = read::channel(connection, rooms.app, name)?;
    let (series, members) = match &row {
        None => (rooms.first_series(name), Members::default()),
        Some(row) => {
            let series = Series::resumed(&row.head)
                .ok_or_else(|| super::text::damaged(&"a position is none"))?;
            (series, Members::of(read::members(connection, row.id)?))
        }
    };
    let work = PendingState {
        row: row.map(|row| row.id),
        channel: Channel::new(name, series, members.clone(), rooms.rules),
        is_ahead: false,
    };
    Ok((work, members))
}
