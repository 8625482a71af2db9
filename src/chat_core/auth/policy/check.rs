//! Checks: a policy taken apart into single questions, each about one role, one room and one expectation.

use std::fmt;
use std::time::Duration;

use super::{Place, Policy, Test};
use crate::chat_core::auth::feature::Feature;
use crate::chat_core::auth::operation::{Operation, Operations};
use crate::chat_core::auth::wish::Wish;

/// One question.
#[derive(Clone, Debug)]
pub struct Check {
    /// The name of its test; that of the role for what is forbidden.
    pub test: String,
    /// Where it is written.
    pub place: Place,
    /// The role, by its place in the policy.
    pub role: usize,
    /// The room; `None` where it is about none.
    pub room: Option<String>,
    /// What is expected.
    pub assertion: Assertion,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Assertion {
    /// This is allowed.
    Allow(Wish),
    /// This is not.
    Deny(Wish),
    /// No operation is allowed besides those that these need.
    NothingBesides(Vec<Wish>),
    /// This is allowed nowhere.
    Forbid(Wish),
    /// What allows this is one of these rules.
    Rule(Wish, Vec<String>),
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
            checks.extend(role.forbid.iter().map(|wish| Check {
                test: format!("what '{}' must not", role.name),
                place: role.place.clone(),
                role: place,
                room: None,
                assertion: Assertion::Forbid(*wish),
            }));
        }
        for test in &self.tests {
            let of_role = test.of_role();
            checks.extend(
                of_role
                    .into_iter()
                    .map(|assertion| test.check(None, assertion)),
            );
            for room in &test.rooms {
                let in_room = test.in_room().into_iter();
                checks.extend(in_room.map(|assertion| test.check(Some(room), assertion)));
            }
        }
        checks
    }
}

impl Test {
    fn check(&self, room: Option<&String>, assertion: Assertion) -> Check {
        Check {
            test: self.name.clone(),
            place: self.place.clone(),
            role: self.role,
            room: room.cloned(),
            assertion,
        }
    }

    fn of_role(&self) -> Vec<Assertion> {
        let client_id = self.client_id.clone().map(Assertion::ClientId);
        let min = self.min_lifetime.map(Assertion::MinLifetime);
        let max = self.max_lifetime.map(Assertion::MaxLifetime);
        client_id.into_iter().chain(min).chain(max).collect()
    }

    fn in_room(&self) -> Vec<Assertion> {
        let only = self.only.as_deref().unwrap_or_default();
        let allowed = || self.allow.iter().chain(only).copied();
        let mut all: Vec<Assertion> = allowed().map(Assertion::Allow).collect();
        if !self.rules.is_empty() {
            all.extend(allowed().map(|wish| Assertion::Rule(wish, self.rules.clone())));
        }
        all.extend(self.deny.iter().copied().map(Assertion::Deny));
        all.extend(self.only.clone().map(Assertion::NothingBesides));
        all.extend(self.user_claim.clone().map(Assertion::UserClaim));
        all
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
    pub fn wish(&self) -> Option<Wish> {
        match self {
            Self::Allow(wish) | Self::Deny(wish) | Self::Forbid(wish) | Self::Rule(wish, _) => {
                Some(*wish)
            }
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
            Self::Allow(wish) => write!(f, "{wish} is allowed"),
            Self::Deny(wish) => write!(f, "{wish} is denied"),
            Self::NothingBesides(wishes) if wishes.is_empty() => f.write_str("nothing is allowed"),
            Self::NothingBesides(_) => f.write_str("nothing else is allowed"),
            Self::Forbid(wish) => write!(f, "{wish} is allowed nowhere"),
            Self::Rule(wish, rules) => write!(f, "{wish} is decided by '{}'", rules.join("' or '")),
            Self::ClientId(id) => write!(f, "the clientId is {}", text(id)),
            Self::UserClaim(claim) => write!(f, "the user claim is {}", text(claim)),
            Self::MinLifetime(span) => write!(f, "tokens live {} s at least", span.as_secs()),
            Self::MaxLifetime(span) => write!(f, "tokens live {} s at most", span.as_secs()),
        }
    }
}

/// The operations that a list of wishes stands for, and no others: where there is a choice, the right over one's own
/// messages. The right over everybody's has to be named.
pub fn operations_of(wishes: &[Wish]) -> Operations {
    wishes
        .iter()
        .flat_map(|wish| match wish {
            Wish::Feature(feature) => {
                let mut operations = feature.least_operations();
                operations.extend(Feature::optional(*feature));
                operations
            }
            Wish::Operation(operation) => vec![*operation],
        })
        .collect::<Operations>()
}

/// The operations that are granted and stand for none of the wishes.
pub fn besides(granted: Operations, wishes: &[Wish]) -> Vec<Operation> {
    let meant = operations_of(wishes);
    Operation::ALL
        .into_iter()
        .filter(|operation| granted.contains(*operation) && !meant.contains(*operation))
        .collect()
}
