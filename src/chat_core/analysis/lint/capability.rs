//! Rules about what the token may do.

use serde_json::{Map, Value};

use super::claims::is_partial;
use super::findings::Findings;
use crate::chat_core::auth::capability::{Capability, Grant, Warning};
use crate::chat_core::auth::jwt::CAPABILITY;
use crate::chat_core::auth::operation::Operation;

/// The harm of what is a capability, and grants nothing.
const NOTHING: &str = "a server refuses a token that grants nothing with 40160, and an empty list in a TokenRequest with 40000";

pub(super) fn lint(
    claims: &Map<String, Value>,
    of_key: Option<&Capability>,
    findings: &mut Findings,
) {
    findings.apply(&[
        "capability-missing",
        "capability-object",
        "capability-garbage",
    ]);
    let read = match claims.get(CAPABILITY) {
        None => return findings.warn("capability-missing", "there is no x-ably-capability"),
        Some(Value::String(text)) if text.is_empty() => {
            return findings.warn("capability-missing", "x-ably-capability is empty");
        }
        Some(Value::String(text)) => Capability::parse(text),
        Some(value) => {
            findings.warn(
                "capability-object",
                "x-ably-capability is not a string holding JSON",
            );
            Capability::from_json(value)
        }
    };
    match read {
        Ok(capability) => whole(&capability, of_key, findings),
        Err(error) => findings.error("capability-garbage", error.message),
    }
}

/// Lints a capability, wherever it stands.
pub(super) fn whole(capability: &Capability, of_key: Option<&Capability>, findings: &mut Findings) {
    findings.apply(&[
        "capability-garbage",
        "capability-full",
        "operation-unknown",
        "wildcard-partial-segment",
        "namespace-root",
        "resource-is-channel",
        "feature-incomplete",
    ]);
    for warning in capability.warnings() {
        match warning {
            Warning::UnknownOperation { .. } => {
                findings.warn("operation-unknown", warning.to_string());
            }
            Warning::NoOperations { .. } => {
                findings.error_because("capability-garbage", warning.to_string(), NOTHING);
            }
        }
    }
    if capability.grants().is_empty() {
        findings.error_because("capability-garbage", "it grants nothing: {}", NOTHING);
    }
    for grant in capability.grants() {
        resource(grant, findings);
        rights(grant, capability, findings);
    }
    if let Some(of_key) = of_key {
        within(capability, of_key, findings);
    }
}

fn resource(grant: &Grant, findings: &mut Findings) {
    let resource = &grant.resource;
    if resource.chat_room().is_some() {
        findings.warn(
            "resource-is-channel",
            format!("'{resource}' is the name of a room's channel"),
        );
    } else if is_partial(resource.as_str()) {
        findings.warn(
            "wildcard-partial-segment",
            format!(
                "the '*' in '{resource}' is literal: it matches one room, with a '*' in its name"
            ),
        );
    } else if let Some(root) = resource.as_str().strip_suffix(":*")
        && !root.contains('*')
    {
        findings.info(
            "namespace-root",
            format!("'{resource}' also covers '{root}' itself"),
        );
    }
}

fn rights(grant: &Grant, capability: &Capability, findings: &mut Findings) {
    let (resource, operations) = (&grant.resource, grant.operations);
    if operations.is_star() {
        if resource.is_everything() {
            findings.warn(
                "capability-full",
                format!("every operation is granted on '{resource}'"),
            );
        }
        return;
    }
    for operation in [Operation::MessageUpdateAny, Operation::MessageDeleteAny] {
        if operations.contains(operation) {
            findings.info(
                "capability-full",
                format!("'{resource}' grants {operation}: a moderator's right"),
            );
        }
    }
    let needing: Vec<Operation> = [
        Operation::History,
        Operation::Presence,
        Operation::ChannelMetadata,
    ]
    .into_iter()
    .filter(|operation| operations.contains(*operation))
    .collect();
    // The others are looked at where they can matter only: there may be thousands.
    let is_subscribed = || {
        operations.contains(Operation::Subscribe)
            || capability.grants().iter().any(|other| {
                other.operations.contains(Operation::Subscribe) && other.resource.covers(resource)
            })
    };
    if !needing.is_empty() && !is_subscribed() {
        for operation in needing {
            findings.info(
                "feature-incomplete",
                format!("'{resource}' grants {operation} without subscribe"),
            );
        }
    }
}

fn within(capability: &Capability, of_key: &Capability, findings: &mut Findings) {
    findings.apply(&["exceeds-key"]);
    let effective = capability.intersect(of_key);
    if effective.is_empty() {
        findings.warn("exceeds-key", "the key grants nothing of what it asks for");
    } else if effective != *capability {
        findings.warn(
            "exceeds-key",
            format!("the key narrows it to {}", effective.canonical()),
        );
    }
}
