//! `chatctl serve`: how it starts, what it says, and how it ends.

use std::os::unix::fs::PermissionsExt as _;

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::{KEY, chatctl};
use crate::running::{Process, Server, answers, command, falls_silent};

#[test]
fn the_ready_object_says_where_it_is() {
    let server = Server::start();
    let port = server.ready["port"].as_u64().unwrap();
    assert_eq!(
        server.ready,
        serde_json::json!({
            "url": format!("http://127.0.0.1:{port}"),
            "endpoint": "127.0.0.1",
            "port": port,
            "tls": false,
            "keys": [KEY],
        })
    );
    assert!(answers(&server.url));
}

#[test]
fn the_ready_file_is_private_whole_and_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ready.json");
    // That of an earlier server is replaced, with its mode.
    std::fs::write(&path, r#"{"url":"http://127.0.0.1:1","keys":["old"]}"#).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let server = Server::start_with(&[
        "--listen",
        "127.0.0.1:0",
        "--ready-file",
        path.to_str().unwrap(),
    ]);
    let written: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(written, server.ready);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["ready.json"], "nothing temporary is left");
}

#[test]
fn stdout_is_the_url_and_a_generated_key_is_a_notice() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::start(command(&["serve", "--listen", "127.0.0.1:0"], home.path()));
    let url = server.stdout.next();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let notice = server.stderr.until("ABLY_API_KEY=");
    let key = notice.split_once("ABLY_API_KEY=").unwrap().1;
    chatctl(&["room", "send", "lobby", "hello"])
        .env("ABLY_API_KEY", key)
        .env("ABLY_ENDPOINT", &url)
        .run()
        .exits(0);
    // Another one makes another key.
    let other = Process::start(command(&["serve", "--listen", "127.0.0.1:0"], home.path()));
    assert_ne!(other.stderr.until("ABLY_API_KEY="), notice);
}

#[test]
fn it_ends_on_signals_with_status_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start();
        let tail = server.tail(&["lobby", "--json"]);
        server.process.signal(signal);
        server.process.ends_with(0);
        assert!(!answers(&server.url));
        // Its clients were told.
        tail.stderr.until("disconnected");
    }
}

#[test]
fn it_ends_with_its_standard_input_where_asked() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ready.json");
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--ready-file"];
    let tied = [&arguments[..], &["ready.json", "--exit-on-stdin-close"]].concat();
    let mut command = command(&tied, home.path());
    command.stdin(std::process::Stdio::piped());
    let mut server = Process::start(command);
    let url = server.stdout.next();
    // What comes there is ignored.
    server.write(b"hello\n");
    assert!(answers(&url) && path.exists());
    server.close_stdin();
    server.ends_with(0);
    assert!(!answers(&url) && !path.exists());
}

#[test]
fn its_port_is_free_for_the_next_one_at_once() {
    let mut first = Server::start();
    first.send("lobby", "hello");
    first.stop();
    let second = Server::start_again(&first);
    assert_eq!(second.url, first.url);
    second.send("lobby", "hello");
}

#[test]
fn a_killed_server_leaves_nothing_behind() {
    let mut server = Server::start();
    server.process.signal(Signal::KILL);
    server.process.end();
    falls_silent(&server.url);
}

#[test]
fn several_key_flags_share_the_rooms_of_their_app() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::start(command(
        &[
            "serve",
            "--json",
            "--listen",
            "127.0.0.1:0",
            "--key",
            "app.one:a",
            "--key",
            "app.two:b",
            "--key",
            "other.one:c",
        ],
        home.path(),
    ));
    let ready = server.stdout.json();
    assert_eq!(
        ready["keys"],
        serde_json::json!(["app.one:a", "app.two:b", "other.one:c"])
    );
    let url = ready["url"].as_str().unwrap();
    let with = |key: &str, arguments: &[&str]| {
        chatctl(arguments)
            .env("ABLY_API_KEY", key)
            .env("ABLY_ENDPOINT", url)
            .run()
    };
    with("app.one:a", &["room", "send", "lobby", "hello"]).exits(0);
    let count = ["room", "history", "lobby", "--jq", "length"];
    assert_eq!(with("app.two:b", &count).exits(0).stdout, "1\n");
    assert_eq!(with("other.one:c", &count).exits(0).stdout, "0\n");
    with("app.one:wrong", &count).exits(3);
    with("app.three:a", &count).exits(3);
    with("none.one:a", &count).exits(3);
}

#[test]
fn an_address_that_is_none_and_one_that_is_taken() {
    for address in [
        "nowhere",
        "127.0.0.1",
        "127.0.0.1:notaport",
        ":9080",
        "127.0.0.1:70000",
    ] {
        let ran = chatctl(&["serve", "--listen", address])
            .with_key()
            .run()
            .exits(2);
        assert!(ran.stderr.contains(address), "{ran:?}");
        assert_eq!(ran.stdout, "");
    }
    let server = Server::start();
    let taken = server.url.strip_prefix("http://").unwrap();
    let ran = chatctl(&["serve", "--listen", taken]).with_key().run();
    assert_ne!(ran.status, 0);
    assert!(
        ran.stderr.contains("can't listen on") && ran.stderr.contains(taken),
        "{ran:?}"
    );
    assert_eq!(ran.stdout, "");
}

/// The status and the whole answer of a request with these lines in its head.
fn ask(server: &Value, line: &str, head: &[&str]) -> (u16, String) {
    use std::io::{Read as _, Write as _};
    let address = server["url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap();
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    let head = [head, &["Connection: close\r\n\r\n"]].concat().join("\r\n");
    write!(socket, "{line} HTTP/1.1\r\n{head}").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

fn start_json(arguments: &[&str], home: &std::path::Path) -> (Process, Value) {
    let server = Process::start(command(&[&["serve", "--json"], arguments].concat(), home));
    let ready = server.stdout.json();
    (server, ready)
}

#[test]
fn flags_override_what_dev_sets() {
    let home = tempfile::tempdir().unwrap();
    let (server, ready) = start_json(&["--dev", "--listen", "127.0.0.1:0"], home.path());
    assert_eq!(ready["keys"][0], "dev.local:dev-secret-not-for-production");
    server.stderr.until("ABLY_API_KEY=dev.local");
    let (own, ready) = start_json(
        &["--dev", "--listen", "127.0.0.1:0", "--key", "a.b:own"],
        home.path(),
    );
    assert_eq!(ready["keys"], serde_json::json!(["a.b:own"]));
    assert!(!own.stderr.until("ABLY_ENDPOINT=").contains("own"));
    // The auth endpoint signs with that key.
    let host = format!("Host: 127.0.0.1:{}", ready["port"]);
    let (status, answer) = ask(&ready, "GET /api/ably-jwt?clientId=ann", &[&host]);
    assert_eq!(status, 200, "{answer}");
    let token = answer.rsplit("\r\n\r\n").next().unwrap();
    chatctl(&["token", "verify", token, "--key", "a.b:own"])
        .run()
        .exits(0);
}

#[test]
fn public_credentials_are_for_loopback_pages_and_allowed_ones() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("server.toml");
    std::fs::write(
        &config,
        "allow-host = [\"ably.test\"]\nallow-origin = [\"https://app.test\"]\n",
    )
    .unwrap();
    let listen = ["--listen", "127.0.0.1:0"];
    let is_open = |ready: &Value, head: &[&str]| ask(ready, "GET /time", head).0 == 200;
    for how in [&["--dev"][..], &["--provision-apps", "--key", "a.b:c"], &[]] {
        let (_server, ready) = start_json(&[&listen, how].concat(), home.path());
        assert!(is_open(&ready, &["Host: localhost"]), "{how:?}");
        assert!(
            is_open(
                &ready,
                &["Host: localhost", "Origin: http://localhost:3000"]
            ),
            "{how:?}"
        );
        assert!(!is_open(&ready, &["Host: ably.test"]), "{how:?}");
        let foreign = ["Host: localhost", "Origin: https://app.test"];
        let (status, answer) = ask(&ready, "GET /time", &foreign);
        assert_eq!(status, 403, "{how:?}");
        assert!(
            answer.contains("--allow-origin https://app.test"),
            "{answer}"
        );
        for allow in [
            &[
                "--allow-host",
                "ably.test",
                "--allow-origin",
                "https://app.test",
            ][..],
            &["--config", config.to_str().unwrap()],
        ] {
            let (_server, ready) = start_json(&[&listen, how, allow].concat(), home.path());
            assert!(
                is_open(&ready, &["Host: ably.test", "Origin: https://app.test"]),
                "{how:?}"
            );
            assert!(!is_open(&ready, &["Host: other.test"]), "{how:?}");
        }
    }
    // A key of one's own keeps out whom it should.
    let (_server, ready) = start_json(&[&listen[..], &["--key", "a.b:c"]].concat(), home.path());
    assert!(is_open(
        &ready,
        &["Host: ably.test", "Origin: https://app.test"]
    ));
    for fault in [
        "--allow-host=a:80",
        "--allow-origin=app.test",
        "--allow-origin=*",
    ] {
        let ran = chatctl(&["serve", "--listen", "127.0.0.1:0", fault])
            .with_key()
            .run()
            .exits(2);
        assert!(ran.stderr.contains("--allow-"), "{ran:?}");
    }
}

#[test]
fn the_local_server_takes_no_foreign_page() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = command(arguments, home.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["room", "send", "lobby", "hello"]);
    let status: Value = serde_json::from_str(&run(&["local", "status", "--json"])).unwrap();
    let foreign = ["Host: localhost", "Origin: https://evil.example"];
    let (code, _) = ask(&status, "GET /time", &foreign);
    let (rebound, _) = ask(&status, "GET /time", &["Host: evil.example"]);
    let (own, _) = ask(
        &status,
        "GET /time",
        &["Host: localhost", "Origin: http://localhost:3000"],
    );
    run(&["local", "stop"]);
    assert_eq!((code, rebound, own), (403, 403, 200));
}

#[test]
fn what_is_handed_to_sdks_is_connectable() {
    let home = tempfile::tempdir().unwrap();
    for (listen, endpoint) in [
        ("0.0.0.0:0", "127.0.0.1"),
        ("[::]:0", "127.0.0.1"),
        ("[::1]:0", "[::1]"),
    ] {
        let (_server, ready) = start_json(&["--listen", listen, "--key", "a.b:c"], home.path());
        let (host, port) = (
            ready["endpoint"].as_str().unwrap(),
            ready["port"].to_string(),
        );
        assert_eq!(host, endpoint, "{listen}");
        assert_eq!(ready["url"], format!("http://{endpoint}:{port}"));
        let app = chatctl(&["app", "create", "--json"])
            .env("ABLY_API_KEY", "a.b:c")
            .env("ABLY_ENDPOINT", host)
            .env("ABLY_PORT", &port)
            .env("ABLY_TLS", "false")
            .run()
            .exits(0)
            .json();
        assert_eq!(app["endpoint"], endpoint, "{listen}");
    }
}

#[test]
fn too_few_descriptors_are_said() {
    let home = tempfile::tempdir().unwrap();
    let script = |limit: u32| {
        let text = format!("ulimit -n {limit}; exec chatctl serve --listen 127.0.0.1:0");
        crate::running::script(&text, home.path())
    };
    for limit in [6, 8, 12] {
        let output = script(limit).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{limit}: {stderr}");
        assert!(
            stderr.contains("file descriptors") && stderr.contains("ulimit -n"),
            "{stderr}"
        );
    }
    let server = Process::start(script(40));
    let url = server.stdout.next();
    let address = url.strip_prefix("http://").unwrap();
    let is_served = || {
        let ready = serde_json::json!({"url": url});
        ask(&ready, "GET /time", &["Host: localhost"]).0 == 200
    };
    // Who asks for nothing makes room.
    let silent: Vec<_> = (0..100)
        .map(|_| std::net::TcpStream::connect(address).unwrap())
        .collect();
    assert!(is_served());
    drop(silent);
    // Who asks for something is missed for as long as that may take.
    let slow: Vec<_> = (0..60)
        .map(|_| {
            use std::io::Write as _;
            let mut socket = std::net::TcpStream::connect(address).unwrap();
            let head = "POST /keys/a.b/requestToken HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\
                        Content-Type: application/json\r\n\r\n";
            socket.write_all(head.as_bytes()).unwrap();
            socket
        })
        .collect();
    server.stderr.until("ulimit -n");
    assert!(is_served());
    drop(slow);
}

#[test]
fn an_unknown_store_is_named_with_those_that_are() {
    let ran = chatctl(&["serve", "--store", "paper"])
        .with_key()
        .run()
        .exits(2);
    assert!(
        ran.stderr.contains("paper") && ran.stderr.contains("memory"),
        "{ran:?}"
    );
}

#[test]
fn connection_limit_of_the_config_yields_to_the_flag() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    std::fs::write(&config, "[limits]\nconnection-limit = 1\n").unwrap();
    let listen = [
        "--listen",
        "127.0.0.1:0",
        "--config",
        config.to_str().unwrap(),
    ];
    let another = ["room", "tail", "lobby", "--limit", "1"];
    let server = Server::start_with(&listen);
    let _tail = server.tail(&["lobby"]);
    let refused = server.chatctl(&another).run().exits(3);
    assert!(refused.stderr.contains("40111"), "{refused:?}");
    let server = Server::start_with(&[&listen[..], &["--connection-limit", "2"]].concat());
    let _tails = [server.tail(&["lobby"]), server.tail(&["lobby"])];
    let refused = server.chatctl(&another).run().exits(3);
    assert!(refused.stderr.contains("40111"), "{refused:?}");
    for fault in ["0", "-1", "many"] {
        let flag = format!("--connection-limit={fault}");
        chatctl(&["serve", &flag]).with_key().run().exits(2);
    }
    std::fs::write(&config, "[limits]\nconnection-limit = 0\n").unwrap();
    let all = [&["serve"][..], &listen].concat();
    let ran = chatctl(&all).with_key().run().exits(2);
    assert!(ran.stderr.contains("connection-limit"), "{ran:?}");
}

#[test]
fn a_ready_file_is_there_only_while_its_server_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ready.json");
    let start = |arguments: &[&str]| {
        let flags = ["serve", "--ready-file", path.to_str().unwrap(), "--listen"];
        let mut command = command(&[&flags, arguments].concat(), folder.path());
        command.env("ABLY_API_KEY", KEY);
        command
    };
    // The server of the file is gone; the next one never comes to listen.
    let old = r#"{"url":"http://127.0.0.1:1","endpoint":"127.0.0.1","port":1,"keys":[]}"#;
    std::fs::write(&path, old).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = start(&[&address]).output().unwrap();
    assert!(!output.status.success());
    assert!(!path.exists());

    let mut server = Process::start(start(&["127.0.0.1:0"]));
    server.stdout.next();
    assert!(path.exists());
    server.signal(rustix::process::Signal::TERM);
    server.ends_with(0);
    assert!(!path.exists());

    // One that another server has taken over is that one's.
    let mut server = Process::start(start(&["127.0.0.1:0"]));
    server.stdout.next();
    std::fs::write(&path, "{}").unwrap();
    server.signal(rustix::process::Signal::TERM);
    server.ends_with(0);
    assert!(path.exists());

    // What is no file is left alone.
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let output = start(&["127.0.0.1:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_ready_file_takes_the_place_of_its_own_kind_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ready.json");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let run = |path: &std::path::Path, address: &str| {
        let path = path.to_str().unwrap();
        let all = ["serve", "--listen", address, "--ready-file", path];
        chatctl(&all).with_key().run().exits(2)
    };
    for content in ["precious", "{}", "[1]"] {
        std::fs::write(&path, content).unwrap();
        for given in [&path, &link] {
            let ran = run(given, "127.0.0.1:0");
            assert!(ran.stderr.contains("--ready-file"), "{ran:?}");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    }
    // That of a server that runs stays where another one can't start.
    std::fs::remove_file(&path).unwrap();
    let mut server = command(
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--ready-file",
            path.to_str().unwrap(),
            "--json",
        ],
        folder.path(),
    );
    server.env("ABLY_API_KEY", KEY);
    let server = Process::start(server);
    let ready = server.stdout.json();
    let address = ready["url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap();
    run(&path, address);
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept, ready);
}

#[test]
fn logs_are_private_and_follow_no_link() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("victim"), "precious").unwrap();
    std::os::unix::fs::symlink(path("victim"), path("link")).unwrap();
    for flag in ["--access-log", "--log-file"] {
        let all = ["serve", "--listen", "127.0.0.1:0", flag];
        let ran = chatctl(&[&all[..], &[&path("link")]].concat())
            .with_key()
            .run();
        let ran = ran.exits(2);
        assert!(
            ran.stderr.contains(flag) && ran.stderr.contains("is a link"),
            "{ran:?}"
        );
    }
    assert_eq!(std::fs::read_to_string(path("victim")).unwrap(), "precious");
    let log = path("log");
    chatctl(&["error", "40160", "--log-file", &log])
        .run()
        .exits(0);
    let mode = std::fs::metadata(&log).unwrap().permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o600
    );
}

#[test]
fn two_keys_of_one_name_are_refused() {
    let ran = chatctl(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--key",
        "a.b:c",
        "--key",
        "a.b:hidden",
    ])
    .run()
    .exits(2);
    assert!(
        ran.stderr.contains("a.b") && !ran.stderr.contains("hidden"),
        "{ran:?}"
    );
}

#[test]
fn an_address_that_others_reach_is_said() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::start(command(&["serve", "--listen", "0.0.0.0:0"], home.path()));
    server.stderr.until("can be reached from other machines");
}

#[test]
fn toml_faults_take_one_line_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    let path = path.to_str().unwrap();
    for text in ["\nkeys = \n", "\n[[keys]\n", "\nkeys = \"x\n"] {
        std::fs::write(path, text).unwrap();
        for arguments in [
            ["serve", "--config", path],
            ["serve", "--seed", path],
            ["token", "serve", "--users"],
        ] {
            let mut all = arguments.to_vec();
            if arguments[0] == "token" {
                all.push(path);
            }
            let ran = chatctl(&all).with_key().run().exits(2);
            assert!(ran.stderr.contains(&format!("{path}:2:")), "{ran:?}");
            assert!(!ran.stderr.contains("\\n"), "{ran:?}");
            assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
        }
    }
}

#[test]
fn rooms_in_memory_have_a_size_and_lose_their_oldest_history() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    let serve = |limits: &str| {
        std::fs::write(&config, format!("[limits]\n{limits}\n")).unwrap();
        let config = config.to_str().unwrap();
        ["serve", "--listen", "127.0.0.1:0", "--config", config].map(str::to_owned)
    };
    let refused = serve("retention-count = 5");
    let refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    let refused = chatctl(&refused).with_key().run().exits(2);
    assert!(
        refused.stderr.contains("need a store in a file"),
        "{}",
        refused.stderr
    );

    let kept = serve("retention-size = \"200KiB\"");
    let kept: Vec<&str> = kept[1..].iter().map(String::as_str).collect();
    let server = Server::start_with(&kept);
    let text = format!("{{n}} {}", "x".repeat(20_000));
    let send = ["room", "send", "a", &text, "--count", "20", "--jq", "empty"];
    server.chatctl(&send).run().exits(0);
    let filter = ".[].text | split(\" \")[0]";
    let history = ["room", "history", "a", "--jq", filter];
    let history = server.chatctl(&history).run().exits(0);
    let numbers: Vec<&str> = history.stdout.lines().collect();
    assert!((2..10).contains(&numbers.len()), "{numbers:?}");
    assert_eq!(numbers[0], "20");
}
