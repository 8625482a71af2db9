//! The examples of the help: each is run, in a folder that has what it names, against a server of its own.

use std::process::{Command, Stdio};

use chatctl::cli::help::EXAMPLES;
use chatctl::cli::help::page::Page;
use clap::Command as Tree;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::running::{Server, path_with_chatctl};

/// What ends an example that goes on until it is interrupted, in seconds.
const SECONDS: &str = "3";

/// Examples that are parsed, and not run: they listen on a fixed port, or need what a test does not have.
const PARSED_ONLY: [&str; 18] = [
    // Whether the rule is there depends on the examples before it.
    "faults clear 3",
    "chatctl moderation serve",
    "moderation replay",
    // A rule of a configuration.
    "moderation check",
    // A test that always fails is not there.
    "faults shrink",
    // The service itself.
    "doctor --endpoint nonprod:sandbox",
    "chatctl serve",
    "chatctl token serve",
    "chatctl auth check",
    "keys/appid.keyid/requestToken",
    "node app.js",
    "chatctl config edit",
    "mkfifo",
    "completions zsh",
    "completions fish",
    "Invoke-Expression",
    "slurp",
    "pbpaste",
];

/// Examples that answer no or ask, and how they exit.
const OTHER_EXITS: [(&str, i32); 28] = [
    // No message waits.
    ("moderation accept", 1),
    ("moderation reject", 1),
    // The clock of the server is real.
    ("clock advance", 6),
    ("clock freeze", 6),
    ("clock run", 6),
    // Nothing was delivered, nothing listens there, and no rule is told.
    ("webhook show", 1),
    ("webhook resend", 1),
    ("webhook trigger channel.message --url", 5),
    ("webhook trigger channel.presence --url", 5),
    ("webhook trigger channel.message --room", 1),
    ("--body body.json", 1),
    // No connection is meant, or no rule.
    ("faults cut", 1),
    ("faults offline", 1),
    ("faults expire", 1),
    ("faults now", 1),
    ("01700000000000-000@abc123:000", 1),
    ("presence update lobby", 1),
    ("presence leave lobby", 1),
    ("capability explain lobby-1", 1),
    ("capability diff", 1),
    ("local status", 1),
    // Without a terminal there is nobody to confirm it.
    ("token revoke --client alice", 2),
    ("token revoke --channel", 2),
    // The key of a server without a config has no revocable tokens.
    ("token revoke --revocation-key", 4),
    // The capability of a key is known to its server alone.
    ("capability check lobby --feature send-messages,typing", 2),
    ("app reset k3jw9a", 6),
    ("app delete k3jw9a", 6),
    // The app of the server's own key.
    ("app delete", 4),
];

/// What an example needs before it runs.
const PREPARE: &str = r#"
mkdir -p bin
for name in npm handle-event deploy.sh send-three.sh job.sh bot; do printf '#!/bin/sh\nexit 0\n' > bin/$name; done
cp bin/* .
printf '#!/bin/sh\nfor text in deployed done; do chatctl room send lobby $text; done\n' > deploy.sh
printf '#!/bin/sh\nfor n in 1 2 3; do chatctl room send lobby $n; done\n' > send-three.sh
printf '#!/bin/sh\nchatctl room send lobby fine\n' > job.sh
printf '#!/bin/sh\ncat\n' > bin/jq
chmod +x bin/* ./*.sh handle-event bot
PATH=$PWD/bin:$PATH
SERIAL=$(chatctl room send lobby "message one" --client-id tester)
chatctl reaction send lobby "$SERIAL" 👍 >/dev/null
TOKEN=$(chatctl token mint --client-id alice --grant 'dms:*=send-messages' --claim 'dms:*={"role":"member"}')
printf '{"text":"one"}\n{"text":"two"}\n' > messages.jsonl
chatctl room export lobby > lobby.jsonl 2>/dev/null
echo one > app.log
echo app.key:secret > key.txt
chatctl config set client-id ann --profile staging >/dev/null
echo "$TOKEN" > token.txt; echo "$TOKEN" > tokens.txt; echo "$TOKEN" > token.jwt
echo '{"dms:ann":["publish"]}' > before.json; echo '{"dms:*":["publish"]}' > after.json
printf '[[rooms]]\nname = "lobby"\n' > lobby.toml
echo '{"items":[]}' > body.json
printf '[[fault]]\nat = "ack"\ndo = "drop"\nclient = "nobody"\n' > faults.toml
chatctl exec --record run.jsonl -- chatctl room send lobby hi --client-id alice >/dev/null
printf 'export GITHUB_ENV=github.env\n' > variables
printf 'export SERIAL=%s TOKEN=%s\n' "'$SERIAL'" "'$TOKEN'" >> variables
"#;

/// An example, and the command whose help has it.
struct Example {
    command: String,
    line: String,
}

/// The examples of the help: lines, where one that ends with a backslash or a pipe goes on.
fn examples() -> Vec<Example> {
    fn add(command: &Tree, name: &str, all: &mut Vec<Example>) {
        let mut line = String::new();
        for part in Page::of(command).example_lines(usize::MAX) {
            if part.is_empty() || part.starts_with('#') {
                continue;
            }
            line.push_str(&part);
            line.push('\n');
            if !part.ends_with(['\\', '|']) {
                let line = std::mem::take(&mut line);
                let command = name.to_owned();
                all.push(Example { command, line });
            }
        }
        for verb in command.get_subcommands() {
            add(verb, &format!("{name} {}", verb.get_name()), all);
        }
    }
    let mut tree = chatctl::cli::command();
    tree.build();
    let mut all = Vec::new();
    add(&tree, "chatctl", &mut all);
    all.extend(EXAMPLES.map(|line| Example {
        command: "chatctl".to_owned(),
        line: line.to_owned(),
    }));
    all
}

/// A folder with what the examples name, and the server that they talk to.
struct Bench {
    server: Server,
    home: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self {
            server: Server::start_with(&["--listen", "127.0.0.1:0", "--admin"]),
            home: tempfile::tempdir().unwrap(),
        };
        let policy = include_str!("../../examples/policy/policy.toml");
        std::fs::write(bench.home.path().join("policy.toml"), policy).unwrap();
        let (status, stderr) = bench.run(PREPARE);
        assert_eq!(status, 0, "{stderr}");
        bench
    }

    /// Runs lines, until they end or for so long. Returns the status and what standard error says.
    fn run(&self, lines: &str) -> (i32, String) {
        let home = self.home.path();
        let errors = home.join("standard-error");
        let variables = self.server.command(&[]);
        let variables = variables.get_envs();
        let search = format!("{}/bin:{}", home.display(), path_with_chatctl());
        let script = format!("test -e variables && . ./variables\n{lines}");
        let mut child = Command::new("timeout")
            .args([
                "--signal=INT",
                "--kill-after=10",
                SECONDS,
                "bash",
                "-c",
                &script,
            ])
            .env_clear()
            .envs(variables.filter_map(|(name, value)| Some((name, value?))))
            .env(
                "CHATCTL_ADMIN_TOKEN",
                self.server.ready["adminToken"].as_str().unwrap(),
            )
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("PATH", search)
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        // What runs in the background does not heed the signal of the terminal. The group is that of timeout.
        let group = Pid::from_child(&child);
        let status = child.wait().unwrap();
        let _ = kill_process_group(group, Signal::KILL);
        let stderr = std::fs::read_to_string(errors).unwrap();
        (status.code().unwrap_or(-1), stderr)
    }
}

#[test]
fn examples_of_the_help_work_as_they_stand() {
    let examples = examples();
    assert!(examples.len() > 80, "{}", examples.len());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    let work = || {
        let bench = Bench::new();
        while let Some(example) =
            examples.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
        {
            if PARSED_ONLY.iter().any(|text| example.line.contains(text)) {
                continue;
            }
            let (status, stderr) = bench.run(&example.line);
            let expected = OTHER_EXITS
                .iter()
                .find(|(text, _)| example.line.contains(text))
                .map_or(0, |(_, status)| *status);
            // 124 says that the time was over, whatever the command made of the signal.
            let is_right = status == expected || (status == 124 && !stderr.contains("error:"));
            if !is_right {
                let Example { command, line } = example;
                let failure = format!("{command}: {line}exits {status}: {stderr}");
                failures.lock().unwrap().push(failure);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
