//! `chatctl capability test`: policies, filters, what is wrong in a file, coverage, mutation, credentials of roles.

use std::path::PathBuf;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{KEY, Ran, Run, chatctl, token};
use crate::running::{Process, Server, path};

/// A policy that passes.
pub(crate) const GOOD: &str = r#"
[roles.member]
user = "ann"
client-id = "{user}"
grant = { "dms:*" = ["send-messages", "receive-messages"] }
claims = { "dms:*" = '{"role":"{role}"}' }
forbid = ["message-delete-any"]

[[test]]
name = "members talk in DMs and nowhere else"
role = "member"
rooms = ["dms:{user}", "dms:a:b"]
only = ["send-messages", "receive-messages", "typing", "room-reactions"]
rule = "dms:*"
user-claim = '{"role":"member"}'
client-id = "ann"
min-ttl = "10m"
max-ttl = "1h"

[[test]]
name = "and not in the lobby"
roles = ["member"]
room = "lobby"
deny = ["send-messages", "op:presence", "presence"]
only = []
user-claim = false
"#;

/// A policy in a folder of its own.
pub(crate) struct Policy {
    folder: TempDir,
}

impl Policy {
    pub(crate) fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("policy.toml"), text).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("policy.toml")
    }

    /// `chatctl capability test` on it.
    pub(crate) fn test(&self, arguments: &[&str]) -> Run {
        let path = self.path();
        let all: Vec<&str> = ["capability", "test", path.to_str().unwrap()]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        chatctl(&all)
    }
}

#[track_caller]
fn fault(text: &str, arguments: &[&str]) -> Ran {
    Policy::new(text).test(arguments).run().exits(2)
}

fn failed(report: &Value) -> Vec<String> {
    report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["passed"] == false)
        .map(|check| {
            format!(
                "{} {}",
                check["expect"].as_str().unwrap(),
                check["roomName"].as_str().unwrap_or("-")
            )
        })
        .collect()
}

#[test]
fn a_policy_passes_and_each_wrong_line_fails() {
    let good = Policy::new(GOOD).test(&["--json"]).run().exits(0).json();
    assert_eq!((&good["failed"], &good["unknown"]), (&json!(0), &json!(0)));
    assert_eq!(good["coverage"]["percent"], 100.0);
    let first = &good["checks"][1];
    assert_eq!(first["expect"], "client-id");
    let allow = &good["checks"][4];
    assert_eq!(allow["roomName"], "dms:ann");
    assert_eq!(allow["feature"], "send-messages");
    assert_eq!(
        allow["rules"][0],
        json!({"resource": "dms:*", "operations": ["publish", "subscribe"]})
    );
    for (from, to, expected) in [
        ("grant = { \"dms:*\"", "grant = { \"*\"", "rule dms:ann"),
        (
            "\"receive-messages\"] }",
            "\"receive-messages\", \"history\"] }",
            "only dms:ann",
        ),
        (
            "\"receive-messages\"] }",
            "\"message-delete-any\"] }",
            "forbid -",
        ),
        ("'{\"role\":\"member\"}'", "'member'", "user-claim dms:ann"),
        ("client-id = \"ann\"", "client-id = \"bob\"", "client-id -"),
        ("client-id = \"ann\"", "client-id = false", "client-id -"),
        ("max-ttl = \"1h\"", "max-ttl = \"30m\"", "max-ttl -"),
        ("min-ttl = \"10m\"", "min-ttl = \"2h\"", "min-ttl -"),
        (
            "deny = [\"send-messages\"",
            "allow = [\"send-messages\"",
            "allow lobby",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let report = Policy::new(&GOOD.replace(from, to))
            .test(&["--json"])
            .run()
            .exits(1)
            .json();
        assert!(
            failed(&report).contains(&expected.to_owned()),
            "{to}: {:?}",
            failed(&report)
        );
    }
}

#[test]
fn the_table_says_what_was_found_instead() {
    let wrong = GOOD.replace("rooms = [\"dms:{user}\"", "rooms = [\"hall\"");
    let ran = Policy::new(&wrong).test(&[]).run().exits(1);
    assert!(ran.stdout.contains("FAIL members talk in DMs"), "{ran:?}");
    assert!(
        ran.stdout
            .contains(":10: expected: hall: send-messages is allowed"),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("found: no rule grants publish here"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("ok   and not in the lobby"), "{ran:?}");
    assert!(
        ran.stdout.contains("no line mentions:") || ran.stdout.contains("exercised"),
        "{ran:?}"
    );
}

#[test]
fn filters_choose_and_the_first_failure_may_end_it() {
    let count = |arguments: &[&str]| -> usize {
        let report = Policy::new(GOOD).test(arguments).run().exits(0).json();
        report["checks"].as_array().unwrap().len()
    };
    let all = count(&["--json"]);
    assert!(count(&["--json", "--room", "lobby"]) < all);
    assert!(count(&["--json", "--test", "not in the"]) < all);
    assert_eq!(count(&["--json", "--role", "member"]), all);
    let bad = GOOD.replace("client-id = \"ann\"", "client-id = \"bob\"");
    let report = Policy::new(&bad)
        .test(&["--fail-fast", "--json"])
        .run()
        .exits(1)
        .json();
    assert_eq!(report["failed"], 1);
    assert!(report["leftOut"].as_u64().unwrap() > 5);
    fault(GOOD, &["--test", "no such"]);
    fault(GOOD, &["--role", "nobody"]);
}

#[test]
fn file_faults_name_the_place_and_the_nearest_word() {
    for (from, to, place, words) in [
        (
            "only = [\"send-messages\"",
            "only = [\"send-mesages\"",
            ":13:9:",
            "did you mean 'send-messages'?",
        ),
        (
            "[\"send-messages\", \"receive",
            "[\"publsh\", \"receive",
            ":5:22:",
            "did you mean 'publish'?",
        ),
        (
            "role = \"member\"\n",
            "role = \"membr\"\n",
            ":11:8:",
            "did you mean 'member'?",
        ),
        ("deny = ", "dney = ", ":24:1:", "did you mean 'deny'?"),
        (
            "max-ttl = \"1h\"",
            "max-ttl = \"soon\"",
            ":18:11:",
            "is not a duration",
        ),
        (
            "room = \"lobby\"",
            "room = \":lobby\"",
            ":23:8:",
            "Invalid room name",
        ),
        (
            "\"dms:*\" = '{",
            "\"[meta]x\" = '{",
            ":6:12:",
            "matches no room",
        ),
        (
            "grant = {",
            "capability = {",
            ":5:14:",
            "features are given with 'grant'",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let ran = fault(&GOOD.replacen(from, to, 1), &[]);
        assert!(
            ran.stderr.contains(place) && ran.stderr.contains(words),
            "{to}: {}",
            ran.stderr
        );
    }
    for (text, words) in [
        (
            "[roles.a]\ngrant = 'x'\n",
            ":2:9: must be a table, not a string",
        ),
        ("[roles.a]\ngrnt = 1\n", ":2:1: unknown key 'grnt'"),
        ("[[test]]\nrole = 'a'\n", ":1:1: 'name' is missing"),
        (
            "[roles.a]\nclient-id = 3\n",
            ":2:13: must be a string or false",
        ),
        ("", "there is no test"),
        ("[roles.a]\ngrant = {}\n", "there is no test"),
        (
            "[roles.a]\n[[test]]\nname='x'\nrole='a'\nroom='r'\nonly=[]\n",
            "has no rights",
        ),
        ("[[test]]\nname='x'\n", "names no role"),
        (
            "[roles.a]\ngrant={}\n[[test]]\nname='x'\nrole='a'\nallow=['typing']\n",
            "names no room",
        ),
        (
            "[roles.a]\ngrant={}\n[[test]]\nname='x'\nrole='a'\nroom='r'\n",
            "expects nothing",
        ),
        (
            "[roles.a]\nkey='a.b:c'\n[[test]]\nname='x'\nrole='a'\nroom='r'\nonly=[]\n",
            ":1:1: the rights of role 'a' are known to the service only",
        ),
        ("[roles.a]\nkey='$NO_SUCH_KEY'\n", "NO_SUCH_KEY is not set"),
        ("[roles.a]\nkey='a.b:c'\ntoken-command='x'\n", "both"),
        ("[[", ":1:"),
    ] {
        let ran = fault(text, &[]);
        assert!(ran.stderr.contains(words), "{text}: {}", ran.stderr);
        assert!(!ran.stderr.contains("a.b:c"), "{ran:?}");
    }
    let ran = chatctl(&["capability", "test", "no-such-file.toml"])
        .run()
        .exits(2);
    assert!(ran.stderr.contains("no-such-file.toml"), "{ran:?}");
}

#[test]
fn too_little_coverage_and_unnoticed_changes_fail() {
    let loose = "[roles.a]\ngrant = { '*' = ['all'] }\n\
                 [[test]]\nname = 'x'\nrole = 'a'\nroom = 'r'\nallow = ['typing']\n";
    let policy = Policy::new(loose);
    policy.test(&[]).run().exits(0);
    policy.test(&["--min-coverage", "20"]).run().exits(0);
    let ran = policy.test(&["--min-coverage", "80%"]).run().exits(1);
    assert!(
        ran.stdout
            .contains("not exercised: a '*': annotation-publish"),
        "{ran:?}"
    );
    policy.test(&["--min-coverage", "101"]).run().exits(2);
    let report = policy.test(&["--mutate", "--json"]).run().exits(1).json();
    let survivors = report["mutation"]["survivors"].as_array().unwrap();
    let survived = |change: &str, operation: &str| {
        survivors
            .iter()
            .any(|one| one["change"] == change && one["operation"] == operation)
    };
    assert!(
        survived("removed", "history") && survived("added", "stats"),
        "{report}"
    );
    assert!(!survived("removed", "publish"), "{report}");
    let ran = policy.test(&["--mutate"]).run().exits(1);
    assert!(
        ran.stdout.contains("no test would notice that it lost"),
        "{ran:?}"
    );
    Policy::new(GOOD)
        .test(&["--mutate", "--min-coverage", "100"])
        .run()
        .exits(0);
}

/// What is granted is noticed; two lines say the same, and one more than the rest.
const TWICE: &str = r#"
[roles.a]
grant = { "dms:*" = ["send-messages"] }

[[test]]
name = "x # 1"
role = "a"
room = "dms:a"
only = ["send-messages"]
deny = [
  "stats",
  "op:presence",
]

[[test]]
name = "no other room"
role = "a"
room = "elsewhere"
only = []
client-id = "a"
"#;

#[test]
fn redundant_expectations_are_noted_with_their_lines_and_fail_nothing() {
    let policy = Policy::new(TWICE);
    let report = policy.test(&["--mutate", "--json"]).run().exits(0).json();
    let path = policy.path();
    assert_eq!(
        report["mutation"]["redundant"],
        json!([
            denied(&policy, 11, "stats"),
            denied(&policy, 12, "presence")
        ])
    );
    let table = policy.test(&["--mutate"]).run().exits(0).stdout;
    assert!(table.contains("2 expectations are redundant: "), "{table}");
    assert!(table.contains("policy.toml:12: deny presence\n"), "{table}");
    let tap = policy
        .test(&["--mutate", "--format", "tap"])
        .run()
        .exits(0)
        .stdout;
    assert!(tap.contains("policy.toml:11: deny stats\""), "{tap}");
    let github = policy
        .test(&["--mutate", "--format", "github"])
        .run()
        .exits(0)
        .stdout;
    let note = format!(
        "::notice file={},line=12,title=redundant::deny presence: ",
        path.display()
    );
    assert!(github.contains(&note), "{github}");
    // Only with --mutate is anything weighed.
    let plain = policy.test(&["--json"]).run().exits(0).json();
    assert_eq!(plain.get("mutation"), None);
    let less = Policy::new(&TWICE.replace("  \"stats\",\n", ""));
    let report = less.test(&["--mutate", "--json"]).run().exits(0).json();
    assert_eq!(
        report["mutation"]["redundant"],
        json!([denied(&less, 11, "presence")])
    );
}

fn denied(policy: &Policy, line: usize, operation: &str) -> Value {
    let path = policy.path();
    json!({
        "test": "x # 1",
        "file": path.to_str().unwrap(),
        "line": line,
        "expect": "deny",
        "operation": operation,
    })
}

#[test]
fn a_rule_that_would_hold_everywhere_has_to_be_noticed() {
    let text = TWICE
        .replace("\"elsewhere\"", "\"dms:b\"")
        .replace("only = []", "allow = [\"publish\"]");
    let policy = Policy::new(&text);
    let report = policy.test(&["--mutate", "--json"]).run().exits(1).json();
    let survivors = report["mutation"]["survivors"].as_array().unwrap();
    let widened = json!({"role": "a", "change": "widened", "resource": "dms:*", "operation": null, "sameRights": false});
    assert!(survivors.contains(&widened), "{report}");
    let path = policy.path();
    let github = policy
        .test(&["--mutate", "--format", "github"])
        .run()
        .exits(1)
        .stdout;
    let line = format!(
        "::error file={},line=2,title=not noticed::a 'dms:*': no test would notice that it held everywhere",
        path.display()
    );
    assert!(github.contains(&line), "{github}");
    let junit = policy
        .test(&["--mutate", "--format", "junit"])
        .run()
        .exits(1)
        .stdout;
    let read = junit_parser::from_reader(junit.as_bytes()).unwrap();
    let case = &read.suites.last().unwrap().cases[0];
    assert!(case.status.is_failure());
    let said = case.system_out.as_deref().unwrap();
    assert!(said.contains("survived: a 'dms:*': no test"), "{said}");
}

#[test]
fn rights_of_other_roles_are_no_gap() {
    let policy = Policy::new(&format!(
        "{TWICE}\n[roles.other]\ngrant = {{ hall = ['all'] }}\n"
    ));
    let all = ["--mutate", "--min-coverage", "100"];
    policy.test(&all).run().exits(1);
    let one: Vec<&str> = all.iter().chain(&["--role", "a"]).copied().collect();
    policy.test(&one).run().exits(0);
}

#[test]
fn policy_may_come_from_stdin_or_an_at_argument() {
    let ran = chatctl(&["capability", "test", "-", "--json"])
        .stdin(GOOD)
        .run()
        .exits(0);
    assert_eq!(ran.json()["checks"][0]["file"], "standard input");
    let policy = Policy::new(GOOD);
    let at = format!("@{}", policy.path().display());
    let ran = chatctl(&["capability", "test", &at, "--json"])
        .run()
        .exits(0);
    assert_eq!(ran.json()["checks"][0]["file"], at[1..]);
    let asked = chatctl(&["capability", "who-can", "publish", "dms:a", "--policy", "-"])
        .stdin(GOOD)
        .run()
        .exits(0);
    assert!(asked.stdout.contains("member"), "{asked:?}");
    let linted = chatctl(&["capability", "lint", "--policy", "-", "--json"])
        .stdin(GOOD)
        .run()
        .exits(0);
    assert_eq!(linted.json()[0]["file"], "standard input");
    for twice in [
        &["capability", "test", "-", "-"][..],
        &["capability", "lint", "-", "--policy", "-"],
        &[
            "capability",
            "who-can",
            "publish",
            "a",
            "--tokens",
            "-",
            "--policy",
            "-",
        ],
        &["claims", "lint", "-", "--policy", "-"],
    ] {
        let ran = chatctl(twice).stdin(GOOD).run().exits(2);
        assert!(ran.stderr.contains("give `-` once"), "{twice:?}: {ran:?}");
    }
}

#[test]
fn what_no_service_takes_of_a_role_is_refused() {
    let role = |more: &str| {
        format!("[roles.member]\n{more}\n[[test]]\nname = 'x'\nrole = 'member'\nmax-ttl = '48h'\n")
    };
    for (more, words) in [
        (
            "grant = { a = ['publish'] }\nttl = '48h'",
            ":3:7: ttl must be at least one second",
        ),
        (
            "grant = { a = ['publish'] }\nttl = '0s'",
            "at most 24 hours",
        ),
        (
            "grant = { a = ['publish'] }\nclient-id = ''",
            "role 'member': ",
        ),
        (
            "token-command = 'true'\nttl = '1h'",
            "has a ttl, which only tokens that are minted",
        ),
    ] {
        let ran = fault(&role(more), &[]);
        assert!(ran.stderr.contains(words), "{more}: {ran:?}");
    }
    let near = fault(GOOD, &["--role", "membr"]);
    assert!(near.stderr.contains("did you mean 'member'?"), "{near:?}");
    let less = fault(GOOD, &["--min-coverage", "-1"]);
    assert!(
        less.stderr.contains("must be a number from 0 to 100"),
        "{less:?}"
    );
}

#[test]
fn a_command_that_prints_no_token_is_said_to() {
    let text = "[roles.a]\ntoken-command = 'echo login-failed'\n\
                [[test]]\nname = 'x'\nrole = 'a'\nroom = 'r'\nallow = ['publish']\n";
    let ran = Policy::new(text).test(&["--run-commands"]).run();
    assert_ne!(ran.status, 0);
    assert!(
        ran.stderr.contains("the token of role 'a': not a token"),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains("login-failed"), "{ran:?}");
}

#[test]
fn a_role_may_hold_a_token_that_a_command_prints() {
    let minted = token(&[
        "--client-id",
        "cara",
        "--ttl",
        "2h",
        "--capability",
        r#"{"a:*":["publish","history"]}"#,
        "--claim",
        "a:*=x",
    ]);
    let text = format!(
        "[roles.holder]\ntoken-command = 'echo {minted}'\ncapability = {{ '*' = ['publish', 'subscribe'] }}\n\
         [[test]]\nname = 'x'\nrole = 'holder'\nroom = 'a:b'\nonly = ['publish']\nclient-id = 'cara'\n\
         user-claim = 'x'\nmin-ttl = '2h'\nmax-ttl = '2h'\n"
    );
    let run = |text: &str| {
        Policy::new(text)
            .test(&["--json", "--run-commands"])
            .env("PATH", &path())
            .run()
    };
    run(&text).exits(0);
    let wrong = run(&text.replace("max-ttl = '2h'", "max-ttl = '1h'"))
        .exits(1)
        .json();
    assert_eq!(failed(&wrong), ["max-ttl -"]);
    let none = run(&text.replace("echo", "false")).exits(3);
    assert_eq!(none.error()["code"], 40170);
    assert!(!none.stderr.contains(&minted), "{none:?}");
}

#[test]
fn token_with_empty_capability_has_that_of_its_key() {
    let minted = token(&["--client-id=cara", "--set", r#"x-ably-capability="""#]);
    let text = format!(
        "[roles.holder]\ntoken-command = 'echo {minted}'\ncapability = {{ 'a:*' = ['publish'] }}\n\
         [[test]]\nname = 'x'\nrole = 'holder'\nroom = 'a:b'\nonly = ['publish']\n"
    );
    Policy::new(&text)
        .test(&["--run-commands"])
        .env("PATH", &path())
        .run()
        .exits(0);
}

#[test]
fn token_commands_are_run_only_where_they_are_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    let text = format!(
        "[roles.a]\ntoken-command = 'touch {}'\n\
         [[test]]\nname = 'x'\nrole = 'a'\nroom = 'r'\nallow = ['publish']\n",
        ran.display()
    );
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, text).unwrap();
    let policy = policy.to_str().unwrap();
    for (arguments, status) in [
        (&["test", policy][..], 2),
        (&["who-can", "publish", "lobby", "--policy", policy], 2),
        (&["lint", "--policy", policy], 0),
    ] {
        let all = [&["capability"][..], arguments].concat();
        let refused = chatctl(&all).env("PATH", &path()).run().exits(status);
        assert!(!ran.exists(), "{arguments:?}");
        assert_eq!(refused.stderr.contains("--run-commands"), status == 2);
    }
    let all = ["capability", "test", policy, "--run-commands"];
    chatctl(&all).env("PATH", &path()).run();
    assert!(ran.exists());
}

#[test]
fn live_and_offline_are_both_asked_and_nothing_stays_behind() {
    let server = Server::start();
    let policy = Policy::new(GOOD);
    let run = |arguments: &[&str]| {
        policy
            .test(arguments)
            .with_key()
            .env("ABLY_ENDPOINT", &server.url)
            .run()
    };
    let report = run(&["--live", "--json"]).exits(0).json();
    let live: Vec<&Value> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["expect"] == "allow")
        .map(|check| &check["live"])
        .collect();
    assert_eq!(live.len(), 8);
    for seen in live {
        assert_eq!(seen["passed"], true, "{seen}");
        let room = seen["roomName"].as_str().unwrap();
        assert!(
            room.starts_with("dms:") && room.contains("chatctl-"),
            "{seen}"
        );
        let left = server
            .chatctl(&[
                "room",
                "history",
                room,
                "--jq",
                r#"[.[] | select(.action != "message.delete")] | length"#,
            ])
            .run()
            .exits(0);
        assert_eq!(left.word(), "0");
        let members = server
            .chatctl(&["presence", "list", room, "--json"])
            .run()
            .exits(0);
        assert_eq!(members.json(), json!([]));
    }
    let table = run(&["--live"]).exits(0).stdout;
    let unproved = table
        .lines()
        .find(|line| line.starts_with("not proved live: "));
    let is_counted = table.contains("not proved live (below)");
    assert_eq!(unproved.is_some(), is_counted, "{table}");
    let file = policy.path();
    assert!(unproved.is_none_or(|line| line.contains(file.to_str().unwrap())));
    let one = run(&["--live", "--jobs", "1", "--room", "lobby", "--json"])
        .exits(0)
        .json();
    assert_eq!(one["failed"], 0);
    run(&["--live", "--jobs", "0"]).exits(2);
}

#[test]
fn where_live_and_offline_differ_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    std::fs::write(
        &config,
        "[[keys]]\nkey = 'app.narrow:secret'\ncapability = { 'dms:*' = ['subscribe'] }\n",
    )
    .unwrap();
    let server = Server::start_with(&[
        "--listen",
        "127.0.0.1:0",
        "--config",
        config.to_str().unwrap(),
    ]);
    let text = "[roles.member]\ngrant = { 'dms:*' = ['send-messages', 'receive-messages'] }\n\
                [[test]]\nname = 'x'\nrole = 'member'\nroom = 'dms:a'\nallow = ['send-messages', 'receive-messages']\n";
    let policy = Policy::new(text);
    policy.test(&[]).run().exits(0);
    // The key that mints the token may less than the policy believes.
    let run = |arguments: &[&str]| {
        policy
            .test(arguments)
            .env("ABLY_API_KEY", "app.narrow:secret")
            .env("ABLY_ENDPOINT", &server.url)
            .run()
    };
    let report = run(&["--live", "--json"]).exits(1).json();
    let send = &report["checks"][0];
    assert_eq!(
        (&send["offline"], &send["live"]["passed"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(send["differs"], true);
    assert_eq!(report["checks"][1]["differs"], false);
    let table = run(&["--live"]).exits(1);
    assert!(
        table.stdout.contains("live and offline differ: "),
        "{table:?}"
    );
}

#[test]
fn what_only_the_service_knows_is_proved_live() {
    let server = Server::start();
    let text = "[roles.owner]\nkey = '$OWNER_KEY'\nclient-id = 'o'\n\
                [[test]]\nname = 'x'\nrole = 'owner'\nroom = 'r'\nallow = ['typing', 'presence', 'message-delete-any']\n";
    let policy = Policy::new(text);
    let run = |key: &str, arguments: &[&str]| {
        policy
            .test(arguments)
            .with_key()
            .env("OWNER_KEY", key)
            .env("ABLY_ENDPOINT", &server.url)
            .run()
    };
    run(KEY, &[]).exits(2);
    let report = run(KEY, &["--live", "--json"]).exits(0).json();
    assert_eq!(report["checks"][0]["offline"], Value::Null);
    assert_eq!(report["passed"], 3);
    // Credentials that the service does not take say nothing of rights.
    let wrong = run("appid.keyid:wrong", &["--live", "--json"])
        .exits(1)
        .json();
    let found = wrong["checks"][0]["live"]["found"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        found.contains("it could not be done") && !found.contains("wrong"),
        "{found}"
    );
}

#[test]
fn a_token_of_a_command_is_proved_live() {
    let server = Server::start();
    let minted = token(&[
        "--client-id",
        "cara",
        "--allow",
        "a:*=publish,presence",
        "--claim",
        "a:*=x",
    ]);
    let text = format!(
        "[roles.holder]\ntoken-command = 'echo {minted}'\n\
         [[test]]\nname = 'x'\nrole = 'holder'\nroom = 'a:b'\nonly = ['publish', 'op:presence']\n\
         client-id = 'cara'\nuser-claim = 'x'\n"
    );
    let report = Policy::new(&text)
        .test(&["--live", "--json"])
        .with_key()
        .env("PATH", &path())
        .env("ABLY_ENDPOINT", &server.url)
        .run()
        .exits(0)
        .json();
    let live: Vec<&Value> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| &check["live"]["passed"])
        .collect();
    assert_eq!(live, [true; 5], "{report}");
}

#[test]
fn an_interrupted_run_undoes_what_it_began() {
    let server = Server::start();
    let rooms: Vec<String> = (0..400).map(|number| format!("'dms:{number}'")).collect();
    let text = format!(
        "[roles.member]\ngrant = {{ 'dms:*' = ['all'] }}\n\
         [[test]]\nname = 'x'\nrole = 'member'\nrooms = [{}]\nallow = ['send-messages', 'presence', 'typing']\n",
        rooms.join(", ")
    );
    let policy = Policy::new(&text);
    let path = policy.path();
    let arguments = [
        "capability",
        "test",
        path.to_str().unwrap(),
        "--live",
        "--json",
        "--jobs",
        "2",
    ];
    let mut process = Process::start(server.command(&arguments));
    while server
        .chatctl(&["room", "list", "--json"])
        .run()
        .exits(0)
        .json()
        == json!([])
    {}
    process.signal(Signal::INT);
    let report = process.stdout.json();
    process.ends_with(130);
    assert!(report["leftOut"].as_u64().unwrap() > 0, "{report}");
    let checks = report["checks"].as_array().unwrap();
    let room = checks.last().unwrap()["live"]["roomName"].as_str().unwrap();
    let left = server
        .chatctl(&["room", "history", room, "--jq", ".[].action"])
        .run()
        .exits(0);
    assert_eq!(left.word(), "message.delete");
    assert_eq!(
        server
            .chatctl(&["room", "list", "--json"])
            .run()
            .exits(0)
            .json(),
        json!([])
    );
}

#[test]
fn live_needs_a_key_and_an_endpoint_that_answers() {
    let policy = Policy::new(GOOD);
    let ran = policy.test(&["--live"]).run().exits(2);
    assert!(ran.stderr.contains("chatctl exec"), "{ran:?}");
    let server = Server::start();
    policy
        .test(&["--live"])
        .env("ABLY_API_KEY", "appid.keyid:wrong")
        .env("ABLY_ENDPOINT", &server.url)
        .run()
        .exits(3);
    policy
        .test(&["--live", "--timeout", "2s"])
        .with_key()
        .env("ABLY_ENDPOINT", "http://127.0.0.1:1")
        .run()
        .exits(5);
}
