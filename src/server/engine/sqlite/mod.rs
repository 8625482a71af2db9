//! The store that keeps everything in one SQLite file: what was acknowledged is there after a crash.
//!
//! | module | owns |
//! | --- | --- |
//! | [`file`] | the file: made, recognised, migrated, locked |
//! | [`database`] | who may write and read: one writer, a few readers |
//! | [`writer`], [`write`] | transactions, each for all who wait |
//! | [`reset`] | a channel put back to a beginning |
//! | [`read`], [`pages`], [`text`] | reading what was kept |
//! | [`dump`] | reading all of it, out of a file that is left as it is |
//! | [`cache`] | what of it is in memory |
//! | [`metadata`] | what is kept beside the channels: revoked tokens, nonces |
//! | [`retention`] | what is not kept for ever |

mod cache;
mod database;
mod dump;
mod file;
mod metadata;
mod pages;
mod read;
mod reset;
mod retention;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod text;
mod write;
mod writer;

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use cache::{CachedChannel, ChannelCache, Missed};
pub(crate) use database::Database;
pub(super) use dump::read as read_whole;
pub use file::StorageError;
pub(crate) use metadata::Nonce;
use reset::ChannelReset;
pub use retention::Retention;
use writer::{Request, Submit};

use super::entry::EntryKind as Kind;
use super::{
    ChannelCommand, ChannelSeed, Entry, HistoryQuery, Page, Pending, Sink, Snapshot, Store,
};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::server::engine::serial;

impl Kind {
    fn numbered(number: i64) -> Option<Self> {
        let all = [
            Self::Messages,
            Self::Version,
            Self::Annotations,
            Self::Presence,
        ];
        all.into_iter().find(|kind| *kind as i64 == number)
    }
}

/// The channels of one app in the file.
pub(crate) struct SqliteStore {
    database: Arc<Database>,
    rooms: Arc<ChannelCache>,
}

impl SqliteStore {
    async fn room(&self, channel: &str) -> Result<Arc<CachedChannel>> {
        if let Some(room) = self.rooms.find(channel) {
            return Ok(room);
        }
        let (answer, answered) = oneshot::channel();
        self.database.ask(Request::Load {
            rooms: Arc::clone(&self.rooms),
            channel: channel.to_owned(),
            answer,
        })?;
        answered.await.map_err(|_| closed())?
    }

    /// Reads of a channel in the file; of one that nothing was kept of, nothing.
    fn read<'a, T: Default + Send + 'static>(
        &'a self,
        channel: &str,
        read: impl FnOnce(&Connection, &read::Row) -> Result<T> + Send + 'static,
    ) -> Pending<'a, T> {
        let (app, channel) = (self.rooms.app, channel.to_owned());
        Box::pin(self.database.read(move |connection| {
            match read::channel(connection, app, &channel)? {
                Some(row) => read(connection, &row),
                None => Ok(T::default()),
            }
        }))
    }
}

impl Store for SqliteStore {
    fn subscribe(&self, sink: Arc<dyn Sink>) {
        // The first one stays: a store has one node.
        let _ = self.rooms.sink.set(sink);
    }

    fn submit(&self, channel: &str, operation: ChannelCommand) -> Pending<'static, Arc<Entry>> {
        let (answer, answered) = oneshot::channel();
        let asked = self.database.ask(Request::Submit(Box::new(Submit {
            rooms: Arc::clone(&self.rooms),
            channel: channel.to_owned(),
            operation,
            answer,
        })));
        Box::pin(async move {
            asked?;
            answered.await.map_err(|_| closed())?
        })
    }

    fn known_repeat<'a>(
        &'a self,
        channel: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Pending<'a, Option<Arc<Entry>>> {
        let key = key.to_owned();
        self.read(channel, move |connection, row| {
            let known = write::repeated(connection, row.id, &key, now)?;
            Ok(known.map(Arc::new))
        })
    }

    fn reset_to<'a>(&'a self, channel: &'a str, planting: ChannelSeed) -> Pending<'a, ()> {
        let (answer, answered) = oneshot::channel();
        let asked = self
            .database
            .ask(Request::ChannelReset(Box::new(ChannelReset {
                rooms: Arc::clone(&self.rooms),
                channel: channel.to_owned(),
                planting,
                answer,
            })));
        Box::pin(async move {
            asked?;
            answered.await.map_err(|_| closed())?
        })
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        let app = self.rooms.app;
        Box::pin(
            self.database
                .read(move |connection| read::channels(connection, app)),
        )
    }

    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot> {
        Box::pin(async move { Ok(self.room(channel).await?.snapshot()) })
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        Box::pin(async move {
            match self.room(channel).await?.missed(position) {
                Missed::Entries(entries) => Ok(Some(entries)),
                Missed::Unknown => Ok(None),
                Missed::Older => {
                    let position = serial::channel_part(position).to_owned();
                    self.read(channel, move |connection, row| {
                        read::entries_after(connection, row, &position)
                    })
                    .await
                }
            }
        })
    }

    fn history<'a>(&'a self, channel: &'a str, query: HistoryQuery) -> Pending<'a, Page<Message>> {
        self.read(channel, move |connection, row| {
            pages::history(connection, row.id, &query)
        })
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        let serial = serial.to_owned();
        self.read(channel, move |connection, row| {
            read::message(connection, row.id, &serial)
        })
    }

    fn versions<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Vec<Message>> {
        let serial = serial.to_owned();
        self.read(channel, move |connection, row| {
            read::versions(connection, row.id, &serial)
        })
    }

    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
    ) -> Pending<'a, Vec<Annotation>> {
        let serial = serial.to_owned();
        self.read(channel, move |connection, row| {
            read::annotations(connection, row.id, &serial)
        })
    }

    fn reactions_of<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        client_id: &'a str,
    ) -> Pending<'a, Option<serde_json::Value>> {
        let (serial, client_id) = (serial.to_owned(), client_id.to_owned());
        self.read(channel, move |connection, row| {
            read::reactions_of(connection, row.id, &serial, &client_id)
        })
    }

    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>> {
        Box::pin(async move { Ok(self.room(channel).await?.members()) })
    }

    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: HistoryQuery,
    ) -> Pending<'a, Page<PresenceMessage>> {
        self.read(channel, move |connection, row| {
            pages::presence_history(connection, row.id, &query)
        })
    }
}

/// The error of what SQLite can't do.
#[allow(clippy::needless_pass_by_value)] // as `map_err` gives it
fn failed(error: rusqlite::Error) -> ErrorInfo {
    tracing::error!(%error, "the store failed");
    ErrorInfo::new(50000, 500, format!("The store failed: {error}"))
}

/// The error of a store that is closed, or whose writer has come to an end.
fn closed() -> ErrorInfo {
    ErrorInfo::new(50003, 503, "The store is closed")
}
