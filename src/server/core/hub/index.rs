//! The channels of an app that have attachments: found by name, read page by page in the order of names, and no more of
//! them than the app may have.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use super::channel::HubChannel;
use crate::chat_core::clock::Moment;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::names;
use crate::server::core::limits::CHANNEL_ACTIVITY;
use crate::server::core::plan::PlanLimits;
use crate::server::core::rates::AccountRate;

/// The code of a channel that may not become active yet.
pub(crate) const ACTIVATION_RATE: u32 = 90021;

/// The channels that have attachments.
#[derive(Default)]
pub(super) struct ChannelIndex {
    channels: HashMap<Arc<str>, Arc<HubChannel>>,
    names: BTreeSet<Arc<str>>,
    /// The most active channels; no limit unless given.
    limit: Option<usize>,
    /// The channels that may become active in a second; no limit unless given.
    rate: Option<usize>,
    /// What is left of the rate, once it was used.
    activations: Option<AccountRate>,
    /// The seed of the share that is refused, where a share is.
    share_seed: Option<u64>,
    /// Whether it is told when more channels are active than ever before.
    counts: bool,
    /// The most channels that were active at one time, as far as that was told.
    peak: usize,
    /// The channels without attachments that are active since somebody published there, and until when they are: where
    /// there is a limit, or where they are counted.
    published: HashMap<Arc<str>, Moment>,
    /// The same, those first that are inactive first.
    by_end: BTreeSet<(Moment, Arc<str>)>,
}

/// A part of the names of channels, in their order.
pub(crate) struct NameQuery<'a> {
    /// The names begin with this.
    pub(crate) prefix: &'a str,
    /// Go on behind this name.
    pub(crate) after: Option<&'a str>,
    /// Ascending.
    pub(crate) forwards: bool,
    /// The most names.
    pub(crate) limit: usize,
}

impl ChannelIndex {
    pub(super) fn get(&self, name: &str) -> Option<&Arc<HubChannel>> {
        self.channels.get(name)
    }

    /// Returns no channels; no more will be active than `limits` say. Where `counts`, new peaks are told.
    pub(super) fn new(limits: &PlanLimits, counts: bool) -> Self {
        Self {
            counts,
            limit: limits.channels,
            rate: limits.activation_rate,
            share_seed: limits.share_seed,
            ..Self::default()
        }
    }

    /// Returns whether it has to know which channels are active.
    fn is_watched(&self) -> bool {
        self.limit.is_some() || self.rate.is_some() || self.counts
    }

    /// Returns how many channels are active, if there were never more.
    fn new_peak(&mut self) -> Option<usize> {
        let active = self.names.len() + self.published.len();
        if !self.counts || active <= self.peak {
            return None;
        }
        self.peak = active;
        Some(active)
    }

    /// Has the next channel that becomes active tell how many are.
    pub(super) fn forget_peak(&mut self) {
        self.peak = 0;
    }

    /// Refuses a channel that is not active where as many are as may be, or became so lately.
    ///
    /// # Errors
    /// 40114 / 403, 90021 / 429.
    fn admit(&mut self, name: &str, now: Moment) -> Result<()> {
        if !self.is_watched() || self.channels.contains_key(name) || names::is_meta(name) {
            return Ok(());
        }
        while self.by_end.first().is_some_and(|(end, _)| *end <= now) {
            if let Some((_, over)) = self.by_end.pop_first() {
                self.published.remove(&over);
            }
        }
        if self.published.contains_key(name) {
            return Ok(());
        }
        if let Some(limit) = self.limit
            && self.names.len() + self.published.len() >= limit
        {
            let what = format!("Channel limit exceeded: {limit} channels of the app are active");
            return Err(ErrorInfo::new(40114, 403, what));
        }
        if let Some(rate) = self.rate {
            let activations = &mut self.activations;
            let left = activations
                .get_or_insert_with(|| AccountRate::new(rate as f64, self.share_seed, now));
            if !left.take(1, now) {
                let what = "Rate limit exceeded for channels that become active; metric = channels.maxRate";
                return Err(ErrorInfo::new(ACTIVATION_RATE, 429, what));
            }
        }
        Ok(())
    }

    /// Makes a channel active that somebody publishes on, where that matters; returns a new peak.
    ///
    /// # Errors
    /// 40114 / 403, 90021 / 429.
    pub(super) fn publish(&mut self, name: &str, now: Moment) -> Result<Option<usize>> {
        self.admit(name, now)?;
        if self.is_watched() && !self.channels.contains_key(name) {
            let end = now + CHANNEL_ACTIVITY;
            let name = self.forget(name).unwrap_or_else(|| Arc::from(name));
            self.published.insert(Arc::clone(&name), end);
            self.by_end.insert((end, name));
        }
        Ok(self.new_peak())
    }

    /// Takes a channel out of those that are active since somebody published there.
    fn forget(&mut self, name: &str) -> Option<Arc<str>> {
        let (name, end) = self.published.remove_entry(name)?;
        self.by_end.remove(&(end, Arc::clone(&name)));
        Some(name)
    }

    /// Returns the channel called `name`, to attach to, and a new peak; it is made if it is not there.
    ///
    /// # Errors
    /// 40114 / 403, 90021 / 429.
    pub(super) fn open(
        &mut self,
        name: &str,
        now: Moment,
    ) -> Result<(&Arc<HubChannel>, Option<usize>)> {
        self.admit(name, now)?;
        self.forget(name);
        // A metachannel is no channel of the app: it is neither listed nor counted.
        if !self.channels.contains_key(name) && !names::is_meta(name) {
            self.names.insert(Arc::from(name));
        }
        let peak = self.new_peak();
        // One text for both.
        let name = self
            .names
            .get(name)
            .map_or_else(|| Arc::from(name), Arc::clone);
        Ok((self.channels.entry(name).or_default(), peak))
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.channels.remove(name);
        self.names.remove(name);
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns all channels, in no order.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<HubChannel>> {
        self.channels.values()
    }

    /// Returns all names, ascending.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.iter().map(ToString::to_string).collect()
    }

    /// Returns a page of names, and whether there are more behind it: at the cost of the page, however many there are.
    pub(super) fn page(&self, query: &NameQuery<'_>) -> (Vec<String>, bool) {
        let NameQuery {
            prefix,
            after,
            forwards,
            limit,
        } = *query;
        let end = after_prefix(prefix);
        let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let bounds = match after {
            // A name that is not one of these is where the page before ended.
            Some(after) if forwards && after >= prefix => (Bound::Excluded(after), end),
            Some(after) if !forwards && after < prefix => return (Vec::new(), false),
            Some(after) if !forwards && is_before(after, end) => {
                (Bound::Included(prefix), Bound::Excluded(after))
            }
            _ => (Bound::Included(prefix), end),
        };
        if !is_ascending(bounds) {
            return (Vec::new(), false);
        }
        let names = self.names.range::<str, _>(bounds);
        if forwards {
            take(names, limit)
        } else {
            take(names.rev(), limit)
        }
    }
}

fn take<'a>(mut names: impl Iterator<Item = &'a Arc<str>>, limit: usize) -> (Vec<String>, bool) {
    let page = names.by_ref().take(limit).map(ToString::to_string);
    (page.collect(), names.next().is_some())
}

fn is_before(name: &str, end: Bound<&str>) -> bool {
    match end {
        Bound::Excluded(end) => name < end,
        Bound::Included(_) | Bound::Unbounded => true,
    }
}

/// Returns whether a set can be asked for this range: it takes no end that lies before the begin.
fn is_ascending((begin, end): (Bound<&str>, Bound<&str>)) -> bool {
    match (begin, end) {
        (Bound::Included(begin), Bound::Excluded(end)) => begin <= end,
        (Bound::Excluded(begin), Bound::Excluded(end)) => begin < end,
        _ => true,
    }
}

/// Returns the first text behind all those that begin with `prefix`; `None` if there is none behind.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const START: Moment = Moment::after_beginning(Duration::from_secs(1));

    #[test]
    fn channels_are_active_while_attached_or_published_on() {
        let limits = PlanLimits {
            channels: Some(2),
            ..PlanLimits::default()
        };
        let mut index = ChannelIndex::new(&limits, false);
        let refused = |result: Result<Option<usize>>| result.unwrap_err().code == 40114;
        index.open("a", START).unwrap();
        index.publish("b", START).unwrap();
        assert!(refused(index.publish("c", START)));
        assert!(refused(index.open("c", START).map(|_| None)));
        // Who is active stays so, and counts once.
        index.publish("a", START).unwrap();
        let later = START + CHANNEL_ACTIVITY / 2;
        index.publish("b", later).unwrap();
        let end = START + CHANNEL_ACTIVITY;
        assert!(refused(index.publish("c", end)));
        index.open("b", end).unwrap();
        assert!(refused(index.publish("c", end + CHANNEL_ACTIVITY)));
        index.remove("b");
        index.publish("c", end).unwrap();
        assert!(refused(index.publish("d", end)));
        index.publish("d", end + CHANNEL_ACTIVITY).unwrap();
        assert_eq!((index.published.len(), index.by_end.len()), (1, 1));
    }

    fn index(names: &[&str]) -> ChannelIndex {
        let mut index = ChannelIndex::default();
        for name in names {
            index.open(name, START).unwrap();
        }
        index
    }

    /// Returns all names with `prefix`, read in pages.
    fn read(index: &ChannelIndex, prefix: &str, forwards: bool, limit: usize) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        loop {
            let after = all.last().cloned();
            let (page, has_more) = index.page(&NameQuery {
                prefix,
                after: after.as_deref(),
                forwards,
                limit,
            });
            assert!(page.len() == limit || !has_more);
            all.extend(page);
            if !has_more {
                return all;
            }
        }
    }

    #[test]
    fn pages_are_all_names_with_the_prefix_in_order() {
        let names = [
            "a",
            "a\u{d7ff}x",
            "a\u{10ffff}",
            "a\u{10ffff}b",
            "aa",
            "ab",
            "b",
            "\u{10ffff}",
            "ü",
        ];
        let index = index(&names);
        for prefix in [
            "",
            "a",
            "a\u{d7ff}",
            "a\u{10ffff}",
            "\u{10ffff}",
            "ab",
            "x",
            "c",
        ] {
            let mut expected: Vec<&str> = names.to_vec();
            expected.retain(|name| name.starts_with(prefix));
            expected.sort_unstable();
            for limit in 1..4 {
                assert_eq!(read(&index, prefix, true, limit), expected, "{prefix}");
            }
            expected.reverse();
            for limit in 1..4 {
                assert_eq!(read(&index, prefix, false, limit), expected, "{prefix}");
            }
        }
    }

    #[test]
    fn any_cursor_gives_a_page() {
        let mut index = index(&["a", "ab", "b"]);
        index.remove("ab");
        let page = |prefix, after, forwards| {
            let after = Some(after);
            let query = NameQuery {
                prefix,
                after,
                forwards,
                limit: 9,
            };
            index.page(&query).0
        };
        assert_eq!(page("", "ab", true), ["b"], "of a channel that is gone");
        assert_eq!(page("", "ab", false), ["a"]);
        assert_eq!(page("b", "a", true), ["b"], "outside of the prefix");
        for (prefix, after, forwards) in [
            ("b", "a", false),
            ("b", "b", true),
            ("a", "z", true),
            ("b", "b", false),
        ] {
            assert!(page(prefix, after, forwards).is_empty(), "{prefix} {after}");
        }
        assert_eq!(page("a", "z", false), ["a"]);
    }
}
