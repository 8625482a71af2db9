//! `/apps/{app}/namespaces`: rules for the channels of a namespace.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde_json::{Map, Value, json};

use super::request::{
    Answer, Control, Members, answer, empty, invalid, malformed, not_found, require_made_here,
};
use crate::chat_core::error::Result;
use crate::server::core::apps::App;
use crate::server::core::integrations::Origin;
use crate::server::core::namespaces::{AppNamespace, Namespace};
use crate::server::core::registry;

/// The members that are true or false. `identified` is the newer name of `authenticated`.
const FLAGS: [&str; 11] = [
    "authenticated",
    "identified",
    "persisted",
    "persistLast",
    "mutableMessages",
    "tlsOnly",
    "pushEnabled",
    "exposeTimeserial",
    "populateChannelRegistry",
    "batchingEnabled",
    "conflationEnabled",
];

/// The other members, beside `id`.
const OTHERS: [&str; 3] = ["batchingInterval", "conflationInterval", "conflationKey"];

/// The default of `batchingInterval`, and its bounds, in milliseconds.
const BATCHING_INTERVAL: u64 = 20;
const MAX_BATCHING_INTERVAL: u64 = 1000;

/// The longest id of a namespace, in bytes.
const MAX_ID: usize = 256;

/// `GET /apps/{app}/namespaces`.
pub(super) async fn list(State(control): State<Arc<Control>>, Path(id): Path<String>) -> Answer {
    let app = control.app(&id)?;
    let namespaces = app.namespaces.list();
    let namespaces = namespaces.iter().map(|it| json_of(&app, it)).collect();
    Ok(answer(200, &Value::Array(namespaces)))
}

/// `POST /apps/{app}/namespaces`.
pub(super) async fn create(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let mut members = read(request).await?;
    let id_of = members.text("id")?.map(str::to_owned);
    let name = id_of.ok_or_else(|| malformed("'id' is required"))?;
    if name.is_empty() || name.contains(':') || name.len() > MAX_ID {
        return Err(
            invalid("'id' must be the part of a channel's name before the first ':'").into(),
        );
    }
    members.0.remove("id");
    let _turn = control.turn().await;
    let app = control.app(&id)?;
    if app.namespaces.find(&name).is_some() {
        return Err(invalid(&format!("There is a namespace '{name}'")).into());
    }
    let rule = Namespace {
        id: name,
        ..Namespace::default()
    };
    let now = control.server().clock.now();
    let new = AppNamespace::new(rule, Origin::Http, now);
    put(&control, &app, changed(&new, members), 201).await
}

/// `PATCH /apps/{app}/namespaces/{id}`.
pub(super) async fn update(
    State(control): State<Arc<Control>>,
    Path((app, id)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let mut members = read(request).await?;
    if members.text("id")?.is_some_and(|given| given != id) {
        return Err(invalid("'id' can't be changed: make another namespace").into());
    }
    members.0.remove("id");
    let _turn = control.turn().await;
    let app = control.app(&app)?;
    let before = changeable(&app, &id)?;
    let namespace = AppNamespace {
        modified: control.server().clock.now(),
        ..changed(&before, members)
    };
    put(&control, &app, namespace, 200).await
}

/// `DELETE /apps/{app}/namespaces/{id}`.
pub(super) async fn remove(
    State(control): State<Arc<Control>>,
    Path((app, id)): Path<(String, String)>,
) -> Answer {
    let _turn = control.turn().await;
    let app = control.app(&app)?;
    changeable(&app, &id)?;
    registry::remove_namespace(control.server(), &app, &id).await?;
    Ok(empty(204))
}

/// Reads and checks a body.
async fn read(request: Request) -> Result<Members> {
    let allowed = [&["id"][..], &FLAGS, &OTHERS].concat();
    let members = Members::read(request, &allowed).await?;
    for name in FLAGS {
        members.flag(name)?;
    }
    let (old, new) = (members.flag("authenticated")?, members.flag("identified")?);
    if old.is_some() && new.is_some() && old != new {
        return Err(invalid(
            "'authenticated' and 'identified' are one member by two names: give one of them",
        ));
    }
    let bounds = BATCHING_INTERVAL..=MAX_BATCHING_INTERVAL;
    let interval = members.number("batchingInterval")?;
    if interval.is_some_and(|interval| !bounds.contains(&interval)) {
        return Err(invalid(
            "'batchingInterval' must be from 20 to 1000 milliseconds",
        ));
    }
    members.number("conflationInterval")?;
    members.text("conflationKey")?;
    Ok(members)
}

/// Returns a namespace that was made while the server runs.
fn changeable(app: &App, id: &str) -> Result<Arc<AppNamespace>> {
    let namespace = app.namespaces.find(id);
    let namespace = namespace.ok_or_else(|| not_found("namespace", id))?;
    require_made_here(namespace.origin, "namespace", id)?;
    Ok(namespace)
}

/// Returns the namespace with the members of a body that was checked.
fn changed(before: &AppNamespace, given: Members) -> AppNamespace {
    let mut namespace = before.clone();
    let mut given = given.0;
    if let Some(value) = given.remove("identified") {
        given.insert("authenticated".to_owned(), value);
    }
    namespace.members.extend(given);
    let flag = |name| namespace.members.get(name).and_then(Value::as_bool);
    let mutable_messages = flag("mutableMessages").unwrap_or(before.rule.mutable_messages);
    let identified = flag("authenticated").unwrap_or(before.rule.identified);
    namespace.rule.mutable_messages = mutable_messages;
    namespace.rule.identified = identified;
    namespace
}

async fn put(control: &Control, app: &App, namespace: AppNamespace, status: u16) -> Answer {
    let body = json_of(app, &namespace);
    registry::put_namespace(control.server(), app, namespace).await?;
    Ok(answer(status, &body))
}

/// Returns a namespace with the default of each member that was not given.
fn json_of(app: &App, namespace: &AppNamespace) -> Value {
    let mut all: Map<String, Value> = FLAGS
        .into_iter()
        .map(|name| (name.to_owned(), json!(false)))
        .collect();
    all.insert("batchingInterval".to_owned(), json!(BATCHING_INTERVAL));
    let known = |name: &str| FLAGS.contains(&name) || OTHERS.contains(&name);
    let given = namespace.members.iter();
    let given = given.filter(|(name, value)| known(name) && !value.is_null());
    all.extend(given.map(|(name, value)| (name.clone(), value.clone())));
    all.remove("identified");
    let rule = &namespace.rule;
    for (name, value) in [
        ("id", json!(rule.id)),
        ("appId", json!(app.id)),
        ("authenticated", json!(rule.identified)),
        ("mutableMessages", json!(rule.mutable_messages)),
        ("created", json!(namespace.created.millis())),
        ("modified", json!(namespace.modified.millis())),
    ] {
        all.insert(name.to_owned(), value);
    }
    Value::Object(all)
}
