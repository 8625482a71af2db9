//! `room join` and `room expect`.

use crate::live::script;

#[test]
fn what_is_expected_is_printed_and_what_came_instead_is_said() {
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
        ran.stderr.contains("0 of 1 expected events came in lobby")
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
