//! `room join` on a terminal.

use rustix::process::Signal;

use crate::proxy::{Proxy, Temper};
use crate::pty::Terminal;
use crate::running::{Process, Server, script};

/// A chat in the room lobby, on a terminal of so many columns.
fn join(server: &Server, columns: u16, variables: &[(&str, &str)]) -> Terminal {
    let mut command = server.command(&["room", "join", "lobby", "--timeout", "5s"]);
    command.env("TZ", "UTC").envs(variables.iter().copied());
    let chat = Terminal::start(&command, columns);
    chat.shows("tester ›");
    chat
}

fn send_as(server: &Server, who: &str, text: &str) -> String {
    let send = ["room", "send", "lobby", "--client-id", who, "--", text];
    server.chatctl(&send).run().exits(0).word()
}

/// The texts of the room, the oldest first.
fn texts(server: &Server) -> String {
    let history = [
        "room", "history", "lobby", "--order", "oldest", "--jq", ".[].text",
    ];
    server.chatctl(&history).run().exits(0).stdout
}

#[test]
fn typed_line_is_not_torn_by_events() {
    let server = Server::start();
    let others = server.tail(&["lobby", "--events", "messages,typing,presence", "--json"]);
    let mut chat = join(&server, 80, &[]);
    assert_eq!(others.stdout.json()["type"], "enter");
    chat.types("half a li");
    let started = others.stdout.json();
    assert_eq!(
        (&started["type"], &started["clientId"]),
        (&"typing.started".into(), &"tester".into())
    );
    for number in 1..=5 {
        send_as(&server, "bob", &format!("line {number} of bob's"));
    }
    chat.until("five messages above one line that is whole", |lines| {
        let from_bob = lines
            .iter()
            .filter(|it| it.contains("bob  ") && it.contains("line "));
        from_bob.count() == 5 && lines.iter().any(|it| it == " tester › half a li")
    });
    chat.types("ne\r");
    others.stdout.until("half a line");
    chat.shows("tester  half a line");
    chat.types("\u{4}");
    chat.ends_with(0);
    assert!(chat.is_as_it_was());
    // What was said stays on the terminal.
    chat.shows("tester  half a line");
    others.stdout.until(r#""type":"leave""#);
}

#[test]
fn chat_begins_with_history_and_members() {
    let server = Server::start();
    for number in 1..=12 {
        send_as(&server, "ann", &format!("message {number}."));
    }
    let enter = ["presence", "enter", "lobby", "--client-id", "ann"];
    let ann = Process::start(server.command(&enter));
    ann.stderr.until("ann is present");
    let chat = join(&server, 80, &[]);
    chat.until("the last ten and the members", |lines| {
        lines[0].contains("lobby · 2 here: ann, tester")
            && lines.iter().any(|line| line.contains("message 12."))
    });
    assert_eq!(chat.count("message 3."), 1);
    assert_eq!(chat.count("message 2."), 0);
    let lines = chat.lines();
    let line = lines
        .iter()
        .find(|line| line.contains("message 12."))
        .unwrap();
    let (time, rest) = line.trim_start().split_once(' ').unwrap();
    assert!(time.len() == 5 && time.as_bytes()[2] == b':', "{line}");
    assert_eq!(rest.trim(), "ann  message 12.");
}

#[test]
fn two_terminals_of_one_user_see_each_other_once() {
    let server = Server::start();
    let chats = [join(&server, 80, &[]), join(&server, 80, &[])];
    chats[0].types("from the first\r");
    chats[1].shows("from the first");
    chats[1].types("from the second\r");
    send_as(&server, "tester", "from beside");
    for chat in &chats {
        for text in ["from the first", "from the second", "from beside"] {
            chat.shows(text);
            chat.until("each once", |_| chat.count(text) == 1);
        }
    }
}

#[test]
fn presence_and_typing_are_shown_and_go_away() {
    let server = Server::start();
    let mut chat = join(&server, 80, &[]);
    let enter = ["presence", "enter", "lobby", "--client-id", "ann"];
    let ann = Process::start(server.command(&enter));
    chat.shows("ann entered");
    let typing =
        Process::start(server.command(&["typing", "start", "lobby", "--client-id", "bob"]));
    chat.shows("bob is typing…");
    typing.signal(Signal::INT);
    chat.until("nobody types", |lines| {
        !lines.iter().any(|line| line.contains("typing…"))
    });
    ann.signal(Signal::INT);
    chat.shows("ann left");
    // The first Ctrl-C clears the line, the second leaves.
    chat.types("never sent\u{3}");
    chat.until("an empty line", |lines| {
        lines.iter().any(|line| line == " tester ›")
    });
    chat.types("\u{3}");
    chat.ends_with(0);
    assert!(chat.is_as_it_was());
    assert_eq!(texts(&server), "");
}

#[test]
fn commands_act_in_the_room_and_are_never_sent() {
    let server = Server::start();
    let chat = join(&server, 80, &[]);
    send_as(&server, "bob", "tests are green");
    chat.shows("tests are green");
    chat.types("/re\tfine\r");
    chat.until("the reaction in place", |lines| {
        lines
            .iter()
            .any(|line| line.contains("tests are green") && line.ends_with("fine 1"))
    });
    chat.types("frist\r");
    chat.shows("tester  frist");
    chat.types("/edit first\r");
    chat.shows("tester  first (edited)");
    chat.types("/delete\r");
    chat.shows("tester  (deleted)");
    chat.types("/who\r");
    chat.shows("here: tester");
    chat.types("/help\r");
    chat.shows("/react [^N] EMOJI");
    chat.types("/dance\r");
    chat.shows("unknown command /dance");
    chat.types("/edit ^9 x\r");
    chat.shows("no message ^9 of yours here");
    chat.types("//shrug\r");
    chat.shows("tester  /shrug");
    assert_eq!(texts(&server), "tests are green\n\n/shrug\n");
}

#[test]
fn tab_completes_commands_and_names() {
    let server = Server::start();
    send_as(&server, "alexandra", "hello");
    let chat = join(&server, 80, &[]);
    chat.shows("hello");
    chat.types("hi al\t");
    chat.shows("› hi alexandra");
    chat.types("\u{3}/he\t");
    chat.shows("› /help");
}

#[test]
fn another_size_loses_and_doubles_nothing() {
    let server = Server::start();
    let chat = join(&server, 80, &[]);
    let long = "a long line that is typed over more than half of the terminal";
    chat.types(long);
    chat.shows(long);
    send_as(&server, "bob", "before it is narrow");
    chat.shows("before it is narrow");
    chat.resize(40, 24);
    chat.until("a narrow screen", |lines| {
        lines
            .iter()
            .any(|line| line.ends_with("half of the terminal"))
    });
    assert!(!chat.is_wrapped());
    send_as(&server, "bob", "while it is narrow");
    chat.shows("while it is narrow");
    chat.resize(100, 12);
    chat.shows(long);
    send_as(&server, "bob", "after that");
    chat.shows("after that");
    for text in [
        "before it is narrow",
        "while it is narrow",
        "after that",
        "tester ›",
        long,
    ] {
        chat.until("each once", |_| chat.count(text) == 1);
    }
}

#[test]
fn stopped_and_continued_it_goes_on_where_it_was() {
    let server = Server::start();
    let mut shell = server.command(&[]);
    let work = "chatctl room join lobby; echo stopped; stty -a | grep -o ' icanon'; read go; fg >/dev/null; echo over";
    shell = {
        let mut script = script(&format!("set -m; {work}"), server.home.path());
        for (name, value) in shell.get_envs() {
            if let Some(value) = value.filter(|_| name.to_string_lossy().starts_with("ABLY")) {
                script.env(name, value);
            }
        }
        script
    };
    let mut chat = Terminal::start(&shell, 80);
    chat.shows("tester ›");
    chat.types("partial");
    chat.shows("› partial");
    chat.types("\u{1a}");
    chat.shows("stopped");
    chat.shows(" icanon");
    assert!(chat.is_as_it_was());
    send_as(&server, "bob", "meanwhile");
    chat.types("go\r");
    chat.shows("› partial");
    chat.shows("bob  meanwhile");
    chat.types(" no more\r");
    chat.shows("tester  partial no more");
    chat.types("\u{4}");
    chat.ends_with(0);
    chat.shows("over");
    assert_eq!(texts(&server), "meanwhile\npartial no more\n");
}

#[test]
fn pasted_lines_are_one_message_and_wide_letters_count_twice() {
    let server = Server::start();
    let chat = join(&server, 80, &[]);
    chat.types("\u{1b}[200~one\ntwo\u{1b}[201~");
    chat.shows("› one⏎two");
    assert_eq!(texts(&server), "");
    chat.types("\r");
    chat.shows("tester  one");
    chat.types("日本語");
    chat.shows("› 日本語");
    chat.until("the cursor behind it", |_| chat.cursor_column() == 10 + 6);
    chat.types("\u{7f}");
    chat.until("a letter less", |_| chat.cursor_column() == 10 + 4);
    let history = ["room", "history", "lobby", "--jq", ".[].text | length"];
    assert_eq!(server.chatctl(&history).run().exits(0).word(), "7");
}

#[test]
fn drop_is_one_line_and_its_gap_is_filled() {
    let server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    send_as(&server, "bob", "before the drop");
    let variables = [
        ("ABLY_ENDPOINT", proxy.url.as_str()),
        ("CHATCTL_RETRY", "50ms"),
    ];
    let chat = join(&server, 80, &variables);
    chat.shows("before the drop");
    proxy.refuse(true);
    proxy.cut();
    chat.shows("reconnecting…");
    send_as(&server, "bob", "during the drop");
    proxy.refuse(false);
    chat.shows("during the drop");
    assert_eq!(chat.count("reconnecting…"), 1);
    assert_eq!(chat.count("missing"), 0);
}

#[test]
fn gap_that_is_not_closed_is_said() {
    let mut server = Server::start();
    send_as(&server, "bob", "before the end");
    let chat = join(&server, 80, &[("CHATCTL_RETRY", "50ms")]);
    chat.shows("before the end");
    server.stop();
    let server = Server::start_again(&server);
    chat.shows("some messages may be missing");
    send_as(&server, "bob", "after it");
    chat.shows("after it");
    assert_eq!(chat.count("reconnecting…"), 1);
}

#[test]
fn scrolled_back_it_stays_where_it_is() {
    let server = Server::start();
    let many = ["room", "send", "lobby", "line {n}.", "--count", "10"];
    server.chatctl(&many).run().exits(0);
    let chat = join(&server, 80, &[]);
    chat.shows("line 10.");
    chat.resize(80, 12);
    chat.until("the newest", |_| {
        chat.count("line 5.") == 1 && chat.count("line 4.") == 0
    });
    chat.types("\u{1b}[5~");
    chat.until("three rows back", |_| chat.count("line 2.") == 1);
    chat.shows("↓ more: PgDn");
    send_as(&server, "bob", "news");
    let typing = ["typing", "start", "lobby", "--client-id", "bob"];
    let _typing = Process::start(server.command(&typing));
    chat.shows("bob is typing…");
    assert_eq!((chat.count("line 2."), chat.count("news")), (1, 0));
    chat.types("\u{1b}[6~\u{1b}[6~");
    chat.shows("news");
}

#[test]
fn unsent_lines_are_reported_on_leaving() {
    let mut server = Server::start();
    let proxy = Proxy::before(&server.url, Temper::Good);
    let endpoint = [("ABLY_ENDPOINT", proxy.url.as_str())];
    let mut chat = join(&server, 80, &endpoint);
    proxy.stall(true);
    chat.types("lost\r");
    chat.shows("tester  lost");
    chat.types("\u{4}");
    chat.ends_with(5);
    chat.shows("error: lost: the message may have been sent");
    assert!(chat.is_as_it_was());
    let mut chat = join(&server, 80, &[]);
    server.stop();
    chat.shows("reconnecting…");
    chat.types("too late\r");
    chat.shows("not sent: could not reach");
    chat.types("\u{3}");
    chat.ends_with(0);
}

#[test]
fn a_signal_gives_the_terminal_back_as_it_was() {
    let server = Server::start();
    for signal in [Signal::TERM, Signal::HUP] {
        let mut chat = join(&server, 80, &[]);
        assert!(!chat.is_as_it_was(), "a line is edited");
        chat.signal(signal);
        chat.ends_with(0);
        assert!(chat.is_as_it_was());
    }
}

#[test]
fn a_peers_escape_sequences_do_not_drive_the_chat() {
    let server = Server::start();
    let chat = join(&server, 80, &[]);
    send_as(&server, "e\u{202e}ve", "first");
    send_as(&server, "eve", "\u{1b}[2J\u{1b}]0;owned\u{7}second");
    chat.shows("second");
    chat.shows("first");
    // The first screen clears the terminal itself; nothing of the message does.
    let written = chat.written();
    assert!(!written.contains("\u{1b}]0"), "{written:?}");
    assert!(!written.contains('\u{202e}'));
    assert!(chat.count(r"\u{1b}[2J") == 1, "{:#?}", chat.lines());
}

#[test]
fn invalid_bytes_are_left_out() {
    let server = Server::start();
    let others = server.tail(&["lobby", "--jq", ".message.text"]);
    let mut chat = join(&server, 80, &[]);
    chat.types("caf");
    chat.shows("› caf");
    chat.types_bytes(b"\xe9 ");
    chat.types("tea\r");
    let sent = others.stdout.next();
    assert!(sent.starts_with("caf") && sent.ends_with("tea"), "{sent}");
    chat.types("\u{4}");
    chat.ends_with(0);
}
