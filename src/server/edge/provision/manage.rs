//! What is done to an app from outside: who may, its reset, and its end.

use std::sync::Arc;

use serde_json::json;

use super::MAX_IDLE;
use crate::chat_core::auth::KeyEntry;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::gate::Credential;
use crate::server::core::state::{Due, ServerState};
use crate::server::edge::http::call::{Call, Reply};

/// `DELETE /apps/{id}`: drops an app that was made with `POST /apps`.
pub(crate) async fn delete(call: Call) -> Result<Reply> {
    let id = &call.path[0];
    call.core.apps.get(id)?;
    require_key_over(&call, id)?;
    if is_own(&call.core, id) {
        return Err(ErrorInfo::new(
            40300,
            403,
            "The server was started with this app: it can be reset, not deleted",
        ));
    }
    drop_app(&call.core, id);
    Ok(call.reply(200, &json!({"appId": id})))
}

/// `POST /apps/{id}/reset`: puts an app back to what it began with. Its clients stay, and are told before the answer.
pub(crate) async fn reset(call: Call) -> Result<Reply> {
    let core = &call.core;
    let id = &call.path[0];
    let app = core.apps.get(id)?;
    require_key_over(&call, id)?;
    app.touch(core.clock.now());
    app.reset(core.clock.now(), &core.random).await?;
    core.writers.settle().await;
    Ok(call.reply(200, &json!({"appId": id})))
}

/// Lets pass whoever shows a key of the server that may do everything.
///
/// # Errors
/// Why not.
pub(super) fn require_server_key(call: &Call) -> Result<()> {
    let entry = whole_key(call)?;
    if is_own(&call.core, entry.key.app_id()) {
        return Ok(());
    }
    Err(denied("the key is of an app within the server"))
}

/// Lets pass whoever shows a key that may do everything, of the app itself or of the server.
///
/// # Errors
/// Why not.
fn require_key_over(call: &Call, id: &str) -> Result<()> {
    let entry = whole_key(call)?;
    let of = entry.key.app_id();
    // A key that the server was started with is over the apps made there, not over its neighbours.
    if of == id || (is_own(&call.core, of) && !is_own(&call.core, id)) {
        return Ok(());
    }
    Err(denied("the key is of another app"))
}

/// The key that the caller shows, if it may do everything.
fn whole_key(call: &Call) -> Result<Arc<KeyEntry>> {
    let Some(Credential::Key(credential)) = call.shown()? else {
        return Err(ErrorInfo::new(
            40101,
            401,
            "Apps are made, reset and deleted with a key, not with a token",
        ));
    };
    let entry = call.key(&credential)?;
    if !entry.capability.is_whole() {
        return Err(denied("the key may not do everything"));
    }
    Ok(entry)
}

fn denied(why: &str) -> ErrorInfo {
    ErrorInfo::new(40160, 401, format!("operation not permitted: {why}"))
}

fn is_own(core: &ServerState, id: &str) -> bool {
    core.own_apps.iter().any(|own| own == id)
}

/// Drops an app that nobody has used for a while, or looks again later.
pub(crate) fn check_idle(core: &ServerState, id: &str) {
    let Ok(app) = core.apps.get(id) else {
        return;
    };
    let now = core.clock.now();
    let is_connected = core
        .connections
        .all()
        .iter()
        .any(|connection| connection.principal().app.id == app.id);
    let unused_since = app.last_used();
    if !is_connected && unused_since + MAX_IDLE <= now {
        drop_app(core, id);
    } else {
        let again = if is_connected { now } else { unused_since };
        core.timers
            .set(again + MAX_IDLE, Due::IdleApp(id.to_owned()));
    }
}

fn drop_app(core: &ServerState, id: &str) {
    core.apps.remove(id);
    for connection in core.connections.all() {
        if connection.principal().app.id == id {
            connection.fail(ErrorInfo::new(40400, 404, "The app was deleted"));
        }
    }
}
