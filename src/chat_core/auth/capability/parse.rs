//! Reading a capability's JSON. A word that is not an operation, and an empty list, grant nothing; strict readers refuse
//! both. Everything else that has not the shape of a capability is refused by all.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{Capability, Grant, Warning};
use crate::chat_core::auth::jwt::CAPABILITY;
use crate::chat_core::auth::operation::{Operation, Operations};
use crate::chat_core::auth::resource::Resource;
use crate::chat_core::error::{ErrorInfo, Result};

impl Capability {
    /// Reads the capability of a token or key: unknown operations and empty lists are warnings.
    ///
    /// # Errors
    /// 40000 / 400 naming the spot.
    pub fn parse(text: &str) -> Result<Self> {
        let members: MemberVisitor =
            serde_json::from_str(text).map_err(|error| not_json(&error))?;
        Self::of_members(&members.0, text.to_owned())
    }

    /// Reads the capability that a request asks for: unknown operations and empty lists are refused too.
    ///
    /// # Errors
    /// 40000 / 400 naming the spot, with the nearest right word.
    pub fn parse_strict(text: &str) -> Result<Self> {
        let capability = Self::parse(text)?;
        match capability.warnings.first() {
            Some(warning) => Err(fault(&warning.to_string())),
            None => Ok(capability),
        }
    }

    /// Reads an object that some tools write in place of its text; its text is the compact one.
    ///
    /// # Errors
    /// As [`Capability::parse`].
    pub fn from_json(value: &Value) -> Result<Self> {
        let Value::Object(map) = value else {
            return Err(fault("it is not a JSON object"));
        };
        let members: Vec<(String, Value)> = map
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Self::of_members(&members, value.to_string())
    }

    /// Reads the capability in the claims of a token, as text or as an object; `None` where they leave it to the key.
    ///
    /// # Errors
    /// As [`Capability::parse`]; an empty list too, with which no token is taken.
    pub fn claimed_in(claims: &Map<String, Value>) -> Result<Option<Self>> {
        let capability = match claims.get(CAPABILITY) {
            None => return Ok(None),
            Some(Value::String(text)) if text.is_empty() => return Ok(None),
            Some(Value::String(text)) => Self::parse(text)?,
            Some(value) => Self::from_json(value)?,
        };
        // An unknown operation may be one of tomorrow; an empty list is none of any day.
        let mut warnings = capability.warnings.iter();
        match warnings.find(|warning| matches!(warning, Warning::NoOperations { .. })) {
            Some(warning) => Err(fault(&warning.to_string())),
            None => Ok(Some(capability)),
        }
    }

    fn of_members(members: &[(String, Value)], text: String) -> Result<Self> {
        let mut seen = std::collections::HashSet::with_capacity(members.len());
        let mut grants = Vec::with_capacity(members.len());
        let mut warnings = Vec::new();
        for (name, list) in members {
            if !seen.insert(name.as_str()) {
                return Err(fault(&format!("the resource '{name}' is in it twice")));
            }
            let resource = Resource::parse(name).ok_or_else(|| fault("a resource is empty"))?;
            grants.push(read_grant(resource, list, &mut warnings)?);
        }
        Ok(Self {
            text: text.into(),
            grants,
            warnings,
        })
    }
}

fn read_grant(resource: Resource, list: &Value, warnings: &mut Vec<Warning>) -> Result<Grant> {
    let Value::Array(list) = list else {
        return Err(fault(&format!(
            "the operations of '{resource}' are not a list"
        )));
    };
    if list.is_empty() {
        warnings.push(Warning::NoOperations {
            resource: resource.to_string(),
        });
    }
    let has_star = list.iter().any(|word| word == "*");
    if has_star && list.iter().any(|word| word != "*") {
        return Err(fault(&format!(
            "'*' must stand alone in the list of '{resource}'"
        )));
    }
    if has_star {
        return Ok(Grant::of(resource, Operations::STAR));
    }
    let mut operations = Operations::default();
    let mut unknown = Vec::new();
    for word in list {
        let Value::String(word) = word else {
            return Err(fault(&format!(
                "an operation of '{resource}' is not a string"
            )));
        };
        if let Some(operation) = Operation::parse(word) {
            operations = operations.union([operation].into_iter().collect());
        } else {
            warnings.push(Warning::UnknownOperation {
                resource: resource.to_string(),
                word: word.clone(),
            });
            unknown.push(word.clone());
        }
    }
    Ok(Grant {
        resource,
        operations,
        unknown,
    })
}

fn not_json(error: &serde_json::Error) -> ErrorInfo {
    if error.is_data() {
        return fault("it is not a JSON object");
    }
    fault(&format!(
        "it is not JSON (line {}, column {})",
        error.line(),
        error.column()
    ))
}

fn fault(what: &str) -> ErrorInfo {
    ErrorInfo::new(40000, 400, format!("Invalid capability: {what}")).with_hint(
        r#"a capability is an object from resources to lists of operations, as in {"lobby":["publish","subscribe"]}"#,
    )
}

/// An object's members, those that have the same name included.
struct MemberVisitor(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for MemberVisitor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = MemberVisitor;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MemberVisitor, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(MemberVisitor(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}
