//! Capabilities: which operations on which resources. The operations of all matching resources are joined; there
//! are no refusals and no order.

mod algebra;
mod parse;

use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::operation::{Operation, Operations};
use super::resource::{Resource, Target};

/// The rights of a key or a token: operations by resource.
#[derive(Clone)]
pub struct Capability {
    /// As it was given; of a computed one the canonical text, once somebody asks for it: most are only judged by.
    text: OnceLock<String>,
    grants: Vec<Grant>,
    warnings: Vec<Warning>,
}

/// One member of a capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The resource.
    pub resource: Resource,
    /// The operations.
    pub operations: Operations,
    /// Words that are not operations; they grant nothing.
    pub unknown: Vec<String>,
}

/// A member of a capability, as people and programs see it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// The resource, as it was given.
    pub resource: String,
    /// The operations, ascending.
    pub operations: Vec<String>,
}

/// The answer for an operation, and the rule that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Yes or no.
    pub allowed: bool,
    /// The first rule that allows it.
    pub rule: Option<Rule>,
}

/// Something in a capability that grants nothing, and that its author most likely did not mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A word that is not an operation.
    UnknownOperation {
        /// The resource that it stands at.
        resource: String,
        /// The word.
        word: String,
    },
    /// A resource with an empty list.
    NoOperations {
        /// The resource.
        resource: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOperation { resource, word } => {
                write!(f, "'{word}' (on '{resource}') is not an operation")?;
                match Operation::nearest(word) {
                    Some(name) => write!(f, "; did you mean '{name}'?"),
                    None => Ok(()),
                }
            }
            Self::NoOperations { resource } => {
                write!(f, "the list of operations of '{resource}' is empty")
            }
        }
    }
}

impl Capability {
    /// Every operation on every channel: `{"*":["*"]}`.
    pub fn all() -> Self {
        Self {
            text: OnceLock::new(),
            grants: Resource::parse("*")
                .map(|resource| Grant::of(resource, Operations::STAR))
                .into_iter()
                .collect(),
            warnings: Vec::new(),
        }
    }

    /// Every operation on every channel, and on queues and metachannels too, as full keys of Ably have it:
    /// `{"*":["*"],"[*]*":["*"]}`.
    pub fn everywhere() -> Self {
        let mut all = Self::all();
        let resource = Resource::parse("[*]*").into_iter();
        all.grants
            .extend(resource.map(|resource| Grant::of(resource, Operations::STAR)));
        all
    }

    /// No operation at all: `{}`.
    pub fn none() -> Self {
        Self::of_grants(Vec::new())
    }

    /// A capability of these grants; those on the same resource are joined.
    pub fn of_grants(grants: Vec<Grant>) -> Self {
        Self {
            text: OnceLock::new(),
            grants: algebra::merged(grants),
            warnings: Vec::new(),
        }
    }

    /// The JSON text as it was given; the canonical text of a computed capability.
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| self.canonical())
    }

    /// The grants, in the order given.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Returns the parts that grant nothing, and were most likely not meant so.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Returns whether it grants nothing whatever.
    pub fn is_empty(&self) -> bool {
        self.grants.iter().all(|grant| grant.operations.is_empty())
    }

    /// Returns whether one of its grants is everything everywhere.
    pub fn is_whole(&self) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.operations.is_star() && grant.resource.is_everything())
    }

    /// Returns whether `operation` is allowed on `target`.
    pub fn allows(&self, target: &Target<'_>, operation: Operation) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.operations.contains(operation) && grant.resource.matches(target))
    }

    /// Returns whether `operation` is allowed on `target`, and the first rule that says so.
    pub fn decide(&self, target: &Target<'_>, operation: Operation) -> Decision {
        let rule = self
            .grants
            .iter()
            .find(|grant| grant.operations.contains(operation) && grant.resource.matches(target))
            .map(Grant::rule);
        Decision {
            allowed: rule.is_some(),
            rule,
        }
    }

    /// Everything that is allowed on `target`.
    pub fn operations_on(&self, target: &Target<'_>) -> Operations {
        self.grants
            .iter()
            .filter(|grant| grant.resource.matches(target))
            .fold(Operations::default(), |all, grant| {
                all.union(grant.operations)
            })
    }

    /// The canonical text: no white space, resources and operations ascending by UTF-16 code units, nothing twice,
    /// Only `*`.
    pub fn canonical(&self) -> String {
        self.to_json().to_string()
    }

    /// The canonical form as a JSON object.
    pub fn to_json(&self) -> Value {
        let mut grants: Vec<&Grant> = self.grants.iter().collect();
        grants.sort_by(|one, two| {
            one.resource
                .as_str()
                .encode_utf16()
                .cmp(two.resource.as_str().encode_utf16())
        });
        let members: Map<String, Value> = grants
            .into_iter()
            .map(|grant| {
                let names = grant.names().into_iter().map(Value::from).collect();
                (grant.resource.as_str().to_owned(), Value::Array(names))
            })
            .collect();
        Value::Object(members)
    }
}

impl Grant {
    /// Leave to do `operations` on `resource`.
    pub fn of(resource: Resource, operations: Operations) -> Self {
        Self {
            resource,
            operations,
            unknown: Vec::new(),
        }
    }

    /// The grant as people and programs see it.
    pub fn rule(&self) -> Rule {
        Rule {
            resource: self.resource.as_str().to_owned(),
            operations: self.names(),
        }
    }

    /// The operations' names, ascending; unknown words among them, and `*` alone.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .operations
            .names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        if !self.operations.is_star() {
            names.extend(self.unknown.iter().cloned());
            names.sort_by(|one, two| one.encode_utf16().cmp(two.encode_utf16()));
            names.dedup();
        }
        names
    }
}

impl PartialEq for Capability {
    /// Two capabilities are equal when their canonical texts are.
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Capability({})", self.text())
    }
}

#[cfg(test)]
mod tests;
