//! The engine against known answers.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Capability, Feature, Operation, Target, UserClaims};

#[derive(Deserialize)]
struct Vectors {
    operations: Vec<OperationCase>,
    features: Vec<FeatureCase>,
    claims: Vec<ClaimCase>,
}

#[derive(Deserialize)]
struct OperationCase {
    capability: Value,
    room: String,
    operation: String,
    allowed: bool,
}

#[derive(Deserialize)]
struct FeatureCase {
    capability: Value,
    room: String,
    feature: String,
    allowed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimCase {
    claims: Map<String, Value>,
    room: String,
    pattern: Option<String>,
    user_claim: Option<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!(
        "../../../tests/vectors/capability-and-claims.json"
    ))
    .unwrap()
}

#[test]
fn operations_are_decided_as_known() {
    let cases = vectors().operations;
    assert_eq!(cases.len(), 560);
    for case in cases {
        let capability = Capability::from_json(&case.capability).unwrap();
        let operation = Operation::parse(&case.operation).unwrap();
        let channel = format!("{}::$chat", case.room);
        for target in [Target::room(&case.room), Target::channel(&channel)] {
            assert_eq!(
                capability.allows(&target, operation),
                case.allowed,
                "{capability} {operation} in {}",
                case.room
            );
            assert_eq!(
                capability.decide(&target, operation).rule.is_some(),
                case.allowed
            );
        }
    }
}

#[test]
fn features_are_decided_as_known() {
    let cases = vectors().features;
    assert_eq!(cases.len(), 700);
    for case in cases {
        let capability = Capability::from_json(&case.capability).unwrap();
        let feature = Feature::parse(&case.feature).unwrap();
        let room = Target::room(&case.room);
        let check = feature.check(&capability, &room);
        assert_eq!(
            check.allowed, case.allowed,
            "{capability} {feature} in {}",
            case.room
        );
        assert_eq!(feature.is_allowed(&capability, &room), case.allowed);
        if let Some(addition) = capability.minimal_addition(&room, &check.least_missing()) {
            assert!(feature.is_allowed(&capability.with(&addition), &room));
        }
    }
}

#[test]
fn claims_are_resolved_as_known() {
    let cases = vectors().claims;
    assert_eq!(cases.len(), 28);
    for case in cases {
        let claims = UserClaims::from_claims(&case.claims);
        let found = claims.resolve_room(&case.room);
        assert_eq!(
            found.map(|found| found.pattern),
            case.pattern.as_deref(),
            "{}",
            case.room
        );
        assert_eq!(
            found.map(|found| found.user_claim),
            case.user_claim.as_deref()
        );
    }
}
