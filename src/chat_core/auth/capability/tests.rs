use proptest::prelude::*;

use super::*;

fn capability(text: &str) -> Capability {
    Capability::parse(text).unwrap()
}

#[test]
fn malformed_capabilities_are_refused() {
    for text in [
        "",
        "null",
        "[]",
        "{",
        r#"{"r":"*"}"#,
        r#"{"r":["*","publish"]}"#,
        r#"{"r":[1]}"#,
        r#"{"":["publish"]}"#,
        r#"{"r":["publish"],"r":["subscribe"]}"#,
        r#"{"r":null}"#,
    ] {
        let error = Capability::parse(text).unwrap_err();
        assert_eq!((error.code, error.status_code), (40000, 400), "{text}");
    }
}

#[test]
fn unknown_words_and_empty_lists_warn_or_are_refused_as_asked() {
    for text in [r#"{"r":["publish_"]}"#, r#"{"r":[]}"#] {
        let lenient = capability(text);
        assert!(lenient.is_empty());
        assert_eq!(lenient.warnings().len(), 1);
        assert_eq!(Capability::parse_strict(text).unwrap_err().code, 40000);
    }
    let error = Capability::parse_strict(r#"{"r":["publsh"]}"#).unwrap_err();
    assert!(error.message.contains("did you mean 'publish'"), "{error}");
}

#[test]
fn claims_ask_for_a_capability_or_leave_it_to_the_key() {
    use serde_json::json;
    let claimed = |claims: Value| Capability::claimed_in(claims.as_object().unwrap());
    assert_eq!(claimed(json!({})).unwrap(), None);
    assert_eq!(claimed(json!({"x-ably-capability": ""})).unwrap(), None);
    let publish = capability(r#"{"a":["publish"]}"#);
    for value in [
        json!(r#"{"a":["publish"]}"#),
        json!({"a": ["publish", "tomorrow"]}),
    ] {
        let found = claimed(json!({"x-ably-capability": value}))
            .unwrap()
            .unwrap();
        assert_eq!(found.grants()[0].operations, publish.grants()[0].operations);
    }
    for value in [json!("{"), json!(5), json!({"a": []}), json!(r#"{"a":[]}"#)] {
        claimed(json!({"x-ably-capability": value})).unwrap_err();
    }
}

#[test]
fn canonical_text_sorts_and_drops_repeats() {
    assert_eq!(
        capability(r#"{ "b": ["subscribe","publish","publish"], "a/ü": ["*","*"] }"#).canonical(),
        r#"{"a/ü":["*"],"b":["publish","subscribe"]}"#
    );
    // U+1F600 is below U+E000 in UTF-16 and above it in code points.
    assert_eq!(
        capability("{\"\u{e000}\":[\"publish\"],\"😀\":[\"publish\"]}").canonical(),
        "{\"😀\":[\"publish\"],\"\u{e000}\":[\"publish\"]}"
    );
    assert_eq!(capability("{}").canonical(), "{}");
}

#[test]
fn intersections_are_as_documented() {
    for (key, asked, granted) in [
        (
            r#"{"ns:*":["publish","subscribe","presence"],"notifications":["subscribe","history"],"alerts":["subscribe"]}"#,
            r#"{"ns:user-123":["subscribe"],"notifications":["*"],"private":["publish","subscribe"]}"#,
            r#"{"notifications":["history","subscribe"],"ns:user-123":["subscribe"]}"#,
        ),
        (
            r#"{"channel2":["publish","subscribe"],"x":["*"]}"#,
            r#"{"channel2":["presence","subscribe"],"channelx":["presence","subscribe"]}"#,
            r#"{"channel2":["subscribe"]}"#,
        ),
        (
            r#"{"channel2":["publish","subscribe"]}"#,
            r#"{"channel2":["*"]}"#,
            r#"{"channel2":["publish","subscribe"]}"#,
        ),
        (
            r#"{"*":["subscribe"]}"#,
            r#"{"cansubscribe:*":["subscribe"]}"#,
            r#"{"cansubscribe:*":["subscribe"]}"#,
        ),
        (
            r#"{"canpublish:*":["publish"]}"#,
            r#"{"canpublish:test":["subscribe"]}"#,
            "{}",
        ),
        (
            r#"{"[*]*":["*"]}"#,
            r#"{"a:*":["publish"]}"#,
            r#"{"a:*":["publish"]}"#,
        ),
    ] {
        let found = capability(key).intersect(&capability(asked));
        assert_eq!(found.canonical(), granted);
        assert_eq!(found.is_empty(), granted == "{}");
    }
}

#[test]
fn the_deciding_rule_is_the_first_that_grants() {
    let capability = capability(r#"{"a:*":["publish"],"*":["subscribe"]}"#);
    let decision = capability.decide(&Target::room("a:b"), Operation::Subscribe);
    assert_eq!(decision.rule.unwrap().resource, "*");
    let decision = capability.decide(&Target::room("b"), Operation::Publish);
    assert!(!decision.allowed && decision.rule.is_none());
}

#[test]
fn the_minimal_addition_allows_and_nothing_less_does() {
    let lacking = capability(r#"{"lobby":["subscribe"]}"#);
    let room = Target::room("lobby");
    let wanted = [Operation::Subscribe, Operation::History];
    let rule = lacking.minimal_addition(&room, &wanted).unwrap();
    assert_eq!(rule.operations, ["history"]);
    let extended = lacking.with(&rule);
    assert_eq!(extended.canonical(), r#"{"lobby":["history","subscribe"]}"#);
    assert_eq!(extended.minimal_addition(&room, &wanted), None);
}

fn resources() -> impl Strategy<Value = String> {
    prop_oneof![
        "(a|b|\\*)(:(a|b|\\*)){0,3}",
        "\\[(meta|queue|\\*)\\](a|b|\\*)(:(a|\\*)){0,2}",
        "(a|b)(:b)?::\\$chat",
    ]
}

fn lists() -> impl Strategy<Value = Vec<String>> {
    let words: Vec<String> = Operation::ALL[..5]
        .iter()
        .map(|operation| operation.name().to_owned())
        .collect();
    prop_oneof![
        Just(vec!["*".to_owned()]),
        prop::sample::subsequence(words, 1..4)
    ]
}

fn capabilities() -> impl Strategy<Value = Capability> {
    prop::collection::btree_map(resources(), lists(), 0..5)
        .prop_map(|members| capability(&serde_json::to_string(&members).unwrap()))
}

fn targets() -> impl Strategy<Value = String> {
    prop_oneof![
        "(a|b|c)(:(a|b|c)){0,3}(::\\$chat)?",
        "\\[(meta|queue)\\](a|b)(:a)?",
    ]
}

proptest! {
    #[test]
    fn intersection_allows_what_both_allow(one in capabilities(), two in capabilities(), name in targets()) {
        let common = one.intersect(&two);
        let target = Target::channel(&name);
        for operation in &Operation::ALL[..6] {
            prop_assert_eq!(
                common.allows(&target, *operation),
                one.allows(&target, *operation) && two.allows(&target, *operation)
            );
        }
    }

    #[test]
    fn intersection_is_commutative_and_idempotent(one in capabilities(), two in capabilities()) {
        prop_assert_eq!(one.intersect(&two).canonical(), two.intersect(&one).canonical());
        prop_assert_eq!(one.intersect(&one).canonical(), one.canonical());
    }

    #[test]
    fn union_allows_what_either_allows(one in capabilities(), two in capabilities(), name in targets()) {
        let both = one.union(&two);
        let target = Target::channel(&name);
        for operation in &Operation::ALL[..6] {
            prop_assert_eq!(
                both.allows(&target, *operation),
                one.allows(&target, *operation) || two.allows(&target, *operation)
            );
        }
    }

    #[test]
    fn canonical_text_round_trips(one in capabilities()) {
        let canonical = one.canonical();
        prop_assert_eq!(capability(&canonical).canonical(), canonical);
    }

    #[test]
    fn no_text_panics(text in ".*", json in r#"\{("[a*:\[\]]{0,4}":\[("\*"|"publish"|1)?\],?){0,3}\}"#) {
        let _ = Capability::parse(&text);
        let _ = Capability::parse_strict(&json);
    }
}
