//! The console blocks of README.md: what they type is run, and what they show is compared.
//!
//! Each block is one shell session in a home of its own, with the binary on the PATH. `$ ` begins a command; what
//! follows is what it prints, on both streams. Serials, times, ports and the like differ from run to run and are not
//! compared; `[..]` stands for any text within a line. With `CHATCTL_REFRESH=1` what is shown is written anew where it
//! is not true.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::running::path;

/// A command and what it prints.
struct Step {
    command: String,
    expected: Vec<String>,
}

/// The sessions of a text, each with the number of its first line.
fn sessions(text: &str) -> Vec<(usize, Vec<Step>)> {
    let mut sessions = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line != "```console" {
            continue;
        }
        let mut steps: Vec<Step> = Vec::new();
        for (number, line) in lines.by_ref() {
            if line == "```" {
                break;
            }
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    command: command.to_owned(),
                    expected: Vec::new(),
                }),
                (None, Some(step)) => step.expected.push(line.to_owned()),
                (None, None) => panic!("line {}: output before any command", number + 1),
            }
        }
        sessions.push((number + 1, steps));
    }
    sessions
}

/// Returns whether `line` is what `pattern` says.
fn fits(pattern: &str, line: &str) -> bool {
    let parts: Vec<&str> = pattern.split("[..]").collect();
    let [first, middle @ .., last] = &parts[..] else {
        return pattern == line;
    };
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    for part in middle {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Runs a session and gives what each command printed.
fn run(steps: &[Step]) -> Vec<Vec<String>> {
    let mut script = "exec 2>&1\n".to_owned();
    for (number, step) in steps.iter().enumerate() {
        // A build from source is what the reader does; here it is done.
        let command = step.command.replace("cargo run --release -- ", "chatctl ");
        write!(script, "{command}\nprintf '\\n@@ {number} %s\\n' $?\n").unwrap();
    }
    let home = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_chatctl")).parent().unwrap();
    let output = Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", format!("{}:{}", folder.display(), path()))
        .current_dir(home.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut rest = text.as_str();
    let mut printed = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let mark = format!("\n@@ {number} ");
        let (said, after) = rest
            .split_once(&mark)
            .unwrap_or_else(|| panic!("{}: the session ended early: {rest}", step.command));
        let (status, after) = after.split_once('\n').unwrap();
        assert_eq!(status, "0", "{}: {said}", step.command);
        printed.push(said.lines().map(str::to_owned).collect());
        rest = after;
    }
    printed
}

/// What differs from run to run, and what stands for it in a comparison.
const CHANGING: [(&str, &str); 8] = [
    (r"\d{14}-\d+@[\w-]+:\d+", "SERIAL"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "TIME"),
    (r"\b1\d{12}\b", "MILLISECONDS"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (
        r"\b(in|for) \d+ ?(seconds?|minutes?|hours?|ms|s|m|h)( \d+ ?(seconds?|minutes?|s|m))?",
        "SPAN",
    ),
    (r"[\w-]{6,}\.[\w-]{6,}( +local server)?", "KEY"),
    (r" {2,}", "  "),
];

/// The line without what differs from run to run.
fn lasting(line: &str) -> String {
    CHANGING
        .iter()
        .fold(line.to_owned(), |line, (pattern, name)| {
            let pattern = regex::Regex::new(pattern).unwrap();
            pattern.replace_all(&line, *name).into_owned()
        })
}

/// Returns whether what a command printed is what the text shows.
fn is_shown(step: &Step, printed: &[String]) -> bool {
    step.expected.len() == printed.len()
        && step
            .expected
            .iter()
            .zip(printed)
            .all(|(pattern, line)| fits(&lasting(pattern), &lasting(line)) || fits(pattern, line))
}

/// Puts what was printed in the place of what the block at `line` shows.
fn refresh(text: &str, line: usize, steps: &[Step], printed: &[Vec<String>]) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let end = lines[line..]
        .iter()
        .position(|text| *text == "```")
        .unwrap()
        + line;
    let commands: Vec<String> = steps
        .iter()
        .map(|step| format!("$ {}", step.command))
        .collect();
    let shown = commands.iter().zip(printed).flat_map(|(command, printed)| {
        std::iter::once(command.as_str()).chain(printed.iter().map(String::as_str))
    });
    let shown: Vec<&str> = shown.collect();
    lines.splice(line..end, shown);
    format!("{}\n", lines.join("\n"))
}

#[test]
fn the_console_blocks_are_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut text = std::fs::read_to_string(&path).unwrap();
    let is_refresh = std::env::var_os("CHATCTL_REFRESH").is_some();
    let all = sessions(&text);
    assert!(all.len() > 4, "the blocks are found");
    // From the end, so that the lines before keep their numbers.
    for (line, steps) in all.into_iter().rev() {
        let printed = run(&steps);
        let all_shown = || {
            steps
                .iter()
                .zip(&printed)
                .all(|(step, printed)| is_shown(step, printed))
        };
        if is_refresh && !all_shown() {
            text = refresh(&text, line, &steps, &printed);
            std::fs::write(&path, &text).unwrap();
            continue;
        }
        for (step, printed) in steps.iter().zip(&printed) {
            assert!(
                is_shown(step, printed),
                "the block at line {line} of README.md\n$ {}\nshows:\n{}\nand this was printed:\n{}\n\
                 refresh it with: CHATCTL_REFRESH=1 cargo test --test it readme",
                step.command,
                step.expected.join("\n"),
                printed.join("\n"),
            );
        }
    }
}

#[test]
fn no_block_changes_what_later_ones_show() {
    let all = sessions(include_str!("../../README.md"));
    let steps: Vec<Step> = all.into_iter().flat_map(|(_, steps)| steps).collect();
    let printed = run(&steps);
    for (step, printed) in steps.iter().zip(&printed) {
        assert!(
            is_shown(step, printed),
            "behind all blocks before it,\n$ {}\nshows:\n{}\nand this was printed:\n{}",
            step.command,
            step.expected.join("\n"),
            printed.join("\n"),
        );
    }
}

#[test]
fn every_command_is_named() {
    let text = include_str!("../../README.md");
    let mut tree = chatctl::cli::command();
    tree.build();
    for noun in tree.get_subcommands() {
        let verbs: Vec<_> = noun
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        let names = if verbs.is_empty() {
            vec![noun.get_name().to_owned()]
        } else {
            verbs
                .iter()
                .map(|verb| format!("{} {verb}", noun.get_name()))
                .collect()
        };
        for name in names {
            assert!(
                text.contains(&format!("`{name}`")) || text.contains(&format!("`{name} ")),
                "README.md does not name {name}"
            );
        }
    }
}

#[test]
fn wildcards_stand_for_any_text_within_a_line() {
    for (pattern, line, is_fit) in [
        ("abc", "abc", true),
        ("abc", "abcd", false),
        ("a[..]c", "abbbc", true),
        ("a[..]c", "abbb", false),
        ("[..]@[..]:000", "17-0@x:000", true),
        ("[..]@[..]:000", "17-0x:000", false),
        ("a[..]a", "a", false),
        ("[..]", "", true),
    ] {
        assert_eq!(fits(pattern, line), is_fit, "{pattern} on {line}");
    }
}
