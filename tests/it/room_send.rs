//! `room send` in full, `room export` and `room import`.

use crate::live::script;

#[test]
fn lines_arrive_in_order_with_what_they_share() {
    let ran = script(
        r#"
        seq 1 300 >want
        chatctl room send lobby --lines --headers '{"k": 1}' <want >serials
        wc -l <serials | tr -d ' '
        chatctl room history lobby --all --order oldest --jq '.[] | select(.headers.k == 1).text' | cmp - want
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "300\n");
}

#[test]
fn refused_line_is_named_and_others_are_sent() {
    let ran = script(
        r#"
        BIG=$(head -c 70000 /dev/zero | tr '\0' x)
        printf 'one\n\n%s\nfour\n' "$BIG" | chatctl room send lobby --lines >/dev/null || echo $?
        printf '%s\n' '{"text": "a", "metadata": {"x": 1}}' oops '{"text": "b"}' \
            | chatctl room send lobby --jsonl --metadata '{"y": 2}' >/dev/null || echo $?
        chatctl room history lobby --order oldest --jq '.[] | [.text, .metadata]'
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "6\n2\n[\"one\",{}]\n[\"four\",{}]\n[\"a\",{\"x\":1}]\n[\"b\",{\"y\":2}]\n"
    );
    assert!(
        ran.stderr.contains("line 3: ") && ran.stderr.contains("40009"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("2 lines sent, 1 refused, 1 left out"),
        "{ran:?}"
    );
    let fault = "error: line 2: not a JSON object\n";
    assert!(ran.stderr.contains(fault), "{ran:?}");
}

#[test]
fn resuming_sends_the_rest_once() {
    let ran = script(
        r#"
        seq 1 3 | chatctl room send lobby --lines --resume state >/dev/null
        seq 1 5 | chatctl room send lobby --lines --resume state >/dev/null
        seq 1 5 | chatctl room send lobby --lines --resume state >/dev/null
        chatctl room history lobby --order oldest --jq '[.[].text] | join(" ")'
        # A line that was on its way when a run was killed has its key already.
        seq 1 6 | chatctl room send lobby --lines --resume state >/dev/null
        cp state killed
        seq 1 7 | chatctl room send lobby --lines --resume state >/dev/null
        seq 1 7 | chatctl room send lobby --lines --resume killed >/dev/null
        chatctl room history lobby --order oldest --jq '[.[].text] | join(" ")'
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "1 2 3 4 5\n1 2 3 4 5 6 7\n");
}

#[test]
fn a_service_that_is_gone_gives_a_truthful_count() {
    let ran = script(
        r"
        seq 1 3 | ABLY_PORT=1 chatctl room send lobby --lines --timeout 300ms || echo $?
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "5\n");
    assert!(ran.stderr.contains("line 1 was not sent"), "{ran:?}");
    assert!(
        ran.stderr
            .contains("0 lines sent; line 1 and the rest were not"),
        "{ran:?}"
    );
}

#[test]
fn numbers_rates_and_interrupts() {
    let ran = script(
        r"
        chatctl room send lobby 'm{n}' --count 3 --rate 600/m >/dev/null
        chatctl room history lobby --order oldest --jq '[.[].text], (.[2].timestamp - .[0].timestamp >= 180)'
        (seq 1 2; sleep 5) | timeout --preserve-status -s INT 1 chatctl room send lobby --lines >/dev/null || echo $?
        chatctl room send lobby x --rate fast 2>/dev/null || echo $?
        chatctl room send lobby --resume f x 2>/dev/null || echo $?
        chatctl room send lobby '' 2>/dev/null || echo $?
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "[\"m1\",\"m2\",\"m3\"]\ntrue\n130\n2\n2\n2\n");
    assert!(
        ran.stderr
            .contains("2 lines sent; line 3 and the rest were not"),
        "{ran:?}"
    );
}

#[test]
fn text_comes_from_a_pipe_where_it_is_not_given() {
    let ran = script(
        r#"
        echo "from a pipe" | chatctl room send lobby --jq .text
        echo '{"a": 1}' | chatctl room send lobby --metadata - || echo $?
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "from a pipe\n2\n");
    assert!(
        ran.stderr.contains("the TEXT to send is missing"),
        "{ran:?}"
    );
}

#[test]
fn an_answer_is_awaited() {
    let ran = script(
        r#"
        chatctl room tail bot --limit 1 --exec 'chatctl --client-id bot room send bot pong >/dev/null' &
        while [ "$(chatctl occupancy get bot --jq .connections)" = 0 ]; do :; done
        chatctl room send bot ping --await '.message.text | test("p.ng")' --jq .message.text
        chatctl room send bot ping --await '.message.text == "never"' --within 200ms || echo $?
        wait
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "pong\n1\n");
    assert!(ran.stderr.contains("no event arrived within"), "{ran:?}");
}

#[test]
fn an_export_is_continued_and_imported_once() {
    let ran = script(
        r#"
        chatctl room send lobby 'm{n}' --count 3 --metadata '{"a": {"b": 1}}' >/dev/null
        chatctl room export lobby file 2>/dev/null
        SERIAL=$(chatctl room send lobby gone); chatctl room delete lobby "$SERIAL" >/dev/null
        chatctl room send lobby last >/dev/null
        printf '{"half' >>file
        chatctl room export lobby file
        wc -l <file | tr -d ' '
        chatctl room import copy file >/dev/null
        chatctl room export lobby | chatctl room import copy --resume state >/dev/null
        chatctl room history copy --order oldest --jq '.[] | [.text, .metadata]'
        chatctl room update lobby "$(chatctl room history lobby --limit 1 --jq '.[].serial')" changed >/dev/null
        chatctl room export lobby | chatctl room import copy --resume state | wc -l | tr -d ' '
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        concat!(
            "5\n[\"m1\",{\"a\":{\"b\":1}}]\n[\"m2\",{\"a\":{\"b\":1}}]\n[\"m3\",{\"a\":{\"b\":1}}]\n",
            "[\"last\",{}]\n0\n"
        )
    );
    assert!(ran.stderr.contains("2 messages written to file"), "{ran:?}");
    assert!(
        ran.stderr.ends_with(concat!(
            "4 messages sent, 1 left out\n",
            "nothing new: 4 already there, 1 left out\nnothing new: 4 already there\n"
        )),
        "{ran:?}"
    );
}

#[test]
fn checkpoint_belongs_to_one_room_and_input() {
    let ran = script(
        r#"
        : >state
        seq 1 3 | chatctl room send lobby --lines --resume state >/dev/null
        cp state before
        seq 1 5 | chatctl room send other --lines --resume state || echo $?
        seq 2 6 | chatctl room send lobby --lines --resume state || echo $?
        seq 1 2 | chatctl room send lobby --lines --resume state || echo $?
        seq 1 3 | sed 's/.*/{"text": "&"}/' | chatctl room import other --resume state --json || echo $?
        echo '{}' >nothing
        seq 1 3 | chatctl room send lobby --lines --resume nothing || echo $?
        cmp state before
        chatctl room history lobby --all --jq length
        chatctl room history other --all --jq length
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "2\n2\n2\n2\n2\n3\n0\n");
    for words in [
        "state belongs to another run: it is about the room lobby, not other\n",
        "its first 3 lines differ from those of this input",
        "3 lines are done, and this input has 2",
        r#"{"error":{"code":null"#,
        "nothing was not written by --resume",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn an_export_adds_to_none_but_its_own_file() {
    let ran = script(
        r#"
        chatctl room send lobby 'm{n}' --count 2 >/dev/null
        chatctl room send other x >/dev/null
        chatctl room export lobby export 2>/dev/null
        printf '{"ser' >>export
        printf 'my notes' >half
        printf 'my notes\n' >notes
        printf '{"text": "x"}\n' >object
        : >empty
        for file in export half notes object; do
            cp "$file" before
            chatctl room export other "$file" || echo "$file $?"
            cmp "$file" before
        done
        chatctl room export lobby half 2>/dev/null || echo half $?
        chatctl room export other empty 2>/dev/null
        chatctl room export lobby export 2>/dev/null
        cat empty export | wc -l | tr -d ' '
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "export 2\nhalf 2\nnotes 2\nobject 2\nhalf 2\n3\n"
    );
    assert!(
        ran.stderr.contains(
            "export is not an export of this room: its last message is not in other (any more)"
        ),
        "{ran:?}"
    );
}

#[test]
fn oversized_input_is_not_read_to_its_end() {
    let ran = script(
        r#"
        yes | chatctl room send lobby - || echo $?
        yes | chatctl room send lobby x --metadata - || echo $?
        head -c 2000000 /dev/zero >big
        chatctl room send lobby x --headers @big || echo $?
        (head -c 2000000 big | tr '\0' x; echo; echo short) | chatctl room send lobby --lines >/dev/null || echo $?
        (head -c 2000000 big | tr '\0' x; echo; echo '{"text": "last"}') | chatctl room join lobby --jsonl || echo $?
        chatctl room history lobby --order oldest --jq '.[].text'
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "2\n2\n2\n2\n2\nshort\nlast\n");
    for words in [
        "standard input is longer than 256 KiB",
        "standard input is longer than 1024 KiB",
        "big is longer than 1024 KiB",
        "line 1: longer than 256 KiB; a message has at most 64 KiB",
        "line 1: longer than 1024 KiB",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn contradicting_arguments_are_refused_before_sending() {
    let ran = script(
        r#"
        refused() { chatctl room "$@" </dev/null && exit 1; echo $?; }
        refused send lobby x --curl --count 2
        refused send lobby - --metadata -
        refused send lobby --lines --headers -
        refused update lobby serial - --metadata -
        refused send lobby
        refused send lobby x --headers '{"a": {"b": 1}}'
        refused tail lobby --limit 0
        echo '{"text": "x", "headers": {"a": []}}' | chatctl room send lobby --jsonl || echo $?
        chatctl room history lobby --jq length
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "2\n2\n2\n2\n2\n2\n2\n2\n0\n");
    for words in [
        "only the request of a single message can be shown",
        "TEXT and --metadata both read standard input",
        "--lines and --headers both read standard input",
        "the text is empty: standard input has none",
        "--headers must be flat",
        "must be a whole number, at least 1",
        "line 1: the headers must be flat",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn input_is_sent_without_a_reader_of_results() {
    let ran = script(
        r"
        exec 3>&1
        { seq 300 | chatctl room send lobby --lines; echo lines $? >&3; } | head -n 1 >/dev/null
        { chatctl room send lobby more --count 100; echo count $? >&3; } | true
        { seq 300 | chatctl room join other --echo; echo join $? >&3; } | head -n 1 >/dev/null
        chatctl room history lobby --all --jq length
        chatctl room history other --all --jq length
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "lines 0\ncount 0\njoin 0\n400\n300\n");
    assert_eq!(ran.stderr, "");
}
