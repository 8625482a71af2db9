//! Usage over HTTP.

use std::sync::Arc;

use axum::extract::State;

use super::request::app_of;
use crate::chat_core::protocol::Format;
use crate::server::edge::EdgeState;
use crate::server::edge::http::query::Query;
use crate::server::edge::http::reply::{Answer, Reply};

/// `GET /chatctl/usage`: what an app would have counted, or all of them together.
pub(super) async fn get(State(edge): State<Arc<EdgeState>>, query: Query) -> Answer {
    let app = app_of(&edge, &query)?;
    let report = edge.usage.report(app.as_ref().map(|app| app.id.as_str()));
    Ok(Reply::new(Format::Json, 200, &report))
}
