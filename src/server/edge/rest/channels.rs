//! `/channels`: the channels in use, and their occupancy.

use serde::Serialize;

use crate::chat_core::auth::Operation;
use crate::chat_core::error::Result;
use crate::server::core::hub::{Hub, NameQuery};
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::{Caller, ChannelCall};
use crate::server::engine::ChannelOccupancy;

/// A channel (CHD2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChannelDetails {
    channel_id: String,
    name: String,
    status: ChannelStatus,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChannelStatus {
    is_active: bool,
    occupancy: OccupancyMetrics,
}

#[derive(Serialize)]
struct OccupancyMetrics {
    metrics: ChannelOccupancy,
}

/// `GET /channels/{channel}`: whether it is in use, and its occupancy.
pub(crate) async fn status(call: ChannelCall) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::ChannelMetadata)?;
    let details = details(&call.principal.app.hub, channel).await?;
    Ok(call.reply(200, &details))
}

/// `GET /channels`: the channels in use, by name; details of each unless `by=id`.
pub(crate) async fn list(caller: Caller) -> Answer {
    caller.require("*", Operation::ChannelMetadata)?;
    let query = &caller.query;
    let hub = &caller.principal.app.hub;
    // The cursor is the last name of the page before: the set may change meanwhile.
    let (names, has_more) = hub.active_page(&NameQuery {
        prefix: query.get("prefix").unwrap_or_default(),
        after: query.get("cursor"),
        forwards: query.choice("direction", "forwards", "backwards")? != Some(false),
        limit: query.limit()?,
    });
    let next = names.last().filter(|_| has_more);
    let reply = if query.get("by") == Some("id") {
        caller.reply(200, &names)
    } else {
        let mut page = Vec::with_capacity(names.len());
        for name in &names {
            page.push(details(hub, name).await?);
        }
        caller.reply(200, &page)
    };
    Ok(reply.page("channels", query, next.map(String::as_str)))
}

async fn details(hub: &Hub, channel: &str) -> Result<ChannelDetails> {
    let metrics = hub.occupancy(channel).await?;
    Ok(ChannelDetails {
        channel_id: channel.to_owned(),
        name: channel.to_owned(),
        status: ChannelStatus {
            is_active: metrics.connections > 0 || metrics.presence_members > 0,
            occupancy: OccupancyMetrics { metrics },
        },
    })
}
