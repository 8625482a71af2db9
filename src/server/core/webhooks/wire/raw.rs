//! A single event alone: its data, and nothing around it.

use bytes::Bytes;

use crate::chat_core::protocol::{Data, Format};
use crate::server::core::webhooks::event::{HookEvent, Told};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

/// Returns the media type and the body.
pub(super) fn body(event: &HookEvent) -> (&'static str, Bytes) {
    match event.told() {
        Told::Messages(messages) => {
            let first = messages.into_iter().next().unwrap_or_default();
            of_data(first.data, first.encoding.as_deref())
        }
        Told::Presence(members) => {
            let first = members.into_iter().next().unwrap_or_default();
            of_data(first.data, first.encoding.as_deref())
        }
        Told::State(_, data) => (JSON, Format::Json.encode(&data).into()),
    }
}

fn of_data(data: Option<Data>, encoding: Option<&str>) -> (&'static str, Bytes) {
    let is_json = encoding == Some("json");
    match data {
        Some(Data::Text(text)) if is_json => (JSON, text.into()),
        Some(Data::Text(text)) => (TEXT, text.into()),
        Some(Data::Binary(bytes)) => (BYTES, bytes),
        None => (TEXT, Bytes::new()),
    }
}
