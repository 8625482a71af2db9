//! `chatctl capability features|check|matrix|explain`.

use serde_json::{Value, json};

use crate::harness::{chatctl, token};

const DMS: &str = r#"{"dms:*":["publish","subscribe"]}"#;

#[test]
fn features_lists_what_each_needs() {
    let features = chatctl(&["capability", "features", "--json"])
        .run()
        .exits(0)
        .json();
    assert_eq!(features.as_array().unwrap().len(), 10);
    assert_eq!(
        features[5],
        json!({
            "feature": "message-reactions",
            "needs": [["annotation-publish"]],
            "optional": ["annotation-subscribe"],
        })
    );
    assert_eq!(
        features[2]["needs"],
        json!([["message-update-any", "message-update-own"]])
    );
    let table = chatctl(&["capability", "features"]).run().exits(0);
    assert!(
        table
            .stdout
            .contains("message-update-any or message-update-own")
    );
}

#[test]
fn check_answers_with_the_rule_that_decided() {
    let ran = chatctl(&[
        "capability",
        "check",
        "dms:a",
        "lobby",
        "--feature",
        "typing",
        "--capability",
        DMS,
        "--json",
    ])
    .run()
    .exits(1);
    assert_eq!(
        ran.json(),
        json!([
            {
                "roomName": "dms:a",
                "feature": "typing",
                "allowed": true,
                "rule": {"resource": "dms:*", "operations": ["publish", "subscribe"]},
                "missing": [],
            },
            {
                "roomName": "lobby",
                "feature": "typing",
                "allowed": false,
                "rule": null,
                "missing": ["publish", "subscribe"],
            },
        ])
    );
    let op = chatctl(&[
        "capability",
        "check",
        "--op",
        "publish",
        "dms:a",
        "--capability",
        "-",
        "--json",
    ])
    .stdin(DMS)
    .run()
    .exits(0)
    .json();
    assert_eq!(op[0]["operation"], "publish");
}

#[test]
fn check_looks_at_a_token_within_its_key() {
    let minted = token(&["--client-id=a", "--allow=lobby=publish"]);
    let check = |variables: &[(&str, &str)], more: &[&str]| {
        let mut arguments = vec!["capability", "check", "lobby", "--op", "publish"];
        arguments.extend(more);
        variables
            .iter()
            .fold(chatctl(&arguments), |run, (name, value)| {
                run.env(name, value)
            })
            .run()
    };
    check(&[("ABLY_TOKEN", &minted)], &[]).exits(0);
    check(&[], &["--token", &minted]).exits(0);
    check(
        &[("ABLY_TOKEN", &minted)],
        &["--key-capability", r#"{"*":["history"]}"#],
    )
    .exits(1);
    check(&[], &["--key-capability", r#"{"*":["*"]}"#]).exits(0);
    let nothing = check(&[("ABLY_API_KEY", "a.b:c")], &[]).exits(2);
    assert!(nothing.stderr.contains("--key-capability"), "{nothing:?}");
}

#[test]
fn typed_slips_are_errors_and_inspected_ones_grant_nothing() {
    for (flag, word, right) in [
        ("--op", "publsh", "'publish'"),
        ("--feature", "sendmessages", "'send-messages'"),
    ] {
        let ran = chatctl(&[
            "capability",
            "check",
            "a",
            flag,
            word,
            "--capability",
            DMS,
            "--json",
        ])
        .run()
        .exits(2);
        assert!(
            ran.error()["hint"].as_str().unwrap().contains(right),
            "{ran:?}"
        );
    }
    let inside = chatctl(&[
        "capability",
        "check",
        "a",
        "--op",
        "publish",
        "--capability",
        r#"{"a":["publsh"]}"#,
    ])
    .run()
    .exits(1);
    assert!(
        inside.stderr.contains("did you mean 'publish'?"),
        "{inside:?}"
    );
    for arguments in [
        &[
            "capability",
            "check",
            "a",
            "--op",
            "publish",
            "--capability",
            "[]",
        ][..],
        &["capability", "check", "a", "--capability", DMS],
        &[
            "capability",
            "matrix",
            "a",
            "--capability",
            DMS,
            "--token",
            "a.b.c",
        ],
        &[
            "capability",
            "check",
            "--op",
            "publish",
            "--capability",
            DMS,
        ],
    ] {
        chatctl(arguments).run().exits(2);
    }
}

#[test]
fn matrix_shows_features_by_rooms() {
    let matrix = [
        "capability",
        "matrix",
        "dms:a",
        "Lobby",
        "--capability",
        DMS,
    ];
    let table = chatctl(&matrix).run().exits(0);
    assert!(
        table
            .stdout
            .starts_with("FEATURE            dms:a  Lobby\n"),
        "{table:?}"
    );
    let mut arguments = matrix.to_vec();
    arguments.push("--json");
    let value = chatctl(&arguments).run().exits(0).json();
    assert_eq!(value[0]["features"]["typing"], true);
    assert_eq!(value[1]["features"]["typing"], false);
}

#[test]
fn explain_gives_a_reason_for_each_pattern() {
    let tried = r#"{"lobby*":["publish"],"Lobby-1":["publish"],"lobby-1:*:*":["publish"],"lobby-1":["subscribe"]}"#;
    let ran = chatctl(&[
        "capability",
        "explain",
        "lobby-1",
        "--feature",
        "send-messages",
        "--capability",
        tried,
        "--json",
    ])
    .run()
    .exits(1);
    let value = &ran.json()[0];
    let whys: Vec<&Value> = value["patterns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pattern| &pattern["why"])
        .collect();
    assert!(whys[0].as_str().unwrap().contains("literal"));
    assert!(whys[1].as_str().unwrap().contains("capital"));
    assert!(whys[2].as_str().unwrap().contains("segments"));
    assert_eq!(whys[3], &Value::Null);
    assert_eq!(
        value["change"]["add"],
        json!({"resource": "lobby-1", "operations": ["publish"]})
    );
    let change = value["change"]["capability"].as_str().unwrap();
    chatctl(&[
        "capability",
        "check",
        "lobby-1",
        "--feature",
        "send-messages",
        "--capability",
        change,
    ])
    .run()
    .exits(0);
    let text = chatctl(&[
        "capability",
        "explain",
        "lobby-1",
        "--feature",
        "send-messages",
        "--capability",
        tried,
    ])
    .run()
    .exits(1);
    assert!(
        text.stdout.contains(r#"add: {"lobby-1":["publish"]}"#),
        "{text:?}"
    );
}

#[test]
fn check_asks_the_endpoint_by_doing_it() {
    let server = crate::running::Server::start();
    let check = |arguments: &[&str]| {
        let all: Vec<&str> = ["capability", "check", "dms:a", "--live", "--json"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        chatctl(&all).env("ABLY_ENDPOINT", &server.url)
    };
    let all =
        "--feature=send-messages,presence,typing,update-messages,delete-messages,message-reactions";
    let of_key = check(&[all, "--op", "message-delete-any"])
        .with_key()
        .run()
        .exits(0)
        .json();
    assert_eq!(of_key.as_array().unwrap().len(), 7);
    let minted = token(&[
        "--client-id",
        "ann",
        "--allow",
        "dms:*=publish,message-update-own",
    ]);
    let of_token = |arguments: &[&str]| check(arguments).env("ABLY_TOKEN", &minted).run();
    let answers = of_token(&["--feature", "send-messages,typing,update-messages"])
        .exits(1)
        .json();
    let allowed: Vec<&Value> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["allowed"])
        .collect();
    assert_eq!(allowed, [true, false, true], "{answers}");
    assert!(
        answers[1]["found"].as_str().unwrap().contains("40160"),
        "{answers}"
    );
    // Nothing in Chat shows it, and that is no yes.
    let unknown = of_token(&["--op", "stats"]).exits(1).json();
    assert_eq!(unknown[0]["allowed"], Value::Null);
    check(&["--op", "publish"]).run().exits(2);
    check(&["--op", "publish"])
        .env("ABLY_API_KEY", "appid.keyid:wrong")
        .run()
        .exits(3);
    let left = server
        .chatctl(&[
            "room",
            "history",
            "dms:a",
            "--jq",
            "[.[] | select(.action != \"message.delete\")] | length",
        ])
        .run()
        .exits(0);
    // Without a key the token's own messages are its own to delete, and this one may not.
    assert_eq!(left.word(), "2");
}

#[test]
fn names_that_no_room_can_have_are_slips() {
    let token = token(&["--client-id", "a"]);
    for room in ["", ":x", "[queue]x"] {
        for words in [
            &[
                "capability",
                "check",
                room,
                "--op",
                "publish",
                "--capability",
                "{}",
            ][..],
            &[
                "capability",
                "explain",
                room,
                "--op",
                "publish",
                "--capability",
                "{}",
            ],
            &["capability", "matrix", room, "--capability", "{}"],
            &["capability", "who-can", "publish", room, "--tokens", &token],
            &["claims", "resolve", &token, "--room", room],
        ] {
            let ran = chatctl(words).run().exits(2);
            assert!(
                ran.stderr.contains("Invalid room name"),
                "{words:?}: {ran:?}"
            );
        }
    }
    // It is literal, whatever it is.
    chatctl(&[
        "capability",
        "check",
        "*",
        "--op",
        "publish",
        "--capability",
        r#"{"*":["publish"]}"#,
    ])
    .run()
    .exits(0);
}

#[test]
fn what_is_asked_of_a_room_has_to_be_said() {
    for verb in ["check", "explain"] {
        let ran = chatctl(&["capability", verb, "lobby", "--capability", "{}"])
            .run()
            .exits(2);
        assert!(
            ran.stderr.contains("--feature") && ran.stderr.contains("--op"),
            "{ran:?}"
        );
    }
}

#[test]
fn what_a_capability_says_does_not_drive_the_terminal() {
    let capability = r#"{"a":["publ\u001b[31m"],"b\u202e":["publish"]}"#;
    let check = ["capability", "check", "r", "--op=publish", "--capability"];
    let ran = chatctl(&[&check[..], &[capability]].concat())
        .run()
        .exits(1);
    assert!(ran.stderr.contains("publ\\u{1b}[31m"), "{ran:?}");
    for said in [&ran.stderr, &ran.stdout] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
}
