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
            .filter(|permission| {
                crate::chat_core::analysis::algebra::find_reachable(&capability, *permission)
                    .is_none()
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

fn chosen(mask: u8) -> impl Iterator<Item = Permission> {
    let words = WORDS.into_iter().enumerate();
    words
        .filter(move |(bit, _)| mask & (1 << bit) != 0)
        .map(|(_, word)| Permission::parse(word).unwrap())
}

/// A test that passes.
fn true_test(capability: &Capability, (room, allow, deny, only, rule): Said3) -> Test {
    let room = ROOMS[room];
    let target = Target::room(room);
    let is_allowed = |permission: &Permission| permission.check(capability, &target).allowed;
    let rules = capability.grants().iter();
    let exact: Vec<Spanned<Permission>> = Operation::ALL
        .into_iter()
        .map(Permission::Operation)
        .filter(is_allowed)
        .map(said)
        .collect();
    Test {
        rooms: vec![room.to_owned()],
        allow: chosen(allow).filter(is_allowed).map(said).collect(),
        deny: chosen(deny)
            .filter(|permission| !is_allowed(permission))
            .map(said)
            .collect(),
        only: only.then(|| said(exact)),
        rules: rule.then(|| said(rules.map(|grant| grant.resource.to_string()).collect())),
        ..Test::default()
    }
}

/// Applies a mutant to the whole role.
fn changed(role: &Role, change: MutantKind, resource: &str, word: Option<&'static str>) -> Role {
    let capability = role.capability.clone().unwrap();
    let mut grants = capability.grants().to_vec();
    let wanted = word.and_then(Operation::parse);
    let place = grants
        .iter()
        .position(|it| it.resource.as_str() == resource);
    match (change, place) {
        (MutantKind::Removed, Some(place)) => {
            let had = grants[place].operations;
            let kept = Operation::ALL.into_iter();
            grants[place].operations = kept
                .filter(|one| had.contains(*one) && Some(*one) != wanted)
                .collect();
        }
        (MutantKind::Widened, Some(place)) => {
            grants[place].resource = Resource::parse("*").unwrap();
        }
        (MutantKind::Added, _) => {
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

/// Returns whether each mutant is noticed.
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
        (ExpectationPart::Forbid(place), _) => {
            less.roles[0].forbid.remove(place);
        }
        (ExpectationPart::Allow(place), Some(test)) => {
            test.allow.remove(place);
        }
        (ExpectationPart::Deny(place), Some(test)) => {
            test.deny.remove(place);
        }
        (ExpectationPart::Only(place), Some(test)) => {
            test.only.as_mut().unwrap().what.remove(place);
        }
        (ExpectationPart::NothingElse, Some(test)) => {
            let only = test.only.take().unwrap();
            test.allow.extend(only.what);
        }
        (ExpectationPart::Rule, Some(test)) => test.rules = None,
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

/// Returns whether the same is expected twice, and nothing else rests on it.
fn is_twice(checks: &[Check], check: &Check) -> bool {
    let part = check.origin.part;
    let rests = |other: &Check| {
        other.place == check.place
            && (other.origin.beside == Some(part)
                || matches!(part, ExpectationPart::Only(_) | ExpectationPart::Rule))
    };
    let same = |other: &&Check| (&other.assertion, &other.room) == (&check.assertion, &check.room);
    !checks.iter().any(rests) && checks.iter().filter(same).count() > 1
}
