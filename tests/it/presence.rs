//! `chatctl presence`.

use crate::running::Server;

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
