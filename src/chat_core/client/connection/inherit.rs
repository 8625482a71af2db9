//! Defaults that the items of a protocol message take from it: id, connectionId and time (TM2a, TM2c, TM2f).

use crate::chat_core::protocol::ProtocolMessage;
use crate::chat_core::protocol::payload::Payload;

/// Gives each item what it has not itself, and data its form in memory.
pub(super) fn fill_defaults(message: &mut ProtocolMessage) {
    let (id, connection_id, timestamp) = (
        message.id.as_deref(),
        message.connection_id.as_deref(),
        message.timestamp,
    );
    let fill = |index: usize,
                own_id: &mut Option<String>,
                own_connection: &mut Option<String>,
                own_time: &mut Option<i64>| {
        if own_id.is_none() {
            *own_id = id.map(|id| format!("{id}:{index}"));
        }
        if own_connection.is_none() {
            *own_connection = connection_id.map(str::to_owned);
        }
        *own_time = own_time.or(timestamp);
    };
    macro_rules! fill_each {
        ($items:expr) => {
            for (index, item) in $items.iter_mut().flatten().enumerate() {
                fill(
                    index,
                    &mut item.id,
                    &mut item.connection_id,
                    &mut item.timestamp,
                );
                // Data that is not what its encoding says is read as it stands.
                let _ = item.to_binary_form();
            }
        };
    }
    fill_each!(message.messages);
    fill_each!(message.presence);
    fill_each!(message.annotations);
}
