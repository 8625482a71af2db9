//! `/apps/{app}/keys`.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde_json::{Value, json};

use super::request::{
    Answer, Control, Members, answer, empty, invalid, malformed, not_found, require_made_here,
};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::app_keys::AppKey;
use crate::server::core::apps::App;
use crate::server::core::integrations::Origin;
use crate::server::core::registry;

/// The members of a body.
const MEMBERS: [&str; 3] = ["name", "capability", "revocableTokens"];

/// The longest name of a key, in bytes.
const MAX_NAME: usize = 256;

/// `GET /apps/{app}/keys`: all keys, revoked ones too, with their secrets.
pub(super) async fn list(State(control): State<Arc<Control>>, Path(id): Path<String>) -> Answer {
    let app = control.app(&id)?;
    let keys: Vec<Value> = app.keys.list().iter().map(|key| json_of(key)).collect();
    Ok(answer(200, &Value::Array(keys)))
}

/// `POST /apps/{app}/keys`.
pub(super) async fn create(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let members = Members::read(request, &MEMBERS).await?;
    for name in ["name", "capability"] {
        if members.get(name).is_none() {
            return Err(malformed(&format!("'{name}' is required")).into());
        }
    }
    let _turn = control.turn().await;
    let (app, server) = (control.app(&id)?, control.server());
    let new = ApiKey::generate_in(&app.id, &server.random);
    let entry = KeyEntry::new(new, Capability::none());
    let key = AppKey::new(entry, Origin::Http, server.clock.now());
    put(&control, &app, changed(&key, &members)?, 201).await
}

/// `PATCH /apps/{app}/keys/{key}`: logins have what it may do from then on; connections go on as they were let in.
pub(super) async fn update(
    State(control): State<Arc<Control>>,
    Path((app, id)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let members = Members::read(request, &MEMBERS).await?;
    let _turn = control.turn().await;
    let app = control.app(&app)?;
    let key = changeable(&app, &id)?;
    let key = AppKey {
        modified: control.server().clock.now(),
        ..changed(&key, &members)?
    };
    put(&control, &app, key, 200).await
}

/// `POST /apps/{app}/keys/{key}/revoke`: its connections end, and it lets nobody in any more.
pub(super) async fn revoke(
    State(control): State<Arc<Control>>,
    Path((app, id)): Path<(String, String)>,
) -> Answer {
    let _turn = control.turn().await;
    let app = control.app(&app)?;
    let key = changeable(&app, &id)?;
    let entry = KeyEntry {
        revoked: true,
        ..(*key.entry).clone()
    };
    let key = AppKey {
        entry: Arc::new(entry),
        modified: control.server().clock.now(),
        ..(*key).clone()
    };
    registry::put_key(control.server(), &app, key).await?;
    control.edge.writers.settle().await;
    Ok(empty(200))
}

/// Returns a key that was made while the server runs.
fn changeable(app: &App, id: &str) -> Result<Arc<AppKey>> {
    let key = app.keys.find(&format!("{}.{id}", app.id));
    let key = key.ok_or_else(|| not_found("key", id))?;
    require_made_here(key.origin, "key", id)?;
    Ok(key)
}

/// Returns the key with the members of a body.
fn changed(key: &AppKey, members: &Members) -> Result<AppKey> {
    let (mut key, mut entry) = (key.clone(), (*key.entry).clone());
    if let Some(name) = members.text("name")? {
        if name.is_empty() || name.len() > MAX_NAME {
            return Err(invalid(&format!("'name' must have 1 to {MAX_NAME} bytes")));
        }
        name.clone_into(&mut key.label);
    }
    if let Some(value) = members.get("capability") {
        entry.capability = capability(value)?;
    }
    if let Some(is_revocable) = members.flag("revocableTokens")? {
        entry.revocable_tokens = is_revocable;
    }
    key.entry = Arc::new(entry);
    Ok(key)
}

/// Reads a capability, an object here.
///
/// # Errors
/// 40000 / 400 for another value, 42200 / 422 for an invalid resource or operation.
fn capability(value: &Value) -> Result<Capability> {
    if !value.is_object() {
        return Err(malformed(
            "'capability' must be an object of resources and their operations",
        ));
    }
    let refused = |ErrorInfo { message, .. }| invalid(&format!("'capability': {message}"));
    Capability::parse_strict(&value.to_string()).map_err(refused)
}

async fn put(control: &Control, app: &Arc<App>, key: AppKey, status: u16) -> Answer {
    let body = json_of(&key);
    registry::put_key(control.server(), app, key).await?;
    Ok(answer(status, &body))
}

fn json_of(key: &AppKey) -> Value {
    let entry = &key.entry;
    json!({
        "appId": entry.key.app_id(),
        "id": entry.key.id(),
        "name": key.label,
        "status": u8::from(entry.revoked),
        "key": entry.key.reveal(),
        "capability": entry.capability.to_json(),
        "revocableTokens": entry.revocable_tokens,
        "created": key.created.millis(),
        "modified": key.modified.millis(),
    })
}
