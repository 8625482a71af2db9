//! `room tail` and the tails of presence, typing, reactions and occupancy.

use serde_json::{Value, json};

use crate::live::script;
use crate::running::Server;

#[test]
fn every_kind_of_event_has_the_sdks_shape() {
    let ran = script(
        r#"
        chatctl room tail lobby --events messages,reactions,room-reactions,typing,presence --limit 9 --duration 20s --json \
            -- sh -ec '
            S=$(chatctl --client-id a room send lobby hi)
            chatctl --client-id b room update lobby $S ho
            chatctl --client-id a reaction send lobby $S like
            chatctl --client-id a room react lobby wave
            chatctl --client-id a typing start lobby --for 100ms
            chatctl --client-id a presence enter lobby --data "{\"x\": 1}" -- true
            chatctl --client-id a room delete lobby $S'
        "#,
    )
    .exits(0);
    let message = |text: &str, action: &str| json!({"clientId": "a", "text": text, "metadata": {}, "headers": {}, "action": action});
    let member = json!({"clientId": "a", "data": {"x": 1}});
    let expected = json!([
        {"type": "message.created", "roomName": "lobby", "message": message("hi", "message.create")},
        {"type": "message.updated", "roomName": "lobby", "message": message("ho", "message.update")},
        {"type": "reaction.summary", "roomName": "lobby", "reactions": {"unique": {}, "multiple": {},
            "distinct": {"like": {"total": 1, "clientIds": ["a"], "clipped": false}}}},
        {"type": "reaction", "roomName": "lobby", "reaction": {"name": "wave", "clientId": "a", "isSelf": false,
            "metadata": {}, "headers": {}}},
        {"type": "typing.started", "roomName": "lobby", "clientId": "a", "currentTypers": [{"clientId": "a"}]},
        {"type": "typing.stopped", "roomName": "lobby", "clientId": "a", "currentTypers": []},
        {"type": "enter", "roomName": "lobby", "member": member},
        {"type": "leave", "roomName": "lobby", "member": member},
        {"type": "message.deleted", "roomName": "lobby", "message": message("", "message.delete")},
    ]);
    let events: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| {
            let mut event = serde_json::from_str(line).unwrap();
            forget_what_changes(&mut event);
            event
        })
        .collect();
    assert_eq!(Value::Array(events), expected);
}

/// Removes serials, times and ids.
fn forget_what_changes(value: &mut Value) {
    if let Value::Object(members) = value {
        for name in [
            "serial",
            "messageSerial",
            "version",
            "timestamp",
            "createdAt",
            "updatedAt",
            "connectionId",
        ] {
            members.remove(name);
        }
        members.values_mut().for_each(forget_what_changes);
    }
}

#[test]
fn history_joins_what_follows_without_gap_or_repeat() {
    let ran = script(
        r"
        chatctl room send lobby 'old {n}' --count 5 >/dev/null
        chatctl room send other 'there {n}' --count 2 >/dev/null
        chatctl room tail lobby --history 2 --limit 3 --jq .message.text -- chatctl room send lobby new
        chatctl room tail lobby other --start -1m --drain --jq '[.roomName, .message.text]'
        ",
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        concat!(
            "old 4\nold 5\nnew\n",
            "[\"lobby\",\"old 1\"]\n[\"lobby\",\"old 2\"]\n[\"lobby\",\"old 3\"]\n[\"lobby\",\"old 4\"]\n",
            "[\"lobby\",\"old 5\"]\n[\"other\",\"there 1\"]\n[\"other\",\"there 2\"]\n[\"lobby\",\"new\"]\n"
        )
    );
}

#[test]
fn a_cursor_goes_on_where_the_last_run_ended() {
    let ran = script(
        r"
        chatctl room tail lobby --cursor c --limit 2 --jq .message.text -- chatctl room send lobby 'n{n}' --count 2
        chatctl room send lobby n3 >/dev/null
        chatctl room send lobby n4 >/dev/null
        chatctl room send lobby n5 >/dev/null
        chatctl room tail lobby --cursor c --limit 1 --jq .message.text
        chatctl room send lobby six >/dev/null
        chatctl room tail lobby --cursor c --drain --jq .message.text
        echo --
        chatctl room tail lobby --cursor c --drain --jq .message.text
        : >fresh
        chatctl room tail lobby --cursor fresh --drain --history 1 --jq .message.text
        chatctl room tail lobby --cursor fresh --drain --history 2 --jq .message.text
        echo '{' >bad
        chatctl room tail lobby --cursor bad --drain 2>/dev/null || echo $?
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "n1\nn2\nn3\nn4\nn5\nsix\n--\nsix\n2\n");
    let ignored = "lobby continues from its place in the cursor file: --history and --start are for rooms without one";
    let said = ran.stderr.lines().filter(|line| *line == ignored);
    assert_eq!(said.count(), 1, "{ran:?}");
}

#[test]
fn a_cursor_that_was_away_for_long_says_the_gap_and_fills_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    std::fs::write(&config, "[limits]\ncontinuity-window = \"1ms\"\n").unwrap();
    let config = ["--config", config.to_str().unwrap()];
    let server = Server::start_with(&[&["--listen", "127.0.0.1:0"][..], &config].concat());
    let cursor = folder.path().join("c");
    let drain = || {
        let words = ["room", "tail", "lobby", "--drain", "--jq", ".message.text"];
        let cursor = ["--cursor", cursor.to_str().unwrap()];
        let ran = server
            .chatctl(&[&words[..], &cursor].concat())
            .run()
            .exits(0);
        let gaps = ran.stderr.matches("discontinuity in lobby").count();
        (ran.stdout, gaps)
    };
    server.send("lobby", "before");
    // Nothing is continued the first time.
    assert_eq!(drain(), (String::new(), 0));
    server.send("lobby", "one");
    server.send("lobby", "two");
    assert_eq!(drain(), ("one\ntwo\n".to_owned(), 1));
    assert_eq!(drain(), (String::new(), 1), "it is there once");
}

#[test]
fn ends_and_their_exit_codes() {
    let ran = script(
        r#"
        chatctl room tail lobby --until '.message.text == "stop"' --jq .message.text -- sh -c '
            chatctl room send lobby go; chatctl room send lobby stop; sleep 5; chatctl room send lobby late'
        echo $?
        chatctl room tail lobby --until .message.never --duration 300ms || echo duration $?
        chatctl room tail lobby --limit 1 --duration 300ms || echo limit $?
        chatctl room tail lobby --duration 300ms; echo alone $?
        chatctl room tail lobby --idle 200ms; echo idle $?
        chatctl room tail lobby --until .message.never --idle 200ms || echo until $?
        chatctl room tail lobby --until '.[' 2>/dev/null || echo filter $?
        chatctl room tail lobby -- sh -c 'exit 7' || echo command $?
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        "go\nstop\n0\nduration 1\nlimit 1\nalone 0\nidle 0\nuntil 1\nfilter 2\ncommand 7\n"
    );
}

#[test]
fn interrupted_stream_exits_0_without_an_end_condition() {
    let ran = script(
        r#"
        for end in "" "--limit 5"; do
            for signal in INT TERM; do
                timeout --preserve-status -s $signal 1 chatctl room tail lobby $end && echo 0 || echo $?
            done
        done
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "0\n0\n130\n130\n", "{ran:?}");
}

#[test]
fn a_closed_pipe_is_quiet() {
    let ran = script(
        r"
        chatctl room tail lobby --jq .message.text -- chatctl room send lobby 'n{n}' --count 3 2>err | head -1
        grep -v '^0' err || true
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "n1\n", "{ran:?}");
    assert_eq!(ran.stderr, "");
}

#[test]
fn connection_events_and_listening() {
    let ran = script("chatctl room tail a b --events connection --limit 1 --json").exits(0);
    assert_eq!(
        ran.stdout,
        "{\"type\":\"listening\",\"roomNames\":[\"a\",\"b\"]}\n"
    );
}

#[test]
fn exec_gets_each_event_and_its_failure_ends_the_tail() {
    let ran = script(
        r#"
        chatctl room tail lobby --limit 2 --exec 'chatctl claims --help >/dev/null; sed "s/.*\"text\":\"\([^\"]*\)\".*/got \1/"' \
            -- chatctl room send lobby 'n{n}' --count 2
        chatctl room tail lobby --exec 'exit 4' -- chatctl room send lobby x || echo $?
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "got n1\ngot n2\n4\n");
}

#[test]
fn tails_of_one_topic() {
    let ran = script(
        r#"
        chatctl occupancy tail lobby --limit 1 --jq .occupancy
        chatctl presence enter lobby --data '"x"' -- chatctl presence tail lobby --limit 1 --jq '[.type, .member.data]'
        chatctl typing tail lobby --limit 2 --jq .type -- chatctl typing start lobby --for 50ms
        S=$(chatctl room send lobby hi)
        chatctl reaction tail lobby --limit 1 --jq '.reactions.unique | keys' -- chatctl reaction send lobby $S a --type unique
        chatctl reaction tail lobby --raw --limit 2 --jq '[.type, .reaction.type, .reaction.name, .reaction.count]' -- sh -ec "
            chatctl reaction send lobby $S b --type multiple --count 3
            chatctl reaction remove lobby $S a --type unique"
        "#,
    )
    .exits(0);
    assert_eq!(
        ran.stdout,
        concat!(
            "{\"connections\":1,\"presenceMembers\":0}\n[\"present\",\"x\"]\n",
            "typing.started\ntyping.stopped\n[\"a\"]\n",
            "[\"reaction.create\",\"multiple\",\"b\",3]\n[\"reaction.delete\",\"unique\",\"a\",null]\n"
        )
    );
}

#[test]
fn what_is_not_permitted_is_said_by_its_operation() {
    let ran = script(
        r"
        TOKEN=$(chatctl token mint --client-id a --allow lobby=publish 2>/dev/null)
        ABLY_API_KEY= ; unset ABLY_API_KEY; export ABLY_TOKEN=$TOKEN
        chatctl room tail lobby || echo $?
        chatctl presence enter lobby -- true || echo $?
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "4\n4\n");
    assert!(
        ran.stderr.contains("'subscribe'") && ran.stderr.contains("'presence'"),
        "{ran:?}"
    );
}

#[test]
fn a_member_is_there_exactly_while_the_command_runs() {
    let ran = script(
        r#"
        chatctl --client-id a presence enter lobby -- sh -c "chatctl presence list lobby --jq '.[].clientId'; exit 3" || echo $?
        chatctl presence list lobby --json
        chatctl --client-id b presence enter lobby -- sh -c 'kill -9 $$' || echo $?
        chatctl presence list lobby --json
        timeout --preserve-status 1 chatctl presence enter lobby && echo ok
        chatctl presence list lobby --json
        "#,
    )
    .exits(0);
    assert_eq!(ran.stdout, "a\n3\n[]\n137\n[]\nok\n[]\n");
}

#[test]
fn command_that_cannot_run_has_the_status_of_shells() {
    let ran = script(
        r"
        echo 'no program' >notes
        chatctl room tail lobby -- nosuch || echo $?
        chatctl room tail lobby -- ./notes || echo $?
        chatctl room expect lobby . -- nosuch || echo $?
        chatctl presence enter lobby -- nosuch || echo $?
        ",
    )
    .exits(0);
    assert_eq!(ran.stdout, "127\n126\n127\n127\n");
    assert!(
        ran.stderr.contains("error: command not found: nosuch\n"),
        "{ran:?}"
    );
}
