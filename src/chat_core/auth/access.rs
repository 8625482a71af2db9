//! Refusals: whether an operation may be done, as the error that goes back where it may not.

use super::capability::Capability;
use super::operation::Operation;
use super::resource::Target;
use crate::chat_core::error::{ErrorInfo, Result};

/// A change to an existing message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Update or append.
    Update,
    /// Delete.
    Delete,
}

impl Change {
    /// The right over messages of one's own.
    pub const fn own(self) -> Operation {
        match self {
            Self::Update => Operation::MessageUpdateOwn,
            Self::Delete => Operation::MessageDeleteOwn,
        }
    }

    /// The right over everybody's messages.
    pub const fn any(self) -> Operation {
        match self {
            Self::Update => Operation::MessageUpdateAny,
            Self::Delete => Operation::MessageDeleteAny,
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// The messages that a caller may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everybody's.
    Any,
    /// Those that the caller created.
    Own,
}

/// Lets `operation` on `target` pass, or refuses it.
///
/// # Errors
/// 40160 / 401.
pub fn require(capability: &Capability, target: &Target<'_>, operation: Operation) -> Result<()> {
    if capability.allows(target, operation) {
        return Ok(());
    }
    Err(denied(target, operation.name()))
}

/// Returns whose messages on `target` a caller may change. To be asked before a message is looked up, so that a refusal
/// does not tell whether there is one.
///
/// # Errors
/// 40160 / 401 where neither right is granted, 40166 / 401 for an anonymous caller with the right over own messages
/// only.
pub fn reach(
    capability: &Capability,
    target: &Target<'_>,
    change: Change,
    caller: Option<&str>,
) -> Result<Reach> {
    if capability.allows(target, change.any()) {
        return Ok(Reach::Any);
    }
    if !capability.allows(target, change.own()) {
        return Err(denied(
            target,
            &format!("{} or {}", change.own(), change.any()),
        ));
    }
    match caller.filter(|caller| !caller.is_empty()) {
        Some(_) => Ok(Reach::Own),
        None => Err(ErrorInfo::new(
            40166,
            401,
            format!(
                "Unable to {} message: anonymous clients require the '{}' capability",
                change.verb(),
                change.any()
            ),
        )),
    }
}

/// Lets a change to a message pass whose original creator was `creator`, or refuses it.
///
/// # Errors
/// 40160 / 401 for somebody else's message.
pub fn require_reach(
    reach: Reach,
    target: &Target<'_>,
    change: Change,
    caller: Option<&str>,
    creator: Option<&str>,
) -> Result<()> {
    let is_own = || caller.is_some_and(|caller| !caller.is_empty()) && caller == creator;
    if reach == Reach::Any || is_own() {
        return Ok(());
    }
    Err(denied(target, change.any().name()))
}

/// Returns the refusal of what needs the right `needed` on `target`, in the words of people: a room by its name.
pub fn denied(target: &Target<'_>, needed: &str) -> ErrorInfo {
    let (name, refused) = (
        target.name(),
        "operation not permitted with provided capability",
    );
    let what = match target.qualifier() {
        Some(qualifier) => format!(
            "{refused}: {needed} on '[{qualifier}]{name}', which '*' does not match: it takes '[{qualifier}]*' or '[*]*'"
        ),
        None if target.is_room() => format!("{refused}: {needed} on room '{name}'"),
        None => format!("{refused}: {needed} on channel '{name}'"),
    };
    ErrorInfo::new(40160, 401, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_is_the_original_creators() {
        let room = Target::room("r");
        let own = Capability::parse(r#"{"r":["message-update-own"]}"#).unwrap();
        let any = Capability::parse(r#"{"r":["message-update-any"]}"#).unwrap();
        let update = |capability: &Capability, caller: Option<&str>, creator| {
            reach(capability, &room, Change::Update, caller)
                .and_then(|reach| require_reach(reach, &room, Change::Update, caller, creator))
                .map_err(|error| error.code)
        };
        assert_eq!(update(&own, Some("x"), Some("x")), Ok(()));
        assert_eq!(update(&own, Some("x"), Some("y")), Err(40160));
        assert_eq!(update(&own, Some("x"), None), Err(40160));
        assert_eq!(update(&own, None, None), Err(40166));
        assert_eq!(update(&any, None, Some("y")), Ok(()));
        assert_eq!(
            reach(&own, &room, Change::Delete, Some("x"))
                .unwrap_err()
                .code,
            40160
        );
    }

    #[test]
    fn a_refusal_names_the_operation_and_the_room() {
        let error = require(
            &Capability::none(),
            &Target::room("lobby"),
            Operation::Publish,
        )
        .unwrap_err();
        assert_eq!((error.code, error.status_code), (40160, 401));
        assert!(error.message.contains("publish on room 'lobby'"), "{error}");
    }
}
