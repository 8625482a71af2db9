//! `chatctl error CODE`, and the catalogue's words behind other errors.

use chatctl::chat_core::analysis::lint;
use chatctl::chat_core::error::catalogue;

use crate::harness::chatctl;

#[test]
fn a_code_is_explained() {
    let text = chatctl(&["error", "40160"]).run().exits(0);
    assert!(text.stdout.contains("not-permitted") && text.stdout.contains("capability explain"));
    let value = chatctl(&["error", "40142", "--json"]).run().exits(0).json();
    assert_eq!(value["code"], 40142);
    assert_eq!(value["statusCode"], 401);
    assert_eq!(value["exit"], 3);
    let link = value["href"].as_str().unwrap();
    assert_eq!(link, "https://help.ably.io/error/40142");
    chatctl(&["error", link]).run().exits(0);
}

#[test]
fn unknown_code_exits_1_with_its_family() {
    let unknown = chatctl(&["error", "40149", "--json"]).run().exits(1);
    let error = unknown.error();
    assert!(error["hint"].as_str().unwrap().contains("credentials"));
}

#[test]
fn words_find_codes_and_nothing_found_exits_1() {
    let found = chatctl(&["error", "token", "expired", "--json"])
        .run()
        .exits(0)
        .json();
    assert_eq!(found[0]["code"], 40142);
    assert_eq!(found[0]["name"], "token_expired");
    let limits = chatctl(&["error", "4291"]).run().exits(0);
    assert!(limits.stdout.starts_with("42910  "), "{}", limits.stdout);
    let by_name = chatctl(&["error", "capability_denied", "--json"]).run();
    assert_eq!(by_name.exits(0).json()["code"], 40160);
    let none = chatctl(&["error", "xyzzy"]).run().exits(1);
    assert!(none.stdout.is_empty() && none.stderr.contains("xyzzy"));
    let secret = chatctl(&["error", "app.key:hidden-secret"]).run().exits(1);
    assert!(!secret.stderr.contains("hidden"), "{secret:?}");
}

#[test]
fn without_a_code_all_are_listed_in_groups() {
    let list = chatctl(&["error"]).run().exits(0).stdout;
    assert!(list.contains("\nPRESENCE\n91000   presence without a clientId\n"));
    let codes = chatctl(&["error", "--jq", "length"]).run().exits(0);
    assert_eq!(codes.stdout.trim(), "276");
}

#[test]
fn every_command_that_advice_names_exists() {
    let advice = catalogue::sorted()
        .into_iter()
        .map(|entry| entry.fix)
        .chain(lint::RULES.iter().map(|rule| rule.fix));
    let mut checked = 0;
    for text in advice {
        for command in text.split('`').filter(|part| part.starts_with("chatctl ")) {
            let words: Vec<&str> = command
                .split_whitespace()
                .skip(1)
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                .take_while(|word| !word.starts_with('-'))
                .collect();
            let mut arguments = words.clone();
            arguments.push("--help");
            let ran = chatctl(&arguments).run().exits(0);
            assert!(
                ran.stdout.contains(&format!("chatctl {}", words.join(" "))),
                "{command}"
            );
            checked += 1;
        }
    }
    assert!(checked > 3);
}
