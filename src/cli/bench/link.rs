//! A connection that is attached to one room, as the wire tells it: nothing is dropped that came twice.

use anyhow::Context as _;
use tokio::sync::mpsc::UnboundedSender;

use crate::chat_core::client::Options;
use crate::chat_core::client::connection::{Command, Connection, Event, Publication};
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{ChannelModes, names};

/// The time to say goodbye.
const CLOSE_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(1);

/// A connection that is attached to one room.
pub(super) struct Link {
    connection: Connection,
    commander: UnboundedSender<Command>,
    channel: String,
    next_ticket: u64,
}

impl Link {
    /// Connects, and attaches to `room`.
    ///
    /// # Errors
    /// Why not, or that it took too long.
    pub(super) async fn open(
        options: &Options,
        room: &str,
        modes: ChannelModes,
    ) -> anyhow::Result<Self> {
        let connection = Connection::new(options.clone());
        let commander = connection.commander();
        let channel = names::channel_of(room);
        let mut link = Self {
            connection,
            commander,
            channel: channel.clone(),
            next_ticket: 0,
        };
        link.order(Command::Attach {
            channel,
            modes,
            params: Params::new(),
            from: None,
        });
        let attached = async {
            while !matches!(link.next().await?, Event::Attached { .. }) {}
            anyhow::Ok(())
        };
        tokio::time::timeout(options.timeout, attached)
            .await
            .context("connecting and attaching took too long")??;
        Ok(link)
    }

    fn order(&self, command: Command) {
        // The receiver is in the connection beside it.
        let _ = self.commander.send(command);
    }

    /// Waits for what happens next.
    ///
    /// # Errors
    /// The end of the connection or of the attachment.
    pub(super) async fn next(&mut self) -> anyhow::Result<Event> {
        match self.connection.next().await {
            Event::Failed(error) | Event::ChannelFailed { error, .. } => Err(error.into()),
            event => Ok(event),
        }
    }

    /// Publishes, and waits for the acknowledgement.
    ///
    /// # Errors
    /// The refusal.
    pub(super) async fn publish(&mut self, what: Publication) -> anyhow::Result<()> {
        let own = self.next_ticket;
        self.next_ticket += 1;
        self.order(Command::Publish {
            channel: self.channel.clone(),
            what,
            ticket: own,
        });
        loop {
            if let Event::Published { ticket, result } = self.next().await?
                && ticket == own
            {
                result?;
                return Ok(());
            }
        }
    }

    /// Ends the connection in good form.
    pub(super) async fn close(mut self) {
        self.order(Command::Close);
        let closed = async {
            while !matches!(
                self.connection.next().await,
                Event::Closed | Event::Failed(_)
            ) {}
        };
        // A server that does not answer is left.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, closed).await;
    }
}
