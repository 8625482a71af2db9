//! `chatctl help`: topics, and the help of commands.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::harness::chatctl;
use crate::live::script;
use crate::proxy::{Proxy, Temper};
use crate::pty::Terminal;
use crate::running::{Process, Server};

fn help(topic: &str) -> Value {
    chatctl(&["help", topic, "--json"]).run().exits(0).json()
}

/// What is wrong with `value` against the words of `schema` that the events' one uses.
fn faults(value: &Value, schema: &Value, root: &Value) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.strip_prefix("#/$defs/").unwrap();
        return faults(value, &root["$defs"][name], root);
    }
    let is_type = match schema["type"].as_str() {
        None => true,
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some(other) => panic!("the test does not know the type {other}"),
    };
    let mut found = Vec::new();
    if !is_type {
        found.push(format!("{value} is no {}", schema["type"]));
    }
    if let Some(constant) = schema.get("const").filter(|constant| *constant != value) {
        found.push(format!("{value} is not {constant}"));
    }
    if let Some(words) = schema["enum"]
        .as_array()
        .filter(|words| !words.contains(value))
    {
        found.push(format!("{value} is none of {words:?}"));
    }
    for item in value.as_array().into_iter().flatten() {
        found.extend(faults(item, &schema["items"], root));
    }
    let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object())
    else {
        return found;
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !members.contains_key(name.as_str().unwrap()) {
            found.push(format!("{name} is missing in {value}"));
        }
    }
    for (name, member) in members {
        match properties.get(name) {
            Some(shape) => found.extend(faults(member, shape, root)),
            None if schema["additionalProperties"] == false => {
                found.push(format!("{name} is not in the schema: {value}"));
            }
            None => {}
        }
    }
    found
}

#[test]
fn every_event_is_what_its_schema_says() {
    let schema = help("events");
    let ran = script(
        r#"
        export XDG_RUNTIME_DIR=$PWD
        ALL=messages,reactions,room-reactions,typing,presence,occupancy,connection
        chatctl --client-id m presence enter lobby --data '{"x": 1}' -- chatctl room tail lobby --events $ALL --json \
            --until '.type == "message.deleted"' --duration 30s -- sh -ec '
            chatctl room send lobby hi --client-id a --metadata "{\"m\": 1}" --headers "{\"h\": 1}" >serial
            S=$(cat serial)
            chatctl reaction send lobby $S like --client-id a >/dev/null
            chatctl room react lobby wave --client-id a
            chatctl typing start lobby --for 100ms --client-id a
            chatctl presence enter lobby --client-id b --data "[1]" -- true
            chatctl presence update lobby --client-id m --data 2
            chatctl room update lobby $S ho --client-id a --description why --edit-metadata "{\"k\": \"v\"}" >/dev/null
            chatctl room delete lobby $S --client-id a >/dev/null' >>events
        # The numbers follow what they count after a while, which the tail above may end before.
        chatctl room tail lobby --events occupancy --json --limit 1 --duration 30s >>events
        S=$(chatctl room send lobby hi)
        chatctl reaction tail lobby --raw --limit 2 --json -- sh -ec "
            chatctl reaction send lobby $S b --type multiple --count 3
            chatctl reaction remove lobby $S b --type multiple" >>events
        cat events
        "#,
    )
    .exits(0);
    let mut seen = BTreeSet::new();
    for line in ran.stdout.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let kind = event["type"].as_str().unwrap();
        let faults = faults(&event, &schema["$defs"][kind], &schema);
        assert!(faults.is_empty(), "{line}: {faults:?}");
        seen.insert(kind.to_owned());
    }
    let all: BTreeSet<String> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["$ref"].as_str().unwrap().replace("#/$defs/", ""))
        .collect();
    let unseen: Vec<_> = all.difference(&seen).map(String::as_str).collect();
    // These take a link that breaks.
    assert_eq!(unseen, ["connected", "disconnected", "discontinuity"]);
}

#[test]
fn connection_events_match_the_schema() {
    let schema = help("events");
    let (first, second) = (Server::start(), Server::start());
    let proxy = Proxy::before(&first.url, Temper::Good);
    let all = ["room", "tail", "lobby", "--events", "connection", "--json"];
    let mut command = first.command(&all);
    command.env("ABLY_ENDPOINT", &proxy.url);
    let tail = Process::start(command);
    let next = |kind: &str| {
        let event = tail.stdout.json();
        assert_eq!(event["type"], kind);
        let faults = faults(&event, &schema["$defs"][kind], &schema);
        assert!(faults.is_empty(), "{event}: {faults:?}");
    };
    next("listening");
    proxy.lead_to(&second.url);
    proxy.cut();
    next("disconnected");
    next("connected");
    next("discontinuity");
}

#[test]
fn every_exit_code_is_explained() {
    let codes = help("exit-codes");
    let codes: Vec<i64> = codes
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["exit"].as_i64().unwrap())
        .collect();
    assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 130]);
    let text = chatctl(&["help", "exit-codes"]).run().exits(0).stdout;
    assert!(text.contains("4     not permitted"), "{text}");
}

/// The variables that the sources and the help of flags name.
fn named(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            named(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let words = code.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        found.extend(
            words
                .filter(|word| {
                    word.len() > 8
                        && (word.starts_with("ABLY_") || word.starts_with("CHATCTL_"))
                        && !word.ends_with('_')
                })
                .map(str::to_owned),
        );
    }
}

#[test]
fn every_variable_is_explained() {
    let environment = help("environment");
    let mut explained = BTreeSet::new();
    for part in ["read", "set"] {
        for variable in environment[part].as_array().unwrap() {
            explained.insert(variable["name"].as_str().unwrap().to_owned());
            if let Some(flag) = variable["flag"].as_str() {
                let options = chatctl(&["help", "options"]).run().stdout;
                assert!(options.contains(flag), "{flag} is not an option");
            }
        }
    }
    let mut names = BTreeSet::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for folder in ["settings", "cli"] {
        named(&sources.join(folder), &mut names);
    }
    let missing: Vec<_> = names.difference(&explained).collect();
    assert!(
        missing.is_empty(),
        "chatctl help environment lacks {missing:?}"
    );
}

#[test]
fn commands_are_explained_as_their_own_help_does() {
    let own = chatctl(&["room", "send", "--help"]).run().exits(0).stdout;
    let ran = chatctl(&["help", "room", "send"]).run().exits(0);
    assert_eq!(ran.stdout.trim_end(), own.trim_end());
    let ran = chatctl(&["help", "rooms"]).run().exits(2);
    assert!(
        ran.stderr.contains("did you mean chatctl help room?"),
        "{ran:?}"
    );
    let features = chatctl(&["capability", "features", "--json"]).run().json();
    assert_eq!(help("capabilities"), features);
    assert!(help("output").as_str().unwrap().contains("standard output"));
}

#[test]
fn braces_in_a_help_text_are_shown() {
    for (arguments, words) in [
        (
            &["room", "send"][..],
            &["\"message {n}\" --count", "`{n}` in the text"][..],
        ),
        (&["token", "mint"], &["`{n}` in --client-id"]),
    ] {
        for help in ["--help", "-h"] {
            let all: Vec<&str> = arguments.iter().copied().chain([help]).collect();
            let ran = chatctl(&all).run().exits(0);
            for word in words
                .iter()
                .filter(|word| help == "--help" || !word.starts_with('"'))
            {
                assert!(ran.stdout.contains(word), "{word}: {ran:?}");
            }
        }
    }
}

#[test]
fn every_way_to_ask_for_help_gets_it_on_standard_output() {
    for arguments in [&[][..], &["--help"], &["-h"], &["help"]] {
        let ran = chatctl(arguments).run().exits(0);
        for text in [
            "Rooms:",
            "Tokens and rights:",
            "Server:",
            "Tool:",
            "Examples:",
        ] {
            assert!(ran.stdout.contains(text), "{arguments:?}: {ran:?}");
        }
        assert!(ran.stderr.is_empty(), "{ran:?}");
    }
    let whole = chatctl(&["help", "room", "send"]).run().exits(0).stdout;
    for (arguments, text) in [
        (&["room"][..], "Commands:\n  send "),
        (&["room", "help"], "Commands:\n  send "),
        (&["room", "--help"], "Commands:\n  send "),
        (&["room", "help", "send"], whole.as_str()),
        (&["help", "topics"], "exit-codes"),
        (&["help"], "Topics:"),
        (&["version"], env!("CARGO_PKG_VERSION")),
    ] {
        let ran = chatctl(arguments).run().exits(0);
        assert!(ran.stdout.contains(text), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.is_empty(), "{ran:?}");
    }
    let build = chatctl(&["version", "--json"]).run().exits(0).json();
    assert_eq!(build["version"], env!("CARGO_PKG_VERSION"));
    assert!(build["target"].as_str().unwrap().contains('-'), "{build}");
}

#[test]
fn options_of_all_commands_are_listed_once() {
    for arguments in [&["room"][..], &["room", "send", "--help"], &["serve", "-h"]] {
        let text = chatctl(arguments).run().exits(0).stdout;
        assert!(!text.contains("--log-format"), "{text}");
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").ends_with("chatctl help options"), "{text}");
        assert!(text.lines().count() < 80, "{text}");
    }
    let options = help("options");
    let names: Vec<&str> = options
        .as_array()
        .unwrap()
        .iter()
        .map(|option| option["name"].as_str().unwrap())
        .collect();
    for name in ["client-id", "json", "jq", "log-format", "endpoint"] {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn mistyped_words_lead_to_what_was_meant() {
    for (arguments, hint) in [
        (
            &["send", "lobby", "x"][..],
            "did you mean chatctl room send",
        ),
        (&["tail", "lobby"], "did you mean chatctl room tail"),
        (&["room", "mint"], "did you mean chatctl token mint?"),
        (
            &["room", "hstory", "x"],
            "did you mean chatctl room history?",
        ),
        (&["room", "history", "x", "--follow"], "chatctl room tail"),
        (
            &["room", "history", "x", "--limt", "3"],
            "did you mean --limit?",
        ),
        (&["room", "history", "x", "--since", "1h"], "--start -1h"),
        (&["help", "exit"], "did you mean chatctl help exit-codes?"),
        (&["xyzzy"], "chatctl help lists all commands"),
    ] {
        let ran = chatctl(arguments).run().exits(2);
        let hints: Vec<&str> = ran
            .stderr
            .lines()
            .filter(|line| line.starts_with("hint: "))
            .collect();
        assert!(hints.len() == 1 && hints[0].contains(hint), "{ran:?}");
        assert!(!ran.stderr.contains("tip:"), "{ran:?}");
        let json = [arguments, &["--json"]].concat();
        let ran = chatctl(&json).run().exits(2);
        let error: Value = serde_json::from_str(&ran.stderr).unwrap();
        assert!(error["error"]["hint"].as_str().unwrap().contains(hint));
    }
}

#[test]
fn texts_fit_the_width_of_the_terminal() {
    for topic in [
        "environment",
        "exit-codes",
        "output",
        "local",
        "seeds",
        "clock",
        "lint",
        "events",
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chatctl"));
        command.args(["help", topic]).env("CHATCTL_PAGER", "");
        command.current_dir("/");
        for columns in [80, 40] {
            let written = Terminal::start(&command, columns).all_written();
            assert!(written.lines().count() > 5, "{topic}: {written}");
            for line in written.lines() {
                let line = line
                    .trim_end()
                    .replace("\u{1b}[1m", "")
                    .replace("\u{1b}[0m", "");
                // Lines to copy stay whole, and so does a word.
                let is_prose = !line.starts_with("    ") && line.trim().contains(' ');
                let width = line.chars().count();
                assert!(
                    !is_prose || width <= usize::from(columns),
                    "{topic}: {line}"
                );
            }
        }
    }
}

#[test]
fn long_help_goes_through_the_pager_on_a_terminal() {
    let run = |arguments: &[&str], pager: Option<&str>| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chatctl"));
        command.args(arguments).env("PATH", "/usr/bin:/bin");
        command.current_dir("/");
        if let Some(pager) = pager {
            command.env("CHATCTL_PAGER", pager);
        }
        command.env("PAGER", "sed 's/^/other: /'");
        Terminal::start(&command, 80).all_written()
    };
    let marked = "sed 's/^/paged: /'";
    let long = ["help", "environment"];
    assert!(run(&long, Some(marked)).contains("paged: ABLY_API_KEY"));
    assert!(run(&long, None).contains("other: ABLY_API_KEY"));
    assert!(run(&["room", "send", "--help"], Some(marked)).contains("paged: Send messages"));
    for none in ["", "cat", "/no/such/pager"] {
        let text = run(&long, Some(none));
        assert!(
            text.contains("VARIABLE") && !text.contains("paged"),
            "{text}"
        );
    }
    // What fits needs no pager, and a pipe has none.
    assert!(!run(&["version"], Some(marked)).contains("paged"));
    let piped = chatctl(&long).env("CHATCTL_PAGER", marked).run().exits(0);
    assert!(!piped.stdout.contains("paged"));
}
