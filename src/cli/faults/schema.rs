//! `faults schema`: the JSON Schema of rule files, for editors.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::json_schema;
use crate::server::faults::{FAULT_ALIASES, FAULT_KINDS, Point, SELECTORS};

/// Print the JSON Schema of rule files
///
/// Editors use it to complete and check rules. Save it beside the file, and name it in the first line, as Taplo and VS
/// Code's "Even Better TOML" expect:
///
///     chatctl faults schema > faults.schema.json
///     #:schema ./faults.schema.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct FaultSchema {}

impl FaultSchema {
    #[expect(clippy::unused_self, reason = "every verb is run in the same way")]
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        json_schema::print(&schema(), context)
    }
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer", "minimum": 1});
    let mut members = Map::new();
    let mut put = |name: &str, about: &str, mut shape: Value| {
        shape["description"] = json!(about);
        members.insert(name.to_owned(), shape);
    };
    let points: Vec<&str> = Point::ALL.iter().map(|(point, _)| point.name()).collect();
    put("name", "its label in the log", text.clone());
    put("at", "where it bites", json!({"enum": points}));
    for (name, about) in SELECTORS {
        let shape = match name {
            "nth" => json!({"anyOf": [&number, {"type": "array", "items": &number}]}),
            "every" | "times" => number.clone(),
            "connection" => json!({"anyOf": [&number, &text]}),
            _ => text.clone(),
        };
        put(name, about, shape);
    }
    let kinds = FAULT_KINDS.iter().map(|kind| kind.name);
    let names: Vec<&str> = kinds
        .chain(FAULT_ALIASES.iter().map(|(alias, _, _)| *alias))
        .collect();
    put("do", "what is done", json!({"enum": names}));
    for (name, about, shape) in [
        ("by", "how long it waits, as in 2s", text.clone()),
        ("for", "how long it lasts, as in 3m", text.clone()),
        ("code", "the code of the error", json!({"type": "integer"})),
        ("status", "the HTTP status", json!({"type": "integer"})),
        ("message", "the text of the error", text.clone()),
        (
            "detail",
            "further facts of the error",
            json!({"type": "object"}),
        ),
        ("body", "the body of an answer", json!({})),
        (
            "headers",
            "the headers of an answer",
            json!({"type": "object"}),
        ),
        (
            "close-code",
            "the code of the close frame",
            json!({"type": "integer", "minimum": 1000, "maximum": 4999}),
        ),
        (
            "frame",
            "a protocol message",
            json!({"type": "object", "required": ["action"]}),
        ),
    ] {
        put(name, about, shape);
    }
    let rule = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["do"],
        "properties": members,
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules of faults for chatctl serve and exec --faults",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "fault": {"type": "array", "items": rule},
            "uts": {
                "type": "array",
                "description": "rules of the vendor's fault proxy, word for word; asked first",
                "items": {"type": "object", "required": ["match", "action"]},
            },
        },
    })
}
