//! The endpoint of `webhook listen`: takes what the server sends, passes it on, and hands it over to be printed.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderName, Method, Request};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::event::Forwarded;
use crate::chat_core::http::Client;

/// The longest time for an endpoint that requests are passed on to: a server waits for 15 s.
const TIMEOUT: Duration = Duration::from_secs(14);

/// The longest answer of it that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// The headers of one connection, which the next one has of its own.
const OF_CONNECTION: [HeaderName; 4] = [CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING];

/// A request that came, and what became of it.
pub(super) struct Received {
    pub(super) body: Bytes,
    pub(super) forwarded: Option<Forwarded>,
}

/// Where requests go.
pub(super) struct Receiver {
    /// The endpoint that they are passed on to.
    pub(super) forward: Option<Uri>,
    pub(super) client: Client,
    pub(super) print: mpsc::Sender<Received>,
}

impl Receiver {
    /// Creates the routes of the endpoint.
    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/", post(receive))
            .with_state(Arc::new(self))
    }

    /// Passes a request on; the answer of the endpoint is that of this one.
    async fn forward(&self, url: &Uri, headers: &HeaderMap, body: Bytes) -> Forwarded {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.clone();
        for (name, value) in headers {
            if !OF_CONNECTION.contains(name) {
                request.headers_mut().append(name, value.clone());
            }
        }
        let deadline = Instant::now() + TIMEOUT;
        match self.client.send(request, MAX_ANSWER, deadline).await {
            Ok(answer) => Forwarded::Answered(answer.status().as_u16()),
            Err(error) => Forwarded::Failed(error.to_string()),
        }
    }
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let forwarded = match &receiver.forward {
        Some(url) => Some(receiver.forward(url, &headers, body.clone()).await),
        None => None,
    };
    let status = match &forwarded {
        Some(Forwarded::Answered(status)) => StatusCode::from_u16(*status).ok(),
        Some(Forwarded::Failed(_)) => Some(StatusCode::BAD_GATEWAY),
        None => Some(StatusCode::NO_CONTENT),
    };
    // Nobody prints any more once the command ends.
    let _ = receiver.print.send(Received { body, forwarded }).await;
    status.unwrap_or(StatusCode::BAD_GATEWAY)
}
