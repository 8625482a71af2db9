//! Reasons why a resource does not match: the commonest trouble with capabilities, in words.

use crate::chat_core::auth::resource::{Resource, Target};

/// Explains why `resource` does not match `target`; `None` if it does.
pub fn why_not(resource: &Resource, target: &Target<'_>) -> Option<String> {
    if resource.matches(target) {
        return None;
    }
    let (pattern, name) = (resource.as_str(), target.name());
    if let Some(room) = resource.chat_room() {
        return Some(format!("it is the channel of another room, '{room}'"));
    }
    if let Some(qualifier) = target.qualifier()
        && !pattern.starts_with('[')
    {
        return Some(format!(
            "it has no qualifier, and never matches a name that begins with '[{qualifier}]': '[{qualifier}]*' and '[*]*' do"
        ));
    }
    if resource.matches_no_room() && target.qualifier().is_none() {
        return Some("it is about queues or metachannels, and never matches a room".to_owned());
    }
    if pattern.eq_ignore_ascii_case(name) {
        return Some("capital and small letters differ, and count".to_owned());
    }
    if pattern.trim() == name || pattern.trim_matches('"') == name {
        return Some("there are spaces or quotes around the name in the pattern".to_owned());
    }
    Some(by_segments(pattern, name))
}

fn by_segments(pattern: &str, name: &str) -> String {
    let segments: Vec<&str> = pattern.split(':').collect();
    let names: Vec<&str> = name.split(':').collect();
    let is_open = segments.last() == Some(&"*");
    if !is_open && segments.contains(&"*") && segments.len() != names.len() {
        return format!(
            "'*' before the end stands for exactly one segment: it has {} and the room has {}",
            counted(segments.len(), ""),
            counted(names.len(), "")
        );
    }
    for (place, (segment, name)) in segments.iter().zip(&names).enumerate() {
        if *segment == "*" || segment == name {
            continue;
        }
        if segment.contains('*') {
            return format!(
                "the '*' in '{segment}' is literal: '*' stands for whole segments between ':' only"
            );
        }
        if segment.contains(['?', '[', '(', '|', '^', '$']) && segment.len() > 1 {
            return format!("'{segment}' is taken literally: '*' is the only wildcard");
        }
        return format!(
            "its segment {} is '{segment}', the room's is '{name}'",
            place + 1
        );
    }
    if segments.len() > names.len() {
        let fixed = segments.len() - usize::from(is_open);
        format!(
            "it has {} and the room has {}",
            counted(fixed, if is_open { " at least" } else { "" }),
            counted(names.len(), "")
        )
    } else {
        format!("it ends before the room's name does; '{pattern}:*' would match")
    }
}

fn counted(segments: usize, how: &str) -> String {
    let s = if segments == 1 { "" } else { "s" };
    format!("{segments} segment{s}{how}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metachannel_needs_a_qualifier() {
        let target = Target::room("[meta]log");
        let why = |text: &str| why_not(&Resource::parse(text).unwrap(), &target);
        assert!(why("*").unwrap().contains("[meta]*"));
        assert_eq!((why("[meta]*"), why("[*]*")), (None, None));
        assert!(why("[meta]other").is_some());
    }

    #[test]
    fn each_mismatch_is_put_in_words() {
        for (pattern, room, words) in [
            ("lobby*", "lobby-1", "literal"),
            ("*", "lobby", ""),
            ("Lobby", "lobby", "capital"),
            ("lobby", "lobby:1", "'lobby:*' would match"),
            ("lobby:*:x", "lobby:1", "3 segments and the room has 2"),
            (
                "dms:*:*",
                "dms",
                "2 segments at least and the room has 1 segment",
            ),
            ("dms:*", "team:a", "segment 1 is 'dms'"),
            ("*:b", "dms:a:b", "2 segments and the room has 3 segments"),
            ("hall::$chat", "lobby", "another room"),
            ("[queue]*", "lobby", "queues"),
            (" lobby", "lobby", "spaces"),
            ("room-[0-9]", "room-1", "only wildcard"),
        ] {
            let resource = Resource::parse(pattern).unwrap();
            let found = why_not(&resource, &Target::room(room));
            match found {
                None => assert_eq!(words, "", "{pattern}"),
                Some(found) => {
                    assert!(
                        !words.is_empty() && found.contains(words),
                        "{pattern}: {found}"
                    );
                }
            }
        }
    }
}
