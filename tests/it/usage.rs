//! `chatctl usage` and `exec --usage`, from the built program.

use serde_json::Value;

use crate::harness::chatctl;

#[test]
fn usage_of_a_command_is_counted_and_printed_at_the_end() {
    let script = "chatctl room send lobby one >&2 && chatctl room send lobby two >&2 && \
                  chatctl room history lobby >&2 && chatctl usage --json && chatctl usage --all-apps >&2";
    let arguments = [
        "exec", "--usage", "--limits", "free", "--", "sh", "-c", script,
    ];
    let ran = chatctl(&arguments)
        .env("PATH", "/usr/bin:/bin")
        .run()
        .exits(0);
    let usage: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(usage["published"]["messages"], 2, "{usage}");
    assert_eq!(usage["asked"]["messages"], 2, "{usage}");
    assert_eq!(usage["messages"], 4, "{usage}");
    let last = ran.stderr.trim_end().rsplit("WHAT").next().unwrap();
    assert!(last.contains("published"), "{}", ran.stderr);
    assert!(last.contains("peak channels"), "{}", ran.stderr);
}

#[test]
fn usage_without_a_server_that_counts_says_how_to_start_one() {
    let ran = chatctl(&["usage", "--endpoint", "127.0.0.1:1"])
        .with_key()
        .run()
        .exits(2);
    assert!(ran.stderr.contains("chatctl exec"), "{ran:?}");
}
