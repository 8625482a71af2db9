//! `/apps/{app}/rules`: the rules of integrations.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde_json::{Map, Value, json};

use super::request::{
    Answer, BaseUrl, Control, Members, answer, empty, invalid, malformed, not_found,
    require_defined, require_made_here,
};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::apps::App;
use crate::server::core::integrations::{Origin, Rule, RuleFault, RuleForm, RuleKind};
use crate::server::core::registry;

/// The members of a rule; the last five are this server's own.
const MEMBERS: [&str; 13] = [
    "ruleType",
    "status",
    "invocationMode",
    "chatRoomFilter",
    "beforePublishConfig",
    "requestMode",
    "source",
    "target",
    "action",
    "holdFor",
    "also",
    "rejectCode",
    "words",
];

/// The members of what is within a rule, which a change replaces one by one.
const PARTS: [(&str, &[&str]); 3] = [
    (
        "target",
        &[
            "url",
            "headers",
            "format",
            "enveloped",
            "signingKeyId",
            "apiKey",
            "modelUrl",
            "apiUrl",
            "endpoint",
            "channelId",
            "defaultLanguage",
            "checkWatchLists",
            "thresholds",
            "region",
            "functionName",
            "authentication",
        ],
    ),
    ("source", &["channelFilter", "type"]),
    (
        "beforePublishConfig",
        &[
            "retryTimeout",
            "maxRetries",
            "failedAction",
            "tooManyRequestsAction",
        ],
    ),
];

/// The kinds of rules that Ably has and this server does not.
const NOT_SERVED: [&str; 12] = [
    "http/ifttt",
    "http/azure-function",
    "http/google-cloud-function",
    "aws/lambda",
    "aws/kinesis",
    "aws/sqs",
    "amqp",
    "amqp/external",
    "kafka",
    "pulsar",
    "ingress-postgres-outbox",
    "ingress/mongodb",
];

/// What stands for a secret of the configuration.
const MASK: &str = "***";

/// `GET /apps/{app}/rules`.
pub(super) async fn list(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    base: BaseUrl,
) -> Answer {
    let app = control.app(&id)?;
    let rules = app.integrations.rules();
    // A rule that is there for a while belongs to the command that listens.
    let lasting = rules.iter().filter(|rule| rule.origin != Origin::Lease);
    let rules = lasting.map(|rule| json_of(&app, rule, &base));
    Ok(answer(200, &rules.collect()))
}

/// `GET /apps/{app}/rules/{rule}`.
pub(super) async fn show(
    State(control): State<Arc<Control>>,
    Path((app, id)): Path<(String, String)>,
    base: BaseUrl,
) -> Answer {
    let app = control.app(&app)?;
    let rule = find(&app, &id)?;
    Ok(answer(200, &json_of(&app, &rule, &base)))
}

/// `POST /apps/{app}/rules`: makes a rule, which is in force from the next message on.
pub(super) async fn create(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    base: BaseUrl,
    request: Request,
) -> Answer {
    let members = Members::read(request, &MEMBERS).await?;
    let kind = members.text("ruleType")?;
    let kind = kind.ok_or_else(|| malformed("'ruleType' is required"))?;
    require_served(kind)?;
    require_parts(&members.0)?;
    require_members(kind, &members)?;
    let _turn = control.turn().await;
    let (app, server) = (control.app(&id)?, control.server());
    let id = loop {
        let id = server.random.alphanumeric(6);
        if app.integrations.rule(&id).is_none() {
            break id;
        }
    };
    let rule = rule_of(id, members.0, server.clock.now())?;
    let rule = registry::put_rule(server, &app, rule).await?;
    Ok(answer(201, &json_of(&app, &rule, &base)))
}

/// `PATCH /apps/{app}/rules/{rule}`: changes the members that are given, also within `target`, `source` and
/// `beforePublishConfig`; `null` removes one.
pub(super) async fn update(
    State(control): State<Arc<Control>>,
    Path((app, id)): Path<(String, String)>,
    base: BaseUrl,
    request: Request,
) -> Answer {
    let given = Members::read(request, &MEMBERS).await?;
    require_parts(&given.0)?;
    let _turn = control.turn().await;
    let app = control.app(&app)?;
    let before = changeable(&app, &id)?;
    let kind = &before.form.rule_type;
    if given.text("ruleType")?.is_some_and(|given| given != kind) {
        let why = format!("'ruleType' can't be changed: it is {kind}");
        return Err(invalid(&why).into());
    }
    let mut members = written(&before);
    merge(&mut members, given.0);
    let mut rule = rule_of(id, members, before.created)?;
    rule.modified = control.server().clock.now();
    let rule = registry::put_rule(control.server(), &app, rule).await?;
    Ok(answer(200, &json_of(&app, &rule, &base)))
}

/// `DELETE /apps/{app}/rules/{rule}`.
pub(super) async fn remove(
    State(control): State<Arc<Control>>,
    Path((app, id)): Path<(String, String)>,
) -> Answer {
    let _turn = control.turn().await;
    let app = control.app(&app)?;
    changeable(&app, &id)?;
    registry::remove_rule(control.server(), &app, &id).await?;
    Ok(empty(204))
}

fn find(app: &App, id: &str) -> Result<Arc<Rule>> {
    let rule = app.integrations.rule(id);
    rule.ok_or_else(|| not_found("rule", id))
}

/// Returns a rule that was made while the server runs.
fn changeable(app: &App, id: &str) -> Result<Arc<Rule>> {
    let rule = find(app, id)?;
    require_made_here(rule.origin, "rule", id)?;
    Ok(rule)
}

/// Refuses kinds of rules that only Ably has.
fn require_served(kind: &str) -> Result<()> {
    if NOT_SERVED.contains(&kind) {
        return Err(invalid(&format!(
            "'ruleType': {kind} rules are not served locally"
        )));
    }
    Ok(())
}

/// Refuses members that the parts of a rule do not have.
fn require_parts(members: &Map<String, Value>) -> Result<()> {
    for (name, allowed) in PARTS {
        if let Some(Value::Object(part)) = members.get(name) {
            require_defined(part, allowed, &format!("{name}."))?;
        }
    }
    let headers = members.get("target").and_then(|it| it.get("headers"));
    for header in headers.and_then(Value::as_array).into_iter().flatten() {
        if let Value::Object(header) = header {
            require_defined(header, &["name", "value"], "target.headers.")?;
        }
    }
    Ok(())
}

/// Requires the members that each kind of rule has on Ably. What a person decides needs no target.
fn require_members(kind: &str, members: &Members) -> Result<()> {
    let required: &[&str] = match kind {
        "http" | "http/zapier" | "http/cloudflare-worker" => &["requestMode", "source", "target"],
        "hive/dashboard" => &["target", "invocationMode"],
        "http/before-publish" if members.get("action").is_some() => &["invocationMode"],
        _ => &["target", "invocationMode", "beforePublishConfig"],
    };
    let missing = required.iter().find(|name| members.get(name).is_none());
    match missing {
        None => Ok(()),
        Some(name) => Err(malformed(&format!("'{name}' is required"))),
    }
}

/// Makes a rule of its members.
fn rule_of(id: String, mut members: Map<String, Value>, created: Timestamp) -> Result<Rule> {
    let mode = members.get("invocationMode");
    if mode.and_then(Value::as_str) == Some("BEFORE_PUBLISH") {
        remove_placeholders(&mut members);
    }
    let form: RuleForm = serde_json::from_value(Value::Object(members))
        .map_err(|error| malformed(&format!("Invalid rule: {error}")))?;
    Rule::new(id, form, Origin::Http, created).map_err(refused)
}

/// Removes what answers have for clients that can't do without it, if it comes back.
fn remove_placeholders(members: &mut Map<String, Value>) {
    for (name, value) in placeholders() {
        if members.get(name) == Some(&value) {
            members.remove(name);
        }
    }
}

/// Returns what rules without a source and a mode are answered with: the vendor's CLI ends where there is none.
fn placeholders() -> [(&'static str, Value); 2] {
    let source = json!({"channelFilter": "", "type": "channel.message"});
    [("source", source), ("requestMode", json!("single"))]
}

fn refused(fault: RuleFault) -> ErrorInfo {
    // A filter has a code of its own.
    if fault.code != 40000 {
        return fault.into_error("");
    }
    invalid(&fault.to_string())
}

/// Returns the members of a rule, as it was written.
fn written(rule: &Rule) -> Map<String, Value> {
    let form = RuleForm {
        id: None,
        app: None,
        ..rule.form.clone()
    };
    match serde_json::to_value(form) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn merge(members: &mut Map<String, Value>, given: Map<String, Value>) {
    for (name, value) in given {
        let is_part = PARTS.iter().any(|(part, _)| *part == name);
        match (value, members.get_mut(&name)) {
            (Value::Null, _) => drop(members.remove(&name)),
            (Value::Object(given), Some(Value::Object(part))) if is_part => {
                part.extend(given);
                part.retain(|_, value| !value.is_null());
            }
            (value, _) => drop(members.insert(name, value)),
        }
    }
}

fn json_of(app: &App, rule: &Rule, base: &BaseUrl) -> Value {
    let mut members = written(rule);
    let mode = match &rule.kind {
        RuleKind::BeforePublish(_) => "BEFORE_PUBLISH",
        RuleKind::Webhook(_) | RuleKind::Dashboard => "AFTER_PUBLISH",
    };
    if let Some(Value::Object(target)) = members.get_mut("target") {
        fill_target(rule, target);
        if rule.origin == Origin::Config {
            mask(target);
        }
    }
    let by_default = placeholders();
    let by_default = by_default
        .into_iter()
        .chain([("target", json!({})), ("invocationMode", json!(mode))]);
    for (name, value) in by_default {
        members.entry(name).or_insert(value);
    }
    let status = if rule.is_enabled {
        "enabled"
    } else {
        "disabled"
    };
    let link = format!("{}/apps/{}/rules/{}", base.0, app.id, rule.id);
    for (name, value) in [
        ("id", json!(rule.id)),
        ("appId", json!(app.id)),
        ("version", json!("1.2")),
        ("status", json!(status)),
        ("created", json!(rule.created.millis())),
        ("modified", json!(rule.modified.millis())),
        ("_links", json!({"self": link})),
    ] {
        members.insert(name.to_owned(), value);
    }
    Value::Object(members)
}

/// Adds the members that targets of this kind always have. A batch is never enveloped.
fn fill_target(rule: &Rule, target: &mut Map<String, Value>) {
    let RuleKind::Webhook(webhook) = &rule.kind else {
        return;
    };
    target.insert("enveloped".to_owned(), json!(webhook.is_enveloped));
    for (name, value) in [
        ("format", json!("json")),
        ("headers", json!([])),
        ("signingKeyId", Value::Null),
    ] {
        target.entry(name).or_insert(value);
    }
}

/// Hides the secrets of a rule of the configuration, which may be those of its owner's accounts.
fn mask(target: &mut Map<String, Value>) {
    for name in ["apiKey", "authentication"] {
        if let Some(value) = target.get_mut(name) {
            *value = json!(MASK);
        }
    }
    let headers = target.get_mut("headers").and_then(Value::as_array_mut);
    for header in headers.into_iter().flatten() {
        header["value"] = json!(MASK);
    }
}
