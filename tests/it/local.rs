//! The local server: it is simply there, it is one, and it is never used where somebody said otherwise.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Ran, chatctl};
use crate::running::{PATIENCE, Process, answers, command, script};

/// A home whose local server ends with it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn folder(&self) -> PathBuf {
        self.path().join(".local/state/chatctl/local")
    }

    /// `chatctl` in this home, with these variables.
    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = command(arguments, self.path());
        command.envs(variables.iter().copied());
        ran(command.output().unwrap())
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    fn send(&self, text: &str) -> Ran {
        self.run(&["room", "send", "lobby", text]).exits(0)
    }

    fn texts(&self) -> Value {
        self.run(&["room", "history", "lobby", "--order", "oldest", "--json"])
            .exits(0)
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["text"].clone())
            .collect()
    }

    fn status(&self) -> Value {
        self.run(&["local", "status", "--json"]).json()
    }

    fn pid(&self) -> Pid {
        let pid = self.status()["pid"].as_i64().unwrap();
        Pid::from_raw(pid.try_into().unwrap()).unwrap()
    }

    fn url(&self) -> String {
        self.status()["url"].as_str().unwrap().to_owned()
    }

    fn kill(&self) {
        kill_process(self.pid(), Signal::KILL).unwrap();
        self.falls_silent();
    }

    #[track_caller]
    fn falls_silent(&self) {
        let start = Instant::now();
        while self.status()["running"] == true {
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("server.log")).unwrap()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // There may be none.
        let _ = command(&["local", "stop"], self.path()).output();
    }
}

fn ran(output: Output) -> Ran {
    Ran {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn the_first_command_starts_it_and_others_find_it() {
    let home = Home::new();
    assert_eq!(
        home.run(&["local", "status", "--json"]).exits(1).json()["running"],
        false
    );
    assert!(!home.folder().exists());

    let ran = home.send("hi");
    let url = home.url();
    let notice = format!("using the local server at {url} (set ABLY_API_KEY to use Ably)\n");
    assert_eq!(ran.stderr, notice);
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert!(ran.word().contains('@'), "{ran:?}");
    assert_eq!(home.texts(), serde_json::json!(["hi"]));
    let status = home.run(&["local", "status"]).exits(0);
    assert!(status.stdout.contains(&url), "{status:?}");
}

#[test]
fn a_tail_in_another_terminal_sees_what_is_sent() {
    let home = Home::new();
    let tail = [
        "room",
        "tail",
        "lobby",
        "--limit",
        "1",
        "--jq",
        ".message.text",
        "--",
        "sh",
        "-c",
        "echo listening",
    ];
    let mut tail = Process::start(command(&tail, home.path()));
    tail.stderr.until("listening");
    home.send("there");
    assert_eq!(tail.stdout.next(), "there");
    tail.ends_with(0);
}

#[test]
fn twenty_commands_at_once_start_one_server() {
    let home = Home::new();
    let children: Vec<_> = (0..20)
        .map(|number| {
            command(&["room", "send", "lobby", &number.to_string()], home.path())
                .spawn()
                .unwrap()
        })
        .collect();
    let notices: Vec<String> = children
        .into_iter()
        .map(|child| ran(child.wait_with_output().unwrap()).exits(0).stderr)
        .filter(|notice| !notice.is_empty())
        .collect();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(home.texts().as_array().unwrap().len(), 20);
    assert_eq!(home.log().matches("the local server listens").count(), 1);
}

#[test]
fn nothing_of_its_starter_is_held() {
    let home = Home::new();
    // A descriptor beyond the standard streams, as test runners have them, is a copy of the script's output.
    let text = "exec 9>&1; x=$(chatctl room send lobby hi 2>&1 | tail -1); echo \"got $x\"";
    let start = Instant::now();
    // Reads until the end of both streams, which nobody may hold open.
    let ran = ran(script(text, home.path()).output().unwrap()).exits(0);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    assert!(
        ran.stdout.starts_with("got ") && ran.stdout.contains('@'),
        "{ran:?}"
    );

    let pid = home.pid();
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    for file in files {
        let target = std::fs::read_link(file.unwrap().path()).unwrap();
        assert!(!target.to_string_lossy().starts_with("pipe:"), "{target:?}");
    }
    // A session of its own: no terminal's signal reaches it.
    assert_eq!(rustix::process::getsid(Some(pid)).unwrap(), pid);
    assert_eq!(
        std::fs::read_link(format!("/proc/{pid}/cwd")).unwrap(),
        home.folder().canonicalize().unwrap()
    );
}

#[test]
fn its_key_is_for_this_user_alone() {
    let home = Home::new();
    home.run_with(
        &["room", "send", "lobby", "hi"],
        &[("PRECIOUS", "of the starter")],
    )
    .exits(0);
    let key = std::fs::read_to_string(home.folder().join("key")).unwrap();
    let secret = key.trim().split_once(':').unwrap().1.to_owned();
    for entry in std::fs::read_dir(home.folder()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{entry:?}");
        let text = std::fs::read(entry.path()).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(
            entry.file_name() == "key" || !text.contains(&secret),
            "{entry:?}"
        );
    }
    let mode = std::fs::metadata(home.folder())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    let pid = home.pid();
    for what in ["cmdline", "environ"] {
        let text = std::fs::read(format!("/proc/{pid}/{what}")).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(
            !text.contains(&secret) && !text.contains("PRECIOUS"),
            "{text}"
        );
    }
    // Another key is refused.
    home.run_with(
        &["room", "history", "lobby"],
        &[
            ("ABLY_API_KEY", "app.key:wrong"),
            ("ABLY_ENDPOINT", &home.url()),
        ],
    )
    .exits(3);
}

#[test]
fn it_is_not_used_where_anybody_says_otherwise() {
    let home = Home::new();
    let send = ["room", "send", "lobby", "hi"];
    let unused = |arguments: &[&str], variables: &[(&str, &str)], status: i32, word: &str| {
        let ran = home.run_with(arguments, variables).exits(status);
        assert!(ran.stderr.contains(word), "{ran:?}");
        assert!(!home.folder().exists(), "{ran:?}");
    };
    for ci in ["true", "1", "yes"] {
        unused(&send, &[("CI", ci)], 2, "chatctl exec");
    }
    for name in [
        "ABLY_API_KEY",
        "ABLY_TOKEN",
        "ABLY_ENDPOINT",
        "CHATCTL_AUTH_URL",
    ] {
        unused(&send, &[(name, "")], 2, name);
    }
    let nowhere = [&send[..], &["--endpoint", "http://127.0.0.1:1"]].concat();
    unused(&nowhere, &[], 2, "no credentials");
    unused(
        &send,
        &[("ABLY_ENDPOINT", "127.0.0.1")],
        2,
        "no credentials",
    );
    unused(&nowhere, &[("ABLY_API_KEY", "a.b:c")], 5, "127.0.0.1:1");
    unused(&["token", "mint"], &[("CI", "true")], 2, "no API key");
    unused(
        &["token", "mint"],
        &[("ABLY_ENDPOINT", "main")],
        2,
        "no API key",
    );

    for ci in ["", "false"] {
        home.run_with(&send, &[("CI", ci)]).exits(0);
    }
}

#[test]
fn tokens_are_signed_with_its_key_without_starting_it() {
    let home = Home::new();
    let ran = home.run(&["token", "mint", "--client-id", "ann"]).exits(0);
    assert!(ran.stderr.contains("the local server"), "{ran:?}");
    let token = ran.word();
    home.run(&["token", "request", "--client-id", "ann"])
        .exits(0);
    home.run(&["token", "verify", &token]).exits(0);
    home.run(&["claims", "decode", "--verify", &token]).exits(0);
    let forged = format!("{token}x");
    home.run(&["token", "verify", &forged]).exits(1);
    assert_eq!(home.status()["running"], false);
    assert!(home.folder().join("key").exists());

    home.send("hi");
    let url = home.url();
    let variables = [("ABLY_TOKEN", token.as_str()), ("ABLY_ENDPOINT", &url)];
    let ran = home
        .run_with(
            &["room", "send", "lobby", "as ann", "--jq", ".clientId"],
            &variables,
        )
        .exits(0);
    assert_eq!((ran.word().as_str(), ran.stderr.as_str()), ("ann", ""));
    let ran = home
        .run(&["token", "issue", "--client-id", "bob", "--jq", ".clientId"])
        .exits(0);
    assert_eq!(ran.word(), "bob");
}

#[test]
fn killed_server_restarts_with_the_same_address_and_rooms() {
    let home = Home::new();
    home.send("one");
    let (url, pid) = (home.url(), home.pid());
    let key = std::fs::read(home.folder().join("key")).unwrap();
    home.kill();
    home.send("two");
    assert_eq!(home.url(), url);
    assert_ne!(home.pid(), pid);
    // What was acknowledged is there.
    assert_eq!(home.texts(), serde_json::json!(["one", "two"]));
    assert_eq!(std::fs::read(home.folder().join("key")).unwrap(), key);
}

/// A server on the port of `url` that says yes to everything, and notes whether it was asked.
fn impostor(url: &str) -> std::sync::Arc<std::sync::atomic::AtomicBool> {
    let listener = TcpListener::bind(url.strip_prefix("http://").unwrap()).unwrap();
    let was_trusted = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let noted = std::sync::Arc::clone(&was_trusted);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            if String::from_utf8_lossy(&request[..length])
                .to_ascii_lowercase()
                .contains("authorization")
            {
                noted.store(true, std::sync::atomic::Ordering::SeqCst);
            }
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    was_trusted
}

#[test]
fn whatever_else_is_on_its_port_gets_nothing() {
    let home = Home::new();
    home.send("one");
    let url = home.url();
    home.kill();
    let was_trusted = impostor(&url);
    assert_eq!(home.status()["running"], false);
    home.send("two");
    assert_ne!(home.url(), url);
    assert!(!was_trusted.load(std::sync::atomic::Ordering::SeqCst));
}

#[test]
fn a_server_that_does_not_prove_itself_is_not_used() {
    let home = Home::new();
    home.send("one");
    // As where the folder is shared with another machine or container, whose port this is not.
    let file = home.folder().join("server.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{free}");
    let was_trusted = impostor(&url);
    let truth = state.clone();
    state["url"] = url.into();
    state["port"] = free.port().into();
    std::fs::write(&file, state.to_string()).unwrap();
    let ran = home
        .run(&["room", "send", "lobby", "two", "--timeout", "300ms"])
        .exits(5);
    assert!(
        ran.stderr.contains("does not answer") && ran.stderr.contains("local stop"),
        "{ran:?}"
    );
    assert!(!was_trusted.load(std::sync::atomic::Ordering::SeqCst));
    std::fs::write(&file, truth.to_string()).unwrap();
    home.send("three");
}

#[test]
fn state_of_a_dead_server_with_a_reused_id_is_ignored() {
    let home = Home::new();
    home.send("one");
    home.kill();
    let file = home.folder().join("server.json");
    let state = std::fs::read_to_string(&file).unwrap();
    for garbage in ["", "{}", "nonsense", state.as_str()] {
        std::fs::write(&file, garbage).unwrap();
        home.send("again");
        home.kill();
    }
}

#[test]
fn a_hanging_server_is_said_and_can_be_stopped() {
    let home = Home::new();
    home.send("one");
    let pid = home.pid();
    kill_process(pid, Signal::STOP).unwrap();
    let ran = home
        .run(&["room", "send", "lobby", "two", "--timeout", "300ms"])
        .exits(5);
    assert!(ran.stderr.contains(&format!("process {pid}")), "{ran:?}");
    kill_process(pid, Signal::CONT).unwrap();
    home.run(&["local", "stop"]).exits(0);
    home.falls_silent();
}

#[test]
fn it_stops_when_nobody_uses_it_and_never_before() {
    let home = Home::new();
    let brief = [("CHATCTL_LOCAL_IDLE", "400ms")];
    home.run_with(&["room", "send", "lobby", "one"], &brief)
        .exits(0);
    let url = home.url();
    let mut tail = Process::start({
        let mut tail = command(
            &["room", "tail", "lobby", "--", "sh", "-c", "echo listening"],
            home.path(),
        );
        tail.envs(brief);
        tail
    });
    tail.stderr.until("listening");
    std::thread::sleep(Duration::from_millis(900));
    assert!(answers(&url));
    tail.signal(Signal::INT);
    tail.ends_with(0);
    // Not by asking the server, which keeps it awake.
    let start = Instant::now();
    while !home.log().contains("no connection for") {
        assert!(start.elapsed() < PATIENCE, "{}", home.log());
        std::thread::sleep(Duration::from_millis(5));
    }
    crate::running::falls_silent(&url);
    home.run_with(
        &["room", "send", "lobby", "two"],
        &[("CHATCTL_LOCAL_IDLE", "soon")],
    )
    .exits(2);
}

#[test]
fn stop_ends_it_and_is_content_when_there_is_none() {
    let home = Home::new();
    home.run(&["local", "stop"]).exits(0);
    assert!(!home.folder().exists());
    home.send("one");
    let url = home.url();
    home.run(&["local", "stop"]).exits(0);
    assert!(!answers(&url));
    assert_eq!(
        home.run(&["local", "status", "--json"]).exits(1).json()["running"],
        false
    );
    home.run(&["local", "stop"]).exits(0);
}

#[test]
fn reset_empties_the_rooms_and_clients_stay() {
    let home = Home::new();
    home.send("before");
    let (url, pid) = (home.url(), home.pid());
    let tail = [
        "room",
        "tail",
        "lobby",
        "--jq",
        ".message.text",
        "--",
        "sh",
        "-c",
        "echo listening",
    ];
    let mut tail = Process::start(command(&tail, home.path()));
    tail.stderr.until("listening");
    let refused = home.run(&["local", "reset"]).exits(2);
    assert!(refused.stderr.contains("--force"), "{refused:?}");
    home.run(&["local", "reset", "--force"]).exits(0);
    assert_eq!((home.url(), home.pid()), (url, pid));
    assert_eq!(home.texts(), serde_json::json!([]));
    tail.stderr.until("discontinuity");
    home.send("after");
    assert_eq!(tail.stdout.next(), "after");
    tail.signal(Signal::INT);
    tail.end();

    // One that does not run is not started for it.
    home.send("kept");
    home.run(&["local", "stop"]).exits(0);
    home.run(&["local", "reset", "--force"]).exits(0);
    assert_eq!(home.status()["running"], false);
    home.send("one");
    assert_eq!(home.texts(), serde_json::json!(["one"]));
}

#[test]
fn env_leads_other_programs_to_it_and_starts_it() {
    let home = Home::new();
    let json = home
        .run(&["local", "env", "--format", "json"])
        .exits(0)
        .json();
    let url = home.url();
    assert_eq!(json["ABLY_URL"], url.as_str());
    assert_eq!(json["CHATCTL_URL"], url.as_str());
    assert_eq!(
        (&json["ABLY_ENDPOINT"], &json["ABLY_TLS"]),
        (&"127.0.0.1".into(), &"false".into())
    );
    assert!(url.ends_with(json["ABLY_PORT"].as_str().unwrap()));

    let key = json["ABLY_API_KEY"].as_str().unwrap();
    let line = |format: &str| {
        let ran = home.run(&["local", "env", "--format", format]).exits(0);
        assert_eq!(ran.stdout.lines().count(), 6, "{ran:?}");
        ran.stdout.lines().next().unwrap().to_owned()
    };
    assert_eq!(line("shell"), format!("export ABLY_API_KEY='{key}'"));
    assert_eq!(line("dotenv"), format!("ABLY_API_KEY=\"{key}\""));
    assert_eq!(line("github"), format!("ABLY_API_KEY={key}"));
    assert_eq!(
        home.run(&["local", "env", "--jq", ".ABLY_API_KEY"]).word(),
        key
    );

    let text =
        "eval \"$(chatctl local env)\"; chatctl room send lobby hi --client-id ann --jq .clientId";
    let mut command = script(text, home.path());
    // Who asks for it by name gets it, in CI too.
    command.env("CI", "true");
    let ran = ran(command.output().unwrap()).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("ann\n", ""));
}

#[test]
fn a_folder_that_cannot_be_is_said() {
    let home = Home::new();
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let ran = home
        .run_with(
            &["room", "send", "lobby", "hi"],
            &[("XDG_STATE_HOME", file.to_str().unwrap())],
        )
        .exits(2);
    assert!(
        ran.stderr.contains("local server") && ran.stderr.contains("file"),
        "{ran:?}"
    );
    let ran = chatctl(&["room", "send", "lobby", "hi"])
        .env("HOME", "")
        .env("XDG_STATE_HOME", "")
        .run()
        .exits(2);
    assert!(ran.stderr.contains("HOME"), "{ran:?}");
}

#[test]
fn rooms_outlive_the_server() {
    let home = Home::new();
    let serial = home.send("first").word();
    home.run(&["room", "update", "lobby", &serial, "changed"])
        .exits(0);
    home.run(&["local", "stop"]).exits(0);
    assert_eq!(home.texts(), serde_json::json!(["changed"]));
    let later = home.send("second").word();
    assert!(later > serial, "{later} {serial}");
}

#[test]
fn unreadable_rooms_are_reported_and_kept_until_a_reset() {
    let home = Home::new();
    home.send("one");
    home.run(&["local", "stop"]).exits(0);
    let store = home.folder().join("rooms.sqlite");
    std::fs::write(&store, "not what it was").unwrap();
    let ran = home.run(&["room", "send", "lobby", "two"]).exits(5);
    assert!(
        ran.stderr.contains("rooms.sqlite") && ran.stderr.contains("local reset"),
        "{ran:?}"
    );
    assert_eq!(std::fs::read_to_string(&store).unwrap(), "not what it was");
    home.run(&["local", "reset", "--force"]).exits(0);
    home.send("three");
    assert_eq!(home.texts(), serde_json::json!(["three"]));
}

#[test]
fn commands_that_need_no_network_leave_it_alone() {
    let home = Home::new();
    home.run(&["token", "verify", "x.y.z"]).exits(2);
    for arguments in [
        &["capability", "features"][..],
        &["error", "40160"],
        &["claims", "decode", "nonsense"],
    ] {
        home.run(arguments);
        assert!(!home.folder().exists(), "{arguments:?}");
    }
}

#[test]
fn errors_are_objects_and_results_stay_alone_on_standard_output() {
    let home = Home::new();
    let ran = home
        .run(&["room", "send", "lobby", "hi", "--json"])
        .exits(0);
    assert_eq!(ran.json()["text"], "hi");
    let mut child = command(&["room", "send", "lobby", "-", "--json"], home.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"piped").unwrap();
    let ran = self::ran(child.wait_with_output().unwrap()).exits(0);
    assert_eq!(ran.json()["text"], "piped");
}

#[test]
fn requested_form_is_printed() {
    let home = Home::new();
    for (arguments, output) in [
        (&["--format", "shell"][..], "json"),
        (&["--format", "shell", "--json"], "table"),
        (&["--format", "shell", "-o", "jsonl"], "table"),
    ] {
        let all = [&["local", "env"], arguments].concat();
        let ran = home.run_with(&all, &[("CHATCTL_OUTPUT", output)]).exits(0);
        assert!(ran.stdout.starts_with("export ABLY_API_KEY='"), "{ran:?}");
        let all = [&["app", "create"], arguments].concat();
        let ran = home.run_with(&all, &[("CHATCTL_OUTPUT", output)]).exits(0);
        assert!(ran.stdout.starts_with("export ABLY_API_KEY='"), "{ran:?}");
    }
    let ran = home.run_with(&["local", "env"], &[("CHATCTL_OUTPUT", "json")]);
    assert!(ran.exits(0).json()["ABLY_PORT"].is_string());
    home.run(&["local", "env", "--format", "shell", "--jq", ".ABLY_PORT"])
        .exits(2);
    home.run(&["local", "env", "--format", "json", "--jq", ".ABLY_TLS"])
        .exits(0);
}

#[test]
fn invalid_key_file_is_named_by_every_command() {
    let home = Home::new();
    home.send("before");
    let file = home.folder().join("key");
    let key = std::fs::read(&file).unwrap();
    let commands: &[&[&str]] = &[
        &["room", "send", "lobby", "hi"],
        &["local", "env"],
        &["token", "mint"],
        &["token", "verify", "a.b.c"],
        &["app", "create"],
    ];
    let check = |content: &[u8]| {
        std::fs::write(&file, content).unwrap();
        for arguments in commands {
            let ran = home.run(arguments).exits(2);
            for words in [file.to_str().unwrap(), "remove the file", "another app"] {
                assert!(ran.stderr.contains(words), "{ran:?}");
            }
            assert!(!ran.stderr.contains("hidden"), "{ran:?}");
        }
    };
    check(b"hidden");
    check(&[0xff, 0xfe]);
    let stopped = home.run(&["local", "stop", "--json"]).exits(0);
    assert_eq!(stopped.json()["stopped"], true);
    check(b"");
    // What the advice says helps, and so does the key itself.
    std::fs::write(&file, key).unwrap();
    assert_eq!(home.texts(), serde_json::json!(["before"]));
    home.run(&["local", "stop"]).exits(0);
    std::fs::remove_file(&file).unwrap();
    home.send("after");
    assert_eq!(home.texts(), serde_json::json!(["after"]));
}

#[test]
fn readable_key_is_made_private_with_one_warning() {
    let home = Home::new();
    home.run(&["token", "mint"]).exits(0);
    let file = home.folder().join("key");
    for arguments in [&["token", "mint"][..], &["room", "send", "lobby", "hi"]] {
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(&file, open).unwrap();
        let said = |ran: Ran| ran.exits(0).stderr.contains("others could read");
        assert!(said(home.run(arguments)));
        assert!(!said(home.run(arguments)));
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn unwritable_home_is_named_with_alternatives() {
    let home = Home::new();
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let folder = file.to_str().unwrap();
    for arguments in [
        &["room", "send", "lobby", "hi"][..],
        &["local", "env"],
        &["token", "mint"],
    ] {
        let ran = home.run_with(arguments, &[("HOME", folder)]).exits(2);
        for words in [folder, "XDG_STATE_HOME", "chatctl exec", "ABLY_API_KEY"] {
            assert!(ran.stderr.contains(words), "{ran:?}");
        }
        assert!(!ran.stderr.contains("server.log"), "{ran:?}");
    }
}

#[test]
fn emptying_the_rooms_has_a_result_for_programs() {
    let home = Home::new();
    home.send("hi");
    let ran = home.run(&["local", "reset", "--force", "--json"]).exits(0);
    assert_eq!(ran.json()["reset"], true);
    let ran = home.run(&["local", "stop", "--jq", ".stopped"]).exits(0);
    assert_eq!(ran.stdout, "true\n");
    let ran = home.run(&["local", "stop", "--jq", ".stopped"]).exits(0);
    assert_eq!(ran.stdout, "false\n");
    let never = [("CHATCTL_LOCAL_IDLE", "0s")];
    let ran = home
        .run_with(&["room", "send", "lobby", "x"], &never)
        .exits(2);
    assert!(
        ran.stderr.contains("CHATCTL_LOCAL_IDLE must be above zero"),
        "{ran:?}"
    );
}

#[test]
fn env_of_dev_leads_to_the_server_of_serve_dev() {
    let home = Home::new();
    let ran = home.run(&["local", "env", "--dev"]).exits(0);
    assert!(
        ran.stdout
            .contains("export CHATCTL_URL='http://127.0.0.1:9080'")
    );
    assert!(
        ran.stdout
            .contains("dev.local:dev-secret-not-for-production")
    );
    assert!(ran.stderr.contains("http://127.0.0.1:9080"), "{ran:?}");
    assert!(!home.folder().exists());
}

#[test]
fn its_use_is_told_once_for_each_start() {
    let home = Home::new();
    let first = home.send("one");
    let notice = format!(
        "using the local server at {} (set ABLY_API_KEY to use Ably)\n",
        home.url()
    );
    assert_eq!(first.stderr, notice);
    assert_eq!(home.send("two").stderr, "");
    home.run(&["local", "stop"]).exits(0);
    let quiet = ["room", "send", "lobby", "three", "--quiet"];
    assert_eq!(home.run(&quiet).exits(0).stderr, "");
    assert_eq!(home.send("four").stderr, notice);
}

#[test]
fn its_own_credentials_lead_to_it_and_not_to_ably() {
    let home = Home::new();
    let minted = home.run(&["token", "mint", "--client-id", "ann"]).exits(0);
    let token = minted.word();
    let sent = home.run_with(
        &["room", "send", "lobby", "hi", "--jq", ".clientId"],
        &[("ABLY_TOKEN", &token)],
    );
    let sent = sent.exits(0);
    assert_eq!(sent.word(), "ann");
    assert!(sent.stderr.contains("using the local server"), "{sent:?}");
    let env = home
        .run(&["local", "env", "--format", "json"])
        .exits(0)
        .json();
    let key = env["ABLY_API_KEY"].as_str().unwrap();
    home.run_with(&["room", "send", "lobby", "more"], &[("ABLY_API_KEY", key)])
        .exits(0);
    assert_eq!(home.texts(), serde_json::json!(["hi", "more"]));
    let issued = home.run(&["token", "issue", "--client-id", "bo"]).exits(0);
    let whoami = home.run_with(&["whoami"], &[("ABLY_TOKEN", &issued.word())]);
    let whoami = whoami.exits(0);
    for words in [
        "(the local server)",
        "CLIENT      not known: it is in the Ably token",
        "the service does not say it of an Ably token",
    ] {
        assert!(whoami.stdout.contains(words), "{words}: {whoami:?}");
    }
    // An endpoint that is named is meant, and in CI nothing is guessed.
    let named = [
        ("ABLY_TOKEN", token.as_str()),
        ("ABLY_ENDPOINT", "127.0.0.1:1"),
    ];
    home.run_with(&["room", "send", "lobby", "hi"], &named)
        .exits(5);
    let in_ci = [("ABLY_TOKEN", token.as_str()), ("CI", "true")];
    let ran = home
        .run_with(&["room", "send", "lobby", "hi"], &in_ci)
        .exits(2);
    assert!(
        ran.stderr.contains("ABLY_TOKEN is of the local server"),
        "{ran:?}"
    );
}

#[test]
fn the_key_of_serve_dev_is_not_sent_to_ably() {
    let home = Home::new();
    let key = "dev.local:dev-secret-not-for-production";
    let token = home.run_with(
        &["token", "mint", "--client-id", "a"],
        &[("ABLY_API_KEY", key)],
    );
    let token = token.exits(0).word();
    for variable in [("ABLY_API_KEY", key), ("ABLY_TOKEN", &token)] {
        let ran = home
            .run_with(&["room", "send", "lobby", "hi"], &[variable])
            .exits(2);
        assert!(ran.stderr.contains("serve --dev"), "{ran:?}");
        assert!(ran.stderr.contains("local env --dev"), "{ran:?}");
    }
}
