//! The management of apps from outside: who may, their reset, and their end.

use std::sync::Arc;

use serde_json::json;

use crate::chat_core::auth::KeyEntry;
use crate::chat_core::clock::Moment;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::events::Event;
use crate::server::core::limits::MAX_APP_IDLE;
use crate::server::core::login::Credential;
use crate::server::core::registry;
use crate::server::core::state::ServerState;
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::{AppId, Call};

/// `DELETE /apps/{id}`: drops an app that was created with `POST /apps`.
pub(crate) async fn delete(call: Call, AppId(id): AppId) -> Answer {
    let server = &call.edge.server;
    server.apps.get(&id)?;
    require_key_over(&call, &id)?;
    if server.apps.is_own(&id) {
        let why = "The server was started with this app: it can be reset, not deleted";
        return Err(ErrorInfo::new(40300, 403, why).into());
    }
    registry::remove_app(server, &id).await?;
    Ok(call.reply(200, &json!({"appId": id})))
}

/// `POST /apps/{id}/reset`: resets an app to its seed. Its clients stay, and are told before the answer.
pub(crate) async fn reset(call: Call, AppId(id): AppId) -> Answer {
    let server = &call.edge.server;
    let app = server.apps.get(&id)?;
    require_key_over(&call, &id)?;
    app.touch(server.clock.now());
    app.reset(server.clock.now(), &server.random).await?;
    server
        .events
        .emit_to_followers(Event::Reset { app_id: &id });
    call.edge.writers.settle().await;
    Ok(call.reply(200, &json!({"appId": id})))
}

/// Requires a key of the server with full access.
///
/// # Errors
/// Why it is refused, with Ably's code.
pub(super) fn require_server_key(call: &Call) -> Result<()> {
    let entry = full_access_key(call)?;
    if call.edge.server.apps.is_own(entry.key.app_id()) {
        return Ok(());
    }
    Err(denied("the key is of an app within the server"))
}

/// Requires a key with full access, of the app itself or of the server.
///
/// # Errors
/// Why it is refused, with Ably's code.
fn require_key_over(call: &Call, id: &str) -> Result<()> {
    let entry = full_access_key(call)?;
    let (apps, of) = (&call.edge.server.apps, entry.key.app_id());
    // A key that the server was started with is over the apps created there, not over its neighbours.
    if of == id || (apps.is_own(of) && !apps.is_own(id)) {
        return Ok(());
    }
    Err(denied("the key is of another app"))
}

/// Authenticates the caller's key, which must have full access.
fn full_access_key(call: &Call) -> Result<Arc<KeyEntry>> {
    let Some(Credential::Key(credential)) = call.credential()? else {
        return Err(ErrorInfo::new(
            40101,
            401,
            "Apps are made, reset and deleted with a key, not with a token",
        ));
    };
    let entry = call.authenticate_key(&credential)?;
    if !entry.capability.is_whole() {
        return Err(denied("the key may not do everything"));
    }
    Ok(entry)
}

fn denied(why: &str) -> ErrorInfo {
    ErrorInfo::new(40160, 401, format!("operation not permitted: {why}"))
}

/// Drops the app once it was not used for [`MAX_APP_IDLE`], which is looked at from `at` on.
pub(super) fn watch_idle(server: &Arc<ServerState>, id: String, at: Moment) {
    let weak = Arc::downgrade(server);
    let check = server.deadlines.task(move || {
        let server = weak.upgrade()?;
        Some(async move {
            if let Err(error) = check_idle(&server, &id).await {
                tracing::error!(id, %error, "an app could not be checked for being idle");
            }
        })
    });
    server.deadlines.schedule(at, check);
}

async fn check_idle(server: &Arc<ServerState>, id: &str) -> Result<()> {
    let Ok(app) = server.apps.get(id) else {
        return Ok(());
    };
    let now = server.clock.now();
    let is_connected = server
        .connections
        .all()
        .iter()
        .any(|connection| Arc::ptr_eq(&connection.principal().app, &app));
    let unused_since = app.last_used().await?;
    if !is_connected && unused_since + MAX_APP_IDLE <= now {
        return registry::remove_app(server, id).await;
    }
    let again = if is_connected { now } else { unused_since };
    let at = server.deadlines.moment_of(again + MAX_APP_IDLE);
    watch_idle(server, id.to_owned(), at);
    Ok(())
}
