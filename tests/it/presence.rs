//! `chatctl presence`.

use rustix::process::Signal;

use crate::running::{Process, Server};

/// A member that is held, with a runtime folder in the server's home.
fn enter(server: &Server, more: &[&str]) -> Process {
    let all = [&["presence", "enter", "lobby"], more].concat();
    let mut command = server.command(&all);
    command.env("XDG_RUNTIME_DIR", server.home.path());
    let member = Process::start(command);
    member.stderr.until("is present in lobby");
    member
}

#[test]
fn a_member_that_another_command_holds_is_updated_and_leaves() {
    let server = Server::start();
    let runtime = server.home.path().to_str().unwrap();
    let ask = |arguments: &[&str]| {
        let all = [&["presence"], arguments].concat();
        server.chatctl(&all).env("XDG_RUNTIME_DIR", runtime).run()
    };
    let ran = ask(&["update", "lobby", "--data", "1"]).exits(1);
    assert!(ran.stderr.contains("for tester in lobby"), "{ran:?}");
    let mut member = enter(&server, &["--data", "{\"mood\":\"good\"}"]);
    let data = || {
        ask(&["list", "lobby", "--jq", "map(.data)"])
            .exits(0)
            .word()
    };
    assert_eq!(data(), "[{\"mood\":\"good\"}]");
    ask(&["update", "lobby", "--data", "{\"mood\":\"better\"}"]).exits(0);
    assert_eq!(data(), "[{\"mood\":\"better\"}]");
    ask(&["update", "lobby"]).exits(0);
    assert_eq!(data(), "[null]");
    // Another room and another client are not this one.
    ask(&["update", "other", "--data", "1"]).exits(1);
    ask(&["leave", "lobby", "--client-id", "bob"]).exits(1);
    // A token says itself whom it is for.
    let token = crate::harness::token(&["--client-id", "tester"]);
    let with_token = ["update", "lobby", "--data", "2", "--token", &token];
    ask(&with_token).exits(0);
    assert_eq!(data(), "[2]");
    ask(&["leave", "lobby"]).exits(0);
    member.ends_with(0);
    assert_eq!(data(), "[]");
    ask(&["leave", "lobby"]).exits(1);
}

#[test]
fn what_is_refused_is_said_to_who_asked() {
    let server = Server::start();
    let runtime = server.home.path().to_str().unwrap();
    let _member = enter(&server, &[]);
    let large = format!("\"{}\"", "x".repeat(70_000));
    let update = ["presence", "update", "lobby", "--data", "-", "--json"];
    let run = server.chatctl(&update).env("XDG_RUNTIME_DIR", runtime);
    let ran = run.stdin(&large).run().exits(6);
    assert_eq!(ran.error()["code"], 40009);
}

#[test]
fn leave_skips_killed_members_and_keeps_their_commands() {
    let server = Server::start();
    let runtime = server.home.path().to_str().unwrap();
    let leave = || {
        let leave = server.chatctl(&["presence", "leave", "lobby"]);
        leave.env("XDG_RUNTIME_DIR", runtime).run()
    };
    let mut killed = enter(&server, &[]);
    killed.signal(Signal::KILL);
    killed.end();
    leave().exits(1);
    let folder = server.home.path().join("chatctl");
    assert_eq!(
        std::fs::read_dir(folder).unwrap().count(),
        0,
        "what it left is removed"
    );
    let mut beside = enter(&server, &["--", "sh", "-c", "exec sleep 30"]);
    leave().exits(0);
    assert!(beside.is_running());
    beside.signal(Signal::TERM);
    beside.ends_with(143);
}

#[test]
fn a_room_that_nobody_entered_has_no_members() {
    let server = Server::start();
    let list = |more: &[&str]| {
        let all: Vec<&str> = ["presence", "list", "lobby"]
            .iter()
            .chain(more)
            .copied()
            .collect();
        server.chatctl(&all).run()
    };
    assert_eq!(list(&[]).exits(0).stdout, "");
    assert_eq!(list(&["--json"]).exits(0).stdout, "[]\n");
    assert_eq!(list(&["-o", "jsonl"]).exits(0).stdout, "");
    assert_eq!(list(&["--jq", "length"]).exits(0).stdout, "0\n");
}

#[test]
fn a_name_that_no_room_has_is_refused() {
    let server = Server::start();
    let ran = server.chatctl(&["presence", "list", "", "--json"]).run();
    assert_ne!(ran.status, 0);
    assert_eq!(ran.error()["code"], 102_000);
}
