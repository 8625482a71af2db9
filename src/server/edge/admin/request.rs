//! What requests for the server's own HTTP have in common: the app that they are about, and a body in JSON.

use std::sync::Arc;

use axum::extract::Request;

use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::server::core::apps::App;
use crate::server::edge::EdgeState;
use crate::server::edge::http::query::Query;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// Returns the app that a request is about: `app` of the query, else that of the server's first key; `None` where it is
/// about all of them (`allApps=true`).
///
/// # Errors
/// 40400 / 404 for an unknown app, 40003 / 400 for an unknown value.
pub(crate) fn app_of(edge: &EdgeState, query: &Query) -> Result<Option<Arc<App>>> {
    let apps = &edge.server.apps;
    if query.choice("allApps", "true", "false")? == Some(true) {
        return Ok(None);
    }
    match query.get("app") {
        Some(id) => apps.get(id).map(Some),
        None => apps
            .first()
            .map(Some)
            .ok_or_else(|| ErrorInfo::new(40400, 404, "The server has no app")),
    }
}

/// Reads a JSON body.
///
/// # Errors
/// 40001 / 400 for what is no JSON or has another form, 40009 / 413 for too much.
pub(crate) async fn read<T: serde::de::DeserializeOwned>(request: Request) -> Result<T> {
    let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY)
        .await
        .map_err(|_| ErrorInfo::new(40009, 413, format!("The body is over {MAX_BODY} bytes")))?;
    Format::Json.decode(&bytes)
}
