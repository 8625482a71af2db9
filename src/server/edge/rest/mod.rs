//! The Pub/Sub REST API that SDKs and tools use.

pub(crate) mod batch;
pub(crate) mod channels;
pub(crate) mod messages;
pub(crate) mod paging;
pub(crate) mod presence;

use crate::chat_core::auth::Operation;
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::{Call, Caller};

/// `GET /time`: `[ms]`, without credentials.
pub(crate) async fn time(call: Call) -> Answer {
    Ok(call.reply(200, &[call.edge.server.clock.now()]))
}

/// `GET /stats`: an empty page. This server counts nothing that outlives the moment.
pub(crate) async fn stats(caller: Caller) -> Answer {
    caller.require("*", Operation::Stats)?;
    caller.query.limit()?;
    let none: [u8; 0] = [];
    Ok(caller.reply(200, &none).page("stats", &caller.query, None))
}
