//! Checks: a policy taken apart into single questions, each about one role, one room and one expectation.

use std::fmt;
use std::time::Duration;

use super::model::{Policy, SourceLocation, Spanned, Test};
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::auth::feature::Feature;
use crate::chat_core::auth::operation::{Operation, Operations};

/// One question.
#[derive(Clone, Debug)]
pub struct Check {
    /// The name of its test; that of the role for what is forbidden.
    pub test: String,
    /// The place in the file.
    pub place: SourceLocation,
    /// The role, by its place in the policy.
    pub role: usize,
    /// The room; `None` where it is about none.
    pub room: Option<String>,
    /// The expectation.
    pub assertion: Assertion,
    /// The words in the file that it comes from.
    pub origin: CheckOrigin,
}

/// The expectation that a check comes from. Where there are several rooms or roles, one gives several checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckOrigin {
    /// The line that says it, from 1.
    pub line: usize,
    /// The expectation of its test or role.
    pub part: ExpectationPart,
    /// Another one without which there would be no such check either: that of which `rule` says what decides.
    pub beside: Option<ExpectationPart>,
}

/// An expectation of a test or role, those of a list by their places in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpectationPart {
    /// One of `forbid`.
    Forbid(usize),
    /// One of `allow`.
    Allow(usize),
    /// One of `deny`.
    Deny(usize),
    /// One of `only`.
    Only(usize),
    /// That there is nothing besides `only`.
    NothingElse,
    /// `rule`.
    Rule,
    /// `client-id`.
    ClientId,
    /// `user-claim`.
    UserClaim,
    /// `min-ttl`.
    MinLifetime,
    /// `max-ttl`.
    MaxLifetime,
}

/// An expectation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Assertion {
    /// This is allowed.
    Allow(Permission),
    /// This is not.
    Deny(Permission),
    /// No operation is allowed besides those that these need.
    NothingBesides(Vec<Permission>),
    /// This is allowed nowhere.
    Forbid(Permission),
    /// One of these rules allows this.
    Rule(Permission, Vec<String>),
    /// This is who the role is.
    ClientId(Option<String>),
    /// This is what its events carry.
    UserClaim(Option<String>),
    /// Its tokens live so long at least.
    MinLifetime(Duration),
    /// Its tokens live so long at most.
    MaxLifetime(Duration),
}

impl Policy {
    /// All its questions, in the order of the file.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for (place, role) in self.roles.iter().enumerate() {
            checks.extend(
                role.forbid
                    .iter()
                    .enumerate()
                    .map(|(index, permission)| Check {
                        test: format!("forbidden for '{}'", role.name),
                        place: role.place.clone(),
                        role: place,
                        room: None,
                        assertion: Assertion::Forbid(permission.what),
                        origin: CheckOrigin::of(permission, ExpectationPart::Forbid(index)),
                    }),
            );
        }
        for test in &self.tests {
            let of_role = test.of_role();
            checks.extend(
                of_role
                    .into_iter()
                    .map(|expected| test.check(None, expected)),
            );
            for room in &test.rooms {
                let in_room = test.in_room().into_iter();
                checks.extend(in_room.map(|expected| test.check(Some(room), expected)));
            }
        }
        checks
    }
}

/// An assertion, and what was written for it.
type Expected = (Assertion, CheckOrigin);

impl Test {
    fn check(&self, room: Option<&String>, (assertion, origin): Expected) -> Check {
        Check {
            test: self.name.clone(),
            place: self.place.clone(),
            role: self.role,
            room: room.cloned(),
            assertion,
            origin,
        }
    }

    fn of_role(&self) -> Vec<Expected> {
        let client_id = told(
            self.client_id.as_ref(),
            ExpectationPart::ClientId,
            Assertion::ClientId,
        );
        let min = told(
            self.min_lifetime.as_ref(),
            ExpectationPart::MinLifetime,
            Assertion::MinLifetime,
        );
        let max = told(
            self.max_lifetime.as_ref(),
            ExpectationPart::MaxLifetime,
            Assertion::MaxLifetime,
        );
        client_id.into_iter().chain(min).chain(max).collect()
    }

    fn in_room(&self) -> Vec<Expected> {
        let only = self.only.iter().flat_map(|only| &only.what);
        let allowed: Vec<(&Spanned<Permission>, ExpectationPart)> =
            listed(&self.allow, ExpectationPart::Allow)
                .chain(listed(only, ExpectationPart::Only))
                .collect();
        let mut all: Vec<Expected> = allowed
            .iter()
            .map(|(permission, part)| {
                (
                    Assertion::Allow(permission.what),
                    CheckOrigin::of(permission, *part),
                )
            })
            .collect();
        if let Some(rules) = &self.rules {
            all.extend(allowed.iter().map(|(permission, part)| {
                let origin = CheckOrigin {
                    beside: Some(*part),
                    ..CheckOrigin::of(rules, ExpectationPart::Rule)
                };
                (Assertion::Rule(permission.what, rules.what.clone()), origin)
            }));
        }
        all.extend(
            listed(&self.deny, ExpectationPart::Deny).map(|(permission, part)| {
                (
                    Assertion::Deny(permission.what),
                    CheckOrigin::of(permission, part),
                )
            }),
        );
        all.extend(self.only.as_ref().map(|only| {
            let permissions = only.what.iter().map(|permission| permission.what).collect();
            let origin = CheckOrigin::of(only, ExpectationPart::NothingElse);
            (Assertion::NothingBesides(permissions), origin)
        }));
        all.extend(told(
            self.user_claim.as_ref(),
            ExpectationPart::UserClaim,
            Assertion::UserClaim,
        ));
        all
    }
}

/// Each of a list, and which it is.
fn listed<'a>(
    list: impl IntoIterator<Item = &'a Spanned<Permission>>,
    part: impl Fn(usize) -> ExpectationPart,
) -> impl Iterator<Item = (&'a Spanned<Permission>, ExpectationPart)> {
    let numbered = list.into_iter().enumerate();
    numbered.map(move |(index, permission)| (permission, part(index)))
}

/// Returns the expectation of one value, if there is any.
fn told<T: Clone>(
    said: Option<&Spanned<T>>,
    part: ExpectationPart,
    assertion: impl Fn(T) -> Assertion,
) -> Option<Expected> {
    let said = said?;
    Some((assertion(said.what.clone()), CheckOrigin::of(said, part)))
}

impl CheckOrigin {
    fn of<T>(said: &Spanned<T>, part: ExpectationPart) -> Self {
        Self {
            line: said.line,
            part,
            beside: None,
        }
    }
}

impl ExpectationPart {
    /// The word that it is written with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Forbid(_) => "forbid",
            Self::Allow(_) => "allow",
            Self::Deny(_) => "deny",
            Self::Only(_) | Self::NothingElse => "only",
            Self::Rule => "rule",
            Self::ClientId => "client-id",
            Self::UserClaim => "user-claim",
            Self::MinLifetime => "min-ttl",
            Self::MaxLifetime => "max-ttl",
        }
    }
}

impl Check {
    /// The expectation that it comes from, as it is written: the rooms and roles are left out.
    pub fn written(&self) -> String {
        let word = self.origin.part.word();
        match &self.assertion {
            Assertion::Rule(_, rules) => format!("{word} '{}'", rules.join("' or '")),
            Assertion::Allow(permission)
            | Assertion::Deny(permission)
            | Assertion::Forbid(permission) => {
                format!("{word} {permission}")
            }
            other => format!("{word}: {other}"),
        }
    }
}

impl Assertion {
    /// The word that it is written with.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Allow(_) => "allow",
            Self::Deny(_) => "deny",
            Self::NothingBesides(_) => "only",
            Self::Forbid(_) => "forbid",
            Self::Rule(..) => "rule",
            Self::ClientId(_) => "client-id",
            Self::UserClaim(_) => "user-claim",
            Self::MinLifetime(_) => "min-ttl",
            Self::MaxLifetime(_) => "max-ttl",
        }
    }

    /// The feature or operation that it is about, if it is about one.
    pub fn permission(&self) -> Option<Permission> {
        match self {
            Self::Allow(permission)
            | Self::Deny(permission)
            | Self::Forbid(permission)
            | Self::Rule(permission, _) => Some(*permission),
            _ => None,
        }
    }
}

impl fmt::Display for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<String>| match value {
            Some(value) => format!("'{value}'"),
            None => "none".to_owned(),
        };
        match self {
            Self::Allow(permission) => write!(f, "{permission} is allowed"),
            Self::Deny(permission) => write!(f, "{permission} is denied"),
            Self::NothingBesides(permissions) if permissions.is_empty() => {
                f.write_str("nothing is allowed")
            }
            Self::NothingBesides(_) => f.write_str("nothing else is allowed"),
            Self::Forbid(permission) => write!(f, "{permission} is allowed nowhere"),
            Self::Rule(permission, rules) => {
                write!(f, "{permission} is decided by '{}'", rules.join("' or '"))
            }
            Self::ClientId(id) => write!(f, "the clientId is {}", text(id)),
            Self::UserClaim(claim) => write!(f, "the user claim is {}", text(claim)),
            Self::MinLifetime(span) => write!(f, "tokens live {} s at least", span.as_secs()),
            Self::MaxLifetime(span) => write!(f, "tokens live {} s at most", span.as_secs()),
        }
    }
}

/// The operations that a list of permissions stands for, and no others: where there is a choice, the right over one's
/// own messages. The right over everybody's has to be named.
pub fn operations_of(permissions: &[Permission]) -> Operations {
    permissions
        .iter()
        .flat_map(|permission| match permission {
            Permission::Feature(feature) => {
                let mut operations = feature.least_operations();
                operations.extend(Feature::optional(*feature));
                operations
            }
            Permission::Operation(operation) => vec![*operation],
        })
        .collect::<Operations>()
}

/// The operations that are granted and stand for none of the permissions.
pub fn besides(granted: Operations, permissions: &[Permission]) -> Vec<Operation> {
    let meant = operations_of(permissions);
    Operation::ALL
        .into_iter()
        .filter(|operation| granted.contains(*operation) && !meant.contains(*operation))
        .collect()
}
