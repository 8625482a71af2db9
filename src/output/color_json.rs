//! JSON in the colours of jq: names of members in blue, strings in green, null dim.

/// Paints valid JSON, whatever its white space.
pub(super) fn paint(json: &str) -> String {
    let mut painted = String::with_capacity(json.len() * 2);
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let (token, style) = match first {
            '"' => {
                let token = &rest[..string_end(rest)];
                let follows = rest[token.len()..].trim_start();
                let style = if follows.starts_with(':') {
                    NAME
                } else {
                    STRING
                };
                (token, Some(style))
            }
            'n' | 't' | 'f' => {
                let end = rest.find(|c: char| !c.is_ascii_alphabetic());
                let token = &rest[..end.unwrap_or(rest.len())];
                (token, (token == "null").then_some(NULL))
            }
            _ => (&rest[..first.len_utf8()], None),
        };
        match style {
            Some(style) => {
                painted.push_str(style);
                painted.push_str(token);
                painted.push_str(RESET);
            }
            None => painted.push_str(token),
        }
        rest = &rest[token.len()..];
    }
    painted
}

/// The length of the string that `text` begins with, quotes included.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

const NAME: &str = "\u{1b}[34;1m";
const STRING: &str = "\u{1b}[32m";
const NULL: &str = "\u{1b}[2m";
const RESET: &str = "\u{1b}[0m";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn without_colors(text: &str) -> String {
        [NAME, STRING, NULL, RESET]
            .iter()
            .fold(text.to_owned(), |text, code| text.replace(code, ""))
    }

    #[test]
    fn names_strings_and_null_are_painted() {
        assert_eq!(
            paint(r#"{"a\":": [1, "x", null, true]}"#),
            format!(r#"{{{NAME}"a\":"{RESET}: [1, {STRING}"x"{RESET}, {NULL}null{RESET}, true]}}"#)
        );
    }

    proptest! {
        #[test]
        fn nothing_but_colors_is_added(text in ".*", name in ".*") {
            let value = serde_json::json!({name: [text, 1.5, null, {"n": false}]});
            for json in [value.to_string(), format!("{value:#}")] {
                prop_assert_eq!(without_colors(&paint(&json)), json);
            }
        }
    }
}
