//! WebSocket frames as they stand on the wire, built once and shared by every connection that gets them.

use std::sync::OnceLock;

use bytes::Bytes;

use crate::chat_core::protocol::{Format, ProtocolMessage};

/// A protocol message that many connections get: encoded at most once a format, on first use.
#[derive(Debug)]
pub(crate) struct SharedFrame {
    message: std::sync::Arc<ProtocolMessage>,
    json: OnceLock<Bytes>,
    message_pack: OnceLock<Bytes>,
}

impl SharedFrame {
    /// A frame of `message`, not yet encoded.
    pub(crate) fn new(message: std::sync::Arc<ProtocolMessage>) -> Self {
        Self {
            message,
            json: OnceLock::new(),
            message_pack: OnceLock::new(),
        }
    }

    /// The message.
    pub(crate) fn message(&self) -> &ProtocolMessage {
        &self.message
    }

    /// The frame's bytes in `format`, its WebSocket header included.
    pub(crate) fn bytes(&self, format: Format) -> Bytes {
        let slot = match format {
            Format::Json => &self.json,
            Format::MessagePack => &self.message_pack,
        };
        slot.get_or_init(|| frame(&self.message, format)).clone()
    }
}

/// The bytes of one frame from a server: text for JSON, binary for MessagePack; unmasked (RFC 6455, 5.2).
pub(crate) fn frame(message: &ProtocolMessage, format: Format) -> Bytes {
    of_payload(&message.encode(format), format)
}

fn of_payload(payload: &[u8], format: Format) -> Bytes {
    let opcode = match format {
        Format::Json => 0x1,
        Format::MessagePack => 0x2,
    };
    let mut bytes = Vec::with_capacity(payload.len() + 10);
    bytes.push(0x80 | opcode);
    match payload.len() {
        length @ 0..=125 => bytes.push(length.to_be_bytes()[7]),
        length @ 126..=0xffff => {
            bytes.push(126);
            bytes.extend_from_slice(&length.to_be_bytes()[6..]);
        }
        length => {
            bytes.push(127);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    bytes.into()
}

/// The bytes of a frame that carries `value` as it is, whatever a protocol message may have.
pub(crate) fn of_value(value: &serde_json::Value, format: Format) -> Bytes {
    of_payload(&format.encode(value), format)
}

/// A close frame with this status (RFC 6455, 7.4).
pub(crate) fn close(status: u16) -> Bytes {
    let [high, low] = status.to_be_bytes();
    Bytes::copy_from_slice(&[0x88, 2, high, low])
}

/// A ping, which every WebSocket answers by itself.
pub(crate) const PING: Bytes = Bytes::from_static(&[0x89, 0]);

/// A close frame with status 1000, normal closure.
pub(crate) const CLOSE: Bytes = Bytes::from_static(&[0x88, 2, 0x03, 0xe8]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::Action;

    #[test]
    fn lengths_are_written_in_their_shortest_form() {
        for (id_length, header) in [(0, 2), (90, 2), (200, 4), (70_000, 10)] {
            let message = ProtocolMessage {
                id: Some("x".repeat(id_length)),
                ..ProtocolMessage::new(Action::Heartbeat)
            };
            let payload = message.encode(Format::Json);
            let bytes = frame(&message, Format::Json);
            assert_eq!(bytes.len(), payload.len() + header);
            assert_eq!(&bytes[header..], payload);
            assert_eq!(bytes[0], 0x81);
        }
    }
}
