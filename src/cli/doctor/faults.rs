//! The faults of a server of chatctl, which says at `/readyz` whether it fails on purpose.

use bytes::Bytes;
use http::Request;
use tokio::time::Instant;

use crate::chat_core::client::Options;
use crate::chat_core::http::Client;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 4096;

/// Returns whether the server fails on purpose; `None` where it is not one of chatctl, or does not say.
pub(super) async fn fails_on_purpose(options: &Options) -> Option<bool> {
    let endpoint = &options.endpoint;
    // Ably's own hosts have others to fall back to, and no faults on demand.
    if !endpoint.fallbacks().is_empty() {
        return None;
    }
    let uri = format!("{}/readyz", endpoint.http_base());
    let request = Request::get(uri).body(Bytes::new()).ok()?;
    let http = Client::new(options.connector.clone());
    let deadline = Instant::now() + options.timeout;
    let answer = http.send(request, MAX_ANSWER, deadline).await.ok()?;
    let (head, body) = answer.into_parts();
    let body = std::str::from_utf8(&body).ok()?;
    let rest = body.strip_prefix("ready\n")?;
    head.status
        .is_success()
        .then(|| rest.starts_with("faults:"))
}
