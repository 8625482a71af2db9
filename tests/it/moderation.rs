//! `chatctl moderation` and the rules of `--config`, from the built program.

use serde_json::{Value, json};

use crate::guides::run_guide;
use crate::harness::chatctl;

#[test]
fn the_guide_runs_as_it_stands() {
    run_guide(include_str!("../../docs/moderation.md"));
}

/// Runs a script within `exec` with these rules.
fn within(rules: &str, script: &str) -> crate::harness::Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.toml");
    std::fs::write(&path, rules).unwrap();
    let arguments = [
        "exec",
        "--config",
        path.to_str().unwrap(),
        "--",
        "sh",
        "-c",
        script,
    ];
    chatctl(&arguments).env("PATH", "/usr/bin:/bin").run()
}

const JURY: &str = r#"
[[rules]]
id = "jury"
rule-type = "http/before-publish"
action = "hold"
"#;

#[test]
fn a_rejection_exits_6_and_shows_its_detail() {
    let rules = r#"
        [[rules]]
        id = "words"
        rule-type = "bodyguard/text-moderation"
        target = { api-key = "dummy" }
        words = { spam = { buy = 1 } }
    "#;
    let ran = within(rules, "chatctl room send lobby 'buy it' --json").exits(6);
    let error: Value = serde_json::from_str(ran.stderr.trim()).unwrap();
    let detail = json!({"provider": "bodyguard", "reason": "spam", "severity": "1"});
    assert_eq!(
        (&error["error"]["code"], &error["error"]["detail"]),
        (&json!(42213), &detail)
    );
    let ran = within(rules, "chatctl room send lobby 'buy it'").exits(6);
    assert!(ran.stderr.contains("reason: spam"), "{}", ran.stderr);
}

#[test]
fn held_messages_are_listed_decided_once_and_named() {
    let script = "chatctl room send lobby one >/dev/null & \
                  until chatctl moderation list --json | grep -q one; do sleep 0.1; done; \
                  chatctl moderation list; chatctl moderation reject 1 --reason no --detail by=me; \
                  chatctl moderation reject 1; echo $?; chatctl moderation list; wait";
    let ran = within(JURY, script).exits(0);
    assert!(
        ran.stdout.contains("lobby") && ran.stdout.contains("jury"),
        "{ran:?}"
    );
    assert!(ran.stdout.ends_with("1\n1\n"), "{}", ran.stdout);
    for text in ["by: me", "reason: no", "no message waits for a decision"] {
        assert!(ran.stderr.contains(text), "{text}: {}", ran.stderr);
    }
}

#[test]
fn a_check_by_hand_exits_1_where_nothing_would_be_published() {
    let rules = r#"
        [[rules]]
        id = "down"
        rule-type = "http/before-publish"
        target = { url = "http://127.0.0.1:1/" }
        before-publish-config = { max-retries = 0, failed-action = "PUBLISH" }
        [[rules]]
        id = "strict"
        rule-type = "http/before-publish"
        target = { url = "http://127.0.0.1:1/" }
        before-publish-config = { max-retries = 0 }
    "#;
    let ran = within(rules, "chatctl moderation check down hello").exits(0);
    assert!(ran.stdout.starts_with("undecided: "), "{}", ran.stdout);
    let ran = within(rules, "echo hello | chatctl moderation check strict -").exits(1);
    assert!(ran.stdout.contains("would be refused"), "{}", ran.stdout);
    let ran = within(rules, "chatctl moderation check strikt hello").exits(1);
    assert!(ran.stderr.contains("down, strict"), "{}", ran.stderr);
    within(rules, "chatctl moderation check strict hello --metadata []").exits(2);
}

#[test]
fn rules_that_are_wrong_end_the_start_and_say_where() {
    for (rule, words) in [
        (
            "rule-type = \"http/before\"",
            &["rule 'rule-1'", "ruleType"][..],
        ),
        (
            "id = \"a\"\nrule-type = \"http/before-publish\"",
            &["rule 'a'", "target.url", "missing"],
        ),
        ("rule-typ = \"x\"", &["rule-typ"]),
        (
            "rule-type = \"http/before-publish\"\ntarget = { url = \"http://x\", headers = [{ name = \"A\", value = { env = \"NOT_SET\" } }] }",
            &["NOT_SET", "not set"],
        ),
        (
            "app = \"other\"\nrule-type = \"http/before-publish\"\naction = \"hold\"",
            &["other"],
        ),
    ] {
        let ran = within(&format!("[[rules]]\n{rule}\n"), "true");
        assert_eq!(ran.status, 125, "{ran:?}");
        for word in words {
            assert!(ran.stderr.contains(word), "{rule}: {}", ran.stderr);
        }
    }
}

#[test]
fn replay_names_what_is_no_verdict() {
    let broken = "require('http').createServer((q, s) => { s.statusCode = 204; s.end(); }).listen(process.env.PORT)";
    let ran = chatctl(&["moderation", "replay", "--json", "--", "node", "-e", broken])
        .run()
        .exits(1);
    let first = &ran.json()[0];
    assert_eq!(
        (&first["verdict"], &first["case"]),
        (&Value::Null, &json!("a text alone"))
    );
    assert!(
        first["fault"].as_str().unwrap().contains("must be 200"),
        "{first}"
    );
    let ran = chatctl(&["moderation", "replay", "--", "false"])
        .run()
        .exits(5);
    assert!(ran.stderr.contains("listened nowhere"), "{}", ran.stderr);
}
