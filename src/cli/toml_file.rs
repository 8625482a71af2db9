//! Reads TOML files. A fault is one line that names the place.

use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::failure::Failure;
use crate::chat_core::{text, toml_syntax};

/// Formats a fault as `LINE:COLUMN: what`, for use behind a file's name and a colon; without a span as ` what`.
pub(super) fn fault(content: &str, span: Option<Range<usize>>, what: &str) -> String {
    match span {
        Some(span) => {
            let (line, column) = text::position(content, span.start);
            format!("{line}:{column}: {what}")
        }
        None => format!(" {what}"),
    }
}

/// Reads the file at `path`, which `flag` names.
///
/// # Errors
/// A file that can't be read, or a fault in it with its place.
pub(super) fn read<T: DeserializeOwned>(flag: &str, path: &Path) -> Result<T, Failure> {
    let fault = |what: String| Failure::usage(format!("{flag}: {}:{what}", path.display()));
    let text = text::read_file(path).map_err(|error| fault(format!(" {error}")))?;
    parse(&text).map_err(fault)
}

/// Parses `text`.
///
/// # Errors
/// The fault, as [`fault`] formats it.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| fault(text, error.span(), &message(&error)))
}

/// The parser's message, which may have several lines, on one. A text of the file that it shows, a secret in a wrong
/// place for instance, is left out: the place says where it is.
pub(super) fn message(error: &toml::de::Error) -> String {
    let message = error.message();
    let plain = wrong_type(message)
        .or_else(|| unknown_key(message))
        .or_else(|| {
            let name = message.strip_prefix("missing field `")?.strip_suffix('`')?;
            Some(format!("'{name}' is missing"))
        })
        .or_else(|| {
            // The forms that a value may have, alone.
            let forms = message.strip_prefix("a string or ")?;
            Some(format!("must be a string or {forms}"))
        })
        .or_else(|| toml_syntax::describe(message).map(str::to_owned));
    if let Some(plain) = plain {
        return plain;
    }
    let lines: Vec<&str> = message.lines().map(str::trim).collect();
    lines.join(", ")
}

/// `invalid type: string "x", expected a sequence` in plain words, without the value.
fn wrong_type(message: &str) -> Option<String> {
    let rest = ["type", "value"]
        .into_iter()
        .find_map(|what| message.strip_prefix(&format!("invalid {what}: ")))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let found = match found.split([' ', '`', '"']).next()? {
        "string" => "a string",
        "integer" => "an integer",
        "floating" => "a decimal number",
        "boolean" => "a boolean",
        "sequence" => "a list",
        "map" => "a table",
        "datetime" => "a date",
        _ => "this",
    };
    let expected = match expected {
        "a sequence" => "a list",
        "a map" => "a table",
        "a borrowed string" | "string" => "a string",
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f64" => "a number",
        other => other,
    };
    Some(format!("must be {expected}, not {found}"))
}

/// `unknown field ``a``, expected one of …` in plain words.
fn unknown_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (name, rest) = rest.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    Some(if known.is_empty() {
        format!("unknown key '{name}'")
    } else {
        format!("unknown key '{name}': known are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_lines_and_columns() {
        let content = "a = 1\nää = 2\n";
        for (offset, place) in [(0, (1, 1)), (6, (2, 1)), (10, (2, 3)), (99, (3, 1))] {
            assert_eq!(text::position(content, offset), place, "{offset}");
        }
        assert_eq!(fault(content, Some(6..7), "no"), "2:1: no");
        assert_eq!(fault(content, None, "no"), " no");
    }

    #[test]
    fn a_text_in_a_wrong_place_is_not_shown() {
        #[derive(Debug, serde::Deserialize)]
        struct File {
            #[serde(rename = "keys")]
            _keys: Vec<u8>,
        }
        for text in ["a.b:hidden", "x\\\", expected hidden\\n"] {
            let fault = parse::<File>(&format!("keys = \"{text}\"")).unwrap_err();
            assert_eq!(fault, "1:8: must be a list, not a string");
        }
    }

    #[test]
    fn what_is_wrong_takes_one_line() {
        for text in [
            "a = \n",
            "[a\n",
            "a = \"x\nb = 1",
            "a = {b = 1\n",
            "a = 1\na = 2\n",
        ] {
            let fault = parse::<toml::Table>(text).unwrap_err();
            assert!(!fault.contains('\n'), "{fault}");
            assert!(fault.starts_with(['1', '2']), "{fault}");
        }
    }
}
