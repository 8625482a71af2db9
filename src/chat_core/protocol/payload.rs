//! The data of messages, presence messages and annotations, and its `encoding` (RSL4, RSL6).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::json::Json;
use crate::chat_core::error::{ErrorInfo, Result};

/// Data on the wire: text (which may be JSON, says `encoding`) or bytes. Numbers and booleans do not exist there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Text.
    Text(String),
    /// Bytes: `bin` in MessagePack, base64 text in JSON.
    Binary(Bytes),
}

impl Data {
    /// The size that counts against the limit, in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Returns whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Binary(bytes) => serializer.serialize_bytes(bytes),
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("data that is text or bytes")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Data, E> {
                Ok(Data::Text(text.to_owned()))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Data, E> {
                Ok(Data::Text(text))
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Data, E> {
                Ok(Data::Binary(Bytes::copy_from_slice(bytes)))
            }

            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Data, E> {
                Ok(Data::Binary(bytes.into()))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// How many bytes of an id, and of an encoding, are not counted: those that SDKs make are shorter.
const FREE_ENVELOPE: usize = 256;

/// The size of an item that counts against the limit, in bytes: its texts, its data, its extras as JSON, and of id and
/// encoding, which are free (TM6), what is beyond those that SDKs make.
pub(super) fn size_of_item(
    texts: &[&Option<String>],
    data: Option<&Data>,
    extras: Option<&Json>,
    envelope: [&Option<String>; 2],
) -> usize {
    let length = |text: &&Option<String>| text.as_ref().map_or(0, String::len);
    let texts: usize = texts.iter().map(length).sum();
    let beyond = envelope.iter().map(length);
    let beyond: usize = beyond
        .map(|length| length.saturating_sub(FREE_ENVELOPE))
        .sum();
    texts + beyond + data.map_or(0, Data::len) + extras.map_or(0, Json::size)
}

/// An item with data and its encoding.
pub trait Payload {
    /// The data and the steps that were applied to it, the last one last, as in `json/utf-8/base64`.
    fn parts(&mut self) -> (&mut Option<Data>, &mut Option<String>);

    /// Returns whether the data is bytes, which JSON cannot carry as they are.
    fn is_binary(&self) -> bool;

    /// Takes JSON's form: bytes become base64 text with a `base64` step.
    fn to_text_form(&mut self) {
        let (data, encoding) = self.parts();
        let Some(Data::Binary(bytes)) = data else {
            return;
        };
        *data = Some(Data::Text(STANDARD.encode(bytes)));
        *encoding = Some(match encoding.take() {
            Some(steps) if !steps.is_empty() => format!("{steps}/base64"),
            _ => "base64".to_owned(),
        });
    }

    /// Takes the form in memory: a last `base64` step is undone.
    ///
    /// # Errors
    /// 40013 / 400 for text that is no base64.
    fn to_binary_form(&mut self) -> Result<()> {
        let (data, encoding) = self.parts();
        if encoding.as_deref() == Some("") {
            *encoding = None;
        }
        // Only a text is in JSON's form: bytes are as they were sent, whatever their encoding says.
        let (Some(steps), Some(Data::Text(text))) = (encoding.as_deref(), data.as_ref()) else {
            return Ok(());
        };
        let rest = match steps.rsplit_once('/') {
            Some((rest, "base64")) => rest,
            None if steps == "base64" => "",
            _ => return Ok(()),
        };
        let bytes = STANDARD.decode(text.as_bytes()).map_err(|_| {
            ErrorInfo::new(
                40013,
                400,
                "Invalid data: its encoding says base64, and it is not",
            )
        })?;
        let rest = (!rest.is_empty()).then(|| rest.to_owned());
        *data = Some(Data::Binary(bytes.into()));
        *encoding = rest;
        Ok(())
    }

    /// The data as a JSON value: JSON text is read, other text is text, bytes are base64 text, nothing is null.
    fn value(&self) -> Value
    where
        Self: Sized + Clone,
    {
        let mut copy = self.clone();
        let (data, encoding) = copy.parts();
        let steps = encoding.clone().unwrap_or_default();
        match data {
            None => Value::Null,
            Some(Data::Text(text)) if steps.split('/').next() == Some("json") => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
            }
            Some(Data::Text(text)) => Value::String(text.clone()),
            Some(Data::Binary(bytes)) if steps == "json/utf-8" || steps == "json" => {
                serde_json::from_slice(bytes)
                    .unwrap_or_else(|_| Value::String(STANDARD.encode(bytes)))
            }
            Some(Data::Binary(bytes)) => Value::String(STANDARD.encode(bytes)),
        }
    }
}
