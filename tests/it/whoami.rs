//! `whoami` and `doctor`: what is in force, and whether it works.

use crate::harness::{KEY, chatctl, token};
use crate::running::{Server, path};

#[test]
fn whoami_asks_the_endpoint_what_a_key_may_do() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("serve.toml");
    let keys = format!(
        "[[keys]]\nkey = '{KEY}'\ncapability = {{ \"dms:*\" = [\"publish\", \"history\"], support = [\"*\"] }}\n"
    );
    std::fs::write(&config, keys).unwrap();
    let script = format!(
        "unset ABLY_API_KEY; exec chatctl serve --json --listen 127.0.0.1:0 --config {}",
        config.display()
    );
    let server = Server::start_by(&script);
    let ran = server.chatctl(&["whoami"]).run().exits(0);
    for words in [
        "PROFILE     none",
        &format!("ENDPOINT    {}  (ABLY_ENDPOINT)", server.url),
        "CREDENTIAL  API key appid.••••:••••  (ABLY_API_KEY)",
        "CLIENT      tester  (ABLY_CLIENT_ID)",
        "MAY         dms:*    history, send\n            support  everything\n",
        "EXPIRES     never",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
    }
    assert!(!ran.stdout.contains("secret"), "{ran:?}");
    let json = server.chatctl(&["whoami", "--json"]).run().exits(0).json();
    assert_eq!(json["capability"]["support"][0], "*");
    assert_eq!(json["clientId"]["value"], "tester");
    let ran = server.chatctl(&["whoami", "--offline"]).run().exits(0);
    assert!(ran.stdout.contains("not known: the endpoint was not asked"));
    let wrong = server.chatctl(&["whoami"]);
    let wrong = wrong
        .env("ABLY_API_KEY", "appid.keyid:wrong")
        .run()
        .exits(3);
    assert!(wrong.stdout.contains("CREDENTIAL"), "{wrong:?}");
}

#[test]
fn whoami_reads_a_token_without_asking() {
    let token = token(&["--client-id", "al", "--allow", "lobby=publish"]);
    let whoami = |arguments: &[&str]| {
        let all = [&["whoami", "--endpoint", "http://127.0.0.1:1"], arguments].concat();
        chatctl(&all)
    };
    let ran = whoami(&[]).env("ABLY_TOKEN", &token).run().exits(0);
    for words in [
        "JWT appid.••••",
        "al  (token)",
        "lobby  send",
        "in 60 minutes",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
    }
    assert!(!ran.stdout.contains(&token));
    let command = format!("echo {token}");
    let fetched = whoami(&["--auth-command", &command]).env("PATH", &path());
    assert!(fetched.run().exits(0).stdout.contains("al  (token)"));
    let offline = whoami(&["--offline", "--auth-command", "exit 1"]).run();
    assert!(offline.exits(0).stdout.contains("printed by a command"));
}

#[test]
fn whoami_without_credentials_exits_1() {
    let ran = chatctl(&["whoami"]).env("CI", "true").run().exits(1);
    assert!(ran.stdout.contains("CREDENTIAL  none"), "{ran:?}");
    // The local server is not started for it.
    let ran = chatctl(&["whoami"]).run().exits(0);
    assert!(
        ran.stdout.contains("not running  (the local server)"),
        "{ran:?}"
    );
}

#[test]
fn doctor_walks_the_way_to_a_server() {
    let server = Server::start();
    let report = server.chatctl(&["doctor", "--json"]).run().exits(0).json();
    let outcome = |name: &str| {
        let steps = report.as_array().unwrap();
        let step = steps.iter().find(|step| step["check"] == name);
        step.unwrap_or_else(|| panic!("{name}: {report}"))["outcome"].clone()
    };
    for name in [
        "version",
        "address",
        "TCP",
        "upgrade",
        "clock",
        "faults",
        "credential",
        "capability",
        "REST",
        "realtime",
    ] {
        assert_eq!(outcome(name), "ok", "{report}");
    }
    for name in ["config", "proxy", "TLS", "local server"] {
        assert_eq!(outcome(name), "skipped", "{report}");
    }
    let ran = server.chatctl(&["doctor"]).run().exits(0);
    assert!(
        ran.stdout
            .contains("✓ capability   everything in every room"),
        "{ran:?}"
    );
    assert!(ran.stdout.ends_with("\nno problems found\n"), "{ran:?}");
    assert!(!ran.stdout.contains("secret"), "{ran:?}");
}

#[test]
fn doctor_warns_of_a_server_that_fails_on_purpose() {
    let server = Server::start_with(&["--listen", "127.0.0.1:0", "--chaos", "1"]);
    let ran = server.chatctl(&["doctor"]).run().exits(0);
    assert!(
        ran.stdout
            .contains("! faults       this server fails on purpose\n"),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("fix: see 'chatctl faults list'"),
        "{ran:?}"
    );
    assert!(ran.stdout.ends_with("\n1 warning\n"), "{ran:?}");
}

#[test]
fn doctor_skips_what_depends_on_a_failed_step() {
    let doctor = |endpoint: &str| {
        chatctl(&[
            "doctor",
            "--json",
            "--endpoint",
            endpoint,
            "--timeout",
            "2s",
        ])
        .with_key()
    };
    let report = doctor("http://127.0.0.1:1").run().exits(1).json();
    let by_name = |name: &str| {
        let steps = report.as_array().unwrap();
        steps
            .iter()
            .find(|step| step["check"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(by_name("TCP")["outcome"], "fail");
    assert!(by_name("TCP")["fix"].is_string());
    for name in [
        "TLS",
        "upgrade",
        "clock",
        "faults",
        "capability",
        "REST",
        "realtime",
    ] {
        assert_eq!(by_name(name)["outcome"], "skipped", "{report}");
    }
    let server = Server::start();
    let https = server.url.replace("http:", "https:");
    let ran = doctor(&https).run().exits(1);
    assert!(ran.stdout.contains("does not speak TLS"), "{ran:?}");
    assert!(
        ran.stdout.contains(&format!("use {}", server.url)),
        "{ran:?}"
    );
    let wrong = doctor(&server.url).env("ABLY_API_KEY", "appid.keyid:wrong");
    let wrong = wrong.run().exits(1);
    assert!(wrong.stdout.contains("40101"), "{wrong:?}");
    let broken = chatctl(&["doctor"]).env("CHATCTL_CONFIG", "/no/file").run();
    let broken = broken.exits(1);
    assert!(broken.stdout.contains("✗ config"), "{broken:?}");
}
