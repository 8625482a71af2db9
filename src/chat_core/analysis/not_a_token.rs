//! Texts that are given as a token and are none: named for what they are, with what to do. A text is never shown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::chat_core::auth::jwt;
use crate::chat_core::auth::key::ApiKey;
use crate::chat_core::error::ErrorInfo;

/// The words that programs print in place of a value that they do not have.
const NO_VALUES: [&str; 8] = [
    "undefined",
    "null",
    "nil",
    "None",
    "NaN",
    "true",
    "false",
    "[object Object]",
];

/// The names that people give to the member with the token.
const TOKEN_NAMES: [&str; 6] = [
    "access_token",
    "accessToken",
    "jwt",
    "tokenDetails",
    "tokenRequest",
    "ablyToken",
];

/// The error of a text that is no token: 40005 / 400.
pub(super) fn fault(what: &str, hint: &str) -> ErrorInfo {
    ErrorInfo::new(40005, 400, format!("not a token: {what}")).with_hint(hint)
}

/// The error of a text that is known at first sight not to be a token.
pub(super) fn at_first_sight(text: &str) -> Option<ErrorInfo> {
    if text.is_empty() {
        return Some(fault(
            "it is empty",
            "check the variable or the command that it comes from",
        ));
    }
    if let Some(word) = NO_VALUES.iter().find(|word| **word == text) {
        return Some(fault(
            &format!("it is '{word}', which programs print where a value is missing"),
            "check the program that it comes from",
        ));
    }
    if text.starts_with('$') {
        return Some(fault(
            "it is a variable that the shell did not replace",
            "put it in double quotes, not in single ones",
        ));
    }
    if text.starts_with('<') {
        return Some(fault(
            "it is an HTML page",
            "check the URL that it comes from: `chatctl auth check URL` tries an auth server",
        ));
    }
    if text.ends_with("...") || text.ends_with('…') {
        return Some(fault("its end is left out", "copy it whole"));
    }
    if let Ok(key) = ApiKey::parse(text) {
        return Some(fault(
            &format!("it is an API key ({})", key.name()),
            "keep keys out of the places where tokens go; `chatctl token mint` makes a token of one",
        ));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let joined: String = text.split_whitespace().collect();
        return Some(fault(
            if jwt::decode(&joined).is_ok() {
                "it is a JWT with white space in it"
            } else {
                "there is white space in it"
            },
            "give it as one word: line breaks of a terminal or a mail are no part of it",
        ));
    }
    cut_off(text).or_else(|| padded(text))
}

/// A part of a JWT, whose header begins like this in base64, as all JSON does.
fn cut_off(text: &str) -> Option<ErrorInfo> {
    if !text.starts_with("eyJ") {
        return None;
    }
    let what = match text.trim_end_matches('.').matches('.').count() {
        0 if is_json(text) => return None,
        0 => "it is the beginning of a JWT",
        1 if text.matches('.').count() == 1 => "it is a JWT without its signature",
        _ => return None,
    };
    Some(fault(
        what,
        "copy the token whole: three parts with dots between them",
    ))
}

/// Returns whether `text` is JSON in base64, which may well be TokenDetails.
fn is_json(text: &str) -> bool {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    let bytes = bytes.or_else(|_| STANDARD.decode(text));
    bytes.is_ok_and(|bytes| serde_json::from_slice::<Value>(&bytes).is_ok())
}

/// A JWT with more `=` than its parts can have.
fn padded(text: &str) -> Option<ErrorInfo> {
    let is_padded = text.contains('=') && jwt::decode(text).is_err();
    let plain = is_padded.then(|| text.replace('=', ""))?;
    jwt::decode(&plain).is_ok().then(|| {
        fault(
            "it is a JWT whose parts end with '='",
            "encode them in base64url without padding",
        )
    })
}

/// The error of a JSON object that is neither TokenDetails nor a TokenRequest.
pub(super) fn object(members: &Map<String, Value>) -> ErrorInfo {
    let text = |name: &str| members.get(name).is_some_and(Value::is_string);
    if let Some(token) = members.get("token") {
        let kind = kind(token);
        return fault(
            &format!("it looks like TokenDetails, but its token is {kind}"),
            "the token must be a string",
        );
    }
    if let Some(name) = TOKEN_NAMES.iter().find(|name| members.contains_key(**name)) {
        return fault(
            &format!("it is JSON with a member '{name}', which SDKs do not read"),
            &format!("answer with what '{name}' has, and give that here: jq -r .{name}"),
        );
    }
    if let Some(code) = error_code(members) {
        return fault(
            &format!("it is an error answer (code {code})"),
            &format!("`chatctl error {code}` explains it"),
        );
    }
    if members.contains_key("error") || text("message") || text("error_description") {
        return fault(
            "it is an error answer",
            "see what it says; `chatctl auth check URL` tries an auth server",
        );
    }
    if members.contains_key("iat") || members.keys().any(|name| name.starts_with("x-ably-")) {
        return fault(
            "it is the claims of a JWT, without header and signature",
            "`chatctl token mint` signs a token",
        );
    }
    if members.contains_key("alg") {
        return fault(
            "it is the header of a JWT alone",
            "copy the token whole: three parts with dots between them",
        );
    }
    if !members.is_empty() && members.values().all(Value::is_array) {
        return fault(
            "it is a capability",
            "`chatctl capability lint` looks at one",
        );
    }
    fault(
        "it is JSON, and neither TokenDetails nor a TokenRequest",
        "give a JWT, TokenDetails ({\"token\": …}) or a TokenRequest",
    )
}

/// The error of a JSON list of `count` values, which is not one.
pub(super) fn list(count: usize) -> ErrorInfo {
    match count {
        0 => fault(
            "it is an empty list",
            "check the program that it comes from",
        ),
        count => fault(
            &format!("it is a list of {count} values"),
            "give one of them: jq '.[0]'",
        ),
    }
}

/// The code of an error answer: `{"error": {"code": …}}` or what is within.
fn error_code(members: &Map<String, Value>) -> Option<u64> {
    let error = members.get("error").and_then(Value::as_object);
    let error = error.unwrap_or(members);
    error.get("code").and_then(Value::as_u64)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::super::token_text::read;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

    #[test]
    fn each_text_is_named_and_has_something_to_do() {
        for (text, what, hint) in [
            ("", "empty", "variable"),
            ("  ", "empty", "variable"),
            ("undefined", "'undefined'", "program"),
            ("[object Object]", "'[object Object]'", "program"),
            ("$TOKEN", "shell", "double quotes"),
            ("<!DOCTYPE html>", "HTML", "auth check"),
            ("a.b:hidden", "API key (a.b)", "token mint"),
            ("\"a.b:hidden\"", "API key (a.b)", "token mint"),
            ("Basic YS5iOmhpZGRlbg==", "Basic", "token"),
            ("eyJhbGciOiJIUzI1NiJ9", "header of a JWT", "whole"),
            ("eyJhbGciOiJIUz", "beginning of a JWT", "whole"),
            ("eyJhbGciOiJIUzI1NiJ9.e30", "without its signature", "whole"),
            ("eyJhbGciOiJIUzI1NiJ9.e3", "without its signature", "whole"),
            ("eyJhbGciOi...", "left out", "whole"),
            (
                "eyJhbGciOiJIUzI1NiJ9=.e30==.c2ln=",
                "end with '='",
                "base64url",
            ),
            (
                "eyJhbGciOiJIUzI1NiJ9.\ne30.c2ln",
                "JWT with white",
                "one word",
            ),
            ("hidden words", "white space", "one word"),
            (
                r#"{"error":{"code":40140,"message":"hidden"}}"#,
                "40140",
                "chatctl error 40140",
            ),
            (
                r#"{"code":40140,"message":"hidden"}"#,
                "40140",
                "chatctl error 40140",
            ),
            (r#"{"message":"hidden"}"#, "error answer", "auth check"),
            (r#"{"jwt":"hidden"}"#, "'jwt'", "jq -r .jwt"),
            (r#"{"token":null}"#, "is null", "string"),
            (r#"{"token":{"token":"hidden"}}"#, "an object", "string"),
            (r#"{"iat":1}"#, "claims of a JWT", "token mint"),
            (r#"{"*":["*"]}"#, "capability", "capability lint"),
            (r#"{"hidden":1}"#, "neither TokenDetails", "JWT"),
            ("[1,2]", "list of 2", "jq"),
            ("{hidden", "begins like JSON", "whole"),
            ("https://x/", "URL without", "auth check"),
            ("https://x/?key=a.b:hidden", "URL with an API key", "token"),
            ("hidden", "neither a JWT", "JWT"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.code, 40005);
            assert!(error.message.contains(what), "{text}: {error}");
            let advice = error.hint.clone().unwrap_or_default();
            assert!(advice.contains(hint), "{text}: {advice}");
            for said in [&error.message, &advice] {
                assert!(!said.contains("hidden"), "{said}");
            }
        }
    }

    #[test]
    fn what_people_put_around_a_token_is_looked_through() {
        for text in [
            format!("'{JWT}'"),
            format!("`{JWT}`"),
            format!("Bearer: {JWT}"),
            format!("ABLY_TOKEN={JWT}"),
            format!("export ABLY_TOKEN=\"{JWT}\""),
            format!(r#"[{{"token":"{JWT}"}}]"#),
            format!(r#"["{JWT}"]"#),
        ] {
            let read = read(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(read.content.token(), Some(JWT), "{text}");
        }
    }
}
