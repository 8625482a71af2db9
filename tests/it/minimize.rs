//! `capability minimize`: from a recorded run to the least rights, and back.

use crate::harness::{Ran, chatctl};
use crate::running::path;

fn minimize(log: &str, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["capability", "minimize", "-"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    chatctl(&all).stdin(log).run()
}

fn record(client: &str, operation: &str, room: &str, result: &str) -> String {
    format!(
        "{{\"time\":1,\"keyName\":\"a.b\",\"clientId\":\"{client}\",\"operation\":\"{operation}\",\"roomName\":\"{room}\",\"result\":\"{result}\"}}\n"
    )
}

#[test]
fn minimized_capability_is_enough_and_minimal() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.jsonl");
    let log = log.to_str().unwrap();
    let script = "set -e
        s=$(chatctl room send lobby hello --client-id ann)
        chatctl room update lobby \"$s\" changed --replace --client-id ann >&2
        chatctl reaction send lobby \"$s\" +1 --client-id ben >&2
        chatctl room tail lobby --limit 1 --client-id ben -- chatctl room send lobby again --client-id ann >&2
        chatctl presence enter den --client-id ben -- true >&2";
    chatctl(&["exec", "--record", log, "--", "sh", "-c", script])
        .env("PATH", &path())
        .run()
        .exits(0);
    let found = chatctl(&["capability", "minimize", log, "--json"])
        .run()
        .exits(0)
        .json();
    let of = |who: &str| {
        let found = found.as_array().unwrap().iter();
        let client = found.clone().find(|client| client["clientId"] == who);
        client.unwrap_or_else(|| panic!("{who}: {found:?}"))["capability"].to_string()
    };
    assert_eq!(of("ann"), r#"{"lobby":["message-update-own","publish"]}"#);
    assert_eq!(
        of("ben"),
        r#"{"den":["presence"],"lobby":["annotation-publish","subscribe"]}"#
    );
    // The same run, each client with a token that may do just that, and one that may do less.
    let with_tokens = |ann: &str, ben: &str| {
        let script = format!(
            "set -e
            ann=$(chatctl token mint --client-id ann --capability '{ann}')
            ben=$(chatctl token mint --client-id ben --capability '{ben}')
            unset ABLY_API_KEY
            s=$(ABLY_TOKEN=$ann chatctl room send lobby hello)
            ABLY_TOKEN=$ann chatctl room update lobby \"$s\" changed --replace >&2
            ABLY_TOKEN=$ben chatctl reaction send lobby \"$s\" +1 >&2
            ABLY_TOKEN=$ben chatctl room tail lobby --limit 1 -- env ABLY_TOKEN=$ann chatctl room send lobby again >&2
            ABLY_TOKEN=$ben chatctl presence enter den -- true >&2"
        );
        chatctl(&["exec", "--", "sh", "-c", &script])
            .env("PATH", &path())
            .run()
    };
    with_tokens(&of("ann"), &of("ben")).exits(0);
    with_tokens(r#"{"lobby":["publish"]}"#, &of("ben")).exits(4);
    with_tokens(
        &of("ann"),
        r#"{"den":["presence"],"lobby":["annotation-publish"]}"#,
    )
    .exits(4);
}

#[test]
fn what_was_denied_is_counted_and_what_failed_was_allowed() {
    let log =
        record("ann", "publish", "lobby", "denied") + &record("ann", "history", "lobby", "failed");
    let found = minimize(&log, &["--json"]).exits(0).json();
    assert_eq!(
        found,
        serde_json::json!([{
            "clientId": "ann", "capability": {"lobby": ["history"]}, "records": 1, "denied": 1,
        }])
    );
    let table = minimize(&log, &[]).exits(0).stdout;
    assert!(table.contains(r#"{"lobby":["history"]}"#), "{table}");
}

#[test]
fn places_become_patterns_where_that_is_asked_for() {
    let log: String = ["a", "b", "c"]
        .iter()
        .map(|who| record(who, "subscribe", &format!("dms:{who}"), "allowed"))
        .collect();
    let capability = |arguments: &[&str]| {
        let all: Vec<&str> = arguments
            .iter()
            .copied()
            .chain(["--jq", "[.[].capability | tojson] | join(\" \")"])
            .collect();
        minimize(&log, &all).exits(0).word()
    };
    assert_eq!(
        capability(&["--together", "--generalize"]),
        r#"{"dms:*":["subscribe"]}"#
    );
    assert_eq!(
        capability(&["--together"]),
        r#"{"dms:a":["subscribe"],"dms:b":["subscribe"],"dms:c":["subscribe"]}"#
    );
    assert_eq!(
        capability(&["--generalize=2"]),
        r#"{"dms:a":["subscribe"]} {"dms:b":["subscribe"]} {"dms:c":["subscribe"]}"#
    );
    minimize(&log, &["--generalize=1"]).exits(2);
}

#[test]
fn missing_records_are_reported_and_invalid_logs_refused() {
    let ran = minimize("{\"dropped\":7}\n", &[]).exits(0);
    assert!(ran.stderr.contains("7 records"), "{ran:?}");
    for (line, word) in [
        ("text", "invalid record"),
        ("{}", "the operation is missing"),
        (
            "{\"operation\":\"fly\",\"roomName\":\"a\",\"result\":\"allowed\"}",
            "fly",
        ),
        (
            "{\"operation\":\"publish\",\"result\":\"allowed\"}",
            "roomName",
        ),
        (
            "{\"operation\":\"publish\",\"roomName\":\"a\",\"result\":\"perhaps\"}",
            "result",
        ),
    ] {
        let ran = minimize(&format!("\n{line}\n"), &[]).exits(2);
        assert!(
            ran.stderr.contains("line 2") && ran.stderr.contains(word),
            "{ran:?}"
        );
    }
    chatctl(&["capability", "minimize", "no-such-file"])
        .run()
        .exits(2);
}
