//! Runs the binary in a world of its own: no variables but those given, an empty home.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The key that most tests sign with.
pub(crate) const KEY: &str = "appid.keyid:secret";

/// A command line that is about to be run.
pub(crate) struct Run {
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    stdin: String,
}

/// Sees to it that commands start with the usual dispositions of signals, which they inherit: a shell that runs the
/// tests in the background has it ignore those of the terminal. What this process catches is the default again in a
/// program that it starts.
pub(crate) fn rely_on_signals() {
    use tokio::signal::unix::{SignalKind, signal};
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))
            .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .unwrap_or_default();
        let all = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
            SignalKind::quit(),
            SignalKind::user_defined1(),
            SignalKind::user_defined2(),
        ];
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .unwrap();
        let _within = runtime.enter();
        for kind in all {
            // Signal 1 is bit 0.
            if ignored >> (kind.as_raw_value() - 1) & 1 == 1 {
                // The disposition stays for the life of the process.
                drop(signal(kind).unwrap());
            }
        }
    });
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// `chatctl` with `arguments`.
pub(crate) fn chatctl(arguments: &[&str]) -> Run {
    Run {
        arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
        variables: Vec::new(),
        stdin: String::new(),
    }
}

impl Run {
    /// With a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With [`KEY`] in the environment.
    pub(crate) fn with_key(self) -> Self {
        self.env("ABLY_API_KEY", KEY)
    }

    /// With this on standard input.
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stdin);
        self
    }

    /// Runs it.
    pub(crate) fn run(self) -> Ran {
        rely_on_signals();
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatctl"))
            .args(&self.arguments)
            .env_clear()
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .env("XDG_STATE_HOME", home.path().join("state"))
            .envs(self.variables)
            .current_dir(home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input has closed it.
        let _ = child.stdin.take().unwrap().write_all(self.stdin.as_bytes());
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().unwrap();
        Ran {
            status: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Checks the status, showing all where it is another.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// The whole standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Standard output without its line break.
    pub(crate) fn word(&self) -> String {
        self.stdout.trim_end_matches('\n').to_owned()
    }

    /// The error object on standard error.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        let last = self.stderr.lines().last().unwrap_or_default();
        let value: Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        value["error"].clone()
    }
}

/// A token minted with [`KEY`].
pub(crate) fn token(arguments: &[&str]) -> String {
    let mut all = vec!["token", "mint"];
    all.extend(arguments);
    chatctl(&all).with_key().run().exits(0).word()
}
