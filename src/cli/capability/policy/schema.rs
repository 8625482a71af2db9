//! The JSON Schema of policy files, for editors and other checkers, with the engine's own words.

use serde_json::{Map, Value, json};

use crate::chat_core::analysis::lint::{LintRule, RULES};
use crate::chat_core::auth::{Feature, Operation};

/// The schema.
pub(in crate::cli::capability) fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "chatctl policy",
        "description": "The rights of roles in Ably Chat rooms, for chatctl capability test",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "roles": {
                "description": "The roles, by name",
                "type": "object",
                "additionalProperties": {"$ref": "#/definitions/role"},
            },
            "test": {
                "description": "The expectations",
                "type": "array",
                "items": {"$ref": "#/definitions/test"},
            },
            "lint": {
                "description": "The severities of the rules of chatctl capability lint, by code",
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

/// A feature or an operation; `op:` before an operation that has the name of a feature.
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
            "reason": {"type": "string", "description": "The reason for this severity"},
        },
    });
    let described = |rule: &LintRule| {
        let mut setting = setting.clone();
        setting["description"] = Value::from(rule.why);
        (rule.code.to_owned(), setting)
    };
    RULES.iter().map(described).collect()
}

// Long: one entry per field.
fn role() -> Map<String, Value> {
    let text = || json!({"type": "string"});
    let granted = json!({"type": "array", "items": {"anyOf": [
        {"$ref": "#/definitions/permission"},
        {"enum": ["all", "*"]},
    ]}});
    described(vec![
        (
            "user",
            "The value of {user} in this role [default: its name]",
            text(),
        ),
        (
            "client-id",
            "Its clientId, or false for none [default: {user}]",
            json!({"anyOf": [{"type": "string"}, {"const": false}]}),
        ),
        (
            "capability",
            "Its capability, or beside token-command and key, that of its key",
            json!({"anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            ]}),
        ),
        (
            "grant",
            "Rooms or patterns to the features or operations granted there; all means those of an ordinary user",
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
            "The lifetime of its tokens [default: 1h]",
            json!({"$ref": "#/definitions/span"}),
        ),
        (
            "forbid",
            "Features or operations that it must not have anywhere, whatever the patterns grant",
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
        ("name", "A description", text()),
        ("role", "The role", text()),
        ("roles", "The roles, where they are several", texts()),
        ("room", "The room; {user} and {role} are filled in", text()),
        ("rooms", "The rooms, where they are several", texts()),
        (
            "allow",
            "Features or operations that must be allowed",
            permissions(),
        ),
        (
            "deny",
            "Features or operations that must be denied",
            permissions(),
        ),
        (
            "only",
            "Features or operations that must be allowed, and no others",
            permissions(),
        ),
        (
            "rule",
            "The resource of the rule that must allow it, or several",
            json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        ),
        (
            "user-claim",
            "The user claim that events must carry; false for none",
            text_or_none(),
        ),
        (
            "client-id",
            "The clientId that the role must have; false for none",
            text_or_none(),
        ),
        ("min-ttl", "The shortest lifetime of its tokens", span()),
        ("max-ttl", "The longest lifetime of its tokens", span()),
    ])
}
