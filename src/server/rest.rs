//! The Pub/Sub REST API, as far as Chat and the commands need it.

use super::http::call::{Call, Reply};
use crate::chat_core::auth::Operation;
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{PresenceMessage, names};

/// `GET /time`: `[ms]`, for anybody.
pub(super) async fn time(call: Call) -> Result<Reply> {
    Ok(call.reply(200, &[call.core.clock.now()]))
}

/// `GET /channels/{channel}/presence`: a page of the members.
pub(super) async fn presence(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    let channel = &call.path[0];
    names::check_channel(channel)?;
    principal.require(channel, Operation::Subscribe)?;
    call.query.limit()?;
    let members: Vec<PresenceMessage> = Vec::new();
    Ok(call
        .reply(200, &members)
        .page("presence", &call.query, None))
}
