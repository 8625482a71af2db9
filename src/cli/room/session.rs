//! A client in one room: it publishes, is answered, and may stay.

use crate::chat_core::client::connection::{Publication, RoomAttach, Rooms, SubscriptionEvent};
use crate::chat_core::protocol::names;
use crate::cli::Context;
use crate::cli::service::Service;

/// A client that is attached to one room.
pub(in crate::cli) struct Session {
    rooms: Rooms,
    room: String,
}

impl Session {
    /// Attaches to a room with what `modes` allow.
    ///
    /// # Errors
    /// Why it can't be attached.
    pub(in crate::cli) async fn open(
        service: &Service<'_>,
        room: &str,
        modes: u64,
    ) -> anyhow::Result<Self> {
        names::check_room(room)?;
        let options = service.client_options()?;
        let plan = RoomAttach {
            room: room.to_owned(),
            modes,
            ..RoomAttach::default()
        };
        let mut rooms = Rooms::new(options, vec![plan]);
        rooms.listening().await?;
        Ok(Self {
            rooms,
            room: room.to_owned(),
        })
    }

    /// Who the service takes this client for.
    pub(in crate::cli) fn client_id(&self) -> &str {
        self.rooms.client_id().unwrap_or_default()
    }

    /// Publishes, and waits until it is acknowledged.
    ///
    /// # Errors
    /// Why it was refused, or that no answer came in time.
    pub(in crate::cli) async fn publish(&mut self, what: Publication) -> anyhow::Result<()> {
        self.rooms.publish_and_wait(&self.room, what).await?;
        Ok(())
    }

    /// Stays until it can't any more. Drops of the connection are survived, and said.
    ///
    /// # Errors
    /// Why it can't stay.
    pub(in crate::cli) async fn stay(&mut self, context: &Context) -> anyhow::Error {
        loop {
            match self.rooms.next().await {
                Ok(SubscriptionEvent::Disconnected(error)) => context
                    .output
                    .notice(&format!("disconnected, reconnecting: {}", error.message)),
                Ok(SubscriptionEvent::Connected { again: true, .. }) => {
                    context.output.notice("connected again");
                }
                Ok(SubscriptionEvent::Published {
                    result: Err(error), ..
                }) => return error.into(),
                Ok(_) => {}
                Err(error) => return error.into(),
            }
        }
    }

    /// Says goodbye.
    pub(in crate::cli) async fn close(self) {
        self.rooms.close().await;
    }
}
