//! The forms of `chatctl capability test`, read by parsers that others wrote; and the schema.

use serde_json::{Value, json};
use tap_parser::{DirectiveKind, TapParser, TapStatement};

use crate::capability_policy::{GOOD, Policy};
use crate::harness::chatctl;
use crate::running::Server;

/// Two tests with what forms must escape: one line that fails, and one that passes.
const MIXED: &str = r#"
[roles.a]
grant = { "*" = ["send-messages"] }

[[test]]
name = "less < more & 'some' \"quoted\" # 1, 2: 100%"
role = "a"
room = "r"
allow = ["send-messages"]
deny = ["publish"]

[[test]]
name = "plain"
role = "a"
room = "r"
deny = ["typing"]
"#;

const NAME: &str = r#"less < more & 'some' "quoted" # 1, 2: 100%"#;

#[test]
fn junit_is_read_by_a_parser() {
    let ran = Policy::new(MIXED)
        .test(&["--format", "junit", "--min-coverage", "50"])
        .run()
        .exits(1);
    let read = junit_parser::from_reader(ran.stdout.as_bytes()).unwrap();
    assert_eq!(
        (read.tests, read.failures, read.errors, read.skipped),
        (4, 1, 0, 0)
    );
    assert_eq!(read.suites.len(), 3);
    let suite = &read.suites[0];
    assert_eq!(suite.name, NAME);
    assert_eq!((suite.tests, suite.failures), (2, 1));
    let case = &suite.cases[1];
    assert_eq!(case.original_name, "r: publish is denied");
    assert_eq!(case.classname.as_deref(), Some("a"));
    assert_eq!(case.line, Some(6));
    let failure = case.status.failure_as_ref();
    assert_eq!(failure.message, "'*' grants publish");
    assert!(suite.cases[0].status.is_success());
    let good = Policy::new(MIXED)
        .test(&["--format", "junit", "--test", "plain"])
        .run()
        .exits(0);
    assert_eq!(
        junit_parser::from_reader(good.stdout.as_bytes())
            .unwrap()
            .failures,
        0
    );
}

#[test]
fn tap_is_read_by_a_parser() {
    let ran = Policy::new(MIXED)
        .test(&["--format", "tap", "--min-coverage", "100"])
        .run()
        .exits(1);
    assert!(ran.stdout.starts_with("TAP version 14\n1..4\n"), "{ran:?}");
    let statements = TapParser::new().parse(&ran.stdout).unwrap();
    let points: Vec<_> = statements
        .iter()
        .filter_map(|statement| match statement {
            TapStatement::TestPoint(point) => Some(point),
            _ => None,
        })
        .collect();
    let results: Vec<bool> = points.iter().map(|point| point.result).collect();
    assert_eq!(results, [true, false, true, true]);
    assert!(
        points
            .iter()
            .enumerate()
            .all(|(place, point)| point.number == Some(place + 1))
    );
    // A number sign in a name begins no directive.
    assert!(points.iter().all(|point| point.directive.is_none()));
    assert!(points[1].desc.unwrap().contains("publish is denied"));
    assert!(
        points[1].yaml.contains(&r#"message: "'*' grants publish""#),
        "{:?}",
        points[1]
    );
    assert!(points[1].yaml.contains(&"line: 6"));
}

#[test]
fn what_cannot_be_known_is_skipped_and_not_passed() {
    let server = Server::start();
    let text = "[roles.a]\nkey = 'appid.keyid:secret'\n\
                [[test]]\nname = 'x'\nrole = 'a'\nroom = 'r'\nallow = ['stats', 'publish']\n";
    let run = |format: &str| {
        Policy::new(text)
            .test(&["--live", "--format", format])
            .with_key()
            .env("ABLY_ENDPOINT", &server.url)
            .run()
            .exits(0)
    };
    let tap = run("tap").stdout;
    let statements = TapParser::new().parse(&tap).unwrap();
    let skipped = statements.iter().any(|statement| match statement {
        TapStatement::TestPoint(point) => point
            .directive
            .as_ref()
            .is_some_and(|directive| directive.kind == DirectiveKind::Skip),
        _ => false,
    });
    assert!(skipped, "{tap}");
    let junit = run("junit").stdout;
    assert_eq!(
        junit_parser::from_reader(junit.as_bytes()).unwrap().skipped,
        1
    );
}

#[test]
fn github_shows_failures_beside_their_lines() {
    let policy = Policy::new(MIXED);
    let ran = policy.test(&["--format", "github"]).run().exits(1);
    let path = policy.path();
    let expected = format!(
        "::error file={},line=6,title=less < more & 'some' \"quoted\" # 1%2C 2%3A 100%25 (a)::\
         expected: r: publish is denied; found: '*' grants publish",
        path.display()
    );
    assert_eq!(ran.stdout.lines().next().unwrap(), expected);
    assert_eq!(ran.stdout.lines().last().unwrap(), "2 passed, 1 failed");
}

/// Names that would be lines of their own, end what they stand in, or steer a terminal.
const EVIL: &str = r#"
[roles."x\u001b[31m\n::error::role\r\nnot ok 1 - role"]
client-id = "a"
grant = { "lob*" = ["publish"] }

[[test]]
name = "n\u001b[2J\n::error::test\n]]>&<\u0000"
role = "x\u001b[31m\n::error::role\r\nnot ok 1 - role"
room = "r"
allow = ["publish"]
user-claim = "c\u001b[1m\n::error::claim"
"#;

#[test]
fn names_break_no_form() {
    let policy = Policy::new(EVIL);
    let path = policy.path();
    let path = path.to_str().unwrap();
    for form in ["table", "json", "tap", "junit", "github"] {
        let test = policy.test(&["--mutate", "--format", form]).run().exits(1);
        let lint = chatctl(&["capability", "lint", "--policy", path, "--format", form])
            .run()
            .exits(0);
        for text in [&test.stdout, &lint.stdout] {
            assert!(!text.contains('\u{1b}'), "{form}: {text}");
            let is_forged = |line: &str| {
                ["::error::", "not ok 1 - role"]
                    .iter()
                    .any(|forged| line.starts_with(forged))
            };
            assert!(!text.lines().any(is_forged), "{form}: {text}");
            if form == "junit" {
                junit_parser::from_reader(text.as_bytes()).unwrap();
            }
        }
    }
}

#[test]
fn format_wins_over_output_and_jq_needs_json() {
    let policy = Policy::new(MIXED);
    let tap = policy
        .test(&["--format", "tap", "-o", "json"])
        .run()
        .exits(1);
    assert!(tap.stdout.starts_with("TAP version 14"));
    let json = policy.test(&["--format", "json"]).run().exits(1).json();
    assert_eq!(json["failed"], 1);
    let filtered = policy
        .test(&["--format", "json", "--jq", ".failed"])
        .run()
        .exits(1);
    assert_eq!(filtered.word(), "1");
    policy
        .test(&["--format", "tap", "--jq", "."])
        .run()
        .exits(2);
}

/// Returns whether `value` is what `schema` says: the part of the language that the schema uses.
fn fits(value: &Value, schema: &Value, root: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(value, root.pointer(&reference[1..]).unwrap(), root);
    }
    let has_type = match schema["type"].as_str() {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some(other) => panic!("the type {other}"),
    };
    let is_listed = schema["enum"]
        .as_array()
        .is_none_or(|list| list.contains(value));
    let is_constant = schema.get("const").is_none_or(|constant| constant == value);
    let is_any = schema["anyOf"]
        .as_array()
        .is_none_or(|any| any.iter().any(|schema| fits(value, schema, root)));
    let items = value.as_array().into_iter().flatten();
    let has_items = schema
        .get("items")
        .is_none_or(|schema| items.clone().all(|item| fits(item, schema, root)));
    let has_required = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .all(|name| value.get(name.as_str().unwrap()).is_some());
    let has_members = value
        .as_object()
        .into_iter()
        .flatten()
        .all(|(name, member)| {
            match (
                schema["properties"].get(name),
                schema.get("additionalProperties"),
            ) {
                (None, Some(Value::Bool(allowed))) => *allowed,
                (Some(schema), _) | (None, Some(schema)) => fits(member, schema, root),
                (None, None) => true,
            }
        });
    has_type && is_listed && is_constant && is_any && has_items && has_required && has_members
}

#[test]
fn output_chooses_the_form_of_test_reports() {
    let policy = Policy::new(GOOD);
    for form in ["tap", "junit", "github"] {
        let new = policy.test(&["-o", form]).run();
        let old = policy.test(&["--format", form]).run();
        assert_eq!(new.exits(0).stdout, old.exits(0).stdout, "{form}");
    }
    let other = chatctl(&["capability", "features", "-o", "tap"])
        .run()
        .exits(2);
    assert!(
        other
            .stderr
            .contains("-o tap is for commands that report tests")
    );
    assert!(other.stderr.contains("capability test"), "{other:?}");
    let set = policy.test(&[]).env("CHATCTL_OUTPUT", "tap").run().exits(2);
    assert!(
        set.stderr.contains("must be table, json or jsonl"),
        "{set:?}"
    );
}

#[test]
fn gaps_are_shown_at_the_line_of_their_role() {
    let policy = Policy::new(
        "[roles.a]\ngrant = { lobby = ['send-messages', 'typing'] }\n\n\
         [[test]]\nname = 'x'\nrole = 'a'\nroom = 'lobby'\nallow = ['send-messages']\n",
    );
    let shown = policy.test(&["-o", "github"]).run().exits(0).stdout;
    let warning = shown.lines().find(|line| line.starts_with("::warning"));
    assert!(warning.unwrap().contains("policy.toml,line=1,"), "{shown}");
}

#[test]
fn schema_accepts_what_the_parser_accepts() {
    let printed = chatctl(&["capability", "schema"]).run().exits(0);
    let schema = chatctl(&["capability", "schema", "--json"])
        .run()
        .exits(0)
        .json();
    let root = env!("CARGO_MANIFEST_DIR");
    let kept =
        std::fs::read_to_string(format!("{root}/examples/policy/policy.schema.json")).unwrap();
    assert_eq!(
        kept, printed.stdout,
        "chatctl capability schema > examples/policy/policy.schema.json"
    );
    let text = std::fs::read_to_string(format!("{root}/examples/policy/policy.toml")).unwrap();
    let example: Value =
        serde_json::to_value(toml::from_str::<toml::Value>(&text).unwrap()).unwrap();
    assert!(fits(&example, &schema, &schema));
    for (pointer, value) in [
        ("/roles/member/grnat", json!({})),
        ("/test/0/only", json!(["send-mesages"])),
        ("/test/0/user-claim", json!(true)),
        ("/roles/bot/forbid", json!("subscribe")),
    ] {
        let mut wrong = example.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[name] = value;
        assert!(!fits(&wrong, &schema, &schema), "{pointer}");
    }
}
