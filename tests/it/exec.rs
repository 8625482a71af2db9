//! `chatctl exec`: a server for the life of one command.

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{KEY, Ran, Run, chatctl};
use crate::running::{PATIENCE, Process, answers, command, falls_silent, path, script};

fn exec(script: &str) -> Run {
    chatctl(&["exec", "--", "sh", "-c", script]).env("PATH", &path())
}

#[test]
fn a_message_goes_through_the_server() {
    let ran = exec("chatctl room send lobby hello && chatctl room history lobby --json")
        .run()
        .exits(0);
    let (serial, history) = ran.stdout.split_once('\n').unwrap();
    let history: serde_json::Value = serde_json::from_str(history).unwrap();
    assert_eq!(history[0]["serial"], serial);
    assert_eq!(history[0]["text"], "hello");
    assert!(!history[0]["clientId"].as_str().unwrap().is_empty());
    assert_eq!(history.as_array().unwrap().len(), 1);
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_exit_status_is_the_commands() {
    for status in [0, 1, 3, 42, 124, 255] {
        exec(&format!("exit {status}")).run().exits(status);
    }
}

#[test]
fn command_ended_by_a_signal_exits_128_plus_it() {
    exec("kill -TERM $$").run().exits(128 + 15);
    exec("kill -KILL $$").run().exits(128 + 9);
}

#[test]
fn its_own_failures_have_statuses_that_no_command_has() {
    let ran = chatctl(&["exec", "--", "no-such-command-anywhere"])
        .env("PATH", &path())
        .run()
        .exits(127);
    assert!(ran.stderr.contains("no-such-command-anywhere"), "{ran:?}");

    let folder = tempfile::tempdir().unwrap();
    let ran = chatctl(&["exec", "--", folder.path().to_str().unwrap()])
        .run()
        .exits(126);
    assert!(ran.stderr.starts_with("error: "), "{ran:?}");

    let ran = chatctl(&["exec", "--key", "malformed", "--", "true"])
        .env("PATH", &path())
        .run()
        .exits(125);
    assert!(ran.stderr.contains("--key"), "{ran:?}");
}

#[test]
fn failures_before_the_command_exit_125() {
    for (arguments, words) in [
        (&["exec"][..], "COMMAND"),
        (&["exec", "--"], "COMMAND"),
        (&["exec", "--stor", "memory", "--", "true"], "--stor"),
        (&["exec", "--store", "bogus", "--", "true"], "bogus"),
        (&["--timeout", "soon", "exec", "--", "true"], "soon"),
        (&["exec", "--tls-cert-out", "ca.pem", "--", "true"], "--tls"),
        (
            &["exec", "--log-file", "no/such/folder", "--", "true"],
            "--log-file",
        ),
        (&["exec", "--jq", "(", "--", "true"], "--jq"),
        (
            &["exec", "--json", "--store", "bogus", "--", "true"],
            "bogus",
        ),
        (
            &["exec", "--config", "missing.toml", "--", "true"],
            "missing.toml",
        ),
    ] {
        let ran = chatctl(arguments).env("PATH", &path()).run().exits(125);
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
    let ran = chatctl(&["exec", "--", "true"]).env("CHATCTL_OUTPUT", "");
    ran.env("PATH", &path()).run().exits(125);
    chatctl(&["exec", "--help"]).run().exits(0);
    // A line of another command, which only speaks of it.
    chatctl(&["room", "send", "exec", "--store"]).run().exits(2);
}

#[test]
fn what_stands_behind_the_dashes_is_the_command() {
    chatctl(&["exec", "--", "--json"])
        .env("PATH", &path())
        .run()
        .exits(127);
}

fn variables(run: Run) -> Vec<String> {
    let Ran { stdout, .. } = run.run().exits(0);
    stdout.lines().map(str::to_owned).collect()
}

#[test]
fn the_command_finds_the_server_in_its_environment() {
    let lines = variables(
        exec(
            r#"printf '%s\n' "$ABLY_ENDPOINT" "$ABLY_TLS" "$CHATCTL_URL" "$ABLY_PORT" "$ABLY_API_KEY" "$OTHER" "$ABLY_URL""#,
        )
        .env("OTHER", "kept"),
    );
    let [endpoint, tls, url, port, key, other, ably_url] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(
        [endpoint.as_str(), tls, other],
        ["127.0.0.1", "false", "kept"]
    );
    assert_eq!(*url, format!("http://127.0.0.1:{port}"));
    assert_eq!(ably_url, url);
    assert!(chatctl_takes(key), "{key}");
}

fn chatctl_takes(key: &str) -> bool {
    // A port where nobody listens: the key is looked at first.
    chatctl(&[
        "room",
        "send",
        "r",
        "x",
        "--endpoint",
        "http://127.0.0.1:1",
        "--timeout",
        "1s",
    ])
    .env("ABLY_API_KEY", key)
    .run()
    .status
        == 5
}

#[test]
fn what_is_meant_for_ably_does_not_reach_the_command() {
    let lines = variables(
        exec("env | cut -d= -f1 | grep -E '^(ABLY|CHATCTL)_' | sort; echo $ABLY_API_KEY")
            .env("ABLY_API_KEY", "live.key:precious")
            .env("ABLY_TOKEN", "a.b.c")
            .env("ABLY_CLIENT_ID", "somebody")
            .env("ABLY_ENDPOINT", "main")
            .env("ABLY_URL", "https://main.realtime.ably.net")
            .env("CHATCTL_TIMEOUT", "1s")
            .env("CHATCTL_OUTPUT", "json"),
    );
    assert_eq!(
        lines[..8],
        [
            "ABLY_API_KEY",
            "ABLY_ENDPOINT",
            "ABLY_PORT",
            "ABLY_TLS",
            "ABLY_URL",
            "CHATCTL_ADMIN_TOKEN",
            "CHATCTL_EXEC",
            "CHATCTL_URL"
        ]
    );
    assert!(!lines[8].contains("precious"), "{lines:?}");
}

#[test]
fn a_key_that_is_given_is_the_servers() {
    let key = "given.key:by-flag";
    let ran = chatctl(&[
        "exec",
        "--key",
        key,
        "--",
        "sh",
        "-c",
        "echo $ABLY_API_KEY && chatctl room send r x --json",
    ])
    .env("PATH", &path())
    .run()
    .exits(0);
    assert!(ran.stdout.starts_with(key), "{ran:?}");
}

#[test]
fn each_server_is_fresh() {
    let script = "chatctl room history lobby --jq length && chatctl room send lobby x >/dev/null";
    assert_eq!(exec(script).run().exits(0).stdout, "0\n");
    assert_eq!(exec(script).run().exits(0).stdout, "0\n");
}

#[test]
fn the_server_is_gone_when_the_command_is() {
    for script in [
        "echo $CHATCTL_URL",
        "echo $CHATCTL_URL; exit 9",
        "echo $CHATCTL_URL; kill -KILL $$",
    ] {
        let ran = exec(script).run();
        let url = ran.stdout.trim();
        assert!(url.starts_with("http://127.0.0.1:"), "{ran:?}");
        assert!(!answers(url), "{script}");
    }
}

/// A command that says where it and its server are, and then waits.
const WAITING: &str = "echo $$; echo $CHATCTL_URL; exec sleep 300";

/// A command with a server that is not even in its session, and that says where all of them are.
const WITH_GRANDCHILD: &str =
    "echo $$; echo $CHATCTL_URL; setsid chatctl serve --listen 127.0.0.1:0 & wait";

/// `exec` of a script that says its number and the URL of its server.
fn started(script: &str) -> (Process, Pid, String, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let exec = Process::start(command(&["exec", "--", "sh", "-c", script], home.path()));
    let (mut pid, mut url) = (None, None);
    while pid.is_none() || url.is_none() {
        let line = exec.stdout.next();
        match line.parse() {
            Ok(number) => pid = Pid::from_raw(number),
            Err(_) => url = Some(line),
        }
    }
    (exec, pid.unwrap(), url.unwrap(), home)
}

/// The process `pid` ends soon.
#[track_caller]
fn ends(pid: Pid) {
    let start = std::time::Instant::now();
    while std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.contains(") Z "))
    {
        assert!(start.elapsed() < PATIENCE, "process {pid} is there still");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// The parent of the process `pid`.
fn parent(pid: Pid) -> Pid {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let behind_name = stat.rsplit_once(") ").unwrap().1;
    Pid::from_raw(behind_name.split(' ').nth(1).unwrap().parse().unwrap()).unwrap()
}

#[test]
fn server_and_command_are_gone_when_exec_is_killed() {
    let (mut exec, pid, url, _home) = started(WAITING);
    assert!(answers(&url));
    exec.signal(Signal::KILL);
    exec.end();
    falls_silent(&url);
    ends(pid);
}

#[test]
fn killed_exec_ends_the_children_of_its_command() {
    let (mut exec, pid, own, _home) = started(WITH_GRANDCHILD);
    let url = exec.stdout.until("http");
    assert!(answers(&url) && answers(&own) && url != own);
    exec.signal(Signal::KILL);
    exec.end();
    falls_silent(&own);
    falls_silent(&url);
    ends(pid);
}

#[test]
fn killed_command_ends_with_its_children() {
    let (mut exec, pid, _own, _home) = started(WITH_GRANDCHILD);
    let url = exec.stdout.until("http");
    kill_process(pid, Signal::KILL).unwrap();
    exec.ends_with(128 + 9);
    assert!(!answers(&url));
}

#[test]
fn what_the_command_leaves_running_ends_with_it() {
    let ran = exec(
        "setsid chatctl serve --listen 127.0.0.1:0 --ready-file ready >/dev/null 2>&1 &
         until [ -s ready ]; do sleep 0.01; done; cat ready; exit 3",
    )
    .run()
    .exits(3);
    let ready: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(!answers(ready["url"].as_str().unwrap()));
}

#[test]
fn what_stays_although_it_is_asked_to_end_is_ended() {
    let script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.1; done' & sleep 0.3; exit 4";
    let ran = exec(script).run().exits(4);
    ends(Pid::from_raw(ran.stdout.trim().parse().unwrap()).unwrap());
}

#[test]
fn command_ends_when_its_supervisor_is_killed() {
    let (mut exec, pid, url, _home) = started(WAITING);
    let supervisor = parent(pid);
    assert_ne!(supervisor, exec.pid());
    kill_process(supervisor, Signal::KILL).unwrap();
    exec.ends_with(128 + 9);
    ends(pid);
    falls_silent(&url);
}

#[test]
fn what_the_command_left_running_ends_when_its_supervisor_is_killed() {
    let script = "sh -c 'echo $$; sleep 300' & echo $CHATCTL_URL; exec setsid sleep 300 >/dev/null";
    let (mut exec, pid, url, _home) = started(script);
    let supervisor = parent(parent(pid));
    assert_ne!(supervisor, exec.pid());
    kill_process(supervisor, Signal::KILL).unwrap();
    exec.ends_with(128 + 9);
    ends(pid);
    falls_silent(&url);
}

#[test]
fn children_from_before_exec_are_not_its_own() {
    let home = tempfile::tempdir().unwrap();
    let text = "sleep 300 >/dev/null 2>&1 & echo $!; exec chatctl exec -- sh -c 'echo $PPID; exec sleep 300'";
    let mut exec = Process::start(script(text, home.path()));
    let number = || Pid::from_raw(exec.stdout.next().parse().unwrap()).unwrap();
    let (other, supervisor) = (number(), number());
    kill_process(supervisor, Signal::KILL).unwrap();
    exec.ends_with(128 + 9);
    kill_process(other, Signal::KILL).unwrap();
}

#[test]
fn the_folder_in_the_supervisors_arguments_is_not_removed_unless_it_is_its_own() {
    let home = tempfile::tempdir().unwrap();
    let precious = home.path().join("precious");
    std::fs::create_dir(&precious).unwrap();
    std::fs::write(precious.join("file"), "").unwrap();
    let text = format!("chatctl __supervise $$ {} true", precious.display());
    Process::start(script(&text, home.path())).end();
    assert!(precious.join("file").exists());
}

#[test]
fn command_is_in_the_process_group_of_exec() {
    let (exec, pid, ..) = started(WAITING);
    let group = |pid| rustix::process::getpgid(Some(pid)).unwrap();
    assert_eq!(group(pid), group(exec.pid()));
}

#[test]
fn user_signals_are_passed_to_the_command() {
    for (signal, name) in [(Signal::USR1, "USR1"), (Signal::USR2, "USR2")] {
        let script = format!(
            "trap 'echo got {name}; exit 7' {name}; echo $$; echo $CHATCTL_URL; while :; do sleep 0.05; done"
        );
        let (mut exec, ..) = started(&script);
        exec.signal(signal);
        exec.ends_with(7);
        assert_eq!(exec.stdout.rest(), [format!("got {name}")]);
    }
}

#[test]
fn a_terminal_that_is_to_be_survived_is() {
    let home = tempfile::tempdir().unwrap();
    let text = "trap '' HUP; exec chatctl exec -- sh -c 'echo ready; sleep 0.5; exit 9'";
    let mut exec = Process::start(script(text, home.path()));
    exec.stdout.until("ready");
    exec.signal(Signal::HUP);
    exec.ends_with(9);
}

#[test]
fn a_server_that_cannot_start_fails_before_the_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    let store = format!("sqlite:{}/no/such/folder/db", folder.path().display());
    let all = [
        "exec",
        "--store",
        &store,
        "--",
        "touch",
        ran.to_str().unwrap(),
    ];
    let failed = chatctl(&all).env("PATH", &path()).run().exits(125);
    assert!(failed.stderr.contains("no/such/folder"), "{failed:?}");
    assert!(!ran.exists());
}

#[test]
fn a_store_that_is_named_outlives_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}/db", folder.path().display());
    for (script, said) in [
        ("chatctl room send lobby kept >/dev/null", ""),
        ("chatctl room history lobby --jq '.[].text'", "kept\n"),
    ] {
        let all = ["exec", "--store", &store, "--", "sh", "-c", script];
        let ran = chatctl(&all).env("PATH", &path()).run().exits(0);
        assert_eq!(ran.stdout, said, "{ran:?}");
    }
}

#[test]
fn tests_make_apps_of_their_own_where_they_are_let() {
    let script = "exec 3<>/dev/tcp/127.0.0.1/$ABLY_PORT
        printf 'POST /apps HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\nContent-Length: 2\\r\\n\\r\\n{}' >&3
        head -1 <&3";
    let all = ["exec", "--provision-apps", "--", "bash", "-c", script];
    let ran = chatctl(&all).env("PATH", &path()).run().exits(0);
    assert!(ran.stdout.starts_with("HTTP/1.1 201"), "{ran:?}");
}

#[test]
fn key_is_limited_to_its_capability() {
    let capability = r#"{"lobby":["publish"]}"#;
    let script =
        "chatctl room send lobby hi >/dev/null; chatctl room history lobby 2>/dev/null; echo $?";
    let all = ["exec", "--capability", capability, "--", "sh", "-c", script];
    let ran = chatctl(&all).env("PATH", &path()).run().exits(0);
    assert_eq!(ran.stdout, "4\n", "{ran:?}");

    let given = [&["exec", "--key", KEY][..], &all[1..]].concat();
    let ran = chatctl(&given).env("PATH", &path()).run().exits(0);
    assert_eq!(ran.stdout, "4\n", "{ran:?}");

    for malformed in ["nonsense", r#"{"lobby":["publsh"]}"#] {
        let all = ["exec", "--capability", malformed, "--", "true"];
        let ran = chatctl(&all).env("PATH", &path()).run().exits(125);
        assert!(ran.stderr.contains("--capability"), "{ran:?}");
    }
}

#[test]
fn keys_come_from_a_file_with_a_narrower_one_beside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    std::fs::write(
        &file,
        "[[keys]]\nkey = \"app.all:s3cret\"\n[[keys]]\nkey = \"app.read:s3cret\"\ncapability = { \"*\" = [\"subscribe\", \"history\"] }\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let script = "echo $ABLY_API_KEY; chatctl room send lobby hi >/dev/null
        ABLY_API_KEY=app.read:s3cret chatctl room history lobby --jq '.[0].text'
        ABLY_API_KEY=app.read:s3cret chatctl room send lobby hi 2>/dev/null; echo $?";
    let ran = chatctl(&["exec", "--config", file, "--", "sh", "-c", script])
        .env("PATH", &path())
        .run()
        .exits(0);
    assert_eq!(ran.stdout, "app.all:s3cret\nhi\n4\n", "{ran:?}");

    let script = "chatctl room send lobby hi 2>/dev/null; echo $?
        ABLY_API_KEY=app.all:s3cret chatctl room send lobby hello >/dev/null
        chatctl room history lobby --jq '.[0].text'";
    let capability = r#"{"*":["subscribe","history"]}"#;
    let ran = chatctl(&[
        "exec",
        "--config",
        file,
        "--capability",
        capability,
        "--",
        "sh",
        "-c",
        script,
    ])
    .env("PATH", &path())
    .run()
    .exits(0);
    assert_eq!(ran.stdout, "4\nhello\n", "{ran:?}");
}

#[test]
fn signals_are_passed_on_and_the_command_decides() {
    for (signal, name) in [
        (Signal::TERM, "TERM"),
        (Signal::INT, "INT"),
        (Signal::HUP, "HUP"),
        (Signal::QUIT, "QUIT"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let script = format!(
            "trap 'kill -KILL $!; echo got {name}; exit 7' {name}; sleep 300 >/dev/null 2>&1 & echo ready; wait"
        );
        let mut exec = Process::start(command(&["exec", "--", "sh", "-c", &script], home.path()));
        exec.stdout.until("ready");
        exec.signal(signal);
        exec.ends_with(7);
        assert_eq!(exec.stdout.rest(), [format!("got {name}")]);
    }
}

#[test]
fn a_signal_that_the_command_does_not_handle_ends_both() {
    let home = tempfile::tempdir().unwrap();
    let mut exec = Process::start(command(&["exec", "--", "sh", "-c", WAITING], home.path()));
    exec.stdout.next();
    let url = exec.stdout.next();
    exec.signal(Signal::TERM);
    exec.ends_with(128 + 15);
    falls_silent(&url);
}

#[test]
fn a_pipe_within_the_command_ends_as_ever() {
    let ran = exec("yes | head -1").run().exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("y\n", ""));
}

#[test]
fn standard_input_is_the_commands() {
    let ran = exec("chatctl room send lobby - --jq .text")
        .stdin("from the pipe\n")
        .run()
        .exits(0);
    assert_eq!(ran.stdout, "from the pipe\n");
}

#[test]
fn a_terminals_interrupt_reaches_the_command_once() {
    let home = tempfile::tempdir().unwrap();
    let text =
        "trap 'echo got >> count' INT; echo ready; until [ -e done ]; do sleep 0.05; done; exit 6";
    std::fs::write(home.path().join("command"), text).unwrap();
    let mut command = script(
        "exec script -qec 'exec chatctl exec -- sh command' /dev/null",
        home.path(),
    );
    command.stdin(std::process::Stdio::piped());
    let mut terminal = Process::start(command);
    terminal.stdout.until("ready");
    let count = || std::fs::read_to_string(home.path().join("count")).unwrap_or_default();
    terminal.write(b"\x03");
    let start = std::time::Instant::now();
    while count().is_empty() {
        assert!(start.elapsed() < PATIENCE, "no interrupt came");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // A second one would come soon after.
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(count(), "got\n");
    std::fs::write(home.path().join("done"), "").unwrap();
    terminal.ends_with(6);
}

#[test]
fn without_a_path_the_folder_at_hand_is_none() {
    let shell = "/bin/sh";
    let ran = chatctl(&["exec", "--", shell, "-c", "echo \"$PATH\""]);
    let path = ran.run().exits(0).word();
    assert!(
        !path.is_empty() && path.split(':').all(|folder| folder.starts_with('/')),
        "{path}"
    );
}

#[test]
fn a_command_without_dashes_is_told_where_it_goes() {
    for (arguments, line) in [
        (&["exec", "echo", "hi"][..], "chatctl exec -- echo hi"),
        (
            &["exec", "--store", "memory", "sh", "-c", "echo $HOME"],
            "chatctl exec --store memory -- sh -c 'echo $HOME'",
        ),
        (
            &["exec", "npm", "test", "--", "-g", "x"],
            "chatctl exec -- npm test -- -g x",
        ),
    ] {
        let ran = chatctl(arguments).run().exits(125);
        let hint = format!("hint: put the command after --: {line}\n");
        assert!(ran.stderr.contains(&hint), "{ran:?}");
    }
    let ran = chatctl(&["exec", "--stor", "memory", "--", "true"])
        .run()
        .exits(125);
    assert!(!ran.stderr.contains("after --:"), "{ran:?}");
}
