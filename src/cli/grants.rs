//! The rights of a token as arguments: `--capability`, `--allow`, `--grant` and `--claim`.

use clap::Args;

use super::Context;
use super::failure::Failure;
use super::file_name::check_not_file;
use crate::chat_core::analysis::algebra::{Extent, claim_can_match, extent};
use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::operation::Operations;
use crate::chat_core::auth::{Feature, Operation, Resource};

/// The rights of a token.
#[derive(Args, Debug, Default)]
pub(super) struct Grants {
    /// Capability as JSON: `{"lobby":["publish","subscribe"]}`; `-` for standard input, `@file` for a file
    #[arg(long, value_name = "JSON")]
    capability: Option<String>,

    /// Allow operations in a room or pattern: `--allow dms:*=publish,subscribe`
    #[arg(long, value_name = "ROOM=OP,OP")]
    allow: Vec<String>,

    /// Allow the operations that Chat features need in a room or pattern: `--grant lobby=send-messages,typing`; `all`
    /// for an ordinary user
    #[arg(long, value_name = "ROOM=FEATURE,FEATURE")]
    grant: Vec<String>,
}

impl Grants {
    /// The capability of the arguments, if there is any.
    ///
    /// # Errors
    /// A malformed capability, an unknown operation or feature, a pattern that matches no room.
    pub(super) fn capability(&self, context: &Context) -> anyhow::Result<Option<Capability>> {
        let written = match &self.capability {
            Some(argument) => {
                check_not_file("--capability", argument)?;
                let text = context.text_argument(argument)?;
                Some(read_capability("--capability", &text)?)
            }
            None => None,
        };
        let mut grants = Vec::with_capacity(self.allow.len() + self.grant.len());
        for pair in &self.allow {
            let (room, words) = split("--allow", pair)?;
            grants.push(allowing("--allow", room, words.split(','), context)?);
        }
        for pair in &self.grant {
            let (room, words) = split("--grant", pair)?;
            grants.push(granting("--grant", room, words.split(','), context)?);
        }
        if grants.is_empty() {
            return Ok(written);
        }
        let added = Capability::of_grants(grants);
        Ok(Some(match written {
            Some(written) => written.union(&added),
            None => added,
        }))
    }
}

/// The operations called `words` in a room or pattern.
///
/// # Errors
/// A usage error that names `flag`.
pub(super) fn allowing<'a>(
    flag: &str,
    room: &str,
    words: impl IntoIterator<Item = &'a str>,
    context: &Context,
) -> anyhow::Result<Grant> {
    grant_of(flag, room, words, operation, context)
}

/// The operations that the features called `words` need in a room or pattern.
///
/// # Errors
/// A usage error that names `flag`.
pub(super) fn granting<'a>(
    flag: &str,
    room: &str,
    words: impl IntoIterator<Item = &'a str>,
    context: &Context,
) -> anyhow::Result<Grant> {
    grant_of(flag, room, words, of_feature, context)
}

fn grant_of<'a>(
    flag: &str,
    room: &str,
    words: impl IntoIterator<Item = &'a str>,
    read: impl Fn(&str, &str) -> anyhow::Result<Operations>,
    context: &Context,
) -> anyhow::Result<Grant> {
    let mut operations = Operations::default();
    for word in words {
        operations = operations.union(read(flag, word.trim())?);
    }
    Ok(Grant::of(resource(flag, room, context)?, operations))
}

/// Parses a capability that the user typed, strictly, and makes its text compact.
///
/// # Errors
/// A usage error that names `flag`.
pub(super) fn read_capability(flag: &str, text: &str) -> anyhow::Result<Capability> {
    let compact = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text)
            .map_or_else(|_| text.to_owned(), |value| value.to_string())
    };
    Capability::parse_strict(text)
        .and_then(|_| Capability::parse_strict(&compact(text)))
        .map_err(|error| Failure::about(flag, &error).into())
}

/// Parses a capability that is being inspected. Parts that grant nothing are warnings on standard error.
///
/// # Errors
/// A usage error that names `flag`.
pub(super) fn inspect_capability(
    flag: &str,
    text: &str,
    context: &Context,
) -> anyhow::Result<Capability> {
    let capability = Capability::parse(text).map_err(|error| Failure::about(flag, &error))?;
    for warning in capability.warnings() {
        context
            .output
            .notice(&format!("warning: {flag}: {warning}"));
    }
    Ok(capability)
}

/// Splits `NAME=VALUE` at the first `=`.
///
/// # Errors
/// A usage error that names `flag`.
pub(super) fn split<'a>(flag: &str, pair: &'a str) -> anyhow::Result<(&'a str, &'a str)> {
    match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(Failure::usage(format!("{flag}: '{pair}' must be of the form NAME=VALUE")).into()),
    }
}

/// Checks the pattern of a user claim, which must be able to match a room.
///
/// # Errors
/// A usage error that names `flag`.
pub(super) fn check_claim_pattern(
    flag: &str,
    pattern: &str,
    context: &Context,
) -> anyhow::Result<()> {
    let resource = resource(flag, pattern, context)?;
    if let Some(room) = resource.chat_room() {
        return Err(Failure::usage(format!(
            "{flag}: '{pattern}' is the name of a room's channel, and matches no room"
        ))
        .hint(format!("did you mean '{room}'?"))
        .into());
    }
    if !claim_can_match(pattern, true) {
        return Err(Failure::usage(format!("{flag}: '{pattern}' matches no room")).into());
    }
    Ok(())
}

/// The operation that `flag` names; `*` is all of them.
///
/// # Errors
/// A usage error with the nearest right word.
pub(super) fn operation(flag: &str, word: &str) -> anyhow::Result<Operations> {
    if word == "*" {
        return Ok(Operations::STAR);
    }
    match Operation::parse(word) {
        Some(operation) => Ok([operation].into_iter().collect()),
        None => Err(unknown(flag, "operation", word, Operation::nearest(word))),
    }
}

/// The feature that `flag` names.
///
/// # Errors
/// A usage error with the nearest right word.
pub(super) fn feature(flag: &str, word: &str) -> anyhow::Result<Feature> {
    Feature::parse(word).ok_or_else(|| unknown(flag, "feature", word, Feature::nearest(word)))
}

fn of_feature(flag: &str, word: &str) -> anyhow::Result<Operations> {
    if word == "all" {
        return Ok(Feature::ordinary_operations());
    }
    let feature = feature(flag, word)?;
    Ok(feature.least_operations().into_iter().collect())
}

fn resource(flag: &str, pattern: &str, context: &Context) -> anyhow::Result<Resource> {
    let resource = Resource::parse(pattern)
        .ok_or_else(|| Failure::usage(format!("{flag}: the room is empty")))?;
    let hint = match extent(&resource) {
        Extent::Rooms => None,
        Extent::Others => Some("give queues and metachannels with --capability"),
        Extent::Nothing => {
            Some("no name begins with ':', '[', ',' or a space, or has control characters")
        }
    };
    if let Some(hint) = hint {
        return Err(
            Failure::usage(format!("{flag}: '{pattern}' matches no room"))
                .hint(hint)
                .into(),
        );
    }
    if let Some(room) = resource.chat_room() {
        context.output.notice(&format!(
            "warning: {flag}: '{pattern}' is the name of a channel; the room is '{room}'"
        ));
    }
    if let Some(meant) = whole_segments(pattern) {
        context.output.notice(&format!(
            "warning: {flag}: '*' matches whole segments between ':' only, so the one in '{pattern}' is literal; \
             name rooms '{}…' and use '{meant}'",
            meant.trim_end_matches('*')
        ));
    }
    Ok(resource)
}

/// The pattern with whole segments in place of a `*` within one: `chat:*` for `chat-*`. `None` where every
/// `*` is a segment of its own.
fn whole_segments(pattern: &str) -> Option<String> {
    let is_partial =
        |segment: &str| segment != "*" && segment.contains('*') && !segment.starts_with("[*]");
    if !pattern.split(':').any(is_partial) {
        return None;
    }
    let separators = ['-', '_', '.', '/', '#', '@'];
    let segments: Vec<&str> = pattern
        .split(':')
        .flat_map(|segment| {
            if !is_partial(segment) {
                return vec![segment];
            }
            // What stands on either side of a '*' becomes a segment.
            segment
                .split_inclusive('*')
                .flat_map(|part| match part.strip_suffix('*') {
                    Some(before) => [before.trim_matches(separators), "*"],
                    None => [part.trim_matches(separators), ""],
                })
                .filter(|part| !part.is_empty())
                .collect()
        })
        .collect();
    Some(segments.join(":"))
}

/// The error for an unknown word.
pub(super) fn unknown(flag: &str, what: &str, word: &str, nearest: Option<&str>) -> anyhow::Error {
    Failure::usage(format!("{flag}: unknown {what} '{word}'"))
        .hint(match nearest {
            Some(nearest) => format!("did you mean '{nearest}'?"),
            None => "`chatctl capability features` lists them".to_owned(),
        })
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_user_has_the_documented_rights() {
        assert_eq!(
            Feature::ordinary_operations().names(),
            [
                "annotation-publish",
                "annotation-subscribe",
                "channel-metadata",
                "history",
                "message-delete-own",
                "message-update-own",
                "presence",
                "publish",
                "subscribe",
            ]
        );
    }

    #[test]
    fn star_within_a_segment_is_answered_with_whole_segments() {
        for (pattern, meant) in [
            ("chat-*", Some("chat:*")),
            ("foo*", Some("foo:*")),
            ("a:b_*", Some("a:b:*")),
            ("*-log", Some("*:log")),
            ("dms:*", None),
            ("*", None),
            ("[*]*", None),
        ] {
            assert_eq!(whole_segments(pattern).as_deref(), meant, "{pattern}");
        }
    }

    #[test]
    fn a_slip_is_answered_with_the_nearest_word() {
        let error = operation("--op", "publsh").unwrap_err();
        let usage = error.downcast_ref::<Failure>().unwrap();
        assert_eq!(
            usage.report.hint.as_deref(),
            Some("did you mean 'publish'?")
        );
        assert!(feature("--feature", "send-message").is_err());
    }

    #[test]
    fn a_typed_capability_keeps_its_order_and_loses_its_spaces() {
        let read = read_capability("--capability", "{ \"b\": [\"subscribe\", \"publish\"] }");
        assert_eq!(read.unwrap().text(), r#"{"b":["subscribe","publish"]}"#);
        assert!(read_capability("--capability", r#"{"b":[]}"#).is_err());
    }
}
