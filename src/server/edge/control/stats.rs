//! `/apps/{app}/stats` and `/accounts/{account}/stats`: what this process counted.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::apps::require_account;
use super::request::{ACCOUNT, Answer, Control, answer, malformed};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;
use crate::server::core::statistics::Unit;
use crate::server::edge::http::query::Query;

/// The schemas that the entries are of.
const APP_SCHEMA: &str = "https://schemas.ably.com/json/app-stats-0.0.5.json";
const ACCOUNT_SCHEMA: &str = "https://schemas.ably.com/json/account-stats-0.0.5.json";

/// `GET /apps/{app}/stats`.
pub(super) async fn of_app(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    control.app(&id)?;
    let about = [("appId", id.as_str()), ("schema", APP_SCHEMA)];
    Ok(report(&control, &query, Some(&id), about)?)
}

/// `GET /accounts/{account}/stats`: all apps together.
pub(super) async fn of_account(
    State(control): State<Arc<Control>>,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    require_account(&id)?;
    let about = [("accountId", ACCOUNT), ("schema", ACCOUNT_SCHEMA)];
    Ok(report(&control, &query, None, about)?)
}

fn report(
    control: &Control,
    query: &Query,
    app: Option<&str>,
    about: [(&str, &str); 2],
) -> Result<Response> {
    let name = query.get("unit").unwrap_or("minute");
    let unit = Unit::ALL.into_iter().find(|(known, _)| *known == name);
    let Some((_, unit)) = unit else {
        return Err(malformed("'unit' must be minute, hour, day or month"));
    };
    let interval = |name| {
        let time = query.number(name)?;
        Result::Ok(time.map(|time| unit.interval(Timestamp(time))))
    };
    let (start, end) = (interval("start")?, interval("end")?);
    let is_forwards = query.choice("direction", "forwards", "backwards")?;
    let now = control.server().clock.now();
    let counted = control.statistics.intervals(app, unit, now);
    let mut counted: Vec<Value> = counted
        .into_iter()
        .filter(|(id, _)| start.as_ref().is_none_or(|start| id >= start))
        .filter(|(id, _)| end.as_ref().is_none_or(|end| id <= end))
        .map(|(id, entries)| interval_json(&id, unit, about, &entries))
        .collect();
    if is_forwards != Some(true) {
        counted.reverse();
    }
    counted.truncate(query.limit()?);
    Ok(answer(200, &Value::Array(counted)))
}

fn interval_json(
    id: &str,
    unit: Unit,
    about: [(&str, &str); 2],
    entries: &Map<String, Value>,
) -> Value {
    let mut interval = json!({
        "intervalId": id,
        "unit": unit.name(),
        "entries": entries,
    });
    for (name, value) in about {
        interval[name] = value.into();
    }
    interval
}
