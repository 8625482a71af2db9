//! The page for people who open the server's address in a browser, or ask it with curl: a short text.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, UPGRADE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Method};

/// Returns the page, unless the request is a program's: for a WebSocket, or for JSON or MessagePack.
pub(crate) fn answer(request: &Request, is_encrypted: bool) -> Option<Response> {
    let headers = request.headers();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read || headers.contains_key(UPGRADE) || wants_data(headers) {
        return None;
    }
    let scheme = if is_encrypted { "https" } else { "http" };
    let host = host(headers)?;
    let mut response = Response::new(Body::from(text(&format!("{scheme}://{host}"))));
    let headers = response.headers_mut();
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, plain);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Some(response)
}

fn wants_data(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        let first = accepted.split([',', ';']).next().unwrap_or_default().trim();
        first.starts_with("application/") && !first.ends_with("html+xml")
    })
}

/// The host that the client asked, if a shell takes it for nothing else: the text has commands to copy.
fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(is_plain)).then_some(host)
}

fn text(url: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "chatctl {version}: an Ably-compatible chat server\n\
         \n\
         From a shell, with a key of the server in ABLY_API_KEY:\n\
         \n\
         \x20 export ABLY_ENDPOINT={url}\n\
         \x20 chatctl room tail lobby\n\
         \x20 chatctl room send lobby hello\n\
         \n\
         SDKs connect by WebSocket, with the options endpoint, port and tls.\n"
    )
}
