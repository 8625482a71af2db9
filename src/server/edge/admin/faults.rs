//! Faults over HTTP: rules, faults that are done at once, and the log of what was done.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::request::{app_of, read};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::Format;
use crate::server::core::faults::{FaultSet, RuleForm, RulesForm};
use crate::server::edge::EdgeState;
use crate::server::edge::http::query::Query;
use crate::server::edge::http::reply::{Answer, Reply};

fn reply(value: &impl Serialize) -> Reply {
    Reply::new(Format::Json, 200, value)
}

fn invalid(fault: String) -> ErrorInfo {
    ErrorInfo::new(40000, 400, fault)
}

/// Returns the rules that a request is about.
fn set_of(edge: &EdgeState, query: &Query) -> Result<Arc<FaultSet>, ErrorInfo> {
    Ok(match app_of(edge, query)? {
        Some(app) => Arc::clone(&app.faults),
        None => Arc::clone(&edge.server.apps.faults),
    })
}

/// `GET /chatctl/faults`: the rules, with how often each matched and fired.
pub(crate) async fn list(State(edge): State<Arc<EdgeState>>, query: Query) -> Answer {
    Ok(reply(&set_of(&edge, &query)?.list()))
}

/// `POST /chatctl/faults`: adds a rule, or many in the form of a file; all or none.
pub(crate) async fn add(
    State(edge): State<Arc<EdgeState>>,
    query: Query,
    request: Request,
) -> Answer {
    let set = set_of(&edge, &query)?;
    let body: Value = read(request).await?;
    let is_file = ["fault", "uts"].iter().any(|key| !body[*key].is_null());
    let forms = if is_file {
        parsed(body)?
    } else {
        RulesForm {
            fault: vec![parsed(body)?],
            uts: Vec::new(),
        }
    };
    let ids = set
        .add(forms.rules().map_err(invalid)?, false)
        .map_err(invalid)?;
    let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    Ok(reply(&json!({"ids": ids})))
}

/// Reads rules, with the parser's own word on their fault.
fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, ErrorInfo> {
    serde_json::from_value(value).map_err(|error| invalid(format!("Invalid rule: {error}")))
}

/// `DELETE /chatctl/faults`: removes all rules, the log, and what is still open.
pub(crate) async fn clear(State(edge): State<Arc<EdgeState>>, query: Query) -> Answer {
    let set = set_of(&edge, &query)?;
    let removed = set.count();
    set.clear();
    Ok(reply(&json!({"removed": removed})))
}

/// `DELETE /chatctl/faults/RULE`: removes the rule with this id or name.
pub(crate) async fn remove(
    State(edge): State<Arc<EdgeState>>,
    Path(rule): Path<String>,
    query: Query,
) -> Answer {
    if !set_of(&edge, &query)?.remove(&rule) {
        return Err(ErrorInfo::new(40400, 404, format!("There is no rule '{rule}'")).into());
    }
    Ok(reply(&json!({"removed": 1})))
}

/// `POST /chatctl/faults/actions`: does a fault to connections at once.
pub(crate) async fn act(
    State(edge): State<Arc<EdgeState>>,
    query: Query,
    request: Request,
) -> Answer {
    let app = app_of(&edge, &query)?;
    let form: RuleForm = parsed(read(request).await?)?;
    let (selector, fault) = form.action().map_err(invalid)?;
    let app = app.map(|app| app.id.clone());
    let connections = edge.server.inflict(app.as_deref(), &selector, &fault);
    edge.writers.settle().await;
    Ok(reply(&json!({"connections": connections})))
}

/// `GET /chatctl/faults/log`: what was done, the oldest first; with `after`, the entries after that number.
pub(crate) async fn log(State(edge): State<Arc<EdgeState>>, query: Query) -> Answer {
    let after = query.number("after")?.unwrap_or(0);
    let after = u64::try_from(after).unwrap_or(0);
    let mut entries = set_of(&edge, &query)?.log_after(after);
    // What a seed drew for all apps is noted with its client.
    if query.get("allApps").is_none() && query.get("app").is_none() {
        entries.extend(edge.server.apps.faults.log_after(after));
        entries.sort_by_key(|entry| entry.timestamp);
    }
    Ok(reply(&entries))
}
