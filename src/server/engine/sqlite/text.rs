//! The text form of entries in the file: JSON as on the wire, bytes as base64.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::damaged;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Format, ProtocolMessage};
use crate::server::engine::dump::to_binary_form;

/// The deepest nesting that is read: a little more than what is let in, which is wrapped here once more.
const MAX_DEPTH: usize = 160;

/// Writes the frames of an entry, one a line.
pub(super) fn of_frames(frames: &[Arc<ProtocolMessage>]) -> String {
    let mut lines = Vec::new();
    for frame in frames {
        if !lines.is_empty() {
            lines.push(b'\n');
        }
        lines.extend(frame.encode(Format::Json));
    }
    string(lines)
}

/// Reads the frames of an entry.
///
/// # Errors
/// 50000 / 500 for text that is none.
pub(super) fn to_frames(text: &str) -> Result<Vec<Arc<ProtocolMessage>>> {
    let read = |line: &str| {
        let mut frame: ProtocolMessage = read(line)?;
        to_binary_form(&mut frame)?;
        Ok(Arc::new(frame))
    };
    text.lines().map(read).collect()
}

/// Returns a message, a member or an annotation.
pub(super) fn of_item<T: Payload + Clone + Serialize>(item: &T) -> String {
    let item = std::slice::from_ref(item);
    string(Format::Json.encode(&Format::Json.outgoing(item)[0]))
}

/// Returns a message, a member or an annotation.
///
/// # Errors
/// 50000 / 500 for text that is none.
pub(super) fn to_item<T: Payload + DeserializeOwned>(text: &str) -> Result<T> {
    let mut item: T = read(text)?;
    item.to_binary_form()?;
    Ok(item)
}

/// Any value.
pub(super) fn of_value(value: &impl Serialize) -> String {
    string(Format::Json.encode(value))
}

/// Any value.
///
/// # Errors
/// 50000 / 500 for text that is none.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    if depth(text) > MAX_DEPTH {
        return Err(damaged(&"a value is nested too deeply"));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    T::deserialize(&mut reader).map_err(|error| damaged(&error))
}

fn string(json: Vec<u8>) -> String {
    // JSON is UTF-8.
    String::from_utf8(json).unwrap_or_default()
}

/// Returns how deeply arrays and objects are nested in JSON text.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut is_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::{Action, Data, Json, Message};
    use bytes::Bytes;
    use serde_json::{Value, json};

    #[test]
    fn frames_come_back_as_they_were() {
        let frame = |data| {
            let message = Message {
                data: Some(data),
                extras: Some(Json(json!({"z": 0.1, "a": "\n\\\"[{"}))),
                ..Message::default()
            };
            Arc::new(ProtocolMessage {
                messages: Some(vec![message]),
                ..ProtocolMessage::on(Action::Message, "c")
            })
        };
        let frames = [
            frame(Data::Text("line\nbreak".to_owned())),
            frame(Data::Binary(Bytes::from_static(&[0, 255]))),
        ];
        let text = of_frames(&frames);
        assert_eq!(text.lines().count(), 2);
        assert_eq!(to_frames(&text).unwrap(), frames);
    }

    #[test]
    fn deepest_accepted_value_can_be_read_again() {
        // The deepest value that the edges read, wrapped in message and frame.
        let mut value = Value::Null;
        for _ in 0..127 {
            value = json!([value]);
        }
        let message = Message {
            extras: Some(Json(value)),
            ..Message::default()
        };
        let frame = ProtocolMessage {
            messages: Some(vec![message]),
            ..ProtocolMessage::on(Action::Message, "c")
        };
        let frames = [Arc::new(frame)];
        assert_eq!(to_frames(&of_frames(&frames)).unwrap(), frames);
        let bomb = "[".repeat(100_000);
        assert_eq!(to_frames(&bomb).unwrap_err().code, 50000);
    }
}
