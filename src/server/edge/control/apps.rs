//! `/accounts/{account}/apps` and `/apps/{app}`.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde_json::{Value, json};

use super::request::{
    ACCOUNT, Answer, BaseUrl, Control, Members, answer, configured, empty, invalid, malformed,
    not_found,
};
use crate::chat_core::error::Result;
use crate::server::core::app_profile::{AppOrigin, AppProfile};
use crate::server::core::apps::App;
use crate::server::core::registry;

/// The members of a body. Push is not served: its members are known, and refused.
const MEMBERS: [&str; 16] = [
    "name",
    "status",
    "tlsOnly",
    "fcmKey",
    "fcmServiceAccount",
    "fcmProjectId",
    "apnsAuthType",
    "apnsCertificate",
    "apnsPrivateKey",
    "apnsSigningKey",
    "apnsSigningKeyId",
    "apnsIssuerKey",
    "apnsTopicHeader",
    "apnsUseSandboxEndpoint",
    "apnsUsesSandboxCert",
    "apnsTeamId",
];

/// The longest name of an app, in bytes, as for `POST /apps`.
const MAX_NAME: usize = 64;

/// `GET /accounts/{account}/apps`: every app of the server, whoever made it.
pub(super) async fn list(
    State(control): State<Arc<Control>>,
    Path(account): Path<String>,
    base: BaseUrl,
) -> Answer {
    require_account(&account)?;
    let mut apps = control.server().apps.all();
    apps.sort_by_key(|app| app.number);
    let apps: Vec<Value> = apps.iter().map(|app| json_of(app, &base)).collect();
    Ok(answer(200, &Value::Array(apps)))
}

/// `POST /accounts/{account}/apps`: makes an app without keys, which stays until it is deleted.
pub(super) async fn create(
    State(control): State<Arc<Control>>,
    Path(account): Path<String>,
    base: BaseUrl,
    request: Request,
) -> Answer {
    require_account(&account)?;
    let members = Members::read(request, &MEMBERS).await?;
    if members.text("name")?.is_none() {
        return Err(malformed("'name' is required").into());
    }
    let _turn = control.turn().await;
    let new = AppProfile::new(String::new(), control.server().clock.now());
    let app = registry::add_app(control.server(), changed(new, &members)?).await?;
    Ok(answer(201, &json_of(&app, &base)))
}

/// `PATCH /apps/{app}`.
pub(super) async fn update(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    base: BaseUrl,
    request: Request,
) -> Answer {
    let members = Members::read(request, &MEMBERS).await?;
    let _turn = control.turn().await;
    let app = changeable(&control, &id)?;
    let before = app.profile.read().clone();
    let profile = AppProfile {
        modified: control.server().clock.now(),
        ..changed(before, &members)?
    };
    registry::change_app(control.server(), &app, profile).await?;
    Ok(answer(200, &json_of(&app, &base)))
}

/// `DELETE /apps/{app}`: its clients are told, and what they try later is refused.
pub(super) async fn remove(State(control): State<Arc<Control>>, Path(id): Path<String>) -> Answer {
    let _turn = control.turn().await;
    changeable(&control, &id)?;
    registry::remove_app(control.server(), &id).await?;
    control.edge.writers.settle().await;
    Ok(empty(204))
}

/// Refuses another account than the one that there is.
///
/// # Errors
/// 40400 / 404.
pub(super) fn require_account(id: &str) -> Result<()> {
    if id == ACCOUNT {
        Ok(())
    } else {
        Err(not_found("account", id))
    }
}

/// Returns an app that was made while the server runs.
fn changeable(control: &Control, id: &str) -> Result<Arc<App>> {
    let app = control.app(id)?;
    if app.origin == AppOrigin::Config {
        return Err(configured("app", id));
    }
    Ok(app)
}

/// Returns the profile with the members of a body.
fn changed(mut profile: AppProfile, members: &Members) -> Result<AppProfile> {
    if let Some(name) = members.text("name")? {
        if name.is_empty() || name.len() > MAX_NAME {
            return Err(invalid(&format!("'name' must have 1 to {MAX_NAME} bytes")));
        }
        name.clone_into(&mut profile.name);
    }
    if let Some(status) = members.text("status")? {
        profile.is_enabled = match status {
            "enabled" => true,
            "disabled" => false,
            _ => return Err(invalid("'status' must be enabled or disabled")),
        };
    }
    profile.tls_only = members.flag("tlsOnly")?.unwrap_or(profile.tls_only);
    let is_push = |name: &&str| name.starts_with("fcm") || name.starts_with("apns");
    let is_wanted = |name: &&str| {
        members
            .get(name)
            .is_some_and(|it| *it != Value::Bool(false))
    };
    let mut push = MEMBERS.into_iter().filter(is_push);
    if let Some(name) = push.find(is_wanted) {
        return Err(invalid(&format!(
            "'{name}': this server sends no push notifications"
        )));
    }
    Ok(profile)
}

fn json_of(app: &App, base: &BaseUrl) -> Value {
    let AppProfile {
        name,
        is_enabled,
        tls_only,
        created,
        modified,
    } = &*app.profile.read();
    json!({
        "accountId": ACCOUNT,
        "id": app.id,
        "name": name,
        "status": if *is_enabled { "enabled" } else { "disabled" },
        "tlsOnly": tls_only,
        "created": created.millis(),
        "modified": modified.millis(),
        "_links": {"self": format!("{}/apps/{}", base.0, app.id)},
    })
}
