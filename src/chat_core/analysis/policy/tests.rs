//! Policies judged: each kind of line passes where it should and fails where it should.

mod brute_force;

use std::time::Duration;

use super::*;
use crate::chat_core::analysis::Permission;
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::claims::UserClaims;
use crate::chat_core::auth::{Feature, Operation};

fn permissions(words: &[&str]) -> Vec<Permission> {
    words
        .iter()
        .map(|word| Permission::parse(word).unwrap())
        .collect()
}

/// Spanned on line 3.
fn said<T>(what: T) -> Spanned<T> {
    Spanned { what, line: 3 }
}

fn expected(words: &[&str]) -> Vec<Spanned<Permission>> {
    permissions(words).into_iter().map(said).collect()
}

fn only(words: &[&str]) -> Spanned<Vec<Spanned<Permission>>> {
    said(expected(words))
}

fn role(capability: &str) -> Role {
    let claims = serde_json::from_str(r#"{"ably.room.dms:*":"m"}"#).unwrap();
    Role {
        name: "member".to_owned(),
        place: SourceLocation::default(),
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
        allow: expected(&["send-messages"]),
        deny: expected(&["presence", "history"]),
        only: Some(only(&["send-messages", "receive-messages"])),
        rules: Some(said(vec!["dms:*".to_owned()])),
        user_claim: Some(said(Some("m".to_owned()))),
        client_id: Some(said(Some("alice".to_owned()))),
        min_lifetime: Some(said(Duration::from_secs(60))),
        max_lifetime: Some(said(Duration::from_secs(3600))),
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
        user_claim: Some(said(None)),
        client_id: Some(said(None)),
        min_lifetime: Some(said(Duration::from_secs(3601))),
        max_lifetime: Some(said(Duration::from_secs(3599))),
        ..good
    };
    assert_eq!(failures(&policy(capability, others)).len(), 4);
}

#[test]
fn only_takes_the_right_over_everybodys_messages_for_something_else() {
    let test = Test {
        rooms: rooms(),
        only: Some(only(&["update-messages"])),
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
        only: Some(only(&["update-messages", "message-update-any"])),
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
    one.roles[0].forbid = expected(&["typing", "history"]);
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
            deny: expected(&["typing"]),
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
            allow: expected(&["send-messages", "typing"]),
            ..Test::default()
        },
    );
    let found = coverage(&one, &[0], &one.checks());
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
            allow: expected(&["send-messages"]),
            ..Test::default()
        },
    );
    let mutation = mutate(&loose, &[0], &loose.checks());
    let removed: Vec<_> = mutation
        .survivors
        .iter()
        .filter(|one| one.change == MutantKind::Removed)
        .map(|one| one.operation)
        .collect();
    assert_eq!(removed, [Some("subscribe")]);
    // Whatever is added is noticed by no line that only allows.
    assert_eq!(mutation.survivors.len(), mutation.tried - 1);

    let elsewhere = Test {
        rooms: vec!["lobby".to_owned()],
        only: Some(only(&[])),
        ..Test::default()
    };
    let within = Test {
        rooms: rooms(),
        allow: expected(&["publish"]),
        only: Some(only(&["send-messages", "receive-messages"])),
        ..Test::default()
    };
    let mut tight = loose;
    tight.tests = vec![elsewhere, at(9, within)];
    let checks = tight.checks();
    let mutation = mutate(&tight, &[0], &checks);
    assert_eq!(mutation.survivors, []);
    assert_eq!(mutation.tried, 2 + (2 * Operation::ALL.len() - 2) + 1);
    // `only` says of both what they are; the other line says one of them again.
    assert_eq!(redundant(&tight), ["allow publish"]);
}

/// The same on another line.
fn at(line: usize, test: Test) -> Test {
    let place = SourceLocation {
        line,
        ..SourceLocation::default()
    };
    Test { place, ..test }
}

fn redundant(policy: &Policy) -> Vec<String> {
    let checks = policy.checks();
    let places = mutate(policy, &[0], &checks).redundant;
    places.iter().map(|it| checks[*it].written()).collect()
}

#[test]
fn a_rule_that_comes_to_hold_everywhere_is_noticed_elsewhere_or_by_what_decides() {
    let allow = Test {
        rooms: rooms(),
        allow: expected(&["publish"]),
        ..Test::default()
    };
    let capability = r#"{"dms:*":["publish"]}"#;
    let is_widened = |policy: &Policy| {
        let survivors = mutate(policy, &[0], &policy.checks()).survivors;
        survivors
            .iter()
            .any(|one| one.change == MutantKind::Widened && one.resource == "dms:*")
    };
    assert!(is_widened(&policy(capability, allow.clone())));
    let decided = Test {
        rules: Some(said(vec!["dms:*".to_owned()])),
        ..allow.clone()
    };
    assert!(!is_widened(&policy(capability, decided)));
    let mut elsewhere = policy(capability, allow);
    elsewhere.tests.push(Test {
        rooms: vec!["lobby".to_owned()],
        deny: expected(&["publish"]),
        ..Test::default()
    });
    assert!(!is_widened(&elsewhere));
}

#[test]
fn an_expectation_is_redundant_if_another_one_notices_as_much() {
    // Long, since it is a table of cases.
    let capability = r#"{"dms:*":["publish","subscribe"],"lobby":["subscribe"]}"#;
    let here = Test {
        rooms: rooms(),
        ..Test::default()
    };
    let of_each_kind = [
        (
            Test {
                allow: expected(&["publish"]),
                ..here.clone()
            },
            "allow publish",
        ),
        (
            Test {
                deny: expected(&["history"]),
                ..here.clone()
            },
            "deny history",
        ),
        (
            // Two rights are missing.
            Test {
                deny: expected(&["message-history"]),
                rooms: vec!["elsewhere".to_owned()],
                ..Test::default()
            },
            "deny message-history",
        ),
        (
            Test {
                user_claim: Some(said(Some("m".to_owned()))),
                ..here.clone()
            },
            "user-claim: the user claim is 'm'",
        ),
        (
            Test {
                rooms: vec!["lobby".to_owned()],
                user_claim: Some(said(None)),
                ..here.clone()
            },
            "user-claim: the user claim is none",
        ),
        (
            Test {
                client_id: Some(said(Some("alice".to_owned()))),
                ..Test::default()
            },
            "client-id: the clientId is 'alice'",
        ),
        (
            Test {
                min_lifetime: Some(said(Duration::from_secs(60))),
                ..Test::default()
            },
            "min-ttl: tokens live 60 s at least",
        ),
        (
            Test {
                max_lifetime: Some(said(Duration::from_secs(3600))),
                ..Test::default()
            },
            "max-ttl: tokens live 3600 s at most",
        ),
    ];
    for (test, written) in of_each_kind {
        let mut one = policy(capability, test.clone());
        assert_eq!(redundant(&one), [""; 0], "{written}");
        // Whichever of the two is taken away, the other one is left.
        one.tests.push(at(9, test));
        assert_eq!(redundant(&one), [written, written]);
    }
    // A bound within another one says all that the wider one does.
    let mut bounds = policy(capability, Test::default());
    for (line, bound) in [(1, 4000), (2, 3600)] {
        let max_lifetime = Some(said(Duration::from_secs(bound)));
        bounds.tests.push(at(
            line,
            Test {
                max_lifetime,
                ..Test::default()
            },
        ));
    }
    assert_eq!(redundant(&bounds), ["max-ttl: tokens live 4000 s at most"]);
}

#[test]
fn what_is_forbidden_nowhere_else_is_needed_even_where_tests_deny_it() {
    let mut one = policy(
        r#"{"dms:*":["publish","subscribe"]}"#,
        Test {
            rooms: rooms(),
            only: Some(only(&["publish", "subscribe"])),
            ..Test::default()
        },
    );
    one.roles[0].forbid = expected(&["history", "message-update-any"]);
    assert_eq!(redundant(&one), [""; 0]);
    // Who may not update at all may not update everybody's.
    one.roles[0].forbid = expected(&["history", "update-messages", "message-update-any"]);
    assert_eq!(redundant(&one), ["forbid message-update-any"]);
    one.roles[0].forbid = expected(&["history", "message-history"]);
    assert_eq!(redundant(&one), ["forbid message-history"]);
}

#[test]
fn entries_of_only_are_needed_for_what_they_alone_make_right() {
    let test = |words: &[&str]| Test {
        rooms: rooms(),
        only: Some(only(words)),
        ..Test::default()
    };
    let capability = r#"{"dms:*":["publish","subscribe"]}"#;
    let mut one = policy(capability, test(&["send-messages", "receive-messages"]));
    assert_eq!(redundant(&one), [""; 0]);
    // Typing needs what both of the others do.
    one.tests[0] = test(&["send-messages", "receive-messages", "typing"]);
    assert_eq!(
        redundant(&one),
        ["only send-messages", "only receive-messages", "only typing"]
    );
    one.tests[0] = test(&["send-messages", "typing"]);
    assert_eq!(redundant(&one), ["only send-messages"]);
}

#[test]
fn a_rule_is_redundant_where_others_see_that_another_one_decides() {
    let decided = Test {
        rooms: vec!["lobby".to_owned()],
        only: Some(only(&["publish"])),
        rules: Some(said(vec!["lobby".to_owned()])),
        ..Test::default()
    };
    let mut one = policy(r#"{"lobby":["publish"]}"#, decided);
    assert_eq!(redundant(&one), [""; 0]);
    for room in ["lobby:x", "elsewhere"] {
        one.tests.push(at(
            one.tests.len() + 10,
            Test {
                rooms: vec![room.to_owned()],
                only: Some(only(&[])),
                ..Test::default()
            },
        ));
    }
    assert_eq!(redundant(&one), ["rule 'lobby'"]);
}

#[test]
fn what_does_not_pass_is_not_weighed() {
    let wrong = Test {
        rooms: vec!["dms:a".to_owned(), "lobby".to_owned()],
        allow: expected(&["publish"]),
        deny: expected(&["history"]),
        ..Test::default()
    };
    let mut one = policy(r#"{"dms:*":["publish"]}"#, wrong.clone());
    one.tests.push(at(9, wrong));
    assert_eq!(redundant(&one), ["deny history", "deny history"]);
}

#[test]
fn a_right_that_another_rule_gives_too_is_not_missed() {
    let one = policy(
        r#"{"dms:*":["publish"],"*":["publish"]}"#,
        Test {
            rooms: vec!["dms:a".to_owned(), "lobby".to_owned()],
            only: Some(only(&["send-messages"])),
            ..Test::default()
        },
    );
    let mutation = mutate(&one, &[0], &one.checks());
    assert_eq!(mutation.survivors.len(), 1);
    assert!(mutation.survivors[0].is_same);
}
