//! `chatctl capability diff|intersect|who-can`.

use serde_json::{Value, json};

use crate::harness::{Ran, chatctl, token};

const ADMIN: &str = r#"{"dms:admin":["publish"]}"#;
const ALL: &str = r#"{"dms:*":["publish"]}"#;

fn diff(arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["capability", "diff"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    chatctl(&all).run()
}

#[test]
fn opened_rights_are_patterns_with_exceptions_and_rooms() {
    let opened = json!([{
        "resource": "dms:*",
        "except": ["dms:admin"],
        "operations": ["publish"],
        "roomName": "dms:example",
    }]);
    let wider = diff(&[ADMIN, ALL, "--json"]).exits(1).json();
    assert_eq!(wider, json!({"opens": opened, "closes": []}));
    let narrower = diff(&[ALL, ADMIN, "--json"]).exits(0).json();
    assert_eq!(narrower, json!({"opens": [], "closes": opened}));
    diff(&[ADMIN, ALL, "--allow-widening"]).exits(0);
    let table = diff(&[ADMIN, ALL]).exits(1);
    assert_eq!(
        table.stdout,
        "CHANGE  WHERE                   OPERATIONS  FOR EXAMPLE\n\
         opens   dms:* except dms:admin  publish     dms:example\n"
    );
    let same = diff(&[
        r#"{"*":["publish"]}"#,
        r#"{"*:*":["publish"],"a":["publish"]}"#,
    ])
    .exits(0);
    assert!(same.stdout.contains("no difference"), "{same:?}");
}

#[test]
fn metachannels_are_no_rooms() {
    let metas = diff(&["{}", r#"{"[meta]*":["subscribe"]}"#, "--json"])
        .exits(1)
        .json();
    assert_eq!(metas["opens"][0]["channelName"], "[meta]example");
    assert_eq!(metas["opens"][0].get("roomName"), None);
}

#[test]
fn the_sides_may_be_tokens_files_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("before.json");
    std::fs::write(&file, ADMIN).unwrap();
    let at = format!("@{}", file.display());
    let minted = token(&["--client-id", "a", "--capability", ALL]);
    let ran = diff(&[&at, &minted, "--jq", ".opens | length"]).exits(1);
    assert_eq!(ran.word(), "1");
    chatctl(&["capability", "diff", "-", &at])
        .stdin(ADMIN)
        .run()
        .exits(0);
    diff(&["-", "-"]).exits(2);
    let ran = diff(&[ADMIN, "neither"]).exits(2);
    assert!(ran.stderr.contains("B: "), "{ran:?}");
    let ran = diff(&[r#"{"a":"publish"}"#, ALL]).exits(2);
    assert!(ran.stderr.contains("A: Invalid capability"), "{ran:?}");
}

#[test]
fn what_is_opened_is_done_where_it_was_refused() {
    let more =
        r#"{"dms:*":["publish","message-update-own","object-publish"],"[meta]*":["subscribe"]}"#;
    let proved = diff(&[ADMIN, more, "--prove", "--allow-widening", "--json"])
        .exits(0)
        .json();
    let proofs: Vec<(&str, &Value)> = proved["proofs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|proof| (proof["operation"].as_str().unwrap(), &proof["proved"]))
        .collect();
    assert_eq!(
        proofs,
        [
            ("publish", &json!(true)),
            ("message-update-own", &json!(true)),
            ("object-publish", &Value::Null),
        ]
    );
    let publish = &proved["proofs"][0];
    assert_eq!(publish["roomName"], "dms:example");
    assert_eq!(publish["before"], "refused (code 40160)");
    assert_eq!(publish["after"], "done");
    diff(&[ADMIN, more, "--prove"]).exits(1);
}

#[test]
fn what_both_allow_is_a_capability_again() {
    let ran = chatctl(&[
        "capability",
        "intersect",
        r#"{"dms:*":["*"]}"#,
        r#"{"*:alice":["publish"],"lobby":["subscribe"]}"#,
    ])
    .run()
    .exits(0);
    assert_eq!(ran.word(), r#"{"dms:alice":["publish"]}"#);
    let nothing = chatctl(&[
        "capability",
        "intersect",
        ADMIN,
        r#"{"a":["publish"]}"#,
        "--json",
    ])
    .run()
    .exits(1);
    assert_eq!(nothing.json(), json!({}));
}

#[test]
fn who_can_asks_roles_and_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    std::fs::write(
        &policy,
        "[roles.reader]\ngrant = { lobby = ['receive-messages'] }\n\
         [roles.writer]\ngrant = { '*' = ['send-messages'] }\n",
    )
    .unwrap();
    let policy = policy.to_str().unwrap();
    let minted = token(&["--client-id", "alice", "--capability", ALL]);
    let ran = chatctl(&[
        "capability",
        "who-can",
        "publish",
        "lobby",
        "--policy",
        policy,
        "--tokens",
        "-",
        "--json",
    ])
    .stdin(&minted)
    .run()
    .exits(0);
    assert_eq!(
        ran.json(),
        json!([
            {"role": "reader", "roomName": "lobby", "operation": "publish", "allowed": false, "rule": null},
            {"role": "writer", "roomName": "lobby", "operation": "publish", "allowed": true,
             "rule": {"resource": "*", "operations": ["publish"]}},
            {"token": "alice", "roomName": "lobby", "operation": "publish", "allowed": false, "rule": null},
        ])
    );
    let who =
        |wish: &str| chatctl(&["capability", "who-can", wish, "lobby", "--policy", policy]).run();
    who("presence").exits(1);
    let ran = who("publsh").exits(2);
    assert!(ran.stderr.contains("did you mean 'publish'?"), "{ran:?}");
    let by_flag = |flag: &str, word: &str| {
        let all = [
            "capability",
            "who-can",
            "lobby",
            flag,
            word,
            "--policy",
            policy,
        ];
        chatctl(&all).run()
    };
    let feature = by_flag("--feature", "send-messages").exits(0).stdout;
    assert!(feature.contains("writer  allowed"), "{feature}");
    by_flag("--op", "presence").exits(1);
    let slip = by_flag("--op", "publsh").exits(2);
    assert!(slip.stderr.contains("did you mean 'publish'?"), "{slip:?}");
    for arguments in [&["publish", "lobby"][..], &["lobby", "--op", "publish"]] {
        let all = [&["capability", "who-can"], arguments].concat();
        let nobody = chatctl(&all).run().exits(2);
        assert!(nobody.stderr.contains("--policy or --tokens"), "{nobody:?}");
        assert!(
            nobody.stderr.contains("who-can lobby --op publish"),
            "{nobody:?}"
        );
    }
    let question = chatctl(&["capability", "who-can", "lobby"]).run().exits(2);
    assert!(question.stderr.contains("give --feature or --op"));
}
