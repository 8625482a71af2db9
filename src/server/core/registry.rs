//! Apps, keys, namespaces and rules that are made and changed while the server runs: kept by the engine's directory, then
//! put in force.
//!
//! Callers hold [`super::apps::Apps::changes`] from what they read until the change is in force. What is added to an app
//! that a client provisioned is in force and not kept, as the app is not.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::app_keys::AppKey;
use super::app_profile::{AppOrigin, AppProfile};
use super::apps::{App, Opening};
use super::events::Event;
use super::gate;
use super::integrations::{Origin, Rule, RuleForm};
use super::limits::MAX_APP_KEYS;
use super::limits::MAX_APP_RULES;
use super::namespaces::{AppNamespace, Namespace};
use super::state::ServerState;
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::engine::{DirectoryItem, ItemKind};

/// The most apps that the Control API makes, and the most namespaces of an app.
const MAX_APPS: usize = 100;
const MAX_NAMESPACES: usize = 100;

/// Makes an app, which stays until it is removed.
///
/// # Errors
/// 40128 / 401 for too many, 50000 / 500 if it can't be kept.
pub(crate) async fn add_app(server: &ServerState, profile: AppProfile) -> Result<Arc<App>> {
    let all = server.apps.all();
    let made = all.iter().filter(|app| app.origin == AppOrigin::Control);
    if made.count() >= MAX_APPS {
        return Err(too_many(40128, MAX_APPS, "apps"));
    }
    let id = loop {
        let id = server.random.alphanumeric(6);
        if server.apps.get(&id).is_err() {
            break id;
        }
    };
    let item = item(&id, ItemKind::App, &id, &profile);
    server.apps.engine.directory().keep_item(item).await?;
    open(server, id, profile).await
}

/// Changes what an app is called.
///
/// # Errors
/// 50000 / 500 if it can't be kept.
pub(crate) async fn change_app(server: &ServerState, app: &App, profile: AppProfile) -> Result<()> {
    keep(server, app, item(&app.id, ItemKind::App, &app.id, &profile)).await?;
    *app.profile.write() = profile;
    Ok(())
}

/// Removes an app that was made while the server runs; its clients are told.
///
/// # Errors
/// The engine's; it is not here any more in any case.
pub(crate) async fn remove_app(server: &ServerState, id: &str) -> Result<()> {
    let (app, removed) = server.apps.remove(id).await;
    server
        .events
        .emit_to_followers(Event::AppDeleted { app_id: id });
    if let Some(app) = app {
        app.faults.end();
        end_connections(server, &app, None, &gate::deleted());
    }
    removed
}

/// Adds a key to an app, or puts it in the place of the one with its name. The connections of a key that is revoked end.
///
/// # Errors
/// 40127 / 401 for too many, 50000 / 500 if it can't be kept.
pub(crate) async fn put_key(server: &ServerState, app: &Arc<App>, key: AppKey) -> Result<()> {
    let name = key.entry.key.name().to_owned();
    if app.keys.find(&name).is_none() && app.keys.count() >= MAX_APP_KEYS {
        return Err(too_many(40127, MAX_APP_KEYS, "keys"));
    }
    let body = KeyBody {
        key: key.entry.key.reveal(),
        name: key.label.clone(),
        capability: key.entry.capability.text().to_owned(),
        revocable_tokens: key.entry.revocable_tokens,
        is_revoked: key.entry.revoked,
        created: key.created,
        modified: key.modified,
    };
    let id = key.entry.key.id();
    keep(server, app, item(&app.id, ItemKind::Key, id, &body)).await?;
    let is_revoked = key.entry.revoked;
    app.keys.put(key);
    if is_revoked {
        end_connections(server, app, Some(&name), &gate::key_revoked());
    }
    Ok(())
}

/// Adds a namespace to an app, or puts it in the place of the one with its id.
///
/// # Errors
/// 40126 / 401 for too many, 50000 / 500 if it can't be kept.
pub(crate) async fn put_namespace(
    server: &ServerState,
    app: &App,
    namespace: AppNamespace,
) -> Result<()> {
    let id = namespace.rule.id.clone();
    if app.namespaces.find(&id).is_none() && app.namespaces.list().len() >= MAX_NAMESPACES {
        return Err(too_many(40126, MAX_NAMESPACES, "namespaces"));
    }
    let body = NamespaceBody {
        rule: namespace.rule.clone(),
        members: namespace.members.clone(),
        created: namespace.created,
        modified: namespace.modified,
    };
    keep(server, app, item(&app.id, ItemKind::Namespace, &id, &body)).await?;
    app.namespaces.put(namespace);
    Ok(())
}

/// Removes a namespace of an app.
///
/// # Errors
/// 50000 / 500 if that can't be kept.
pub(crate) async fn remove_namespace(server: &ServerState, app: &App, id: &str) -> Result<()> {
    forget(server, app, ItemKind::Namespace, id).await?;
    app.namespaces.remove(id);
    Ok(())
}

/// Adds a rule to an app, or puts it in the place of the one with its id. It is in force from the next message on.
///
/// # Errors
/// 40125 / 401 for too many, 50000 / 500 if it can't be kept.
pub(crate) async fn put_rule(server: &ServerState, app: &App, rule: Rule) -> Result<Arc<Rule>> {
    let integrations = &app.integrations;
    if integrations.rule(&rule.id).is_none() && integrations.rules().len() >= MAX_APP_RULES {
        return Err(too_many(40125, MAX_APP_RULES, "rules"));
    }
    let body = RuleBody {
        rule: rule.form.clone(),
        created: rule.created,
        modified: rule.modified,
    };
    keep(server, app, item(&app.id, ItemKind::Rule, &rule.id, &body)).await?;
    integrations.put(rule)
}

/// Removes a rule of an app.
///
/// # Errors
/// 50000 / 500 if that can't be kept.
pub(crate) async fn remove_rule(server: &ServerState, app: &App, id: &str) -> Result<()> {
    forget(server, app, ItemKind::Rule, id).await?;
    app.integrations.remove(id);
    Ok(())
}

/// Puts in force what the directory has kept. The configuration goes first; an item that can't be read is logged and
/// left as it is.
///
/// # Errors
/// 50000 / 500 if the storage fails.
pub(crate) async fn restore(server: &ServerState) -> Result<()> {
    for item in server.apps.engine.directory().items().await? {
        let DirectoryItem { app, name, .. } = &item;
        if let Err(error) = restore_item(server, &item).await {
            tracing::error!(app, name, %error, "what the Control API made could not be restored");
        }
    }
    Ok(())
}

async fn restore_item(server: &ServerState, item: &DirectoryItem) -> Result<()> {
    let known = server.apps.get(&item.app);
    if item.kind == ItemKind::App {
        if known.is_err() {
            open(server, item.app.clone(), read(item)?).await?;
        }
        return Ok(());
    }
    // Of an app that the server has no key of any more: it may have one again.
    let Ok(app) = known else {
        return Ok(());
    };
    match item.kind {
        ItemKind::App => {}
        ItemKind::Key => {
            let key = read::<KeyBody>(item)?.key()?;
            if app.keys.find(key.entry.key.name()).is_none() {
                app.keys.put(key);
            }
        }
        ItemKind::Namespace => {
            let namespace = read::<NamespaceBody>(item)?.namespace();
            if app.namespaces.find(&item.name).is_none() {
                app.namespaces.put(namespace);
            }
        }
        ItemKind::Rule => {
            let rule = read::<RuleBody>(item)?.rule(&item.name)?;
            if app.integrations.rule(&item.name).is_none() {
                app.integrations.put(rule)?;
            }
        }
    }
    Ok(())
}

/// A key as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyBody {
    key: String,
    name: String,
    capability: String,
    revocable_tokens: bool,
    is_revoked: bool,
    created: Timestamp,
    modified: Timestamp,
}

/// A namespace as it is kept.
#[derive(Serialize, Deserialize)]
struct NamespaceBody {
    rule: Namespace,
    members: Map<String, Value>,
    created: Timestamp,
    modified: Timestamp,
}

/// A rule as it is kept.
#[derive(Serialize, Deserialize)]
struct RuleBody {
    rule: RuleForm,
    created: Timestamp,
    modified: Timestamp,
}

impl KeyBody {
    fn key(self) -> Result<AppKey> {
        let entry = KeyEntry {
            revocable_tokens: self.revocable_tokens,
            revoked: self.is_revoked,
            ..KeyEntry::new(
                ApiKey::parse(&self.key)?,
                Capability::parse(&self.capability)?,
            )
        };
        Ok(AppKey {
            label: self.name,
            modified: self.modified,
            ..AppKey::new(entry, Origin::Http, self.created)
        })
    }
}

impl NamespaceBody {
    fn namespace(self) -> AppNamespace {
        AppNamespace {
            members: self.members,
            modified: self.modified,
            ..AppNamespace::new(self.rule, Origin::Http, self.created)
        }
    }
}

impl RuleBody {
    fn rule(self, id: &str) -> Result<Rule> {
        let rule = Rule::new(id.to_owned(), self.rule, Origin::Http, self.created);
        let mut rule = rule.map_err(|fault| fault.into_error(id))?;
        rule.modified = self.modified;
        Ok(rule)
    }
}

async fn open(server: &ServerState, id: String, profile: AppProfile) -> Result<Arc<App>> {
    let opening = Opening {
        id,
        keys: Vec::new(),
        max_members: server.quota.limits().members,
        label: Some(profile.name.clone()),
        origin: AppOrigin::Control,
        profile: Some(profile),
    };
    server.apps.open(opening).await
}

fn item(app: &str, kind: ItemKind, name: &str, body: &impl Serialize) -> DirectoryItem {
    DirectoryItem {
        app: app.to_owned(),
        kind,
        name: name.to_owned(),
        // What is serialised here has text keys only, and nothing that refuses.
        body: serde_json::to_string(body).unwrap_or_default(),
    }
}

fn read<T: DeserializeOwned>(item: &DirectoryItem) -> Result<T> {
    serde_json::from_str(&item.body)
        .map_err(|error| ErrorInfo::new(50000, 500, format!("The store is damaged: {error}")))
}

async fn keep(server: &ServerState, app: &App, item: DirectoryItem) -> Result<()> {
    if !app.origin.is_kept() {
        return Ok(());
    }
    server.apps.engine.directory().keep_item(item).await
}

async fn forget(server: &ServerState, app: &App, kind: ItemKind, name: &str) -> Result<()> {
    if !app.origin.is_kept() {
        return Ok(());
    }
    let directory = server.apps.engine.directory();
    directory.remove_item(&app.id, kind, name).await
}

/// Ends the connections to an app: of all its clients, or of those of the key called `key`.
fn end_connections(server: &ServerState, app: &Arc<App>, key: Option<&str>, error: &ErrorInfo) {
    for connection in server.connections.all() {
        let principal = connection.principal();
        let is_meant = key.is_none_or(|key| principal.key_name() == key);
        if is_meant && Arc::ptr_eq(&principal.app, app) {
            connection.fail(error.clone());
        }
    }
}

fn too_many(code: u32, most: usize, what: &str) -> ErrorInfo {
    let why = format!("There may be {most} {what}: delete some");
    ErrorInfo::new(code, 401, why)
}
