//! Policies judged: each kind of line passes where it should and fails where it should.

use super::*;
use crate::chat_core::auth::{Feature, Operation};

fn wishes(words: &[&str]) -> Vec<Wish> {
    words
        .iter()
        .map(|word| Wish::parse(word).unwrap())
        .collect()
}

fn role(capability: &str) -> Role {
    let claims = serde_json::from_str(r#"{"ably.room.dms:*":"m"}"#).unwrap();
    Role {
        name: "member".to_owned(),
        place: Place::default(),
        capability: Some(Capability::parse(capability).unwrap()),
        client_id: Some("alice".to_owned()),
        claims: UserClaims::from_claims(&claims),
        lifetime: Some(Duration::from_secs(3600)),
        forbid: Vec::new(),
    }
}

fn policy(capability: &str, test: Test) -> Policy {
    Policy {
        roles: vec![role(capability)],
        tests: vec![test],
    }
}

/// The words of the lines that do not pass.
fn failures(policy: &Policy) -> Vec<String> {
    policy
        .checks()
        .iter()
        .filter(|check| evaluate(&policy.roles[check.role], check).answer != Answer::Passed)
        .map(|check| check.assertion.to_string())
        .collect()
}

fn rooms() -> Vec<String> {
    vec!["dms:a".to_owned()]
}

#[test]
fn each_kind_of_line_passes_and_fails() {
    let good = Test {
        rooms: rooms(),
        allow: wishes(&["send-messages"]),
        deny: wishes(&["presence", "history"]),
        only: Some(wishes(&["send-messages", "receive-messages"])),
        rules: vec!["dms:*".to_owned()],
        user_claim: Some(Some("m".to_owned())),
        client_id: Some(Some("alice".to_owned())),
        min_lifetime: Some(Duration::from_secs(60)),
        max_lifetime: Some(Duration::from_secs(3600)),
        ..Test::default()
    };
    let capability = r#"{"dms:*":["publish","subscribe"]}"#;
    assert_eq!(failures(&policy(capability, good.clone())), [""; 0]);
    let narrow = failures(&policy(r#"{"dms:*":["subscribe"]}"#, good.clone()));
    assert!(
        narrow.contains(&"send-messages is allowed".to_owned()),
        "{narrow:?}"
    );
    let wide = failures(&policy(
        r#"{"dms:*":["publish","subscribe","history"]}"#,
        good.clone(),
    ));
    assert_eq!(wide, ["history is denied", "nothing else is allowed"]);
    let elsewhere = failures(&policy(r#"{"*":["publish","subscribe"]}"#, good.clone()));
    assert!(
        elsewhere.iter().all(|line| line.contains("decided by")),
        "{elsewhere:?}"
    );
    let others = Test {
        user_claim: Some(None),
        client_id: Some(None),
        min_lifetime: Some(Duration::from_secs(3601)),
        max_lifetime: Some(Duration::from_secs(3599)),
        ..good
    };
    assert_eq!(failures(&policy(capability, others)).len(), 4);
}

#[test]
fn only_takes_the_right_over_everybodys_messages_for_something_else() {
    let test = Test {
        rooms: rooms(),
        only: Some(wishes(&["update-messages"])),
        ..Test::default()
    };
    let own = r#"{"*":["message-update-own"]}"#;
    let any = r#"{"*":["message-update-any"]}"#;
    assert_eq!(failures(&policy(own, test.clone())), [""; 0]);
    assert_eq!(
        failures(&policy(any, test.clone())),
        ["nothing else is allowed"]
    );
    let named = Test {
        only: Some(wishes(&["update-messages", "message-update-any"])),
        ..test
    };
    assert_eq!(failures(&policy(any, named)), [""; 0]);
}

#[test]
fn what_is_forbidden_is_found_wherever_a_pattern_allows_it() {
    let mut one = policy(
        r#"{"a:*":["publish"],"*:b":["subscribe"]}"#,
        Test::default(),
    );
    one.roles[0].forbid = wishes(&["typing", "history"]);
    assert_eq!(failures(&one), ["typing is allowed nowhere"]);
    let check = &one.checks()[0];
    assert!(evaluate(&one.roles[0], check).found.contains("'a:b'"));
}

#[test]
fn what_nobody_here_can_know_is_unknown() {
    let mut one = policy(
        "{}",
        Test {
            rooms: rooms(),
            deny: wishes(&["typing"]),
            ..Test::default()
        },
    );
    one.roles[0].capability = None;
    assert_eq!(
        evaluate(&one.roles[0], &one.checks()[0]).answer,
        Answer::Unknown
    );
}

#[test]
fn coverage_names_what_no_line_rests_on() {
    let one = policy(
        r#"{"dms:*":["publish","subscribe","history"],"hall":["*"]}"#,
        Test {
            rooms: rooms(),
            allow: wishes(&["send-messages", "typing"]),
            ..Test::default()
        },
    );
    let found = coverage(&one, &one.checks());
    let gaps: Vec<_> = found
        .gaps()
        .map(|gap| (gap.resource.as_str(), gap.operation))
        .collect();
    assert_eq!(gaps, [("dms:*", "history"), ("hall", "*")]);
    assert!((found.percent() - 50.0).abs() < f64::EPSILON);
    assert_eq!(found.unmentioned.len(), 8);
    assert!(!found.unmentioned.contains(&Feature::Typing));
}

#[test]
fn a_change_that_no_line_notices_survives() {
    let loose = policy(
        r#"{"dms:*":["publish","subscribe"]}"#,
        Test {
            rooms: rooms(),
            allow: wishes(&["send-messages"]),
            ..Test::default()
        },
    );
    let mutation = mutate(&loose, &loose.checks());
    let removed: Vec<_> = mutation
        .survivors
        .iter()
        .filter(|one| one.change == Change::Removed)
        .map(|one| one.operation)
        .collect();
    assert_eq!(removed, ["subscribe"]);
    // Whatever is added is noticed by no line that only allows.
    assert_eq!(mutation.survivors.len(), mutation.tried - 1);

    let elsewhere = Test {
        rooms: vec!["lobby".to_owned()],
        only: Some(Vec::new()),
        ..Test::default()
    };
    let within = Test {
        rooms: rooms(),
        allow: wishes(&["publish"]),
        only: Some(wishes(&["send-messages", "receive-messages"])),
        ..Test::default()
    };
    let mut tight = loose;
    tight.tests = vec![
        elsewhere,
        Test {
            place: Place {
                line: 9,
                ..Place::default()
            },
            ..within
        },
    ];
    let checks = tight.checks();
    let mutation = mutate(&tight, &checks);
    assert_eq!(mutation.survivors, []);
    assert_eq!(mutation.tried, 2 + 2 * Operation::ALL.len() - 2);
    let needless: Vec<_> = mutation
        .needless
        .iter()
        .map(|check| checks[*check].assertion.to_string())
        .collect();
    assert_eq!(needless, ["publish is allowed", "send-messages is allowed"]);
}

#[test]
fn a_right_that_another_rule_gives_too_is_not_missed() {
    let one = policy(
        r#"{"dms:*":["publish"],"*":["publish"]}"#,
        Test {
            rooms: vec!["dms:a".to_owned(), "lobby".to_owned()],
            only: Some(wishes(&["send-messages"])),
            ..Test::default()
        },
    );
    let mutation = mutate(&one, &one.checks());
    assert_eq!(mutation.survivors.len(), 1);
    assert!(mutation.survivors[0].is_same);
}
