//! Names of rooms and channels. The channel of room `R` is `R::$chat`, one for all its features (CHA-RC3).

use super::frame::Params;
use crate::chat_core::error::{ErrorInfo, Result};

/// The suffix of a room's channel after the room's name.
pub const CHAT_SUFFIX: &str = "::$chat";

/// The longest name, in bytes.
pub const MAX_NAME_LENGTH: usize = 2048;

/// The channel of `room`.
pub fn channel_of(room: &str) -> String {
    format!("{room}{CHAT_SUFFIX}")
}

/// The room that `channel` belongs to, if it is a room's.
pub fn room_of(channel: &str) -> Option<&str> {
    channel.strip_suffix(CHAT_SUFFIX)
}

/// What the names of metachannels begin with: channels that only the server itself publishes on, about an app.
const META: &str = "[meta]";

/// Returns whether `channel` is a metachannel.
pub fn is_meta(channel: &str) -> bool {
    channel.starts_with(META)
}

/// Returns whether a channel may have this name.
///
/// # Errors
/// 40010 / 400 naming the fault.
pub fn check_channel(name: &str) -> Result<()> {
    match fault(name, MAX_NAME_LENGTH) {
        None => Ok(()),
        Some(fault) => Err(ErrorInfo::new(
            40010,
            400,
            format!("Invalid channel name: {fault}"),
        )),
    }
}

/// Returns whether a room may have this name.
///
/// # Errors
/// 102000 / 400 naming the fault.
pub fn check_room(name: &str) -> Result<()> {
    let fault = fault(name, MAX_NAME_LENGTH - CHAT_SUFFIX.len()).or(match name {
        // A URL's path can't carry them: clients remove such segments.
        "." | ".." => Some("it is '.' or '..'"),
        _ => None,
    });
    match fault {
        None => Ok(()),
        Some(fault) => {
            let error = ErrorInfo::new(102_000, 400, format!("Invalid room name: {fault}"));
            Err(if name.is_empty() {
                error.with_hint("is the variable that it comes from set?")
            } else {
                error
            })
        }
    }
}

/// The name of a room, checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoomName(String);

impl RoomName {
    /// Checks a room's name.
    ///
    /// # Errors
    /// 102000 / 400 naming the fault.
    pub fn parse(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        check_room(&name)?;
        Ok(Self(name))
    }

    /// Returns the room's channel.
    pub fn channel(&self) -> ChannelName {
        ChannelName(channel_of(&self.0))
    }
}

/// The name of a channel, checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChannelName(String);

impl ChannelName {
    /// Checks a channel's name.
    ///
    /// # Errors
    /// 40010 / 400 naming the fault.
    pub fn parse(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        check_channel(&name)?;
        Ok(Self(name))
    }
}

impl std::ops::Deref for ChannelName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A channel as a client names it: parameters may stand before the name, `[?rewind=1]NAME`, for clients that have no
/// other way to give them. They are no part of the name. A metachannel is named `[meta]NAME` or `[meta?rewind=1]NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualifiedName {
    /// The channel's name.
    pub name: ChannelName,
    /// The parameters that stand before it.
    pub params: Params,
}

impl QualifiedName {
    /// Reads a name with or without parameters before it.
    ///
    /// # Errors
    /// 40010 / 400 for another qualifier, and as [`ChannelName::parse`].
    pub fn parse(text: &str) -> Result<Self> {
        let Some((qualifier, name)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        else {
            return Ok(Self {
                name: ChannelName::parse(text)?,
                params: Params::new(),
            });
        };
        let (kind, query) = qualifier.split_once('?').unwrap_or((qualifier, ""));
        let is_meta = kind == "meta";
        if qualifier.is_empty() || !(kind.is_empty() || is_meta) {
            return Err(unsupported(kind));
        }
        let name = ChannelName::parse(name)?;
        Ok(Self {
            name: if is_meta {
                ChannelName(format!("{META}{}", &*name))
            } else {
                name
            },
            params: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        })
    }
}

/// Returns the refusal of a qualifier that names another kind of channel.
fn unsupported(kind: &str) -> ErrorInfo {
    let what = if kind.starts_with("filter=") {
        "derived channels, [filter=…], are not supported"
    } else {
        "its qualifier is neither one of parameters, [?NAME=VALUE], nor [meta]"
    };
    ErrorInfo::new(40010, 400, format!("Invalid channel name: {what}"))
}

fn fault(name: &str, max: usize) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > max {
        Some("it is too long")
    } else if name.starts_with([':', '[', ',', ' ']) {
        Some("it begins with one of ':', '[', ',' and space")
    } else if name.chars().any(char::is_control) {
        Some("it has control characters")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_and_channels_map_to_each_other() {
        assert_eq!(channel_of("dms:a"), "dms:a::$chat");
        assert_eq!(room_of("dms:a::$chat"), Some("dms:a"));
        assert_eq!(room_of("dms:a"), None);
    }

    #[test]
    fn parameters_before_a_name_are_no_part_of_it() {
        for (text, name, params) in [
            ("foo", "foo", vec![]),
            ("[?rewind=2]foo", "foo", vec![("rewind", "2")]),
            (
                "[?rewind=1&occupancy=metrics.publishers]a:b::$chat",
                "a:b::$chat",
                vec![("occupancy", "metrics.publishers"), ("rewind", "1")],
            ),
            (
                "[?modes=publish%2Csubscribe]x]y",
                "x]y",
                vec![("modes", "publish,subscribe")],
            ),
            ("[?]foo", "foo", vec![]),
            ("[meta]log", "[meta]log", vec![]),
            (
                "[meta?rewind=1]channel.lifecycle",
                "[meta]channel.lifecycle",
                vec![("rewind", "1")],
            ),
        ] {
            let parsed = QualifiedName::parse(text).unwrap();
            let read: Vec<_> = parsed
                .params
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!((&*parsed.name, read), (name, params), "{text}");
        }
        for (text, why) in [
            ("[filter=bmFtZQ==]foo", "derived"),
            ("[filter=bmFtZQ==?rewind=1]foo", "derived"),
            ("[meta]", "empty"),
            ("[meta][meta]log", "begins with"),
            ("[x]foo", "qualifier"),
            ("[]foo", "qualifier"),
            ("[?rewind=1]", "empty"),
            ("[?rewind=1][?rewind=1]foo", "begins with"),
            ("[?rewind=1", "begins with"),
        ] {
            let error = QualifiedName::parse(text).unwrap_err();
            assert_eq!(error.code, 40010, "{text}");
            assert!(error.message.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        for name in ["", ":a", "[x]a", "[", ",a", " a", "a\nb", &"x".repeat(2049)] {
            assert_eq!(check_channel(name).unwrap_err().code, 40010, "{name:?}");
            assert_eq!(check_room(name).unwrap_err().code, 102_000, "{name:?}");
        }
        assert!(check_room("..").is_err() && check_channel("..").is_ok());
        for name in ["lobby", "dms:*", "a b", "日本/x@y", "a::b"] {
            assert!(
                check_channel(name).is_ok() && check_room(name).is_ok(),
                "{name:?}"
            );
        }
    }
}
