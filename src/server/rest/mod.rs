//! The Pub/Sub REST API that SDKs and tools use.

pub(super) mod batch;
pub(super) mod channels;
pub(super) mod messages;
pub(super) mod paging;
pub(super) mod presence;

use super::http::call::{Call, Reply};
use crate::chat_core::auth::Operation;
use crate::chat_core::error::Result;

/// `GET /time`: `[ms]`, for anybody.
pub(super) async fn time(call: Call) -> Result<Reply> {
    Ok(call.reply(200, &[call.core.clock.now()]))
}

/// `GET /stats`: an empty page. This server counts nothing that outlives the moment.
pub(super) async fn stats(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    principal.require("*", Operation::Stats)?;
    let none: [u8; 0] = [];
    Ok(call.reply(200, &none).page("stats", &call.query, None))
}
