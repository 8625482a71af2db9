//! `room join` and `room expect`.

use crate::live::script;

#[test]
fn expected_events_are_printed_and_others_reported() {
    let ran = script(
        r#"
        chatctl room expect lobby '.message.text == "b"' --jq .message.text -- sh -c '
            chatctl room send lobby a; chatctl room send lobby b' 2>/dev/null; echo $?
        chatctl room expect lobby '.message.text == "c"' --within 1s -- chatctl room send lobby a || echo $?
        chatctl room expect lobby .message --exactly 2 --within 1s --jq .message.text -- chatctl room send lobby 'm{n}' --count 2 2>/dev/null; echo $?
        chatctl room expect lobby .message --exactly 1 --within 3s -- chatctl room send lobby 'm{n}' --count 2 >/dev/null 2>&1 || echo more $?
        chatctl room expect lobby .message --exactly 0 --within 300ms; echo none $?
        chatctl room expect lobby '.message.text == "x"' --never '.message.text == "bad"' -- chatctl room send lobby bad 2>/dev/null || echo never $?
        chatctl room expect lobby .message -- sh -c 'exit 9' || echo command $?
        chatctl room expect lobby '.[' 2>/dev/null || echo filter $?
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "b\n0\n1\nm1\nm2\n0\nmore 1\nnone 0\nnever 1\ncommand 9\nfilter 2\n"
    );
    assert!(
        ran.stderr
            .contains("0 of 1 expected events arrived in lobby")
            && ran.stderr.contains(r#""text":"a""#),
        "{ran:?}"
    );
}

#[test]
fn a_bot_has_two_ends() {
    let ran = script(
        r#"
        mkfifo answers
        while read -r text; do echo "re: $text"; done <answers | chatctl --client-id bot room join lobby --jq .message.text >answers &
        while [ "$(chatctl occupancy get lobby --jq .connections)" = 0 ]; do :; done
        chatctl room send lobby one --await '.message.clientId == "bot"' --jq .message.text
        chatctl room send lobby two --await '.message.clientId == "bot"' --jq .message.text
        kill $!
        printf 'x\n\n{}\n' | chatctl room join other --jsonl 2>/dev/null || echo $?
        printf 'y\n' | chatctl room join other --echo --jq .message.text
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "re: one\nre: two\n2\ny\n");
}

#[test]
fn two_commands_of_one_user_see_each_other() {
    let ran = script(
        r#"
        mkfifo first second
        sleep 600 >first & HELD=$!
        sleep 600 >second & HELD="$HELD $!"
        chatctl room join two --jq .message.text <first >one.out &
        chatctl room join two --jq .message.text <second >two.out &
        while [ "$(chatctl occupancy get two --jq .connections)" != 2 ]; do :; done
        echo "from one" >first
        while ! grep -q "from one" two.out; do :; done
        echo "from two" >second
        while ! grep -q "from two" one.out; do :; done
        chatctl room send two "from beside" >/dev/null
        while ! grep -q "from beside" one.out || ! grep -q "from beside" two.out; do :; done
        kill $HELD
        wait
        cat one.out two.out
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "from two\nfrom beside\nfrom one\nfrom beside\n");
}

#[test]
fn a_no_is_an_error_object_for_programs() {
    let ran = script(
        r"
        chatctl room expect lobby .nothing --within 300ms --json -- chatctl room send lobby a || echo $?
        chatctl room expect lobby .nothing --never .message --json -- chatctl room send lobby a || echo $?
        chatctl room expect lobby .message --exactly 1 --json -- chatctl room send lobby a --count 2 >/dev/null || echo $?
        chatctl room send lobby a --await .nothing --within 100ms --json || echo $?
        chatctl presence leave lobby --json || echo $?
        chatctl presence update lobby --json || echo $?
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "1\n1\n1\n1\n1\n1\n");
    // Beside what the command said, every line is JSON.
    let objects: Vec<serde_json::Value> = ran
        .stderr
        .lines()
        .filter(|line| !line.starts_with('0'))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let messages: Vec<&str> = objects
        .iter()
        .filter_map(|object| object["error"]["message"].as_str())
        .collect();
    let beginnings = [
        "0 of 1 expected events arrived in lobby within 300ms; 1 other event arrived (above)",
        "an event that --never excludes arrived in lobby: ",
        "more than the expected 1 arrived in lobby: ",
        "the message was sent as ",
        "no running `presence enter` for ",
        "no running `presence enter` for ",
    ];
    assert_eq!(messages.len(), beginnings.len(), "{messages:?}");
    for (message, beginning) in messages.iter().zip(beginnings) {
        assert!(message.starts_with(beginning), "{message}");
    }
}

#[test]
fn a_filter_that_fails_on_events_is_said_once() {
    let ran = script(
        r#"
        chatctl room tail lobby --until '.message | error("bad")' --limit 3 -- chatctl room send lobby a --count 3 >/dev/null || echo $?
        chatctl room expect lobby '.message | error' --within 500ms -- chatctl room send lobby a --count 2 >/dev/null || echo $?
        (while chatctl room send lobby b; do :; done) >/dev/null 2>&1 &
        chatctl room send lobby a --await '.message.text | error("slip")' --within 500ms || echo $?
        kill $!
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "1\n1\n1\n");
    let warnings: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("warning: "))
        .collect();
    assert_eq!(warnings.len(), 3, "{ran:?}");
    assert!(
        warnings[0].starts_with(
            r#"warning: --until: the jq filter '.message | error("bad")' failed: "bad";"#
        ),
        "{ran:?}"
    );
    assert!(
        warnings.iter().all(|warning| warning.len() < 500),
        "{ran:?}"
    );
    for words in ["; FILTER failed on 2 of the events", "; --await failed on "] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn command_that_fails_before_the_event_is_reported() {
    let server = crate::running::Server::start();
    let all = [
        "room", "expect", "lobby", "true", "--", "sh", "-c", "exit 3",
    ];
    let ran = server.chatctl(&all).run().exits(3);
    assert!(ran.stderr.contains("the command ended with 3"), "{ran:?}");
}
