//! Resources: the patterns on the left side of a capability, and what they are matched against.
//!
//! A pattern is split at `:`; `*` as its last segment matches any number of segments, none included, `*` in another
//! place exactly one, and `*` inside a segment is a character like any other.

use std::cmp::Ordering;
use std::fmt;

use crate::chat_core::protocol::names::CHAT_SUFFIX;

/// The qualifier, in brackets before a resource's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chat_core) enum Qualifier<'a> {
    /// Nothing: a channel.
    None,
    /// `[*]`: channels, queues and metachannels.
    Any,
    /// `[queue]`, `[meta]`, or an unknown one, which matches only itself.
    Named(&'a str),
}

/// A resource's qualifier and path.
pub(in crate::chat_core) fn split_qualifier(text: &str) -> (Qualifier<'_>, &str) {
    match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some(("*", path)) => (Qualifier::Any, path),
        Some((name, path)) => (Qualifier::Named(name), path),
        None => (Qualifier::None, text),
    }
}

/// The target of an operation: a room or a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    qualifier: Qualifier<'a>,
    path: &'a str,
    is_room: bool,
}

impl<'a> Target<'a> {
    /// The room called `name`.
    pub fn room(name: &'a str) -> Self {
        let (qualifier, path) = split_qualifier(name);
        Self {
            qualifier,
            path,
            is_room: true,
        }
    }

    /// The channel called `name`: a room where it ends in `::$chat`, a queue or metachannel where it is qualified.
    pub fn channel(name: &'a str) -> Self {
        match name.strip_suffix(CHAT_SUFFIX) {
            Some(room) => Self::room(room),
            None => Self {
                is_room: false,
                ..Self::room(name)
            },
        }
    }

    /// The name that patterns are matched against: the room's, where it is one.
    pub fn name(&self) -> &'a str {
        self.path
    }

    /// The qualifier in brackets, if there is one: `meta` for a metachannel.
    pub fn qualifier(&self) -> Option<&'a str> {
        match self.qualifier {
            Qualifier::Named(name) => Some(name),
            Qualifier::None | Qualifier::Any => None,
        }
    }

    /// Returns whether a room is meant, and not a channel beside it.
    pub fn is_room(&self) -> bool {
        self.is_room
    }
}

/// A resource of a capability.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Resource {
    text: String,
}

impl Resource {
    /// Reads a resource; `None` where it is empty.
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self {
            text: text.to_owned(),
        })
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether this resource covers `target`.
    pub fn matches(&self, target: &Target<'_>) -> bool {
        if let Some(room) = self.chat_room() {
            return target.is_room && target.qualifier == Qualifier::None && target.path == room;
        }
        let (qualifier, path) = split_qualifier(&self.text);
        (qualifier == Qualifier::Any || qualifier == target.qualifier)
            && path_matches(path, target.path)
    }

    /// Returns whether this resource covers everything that `other` covers.
    pub fn covers(&self, other: &Self) -> bool {
        self.intersect(other).is_some_and(|common| common == *other)
    }

    /// The resource that covers exactly what both cover, if there is anything.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        match (self.chat_room(), other.chat_room()) {
            (Some(_), Some(_)) => return (self == other).then(|| self.clone()),
            (Some(room), None) => {
                return other.matches(&Target::room(room)).then(|| self.clone());
            }
            (None, Some(room)) => {
                return self.matches(&Target::room(room)).then(|| other.clone());
            }
            (None, None) => {}
        }
        let (qualifier, path) = split_qualifier(&self.text);
        let (other_qualifier, other_path) = split_qualifier(&other.text);
        let qualifier = match (qualifier, other_qualifier) {
            (Qualifier::Any, concrete) | (concrete, Qualifier::Any) => concrete,
            (one, two) if one == two => one,
            _ => return None,
        };
        let path = intersect_paths(path, other_path)?;
        let text = match qualifier {
            Qualifier::None => path,
            Qualifier::Any => format!("[*]{path}"),
            Qualifier::Named(name) => format!("[{name}]{path}"),
        };
        Some(Self { text })
    }

    /// Returns whether this is every channel: `*` or `[*]*`.
    pub fn is_everything(&self) -> bool {
        matches!(self.text.as_str(), "*" | "[*]*")
    }

    /// Returns whether it can match no room whatever: a queue, a metachannel, an unknown qualifier.
    pub fn matches_no_room(&self) -> bool {
        matches!(split_qualifier(&self.text).0, Qualifier::Named(_))
    }

    /// The room, where the resource is the name of a room's channel.
    pub fn chat_room(&self) -> Option<&str> {
        self.text.strip_suffix(CHAT_SUFFIX)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// Returns whether the pattern `path` matches `name`.
pub fn path_matches(path: &str, name: &str) -> bool {
    let mut names = name.split(':');
    let mut segments = path.split(':').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        if segment == "*" && is_last {
            return true;
        }
        match names.next() {
            Some(name) if segment == "*" || segment == name => {}
            _ => return false,
        }
    }
    names.next().is_none()
}

/// Returns the intersection of two patterns. A trailing `*` stands for any number of segments, so a path is a list of
/// fixed segments, open or closed at its end.
fn intersect_paths(one: &str, two: &str) -> Option<String> {
    let (one, one_is_open) = fixed_segments(one);
    let (two, two_is_open) = fixed_segments(two);
    match one.len().cmp(&two.len()) {
        Ordering::Less if !one_is_open => return None,
        Ordering::Greater if !two_is_open => return None,
        _ => {}
    }
    let mut segments = Vec::with_capacity(one.len().max(two.len()) + 1);
    for index in 0..one.len().max(two.len()) {
        let segment = match (one.get(index), two.get(index)) {
            (Some(&one), Some(&two)) if one == two || two == "*" => one,
            (Some(&"*"), Some(&two)) => two,
            (Some(_), Some(_)) | (None, None) => return None,
            (Some(&only), None) | (None, Some(&only)) => only,
        };
        segments.push(segment);
    }
    if one_is_open && two_is_open {
        segments.push("*");
    }
    Some(segments.join(":"))
}

/// The segments that a name must have, and whether it may have more.
pub(in crate::chat_core) fn fixed_segments(path: &str) -> (Vec<&str>, bool) {
    let mut segments: Vec<&str> = path.split(':').collect();
    let is_open = segments.last() == Some(&"*");
    if is_open {
        segments.pop();
    }
    (segments, is_open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> Resource {
        Resource::parse(text).unwrap()
    }

    #[test]
    fn patterns_match_as_documented() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            (
                "*",
                &["a", "a:b", "a:b:c", "a*"],
                &["[meta]log", "[queue]x"],
            ),
            (
                "foo:*",
                &["foo", "foo:bar", "foo:bar:baz"],
                &["foobar", "food:bar"],
            ),
            (
                "foo:*:baz",
                &["foo:bar:baz", "foo:*:baz"],
                &["foo:baz", "foo:bar:bam:baz", "foo:bar:baz:qux"],
            ),
            ("*:baz", &["bar:baz"], &["baz", "a:b:baz"]),
            (
                "foo:*:*",
                &["foo:bar", "foo:bar:baz", "foo:a:b:c"],
                &["foo"],
            ),
            ("foo*", &["foo*"], &["foo", "foobar"]),
            ("[meta]*", &["[meta]log"], &["log", "[queue]log"]),
            ("[*]*", &["a", "[meta]log", "[queue]x:y"], &[]),
            ("[*]foo:*", &["foo", "[meta]foo:x"], &["bar", "[meta]bar"]),
            ("[queue]appid-name", &["[queue]appid-name"], &["appid-name"]),
            ("a::b", &["a::b"], &["a:b"]),
        ];
        for (pattern, yes, no) in cases {
            for name in *yes {
                assert!(
                    resource(pattern).matches(&Target::channel(name)),
                    "{pattern} should match {name}"
                );
            }
            for name in *no {
                assert!(
                    !resource(pattern).matches(&Target::channel(name)),
                    "{pattern} should not match {name}"
                );
            }
        }
    }

    #[test]
    fn rooms_are_matched_by_their_own_name() {
        assert!(resource("lobby").matches(&Target::channel("lobby::$chat")));
        assert!(resource("support:*:one").matches(&Target::channel("support:vip:one::$chat")));
        assert!(!resource("support:*:one").matches(&Target::channel("support:one::$chat")));
        assert!(resource("dms:*").matches(&Target::room("dms")));
        assert_eq!(Target::channel("lobby::$chat"), Target::room("lobby"));
    }

    #[test]
    fn the_name_of_a_rooms_channel_is_that_room_and_nothing_else() {
        let channel = resource("lobby::$chat");
        assert!(channel.matches(&Target::room("lobby")));
        assert!(channel.matches(&Target::channel("lobby::$chat")));
        assert!(!channel.matches(&Target::channel("lobby")));
        assert!(!resource("*::$chat").matches(&Target::room("lobby")));
        assert_eq!(channel.intersect(&resource("lobby")), Some(channel.clone()));
        assert_eq!(channel.intersect(&resource("hall")), None);
    }

    #[test]
    fn intersections_are_exact() {
        for (one, two, common) in [
            ("*", "a:*", Some("a:*")),
            ("a:*", "a", Some("a")),
            ("a:*", "a:b", Some("a:b")),
            ("a:*", "*:b", Some("a:b")),
            ("a:*", "*:*:c", Some("a:*:c")),
            ("a:*:c", "a:b:*", Some("a:b:c")),
            ("a:*", "b:*", None),
            ("a", "a:b", None),
            ("[*]*", "[meta]log", Some("[meta]log")),
            ("[*]*", "a:*", Some("a:*")),
            ("[*]*", "[*]a:*", Some("[*]a:*")),
            ("*", "[meta]log", None),
            ("[queue]*", "[meta]*", None),
        ] {
            let found = resource(one).intersect(&resource(two));
            assert_eq!(found, common.map(resource), "{one} and {two}");
            assert_eq!(found, resource(two).intersect(&resource(one)));
        }
        assert!(resource("a:*").covers(&resource("a:b:*")));
        assert!(!resource("a:b:*").covers(&resource("a:*")));
    }
}
