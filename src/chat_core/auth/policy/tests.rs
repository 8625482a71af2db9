//! Policies judged: each kind of line passes where it should and fails where it should.

use super::*;
use crate::chat_core::auth::{Feature, Operation};

fn wishes(words: &[&str]) -> Vec<Wish> {
    words
        .iter()
        .map(|word| Wish::parse(word).unwrap())
        .collect()
}

/// Said on line 3.
fn said<T>(what: T) -> Said<T> {
    Said { what, line: 3 }
}

fn expected(words: &[&str]) -> Vec<Said<Wish>> {
    wishes(words).into_iter().map(said).collect()
}

fn only(words: &[&str]) -> Said<Vec<Said<Wish>>> {
    said(expected(words))
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
        .filter(|one| one.change == Change::Removed)
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
    let place = Place {
        line,
        ..Place::default()
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
            .any(|one| one.change == Change::Widened && one.resource == "dms:*")
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

mod brute_force {
    //! Everything is judged again after every change, and after every expectation is taken away.

    use proptest::prelude::*;

    use super::*;
    use crate::chat_core::auth::capability::Grant;
    use crate::chat_core::auth::resource::{Resource, Target};

    const RESOURCES: [&str; 7] = ["*", "a", "a:*", "a:b", "*:b", "b:*", "[meta]*"];
    const ROOMS: [&str; 5] = ["a", "a:b", "a:b:c", "b", "c"];
    const WORDS: [&str; 8] = [
        "publish",
        "subscribe",
        "history",
        "message-update-any",
        "message-update-own",
        "typing",
        "message-history",
        "update-messages",
    ];

    type Said3 = (usize, u8, u8, bool, bool);

    fn policies() -> impl Strategy<Value = Policy> {
        let grants = prop::collection::btree_map(0..RESOURCES.len(), 0_u8..32, 0..4);
        let tests = prop::collection::vec(
            (
                0..ROOMS.len(),
                any::<u8>(),
                any::<u8>(),
                any::<bool>(),
                any::<bool>(),
            ),
            1..5,
        );
        (grants, tests, any::<u8>()).prop_map(|(grants, tests, forbid)| {
            let grants: Vec<Grant> = grants
                .iter()
                .map(|(resource, mask)| {
                    let words = WORDS[..5].iter().enumerate();
                    let words = words.filter(|(bit, _)| mask & (1 << bit) != 0);
                    let operations = words.filter_map(|(_, word)| Operation::parse(word));
                    let resource = Resource::parse(RESOURCES[*resource]).unwrap();
                    Grant::of(resource, operations.collect())
                })
                .collect();
            let capability = Capability::of_grants(grants);
            let mut policy = Policy::default();
            let mut one = role("{}");
            one.forbid = chosen(forbid)
                .filter(|wish| {
                    crate::chat_core::auth::algebra::somewhere(&capability, *wish).is_none()
                })
                .map(said)
                .collect();
            one.capability = Some(capability.clone());
            policy.roles = vec![one];
            policy.tests = tests
                .iter()
                .enumerate()
                .map(|(line, test)| at(line + 100, true_test(&capability, *test)))
                .collect();
            policy
        })
    }

    fn chosen(mask: u8) -> impl Iterator<Item = Wish> {
        let words = WORDS.into_iter().enumerate();
        words
            .filter(move |(bit, _)| mask & (1 << bit) != 0)
            .map(|(_, word)| Wish::parse(word).unwrap())
    }

    /// A test that passes.
    fn true_test(capability: &Capability, (room, allow, deny, only, rule): Said3) -> Test {
        let room = ROOMS[room];
        let target = Target::room(room);
        let is_allowed = |wish: &Wish| wish.check(capability, &target).allowed;
        let rules = capability.grants().iter();
        let exact: Vec<Said<Wish>> = Operation::ALL
            .into_iter()
            .map(Wish::Operation)
            .filter(is_allowed)
            .map(said)
            .collect();
        Test {
            rooms: vec![room.to_owned()],
            allow: chosen(allow).filter(is_allowed).map(said).collect(),
            deny: chosen(deny)
                .filter(|wish| !is_allowed(wish))
                .map(said)
                .collect(),
            only: only.then(|| said(exact)),
            rules: rule.then(|| said(rules.map(|grant| grant.resource.to_string()).collect())),
            ..Test::default()
        }
    }

    /// What a mutant does, done to the whole role.
    fn changed(role: &Role, change: Change, resource: &str, word: Option<&'static str>) -> Role {
        let capability = role.capability.clone().unwrap();
        let mut grants = capability.grants().to_vec();
        let wanted = word.and_then(Operation::parse);
        let place = grants
            .iter()
            .position(|it| it.resource.as_str() == resource);
        match (change, place) {
            (Change::Removed, Some(place)) => {
                let had = grants[place].operations;
                let kept = Operation::ALL.into_iter();
                grants[place].operations = kept
                    .filter(|one| had.contains(*one) && Some(*one) != wanted)
                    .collect();
            }
            (Change::Widened, Some(place)) => {
                grants[place].resource = Resource::parse("*").unwrap();
            }
            (Change::Added, _) => {
                let resource = Resource::parse(resource).unwrap();
                grants.push(Grant::of(resource, wanted.into_iter().collect()));
            }
            _ => panic!("{change:?} {resource}"),
        }
        Role {
            capability: Some(Capability::of_grants(grants)),
            ..role.clone()
        }
    }

    /// Whether each mutant is noticed.
    fn caught(policy: &Policy, mutants: &[Role]) -> Vec<bool> {
        let checks = policy.checks();
        let fails = |role: &Role| {
            checks
                .iter()
                .any(|check| evaluate(role, check).answer == Answer::Failed)
        };
        mutants.iter().map(fails).collect()
    }

    /// The policy without the expectation that a check comes from.
    fn without(policy: &Policy, check: &Check) -> Policy {
        let mut less = policy.clone();
        let test = less.tests.iter_mut().find(|test| test.place == check.place);
        match (check.origin.part, test) {
            (Part::Forbid(place), _) => {
                less.roles[0].forbid.remove(place);
            }
            (Part::Allow(place), Some(test)) => {
                test.allow.remove(place);
            }
            (Part::Deny(place), Some(test)) => {
                test.deny.remove(place);
            }
            (Part::Only(place), Some(test)) => {
                test.only.as_mut().unwrap().what.remove(place);
            }
            (Part::NothingElse, Some(test)) => {
                let only = test.only.take().unwrap();
                test.allow.extend(only.what);
            }
            (Part::Rule, Some(test)) => test.rules = None,
            (part, _) => panic!("{part:?}"),
        }
        less
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn finds_the_same_survivors_and_misses_no_redundant_expectation(policy in policies()) {
            let checks = policy.checks();
            prop_assert_eq!(failures(&policy), [""; 0]);
            let alone = checks.iter().map(|check| evaluate(&policy.roles[check.role], check));
            let together: Vec<Verdict> = evaluate_each(&policy, &checks).collect();
            prop_assert_eq!(alone.collect::<Vec<_>>(), together);
            let mutation = mutate(&policy, &[0], &checks);
            let role = &policy.roles[0];
            let mut mutants = Vec::new();
            let mut words = Vec::new();
            mutate::each(role.capability.as_ref().unwrap(), |change, resource, word| {
                mutants.push(changed(role, change, resource, word));
                words.push((change, resource.to_owned(), word));
            });
            prop_assert_eq!(mutants.len(), mutation.tried);
            let noticed = caught(&policy, &mutants);
            let unnoticed = words.into_iter().zip(&noticed).filter(|(_, noticed)| !**noticed);
            let expected: Vec<_> = unnoticed.map(|(words, _)| words).collect();
            let survivors = mutation.survivors.into_iter();
            let survivors: Vec<_> =
                survivors.map(|one| (one.change, one.resource, one.operation)).collect();
            prop_assert_eq!(survivors, expected);
            let mut seen = std::collections::BTreeSet::new();
            for (place, check) in checks.iter().enumerate() {
                if !seen.insert((check.place.clone(), check.origin.part)) {
                    continue;
                }
                let less = without(&policy, check);
                let is_same = failures(&less).is_empty() && caught(&less, &mutants) == noticed;
                if mutation.redundant.contains(&place) {
                    prop_assert!(is_same, "{} is needed", check.written());
                } else if is_same {
                    // Then it is one of the changes that nobody has to notice that tells it from the others.
                    prop_assert!(!is_twice(&checks, check), "{} is redundant", check.written());
                }
            }
        }
    }

    /// Whether the same is expected twice, and nothing else rests on it.
    fn is_twice(checks: &[Check], check: &Check) -> bool {
        let part = check.origin.part;
        let rests = |other: &Check| {
            other.place == check.place
                && (other.origin.beside == Some(part) || matches!(part, Part::Only(_) | Part::Rule))
        };
        let same =
            |other: &&Check| (&other.assertion, &other.room) == (&check.assertion, &check.room);
        !checks.iter().any(rests) && checks.iter().filter(same).count() > 1
    }
}
