//! A client in one room that publishes, waits for acknowledgements, and may stay.

use crate::chat_core::client::Error;
use crate::chat_core::client::connection::{Publication, RoomAttach, Rooms, SubscriptionEvent};
use crate::chat_core::protocol::ChannelModes;
use crate::chat_core::protocol::names;
use crate::cli::Context;
use crate::cli::service::Service;

/// A client that is attached to one room.
pub(in crate::cli) struct RoomSession {
    rooms: Rooms,
    room: String,
}

impl RoomSession {
    /// Attaches to a room with `modes`.
    ///
    /// # Errors
    /// A room that can't be attached.
    pub(in crate::cli) async fn open(
        service: &Service<'_>,
        room: &str,
        modes: ChannelModes,
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

    /// The clientId that the service gave this client.
    pub(in crate::cli) fn client_id(&self) -> &str {
        self.rooms.client_id().unwrap_or_default()
    }

    /// Publishes, and waits until it is acknowledged.
    ///
    /// # Errors
    /// A refusal, or no answer in time.
    pub(in crate::cli) async fn publish(&mut self, what: Publication) -> Result<(), Error> {
        self.rooms.publish_and_wait(&self.room, what).await?;
        Ok(())
    }

    /// Stays until an error ends it. Reconnects, and reports that.
    ///
    /// # Errors
    /// The error that ended it.
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

    /// Closes the connection.
    pub(in crate::cli) async fn close(self) {
        self.rooms.close().await;
    }
}
