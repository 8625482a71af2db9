//! The two formats of the wire: JSON and MessagePack.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frame::ProtocolMessage;
use super::msgpack;
use super::payload::Payload;
use crate::chat_core::error::{ErrorInfo, Result};

/// A format of the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text.
    #[default]
    Json,
    /// Bytes.
    MessagePack,
}

impl Format {
    /// The media type, exactly as SDKs compare it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::MessagePack => "application/x-msgpack",
        }
    }

    /// The value in this format. Plain data always has a form.
    pub fn encode(self, value: &impl Serialize) -> Vec<u8> {
        match self {
            Self::Json => serde_json::to_vec(value).unwrap_or_default(),
            Self::MessagePack => rmp_serde::to_vec_named(value).unwrap_or_default(),
        }
    }

    /// Reads a value. JSON texts in `bytes` must be UTF-8; MessagePack's `undefined` reads as absent. Half a surrogate
    /// pair, which JavaScript writes for half an emoji, reads as U+FFFD, as it does where a text becomes UTF-8.
    ///
    /// # Errors
    /// 40001 / 400 saying what is wrong and where.
    pub fn decode<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T> {
        match self {
            Self::Json => serde_json::from_slice(bytes).or_else(|error| {
                let mended = replace_lone_surrogates(bytes);
                let error = match mended.as_deref().map(serde_json::from_slice) {
                    Some(Ok(value)) => return Ok(value),
                    Some(Err(other)) => other,
                    None => error,
                };
                Err(unreadable("JSON", &error))
            }),
            Self::MessagePack => {
                msgpack::from_slice(bytes).map_err(|error| unreadable("MessagePack", &error))
            }
        }
    }

    /// The payloads of `items` in the form that this format carries.
    pub fn outgoing<T: Payload + Clone>(self, items: &[T]) -> Cow<'_, [T]> {
        if self == Self::MessagePack || !items.iter().any(Payload::is_binary) {
            return Cow::Borrowed(items);
        }
        let mut items = items.to_vec();
        items.iter_mut().for_each(Payload::to_text_form);
        Cow::Owned(items)
    }
}

/// Returns the JSON in `bytes` with each escape of half a surrogate pair replaced; `None` if there is none.
fn replace_lone_surrogates(bytes: &[u8]) -> Option<Vec<u8>> {
    const REPLACEMENT: &[u8] = b"\\ufffd";
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'\\') {
        at += found;
        let unit = escaped_unit(&bytes[at..]);
        at += match unit {
            Some(0xd800..=0xdbff)
                if matches!(escaped_unit(&bytes[at + 6..]), Some(0xdc00..=0xdfff)) =>
            {
                12
            }
            Some(0xd800..=0xdfff) => {
                let mended = mended.get_or_insert_with(|| bytes.to_vec());
                mended[at..at + 6].copy_from_slice(REPLACEMENT);
                6
            }
            Some(_) => 6,
            // An escape of one character, which may be a backslash.
            None => 2,
        };
        if at >= bytes.len() {
            break;
        }
    }
    mended
}

/// Returns the UTF-16 code unit that `bytes` begin with as an escape, `\uXXXX`.
fn escaped_unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u16::from_str_radix(digits, 16).ok()
}

fn unreadable(format: &str, error: &dyn std::fmt::Display) -> ErrorInfo {
    ErrorInfo::new(40001, 400, format!("Invalid {format}: {error}"))
}

impl ProtocolMessage {
    /// The message in `format`.
    pub fn encode(&self, format: Format) -> Vec<u8> {
        fn any_binary<T: Payload>(items: Option<&Vec<T>>) -> bool {
            items.is_some_and(|items| items.iter().any(Payload::is_binary))
        }
        let needs_text_form = format == Format::Json
            && (any_binary(self.messages.as_ref())
                || any_binary(self.presence.as_ref())
                || any_binary(self.annotations.as_ref()));
        if !needs_text_form {
            return format.encode(self);
        }
        let mut copy = self.clone();
        copy.messages
            .iter_mut()
            .flatten()
            .for_each(Payload::to_text_form);
        copy.presence
            .iter_mut()
            .flatten()
            .for_each(Payload::to_text_form);
        copy.annotations
            .iter_mut()
            .flatten()
            .for_each(Payload::to_text_form);
        format.encode(&copy)
    }

    /// Reads a message of either format.
    ///
    /// # Errors
    /// 40001 / 400 for bytes that are none, 40013 / 400 for data that is not what its encoding says.
    pub fn decode(format: Format, bytes: &[u8]) -> Result<Self> {
        let is_object = match (
            format,
            bytes.iter().find(|byte| !byte.is_ascii_whitespace()),
        ) {
            (Format::Json, Some(b'{')) => true,
            (Format::MessagePack, _) => matches!(bytes.first(), Some(0x80..=0x8f | 0xde | 0xdf)),
            _ => false,
        };
        if !is_object {
            return Err(ErrorInfo::new(
                40001,
                400,
                "Invalid protocol message: it is no object",
            ));
        }
        let mut message: Self = format.decode(bytes)?;
        for item in message.messages.iter_mut().flatten() {
            item.to_binary_form()?;
        }
        for item in message.presence.iter_mut().flatten() {
            item.to_binary_form()?;
        }
        for item in message.annotations.iter_mut().flatten() {
            item.to_binary_form()?;
        }
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::{Action, Data, Json, Message};
    use bytes::Bytes;
    use serde_json::{Value, json};

    fn sample() -> ProtocolMessage {
        ProtocolMessage {
            channel: Some("lobby::$chat".to_owned()),
            msg_serial: Some(0),
            timestamp: Some(1_700_000_000_123),
            messages: Some(vec![Message {
                name: Some("n".to_owned()),
                data: Some(Data::Binary(Bytes::from_static(&[0, 255, 7]))),
                extras: Some(Json(json!({"z": 1, "a": {"y": null, "b": [1.5, "x"]}}))),
                ..Message::default()
            }]),
            ..ProtocolMessage::new(Action::Message)
        }
    }

    #[test]
    fn half_an_emoji_reads_as_a_replacement_character() {
        for (text, read) in [
            (r#""a\ud83db""#, "a\u{fffd}b"),
            (r#""\ude00""#, "\u{fffd}"),
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\uD83D\uDE00 \uD83D\ud83d\ude00""#, "😀 \u{fffd}😀"),
            (r#""\\ud83d \ud83d\n""#, "\\ud83d \u{fffd}\n"),
            (r#""\u00e4\ud83d\u00e4""#, "ä\u{fffd}ä"),
        ] {
            let found: String = Format::Json.decode(text.as_bytes()).unwrap();
            assert_eq!(found, read, "{text}");
        }
        for text in [
            r#""\ud83d"#,
            r#""\ud8"#,
            r#""\"#,
            r#"{"a":\ud83d}"#,
            "\\ud83d",
        ] {
            assert!(
                Format::Json
                    .decode::<serde_json::Value>(text.as_bytes())
                    .is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_message_survives_both_formats() {
        for format in [Format::Json, Format::MessagePack] {
            let bytes = sample().encode(format);
            assert_eq!(
                ProtocolMessage::decode(format, &bytes).unwrap(),
                sample(),
                "{format:?}"
            );
        }
    }

    #[test]
    fn json_carries_bytes_as_base64_with_a_step_in_encoding() {
        let text: Value = serde_json::from_slice(&sample().encode(Format::Json)).unwrap();
        let message = &text["messages"][0];
        assert_eq!(
            (&message["data"], &message["encoding"]),
            (&json!("AP8H"), &json!("base64"))
        );
        assert_eq!(text["msgSerial"], 0, "zero is written out");
    }

    #[test]
    fn objects_that_pass_through_keep_their_order() {
        for format in [Format::Json, Format::MessagePack] {
            let bytes = sample().encode(format);
            let read = ProtocolMessage::decode(format, &bytes).unwrap();
            let extras = read.messages.unwrap().remove(0).extras.unwrap();
            assert_eq!(
                extras.0.to_string(),
                r#"{"z":1,"a":{"y":null,"b":[1.5,"x"]}}"#
            );
        }
    }

    #[test]
    fn nulls_undefined_and_unknown_members_are_ignored() {
        let text = r#"{"action":15,"channelSerial":null,"flags":null,"nonsense":{"a":[1]},"params":null,"messages":[{"data":null,"size":9}]}"#;
        let message = ProtocolMessage::decode(Format::Json, text.as_bytes()).unwrap();
        assert_eq!(message.channel_serial, None);
        assert_eq!(message.messages.unwrap()[0], Message::default());

        // {"id": undefined, "action": 0, "data": text that holds the bytes of undefined}
        let mut bytes = vec![0x83, 0xa2, b'i', b'd', 0xd4, 0, 0, 0xa6];
        bytes.extend_from_slice(b"action");
        bytes.extend_from_slice(&[0, 0xa4]);
        bytes.extend_from_slice(b"data");
        bytes.extend_from_slice(&[0xc4, 3, 0xd4, 0, 0]);
        let message: Message = Format::MessagePack.decode(&bytes).unwrap();
        assert_eq!(message.id, None);
        assert_eq!(
            message.data,
            Some(Data::Binary(Bytes::from_static(&[0xd4, 0, 0])))
        );
    }

    #[test]
    fn whole_numbers_may_be_written_as_floats() {
        let message = ProtocolMessage::decode(
            Format::Json,
            br#"{"action":15,"msgSerial":3.0,"timestamp":1700000000123.0}"#,
        )
        .unwrap();
        assert_eq!(
            (message.msg_serial, message.timestamp),
            (Some(3), Some(1_700_000_000_123))
        );
        assert!(
            ProtocolMessage::decode(Format::Json, br#"{"action":15,"msgSerial":3.5}"#).is_err()
        );
        assert!(ProtocolMessage::decode(Format::Json, br#"{"action":15,"msgSerial":-1}"#).is_err());
    }

    #[test]
    fn only_a_text_is_decoded_from_base64() {
        // {"messages": [{"data": bytes, "encoding": "json/base64"}]}
        let mut bytes = b"\x81\xa8messages\x91\x82\xa4data\xc4\x02\x41\x41".to_vec();
        bytes.extend_from_slice(b"\xa8encoding\xabjson/base64");
        let sent = ProtocolMessage::decode(Format::MessagePack, &bytes).unwrap();
        let message = &sent.messages.as_ref().unwrap()[0];
        assert_eq!(message.encoding.as_deref(), Some("json/base64"));
        assert_eq!(
            message.data,
            Some(Data::Binary(Bytes::from_static(b"\x41\x41")))
        );
        for format in [Format::Json, Format::MessagePack] {
            let read = ProtocolMessage::decode(format, &sent.encode(format)).unwrap();
            assert_eq!(read, sent, "{format:?}");
        }
        let text = br#"{"messages":[{"data":"QUE=","encoding":"/base64"}]}"#;
        let read = ProtocolMessage::decode(Format::Json, text).unwrap();
        assert_eq!(read.messages.unwrap()[0].encoding, None);
    }

    #[test]
    fn the_deepest_frame_of_one_format_is_read_in_the_other() {
        // {"messages": [{"extras": [[…]]}]}: three levels, and those of the extras.
        let nested = |depth: usize| {
            let head = b"\x81\xa8messages\x91\x81\xa6extras".to_vec();
            [head, vec![0x91; depth - 3], vec![0xc0]].concat()
        };
        let frame = ProtocolMessage::decode(Format::MessagePack, &nested(127)).unwrap();
        let text = frame.encode(Format::Json);
        assert_eq!(ProtocolMessage::decode(Format::Json, &text).unwrap(), frame);
        assert!(ProtocolMessage::decode(Format::MessagePack, &nested(128)).is_err());
    }

    #[test]
    fn what_is_no_message_is_an_error_and_never_a_panic() {
        for text in [
            "",
            "[]",
            "7",
            "{",
            r#"{"action":"x"}"#,
            r#"{"messages":[{"data":5}]}"#,
            r#"{"messages":[{"data":"?","encoding":"base64"}]}"#,
        ] {
            assert!(
                ProtocolMessage::decode(Format::Json, text.as_bytes()).is_err(),
                "{text}"
            );
        }
        let deep = [vec![0x91; 100_000], vec![0xc0]].concat();
        assert!(ProtocolMessage::decode(Format::MessagePack, &deep).is_err());
        for length in 0..40 {
            let bytes: Vec<u8> = (0..length).map(|n: u8| n.wrapping_mul(37) ^ 0xd4).collect();
            let _ = ProtocolMessage::decode(Format::MessagePack, &bytes);
        }
    }
}
