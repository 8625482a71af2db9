//! The rooms that are in use.

use http::Method;
use serde::Serialize;
use serde_json::Value;

use super::{MAX_PAGE, PUBSUB_VERSION, Pages};
use crate::chat_core::chat::Occupancy;
use crate::chat_core::client::call::Call;
use crate::chat_core::client::error::Result;
use crate::chat_core::client::rest::Rest;
use crate::chat_core::protocol::names;

/// A room that is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveRoom {
    /// Its name.
    pub room_name: String,
    /// The occupancy.
    pub occupancy: Occupancy,
}

/// The rooms in use whose names begin with `prefix`.
///
/// # Errors
/// The service's refusal, or why it was not reached.
pub async fn active_rooms(rest: &Rest, prefix: &str) -> Result<Vec<ActiveRoom>> {
    let mut query = vec![("limit".to_owned(), MAX_PAGE.to_string())];
    if !prefix.is_empty() {
        query.push(("prefix".to_owned(), prefix.to_owned()));
    }
    let call = Call {
        method: Method::GET,
        path: "/channels".to_owned(),
        query,
        body: None,
        version: PUBSUB_VERSION,
    };
    let channels: Vec<Value> = Pages::new(rest, call).all(None).await?;
    let rooms = channels.iter().filter_map(|channel| {
        Some(ActiveRoom {
            room_name: names::room_of(channel.get("channelId")?.as_str()?)?.to_owned(),
            occupancy: Occupancy::from_metrics(
                channel
                    .pointer("/status/occupancy/metrics")
                    .unwrap_or(&Value::Null),
            ),
        })
    });
    Ok(rooms.collect())
}
