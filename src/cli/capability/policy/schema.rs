//! The JSON Schema of policy files, for editors and other checkers. Its words are the engine's.

use serde_json::{Map, Value, json};

use crate::chat_core::analysis::lint::{RULES, Rule};
use crate::chat_core::auth::{Feature, Operation};

/// The schema.
pub(in crate::cli::capability) fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "chatctl policy",
        "description": "Who may do what in which Ably Chat rooms, for chatctl capability test",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "roles": {
                "description": "Who there is, by name",
                "type": "object",
                "additionalProperties": {"$ref": "#/definitions/role"},
            },
            "test": {
                "description": "What is expected of them",
                "type": "array",
                "items": {"$ref": "#/definitions/test"},
            },
            "lint": {
                "description": "How bad the findings of chatctl capability lint are here, by code",
                "type": "object",
                "additionalProperties": false,
                "properties": lint(),
            },
        },
        "definitions": {
            "permission": permission(),
            "permissions": {"type": "array", "items": {"$ref": "#/definitions/permission"}},
            "span": {"type": "string", "description": "A duration such as 90s, 1h30m or 7d"},
            "role": object(&role(), &[]),
            "test": object(&test(), &["name"]),
        },
    })
}

fn object(properties: &Map<String, Value>, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

/// A feature or an operation; `op:` before an operation that a feature is called like.
fn permission() -> Value {
    let features = Feature::ALL
        .map(Feature::name)
        .into_iter()
        .map(str::to_owned);
    let operations = Operation::ALL.map(Operation::name);
    let others = operations
        .into_iter()
        .filter(|name| Feature::parse(name).is_none())
        .map(str::to_owned);
    let explicit = operations.into_iter().map(|name| format!("op:{name}"));
    let words: Vec<String> = features.chain(others).chain(explicit).collect();
    json!({"type": "string", "enum": words})
}

fn described(members: Vec<(&str, &str, Value)>) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, description, mut value)| {
            value["description"] = Value::from(description);
            (name.to_owned(), value)
        })
        .collect()
}

/// By the codes of the rules.
fn lint() -> Map<String, Value> {
    let setting = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["severity", "reason"],
        "properties": {
            "severity": {"enum": ["error", "warn", "info", "off"]},
            "reason": {"type": "string", "description": "Why it is as bad as that here"},
        },
    });
    let described = |rule: &Rule| {
        let mut setting = setting.clone();
        setting["description"] = Value::from(rule.why);
        (rule.code.to_owned(), setting)
    };
    RULES.iter().map(described).collect()
}

fn role() -> Map<String, Value> {
    let text = || json!({"type": "string"});
    let granted = json!({"type": "array", "items": {"anyOf": [
        {"$ref": "#/definitions/permission"},
        {"enum": ["all", "*"]},
    ]}});
    described(vec![
        (
            "user",
            "What {user} stands for in this role; its name unless told",
            text(),
        ),
        (
            "client-id",
            "Who it is: {user} unless told, false for nobody",
            json!({"anyOf": [{"type": "string"}, {"const": false}]}),
        ),
        (
            "capability",
            "What it may do, or beside token-command and key, what its key may",
            json!({"anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            ]}),
        ),
        (
            "grant",
            "Rooms or patterns to the features or operations granted there; all is an ordinary user's",
            json!({"type": "object", "additionalProperties": granted}),
        ),
        (
            "capability-file",
            "A file with the capability as JSON, beside the policy",
            text(),
        ),
        (
            "token-command",
            "A shell command that prints its token",
            text(),
        ),
        (
            "key",
            "Its API key, or $NAME of the variable that has it",
            text(),
        ),
        (
            "claims",
            "Rooms or patterns to the user claim there",
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
        (
            "ttl",
            "How long its tokens live; 1h unless told",
            json!({"$ref": "#/definitions/span"}),
        ),
        (
            "forbid",
            "What it must not be able to do anywhere, whatever the patterns",
            json!({"$ref": "#/definitions/permissions"}),
        ),
    ])
}

fn test() -> Map<String, Value> {
    let text = || json!({"type": "string"});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let permissions = || json!({"$ref": "#/definitions/permissions"});
    let span = || json!({"$ref": "#/definitions/span"});
    let text_or_none = || json!({"anyOf": [{"type": "string"}, {"const": false}]});
    described(vec![
        ("name", "What it proves, in words", text()),
        ("role", "Of whom", text()),
        ("roles", "Of whom, where they are several", texts()),
        ("room", "Where; {user} and {role} are filled in", text()),
        ("rooms", "Where, in several rooms", texts()),
        ("allow", "What must be allowed", permissions()),
        ("deny", "What must be denied", permissions()),
        (
            "only",
            "What must be allowed, and nothing besides",
            permissions(),
        ),
        (
            "rule",
            "The resource of the rule that must decide what is allowed, or several",
            json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        ),
        (
            "user-claim",
            "What events must carry; false for nothing",
            text_or_none(),
        ),
        (
            "client-id",
            "Who the role must be; false for nobody",
            text_or_none(),
        ),
        ("min-ttl", "The shortest life of its tokens", span()),
        ("max-ttl", "The longest life of its tokens", span()),
    ])
}
