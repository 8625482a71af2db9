//! The clock over HTTP: reading it, and moving it where it is virtual.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use serde::Deserialize;
use serde_json::json;

use super::request::read;
use crate::chat_core::clock::{Clock as _, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Format;
use crate::chat_core::text::parse_duration;
use crate::server::edge::EdgeState;
use crate::server::edge::http::reply::{Answer, Reply};
use crate::server::edge::virtual_time::{Mode, VirtualTime};

/// `GET /chatctl/clock`: the time, and who keeps it from going on.
pub(crate) async fn show(State(edge): State<Arc<EdgeState>>) -> Answer {
    let Some(time) = &edge.time else {
        let now = edge.server.clock.now();
        let real =
            json!({"now": now, "mode": "real", "next": null, "participants": [], "waiting": []});
        return Ok(Reply::new(Format::Json, 200, &real));
    };
    let status = time.status().await.ok_or_else(ended)?;
    Ok(Reply::new(Format::Json, 200, &status))
}

/// How far the time goes on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceBody {
    /// For so many milliseconds.
    ms: Option<u64>,
    /// For this duration, as in `1h30m`.
    #[serde(rename = "for")]
    span: Option<String>,
    /// To this date.
    to: Option<Timestamp>,
    /// To the next deadline.
    #[serde(default)]
    next: bool,
}

/// `POST /chatctl/clock/advance`: lets the time go on, and answers once all is quiet then.
pub(crate) async fn advance(State(edge): State<Arc<EdgeState>>, request: Request) -> Answer {
    let time = virtual_time(&edge)?;
    let now = time.clock().now();
    let AdvanceBody { ms, span, to, next } = read(request).await?;
    let to = match (ms, span, to, next) {
        (Some(ms), None, None, false) => Some(now + Duration::from_millis(ms)),
        (None, Some(span), None, false) => {
            let span = parse_duration(&span).map_err(|fault| invalid(format!("'for': {fault}")))?;
            Some(now + span)
        }
        (None, None, Some(to), false) if to < now => {
            let text = format!("The time is {now} and can't go back to {to}");
            return Err(invalid(text).into());
        }
        (None, None, Some(to), false) => Some(to),
        (None, None, None, true) => None,
        _ => {
            let text = "The body must have one of \"ms\", \"for\" (as in 90s), \"to\" (epoch milliseconds) and \
                        \"next\": true";
            return Err(invalid(text.to_owned()).into());
        }
    };
    let advanced = time.advance(to).await.map_err(|obstacles| {
        let waiting = obstacles.iter().map(|it| format!("{} {}", it.who, it.why));
        let waiting = waiting.collect::<Vec<_>>().join("; ");
        ErrorInfo::new(40000, 409, format!("The time can't go on: {waiting}"))
    })?;
    Ok(Reply::new(Format::Json, 200, &advanced))
}

/// `POST /chatctl/clock/freeze`: the time goes on only when it is advanced.
pub(crate) async fn freeze(State(edge): State<Arc<EdgeState>>) -> Answer {
    set_mode(&edge, Mode::Frozen).await
}

/// `POST /chatctl/clock/run`: the time goes on by itself.
pub(crate) async fn run(State(edge): State<Arc<EdgeState>>) -> Answer {
    set_mode(&edge, Mode::Running).await
}

fn invalid(fault: String) -> ErrorInfo {
    ErrorInfo::new(40000, 400, fault)
}

async fn set_mode(edge: &EdgeState, mode: Mode) -> Answer {
    let status = virtual_time(edge)?.set_mode(mode).await.ok_or_else(ended)?;
    Ok(Reply::new(Format::Json, 200, &status))
}

/// Returns the virtual time of the server.
///
/// # Errors
/// 40000 / 400 for a server whose clock is real.
fn virtual_time(edge: &EdgeState) -> Result<&VirtualTime> {
    edge.time.as_deref().ok_or_else(|| {
        let text = "The server's clock is the machine's: start it with 'serve --clock virtual', or within \
                    'exec --virtual-time'";
        ErrorInfo::new(40000, 400, text)
    })
}

fn ended() -> ErrorInfo {
    ErrorInfo::new(50000, 500, "Virtual time has ended")
}
