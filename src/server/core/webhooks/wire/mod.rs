//! What webhooks look like on the wire: pure functions from events to headers and bodies.
//!
//! | module | owns |
//! | --- | --- |
//! | [`batch`] | the body of a batch |
//! | [`envelope`] | the body of a single event with what it is about around it |
//! | [`raw`] | the body of a single event alone |
//! | [`headers`] | the headers of each |
//! | [`sender`] | where they come from |
//! | [`signature`] | the signature of a batch |

mod batch;
mod envelope;
mod headers;
mod raw;
mod sender;
pub(super) mod signature;

use bytes::Bytes;
use http::HeaderMap;

use super::event::HookEvent;
use crate::chat_core::auth::ApiKey;
use crate::chat_core::protocol::Format;
use crate::server::core::integrations::Webhook;
pub(super) use sender::Sender;

/// Returns headers and body of a request that tells of one event.
pub(super) fn single(
    webhook: &Webhook,
    sender: &Sender<'_>,
    event: &HookEvent,
) -> (HeaderMap, Bytes) {
    if webhook.is_enveloped {
        let format = format_of(webhook);
        let headers = headers::of_json(&webhook.target.headers, format);
        return (headers, envelope::body(sender, event, format).into());
    }
    let (content_type, body) = raw::body(event);
    let headers = headers::of_raw(&webhook.target.headers, content_type, (sender, event));
    (headers, body)
}

/// Returns headers and body of a request that tells of many events, signed where there is a key.
pub(super) fn batch<'a>(
    webhook: &Webhook,
    sender: &Sender<'_>,
    events: impl IntoIterator<Item = &'a HookEvent>,
    key: Option<&ApiKey>,
) -> (HeaderMap, Bytes) {
    let format = format_of(webhook);
    let body: Bytes = batch::body(sender, events, format).into();
    let mut headers = headers::of_json(&webhook.target.headers, format);
    if let Some(key) = key {
        headers::sign(&mut headers, key, &body);
    }
    (headers, body)
}

fn format_of(webhook: &Webhook) -> Format {
    if webhook.is_binary {
        Format::MessagePack
    } else {
        Format::Json
    }
}
