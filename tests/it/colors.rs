//! Colours: what gets them, and which settings decide.

use crate::harness::chatctl;
use crate::pty::Terminal;

const GREEN: &str = "\u{1b}[32m";

#[test]
fn json_is_painted_as_jq_does_where_colors_are_on() {
    let painted = chatctl(&["error", "40160", "--json", "--color", "always"]).run();
    let painted = painted.exits(0).stdout;
    assert!(
        painted.contains("\u{1b}[34;1m\"code\"\u{1b}[0m:40160"),
        "{painted}"
    );
    let filtered = [
        "error",
        "40160",
        "--jq",
        "{name}, .title",
        "--color",
        "always",
    ];
    let filtered = chatctl(&filtered).run().exits(0).stdout;
    let lines: Vec<&str> = filtered.lines().collect();
    assert!(lines[0].contains(GREEN), "{filtered}");
    assert_eq!(lines[1], "capability denied");
    let plain = chatctl(&["error", "40160", "--json"]).run().exits(0).stdout;
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn matrix_has_green_yes_and_nothing_dim() {
    let capability = r#"{"lobby":["publish","subscribe"]}"#;
    let all = [
        "capability",
        "matrix",
        "lobby",
        "--capability",
        capability,
        "--color",
        "always",
    ];
    let shown = chatctl(&all).run().exits(0).stdout;
    assert!(shown.contains(&format!("{GREEN}yes\u{1b}[0m")), "{shown}");
    assert!(!shown.contains("\u{1b}[2m"), "{shown}");
}

#[test]
fn variables_decide_where_no_flag_does() {
    let errors = |variables: &[(&str, &str)]| {
        let mut run = chatctl(&["capability", "matrix", ":x", "--capability", "{}"]);
        for (name, value) in variables {
            run = run.env(name, value);
        }
        run.run().exits(2).stderr
    };
    for (arguments, painted) in [
        (["token", "nosuch", "--color=always"], true),
        (["token", "nosuch", "--color=never"], false),
    ] {
        let ran = chatctl(&arguments)
            .env("CLICOLOR_FORCE", "1")
            .run()
            .exits(2);
        assert_eq!(ran.stderr.contains('\u{1b}'), painted, "{ran:?}");
    }
    assert!(!errors(&[]).contains('\u{1b}'));
    assert!(errors(&[("CLICOLOR_FORCE", "1")]).starts_with("\u{1b}[1;31merror:"));
    assert!(!errors(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
}

#[test]
fn errors_wrap_at_the_width_of_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chatctl"));
    command
        .args([
            "error", "one", "two", "three", "four", "five", "six", "seven",
        ])
        .env_clear()
        .current_dir(folder.path());
    let mut terminal = Terminal::start(&command, 40);
    terminal.until("an error that wraps with an indent", |lines| {
        lines
            .iter()
            .any(|line| line.starts_with("error: no error code"))
            && lines.iter().any(|line| line.starts_with("  "))
            && lines.iter().all(|line| line.chars().count() <= 40)
    });
    terminal.ends_with(1);
}
