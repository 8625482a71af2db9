//! `/me`: the access token, its user and its account. There is one of each.

use axum::response::Response;
use serde_json::{Value, json};

use super::request::{ACCOUNT, answer};

/// What access tokens may do: all that the API has.
const CAPABILITIES: [&str; 11] = [
    "read:app",
    "write:app",
    "read:key",
    "write:key",
    "read:namespace",
    "write:namespace",
    "read:queue",
    "write:queue",
    "read:rule",
    "write:rule",
    "read:stats",
];

fn account() -> Value {
    json!({"id": ACCOUNT, "name": "Local"})
}

/// `GET /me`.
pub(super) async fn show() -> Response {
    answer(
        200,
        &json!({
            "token": {
                "id": "local",
                "name": "chatctl",
                "capabilities": CAPABILITIES,
                "expires_at": null,
                "last_used_at": null,
            },
            "user": {"id": 1, "email": "local@localhost"},
            "account": account(),
        }),
    )
}

/// `GET /me/accounts`.
pub(super) async fn accounts() -> Response {
    answer(200, &json!([account()]))
}
