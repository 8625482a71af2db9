//! Apps that a test suite creates for itself, uses and drops: `POST /apps`, and their management in [`manage`].
//!
//! A key of the server with full access creates apps; with `--provision-apps` every client may. An app that is not used
//! for a while is dropped.

pub(crate) mod manage;

use std::collections::HashSet;

use http::uri::Authority;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::http::body::{BodyLimit, UnreadBody};
use super::http::reply::Answer;
use super::http::request::Call;
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Json, PresenceAction, PresenceMessage, names};
use crate::server::core::integrations::{Origin, Rule, RuleForm};
use crate::server::core::limits::{
    MAX_APP_CHANNELS, MAX_APP_IDLE, MAX_APP_KEYS, MAX_APP_MEMBERS, MAX_APP_RULES, check_app_name,
};
use crate::server::core::namespaces::AppNamespace;
use crate::server::core::seed::{AppTemplate, Seed};

/// The estimated memory of an app with nothing in it, of an item of its body beside the item's own bytes (measured: a
/// message of one letter takes 430), and of each byte of the body (once in the template, once in the channel, and once
/// for indexes and copies under way).
const APP_SIZE: usize = 16 * 1024;
const ITEM_SIZE: usize = 512;
const COPIES: usize = 3;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AppBody {
    keys: Vec<AppKeySpec>,
    namespaces: Json,
    channels: Vec<AppChannelSpec>,
    limits: AppLimits,
    /// The state that it starts with, and is reset to.
    seed: Seed,
    /// Rules that are asked before a message is published, or told afterwards.
    rules: Vec<RuleForm>,
    /// What it is called where a seed's decisions name it.
    name: Option<String>,
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

impl AppBody {
    /// Estimates the memory that an app takes which is created with this, read from `size` bytes.
    fn memory(&self, size: usize) -> usize {
        let Seed { rooms, channels } = &self.seed;
        let rooms = rooms.iter().map(|room| {
            let reactions = room.messages.iter().map(|message| message.reactions.len());
            1 + room.messages.len() + room.members.len() + reactions.sum::<usize>()
        });
        let dumps = channels.iter().map(|channel| {
            let frames = channel.entries.iter().map(|entry| 1 + entry.frames.len());
            1 + channel.members.len() + frames.sum::<usize>()
        });
        let members = self
            .channels
            .iter()
            .map(|channel| 1 + channel.presence.len());
        let namespaces = self.namespaces.0.as_array().map_or(0, Vec::len);
        let rules = namespaces + self.rules.len();
        let items = rooms.chain(dumps).chain(members).sum::<usize>() + self.keys.len() + rules;
        APP_SIZE + size * COPIES + items * ITEM_SIZE
    }
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
pub(crate) async fn create(call: Call, body: UnreadBody) -> Answer {
    let server = &call.edge.server;
    let is_allowed = manage::require_server_key(&call);
    let limit = match is_allowed {
        Ok(()) => BodyLimit::AUTHENTICATED,
        Err(_) if call.edge.provisions_apps => BodyLimit::OPEN,
        Err(error) => return Err(error.into()),
    };
    let bytes = body.read(limit).await?;
    let size = bytes.bytes.len();
    let body: AppBody = bytes.decode()?;
    drop(bytes);
    if body.keys.len() > MAX_APP_KEYS || body.channels.len() > MAX_APP_CHANNELS {
        return Err(bad("Too many keys or channels for one app").into());
    }
    if let Some(name) = &body.name {
        check_app_name(name).map_err(|fault| bad(&fault))?;
    }
    let share = call.edge.app_budget.share(body.memory(size))?;
    let now = server.clock.now();
    let rules = rules(body.rules, now)?;
    body.seed.check(now)?;
    let template = AppTemplate {
        seed: body.seed,
        members: members(body.channels)?,
        _share: Some(share),
    };
    let id = server.random.alphanumeric(6);
    let entries = entries(&call, &id, body.keys)?;
    let details: Vec<KeyDetails> = entries.iter().map(describe).collect();
    let asked = body.limits.presence.max_members;
    let max_members = asked
        .unwrap_or(server.quota.limits().members)
        .min(MAX_APP_MEMBERS);
    let app = server
        .apps
        .add(id.clone(), entries, max_members, body.name)
        .await?;
    for rule in rules {
        app.integrations.put(rule)?;
    }
    for namespace in AppNamespace::of_json(&body.namespaces, now) {
        app.namespaces.put(namespace);
    }
    if let Err(error) = app.begin(template, now, &server.random).await {
        server.apps.remove(&id).await.1?;
        return Err(error.into());
    }
    let idle_at = server.deadlines.now() + MAX_APP_IDLE;
    manage::watch_idle(server, id.clone(), idle_at);
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

/// The rules of a new app: their targets are on this machine, since anybody may have made them.
///
/// # Errors
/// 40000 / 400 for one that is wrong, 40125 / 401 for too many.
fn rules(forms: Vec<RuleForm>, now: Timestamp) -> Result<Vec<Rule>> {
    if forms.len() > MAX_APP_RULES {
        let why = format!("An app may have {MAX_APP_RULES} rules");
        return Err(ErrorInfo::new(40125, 401, why));
    }
    let mut ids = HashSet::new();
    let rules = forms.into_iter().enumerate().map(|(place, form)| {
        let id = form
            .id
            .clone()
            .unwrap_or_else(|| format!("rule-{}", place + 1));
        if !ids.insert(id.clone()) {
            return Err(bad(&format!("There are two rules '{id}'")));
        }
        let rule = Rule::new(id.clone(), form, Origin::Http, now);
        rule.map_err(|fault| fault.into_error(&id))
    });
    rules.collect()
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
                None => Capability::everywhere(),
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
        id: key.id().to_owned(),
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
    let default = if call.edge.is_encrypted { 443 } else { 80 };
    match call.header("host").map(Authority::try_from) {
        // With the brackets of an IPv6 address: SDKs put the host into a URL as it is.
        Some(Ok(host)) => (host.host().to_owned(), host.port_u16().unwrap_or(default)),
        Some(Err(_)) | None => ("127.0.0.1".to_owned(), default),
    }
}
