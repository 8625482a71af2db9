//! What goes on while a test looks at it: a server of the test's own, and commands whose lines are read as they come.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{KEY, Run, chatctl, rely_on_signals};

/// How long anything that must happen may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The variable `PATH` of the test run: for commands that start others.
pub(crate) fn path() -> String {
    std::env::var("PATH").unwrap()
}

/// The same with `chatctl` on it: for scripts that start it.
pub(crate) fn path_with_chatctl() -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_chatctl")).parent().unwrap();
    format!("{}:{}", folder.display(), path())
}

/// `chatctl`, to be started and looked at.
pub(crate) fn command(arguments: &[&str], home: &Path) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_chatctl"), home);
    command.args(arguments);
    command
}

/// A script of the shell, to be started and looked at.
pub(crate) fn script(text: &str, home: &Path) -> Command {
    let mut command = program("sh", home);
    command.args(["-c", text]).env("PATH", path_with_chatctl());
    command
}

fn program(name: &str, home: &Path) -> Command {
    rely_on_signals();
    let mut command = Command::new(name);
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", path())
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A process whose lines are read as they come. Killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) stdout: Lines,
    pub(crate) stderr: Lines,
}

impl Process {
    /// Starts `command`.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = Lines::of(child.stdout.take().unwrap());
        let stderr = Lines::of(child.stderr.take().unwrap());
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Its number.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Writes to its standard input, which must be a pipe.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.child.stdin.as_mut().expect("standard input is a pipe");
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    /// Closes its standard input.
    pub(crate) fn close_stdin(&mut self) {
        self.child.stdin.take();
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Returns whether it goes on.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("process {:?} does not end", self.pid());
    }

    /// Waits for its end, which must have this status.
    #[track_caller]
    pub(crate) fn ends_with(&mut self, status: i32) {
        let ended = self.end();
        assert_eq!(
            ended.code(),
            Some(status),
            "{ended}\nstdout: {:?}\nstderr: {:?}",
            self.stdout.rest(),
            self.stderr.rest(),
        );
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a stream.
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let (put, take) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines() {
                // Nobody reads any more: the stream goes on being emptied.
                let _ = put.send(line.unwrap());
            }
        });
        Self(take)
    }

    /// The next line.
    #[track_caller]
    pub(crate) fn next(&self) -> String {
        self.0.recv_timeout(PATIENCE).expect("a line comes")
    }

    /// The next line, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let line = self.next();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The first line from here on that contains `text`.
    #[track_caller]
    pub(crate) fn until(&self, text: &str) -> String {
        loop {
            let line = self.0.recv_timeout(PATIENCE);
            match line {
                Ok(line) if line.contains(text) => return line,
                Ok(_) => {}
                Err(error) => panic!("no line contains '{text}': {error}"),
            }
        }
    }

    /// All lines until the end of the stream.
    #[track_caller]
    pub(crate) fn rest(&self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.0.recv_timeout(PATIENCE) {
                Ok(line) => lines.push(line),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return lines,
                Err(error) => panic!("the stream does not end: {error}"),
            }
        }
    }
}

/// A server of the test's own.
pub(crate) struct Server {
    pub(crate) process: Process,
    /// What it says of itself: the ready object.
    pub(crate) ready: Value,
    pub(crate) url: String,
    pub(crate) home: TempDir,
}

impl Server {
    /// Starts one on a free port, with [`KEY`].
    pub(crate) fn start() -> Self {
        Self::start_with(&["--listen", "127.0.0.1:0"])
    }

    /// Starts one on the port of one that has ended.
    pub(crate) fn start_again(earlier: &Self) -> Self {
        let port = earlier.ready["port"].as_u64().unwrap();
        Self::start_with(&["--listen", &format!("127.0.0.1:{port}")])
    }

    /// Starts one with [`KEY`].
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let all: Vec<&str> = ["serve", "--json"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let command = command(&all, home.path());
        Self::started_by(command, home)
    }

    /// Starts one by a script of the shell, which must become `chatctl serve --json` in the end; with [`KEY`].
    pub(crate) fn start_by(script_text: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let command = script(script_text, home.path());
        Self::started_by(command, home)
    }

    fn started_by(mut command: Command, home: TempDir) -> Self {
        command.env("ABLY_API_KEY", KEY);
        let process = Process::start(command);
        let ready = process.stdout.json();
        let url = ready["url"].as_str().unwrap().to_owned();
        Self {
            process,
            ready,
            url,
            home,
        }
    }

    /// `chatctl` that talks to it, as `tester`.
    pub(crate) fn chatctl(&self, arguments: &[&str]) -> Run {
        chatctl(arguments)
            .with_key()
            .env("ABLY_ENDPOINT", &self.url)
            .env("ABLY_CLIENT_ID", "tester")
    }

    /// The same, to be started and looked at.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments, self.home.path());
        command
            .env("ABLY_API_KEY", KEY)
            .env("ABLY_ENDPOINT", &self.url)
            .env("ABLY_CLIENT_ID", "tester");
        command
    }

    /// A tail that is listening.
    pub(crate) fn tail(&self, arguments: &[&str]) -> Process {
        let all: Vec<&str> = ["room", "tail"]
            .iter()
            .chain(arguments)
            .copied()
            .chain(["--", "sh", "-c", "echo listening"])
            .collect();
        let tail = Process::start(self.command(&all));
        tail.stderr.until("listening");
        tail
    }

    /// Sends `text` to `room`, and gives the message.
    #[track_caller]
    pub(crate) fn send(&self, room: &str, text: &str) -> Value {
        self.chatctl(&["room", "send", room, "--json", "--", text])
            .run()
            .exits(0)
            .json()
    }

    /// Ends it as a person does.
    pub(crate) fn stop(&mut self) {
        self.process.signal(Signal::INT);
        self.process.ends_with(0);
    }
}

/// Returns whether something accepts connections at `url`.
pub(crate) fn answers(url: &str) -> bool {
    TcpStream::connect(url.strip_prefix("http://").unwrap()).is_ok()
}

/// Waits until nothing accepts connections at `url`.
#[track_caller]
pub(crate) fn falls_silent(url: &str) {
    let start = Instant::now();
    while answers(url) {
        assert!(start.elapsed() < PATIENCE, "{url} still answers");
        std::thread::sleep(Duration::from_millis(2));
    }
}
