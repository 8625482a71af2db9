//! The rate of deliveries to one connection: what is over it is dropped, and the client told that the channel lost
//! continuity. What was asked for (resume, rewind, sync) and answers are not counted.

use std::sync::Weak;

use super::Connection;
use crate::chat_core::protocol::ProtocolMessage;
use crate::server::core::quota::{ConnectionQuota, Outbound};

impl Connection {
    /// Counts a delivery; returns whether it goes to the client.
    pub(super) fn delivers(&self, quota: &ConnectionQuota, message: &ProtocolMessage) -> bool {
        match self.server.quota.take_delivery(quota, message) {
            Outbound::Pass => true,
            Outbound::Drop => false,
            Outbound::DropAndTell(at) => {
                let this = Weak::clone(&self.this);
                let channel = message.channel.clone().unwrap_or_default();
                // Later, since the channel is locked now.
                self.server.deadlines.schedule(at, move || {
                    if let Some(connection) = this.upgrade() {
                        connection.tell_loss(&channel);
                    }
                });
                false
            }
        }
    }

    /// Tells the client that messages of a channel, by the name that it gave, were dropped.
    fn tell_loss(&self, name: &str) {
        let Some(quota) = &self.quota else {
            return;
        };
        let error = quota.tell_loss(name);
        let Some(attached) = self.lock().attached.get(name).cloned() else {
            return;
        };
        self.interrupt(attached, error);
    }
}
