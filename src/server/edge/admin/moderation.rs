//! Moderation over HTTP: the messages that are held, decisions about them, and asking a rule by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::request::{app_of, read};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::server::core::apps::App;
use crate::server::core::integrations::Decision;
use crate::server::core::moderation::{Content, Judgement, Subject};
use crate::server::edge::EdgeState;
use crate::server::edge::http::query::Query;
use crate::server::edge::http::reply::{Answer, Reply};

/// Returns the app that a request is about.
///
/// # Errors
/// 40003 / 400 for one that is about all of them.
fn one_app(edge: &EdgeState, query: &Query) -> Result<Arc<App>> {
    app_of(edge, query)?.ok_or_else(|| ErrorInfo::new(40003, 400, "This is about one app"))
}

/// `GET /chatctl/moderation`: the messages that are held, the oldest first.
pub(crate) async fn list(State(edge): State<Arc<EdgeState>>, query: Query) -> Answer {
    let app = one_app(&edge, &query)?;
    Ok(Reply::new(Format::Json, 200, &app.integrations.held.list()))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AcceptBody {
    /// The text in the place of its own.
    text: Option<String>,
}

/// `POST /chatctl/moderation/MESSAGE/accept`: publishes a held message, with another text if one is given.
pub(crate) async fn accept(
    State(edge): State<Arc<EdgeState>>,
    Path(id): Path<String>,
    query: Query,
    request: Request,
) -> Answer {
    let AcceptBody { text } = read(request).await?;
    if text.as_ref().is_some_and(String::is_empty) {
        return Err(ErrorInfo::new(40003, 400, "'text' must not be empty").into());
    }
    decide(&edge, &query, &id, Decision::Accept(text)).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RejectBody {
    /// What the sender is told.
    detail: BTreeMap<String, String>,
}

/// `POST /chatctl/moderation/MESSAGE/reject`: refuses a held message.
pub(crate) async fn reject(
    State(edge): State<Arc<EdgeState>>,
    Path(id): Path<String>,
    query: Query,
    request: Request,
) -> Answer {
    let RejectBody { detail } = read(request).await?;
    decide(&edge, &query, &id, Decision::Reject(detail)).await
}

async fn decide(edge: &EdgeState, query: &Query, id: &str, decision: Decision) -> Answer {
    let app = one_app(edge, query)?;
    if !app.integrations.held.decide(id, decision) {
        let why = format!("No message '{id}' is held");
        return Err(ErrorInfo::new(40400, 404, why).into());
    }
    edge.writers.settle().await;
    Ok(Reply::new(Format::Json, 200, &json!({"id": id})))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct CheckBody {
    rule: String,
    text: String,
    metadata: Map<String, Value>,
    headers: Map<String, Value>,
    room_name: String,
    client_id: String,
    user_claim: Option<String>,
}

/// `POST /chatctl/moderation/check`: asks a rule about a message that nobody sends, and answers its verdict.
pub(crate) async fn check(
    State(edge): State<Arc<EdgeState>>,
    query: Query,
    request: Request,
) -> Answer {
    let app = one_app(&edge, &query)?;
    let body: CheckBody = read(request).await?;
    let rule = app.integrations.rule(&body.rule).ok_or_else(|| {
        let rules = app.integrations.rules();
        let asked = rules.iter().filter(|rule| rule.before_publish().is_some());
        let names: Vec<&str> = asked.map(|rule| rule.id.as_str()).collect();
        let known = if names.is_empty() {
            "the app has none that is asked before a publish".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        ErrorInfo::new(40400, 404, format!("No rule '{}': {known}", body.rule))
    })?;
    let asked = rule.before_publish().ok_or_else(|| {
        let why = format!(
            "The rule '{}' is not asked before a publish, or is disabled",
            rule.id
        );
        ErrorInfo::new(40000, 400, why)
    })?;
    let subject = Subject {
        app_id: app.id.clone(),
        room: body.room_name,
        client_id: body.client_id,
        user_claim: body.user_claim,
    };
    let content = Content {
        text: body.text,
        metadata: body.metadata,
        headers: body.headers,
    };
    let judged = edge.moderator.ask(&rule, asked, &subject, &content).await;
    let verdict = match judged {
        Judgement::Accept => json!({"verdict": "accept"}),
        Judgement::Replace(new) => json!({"verdict": "replace", "message": new}),
        Judgement::Reject(detail) => {
            json!({"verdict": "reject", "code": asked.code, "detail": detail})
        }
        Judgement::Undecided(error) => {
            let action = if asked.publishes_on_failure {
                "PUBLISH"
            } else {
                "REJECT"
            };
            json!({"verdict": "undecided", "failedAction": action, "error": error})
        }
    };
    Ok(Reply::new(Format::Json, 200, &verdict))
}
