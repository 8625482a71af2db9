//! Arguments that several commands share.

use clap::Args;
use serde_json::{Map, Value};

use crate::chat_core::chat::message::is_flat;
use crate::chat_core::clock::Timestamp;
use crate::cli::failure::Failure;
use crate::cli::{Context, time};

/// The largest message that any service accepts, in bytes: 256 KiB on larger plans; others refuse above 64 KiB.
pub(in crate::cli) const LARGEST: usize = 256 * 1024;

/// The longest JSON form of such a message, in bytes.
pub(in crate::cli) const LARGEST_JSON: usize = 4 * LARGEST;

/// Parses a whole number of at least 1.
///
/// # Errors
/// Any other text.
pub(in crate::cli) fn positive(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("must be a whole number, at least 1".to_owned()),
    }
}

/// A period of a room's history.
#[derive(Args)]
pub(in crate::cli) struct Period {
    /// Only messages sent at or after this time: a date or time as in 2026-11-30 or 2026-11-30T09:00 (local), RFC 3339, epoch milliseconds, or `-5m` for five minutes ago
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    start: Option<String>,

    /// Only messages sent before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    end: Option<String>,
}

impl Period {
    /// The start and the end.
    ///
    /// # Errors
    /// A time that is not valid, or an end before the start.
    pub(in crate::cli) fn bounds(
        &self,
        context: &Context,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>), Failure> {
        let start = moment(context, "--start", self.start.as_deref())?;
        let end = moment(context, "--end", self.end.as_deref())?;
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(Failure::usage(format!(
                "--end {} is before --start {}",
                time::iso(end),
                time::iso(start)
            ))
            .hint("exchange them: --start is the earlier one"));
        }
        Ok((start, end))
    }
}

/// Reads the moment that `argument` gives.
///
/// # Errors
/// A time that is not valid.
pub(in crate::cli) fn moment(
    context: &Context,
    argument: &str,
    text: Option<&str>,
) -> Result<Option<Timestamp>, Failure> {
    text.map(|text| time::moment(text, context.clock.now()))
        .transpose()
        .map_err(|fault| Failure::usage(format!("{argument}: {fault}")))
}

/// Refuses an empty name of a reaction.
///
/// # Errors
/// An empty name.
pub(in crate::cli) fn check_reaction_name(name: &str) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(Failure::usage("the name is empty")
            .hint("name the reaction by an emoji or another text, such as 👍"));
    }
    Ok(())
}

/// Reads headers, a flat JSON object.
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
    let error = Failure::usage("--headers must be flat: a value is an array or an object");
    Err(error.hint("give nested values with --metadata").into())
}

/// Checks that at most one of the named arguments reads standard input.
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
        "{} both read standard input",
        readers[..2].join(" and ")
    ));
    Err(error.hint("read one of them from a file, with @FILE"))
}

/// Reads the text of a message from an argument.
///
/// # Errors
/// A text that can't be read, or that is longer than any message.
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

/// Reads a JSON object from an argument; an empty one without an argument.
///
/// # Errors
/// An argument that can't be read, or that is not an object.
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
        _ => Err(Failure::usage(format!("{name} must be a JSON object"))
            .hint(r#"as in '{"key": "value"}'"#)
            .into()),
    }
}

/// Reads JSON from an argument.
///
/// # Errors
/// An argument that can't be read, or that is not JSON.
pub(in crate::cli) fn json(context: &Context, name: &str, argument: &str) -> anyhow::Result<Value> {
    let text = bounded(context, argument, LARGEST_JSON)?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("{name} is not JSON: {error}"))
            .hint(r#"as in '{"key": "value"}'"#)
            .into()
    })
}

/// Reads the metadata of a change, an object of strings.
///
/// # Errors
/// As [`object`], and for values that are not strings.
pub(in crate::cli) fn texts(
    context: &Context,
    name: &str,
    argument: Option<&str>,
) -> anyhow::Result<Map<String, Value>> {
    let members = object(context, name, argument)?;
    if members.values().all(Value::is_string) {
        return Ok(members);
    }
    Err(Failure::usage(format!("{name} values must be strings"))
        .hint(r#"as in '{"reason": "spam"}'"#)
        .into())
}
