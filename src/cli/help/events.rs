//! The events that tails print. Their JSON Schema is the source; the text is generated from it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The schema.
pub(super) fn schema() -> Value {
    // The file is part of the program, and a test parses it.
    serde_json::from_str(include_str!("events.schema.json")).unwrap_or_default()
}

/// The events for people.
pub(super) fn text() -> String {
    let schema = schema();
    let mut text = format!("{}\n", schema["description"].as_str().unwrap_or_default());
    for (title, wants_events) in [("Events", true), ("Members", false)] {
        let _ = write!(text, "\n## {title}\n\n");
        for (name, shape) in definitions(&schema) {
            let is_event = shape["properties"]["type"]["const"].is_string();
            if is_event == wants_events {
                describe(&mut text, name, shape);
            }
        }
    }
    text.push_str(
        "\n## How to use them\n\nThe same as a JSON Schema, and a filter over such an object:\n\n\
         \x20   chatctl help events --json\n    chatctl room tail lobby --jq .message.text\n",
    );
    text
}

fn definitions(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["$defs"].as_object().into_iter().flat_map(Map::iter)
}

fn describe(text: &mut String, name: &str, shape: &Value) {
    let about = shape["description"].as_str().unwrap_or_default();
    let required: Vec<&str> = shape["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let members: Vec<String> = shape["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::iter)
        .filter(|(member, shape)| !(*member == "type" && shape["const"].is_string()))
        .map(|(member, shape)| {
            let mark = if required.contains(&member.as_str()) {
                ""
            } else {
                "?"
            };
            format!("{member}{mark} {}", kind(shape))
        })
        .collect();
    let _ = write!(text, "- {name}: {about}");
    if !members.is_empty() {
        let _ = write!(text, " Has {}.", members.join(", "));
    }
    text.push('\n');
}

/// The type of a member, in a word.
fn kind(shape: &Value) -> String {
    if let Some(reference) = shape["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(words) = shape["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return words.join("|");
    }
    match shape["type"].as_str() {
        Some("array") => format!("[{}]", kind(&shape["items"])),
        Some(word) => word.to_owned(),
        None => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_one_of_the_alternatives_and_has_members() {
        let schema = schema();
        let events: Vec<String> = definitions(&schema)
            .filter(|(_, shape)| shape["properties"]["type"]["const"].is_string())
            .map(|(name, shape)| {
                assert_eq!(shape["properties"]["type"]["const"], **name);
                format!("#/$defs/{name}")
            })
            .collect();
        let alternatives = schema["oneOf"].as_array().unwrap().iter();
        let alternatives: Vec<&str> = alternatives
            .map(|it| it["$ref"].as_str().unwrap())
            .collect();
        assert_eq!(alternatives, events);
        let text = text();
        assert!(text.contains("typing.started: A client started typing"));
        assert!(text.contains("userClaim? string"), "{text}");
    }
}
