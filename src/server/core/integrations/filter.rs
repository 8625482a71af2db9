//! The filters of rules: which rooms, which channels.

use regex::{Regex, RegexBuilder};

use super::fault::RuleFault;

/// The most memory that a compiled filter may take, in bytes.
const MAX_SIZE: usize = 256 * 1024;

/// The longest filter, in bytes.
const MAX_LENGTH: usize = 2048;

/// Which names a rule is about: those in which its expression is found.
#[derive(Clone, Debug)]
pub(crate) struct Filter(Option<Regex>);

impl Filter {
    /// Reads the filter of rooms, `/EXPRESSION/`; every room unless given.
    ///
    /// # Errors
    /// A filter without slashes, or 40035 for an expression that is not RE2's.
    pub(crate) fn of_rooms(text: Option<&str>) -> Result<Self, RuleFault> {
        let Some(text) = text else {
            return Ok(Self(None));
        };
        let inner = text
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
            .filter(|_| text.len() > 1);
        let inner = inner.ok_or_else(|| {
            let why = format!("'{text}' must stand between slashes, as in /^support:.*$/");
            RuleFault::of("chatRoomFilter", why)
        })?;
        Self::compile("chatRoomFilter", inner)
    }

    /// Reads the filter of channels, a bare expression; every channel where it is empty.
    ///
    /// # Errors
    /// 40035 for an expression that is not RE2's.
    pub(crate) fn of_channels(text: &str) -> Result<Self, RuleFault> {
        Self::compile("source.channelFilter", text)
    }

    fn compile(field: &'static str, text: &str) -> Result<Self, RuleFault> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        if text.len() > MAX_LENGTH {
            let why = format!("it is longer than {MAX_LENGTH} bytes");
            return Err(RuleFault::of(field, why));
        }
        let compiled = RegexBuilder::new(text).size_limit(MAX_SIZE).build();
        compiled
            .map(|regex| Self(Some(regex)))
            .map_err(|error| RuleFault {
                code: 40035,
                ..RuleFault::of(field, first_words(&error))
            })
    }

    /// Returns whether the rule is about `name`.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|regex| regex.is_match(name))
    }
}

/// The last line of an error of the parser, which has its reason; those before it draw where.
fn first_words(error: &regex::Error) -> String {
    let text = error.to_string();
    let reason = text.lines().last().unwrap_or_default();
    let reason = reason.trim().trim_start_matches("error: ");
    format!("it is no regular expression of RE2: {reason}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_stand_between_slashes_and_channels_do_not() {
        let rooms = Filter::of_rooms(Some("/^arena:.*$/")).unwrap();
        assert!(rooms.matches("arena:eu") && !rooms.matches("lobby"));
        assert!(Filter::of_rooms(None).unwrap().matches("lobby"));
        assert!(Filter::of_rooms(Some("//")).unwrap().matches("lobby"));
        for bare in ["^arena", "/", "", "/a"] {
            let fault = Filter::of_rooms(Some(bare)).unwrap_err();
            assert!(fault.message.contains("between slashes"), "{bare}");
        }
        let channels = Filter::of_channels(r"^support:12::\$chat$").unwrap();
        assert!(channels.matches("support:12::$chat") && !channels.matches("support:12"));
        assert!(Filter::of_channels("").unwrap().matches("anything"));
    }

    #[test]
    fn what_re2_does_not_know_is_refused_with_its_code() {
        for text in [r"(a)\1", "(?=a)", "(?<!a)b", "(", "a{1000}{1000}"] {
            let fault = Filter::of_channels(text).unwrap_err();
            assert_eq!(fault.code, 40035, "{text}: {fault:?}");
            assert!(!fault.message.contains('\n'), "{fault:?}");
        }
    }
}
