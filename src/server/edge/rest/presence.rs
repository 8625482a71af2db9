//! `/channels/{channel}/presence`: the presence set, and its history.

use super::paging;
use crate::chat_core::auth::Operation;
use crate::server::core::tally::Tally;
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::ChannelCall;
use crate::server::engine::Page;

/// `GET /channels/{channel}/presence`: a page of the members, all or those of a client or connection (RSP3).
pub(crate) async fn members(call: ChannelCall) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::Subscribe)?;
    let mut members = call.principal.app.hub.engine().members(channel).await?;
    if let Some(client_id) = call.query.get("clientId") {
        members.retain(|member| member.client_id.as_deref() == Some(client_id));
    }
    if let Some(connection_id) = call.query.get("connectionId") {
        members.retain(|member| member.connection_id.as_deref() == Some(connection_id));
    }
    call.count(|| Tally::of_presence(&members));
    let members = call.format.outgoing(&members).into_owned();
    Ok(paging::reply(&call, members, "presence")?)
}

/// `GET /channels/{channel}/presence/history`: a page of what happened (RSP4).
pub(crate) async fn history(call: ChannelCall) -> Answer {
    let channel = &call.channel;
    call.require(channel, Operation::History)?;
    let query = paging::history(&call.query)?;
    let store = call.principal.app.hub.engine();
    let Page { items, next } = store.presence_history(channel, query).await?;
    call.count(|| Tally::of_presence(&items));
    let reply = call.reply(200, &call.format.outgoing(&items));
    Ok(reply.page("history", &call.query, next.as_deref()))
}
