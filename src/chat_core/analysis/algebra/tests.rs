//! The algebra against brute force: every name of a small world is asked one by one.

use std::cell::Cell;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::chat_core::analysis::Permission;
use crate::chat_core::auth::{Capability, Feature, Operation, Resource, Target};

fn resource(text: &str) -> Resource {
    Resource::parse(text).unwrap()
}

fn region(pattern: &str, taken: &[&str]) -> Option<(String, String)> {
    let taken: Vec<Resource> = taken.iter().map(|text| resource(text)).collect();
    let taken: Vec<&Resource> = taken.iter().collect();
    Region::without(&resource(pattern), &taken)
        .map(|(region, witness)| (region.to_string(), witness.name().to_owned()))
}

fn parts(wide: &str, narrow: &str) -> Vec<(String, Vec<&'static str>, String)> {
    difference(
        &Capability::parse(wide).unwrap(),
        &Capability::parse(narrow).unwrap(),
    )
    .into_iter()
    .map(|part| {
        (
            part.region.to_string(),
            part.operations.names(),
            part.witness.name().to_owned(),
        )
    })
    .collect()
}

/// A pattern, what is taken away, and what is left with a name that shows it.
type Case = (
    &'static str,
    &'static [&'static str],
    Option<(&'static str, &'static str)>,
);

#[test]
fn what_is_left_of_a_pattern_is_a_pattern_with_exceptions_and_a_room_that_shows_it() {
    let cases: &[Case] = &[
        ("dms:*", &[], Some(("dms:*", "dms:example"))),
        (
            "dms:*",
            &["dms:admin"],
            Some(("dms:* except dms:admin", "dms:example")),
        ),
        (
            "dms:*",
            &["*:admin"],
            Some(("dms:* except dms:admin", "dms:example")),
        ),
        ("dms:*", &["dms"], Some(("dms:* except dms", "dms:example"))),
        ("dms:*", &["dms:*:*"], Some(("dms:* except dms:*:*", "dms"))),
        ("dms:*", &["dms:*:*", "dms"], None),
        ("dms:*", &["*"], None),
        ("dms:*", &["[*]*"], None),
        ("*", &["*:*"], None),
        ("*", &["*:*:*"], Some(("* except *:*:*", "example"))),
        ("*", &["example"], Some(("* except example", "example-2"))),
        (
            "a:*:c",
            &["a:b:c", "*:b:*"],
            Some(("a:*:c except a:b:c", "a:example:c")),
        ),
        ("a:*", &["b:*"], Some(("a:*", "a:example"))),
        (
            "lobby",
            &["lobby::$chat"],
            Some(("lobby except lobby::$chat", "lobby")),
        ),
        ("lobby::$chat", &["lobby"], None),
        ("[*]*", &["*"], Some(("[*]* except *", "[meta]example"))),
        ("[*]*", &["*", "[meta]*", "[queue]*"], None),
        ("[meta]*", &["*"], Some(("[meta]*", "[meta]example"))),
        // No room and no channel can have such a name.
        (":a", &[], None),
        ("[meta]x::$chat", &[], None),
        // The name of a room's channel is literal, asterisks included.
        ("*::$chat", &["*:*"], None),
        ("*", &["*::$chat"], Some(("* except *::$chat", "example"))),
    ];
    for (pattern, taken, expected) in cases {
        let expected = expected.map(|(one, two)| (one.to_owned(), two.to_owned()));
        assert_eq!(
            region(pattern, taken),
            expected,
            "{pattern} without {taken:?}"
        );
    }
}

#[test]
fn long_patterns_have_names_as_long_as_names_may_be_and_no_longer() {
    let stars = |count: usize| vec!["*"; count].join(":");
    let (pattern, witness) = region(&format!("{}:a", stars(600)), &[]).unwrap();
    assert_eq!(pattern.split(':').count(), witness.split(':').count());
    assert_eq!(region(&format!("{}:a", stars(5000)), &[]), None);
    let begin = Instant::now();
    assert_eq!(region(&stars(50_000), &["*"]), None);
    assert!(region("*", &[&stars(50_000)]).is_some());
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn differences_are_grouped_by_place_and_say_nothing_twice() {
    assert_eq!(
        parts(
            r#"{"dms:*":["publish","subscribe"],"dms:a":["publish"],"*":["history"]}"#,
            r#"{"dms:admin":["publish"]}"#,
        ),
        [
            (
                "dms:*".to_owned(),
                vec!["subscribe"],
                "dms:example".to_owned()
            ),
            (
                "dms:* except dms:admin".to_owned(),
                vec!["publish"],
                "dms:example".to_owned()
            ),
            ("*".to_owned(), vec!["history"], "example".to_owned()),
        ]
    );
    assert_eq!(parts(r#"{"a":["publish"]}"#, r#"{"*":["*"]}"#), []);
    assert_eq!(parts(r#"{"*":["*"]}"#, "{}")[0].1, ["*"]);
    // What a wider pattern covers is not said again.
    assert_eq!(
        parts(r#"{"a:*":["stats"],"a":["stats"],"a:*:*":["stats"]}"#, "{}").len(),
        1
    );
}

#[test]
fn every_operation_of_today_is_less_than_a_star() {
    let all: Vec<&str> = Operation::ALL.into_iter().map(Operation::name).collect();
    let listed = serde_json::json!({"*": all}).to_string();
    let found = parts(r#"{"*":["*"]}"#, &listed);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, ["*"]);
    let found = difference(
        &Capability::all(),
        &Capability::parse(r#"{"*":["publish"]}"#).unwrap(),
    );
    assert_eq!(found[0].operations.all_but(), Some(vec!["publish"]));
    assert_eq!(found[0].operations.names().len(), Operation::ALL.len());
}

#[test]
fn somewhere_finds_what_two_rules_allow_only_together() {
    let capability =
        Capability::parse(r#"{"a:*":["publish"],"*:b":["subscribe"],"[meta]*":["history"]}"#)
            .unwrap();
    let typing = find_reachable(&capability, Permission::Feature(Feature::Typing)).unwrap();
    assert_eq!(
        (typing.resource.as_str(), typing.witness.name()),
        ("a:b", "a:b")
    );
    assert_eq!(
        find_reachable(&capability, Permission::Feature(Feature::Presence)),
        None
    );
    // A metachannel is no room, and history there is still history somewhere.
    assert_eq!(
        find_reachable(&capability, Permission::Feature(Feature::MessageHistory)),
        None
    );
    let history = find_reachable(&capability, Permission::Operation(Operation::History)).unwrap();
    assert_eq!(history.witness.name(), "[meta]example");
}

fn resources() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "(a|b|\\*)(:(a|b|\\*)){0,2}",
        1 => "\\[(\\*|meta)\\](a|\\*)(:(a|\\*)){0,1}",
        1 => "(a|\\*)(:a){0,1}::\\$chat",
        1 => "(a\\*|:a|a:)",
    ]
}

fn capabilities() -> impl Strategy<Value = Capability> {
    let words = vec!["publish", "subscribe", "history"];
    let lists = prop_oneof![
        1 => Just(vec!["*"]),
        4 => prop::sample::subsequence(words, 1..=3),
    ];
    prop::collection::btree_map(resources(), lists, 0..5)
        .prop_map(|members| Capability::parse(&serde_json::to_string(&members).unwrap()).unwrap())
}

/// Every name of up to four segments over two letters, a third one that no pattern has, and the asterisk.
fn world() -> Vec<(String, bool)> {
    let mut paths: Vec<String> = vec![String::new()];
    let mut all = Vec::new();
    for _ in 0..4 {
        paths = paths
            .iter()
            .flat_map(|path| {
                ["a", "b", "c", "*", "a*"].map(|segment| match path.as_str() {
                    "" => segment.to_owned(),
                    path => format!("{path}:{segment}"),
                })
            })
            .collect();
        all.extend(paths.iter().cloned());
    }
    all.push("a:".to_owned());
    let rooms = all.iter().map(|name| (name.clone(), true));
    let channels = all.iter().map(|name| (name.clone(), false));
    let metas = all
        .iter()
        .take(30)
        .map(|name| (format!("[meta]{name}"), false));
    let queues = all
        .iter()
        .take(30)
        .map(|name| (format!("[queue]{name}"), false));
    rooms.chain(channels).chain(metas).chain(queues).collect()
}

fn target((name, is_room): &(String, bool)) -> Target<'_> {
    if *is_room {
        Target::room(name)
    } else {
        Target::channel(name)
    }
}

const PAIRS: u32 = 10_000;

/// The time that this thread has worked; what others do meanwhile does not count.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap(),
    )
}

/// Returns the result of `work`, and the time that it takes: the least of three tries where the first one is slow,
/// since a page that had to be fetched says nothing of the work.
fn timed<T>(work: impl Fn() -> T) -> (T, Duration) {
    let once = || {
        let begin = cpu_time();
        let made = work();
        (made, cpu_time().saturating_sub(begin))
    };
    let (made, mut taken) = once();
    for _ in 0..2 {
        if taken >= Duration::from_millis(1) {
            taken = taken.min(once().1);
        }
    }
    (made, taken)
}

#[test]
fn ten_thousand_differences_agree_with_brute_force() {
    let world = world();
    let slowest = Cell::new(Duration::ZERO);
    let mut runner = TestRunner::new(Config::with_cases(PAIRS));
    let turn = Cell::new(0_usize);
    let result = runner.run(&(capabilities(), capabilities()), |(one, two)| {
        let (parts, taken) = timed(|| difference(&one, &two));
        slowest.set(slowest.get().max(taken));
        // Each pair is asked about a share of the world, so that all pairs together cover it many times.
        turn.set(turn.get() + 1);
        let asked = world.iter().skip(turn.get() % 29).step_by(29);
        for place in asked {
            let target = target(place);
            for operation in [
                Operation::Publish,
                Operation::Subscribe,
                Operation::History,
                Operation::Stats,
            ] {
                let expected = one.allows(&target, operation) && !two.allows(&target, operation);
                let found = parts.iter().any(|part| {
                    part.operations.known.contains(&operation) && part.region.contains(&target)
                });
                prop_assert_eq!(found, expected, "{} {} in {:?}", operation, place.0, parts);
            }
        }
        for part in &parts {
            let witness = part.witness.target();
            prop_assert!(part.region.contains(&witness), "{:?}", part);
            for operation in &part.operations.known {
                prop_assert!(one.allows(&witness, *operation), "{:?}", part);
                prop_assert!(!two.allows(&witness, *operation), "{:?}", part);
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // Without optimisation it takes about ten times as long: there is room for slower machines.
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 4 } else { 1 });
    assert!(slowest.get() < limit, "{:?}", slowest.get());
}

proptest! {
    #[test]
    fn what_is_common_and_what_is_left_make_the_whole(one in capabilities(), two in capabilities()) {
        let common = one.intersect(&two);
        let left = difference(&one, &two);
        for place in world().iter().step_by(5) {
            let target = target(place);
            for operation in [Operation::Publish, Operation::Subscribe] {
                let is_left = left.iter().any(|part| {
                    part.operations.known.contains(&operation) && part.region.contains(&target)
                });
                prop_assert_eq!(
                    one.allows(&target, operation),
                    is_left != common.allows(&target, operation)
                        && (is_left || common.allows(&target, operation))
                );
            }
        }
    }

    #[test]
    fn somewhere_is_where_brute_force_finds_it(one in capabilities()) {
        for permission in [Permission::Feature(Feature::Typing), Permission::Feature(Feature::MessageHistory), Permission::Operation(Operation::Publish)] {
            let found = find_reachable(&one, permission);
            let is_anywhere = world().iter().any(|place| {
                let target = target(place);
                let fits = matches!(permission, Permission::Operation(_)) || target.is_room();
                fits && permission.check(&one, &target).allowed
            });
            // A name that none can have is in the patterns and not in the world.
            prop_assert_eq!(found.is_some(), is_anywhere, "{:?}", one);
            if let Some(found) = found {
                prop_assert!(permission.check(&one, &found.witness.target()).allowed);
            }
        }
    }
}
