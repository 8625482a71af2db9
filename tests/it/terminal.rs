//! What commands are like on a terminal: colour, width, questions and keys.

use std::process::Stdio;

use crate::live::script;
use crate::pty::Terminal;
use crate::running::{Server, command};

/// `chatctl` on a terminal, talking to `server`.
fn on(server: &Server, arguments: &[&str], columns: u16, variables: &[(&str, &str)]) -> Terminal {
    let mut command = server.command(arguments);
    command.envs(variables.iter().copied());
    Terminal::start(&command, columns)
}

fn send_as(server: &Server, who: &str, text: &str) {
    let send = ["room", "send", "lobby", "--client-id", who, "--", text];
    server.chatctl(&send).run().exits(0);
}

#[test]
fn a_peers_escape_sequences_do_not_drive_the_terminal() {
    let server = Server::start();
    send_as(&server, "eve", "\u{1b}[2J\u{1b}]0;owned\u{7}second");
    let mut history = on(&server, &["room", "history", "lobby"], 120, &[]);
    history.ends_with(0);
    assert!(
        !history.written().contains("\u{1b}[2J"),
        "{:?}",
        history.written()
    );
}

#[test]
fn colour_is_for_terminals_whose_user_wants_it() {
    let server = Server::start();
    server.send("lobby", "hello");
    let written = |variables: &[(&str, &str)], more: &[&str]| {
        let all = [&["room", "history", "lobby"], more].concat();
        let mut terminal = on(&server, &all, 80, variables);
        terminal.ends_with(0);
        terminal.shows("hello");
        terminal.written()
    };
    let escape = '\u{1b}';
    assert!(written(&[], &[]).contains(escape));
    assert!(!written(&[("NO_COLOR", "1")], &[]).contains(escape));
    assert!(
        written(&[("NO_COLOR", "")], &[]).contains(escape),
        "empty is unset"
    );
    assert!(!written(&[], &["--color", "never"]).contains(escape));
    assert!(written(&[("NO_COLOR", "1")], &["--color", "always"]).contains(escape));
    let piped = server.chatctl(&["room", "history", "lobby"]).run().exits(0);
    assert!(!piped.stdout.contains(escape));
}

#[test]
fn forty_columns_are_enough_whatever_the_letters_are_like() {
    let server = Server::start();
    let serial = server.send(
        "lobby",
        "plain words that are longer than what fits into forty columns",
    );
    server.send(
        "lobby",
        "日本語のとても長い文章が狭い端末の幅に収まらない場合",
    );
    server.send(
        "lobby",
        "👩‍👩‍👧‍👦 family 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉 é à la carte",
    );
    let mut terminal = on(
        &server,
        &["room", "history", "lobby"],
        40,
        &[("NO_COLOR", "1")],
    );
    terminal.ends_with(0);
    terminal.shows("columns");
    assert!(!terminal.is_wrapped(), "{:#?}", terminal.lines());
    let lines = terminal.lines();
    assert!(lines.iter().any(|line| line.contains('🎉')), "{lines:#?}");
    // Serials are whole at each width, and so are times.
    for columns in [40, 80] {
        let mut terminal = on(
            &server,
            &[
                "room", "history", "lobby", "--limit", "1", "--order", "oldest",
            ],
            columns,
            &[("NO_COLOR", "1"), ("TZ", "UTC")],
        );
        terminal.ends_with(0);
        terminal.shows(serial["serial"].as_str().unwrap());
        let lines = terminal.lines();
        let is_time = |word: &str| word.len() == 8 && word.matches(':').count() == 2;
        let mut words = lines.iter().flat_map(|line| line.split(' '));
        assert!(words.any(is_time), "{lines:#?}");
        assert!(!terminal.is_wrapped(), "{lines:#?}");
    }
    // Nothing is cut for those who are no terminal.
    let piped = server.chatctl(&["room", "history", "lobby"]).run().exits(0);
    assert!(piped.stdout.contains("columns") && piped.stdout.contains("場合"));
}

#[test]
fn an_interrupt_from_the_keyboard_ends_a_tail() {
    let server = Server::start();
    let mut endless = on(&server, &["room", "tail", "lobby"], 80, &[]);
    endless.shows("listening to lobby; Ctrl-C ends");
    server.send("lobby", "seen");
    let mut sent = 1;
    while !endless.lines().iter().any(|line| line.contains("seen")) {
        server.send("lobby", "seen");
        sent += 1;
        assert!(sent < 200);
    }
    endless.types("\u{3}");
    endless.ends_with(0);
    let mut limited = on(&server, &["room", "tail", "lobby", "--limit", "1"], 80, &[]);
    while server
        .chatctl(&["occupancy", "get", "lobby", "--jq", ".connections"])
        .run()
        .word()
        == "0"
    {}
    limited.types("\u{3}");
    limited.ends_with(130);
}

#[test]
fn what_deletes_many_asks_first() {
    let server = Server::start();
    let serials: Vec<String> = ["one", "two"]
        .iter()
        .map(|text| {
            server.send("lobby", text)["serial"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let delete = ["room", "delete", "lobby", &serials[0], &serials[1]];
    let left = || {
        let texts = server.chatctl(&[
            "room",
            "history",
            "lobby",
            "--jq",
            "map(.text) | sort | join(\",\")",
        ]);
        texts.run().exits(0).word()
    };
    let mut refusing = on(&server, &delete, 80, &[]);
    refusing.shows("Delete 2 messages in lobby? [y/N]");
    refusing.types("\r");
    refusing.ends_with(1);
    assert_eq!(left(), "one,two");
    let ran = server.chatctl(&delete).run().exits(2);
    assert!(ran.stderr.contains("--force"), "{ran:?}");
    let mut agreeing = on(&server, &delete, 80, &[]);
    agreeing.shows("[y/N]");
    agreeing.types("y\r");
    agreeing.ends_with(0);
    assert_eq!(left(), ",");
}

#[test]
fn an_export_shows_how_far_it_came_to_who_looks() {
    let server = Server::start();
    let many = [
        "room", "send", "lobby", "{n}", "--count", "2500", "--jq", "empty",
    ];
    server.chatctl(&many).run().exits(0);
    let mut export = on(&server, &["room", "export", "lobby", "file"], 80, &[]);
    export.ends_with(0);
    export.shows("2500 messages written to file");
    let written = export.written();
    assert!(
        written.contains('%') && written.contains(" messages"),
        "{written:?}"
    );
    let quiet = server
        .chatctl(&["room", "export", "lobby", "other"])
        .run()
        .exits(0);
    assert_eq!(quiet.stderr, "2500 messages written to other\n");
}

#[test]
fn streams_that_are_closed_are_no_trouble() {
    let ran = script(
        r"
        chatctl room send lobby --lines <&-; echo lines $?
        chatctl room send lobby - <&- 2>/dev/null || echo text $?
        chatctl room join lobby <&-; echo join $?
        chatctl room tail lobby --limit 1 --jq .message.text <&- -- chatctl room send lobby hello 2>/dev/null
        chatctl room send lobby quiet >&- && echo stdout $?
        chatctl room send lobby quieter >/dev/null 2>&- && echo stderr $?
        chatctl room history lobby --jq length
        ",
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "lines 0\ntext 2\njoin 0\nhello\nstdout 0\nstderr 0\n3\n"
    );
}

#[test]
fn without_a_terminal_a_chat_is_a_pipe() {
    let server = Server::start();
    let mut command = server.command(&["room", "join", "lobby", "--echo", "--jq", ".message.text"]);
    command.stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"one\ntwo\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "one\ntwo\n");
    assert!(output.status.success());
}

#[test]
fn progress_fits_a_terminal_that_becomes_narrower() {
    let home = tempfile::tempdir().unwrap();
    let bench = ["bench", "mint", "--warm-up", "0s", "--duration", "2s"];
    let mut terminal = Terminal::start(&command(&bench, home.path()), 80);
    let is_drawn = |lines: &[String]| lines.iter().any(|line| line.contains('%'));
    terminal.until("progress", is_drawn);
    terminal.resize(30, 24);
    std::thread::sleep(std::time::Duration::from_millis(500));
    terminal.until("progress in 30 columns", is_drawn);
    assert!(!terminal.is_wrapped(), "{:#?}", terminal.lines());
    terminal.ends_with(0);
}
