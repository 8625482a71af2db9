//! The engine of an app as clients read it: rules may delay, hold or fail a read of history, messages and presence. What
//! is written goes straight to the engine.

use std::sync::Arc;

use super::faults::{Fault, FaultClient, Faults, Fired, Occurrence, Point};
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::server::engine::revocation::Revocation;
use crate::server::engine::{
    AppEngine, ChannelCommand, ChannelOccupancy, ChannelSeed, EngineEvents, Entry, Ephemeral, Page,
    PageQuery, Pending, Snapshot,
};

/// An engine whose reads rules are asked about.
pub(crate) struct FaultyStore {
    engine: Arc<dyn AppEngine>,
    rules: Faults,
    clock: Arc<dyn Clock>,
}

impl FaultyStore {
    /// The engine as `rules` let it be read.
    pub(crate) fn new(engine: Arc<dyn AppEngine>, rules: Faults, clock: Arc<dyn Clock>) -> Self {
        Self {
            engine,
            rules,
            clock,
        }
    }

    /// Reads something of a channel, as far as the rules let it be read.
    fn read<'a, T: Send + 'a>(
        &'a self,
        channel: &'a str,
        read: impl FnOnce(&'a dyn AppEngine) -> Pending<'a, T> + Send + 'a,
    ) -> Pending<'a, T> {
        if !self.rules.is_active() {
            return read(self.engine.as_ref());
        }
        Box::pin(async move {
            self.interfere(channel).await?;
            read(self.engine.as_ref()).await
        })
    }

    /// Lets rules delay, hold or fail a read.
    ///
    /// # Errors
    /// That of the rule; 50003 / 503 where the app or the server ends while it is held.
    async fn interfere(&self, channel: &str) -> Result<()> {
        // The store does not know whom it answers.
        let client = FaultClient::default();
        let occurrence = Occurrence {
            channel: Some(channel),
            ..Occurrence::of(Point::Store, &client)
        };
        let Some(Fired { fault, .. }) = self.rules.fire(&occurrence) else {
            return Ok(());
        };
        if let Fault::Refuse(refused) = fault {
            return Err(refused.error);
        }
        match fault.wait() {
            Some(wait) if !wait.over(self.clock.as_ref(), None).await => Err(ErrorInfo::new(
                50003,
                503,
                "A fault held the read until nobody waited for it any more",
            )),
            _ => Ok(()),
        }
    }
}

impl AppEngine for FaultyStore {
    fn start(&self, events: Arc<dyn EngineEvents>) {
        self.engine.start(events);
    }

    fn follow(&self, channel: &str) -> Pending<'static, String> {
        self.engine.follow(channel)
    }

    fn unfollow(&self, channel: &str) {
        self.engine.unfollow(channel);
    }

    fn caught_up_to<'a>(&'a self, channel: &'a str, position: &'a str) -> Pending<'a, ()> {
        self.engine.caught_up_to(channel, position)
    }

    fn submit(&self, channel: &str, command: ChannelCommand) -> Pending<'static, Arc<Entry>> {
        self.engine.submit(channel, command)
    }

    fn known_repeat<'a>(
        &'a self,
        channel: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Pending<'a, Option<Arc<Entry>>> {
        self.engine.known_repeat(channel, key, now)
    }

    fn publish_ephemeral(&self, channel: &str, message: Ephemeral) -> Pending<'static, ()> {
        self.engine.publish_ephemeral(channel, message)
    }

    fn report_occupancy(&self, channel: &str, here: &ChannelOccupancy) -> Pending<'static, ()> {
        self.engine.report_occupancy(channel, here)
    }

    fn totals<'a>(&'a self, channel: &'a str) -> Pending<'a, ChannelOccupancy> {
        self.engine.totals(channel)
    }

    fn adopt_connection<'a>(&'a self, channel: &'a str, connection_id: &'a str) -> Pending<'a, ()> {
        self.engine.adopt_connection(channel, connection_id)
    }

    fn revoke(&self, revocation: Revocation) -> Pending<'_, ()> {
        self.engine.revoke(revocation)
    }

    fn revocations(&self) -> Pending<'_, Vec<Revocation>> {
        self.engine.revocations()
    }

    fn reset_to<'a>(&'a self, channel: &'a str, seed: ChannelSeed) -> Pending<'a, ()> {
        self.engine.reset_to(channel, seed)
    }

    fn channels(&self) -> Pending<'_, Vec<String>> {
        self.engine.channels()
    }

    fn snapshot<'a>(&'a self, channel: &'a str) -> Pending<'a, Snapshot> {
        self.read(channel, move |engine| engine.snapshot(channel))
    }

    fn entries_after<'a>(
        &'a self,
        channel: &'a str,
        position: &'a str,
        size: usize,
    ) -> Pending<'a, Option<Vec<Arc<Entry>>>> {
        self.read(channel, move |engine| {
            engine.entries_after(channel, position, size)
        })
    }

    fn history<'a>(&'a self, channel: &'a str, query: PageQuery) -> Pending<'a, Page<Message>> {
        self.read(channel, move |engine| engine.history(channel, query))
    }

    fn message<'a>(&'a self, channel: &'a str, serial: &'a str) -> Pending<'a, Option<Message>> {
        self.read(channel, move |engine| engine.message(channel, serial))
    }

    fn versions<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Message>> {
        self.read(channel, move |engine| {
            engine.versions(channel, serial, query)
        })
    }

    fn annotations<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<Annotation>> {
        self.read(channel, move |engine| {
            engine.annotations(channel, serial, query)
        })
    }

    fn reactions_of<'a>(
        &'a self,
        channel: &'a str,
        serial: &'a str,
        client_id: &'a str,
    ) -> Pending<'a, Option<serde_json::Value>> {
        self.read(channel, move |engine| {
            engine.reactions_of(channel, serial, client_id)
        })
    }

    fn members<'a>(&'a self, channel: &'a str) -> Pending<'a, Vec<PresenceMessage>> {
        self.read(channel, move |engine| engine.members(channel))
    }

    #[cfg(test)]
    fn census(&self) -> Pending<'_, crate::server::engine::census::EngineCensus> {
        self.engine.census()
    }

    fn presence_history<'a>(
        &'a self,
        channel: &'a str,
        query: PageQuery,
    ) -> Pending<'a, Page<PresenceMessage>> {
        self.read(channel, move |engine| {
            engine.presence_history(channel, query)
        })
    }
}
