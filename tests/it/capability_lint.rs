//! `chatctl capability lint` and `chatctl help lint`.

use serde_json::{Value, json};

use crate::capability_policy::Policy;
use crate::harness::{Ran, chatctl, token};

fn lint(arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["capability", "lint"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    chatctl(&all).run()
}

fn codes(findings: &Value) -> Vec<(&str, &str)> {
    let text = |finding: &'_ Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            assert!(!text(finding, "why").is_empty() && !text(finding, "fix").is_empty());
            (
                finding["code"].as_str().unwrap(),
                finding["severity"].as_str().unwrap(),
            )
        })
        .collect()
}

#[test]
fn capabilities_and_tokens_are_looked_at() {
    let found = lint(&[
        r#"{"lobby*":["publish"],"a":["history","publsh"]}"#,
        "--json",
    ])
    .exits(0)
    .json();
    assert_eq!(
        codes(&found),
        [
            ("operation-unknown", "warn"),
            ("wildcard-partial-segment", "warn"),
            ("feature-incomplete", "info"),
        ]
    );
    let empty = lint(&["{}", "--json"]).exits(1).json();
    assert_eq!(codes(&empty), [("capability-garbage", "error")]);
    let narrowed = lint(&[
        r#"{"a":["publish"]}"#,
        "--key-capability",
        r#"{"b":["*"]}"#,
        "--json",
    ]);
    assert_eq!(codes(&narrowed.exits(0).json()), [("exceeds-key", "warn")]);
    let minted = token(&["--client-id", "a", "--capability", r#"{"*":["*"]}"#]);
    assert_eq!(
        codes(&lint(&[&minted, "--json"]).exits(0).json()),
        [("capability-full", "warn")]
    );
    let good = lint(&[r#"{"a":["publish"]}"#]).exits(0);
    assert_eq!(good.word(), "no findings");
    lint(&[]).exits(2);
}

const POLICY: &str = "[roles.member]\ngrant = { 'dms:*' = ['send-messages'] }\n";

#[test]
fn a_policy_says_how_bad_a_finding_is_there() {
    let run = |more: &str, arguments: &[&str]| {
        let policy = Policy::new(&format!("{POLICY}{more}"));
        let path = policy.path();
        let mut all = vec!["--policy", path.to_str().unwrap()];
        all.extend(arguments);
        lint(&all)
    };
    let found = run("", &["--json"]).exits(0).json();
    assert_eq!(codes(&found), [("namespace-root", "info")]);
    assert_eq!(
        (&found[0]["role"], &found[0]["line"]),
        (&json!("member"), &json!(1))
    );
    let setting = |severity: &str| {
        format!("[lint.namespace-root]\nseverity = '{severity}'\nreason = 'known'\n")
    };
    let worse = run(&setting("error"), &["--json"]).exits(1).json();
    assert_eq!(codes(&worse), [("namespace-root", "error")]);
    assert_eq!(run(&setting("off"), &["--json"]).exits(0).json(), json!([]));
    for (more, words) in [
        (setting("loud"), "none of error, warn, info and off"),
        (setting("off").replace("'known'", "' '"), "is not said"),
        (
            setting("off").replace("namespace-root", "namespace-rot"),
            "did you mean 'namespace-root'?",
        ),
        (setting("off").replace("reason = 'known'\n", ""), "reason"),
    ] {
        let ran = run(&more, &[]).exits(2);
        assert!(ran.stderr.contains(words), "{more}: {ran:?}");
    }
    let github = run(&setting("warn"), &["--format", "github"]).exits(0);
    let line = github.stdout.lines().next().unwrap();
    assert!(
        line.starts_with("::warning file=")
            && line.contains(",line=1,title=namespace-root::role member: "),
        "{line}"
    );
    run("", &["--format", "github", "--jq", "."]).exits(2);
}

#[test]
fn every_rule_is_explained() {
    let rules = chatctl(&["help", "lint", "--json"]).run().exits(0).json();
    let text = chatctl(&["help", "lint"]).run().exits(0).stdout;
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 20);
    for rule in rules {
        assert!(text.contains(rule["code"].as_str().unwrap()), "{rule}");
    }
}
