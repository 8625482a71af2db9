//! `moderation serve`: an endpoint for before-publish rules, whose verdicts are jq filters.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use clap::Args;
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::cli::Context;
use crate::cli::context::jq_filter;
use crate::cli::exit::Exit;
use crate::cli::process::signals::Signals;
use crate::cli::serve::listen;
use crate::output::query::JqFilter;
use crate::output::{Look, Render};

/// The most requests that wait for their verdict: those beyond are answered with 503.
const MAX_WAITING: usize = 1000;

/// Run an endpoint that before-publish rules can ask, with jq filters as its verdicts
///
/// A message is rejected where --reject is neither false nor null: a text is the reason, an object of texts all that the
/// sender is told. Otherwise --replace gives the text that takes its place, an object with text, metadata and headers, or
/// null to leave it. The filters see the request of the rule:
///
///   {"room": …, "message": {"clientId": …, "text": …, "metadata": {…}, "headers": {…}, "userClaim": …}, …}
///
///     chatctl moderation serve --reject '.message.text | test("idiot"; "i")'
///     chatctl moderation serve --reject 'select(.message.text == "") | {reason: "empty"}' \
///         --replace '.message.text | gsub("damn"; "d*mn")'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ServeVerdicts {
    /// Reject messages for which this jq filter is neither false nor null
    #[arg(long, value_name = "FILTER", required_unless_present = "replace")]
    reject: Option<String>,

    /// Text or content in the place of the sender's, as a jq filter
    #[arg(long, value_name = "FILTER")]
    replace: Option<String>,

    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9082")]
    listen: String,
}

/// A request, and where its verdict goes.
type Asked = (Value, oneshot::Sender<Result<Value, String>>);

impl ServeVerdicts {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let limit = context.settings().timeout()?.value;
        let filter = |name, text: &Option<String>| {
            let compiled = text.as_deref().map(|text| jq_filter(name, text, limit));
            compiled.transpose()
        };
        let reject = filter("--reject", &self.reject)?;
        let replace = filter("--replace", &self.replace)?;
        context.block_on_workers(async {
            let mut signals = Signals::new()?;
            let listener = listen("--listen", &self.listen).await?;
            let address = listener.local_addr()?;
            context.output.print(&Ready(format!("http://{address}")))?;
            let (ask, mut asked) = mpsc::channel::<Asked>(MAX_WAITING);
            let router = Router::new()
                .route("/", post(answer))
                .route("/{*path}", post(answer))
                .with_state(Arc::new(ask));
            let serving = axum::serve(listener, router).into_future();
            tokio::pin!(serving);
            loop {
                tokio::select! {
                    biased;
                    _ = signals.next() => return Ok(Exit::Done),
                    ended = &mut serving => {
                        ended?;
                        return Ok(Exit::Done);
                    }
                    Some((request, reply)) = asked.recv() => {
                        let verdict = verdict(&request, reject.as_ref(), replace.as_ref());
                        tell(context, &request, &verdict);
                        // The rule may have given up.
                        let _ = reply.send(verdict);
                    }
                }
            }
        })
    }
}

/// Answers a rule.
async fn answer(State(ask): State<Arc<mpsc::Sender<Asked>>>, body: Bytes) -> impl IntoResponse {
    let json = [("content-type", "application/json")];
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        let fault = json!({"error": "the body is no JSON"});
        return (StatusCode::BAD_REQUEST, json, fault.to_string());
    };
    let (reply, verdict) = oneshot::channel();
    if ask.try_send((request, reply)).is_err() {
        let fault = json!({"error": "too many requests wait"});
        return (StatusCode::SERVICE_UNAVAILABLE, json, fault.to_string());
    }
    match verdict.await {
        Ok(Ok(verdict)) => (StatusCode::OK, json, verdict.to_string()),
        Ok(Err(why)) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            json,
            json!({"error": why}).to_string(),
        ),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, json, String::new()),
    }
}

/// Decides about a request.
///
/// # Errors
/// A filter that fails, or gives what is no verdict.
fn verdict(
    request: &Value,
    reject: Option<&JqFilter>,
    replace: Option<&JqFilter>,
) -> Result<Value, String> {
    let first = |filter: &JqFilter| {
        let values = filter.values(request).map_err(|error| error.to_string())?;
        Ok::<_, String>(values.into_iter().next().unwrap_or(Value::Null))
    };
    if let Some(filter) = reject {
        match first(filter)? {
            Value::Null | Value::Bool(false) => {}
            Value::String(reason) => {
                return Ok(json!({"action": "reject", "rejectionDetail": {"reason": reason}}));
            }
            Value::Object(detail) if detail.values().all(Value::is_string) => {
                return Ok(json!({"action": "reject", "rejectionDetail": detail}));
            }
            _ => return Ok(json!({"action": "reject"})),
        }
    }
    let Some(filter) = replace else {
        return Ok(json!({"action": "accept"}));
    };
    let message = &request["message"];
    match first(filter)? {
        Value::Null => Ok(json!({"action": "accept"})),
        Value::String(text) if message["text"] == text.as_str() => Ok(json!({"action": "accept"})),
        // The replacement is of the whole content: what is not meant to change is copied.
        Value::String(text) => Ok(json!({"action": "accept", "message": {
            "text": text, "metadata": message["metadata"], "headers": message["headers"],
        }})),
        Value::Object(content) => Ok(json!({"action": "accept", "message": content})),
        other => Err(format!(
            "--replace gave {other}: it must be a text, an object or null"
        )),
    }
}

/// Says on standard error what was decided.
fn tell(context: &Context, request: &Value, verdict: &Result<Value, String>) {
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let message = &request["message"];
    let decided = match verdict {
        Err(why) => format!("failed: {why}"),
        Ok(verdict) => match (verdict["action"].as_str(), &verdict["message"]) {
            (Some("accept"), Value::Object(new)) => {
                format!("replace with {}", new.get("text").unwrap_or(&Value::Null))
            }
            (Some(action), _) => {
                let detail = verdict["rejectionDetail"].as_object();
                let detail = detail.filter(|it: &&Map<_, _>| !it.is_empty());
                let detail = detail.map_or_else(String::new, |it| format!(" {}", json!(it)));
                format!("{action}{detail}")
            }
            _ => String::new(),
        },
    };
    context.output.notice(&format!(
        "{} {}: {} → {decided}",
        part(&request["room"]),
        part(&message["clientId"]),
        message["text"],
    ));
}

/// The address of the endpoint.
struct Ready(String);

impl Render for Ready {
    fn json(&self) -> Value {
        json!({"url": self.0})
    }

    fn table(&self, _: Look) -> String {
        self.0.clone()
    }
}
