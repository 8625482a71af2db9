//! The channels of one app in a file.

use std::future::ready;
use std::sync::Arc;

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use super::cache::{CachedChannel, ChannelCache, Missed};
use super::database::Database;
use super::error::{closed, failed};
use super::metadata::{self, Metadata};
use super::reset::ResetRequest;
use super::statement::as_str;
use super::writer::{EphemeralRequest, SubmitRequest, WriteRequest};
use super::{pages, read, summary, text, write};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::chat_core::random::Random;
use crate::server::engine::command::ChannelCommand;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::occupancy::{ChannelOccupancy, Reports};
use crate::server::engine::query::{Page, PageQuery, Snapshot};
use crate::server::engine::revocation::Revocation;
use crate::server::engine::seed::ChannelSeed;
use crate::server::engine::serial;
use crate::server::engine::traits::{AppEngine, EngineEvents, Pending};

/// The channels of one app in a file.
pub(in crate::server::engine) struct SqliteApp {
    database: Arc<Database>,
    cache: Arc<ChannelCache>,
    reports: Arc<Reports>,
}

impl SqliteApp {
    /// Returns the app called `id`, which is made if it is not there. Waits for the disk.
    pub(super) fn open(
        database: &Arc<Database>,
        id: &str,
        rules: ChannelRules,
        random: &Random,
    ) -> Result<Self> {
        let (app, salt) = database.app(id, random)?;
        Ok(Self {
            database: Arc::clone(database),
            cache: Arc::new(ChannelCache::new(app, salt, rules)),
            reports: Arc::default(),
        })
    }

    /// Marks it as removed: nothing is written for it from now on.
    pub(super) fn mark_removed(&self) {
        self.cache.mark_removed();
    }

    /// Returns the file that it is in.
    #[cfg(test)]
    pub(super) fn database(&self) -> &Arc<Database> {
        &self.database
    }

    /// Returns a channel, which is read into memory if it is not there.
    fn channel(&self, name: &str) -> Pending<'static, Arc<CachedChannel>> {
        if let Some(channel) = self.cache.find(name) {
            return Box::pin(ready(Ok(channel)));
        }
        let (answer, answered) = oneshot::channel();
        let asked = self.database.ask(WriteRequest::Load {
            cache: Arc::clone(&self.cache),
            channel: name.to_owned(),
            answer,
        });
        Box::pin(async move {
            asked?;
            answered.await.map_err(|_| closed())?
        })
    }

    /// Reads of a channel in the file; of one that nothing is kept of, nothing.
    fn read<'a, T: Default + Send + 'static>(
        &'a self,
        channel: &str,
        read: impl FnOnce(&Connection, &read::Row) -> Result<T> + Send + 'static,
    ) -> Pending<'a, T> {
        let (app, channel) = (self.cache.app, channel.to_owned());
        Box::pin(self.database.read(move |connection| {
            match read::channel(connection, app, &channel)? {
                Some(row) => read(connection, &row),
                None => Ok(T::default()),
            }
        }))
    }

    /// Returns the members of all channels, by channel. Waits for the disk.
    pub(super) fn everybody(&self) -> Result<Vec<(String, PresenceMessage)>> {
        let app = self.cache.app;
        self.database.read_now(|connection| {
            let sql = "SELECT channel.name, member.body FROM member JOIN channel ON channel.id = member.channel \
                       WHERE channel.app = ?1";
            let mut statement = connection.prepare(sql).map_err(failed)?;
            let mut rows = statement.query(params![app]).map_err(failed)?;
            let mut all = Vec::new();
            while let Some(row) = rows.next().map_err(failed)? {
                let body = row.get_ref(1).and_then(as_str).map_err(failed)?;
                all.push((row.get(0).map_err(failed)?, text::to_item(body)?));
            }
            Ok(all)
        })
    }
}

impl AppEngine for SqliteApp {
    fn start(&self, events: Arc<dyn EngineEvents>) {
        // The first one stays: an app has one hub.
        let _ = self.cache.events.set(events);
    }

    fn follow(&self, channel: &str) -> Pending<'static, String> {
        let channel = self.channel(channel);
        Box::pin(async move { Ok(channel.await?.head()) })
    }

    fn unfollow(&self, _: &str) {}

    fn caught_up_to<'a>(&'a self, _: &'a str, _: &'a str) -> Pending<'a, ()> {
        Box::pin(ready(Ok(())))
    }

    fn submit(&self, channel: &str, command: ChannelCommand) -> Pending<'static, Arc<Entry>> {
        let (answer, answered) = oneshot::channel();
        let asked = self
            .database
            .ask(WriteRequest::Submit(Box::new(SubmitRequest {
                cache: Arc::clone(&self.cache),
                channel: channel.to_owned(),
                command,
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

    fn publish_ephemeral(&self, channel: &str, message: Ephemeral) -> Pending<'static, ()> {
        let (answer, answered) = oneshot::channel();
        let asked = self
            .database
            .ask(WriteRequest::Ephemeral(Box::new(EphemeralRequest {
                cache: Arc::clone(&self.cache),
                channel: channel.to_owned(),
                message,
                answer,
            })));
        Box::pin(async move {
            asked?;
            answered.await.map_err(|_| closed())?
        })
    }

    fn report_occupancy(&self, channel: &str, here: &ChannelOccupancy) -> Pending<'static, ()> {
        if !self.reports.put(channel, here) {
            return Box::pin(ready(Ok(())));
        }
        let (cache, reports) = (Arc::clone(&self.cache), Arc::clone(&self.reports));
        let (name, channel) = (channel.to_owned(), self.channel(channel));
        Box::pin(async move {
            let members = channel.await?.member_count();
            if let Some(events) = cache.events.get() {
                events.occupancy(&name, &reports.totals(&name, members));
            }
            Ok(())
        })
    }

    fn totals<'a>(&'a self, channel: &'a str) -> Pending<'a, ChannelOccupancy> {
        Box::pin(async move {
            let members = self.channel(channel).await?.member_count();
            Ok(self.reports.totals(channel, members))
        })
    }

    fn adopt_connection<'a>(&'a self, _: &'a str, _: &'a str) -> Pending<'a, ()> {
        Box::pin(ready(Ok(())))
    }

    fn revoke(&self, revocation: Revocation) -> Pending<'_, ()> {
        let cache = Arc::clone(&self.cache);
        let kept = Metadata::Revocation(self.cache.app, revocation.clone());
        Box::pin(self.database.write_metadata(kept, move || {
            if let Some(events) = cache.events.get() {
                events.revoked(&revocation);
            }
        }))
    }

    fn revocations(&self) -> Pending<'_, Vec<Revocation>> {
        let app = self.cache.app;
        // Waits for the disk: it is asked at the start of a server, when nobody else waits.
        let read = |connection: &Connection| metadata::revocations(connection, app);
        Box::pin(ready(self.database.read_now(read)))
    }

    fn reset_to<'a>(&'a self, channel: &'a str, seed: ChannelSeed) -> Pending<'a, ()> {
        let (answer, answered) = oneshot::channel();
        let asked = self
            .database
            .ask(WriteRequest::Reset(Box::new(ResetRequest {
                cache: Arc::clone(&self.cache),
                channel: channel.to_owned(),
                seed,
                answer,
            })));
        Box::pin(async move {
            asked?;
            answered.await.map_err(|_| closed())?
        })
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        let app = self.cache.app;
        Box::pin(
            self.database
                .read(move |connection| read::channels(connection, app)),
        )
    }

    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot> {
        Box::pin(async move { Ok(self.channel(channel).await?.snapshot()) })
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
        size: usize,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        Box::pin(async move {
            match self.channel(channel).await?.missed(position) {
                Missed::Entries(entries) if summary::is_lacking(&entries) => {
                    self.read(channel, move |connection, row| {
                        let mut entries = entries.into_iter().map(Ok);
                        summary::retell(connection, row.id, &mut entries, size).map(Some)
                    })
                    .await
                }
                // They are few.
                Missed::Entries(entries) => Ok(Some(entries)),
                Missed::Unknown => Ok(None),
                Missed::Older => {
                    let position = serial::channel_part(position).to_owned();
                    self.read(channel, move |connection, row| {
                        read::entries_after(connection, row, &position, |entries| {
                            summary::retell(connection, row.id, entries, size)
                        })
                    })
                    .await
                }
            }
        })
    }

    fn history<'a>(&'a self, channel: &'a str, query: PageQuery) -> Pending<'a, Page<Message>> {
        self.read(channel, move |connection, row| {
            pages::history(connection, row.id, &query)
        })
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        let serial = serial.to_owned();
        self.read(channel, move |connection, row| {
            summary::message(connection, row.id, &serial)
        })
    }

    fn versions<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Message>> {
        let serial = serial.to_owned();
        self.read(channel, move |connection, row| {
            pages::versions(connection, row.id, &serial, &query)
        })
    }

    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Annotation>> {
        let serial = serial.to_owned();
        self.read(channel, move |connection, row| {
            pages::annotations(connection, row.id, &serial, &query)
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
            summary::of_client(connection, row.id, &serial, &client_id)
        })
    }

    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>> {
        Box::pin(async move { Ok(self.channel(channel).await?.members()) })
    }

    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<PresenceMessage>> {
        self.read(channel, move |connection, row| {
            pages::presence_history(connection, row.id, &query)
        })
    }

    #[cfg(test)]
    fn census(&self) -> Pending<'_, crate::server::engine::census::EngineCensus> {
        let reports = self.reports.count();
        let app = self.cache.app;
        Box::pin(self.database.read(move |connection| {
            let count = |table: &str| {
                let sql = format!(
                    "SELECT count(*) FROM {table} JOIN channel ON channel.id = {table}.channel WHERE channel.app = ?1"
                );
                let counted = connection.query_row(&sql, [app], |row| row.get::<_, i64>(0));
                counted.map(|count| usize::try_from(count).unwrap()).map_err(failed)
            };
            let size = |table: &str, column: &str| {
                let sql = format!("SELECT ifnull(sum(octet_length({column})), 0) FROM {table}");
                let size = connection.query_row(&sql, [], |row| row.get::<_, i64>(0));
                size.map(|size| usize::try_from(size).unwrap()).map_err(failed)
            };
            let changes = ["message", "version", "annotation", "summary", "summary_name", "contribution"];
            let changes = changes.into_iter().map(count);
            Ok(crate::server::engine::census::EngineCensus {
                entries: count("entry")?,
                changes: changes.sum::<Result<usize>>()?,
                members: count("member")?,
                repeats: count("repeat")?,
                reports,
                size: size("entry", "frames")? + size("version", "body")?,
            })
        }))
    }
}
