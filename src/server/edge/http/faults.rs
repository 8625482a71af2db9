//! What rules do to HTTP requests: before they are done, and to their answers.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::cut_off;
use super::query::Query;
use super::reply::{accepted, refused};
use super::request::{credential, requested_client_id};
use crate::chat_core::protocol::Format;
use crate::server::core::faults::journal::Noted;
use crate::server::core::faults::{
    Answer, Fault, FaultClient, FaultSet, Faults, Fired, Occurrence, Point,
};
use crate::server::core::login::{ClaimedIdentity, Credential};
use crate::server::edge::EdgeState;

/// The headers of requests that are noted.
const NOTED_HEADERS: [&str; 5] = [
    "authorization",
    "content-type",
    "accept",
    "x-ably-version",
    "x-ably-lib",
];

/// The rules that are asked about one request, and the client as it claims to be.
pub(crate) struct Interference {
    pub(crate) faults: Faults,
    pub(crate) client: FaultClient,
}

impl Interference {
    /// Returns the rules for a request; `None` where there are none, for which nothing else is looked at.
    pub(crate) fn of(edge: &EdgeState, request: &Request, query: &Query) -> Option<Self> {
        let session = request.extensions().get::<Arc<FaultSet>>();
        let server = &edge.server;
        if session.is_none() && !server.apps.faults.is_used() {
            return None;
        }
        let shown = credential(request.headers(), query).ok();
        let asked = requested_client_id(request.headers(), query).ok().flatten();
        let claimed = ClaimedIdentity::by(shown.as_ref(), asked.as_deref(), &server.apps.sealer);
        let app = claimed
            .key_name()
            .and_then(|name| server.apps.of_key(name).ok())
            .or_else(|| server.apps.first());
        let rules = match &app {
            Some(app) => app.rules.clone(),
            None => Faults::new([&server.apps.faults], ""),
        };
        Some(Self {
            faults: match session {
                Some(session) => rules.behind(session),
                None => rules,
            },
            client: FaultClient {
                client_id: claimed.client_id().map(str::to_owned),
                connection_id: None,
                connection: 0,
                is_token: matches!(shown, Some(Credential::Token(_))),
            },
        })
    }
}

/// Lets rules answer, delay, hold or drop a REST request, and its answer.
pub(crate) async fn interfere(
    State(edge): State<Arc<EdgeState>>,
    request: Request,
    next: Next,
) -> Response {
    let query = Query::of(request.uri());
    let Some(rules) = Interference::of(&edge, &request, &query) else {
        return next.run(request).await;
    };
    let method = request.method().as_str().to_owned();
    let path = percent_decode_str(request.uri().path())
        .decode_utf8_lossy()
        .into_owned();
    rules.faults.note(Noted::Request {
        method: &method,
        path: &path,
        headers: &noted_headers(request.headers()),
    });
    let format = accepted(request.headers(), &query);
    let at = |point| Occurrence::request(point, &rules.client, &method, &path);
    let fired = rules.faults.fire(&at(Point::Request));
    let mut label = None;
    let mut afterwards = None;
    if let Some(Fired {
        fault, label: of, ..
    }) = fired
    {
        label = of;
        match fault {
            Fault::Cut => return rules.cut(label.as_deref()),
            Fault::Answer(answer) => {
                return rules.answered(made(&answer, format), label.as_deref());
            }
            Fault::AnswerAfter(answer) => afterwards = Some(answer),
            other if !outlasts(&edge, &other).await => return rules.cut(label.as_deref()),
            _ => {}
        }
    }
    let mut response = next.run(request).await;
    if let Some(answer) = afterwards {
        return rules.answered(made(&answer, format), label.as_deref());
    }
    if let Some(Fired {
        fault, label: of, ..
    }) = rules.faults.fire(&at(Point::Answer))
    {
        label = of;
        match fault {
            Fault::Cut => return rules.cut(label.as_deref()),
            Fault::Answer(answer) => response = made(&answer, format),
            other if !outlasts(&edge, &other).await => return rules.cut(label.as_deref()),
            _ => {}
        }
    }
    rules.answered(response, label.as_deref())
}

/// Waits for as long as `fault` says. Returns whether the request goes on: one that is held is dropped where its app or the
/// server ends.
async fn outlasts(edge: &EdgeState, fault: &Fault) -> bool {
    match fault.wait() {
        Some(wait) => wait.over(edge.server.clock.as_ref(), None).await,
        None => true,
    }
}

impl Interference {
    fn cut(&self, label: Option<&str>) -> Response {
        self.faults.note(Noted::Response {
            status: None,
            label,
        });
        cut_off()
    }

    fn answered(&self, response: Response, label: Option<&str>) -> Response {
        self.faults.note(Noted::Response {
            status: Some(response.status().as_u16()),
            label,
        });
        response
    }
}

/// Returns the answer that a rule makes, with its error in the caller's format.
fn made(answer: &Answer, format: Format) -> Response {
    let mut response = match &answer.body {
        None => refused(&answer.error, format),
        Some(Value::String(text)) => Body::from(text.clone()).into_response(),
        Some(value) => Body::from(value.to_string()).into_response(),
    };
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if answer.body.is_some() {
        let json = HeaderValue::from_static(Format::Json.media_type());
        headers.insert(CONTENT_TYPE, json);
    }
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            headers.insert(name, value);
        }
    }
    response
}

fn noted_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let each = NOTED_HEADERS.iter();
    each.filter_map(|name| Some(((*name).to_owned(), text(name)?)))
        .collect()
}

/// Returns the Host of a request.
pub(crate) fn host_of(headers: &HeaderMap) -> &str {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.unwrap_or_default()
}
