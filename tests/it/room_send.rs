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
fn a_line_that_is_refused_is_named_and_the_others_are_sent() {
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
    assert!(ran.stderr.contains("line 2: it is no message"), "{ran:?}");
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
        sed 's/"done":5/"done":4/' state >killed
        seq 1 6 | chatctl room send lobby --lines --resume killed >/dev/null
        chatctl room history lobby --order oldest --jq '[.[].text] | join(" ")'
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "1 2 3 4 5\n1 2 3 4 5 6\n");
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
            .contains("0 lines sent; line 1 and what follows was not"),
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
            .contains("2 lines sent; line 3 and what follows was not"),
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
    assert!(
        ran.stderr.contains("none of the 0 events after it fitted"),
        "{ran:?}"
    );
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
        chatctl room export lobby | chatctl room import third --resume state | wc -l | tr -d ' '
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
        ran.stderr.contains("4 messages sent, 1 left out"),
        "{ran:?}"
    );
}
