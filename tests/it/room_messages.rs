//! `room get|versions|update|delete|list`, `reaction send|remove|list` and `occupancy get`, against a server of their own.

use crate::live::script;

#[test]
fn a_message_is_read_changed_and_emptied() {
    let ran = script(
        r#"
        SERIAL=$(chatctl room send lobby one --metadata '{"z": 1, "a": 2}')
        chatctl room get lobby "$SERIAL" --jq '[.text, .metadata]'
        chatctl room update lobby "$SERIAL" two --description typo --edit-metadata '{"ticket": "42"}' --json \
            --jq '[.text, .metadata, .version.description, .version.metadata]'
        chatctl room delete lobby "$SERIAL" --jq '[.action, .text]'
        chatctl room versions lobby "$SERIAL" --jq '[.[].text]'
        chatctl room versions lobby "$SERIAL" | head -1
        "#,
    )
    .exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[..4],
        [
            r#"["one",{"z":1,"a":2}]"#,
            r#"["two",{"z":1,"a":2},"typo",{"ticket":"42"}]"#,
            r#"["message.delete",""]"#,
            r#"["one","two",""]"#,
        ]
    );
    assert!(lines[4].starts_with("WHEN"), "{ran:?}");
}

#[test]
fn update_keeps_what_is_not_named() {
    let ran = script(
        r#"
        SERIAL=$(chatctl room send lobby one --metadata '{"a": 1}' --headers '{"h": 1}')
        shown() { chatctl room get lobby "$SERIAL" --jq '[.text, .metadata, .headers]'; }
        update() { chatctl room update lobby "$SERIAL" "$@" >/dev/null; }
        update two; shown
        update three --metadata '{"b": 2}'; shown
        update four --headers '{}'; shown
        update five --replace; shown
        update six --message-metadata '{"c": 3}'; shown
        TOKEN=$(chatctl token mint --client-id ann --capability '{"lobby":["message-update-any"]}')
        unset ABLY_API_KEY
        export ABLY_TOKEN=$TOKEN
        chatctl room update lobby "$SERIAL" seven || echo $?
        update eight --replace && echo done
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        concat!(
            "[\"two\",{\"a\":1},{\"h\":1}]\n[\"three\",{\"b\":2},{\"h\":1}]\n",
            "[\"four\",{\"b\":2},{}]\n[\"five\",{},{}]\n[\"six\",{\"c\":3},{}]\n4\ndone\n"
        )
    );
    assert!(ran.stderr.contains("give --replace"), "{ran:?}");
}

#[test]
fn empty_name_of_a_reaction_is_refused() {
    let ran = script(
        r#"
        refused() { chatctl "$@" || echo $?; }
        refused reaction send lobby SERIAL ''
        refused reaction remove lobby SERIAL ''
        refused room react lobby ''
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "2\n2\n2\n");
    assert_eq!(
        ran.stderr.matches("error: the name is empty\n").count(),
        3,
        "{ran:?}"
    );
}

#[test]
fn room_reaction_is_printed_for_programs_alone() {
    let ran = script(
        r#"
        chatctl room react lobby wave
        chatctl room react lobby wave --client-id ann --metadata '{"a": 1}' --jq '[.name, .clientId, .metadata, .isSelf]'
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "[\"wave\",\"ann\",{\"a\":1},true]\n");
}

#[test]
fn empty_result_is_a_line_on_standard_error() {
    let ran = script(
        r"
        chatctl room history lobby
        chatctl presence list lobby
        chatctl room list
        chatctl room list --prefix dms:
        chatctl room history lobby --json
        chatctl reaction list lobby $(chatctl room send lobby x)
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "[]\n");
    assert_eq!(
        ran.stderr,
        "no messages in lobby\nnobody is present in lobby\nno active rooms\n\
         no active rooms whose name begins with 'dms:'\nno reactions of this client to the message\n"
    );
}

#[test]
fn times_that_make_no_sense_are_refused() {
    let ran = script(
        r"
        export TZ=Etc/GMT-2
        chatctl room send lobby x >/dev/null
        history() { chatctl room history lobby --jq length $@ || echo $?; }
        history --start -5
        history --start tomorrow
        history --start 2026-01-02 --end 2026-01-01
        history --start 2020-01-01 --end 2020-01-02
        history --start 2020-01-01
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "2\n2\n2\n0\n1\n");
    for words in [
        "--start: -5 is before 1970: write -5m",
        "--start: invalid time 'tomorrow': use a date",
        "--end 2025-12-31T22:00:00Z is before --start 2026-01-01T22:00:00Z",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn an_unknown_message_is_a_no() {
    for verb in [
        "room get lobby SERIAL",
        "room versions lobby SERIAL",
        "room update lobby SERIAL text",
        "room delete lobby SERIAL",
        "reaction send lobby SERIAL like",
        "reaction remove lobby SERIAL like",
        "reaction list lobby SERIAL",
    ] {
        let verb = verb.replace("SERIAL", "01700000000000-000@abc123:000");
        let ran = script(&format!("chatctl {verb}")).exits(1);
        assert!(ran.stderr.contains("40400"), "{verb}: {ran:?}");
        let hint = "hint: list the room's messages with: chatctl room history lobby\n";
        assert!(ran.stderr.contains(hint), "{verb}: {ran:?}");
    }
}

#[test]
fn deleting_many_needs_force_where_nobody_can_be_asked() {
    let send = "A=$(chatctl room send lobby a); B=$(chatctl room send lobby b)";
    let ran = script(&format!("{send}; chatctl room delete lobby $A $B")).exits(2);
    assert!(ran.stderr.contains("--force"), "{ran:?}");
    let ran = script(&format!(
        "{send}; chatctl room delete lobby $A 01700000000000-000@abc123:000 $B --force >/dev/null || echo $?
         chatctl room history lobby --jq '[.[].action]'"
    ))
    .exits(0);
    assert_eq!(
        ran.stdout, "1\n[\"message.delete\",\"message.delete\"]\n",
        "the others are deleted all the same: {ran:?}"
    );
}

#[test]
fn reactions_are_added_listed_and_taken_back() {
    let ran = script(
        r#"
        SERIAL=$(chatctl room send lobby hi)
        chatctl reaction send lobby "$SERIAL" 👍 >/dev/null
        chatctl reaction send lobby "$SERIAL" 👏 --type multiple --count 10 >/dev/null
        chatctl --client-id bob reaction send lobby "$SERIAL" 👍 >/dev/null
        chatctl room get lobby "$SERIAL" --jq '[.reactions.distinct["👍"].total, .reactions.multiple["👏"].total]'
        chatctl reaction list lobby "$SERIAL"
        chatctl reaction list lobby "$SERIAL" --client bob --jq '.multiple | length'
        chatctl reaction remove lobby "$SERIAL" 👏 --type multiple >/dev/null
        chatctl room get lobby "$SERIAL" --jq '.reactions | keys'
        chatctl reaction send lobby "$SERIAL" x --count 2 2>/dev/null || echo $?
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "[2,10]\ndistinct  👍 2\nmultiple  👏 10\n0\n[\"distinct\"]\n2\n"
    );
}

#[test]
fn rooms_in_use_are_listed_with_how_many_are_there() {
    let ran = script(
        r"
        chatctl room list --json
        chatctl occupancy get dms:a --json
        chatctl presence enter dms:a -- sh -c '
            chatctl room list --prefix dms: --json
            chatctl room list --prefix other --json
            chatctl occupancy get dms:a --json'
        ",
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        concat!(
            "[]\n",
            "{\"connections\":0,\"presenceMembers\":0}\n",
            "[{\"roomName\":\"dms:a\",\"occupancy\":{\"connections\":1,\"presenceMembers\":1}}]\n",
            "[]\n",
            "{\"connections\":1,\"presenceMembers\":1}\n"
        )
    );
}

#[test]
fn requests_are_shown_without_the_secret() {
    let shown = script("chatctl room send 'a b' \"it's\" --dry-run --json").exits(0);
    let value = shown.json();
    assert_eq!(value["method"], "POST");
    assert_eq!(value["body"]["text"], "it's");
    assert!(
        value["url"]
            .as_str()
            .unwrap()
            .contains("/rooms/a%20b/messages?idempotencyKey=")
    );
    let ran = script(
        r#"
        chatctl room send lobby "it's" --curl >cmd
        if grep -qF "$ABLY_API_KEY" cmd; then exit 9; fi
        grep -cF '"$ABLY_API_KEY"' cmd
        chatctl room history lobby --json
        if command -v curl >/dev/null; then sh cmd -s >/dev/null 2>&1; chatctl room history lobby --jq '.[].text'; else echo "it's"; fi
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "1\n[]\nit's\n");
}

#[test]
fn shown_reaction_requests_work_as_curl_commands() {
    let ran = script(
        r#"
        S=$(chatctl room send lobby hi)
        chatctl reaction send lobby $S like --type multiple --count 2 --dry-run --json
        chatctl reaction list lobby $S --jq 'map(length) | add'
        chatctl reaction send lobby $S like --curl >curl
        grep -c "$ABLY_API_KEY" curl || true
        chatctl reaction remove lobby $S like --dry-run --jq '[.method, .body]'
        if command -v curl >/dev/null; then sh curl >/dev/null 2>&1; else chatctl reaction send lobby $S like >/dev/null; fi
        chatctl reaction list lobby $S --jq '.distinct | keys'
        "#,
    )
    .exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let shown: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(shown["method"], "POST");
    assert_eq!(
        shown["body"],
        serde_json::json!({"type": "multiple", "name": "like", "count": 2})
    );
    let rest = ["0", "0", "[\"DELETE\",null]", "[\"like\"]"];
    assert_eq!(lines[1..], rest, "{ran:?}");
}
