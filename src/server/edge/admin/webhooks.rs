//! Webhooks over HTTP: the rules and what waits for them, the log of deliveries, samples, and rules for a while.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde::Deserialize;
use serde_json::json;

use super::leases::LEASE;
use super::request::{app_of, read};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::server::core::apps::App;
use crate::server::core::integrations::{Origin, Rule, RuleForm};
use crate::server::core::webhooks::Sample;
use crate::server::edge::EdgeState;
use crate::server::edge::http::query::Query;
use crate::server::edge::http::reply::{Answer, Reply};

/// The deliveries that are listed unless a number is asked for.
const LISTED: usize = 100;

/// Returns the app that a request is about.
///
/// # Errors
/// 40003 / 400 for one that is about all of them.
fn one_app(edge: &EdgeState, query: &Query) -> Result<Arc<App>> {
    app_of(edge, query)?.ok_or_else(|| ErrorInfo::new(40003, 400, "This is about one app"))
}

fn reply(value: &impl serde::Serialize) -> Reply {
    Reply::new(Format::Json, 200, value)
}

/// `GET /chatctl/webhooks`: the webhooks of an app, with what waits for them and how their events ended.
pub(super) async fn rules(State(edge): State<Arc<EdgeState>>, query: Query) -> Answer {
    let app = one_app(&edge, &query)?;
    Ok(reply(&edge.webhooks.rules(&app)))
}

/// `GET /chatctl/webhooks/deliveries`: the deliveries, the newest first; of one rule with `rule`, at most `limit`.
pub(super) async fn deliveries(State(edge): State<Arc<EdgeState>>, query: Query) -> Answer {
    let app = one_app(&edge, &query)?;
    let limit = query
        .number("limit")?
        .and_then(|it| usize::try_from(it).ok());
    let deliveries = edge
        .webhooks
        .deliveries(&app.id, query.get("rule"), limit.unwrap_or(LISTED));
    Ok(reply(&deliveries))
}

/// `GET /chatctl/webhooks/deliveries/DELIVERY`: a delivery with its request and answer.
pub(super) async fn delivery(
    State(edge): State<Arc<EdgeState>>,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let app = one_app(&edge, &query)?;
    Ok(reply(&edge.webhooks.delivery(&app.id, &id)?))
}

/// `POST /chatctl/webhooks/deliveries/DELIVERY/resend`: sends the request of a delivery once more.
pub(super) async fn resend(
    State(edge): State<Arc<EdgeState>>,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let app = one_app(&edge, &query)?;
    Ok(reply(&edge.webhooks.resend(&app.id, &id).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TriggerBody {
    source: String,
    room_name: String,
    text: String,
}

/// `POST /chatctl/webhooks/trigger`: has the webhooks with a source told of an event that did not happen.
pub(super) async fn trigger(
    State(edge): State<Arc<EdgeState>>,
    query: Query,
    request: Request,
) -> Answer {
    let app = one_app(&edge, &query)?;
    let body: TriggerBody = read(request).await?;
    let sample = Sample::new(&body.source, &body.room_name, &body.text);
    let sample = sample.ok_or_else(|| {
        let why = format!("'source' must be one of {}", Sample::sources().join(", "));
        ErrorInfo::new(40003, 400, why)
    })?;
    let rules = edge.webhooks.trigger(&app.id, sample);
    Ok(reply(&json!({"rules": rules})))
}

/// `POST /chatctl/webhooks/leases`: adds a webhook that is gone after 30 s unless it is renewed.
pub(super) async fn lease(
    State(edge): State<Arc<EdgeState>>,
    query: Query,
    request: Request,
) -> Answer {
    let app = one_app(&edge, &query)?;
    let form: RuleForm = read(request).await?;
    let server = &edge.server;
    let id = format!("listen-{}", server.random.alphanumeric(8));
    let rule = Rule::new(id.clone(), form, Origin::Lease, server.clock.now());
    let rule = rule.map_err(|fault| fault.into_error(&id))?;
    if rule.webhook().is_none() {
        let why = "Only webhooks, of the ruleType http, can be added for a while";
        return Err(ErrorInfo::new(40003, 400, why).into());
    }
    app.integrations.put(rule)?;
    let (leasing, weak, stopping) = (
        Arc::clone(&edge),
        Arc::downgrade(&app),
        server.stopping.clone(),
    );
    let leased = id.clone();
    server
        .tasks
        .spawn(async move { leasing.leases.keep(weak, &leased, &stopping).await });
    Ok(reply(
        &json!({"id": id, "appId": app.id, "leaseMs": millis()}),
    ))
}

/// `POST /chatctl/webhooks/leases/RULE`: keeps a rule for another 30 s.
pub(super) async fn renew(State(edge): State<Arc<EdgeState>>, Path(id): Path<String>) -> Answer {
    if !edge.leases.renew(&id) {
        return Err(unknown(&id).into());
    }
    Ok(reply(&json!({"id": id, "leaseMs": millis()})))
}

/// `DELETE /chatctl/webhooks/leases/RULE`: removes a rule that was added for a while.
pub(super) async fn end(State(edge): State<Arc<EdgeState>>, Path(id): Path<String>) -> Answer {
    if !edge.leases.end(&id) {
        return Err(unknown(&id).into());
    }
    Ok(reply(&json!({"id": id})))
}

fn millis() -> u64 {
    u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX)
}

fn unknown(id: &str) -> ErrorInfo {
    ErrorInfo::new(
        40400,
        404,
        format!("No rule '{id}' that was added for a while"),
    )
}
