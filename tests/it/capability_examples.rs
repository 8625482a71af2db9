//! `examples/`: the policy passes offline and live, each of ten mutations of it is caught both ways, and what the
//! examples for CI run, runs.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::capability_policy::Policy;
use crate::running::{Server, path};

const POLICY: &str = include_str!("../../examples/policy/policy.toml");

/// What somebody might do to the policy.
const MUTATIONS: [(&str, &str, &str); 10] = [
    (
        "guests may write",
        r#"grant = { lobby = ["message-history"]"#,
        r#"grant = { lobby = ["message-history", "send-messages"]"#,
    ),
    (
        "guests can't read back",
        r#"announcements = ["message-history"] }"#,
        r#"announcements = ["receive-messages"] }"#,
    ),
    (
        "members only have one DM",
        r#""dms:*" = ["all"]"#,
        r#"dms = ["all"]"#,
    ),
    (
        "members are everywhere",
        r#""dms:*" = ["all"]"#,
        r#""*" = ["all"]"#,
    ),
    (
        "members delete anything",
        "lobby = [\"all\"]\n\"dms",
        "lobby = [\"all\", \"message-delete-any\"]\n\"dms",
    ),
    (
        "members announce",
        r#"announcements = ["message-history", "message-reactions"]"#,
        r#"announcements = ["message-history", "message-reactions", "send-messages"]"#,
    ),
    (
        "moderators can't moderate",
        r#"lobby = ["all", "message-delete-any"]"#,
        r#"lobby = ["all"]"#,
    ),
    (
        "moderators look like members",
        r#"'{"role":"moderator"}' }"#,
        r#"'{"role":"member"}' }"#,
    ),
    (
        "the bot listens",
        r#"capability = { announcements = ["publish","#,
        r#"capability = { announcements = ["publish", "subscribe","#,
    ),
    (
        "the bot can't correct itself",
        r#"["publish", "message-update-own", "message-delete-own"]"#,
        r#"["publish", "message-delete-own"]"#,
    ),
];

fn live(policy: &Policy, server: &Server) -> (i32, Value) {
    let ran = policy
        .test(&["--live", "--json"])
        .with_key()
        .env("ABLY_ENDPOINT", &server.url)
        .run();
    (ran.status, ran.json())
}

#[test]
fn the_policy_passes_offline_and_live() {
    let policy = Policy::new(POLICY);
    policy
        .test(&["--min-coverage", "100", "--mutate"])
        .run()
        .exits(0);
    let (status, report) = live(&policy, &Server::start());
    assert_eq!(status, 0, "{report}");
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.len() > 100);
    assert!(checks.iter().all(|check| check["differs"] != true));
    let proved = checks
        .iter()
        .filter(|check| check["live"]["passed"] == true)
        .count();
    assert!(proved > 100, "{proved}");
}

#[test]
fn ten_mutations_are_each_caught_offline_and_live() {
    let server = Server::start();
    for (what, from, to) in MUTATIONS {
        assert_eq!(POLICY.matches(from).count(), 1, "{what}: {from}");
        let policy = Policy::new(&POLICY.replace(from, to));
        policy.test(&[]).run().exits(1);
        let (status, report) = live(&policy, &server);
        assert_eq!(status, 1, "{what}");
        let checks = report["checks"].as_array().unwrap();
        let caught = |by: &dyn Fn(&Value) -> bool| checks.iter().any(by);
        assert!(
            caught(&|check| check["offline"] == false),
            "{what}: offline"
        );
        assert!(
            caught(&|check| check["live"]["passed"] == false),
            "{what}: live"
        );
    }
}

/// Runs `script` beside the example policy.
#[track_caller]
fn shell(script: &str) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["policy.toml", "policy.schema.json", "check.sh"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples/policy")
            .join(name);
        std::fs::copy(from, folder.path().join(name)).unwrap();
    }
    let binaries = Path::new(env!("CARGO_BIN_EXE_chatctl")).parent().unwrap();
    let output = Command::new("sh")
        .args(["-ec", script])
        .env_clear()
        .env("HOME", folder.path())
        .env("PATH", format!("{}:{}", binaries.display(), path()))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}: {output:?}");
}

#[test]
fn the_shell_example_runs() {
    shell("./check.sh");
}

#[test]
fn the_commands_of_the_workflow_run() {
    let workflow = include_str!("../../examples/github-actions/chat-policy.yml");
    let commands: Vec<&str> = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("run: "))
        .filter(|command| command.starts_with("chatctl "))
        .collect();
    assert_eq!(commands.len(), 3);
    shell(&commands.join("\n"));
}
