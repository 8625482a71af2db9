//! The requests that an endpoint of a before-publish rule must be able to answer.

use serde_json::{Value, json};

/// Returns the requests, with what each is about.
pub(super) fn documented() -> Vec<(&'static str, Value)> {
    let plain =
        |text: &str| json!({"clientId": "mika", "text": text, "metadata": {}, "headers": {}});
    let with = |mut message: Value, name: &str, value: Value| {
        message[name] = value;
        message
    };
    vec![
        ("a text alone", request("lobby", &plain("hello"))),
        (
            "metadata and headers",
            request(
                "arena:eu",
                &with(
                    with(
                        plain("gg ez"),
                        "metadata",
                        json!({"lang": "de", "n": [1, {"a": null}]}),
                    ),
                    "headers",
                    json!({"tier": "gold", "level": 7, "beta": true, "none": null}),
                ),
            ),
        ),
        (
            "a user claim",
            request(
                "arena:eu",
                &with(plain("hello"), "userClaim", json!("{\"rank\":7}")),
            ),
        ),
        (
            "letters of all alphabets",
            request("räume:1", &plain("grüße 你好 🎉 \u{202e}abc")),
        ),
        (
            "quotes and line breaks",
            request("lobby", &plain("\"a\"\n\\b\t<script>")),
        ),
        (
            "a long text",
            request("lobby", &plain(&"long ".repeat(12_000))),
        ),
        ("a text of spaces", request("lobby", &plain(" "))),
    ]
}

/// Returns a request about a message.
pub(super) fn request(room: &str, message: &Value) -> Value {
    json!({
        "source": "channel.message",
        "appId": "replay",
        "room": room,
        "site": "local",
        "ruleId": "replay",
        "message": message,
    })
}
