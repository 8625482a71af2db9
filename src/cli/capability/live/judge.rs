//! Compares observations with expectations.

use super::probe::{self, Probe, ProbeOutcome};
use super::unit::Tried;
use crate::chat_core::analysis::Permission;
use crate::chat_core::analysis::policy::{Answer, Assertion, Check};
use crate::chat_core::auth::Operation;
use crate::cli::capability::report::LiveObservation;

/// The truth of a permission, as far as it is known.
enum Truth {
    Yes(String),
    No(String),
    Unknown(String),
    /// It failed for a reason that answers nothing.
    Broken(String),
}

/// The observation for `check`; `None` where there is none, or where it was not tried.
pub(super) fn judge(check: &Check, tried: &[Tried]) -> Option<LiveObservation> {
    let here = |tried: &&Tried| {
        tried.role == check.role && check.room.as_ref().is_none_or(|room| *room == tried.room)
    };
    let places: Vec<&Tried> = tried.iter().filter(here).collect();
    let first = *places.first()?;
    let seen = |answer, found: String| {
        Some(LiveObservation {
            answer,
            found,
            room: check.room.as_ref().map(|_| first.place.clone()),
        })
    };
    match &check.assertion {
        Assertion::Allow(permission) => {
            let (answer, found) = expected(true, truth(*permission, first));
            seen(answer, found)
        }
        Assertion::Deny(permission) => {
            let (answer, found) = expected(false, truth(*permission, first));
            seen(answer, found)
        }
        Assertion::NothingBesides(permissions) => {
            let (answer, found) = nothing_besides(permissions, first);
            seen(answer, found)
        }
        Assertion::Forbid(permission) => {
            let (answer, found) = nowhere(*permission, &places);
            seen(answer, found)
        }
        Assertion::ClientId(wanted) => match (&first.client_id, wanted) {
            (Some(id), wanted) => seen(
                verdict(wanted.as_ref() == Some(id)),
                format!("it is '{id}'"),
            ),
            (None, None) => seen(Answer::Passed, "no login succeeded".to_owned()),
            (None, Some(_)) => seen(
                Answer::Unknown,
                "its login failed, so this is unknown".to_owned(),
            ),
        },
        Assertion::UserClaim(wanted) => match &first.sent {
            Some(sent) => {
                let found = match &sent.user_claim {
                    Some(claim) => format!("its message carries '{claim}'"),
                    None => "its message carries none".to_owned(),
                };
                seen(verdict(sent.user_claim == *wanted), found)
            }
            None => seen(
                Answer::Unknown,
                "it may not send here, so there is no event to check".to_owned(),
            ),
        },
        Assertion::Rule(..) | Assertion::MinLifetime(_) | Assertion::MaxLifetime(_) => None,
    }
}

fn verdict(is_good: bool) -> Answer {
    if is_good {
        Answer::Passed
    } else {
        Answer::Failed
    }
}

fn expected(wanted: bool, truth: Truth) -> (Answer, String) {
    match truth {
        Truth::Yes(found) => (verdict(wanted), found),
        Truth::No(found) => (verdict(!wanted), found),
        Truth::Unknown(found) => (Answer::Unknown, found),
        Truth::Broken(found) => (Answer::Failed, found),
    }
}

fn truth(permission: Permission, tried: &Tried) -> Truth {
    let probes = probe::of_permission(permission);
    if probes.is_empty() {
        return Truth::Unknown("nothing in Chat shows it".to_owned());
    }
    let mut unknown = None;
    for probe in probes {
        match tried.done.get(probe) {
            Some(ProbeOutcome::Allowed) => {}
            Some(ProbeOutcome::Refused(error)) => return Truth::No(format!("refused: {error}")),
            Some(ProbeOutcome::Broken(reason)) => {
                return Truth::Broken(format!("it could not be done: {reason}"));
            }
            Some(ProbeOutcome::Untried(why)) => unknown = Some(why.clone()),
            None => unknown = Some("it was not tried".to_owned()),
        }
    }
    if let Some(why) = unknown {
        return Truth::Unknown(why);
    }
    if hidden(permission, tried) {
        return Truth::Unknown("the right over all messages hides it".to_owned());
    }
    Truth::Yes("it was done".to_owned())
}

/// Returns whether the act of an operation may have succeeded by a wider right.
fn hidden(permission: Permission, tried: &Tried) -> bool {
    let Permission::Operation(operation) = permission else {
        return false;
    };
    let wider: Option<Probe> = probe::wider(operation);
    wider.is_some_and(|wider| !matches!(tried.done.get(&wider), Some(ProbeOutcome::Refused(_))))
}

fn nothing_besides(permissions: &[Permission], tried: &Tried) -> (Answer, String) {
    let mut refused = 0;
    let mut done = Vec::new();
    let mut unknown = Vec::new();
    for operation in probe::others(permissions) {
        match truth(Permission::Operation(operation), tried) {
            Truth::Yes(_) => done.push(operation),
            Truth::No(_) => refused += 1,
            Truth::Unknown(_) => unknown.push(operation),
            Truth::Broken(reason) => return (Answer::Failed, format!("{operation}: {reason}")),
        }
    }
    let names = |list: &[Operation]| {
        let names: Vec<&str> = list.iter().copied().map(Operation::name).collect();
        names.join(", ")
    };
    if !done.is_empty() {
        return (Answer::Failed, format!("done besides: {}", names(&done)));
    }
    let untold = if unknown.is_empty() {
        String::new()
    } else {
        format!("; not shown by anything in Chat: {}", names(&unknown))
    };
    let answer = if refused == 0 {
        Answer::Unknown
    } else {
        Answer::Passed
    };
    (
        answer,
        format!("{refused} other operations were refused{untold}"),
    )
}

fn nowhere(permission: Permission, places: &[&Tried]) -> (Answer, String) {
    let mut refused = 0;
    for tried in places {
        match truth(permission, tried) {
            Truth::Yes(_) => return (Answer::Failed, format!("it was done in '{}'", tried.place)),
            Truth::No(_) => refused += 1,
            Truth::Unknown(why) => return (Answer::Unknown, why),
            Truth::Broken(reason) => return (Answer::Failed, reason),
        }
    }
    (Answer::Passed, format!("refused in {refused} rooms"))
}
