//! Apps that a test suite makes for itself, uses and drops: `POST /apps` and `DELETE /apps/{id}`.
//!
//! Opt-in: whoever reaches the server may make apps. An app that nobody uses for a while is dropped.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::apps::App;
use super::core::{Core, Due};
use super::gate::Shown;
use super::http::call::{Call, Reply};
use super::limits::MAX_MEMBERS;
use super::store::{Act, Operation};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry, keys};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Json, PresenceAction, PresenceMessage, names};

/// How long an app lives without being used.
pub(super) const MAX_IDLE: Duration = Duration::from_secs(30 * 60);

/// The most keys and seeded channels of one app, and the most members that may be allowed a channel.
const MAX_KEYS: usize = 100;
const MAX_CHANNELS: usize = 1000;
const MAX_MAX_MEMBERS: usize = 10_000;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    keys: Vec<Key>,
    namespaces: Json,
    channels: Vec<Channel>,
    limits: Limits,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Key {
    capability: Option<String>,
    revocable_tokens: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Channel {
    name: String,
    presence: Vec<PresenceMessage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Limits {
    presence: PresenceLimits,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PresenceLimits {
    max_members: Option<usize>,
}

/// A key, as a suite reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyDetails {
    id: String,
    key_name: String,
    key_secret: String,
    key_str: String,
    value: String,
    capability: String,
    revocable_tokens: bool,
    status: u8,
}

/// `POST /apps`: makes an app.
pub(super) async fn create(call: Call) -> Result<Reply> {
    let core = &call.core;
    let body: Body = call.content()?;
    if body.keys.len() > MAX_KEYS || body.channels.len() > MAX_CHANNELS {
        return Err(ErrorInfo::new(
            40000,
            400,
            "Too many keys or channels for one app",
        ));
    }
    let id = core.random.alphanumeric(6);
    let wanted = if body.keys.is_empty() {
        vec![Key::default()]
    } else {
        body.keys
    };
    let mut entries = Vec::with_capacity(wanted.len());
    for key in wanted {
        let capability = match &key.capability {
            None => Capability::all(),
            Some(text) => Capability::parse(text)?,
        };
        entries.push(KeyEntry {
            revocable_tokens: key.revocable_tokens.unwrap_or_default(),
            ..KeyEntry::new(ApiKey::generate_in(&id, &core.random), capability)
        });
    }
    let details: Vec<KeyDetails> = entries.iter().map(describe).collect();
    let max_members = body
        .limits
        .presence
        .max_members
        .unwrap_or(MAX_MEMBERS)
        .min(MAX_MAX_MEMBERS);
    for channel in &body.channels {
        names::check_channel(&channel.name)?;
    }
    let app = core.apps.add(id.clone(), entries, max_members);
    for channel in body.channels {
        seed(core, &app, channel).await?;
    }
    core.timers
        .set(core.clock.now() + MAX_IDLE, Due::IdleApp(id.clone()));
    let (endpoint, port) = place(&call);
    let namespaces = match body.namespaces.0 {
        Value::Null => json!([]),
        given => given,
    };
    Ok(call.reply(
        201,
        &json!({
            "accountId": "local",
            "appId": id,
            "id": id,
            "status": "enabled",
            "keys": details,
            "namespaces": namespaces,
            "endpoint": endpoint,
            "port": port,
            "tls": false,
        }),
    ))
}

/// `DELETE /apps/{id}`: drops an app; one of its own keys must say so.
pub(super) async fn delete(call: Call) -> Result<Reply> {
    let id = &call.path[0];
    let app = call.core.apps.get(id)?;
    let Some(Shown::Key(credential)) = call.shown()? else {
        return Err(ErrorInfo::new(
            40101,
            401,
            "An app is deleted with one of its keys",
        ));
    };
    let entry = keys::authenticate_basic(&call.core.apps, &credential)?;
    if entry.key.app_id() != app.id {
        return Err(ErrorInfo::new(40101, 401, "The key is of another app"));
    }
    drop_app(&call.core, id);
    Ok(call.reply(200, &json!({"appId": id})))
}

/// Drops an app that nobody has used for a while, or looks again later.
pub(super) fn check_idle(core: &Core, id: &str) {
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

fn drop_app(core: &Core, id: &str) {
    core.apps.remove(id);
    for connection in core.connections.all() {
        if connection.principal().app.id == id {
            connection.fail(ErrorInfo::new(40400, 404, "The app was deleted"));
        }
    }
}

fn describe(entry: &KeyEntry) -> KeyDetails {
    let key = &entry.key;
    KeyDetails {
        id: key
            .name()
            .split_once('.')
            .map_or("", |(_, id)| id)
            .to_owned(),
        key_name: key.name().to_owned(),
        key_secret: key.secret().to_owned(),
        key_str: key.reveal(),
        value: key.secret().to_owned(),
        capability: entry.capability.text().to_owned(),
        revocable_tokens: entry.revocable_tokens,
        status: 0,
    }
}

/// Lets the members of a seed enter: they belong to no connection and stay.
async fn seed(core: &Core, app: &Arc<App>, channel: Channel) -> Result<()> {
    if channel.presence.is_empty() {
        return Ok(());
    }
    let mut members = channel.presence;
    for member in &mut members {
        member.action = Some(PresenceAction::Enter);
        member.to_binary_form()?;
    }
    let operation = Operation {
        act: Act::Presence(members),
        id: format!("seed-{}", core.random.alphanumeric(12)),
        connection_id: Some("seed".to_owned()),
        repeat_key: None,
    };
    app.hub.submit(&channel.name, operation).await?;
    Ok(())
}

/// The host and port that the caller used, which lead to the app as well.
fn place(call: &Call) -> (String, u16) {
    let host = call.header("host").unwrap_or("127.0.0.1");
    match host.rsplit_once(':') {
        Some((host, port)) => (
            host.trim_matches(['[', ']']).to_owned(),
            port.parse().unwrap_or(80),
        ),
        None => (host.to_owned(), 80),
    }
}
