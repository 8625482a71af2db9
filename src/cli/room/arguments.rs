//! Arguments that several commands read alike.

use serde_json::{Map, Value};

use crate::chat_core::chat::message::is_flat;
use crate::cli::Context;
use crate::cli::failure::Failure;

/// The largest message that a service takes, in bytes: 256 KiB on larger plans, 64 KiB on others, which say so.
pub(in crate::cli) const LARGEST: usize = 256 * 1024;

/// The longest JSON that such a message may be written as.
pub(in crate::cli) const LARGEST_JSON: usize = 4 * LARGEST;

/// A number of things, of which there is at least one.
///
/// # Errors
/// Any other text.
pub(in crate::cli) fn positive(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("it is no whole number from 1".to_owned()),
    }
}

/// Facts for rules and filters.
///
/// # Errors
/// As [`object`], and for values that are arrays or objects.
pub(in crate::cli) fn headers(
    context: &Context,
    argument: Option<&str>,
) -> anyhow::Result<Map<String, Value>> {
    let members = object(context, "--headers", argument)?;
    if is_flat(&members) {
        return Ok(members);
    }
    let error = Failure::usage("--headers are not flat: a value is an array or an object");
    Err(error.hint("what has parts belongs to --metadata").into())
}

/// Checks that no two of the arguments, each with its name, read standard input.
///
/// # Errors
/// Two that do.
pub(in crate::cli) fn one_reads_stdin(arguments: &[(&str, Option<&str>)]) -> Result<(), Failure> {
    let readers: Vec<&str> = arguments
        .iter()
        .filter(|(_, value)| *value == Some("-"))
        .map(|(name, _)| *name)
        .collect();
    if readers.len() < 2 {
        return Ok(());
    }
    let error = Failure::usage(format!(
        "{} read standard input both",
        readers[..2].join(" and ")
    ));
    Err(error.hint("read one of them from a file, with @FILE"))
}

/// The text of a message that an argument gives.
///
/// # Errors
/// What can't be read, or is longer than any message.
pub(in crate::cli) fn text(context: &Context, argument: &str) -> anyhow::Result<String> {
    bounded(context, argument, LARGEST)
}

fn bounded(context: &Context, argument: &str, longest: usize) -> anyhow::Result<String> {
    if let Some(text) = context.text_argument_within(argument, longest)? {
        return Ok(text);
    }
    let from = match argument.strip_prefix('@') {
        Some(path) => path,
        None if argument == "-" => "standard input",
        None => "an argument",
    };
    let longest = longest / 1024;
    let error = Failure::usage(format!("{from} is longer than {longest} KiB"));
    Err(error
        .hint("a message has at most 64 KiB, on larger plans 256 KiB")
        .into())
}

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
        _ => Err(Failure::usage(format!("{name} is JSON, but no object"))
            .hint(r#"as in '{"key": "value"}'"#)
            .into()),
    }
}

/// The JSON that an argument gives.
///
/// # Errors
/// What can't be read, or is no JSON.
pub(in crate::cli) fn json(context: &Context, name: &str, argument: &str) -> anyhow::Result<Value> {
    let text = bounded(context, argument, LARGEST_JSON)?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("{name} is not JSON: {error}"))
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
        Failure::usage(format!("{name} has values that are no texts"))
            .hint(r#"as in '{"reason": "spam"}'"#)
            .into(),
    )
}
