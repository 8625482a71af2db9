//! Apps that a test suite creates for itself, uses and drops: `POST /apps`, and their management in [`manage`].
//!
//! A key of the server with full access creates apps; with `--provision-apps` every client may. An app that is not used
//! for a while is dropped.

pub(crate) mod manage;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::http::reply::Answer;
use super::http::request::{Body, Call};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Json, PresenceAction, PresenceMessage, names};
use crate::server::core::namespaces::Namespaces;
use crate::server::core::seed::{AppTemplate, Seed};
use crate::server::engine::MAX_MEMBERS;

/// The most keys and seeded channels of one app, and the most members that may be allowed a channel.
const MAX_KEYS: usize = 100;
const MAX_CHANNELS: usize = 1000;
const MAX_MAX_MEMBERS: usize = 10_000;

/// The most apps of one server.
const MAX_APPS: usize = 10_000;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AppBody {
    keys: Vec<AppKeySpec>,
    namespaces: Json,
    channels: Vec<AppChannelSpec>,
    limits: AppLimits,
    /// The state that it starts with, and is reset to.
    seed: Seed,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AppKeySpec {
    capability: Option<String>,
    revocable_tokens: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AppChannelSpec {
    name: String,
    presence: Vec<PresenceMessage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AppLimits {
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

/// `POST /apps`: creates an app.
pub(crate) async fn create(call: Call, body: Body) -> Answer {
    let server = &call.edge.server;
    if !call.edge.provisions_apps {
        manage::require_server_key(&call)?;
    }
    let body: AppBody = body.decode()?;
    if body.keys.len() > MAX_KEYS || body.channels.len() > MAX_CHANNELS {
        return Err(bad("Too many keys or channels for one app").into());
    }
    if server.apps.count() >= MAX_APPS {
        return Err(bad("There are too many apps: delete some").into());
    }
    let now = server.clock.now();
    body.seed.check(now)?;
    let template = AppTemplate {
        seed: body.seed,
        members: members(body.channels)?,
        namespaces: Namespaces::of_json(&body.namespaces),
    };
    let id = server.random.alphanumeric(6);
    let entries = entries(&call, &id, body.keys)?;
    let details: Vec<KeyDetails> = entries.iter().map(describe).collect();
    let asked = body.limits.presence.max_members;
    let max_members = asked.unwrap_or(MAX_MEMBERS).min(MAX_MAX_MEMBERS);
    let app = server.apps.add(id.clone(), entries, max_members).await?;
    if let Err(error) = app.begin(template, now, &server.random).await {
        server.apps.remove(&id).await.1?;
        return Err(error.into());
    }
    manage::watch_idle(
        server,
        id.clone(),
        server.deadlines.now() + manage::MAX_IDLE,
    );
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
            "tls": call.edge.is_encrypted,
        }),
    ))
}

/// The keys of a new app: one that may do everything unless some are asked for.
fn entries(call: &Call, app_id: &str, mut wanted: Vec<AppKeySpec>) -> Result<Vec<KeyEntry>> {
    if wanted.is_empty() {
        wanted.push(AppKeySpec::default());
    }
    wanted
        .into_iter()
        .map(|key| {
            let capability = match &key.capability {
                None => Capability::all(),
                Some(text) => Capability::parse(text)?,
            };
            let new = ApiKey::generate_in(app_id, &call.edge.server.random);
            Ok(KeyEntry {
                revocable_tokens: key.revocable_tokens.unwrap_or_default(),
                ..KeyEntry::new(new, capability)
            })
        })
        .collect()
}

fn bad(what: &str) -> ErrorInfo {
    ErrorInfo::new(40000, 400, what)
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

/// The members of channels, ready to enter.
fn members(channels: Vec<AppChannelSpec>) -> Result<Vec<(String, Vec<PresenceMessage>)>> {
    let mut all = Vec::new();
    for AppChannelSpec { name, mut presence } in channels {
        names::check_channel(&name)?;
        for member in &mut presence {
            member.action = Some(PresenceAction::Enter);
            member.to_binary_form()?;
        }
        if !presence.is_empty() {
            all.push((name, presence));
        }
    }
    Ok(all)
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
