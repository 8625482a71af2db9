//! The judgement of one check by the engine.

use std::time::Duration;

use super::check::{Assertion, Check, besides};
use super::model::{Policy, Role};
use super::rules::Rules;
use crate::chat_core::analysis::algebra::find_reachable;
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::auth::capability::{Capability, Rule};
use crate::chat_core::auth::operation::Operation;
use crate::chat_core::auth::resource::Target;

/// The answer of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// Nobody here can know.
    Unknown,
}

/// The answer of a check, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub answer: Answer,
    /// The facts found, for people.
    pub found: String,
    /// The rules that decided, where there are any.
    pub rules: Vec<Rule>,
}

impl Verdict {
    fn of(is_passed: bool, found: impl Into<String>) -> Self {
        Self {
            answer: if is_passed {
                Answer::Passed
            } else {
                Answer::Failed
            },
            found: found.into(),
            rules: Vec::new(),
        }
    }

    /// Nobody here can know.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self {
            answer: Answer::Unknown,
            found: why.into(),
            rules: Vec::new(),
        }
    }

    fn with(self, rules: Vec<Rule>) -> Self {
        Self { rules, ..self }
    }
}

/// Returns whether `role` is what `check` expects.
pub fn evaluate(role: &Role, check: &Check) -> Verdict {
    judge(role, role.capability.as_ref(), check)
}

/// Returns whether the roles of a policy are what each of `checks` expects. Of the rules of a role only those that
/// cover the room of a check are asked, which are looked for once for all checks of it that follow each other.
pub fn evaluate_each<'a>(
    policy: &'a Policy,
    checks: impl IntoIterator<Item = &'a Check>,
) -> impl Iterator<Item = Verdict> {
    let capabilities = policy.roles.iter().map(|role| role.capability.as_ref());
    let rules: Vec<Option<Rules<'_>>> = capabilities
        .map(|capability| capability.map(Rules::of))
        .collect();
    let mut here: Option<(usize, &str, Option<Capability>)> = None;
    checks.into_iter().map(move |check| {
        let role = &policy.roles[check.role];
        let Some(room) = check.room.as_deref() else {
            return evaluate(role, check);
        };
        if here
            .as_ref()
            .is_none_or(|(of, at, _)| (*of, *at) != (check.role, room))
        {
            let rules = rules[check.role].as_ref();
            here = Some((check.role, room, rules.map(|rules| rules.in_room(room))));
        }
        let capability = here.as_ref().and_then(|(_, _, held)| held.as_ref());
        judge(role, capability, check)
    })
}

/// The same of a role of whose capability no more than what matters to the check is given.
fn judge(role: &Role, capability: Option<&Capability>, check: &Check) -> Verdict {
    match (&check.assertion, capability) {
        (Assertion::ClientId(expected), _) => client_id(role, expected.as_deref()),
        (Assertion::UserClaim(expected), _) => user_claim(role, check, expected.as_deref()),
        (Assertion::MinLifetime(bound), _) => lifetime(role, |span| span >= *bound),
        (Assertion::MaxLifetime(bound), _) => lifetime(role, |span| span <= *bound),
        (_, None) => Verdict::unknown("the capability of the key is not known"),
        (assertion, Some(capability)) => rights(capability, check, assertion),
    }
}

/// Returns whether a capability is what `assertion` expects of rights.
pub(super) fn rights(capability: &Capability, check: &Check, assertion: &Assertion) -> Verdict {
    let target = Target::room(check.room.as_deref().unwrap_or_default());
    match assertion {
        Assertion::Allow(permission) => {
            let found = permission.check(capability, &target);
            Verdict::of(found.allowed, found.because()).with(found.rules)
        }
        Assertion::Deny(permission) => {
            let found = permission.check(capability, &target);
            Verdict::of(!found.allowed, found.because()).with(found.rules)
        }
        Assertion::NothingBesides(permissions) => {
            let others = besides(capability.operations_on(&target), permissions);
            let names: Vec<&str> = others.iter().copied().map(Operation::name).collect();
            let found = if names.is_empty() {
                "nothing else is granted".to_owned()
            } else {
                format!("granted besides: {}", names.join(", "))
            };
            let rules = others
                .first()
                .and_then(|other| capability.decide(&target, *other).rule);
            Verdict::of(names.is_empty(), found).with(rules.into_iter().collect())
        }
        Assertion::Forbid(permission) => match find_reachable(capability, *permission) {
            None => Verdict::of(true, "no rule allows it anywhere"),
            Some(reached) => {
                let name = reached.witness.name();
                let found = format!("'{}' allows it, in '{name}' for one", reached.resource);
                let rules = permission
                    .check(capability, &reached.witness.target())
                    .rules;
                Verdict::of(false, found).with(rules)
            }
        },
        Assertion::Rule(permission, expected) => {
            let found = permission.check(capability, &target);
            let decided = found.allowed
                && found
                    .rules
                    .iter()
                    .all(|rule| expected.contains(&rule.resource));
            Verdict::of(decided, found.because()).with(found.rules)
        }
        _ => Verdict::unknown(""),
    }
}

fn client_id(role: &Role, expected: Option<&str>) -> Verdict {
    let found = match &role.client_id {
        Some(id) => format!("it is '{id}'"),
        None => "there is none".to_owned(),
    };
    Verdict::of(role.client_id.as_deref() == expected, found)
}

fn user_claim(role: &Role, check: &Check, expected: Option<&str>) -> Verdict {
    let room = check.room.as_deref().unwrap_or_default();
    match role.claims.resolve_room(room) {
        Some(found) => Verdict::of(
            expected == Some(found.user_claim),
            format!("'{}' gives '{}'", found.pattern, found.user_claim),
        ),
        None => Verdict::of(expected.is_none(), "no claim matches this room"),
    }
}

fn lifetime(role: &Role, is_within: impl Fn(Duration) -> bool) -> Verdict {
    match role.lifetime {
        Some(span) => Verdict::of(is_within(span), format!("they live {} s", span.as_secs())),
        None => Verdict::of(false, "it has a key, which does not expire"),
    }
}

/// Returns whether a role has a permission in a room; `None` where only the service knows.
pub fn may(role: &Role, permission: Permission, room: &str) -> Option<bool> {
    let capability = role.capability.as_ref()?;
    Some(permission.check(capability, &Target::room(room)).allowed)
}
