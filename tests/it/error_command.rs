//! `chatctl error CODE`, and the catalogue's words behind other errors.

use crate::harness::chatctl;

#[test]
fn a_code_is_explained() {
    let text = chatctl(&["error", "40160"]).run().exits(0);
    assert!(text.stdout.contains("not-permitted") && text.stdout.contains("capability explain"));
    let value = chatctl(&["error", "40142", "--json"]).run().exits(0).json();
    assert_eq!(value["code"], 40142);
    assert_eq!(value["statusCode"], 401);
    assert_eq!(value["exit"], 3);
    assert_eq!(value["href"], "https://help.ably.io/error/40142");
}

#[test]
fn an_unknown_code_is_a_no_and_a_word_is_a_fault() {
    let unknown = chatctl(&["error", "40149", "--json"]).run().exits(1);
    assert!(
        unknown.error()["hint"]
            .as_str()
            .unwrap()
            .contains("credentials")
    );
    chatctl(&["error", "oops"]).run().exits(2);
}
