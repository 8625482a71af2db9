//! A client in one room: it publishes, is answered, and may stay.

use std::time::Duration;

use crate::chat_core::client::Error;
use crate::chat_core::client::connection::{Happening, Plan, Publication, Rooms};
use crate::chat_core::protocol::names;
use crate::cli::Context;
use crate::cli::service::Service;

/// A client that is attached to one room.
pub(in crate::cli) struct Session {
    rooms: Rooms,
    room: String,
    timeout: Duration,
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
        let timeout = options.timeout;
        let plan = Plan {
            room: room.to_owned(),
            modes,
            ..Plan::default()
        };
        let mut rooms = Rooms::new(options, vec![plan]);
        while !matches!(rooms.next().await?, Happening::Listening) {}
        Ok(Self {
            rooms,
            room: room.to_owned(),
            timeout,
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
        let number = self.rooms.publish(&self.room, what);
        let answered = async {
            loop {
                if let Happening::Published { ticket, result } = self.rooms.next().await?
                    && ticket == number
                {
                    return Ok(result.map(drop)?);
                }
            }
        };
        match tokio::time::timeout(self.timeout, answered).await {
            Ok(result) => result,
            Err(_) => Err(Error::TimedOut {
                what: format!("publishing in {}", self.room),
                after: self.timeout,
            }
            .into()),
        }
    }

    /// Stays until it can't any more. Drops of the connection are survived, and said.
    ///
    /// # Errors
    /// Why it can't stay.
    pub(in crate::cli) async fn stay(&mut self, context: &Context) -> anyhow::Error {
        loop {
            match self.rooms.next().await {
                Ok(Happening::Disconnected(error)) => context
                    .output
                    .notice(&format!("disconnected, reconnecting: {}", error.message)),
                Ok(Happening::Connected { again: true, .. }) => {
                    context.output.notice("connected again");
                }
                Ok(Happening::Published {
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
