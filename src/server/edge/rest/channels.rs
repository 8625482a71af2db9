//! `/channels`: which channels there are, and how full they are.

use serde::Serialize;

use super::paging;
use crate::chat_core::auth::Operation;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::names;
use crate::server::core::gate::Principal;
use crate::server::core::hub::occupancy::Occupancy;
use crate::server::edge::http::call::{Call, Reply};

/// A channel (CHD2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    channel_id: String,
    name: String,
    status: Status,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    is_active: bool,
    occupancy: Metrics,
}

#[derive(Serialize)]
struct Metrics {
    metrics: Occupancy,
}

/// `GET /channels/{channel}`: whether it is in use, and by how many.
pub(crate) async fn status(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    names::check_channel(channel)?;
    principal.require(channel, Operation::ChannelMetadata)?;
    Ok(call.reply(200, &details(&principal, channel).await?))
}

/// `GET /channels`: the channels in use, by name; details of each unless `by=id`.
pub(crate) async fn list(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    principal.require("*", Operation::ChannelMetadata)?;
    let prefix = call.query.get("prefix").unwrap_or_default();
    let mut names = principal.app.hub.active();
    names.retain(|name| name.starts_with(prefix));
    if call.query.get("by") == Some("id") {
        return paging::reply(&call, names, "channels");
    }
    let mut all = Vec::with_capacity(names.len());
    for name in &names {
        all.push(details(&principal, name).await?);
    }
    paging::reply(&call, all, "channels")
}

async fn details(principal: &Principal, channel: &str) -> Result<Details> {
    let metrics = principal.app.hub.occupancy(channel).await?;
    Ok(Details {
        channel_id: channel.to_owned(),
        name: channel.to_owned(),
        status: Status {
            is_active: metrics.connections > 0 || metrics.presence_members > 0,
            occupancy: Metrics { metrics },
        },
    })
}
