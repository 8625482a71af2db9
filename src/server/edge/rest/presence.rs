//! `/channels/{channel}/presence`: who is there, and who was.

use super::paging;
use crate::chat_core::auth::Operation;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::names;
use crate::server::edge::http::call::{Call, Reply};
use crate::server::engine::Page;

/// `GET /channels/{channel}/presence`: a page of the members, all or those of a client or connection (RSP3).
pub(crate) async fn members(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    names::check_channel(channel)?;
    principal.require(channel, Operation::Subscribe)?;
    let mut members = principal.app.hub.store().members(channel).await?;
    if let Some(client_id) = call.query.get("clientId") {
        members.retain(|member| member.client_id.as_deref() == Some(client_id));
    }
    if let Some(connection_id) = call.query.get("connectionId") {
        members.retain(|member| member.connection_id.as_deref() == Some(connection_id));
    }
    paging::reply(
        &call,
        call.format().outgoing(&members).into_owned(),
        "presence",
    )
}

/// `GET /channels/{channel}/presence/history`: a page of what happened (RSP4).
pub(crate) async fn history(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    names::check_channel(channel)?;
    principal.require(channel, Operation::History)?;
    let query = paging::history(&call.query)?;
    let Page { items, next } = principal
        .app
        .hub
        .store()
        .presence_history(channel, query)
        .await?;
    Ok(call.reply(200, &call.format().outgoing(&items)).page(
        "history",
        &call.query,
        next.as_deref(),
    ))
}
