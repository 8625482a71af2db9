//! A store that can't be written: clear errors, nothing lost, and on it goes once it can.

use crate::durable::Durable;
use crate::running::Server;

/// Starts a server whose files may have so many blocks of 512 bytes, as on a disk that is full.
fn on_a_full_disk(durable: &Durable, blocks: u32) -> Server {
    Server::start_by(&format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec chatctl serve --json --listen 127.0.0.1:0 --store {}",
        durable.store()
    ))
}

fn history(server: &Server) -> Vec<String> {
    let run = server.chatctl(&[
        "room",
        "history",
        "lobby",
        "--all",
        "--order",
        "oldest",
        "--jq",
        ".[].serial",
    ]);
    let ran = run.run().exits(0);
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn full_disk_refuses_what_it_cannot_keep_and_loses_nothing() {
    let durable = Durable::new();
    let server = on_a_full_disk(&durable, 600);
    let text = format!("{} {{n}}", "x".repeat(2000));
    let run = server.chatctl(&[
        "room",
        "send",
        "lobby",
        "--timeout",
        "2s",
        "--count",
        "500",
        "--",
        &text,
    ]);
    let ran = run.run().exits(6);
    assert!(ran.stderr.contains("code 50000"), "{}", ran.stderr);
    let sent: Vec<&str> = ran.stdout.lines().collect();
    assert!((1..500).contains(&sent.len()), "{} were sent", sent.len());
    // What it has is read as before.
    assert_eq!(history(&server), sent);

    // With room on the disk, all that was acknowledged is there, and nothing else.
    let server = durable.replace(server);
    assert_eq!(history(&server), sent);
    server.send("lobby", "goes on");
    assert_eq!(history(&server).len(), sent.len() + 1);
}

#[test]
fn output_that_cannot_be_written_has_its_own_exit() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_chatctl"))
        .args(["capability", "features"])
        .env_clear()
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(7));
    let text = String::from_utf8(ran.stderr).unwrap();
    assert!(text.contains("can't write to standard output"), "{text}");
}

#[test]
fn store_that_cannot_be_opened_is_named() {
    let durable = Durable::new();
    let store = durable.store();
    let folder = store.strip_prefix("sqlite:").unwrap();
    std::fs::create_dir(folder).unwrap();
    let run = crate::harness::chatctl(&["serve", "--listen", "127.0.0.1:0", "--store", &store]);
    let ran = run.with_key().run();
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains(folder), "{}", ran.stderr);
}
