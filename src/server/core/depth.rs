//! How deeply what a publish brings is nested: no deeper than its readers take, within the frames and pages around it.

use serde_json::Value;

use super::limits::MAX_DEPTH;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Data, Json};
use crate::server::engine::CommandKind;

/// Refuses data, extras and metadata that are nested too deeply.
///
/// # Errors
/// 40003 / 400.
pub(super) fn check_depth(kind: &CommandKind) -> Result<()> {
    match kind {
        CommandKind::Publish { messages, .. } => messages.iter().try_for_each(|it| {
            check_item(it.data.as_ref(), it.encoding.as_deref(), it.extras.as_ref())
        }),
        CommandKind::Annotate(annotations) => annotations.iter().try_for_each(|it| {
            check_item(it.data.as_ref(), it.encoding.as_deref(), it.extras.as_ref())
        }),
        CommandKind::Presence(members) => members.iter().try_for_each(|it| {
            check_item(it.data.as_ref(), it.encoding.as_deref(), it.extras.as_ref())
        }),
        CommandKind::Change(change) => {
            let content = &change.content;
            let (data, encoding) = (content.data.as_ref(), content.encoding.as_deref());
            check_item(data, encoding, content.extras.as_ref())?;
            check("metadata", is_json_within(change.version.metadata.as_ref()))
        }
        CommandKind::Leave { .. } => Ok(()),
    }
}

fn check_item(data: Option<&Data>, encoding: Option<&str>, extras: Option<&Json>) -> Result<()> {
    let is_json = |encoding: &str| encoding.rsplit('/').next() == Some("json");
    let text = match data {
        Some(Data::Text(text)) if encoding.is_some_and(is_json) => text,
        _ => "",
    };
    check("data", is_text_within(text, MAX_DEPTH))?;
    check("extras", is_json_within(extras))
}

fn check(what: &str, is_within: bool) -> Result<()> {
    if is_within {
        return Ok(());
    }
    let what = format!("Invalid {what}: it is nested more than {MAX_DEPTH} levels deep");
    Err(ErrorInfo::new(40003, 400, what))
}

fn is_json_within(json: Option<&Json>) -> bool {
    json.is_none_or(|Json(value)| is_within(value, MAX_DEPTH))
}

/// Returns whether `value` is nested at most `depth` levels deep.
fn is_within(value: &Value, depth: usize) -> bool {
    let Some(left) = depth.checked_sub(1) else {
        return !value.is_array() && !value.is_object();
    };
    match value {
        Value::Array(items) => items.iter().all(|item| is_within(item, left)),
        Value::Object(members) => members.values().all(|member| is_within(member, left)),
        _ => true,
    }
}

/// Returns whether the JSON in `text` is nested at most `depth` levels deep. What is not JSON is nobody's to read.
fn is_text_within(text: &str, depth: usize) -> bool {
    let (mut level, mut is_string, mut is_escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => level += 1,
            b']' | b'}' if !is_string => level = level.saturating_sub(1),
            _ => {}
        }
        if level > depth {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_values_and_texts_are_counted_alike() {
        for (text, levels) in [
            ("1", 0),
            ("[]", 1),
            (r#"{"a":[1,[2]],"b":{}}"#, 3),
            (r#"{"[[[":"{\"[[[[","b":[]}"#, 2),
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            for depth in 0..5 {
                assert_eq!(is_within(&value, depth), levels <= depth, "{text}");
                assert_eq!(is_text_within(text, depth), levels <= depth, "{text}");
            }
        }
    }
}
