//! The Pub/Sub REST API that SDKs and tools use.

pub(crate) mod batch;
pub(crate) mod channels;
pub(crate) mod messages;
pub(crate) mod paging;
pub(crate) mod presence;

use crate::chat_core::auth::Operation;
use crate::chat_core::error::Result;
use crate::server::edge::http::call::{Call, Reply};

/// `GET /time`: `[ms]`, for anybody.
pub(crate) async fn time(call: Call) -> Result<Reply> {
    Ok(call.reply(200, &[call.core.clock.now()]))
}

/// `GET /stats`: an empty page. This server counts nothing that outlives the moment.
pub(crate) async fn stats(call: Call) -> Result<Reply> {
    let principal = call.principal()?;
    principal.require("*", Operation::Stats)?;
    let none: [u8; 0] = [];
    Ok(call.reply(200, &none).page("stats", &call.query, None))
}
