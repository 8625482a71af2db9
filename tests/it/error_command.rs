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
fn unknown_code_exits_1_and_a_word_2() {
    let unknown = chatctl(&["error", "40149", "--json"]).run().exits(1);
    assert!(
        unknown.error()["hint"]
            .as_str()
            .unwrap()
            .contains("credentials")
    );
    chatctl(&["error", "oops"]).run().exits(2);
}

#[test]
fn every_command_that_advice_names_exists() {
    let advice = catalogue::entries()
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
