//! `chatctl faults`, `--faults`, `--chaos` and `--uts-proxy`, from the built program.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::harness::chatctl;
use crate::running::Server;

/// Runs a shell script on a server of its own, with these options of `exec`.
fn script(options: &[&str], script: &str) -> crate::harness::Ran {
    let mut arguments = vec!["exec"];
    arguments.extend(options);
    arguments.extend(["--", "sh", "-c", script]);
    chatctl(&arguments).env("PATH", "/usr/bin:/bin").run()
}

fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.toml");
    std::fs::write(&path, text).unwrap();
    let name = path.to_str().unwrap().to_owned();
    (folder, name)
}

#[test]
fn a_send_whose_answer_is_lost_fails_and_is_done() {
    let (_folder, rules) = file(
        "[[fault]]\nname = \"lost\"\nat = \"answer\"\nmethod = \"POST\"\npath = \"/chat/*/messages\"\ndo = \"answer\"\n\
         status = 503\n",
    );
    let ran = script(
        &["--faults", &rules],
        "chatctl room send lobby hello; echo $?; chatctl room history lobby --jq '.[].text'; \
         chatctl faults list --all-apps --jq '.[0].fired'",
    );
    assert_eq!(ran.stdout, "6\nhello\n1\n", "{}", ran.stderr);
    assert!(
        ran.stderr.contains("(code 50300, status 503)"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_connection_is_cut_by_hand_and_nothing_is_lost() {
    let ran = script(
        &[],
        "chatctl room tail lobby --limit 2 --jq .message.text --client-id tail -- sh -c '\
           chatctl room send lobby one && chatctl faults cut --client tail >&2 && chatctl room send lobby two' ; \
         chatctl faults log --jq '.[] | [.do, .clientId] | join(\" \")'; \
         chatctl faults cut --client nobody; echo $?",
    );
    assert_eq!(ran.stdout, "one\ntwo\ncut tail\n0\n1\n", "{}", ran.stderr);
}

#[test]
fn a_send_is_held_until_its_rule_is_cleared() {
    let ran = script(
        &[],
        "chatctl faults add hold --at commit --room lobby --name held; \
         (chatctl room send lobby one --jq .text; echo sent) & \
         until chatctl faults list --jq '.[].fired' | grep -q 1; do :; done; \
         chatctl room history lobby --json; chatctl faults clear held; wait; \
         chatctl room history lobby --jq '.[].text'",
    );
    let expected = "1\n[]\n1\none\nsent\none\n";
    assert_eq!(ran.stdout, expected, "{}", ran.stderr);
}

#[test]
fn rules_are_added_listed_and_cleared() {
    let ran = script(
        &[],
        "chatctl faults add refuse --name no --at commit --code 42911 --times 1; \
         chatctl room send lobby one; echo $?; chatctl room send lobby two --jq .text; \
         chatctl faults list; chatctl faults clear no; chatctl faults clear no; echo $?; chatctl faults list --json",
    );
    let expected = "1\n6\ntwo\nRULE  NAME  AT      DO      ABOUT  FIRED\n1     no    commit  refuse         1\n1\n1\n[]\n";
    assert_eq!(ran.stdout, expected, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("There is no rule 'no'"),
        "{}",
        ran.stderr
    );
}

#[test]
fn lint_names_what_is_wrong_and_where() {
    let (_folder, good) = file("[[fault]]\nat = \"out\"\ndo = \"drop\"\n");
    let ran = chatctl(&["faults", "lint", &good]).run();
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "nothing is wrong\n"));
    let (_folder, bad) = file(
        "[[fault]]\nname = \"a\"\nat = \"out\"\ndo = \"dorp\"\n[[fault]]\nat = \"in\"\ndo = \"delay\"\n",
    );
    let ran = chatctl(&["faults", "lint", &bad]).run();
    let expected = format!(
        "{bad}:fault 'a': unknown fault 'dorp': did you mean 'drop'?\n{bad}:fault 2: 'by' is missing: do = \"delay\" needs it\n"
    );
    assert_eq!((ran.status, ran.stdout), (1, expected));
    let (_folder, unknown) = file("[[fault]]\nat = \"out\"\nod = \"drop\"\n");
    let ran = chatctl(&["faults", "lint", &unknown, "--jq", ".[].message"]).run();
    assert!(
        ran.stdout.starts_with("3:1: unknown key 'od'"),
        "{}",
        ran.stdout
    );
    // A server does not start with such a file.
    let ran = chatctl(&["exec", "--faults", &bad, "--", "true"]).run();
    assert_eq!(ran.status, 125);
    assert!(
        ran.stderr.contains("unknown fault 'dorp'"),
        "{}",
        ran.stderr
    );
}

#[test]
fn without_a_token_the_way_to_one_is_said() {
    let ran = chatctl(&["faults", "list"])
        .with_key()
        .env("ABLY_ENDPOINT", "http://127.0.0.1:1")
        .run();
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("there is no admin token"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_seed_fails_twice_alike_and_is_printed() {
    let run = || {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log.json");
        let ran = script(
            &[
                "--chaos",
                "3",
                "--chaos-profile",
                "rough",
                "--fault-log",
                log.to_str().unwrap(),
            ],
            "for i in $(seq 60); do chatctl room send lobby hello >/dev/null 2>&1 || echo failed $i; done; exit 9",
        );
        assert_eq!(ran.status, 9);
        let entries: Value = serde_json::from_slice(&std::fs::read(log).unwrap()).unwrap();
        let keys: Vec<Value> = entries
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["key"].clone())
            .collect();
        let said = format!(
            "failed with --chaos 3 --chaos-profile rough: {} faults were done",
            keys.len()
        );
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
        (ran.stdout, keys)
    };
    let first = run();
    assert!(!first.1.is_empty());
    assert_eq!(first, run());
}

/// A bot with a bug: it sends again when a send fails, and after a lost answer the room has the message twice.
const SENDS_TWICE: &str = r#"
for n in 1 2 3 4 5 6; do
  chatctl room send lobby "message $n" >/dev/null 2>&1 || chatctl room send lobby "message $n" >/dev/null 2>&1 || exit 3
done
twice=$(chatctl room history lobby --all --jq '[.[].text] | length - (unique | length)') || exit 3
[ "$twice" = 0 ] || { echo "sent twice: $twice"; exit 1; }
"#;

#[test]
fn a_seed_finds_a_planted_bug_and_one_fault_is_left_of_it() {
    let finds = |seed: &u32| {
        let ran = script(&["--chaos", &seed.to_string()], SENDS_TWICE);
        ran.status == 1 && ran.stdout.contains("sent twice")
    };
    let seed = (1..=200).find(finds).expect("a seed finds it").to_string();
    let shrink = |command: &str| {
        let arguments = [
            "faults",
            "shrink",
            "--chaos",
            &seed,
            "--match",
            "sent twice",
            "--",
            "sh",
            "-c",
            command,
        ];
        chatctl(&arguments).env("PATH", "/usr/bin:/bin").run()
    };
    let ran = shrink(SENDS_TWICE);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let rules = ran.stdout;
    assert_eq!(rules.matches("[[fault]]").count(), 1, "{rules}");
    assert!(
        rules.contains("at = \"answer\"") && rules.contains("messages#"),
        "{rules}"
    );
    // What is left is a rule file.
    let (_folder, path) = file(&rules);
    let ran = script(&["--faults", &path], SENDS_TWICE);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "sent twice: 1\n"));
    // Nothing is found where the command fails anyway, or never.
    for (command, why) in [
        ("exit 1", "fails without faults"),
        ("true", "passes with --chaos"),
    ] {
        let ran = chatctl(&[
            "faults", "shrink", "--chaos", "1", "--", "sh", "-c", command,
        ])
        .env("PATH", "/usr/bin:/bin")
        .run();
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
}

fn request(port: u16, method: &str, path: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut text = String::new();
    // A connection that is cut ends without an answer.
    let _ = stream.read_to_string(&mut text);
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (
        status.unwrap_or(0),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

#[test]
fn the_vendors_fault_proxy_is_answered_for() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--uts-proxy", "127.0.0.1:0"]);
    let notice = server
        .process
        .stderr
        .until("fault proxy: http://127.0.0.1:");
    let control: u16 = notice.rsplit(':').next().unwrap().trim().parse().unwrap();
    assert_eq!(
        request(control, "GET", "/health", ""),
        (200, json!({"ok": true}))
    );
    assert_eq!(request(control, "POST", "/sessions", "{}").0, 400);
    assert_eq!(request(control, "GET", "/sessions/nope", "").0, 404);
    let rule = json!({
        "match": {"type": "http_request", "pathContains": "/time"},
        "action": {"type": "http_respond", "status": 418, "body": {"a": 1}},
        "times": 1,
        "comment": "teapot",
    });
    let drop = json!({"match": {"type": "http_request", "method": "get"}, "action": {"type": "http_drop"}});
    let target = json!({"realtimeHost": "sandbox.example", "restHost": "sandbox.example"});
    let body = json!({"target": target, "rules": [rule]}).to_string();
    let (status, session) = request(control, "POST", "/sessions", &body);
    assert_eq!(status, 201, "{session}");
    let id = session["sessionId"].as_str().unwrap();
    assert_eq!(id.len(), 8);
    let port = u16::try_from(session["proxy"]["port"].as_u64().unwrap()).unwrap();
    assert_eq!(request(port, "GET", "/time", ""), (418, json!({"a": 1})));
    assert_eq!(request(port, "GET", "/time", "").0, 200, "once");
    let path = format!("/sessions/{id}");
    assert_eq!(request(control, "GET", &path, "").1["ruleCount"], 0);
    let rules = json!({"rules": [drop], "position": "prepend"}).to_string();
    let (_, answer) = request(control, "POST", &format!("{path}/rules"), &rules);
    assert_eq!(answer, json!({"ruleCount": 1}));
    assert_eq!(request(port, "GET", "/time", "").0, 0);
    let (status, _) = request(
        control,
        "POST",
        &format!("{path}/actions"),
        r#"{"type":"close"}"#,
    );
    assert_eq!(status, 409, "no WebSocket is open");
    let (_, log) = request(control, "GET", &format!("{path}/log"), "");
    let events = log["events"].as_array().unwrap();
    let told: Vec<Value> = events
        .iter()
        .map(|event| json!([event["type"], event["status"], event["ruleMatched"]]))
        .collect();
    let expected = json!([
        ["http_request", null, null],
        ["http_response", 418, "teapot"],
        ["http_request", null, null],
        ["http_response", 200, null],
        ["http_request", null, null],
        ["http_response", null, "rule-0"],
        ["action", null, null],
    ]);
    assert_eq!(Value::from(told), expected);
    let times: Vec<&str> = events
        .iter()
        .map(|event| event["timestamp"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|one, two| one < two), "{times:?}");
    assert_eq!(request(control, "DELETE", &path, "").0, 200);
    assert_eq!(request(control, "DELETE", &path, "").0, 404);
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_err(),
        "the port is free"
    );
    // Without a credential, pages of browsers are kept out.
    let mut stream = TcpStream::connect(("127.0.0.1", control)).unwrap();
    write!(
        stream,
        "POST /sessions HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 403"), "{text}");
}
