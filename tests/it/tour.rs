//! The five minutes of README.md, typed on a terminal of 80 columns and 24 rows by somebody who knows only that.

use std::path::Path;
use std::process::Command;

use crate::pty::Terminal;
use crate::running::path_with_chatctl;

/// A shell on a terminal, in a home folder.
struct Shell(Terminal);

impl Shell {
    fn start(home: &Path) -> Self {
        let mut command = Command::new("bash");
        command
            .args(["--norc", "--noprofile", "-i"])
            .env("HOME", home)
            .env("PATH", path_with_chatctl())
            .env("LC_ALL", "C.UTF-8")
            .env("PS1", "[$?]> ")
            .current_dir(home);
        let shell = Self(Terminal::start(&command, 80));
        shell.0.shows("[0]>");
        shell
    }

    /// Types a command on an empty screen, and returns the lines once the shell asks for the next one.
    fn types(&self, command: &str) -> Vec<String> {
        self.0.types("clear\r");
        self.0.until("an empty screen", |lines| {
            lines.len() == 1 && lines[0].starts_with('[')
        });
        self.0.types(&format!("{command}\r"));
        self.0.until(command, |lines| {
            lines.len() > 1
                && lines
                    .last()
                    .is_some_and(|line| line.starts_with('[') && line.ends_with('>'))
        });
        self.0.lines()
    }
}

/// The commands of a section of README.md, with the lines that each shows.
fn steps(title: &str) -> Vec<(String, Vec<String>)> {
    let text = include_str!("../../README.md");
    let start = text.find(&format!("\n## {title}\n")).unwrap() + 1;
    let section = &text[start..];
    let section = section[3..].split("\n## ").next().unwrap();
    let mut steps: Vec<(String, Vec<String>)> = Vec::new();
    let mut in_block = false;
    for line in section.lines() {
        match (line, steps.last_mut()) {
            ("```console", _) => in_block = true,
            ("```", _) => in_block = false,
            (line, _) if in_block && line.starts_with("$ ") => {
                steps.push((line[2..].to_owned(), Vec::new()));
            }
            (line, Some((_, shown))) if in_block => shown.push(line.to_owned()),
            _ => {}
        }
    }
    steps
}

/// The words of a line that are the same in each run, and on a terminal as in a pipe.
fn lasting_words(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split_whitespace();
    let words =
        words.filter(|word| !matches!(*word, "just" | "now" | "second" | "seconds" | "ago"));
    words.filter(|word| word.len() > 2 && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-'))
}

#[test]
fn the_five_minutes_work_on_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let shell = Shell::start(home.path());
    let steps = steps("Five minutes");
    assert!(steps.len() > 8, "{}", steps.len());
    for (command, shown) in &steps {
        let lines = shell.types(command);
        let screen = lines.join(" ");
        for word in shown.iter().flat_map(|line| lasting_words(line)) {
            assert!(
                screen.contains(word),
                "{command}: '{word}' is not in {lines:#?}"
            );
        }
        assert_eq!(lines.last().unwrap(), "[0]>", "{command}: {lines:#?}");
    }
    shell.types("chatctl local stop");
}

#[test]
fn two_terminals_see_each_other_with_roles_tests_and_a_front_end() {
    let home = tempfile::tempdir().unwrap();
    let (ann, bob) = (Shell::start(home.path()), Shell::start(home.path()));
    // A room in two terminals.
    ann.0.types("chatctl room join lobby --client-id ann\r");
    ann.0.shows("ann");
    bob.types("chatctl room send lobby 'tests are green' --client-id bob");
    ann.0.shows("tests are green");
    ann.0.types("ship it\r");
    let history = || bob.types("chatctl room history lobby --jq '.[].text'");
    while !history().iter().any(|line| line == "ship it") {}
    ann.0.types("\u{4}");
    ann.0.shows("[0]>");
    // A token for each of two roles, and why one is denied.
    bob.types("READER=$(chatctl token mint --client-id bob --grant lobby=receive-messages)");
    let denied =
        bob.types("eval \"$(chatctl local env)\"; chatctl room send lobby x --token \"$READER\"");
    assert_eq!(denied.last().unwrap(), "[4]>", "{denied:#?}");
    assert!(denied.join(" ").contains("40160"), "{denied:#?}");
    let why =
        bob.types("chatctl capability explain lobby --feature send-messages --token \"$READER\"");
    assert!(why.join(" ").contains("grants only subscribe"), "{why:#?}");
    // The tests of an app.
    let ran = bob
        .types("chatctl exec -- sh -c 'chatctl room send lobby hi --client-id ci >sent; exit 7'");
    assert_eq!(ran.last().unwrap(), "[7]>", "{ran:#?}");
    // A server for a front end, on a port that is free, and a client that gets its token from there.
    ann.0
        .types("chatctl serve --dev --listen 127.0.0.1:0 >url\r");
    bob.types("until [ -s url ]; do sleep 0.1; done; URL=$(cat url)");
    let sent = bob.types(
        "unset ABLY_API_KEY ABLY_PORT ABLY_TLS; ABLY_ENDPOINT=$URL chatctl room send lobby web \
         --auth-url \"$URL/api/ably-jwt\" --auth-param clientId=web",
    );
    assert_eq!(sent.last().unwrap(), "[0]>", "{sent:#?}");
    ann.0.shows("publish");
    ann.0.types("\u{3}");
    bob.types("unset ABLY_ENDPOINT; chatctl local stop");
}
