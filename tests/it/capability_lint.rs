//! `chatctl capability lint` and `chatctl help lint`.

use serde_json::{Value, json};
use tap_parser::{DirectiveKind, TapParser, TapStatement, TapTest};

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
fn unknown_operation_is_stated_once() {
    let ran = chatctl(&["capability", "lint", r#"{"a":["publsh","subscribe"]}"#]).run();
    let ran = ran.exits(0);
    assert!(ran.stderr.is_empty(), "{ran:?}");
    assert_eq!(ran.stdout.matches("publsh").count(), 1, "{ran:?}");
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
        (setting("loud"), "must be error, warn, info or off"),
        (setting("off").replace("'known'", "' '"), "needs a reason"),
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
        let severities: Vec<&str> = rule["severities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|severity| severity.as_str().unwrap())
            .collect();
        let first = format!(
            "{} ({})\n",
            rule["code"].as_str().unwrap(),
            severities.join(" or ")
        );
        assert!(!severities.is_empty() && text.contains(&first), "{rule}");
    }
}

/// An error, a warning, what is worth knowing, and a rule that is off, all of them with what forms must escape.
const MIXED: &str = r#"
[roles."a & <b> # 1"]
grant = { "lobby*" = ["publish"], "dms:*" = ["message-history"] }

[roles.empty]
capability = {}

[lint.namespace-root]
severity = "off"
reason = "the room 'dms' is meant & known # 2"

[lint.wildcard-partial-segment]
severity = "warn"
reason = "legacy"
"#;

fn mixed(arguments: &[&str]) -> Ran {
    let policy = Policy::new(MIXED);
    let path = policy.path();
    let mut all = vec!["--policy", path.to_str().unwrap()];
    all.extend(arguments);
    lint(&all)
}

fn points(tap: &str) -> Vec<TapTest<'_>> {
    let statements = TapParser::new().parse(tap).unwrap();
    statements
        .into_iter()
        .filter_map(|statement| match statement {
            TapStatement::TestPoint(point) => Some(point),
            _ => None,
        })
        .collect()
}

#[test]
fn junit_has_a_case_for_each_rule_that_was_applied() {
    let ran = mixed(&["--format", "junit"]).exits(1);
    let read = junit_parser::from_reader(ran.stdout.as_bytes()).unwrap();
    assert_eq!(
        (read.tests, read.failures, read.errors, read.skipped),
        (16, 1, 0, 2)
    );
    let names: Vec<&str> = read.suites.iter().map(|suite| &*suite.name).collect();
    assert_eq!(names, ["role a & <b> # 1", "role empty"]);
    let case = |suite: usize, code: &str| {
        let mut cases = read.suites[suite].cases.iter();
        cases.find(|case| case.original_name == code).unwrap()
    };
    let warned = case(0, "wildcard-partial-segment");
    assert!(warned.status.is_success());
    assert_eq!(
        (warned.line, warned.classname.as_deref()),
        (Some(2), Some(names[0]))
    );
    let said = warned.system_out.as_deref().unwrap();
    assert!(
        said.contains("warn: the '*' in 'lobby*' is literal"),
        "{said}"
    );
    assert!(said.contains("fix: "), "{said}");
    let off = case(0, "namespace-root");
    assert!(off.status.is_skipped());
    assert!(
        ran.stdout
            .contains("off: the room 'dms' is meant &amp; known # 2")
    );
    assert_eq!(case(0, "operation-unknown").system_out, None);
    let failed = case(1, "capability-garbage").status.failure_as_ref();
    assert_eq!(failed.message, "it grants nothing: {}");
    // Nobody has said what the key may do.
    assert!(!ran.stdout.contains("exceeds-key"), "{ran:?}");
    let with_key = mixed(&["--format", "junit", "--key-capability", r#"{"*":["*"]}"#]).exits(1);
    let read = junit_parser::from_reader(with_key.stdout.as_bytes()).unwrap();
    assert_eq!(read.tests, 18);
}

#[test]
fn tap_has_a_point_for_each_rule_that_was_applied() {
    let ran = mixed(&["--format", "tap", "-o", "json"]).exits(1);
    assert!(ran.stdout.starts_with("TAP version 14\n1..16\n"), "{ran:?}");
    let points = points(&ran.stdout);
    assert_eq!(points.len(), 16);
    let point = |title: &str| {
        let mut points = points.iter();
        points
            .find(|point| point.desc.is_some_and(|desc| desc.contains(title)))
            .unwrap()
    };
    let warned = point("wildcard-partial-segment");
    assert!(warned.result && warned.directive.is_none());
    assert!(
        warned
            .yaml
            .iter()
            .any(|line| line.contains("warn: the '*' in")),
        "{warned:?}"
    );
    let off = point("namespace-root");
    let directive = off.directive.as_ref().unwrap();
    assert!(off.result && directive.kind == DirectiveKind::Skip);
    let failed: Vec<_> = points.iter().filter(|point| !point.result).collect();
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0]
            .desc
            .unwrap()
            .contains("role empty: capability-garbage")
    );
    assert!(failed[0].yaml.contains(&"line: 5"), "{failed:?}");
    mixed(&["--format", "tap", "--jq", "."]).exits(2);
}

#[test]
fn the_form_fails_as_the_command_does() {
    for (capability, status) in [(r#"{"a*":["publish"]}"#, 0), ("{}", 1)] {
        let junit = lint(&[capability, "--format", "junit"])
            .exits(status)
            .stdout;
        let read = junit_parser::from_reader(junit.as_bytes()).unwrap();
        assert_eq!(read.failures > 0, status == 1, "{capability}");
        let tap = lint(&[capability, "--format", "tap"]).exits(status).stdout;
        let is_failed = points(&tap).iter().any(|point| !point.result);
        assert_eq!(is_failed, status == 1, "{capability}");
    }
}

#[test]
fn several_capabilities_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.json");
    std::fs::write(&file, r#"{"b*":["publish"]}"#).unwrap();
    let at = format!("@{}", file.display());
    let found = lint(&[r#"{"a*":["publish"]}"#, &at, "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&found[0]["argument"], &found[1]["argument"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(found[0].get("file"), None);
    assert_eq!(found[1]["file"], at[1..]);
    let table = lint(&[r#"{"a*":["publish"]}"#, &at]).exits(0).stdout;
    assert!(
        table.contains("capability 1: ") && table.contains("c.json: "),
        "{table}"
    );
    let one = lint(&[r#"{"a*":["publish"]}"#]).exits(0).stdout;
    assert!(one.contains("]: the capability: "), "{one}");
    let twice = lint(&["-", "-"]).exits(2);
    assert!(twice.stderr.contains("give `-` once"), "{twice:?}");
}

#[test]
fn token_rules_are_cases_with_severities_of_a_policy() {
    let minted = token(&[
        "--client-id",
        "a",
        "--ttl",
        "30s",
        "--capability",
        r#"{"a":["*"]}"#,
    ]);
    let claims = |arguments: &[&str]| {
        let mut all = vec!["claims", "lint", minted.as_str()];
        all.extend(arguments);
        chatctl(&all).run()
    };
    let junit = claims(&["--format", "junit"]).exits(0).stdout;
    let read = junit_parser::from_reader(junit.as_bytes()).unwrap();
    assert_eq!((read.failures, read.skipped), (0, 0));
    assert!(read.tests > 20, "{}", read.tests);
    assert!(!junit.contains(&minted), "the token is shown");
    let policy = Policy::new("[lint.ttl-short]\nseverity = 'error'\nreason = 'they renew'\n");
    let path = policy.path();
    let path = path.to_str().unwrap();
    let tap = claims(&["--format", "tap", "--policy", path])
        .exits(1)
        .stdout;
    let failed = points(&tap);
    let failed: Vec<_> = failed.iter().filter(|point| !point.result).collect();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].desc.unwrap().contains("the token: ttl-short"));
    assert_eq!(
        codes(&claims(&["--json", "--policy", path]).exits(1).json()),
        [("ttl-short", "error")]
    );
    let github = claims(&["--format", "github"]).exits(0).stdout;
    assert!(
        github.starts_with("::warning title=ttl-short::the token: it lives for 30 s"),
        "{github}"
    );
    // What is no token has been looked at by one rule.
    let tap = chatctl(&["claims", "lint", "nonsense", "--format", "tap"])
        .run()
        .exits(1);
    assert!(
        tap.stdout
            .contains("\n1..1\nnot ok 1 - the token: not-a-jwt\n"),
        "{tap:?}"
    );
    claims(&["--policy", "no-such-file.toml"]).exits(2);
    claims(&["--format", "xml"]).exits(2);
}

#[test]
fn bare_name_of_a_file_is_answered_with_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rights");
    std::fs::write(&file, r#"{"lobby":["publish"]}"#).unwrap();
    let file = file.to_str().unwrap();
    for arguments in [
        &["capability", "lint", file][..],
        &["capability", "lint", "missing.json"],
        &["capability", "diff", file, "{}"],
        &[
            "capability",
            "check",
            "lobby",
            "--op",
            "publish",
            "--capability",
            file,
        ],
        &["claims", "lint", file],
        &["claims", "decode", "missing.jwt"],
        &[
            "token",
            "mint",
            "--key",
            crate::harness::KEY,
            "--capability",
            file,
        ],
    ] {
        let ran = chatctl(arguments).run().exits(2);
        assert!(ran.stderr.contains("is the name of a file"), "{ran:?}");
        assert!(ran.stderr.contains("read it with @: @"), "{ran:?}");
    }
    lint(&[&format!("@{file}")]).exits(0);
}
