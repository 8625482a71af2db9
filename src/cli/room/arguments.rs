//! Arguments that several commands read alike.

use serde_json::{Map, Value};

use crate::cli::Context;
use crate::cli::exit::UsageError;

/// The JSON object that an argument gives; an empty one if it is not there.
///
/// # Errors
/// What can't be read, or is no object.
pub(in crate::cli) fn object(
    context: &Context,
    name: &str,
    argument: Option<&str>,
) -> anyhow::Result<Map<String, Value>> {
    let Some(argument) = argument else {
        return Ok(Map::new());
    };
    match json(context, name, argument)? {
        Value::Object(members) => Ok(members),
        _ => Err(UsageError::new(format!("{name} is JSON, but no object"))
            .hint(r#"as in '{"key": "value"}'"#)
            .into()),
    }
}

/// The JSON that an argument gives.
///
/// # Errors
/// What can't be read, or is no JSON.
pub(in crate::cli) fn json(context: &Context, name: &str, argument: &str) -> anyhow::Result<Value> {
    let text = context.text_argument(argument)?;
    serde_json::from_str(&text).map_err(|error| {
        UsageError::new(format!("{name} is not JSON: {error}"))
            .hint(r#"as in '{"key": "value"}'"#)
            .into()
    })
}

/// The object of texts that says why something is changed.
///
/// # Errors
/// As [`object`], and for values that are no texts.
pub(in crate::cli) fn texts(
    context: &Context,
    name: &str,
    argument: Option<&str>,
) -> anyhow::Result<Map<String, Value>> {
    let members = object(context, name, argument)?;
    if members.values().all(Value::is_string) {
        return Ok(members);
    }
    Err(
        UsageError::new(format!("{name} has values that are no texts"))
            .hint(r#"as in '{"reason": "spam"}'"#)
            .into(),
    )
}
