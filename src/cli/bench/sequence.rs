//! What of a sender has come to a receiver: each message once and in order, or not.

use std::collections::BTreeSet;

/// The most numbers that are remembered as missing; more are lost, whatever comes later.
const MAX_MISSING: u64 = 10_000;

/// A message of a benchmark, as it travels in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The sender.
    pub(super) lane: usize,
    /// The number of the message among those of its sender, from 0.
    pub(super) number: u64,
    /// When it was sent, in nanoseconds since the beginning.
    pub(super) sent: u64,
}

/// The beginning of a stamp.
const MARK: &str = "bench:";

impl Stamp {
    /// The text, with at least `size` bytes.
    pub(super) fn text(self, size: usize) -> String {
        let Self { lane, number, sent } = self;
        let mut text = format!("{MARK}{lane}:{number}:{sent}:");
        text.extend(std::iter::repeat_n('x', size.saturating_sub(text.len())));
        text
    }

    /// The stamp in a text, wherever it stands.
    pub(super) fn find(text: &str) -> Option<Self> {
        let (_, behind) = text.split_once(MARK)?;
        let mut parts = behind.splitn(4, ':');
        Some(Self {
            lane: parts.next()?.parse().ok()?,
            number: parts.next()?.parse().ok()?,
            sent: parts.next()?.parse().ok()?,
        })
    }
}

/// The fate of messages on their way.
#[derive(Clone, Copy, Default)]
pub(super) struct Delivery {
    /// Those that did not come.
    pub(super) lost: u64,
    /// Those that came more than once.
    pub(super) doubled: u64,
    /// Those that came behind later ones.
    pub(super) reordered: u64,
}

/// How a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// For the first time.
    New,
    /// It, or one that is no longer missed, had come before.
    Doubled,
}

/// The messages of one sender at one receiver.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// The number after the highest that has come.
    next: u64,
    missing: BTreeSet<u64>,
    /// Those that are missing and not remembered.
    forgotten: u64,
    /// Those that came again.
    pub(super) doubled: u64,
    /// Those that came behind later ones.
    pub(super) reordered: u64,
}

impl Sequence {
    /// Takes a message in.
    pub(super) fn take(&mut self, number: u64) -> Arrival {
        if number >= self.next {
            let room = MAX_MISSING.saturating_sub(self.missing.len() as u64);
            let kept = number.min(self.next.saturating_add(room));
            self.missing.extend(self.next..kept);
            self.forgotten += number - kept;
            self.next = number.saturating_add(1);
            return Arrival::New;
        }
        if self.missing.remove(&number) {
            self.reordered += 1;
            return Arrival::New;
        }
        self.doubled += 1;
        Arrival::Doubled
    }

    /// The number of those that have not come, of `sent` messages.
    pub(super) fn lost(&self, sent: u64) -> u64 {
        self.missing.len() as u64 + self.forgotten + sent.saturating_sub(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(numbers: &[u64]) -> Sequence {
        let mut sequence = Sequence::default();
        for number in numbers {
            sequence.take(*number);
        }
        sequence
    }

    #[test]
    fn losses_repeats_and_late_messages_are_told_apart() {
        for (numbers, sent, expected) in [
            (&[0, 1, 2][..], 3, (0, 0, 0)),
            (&[0, 2], 3, (1, 0, 0)),
            (&[0, 1], 4, (2, 0, 0)),
            (&[1, 1, 0], 2, (0, 1, 1)),
            (&[0, 0, 0], 1, (0, 2, 0)),
            (&[2, 1, 0], 3, (0, 0, 2)),
            (&[], 5, (5, 0, 0)),
        ] {
            let sequence = taken(numbers);
            let found = (sequence.lost(sent), sequence.doubled, sequence.reordered);
            assert_eq!(found, expected, "{numbers:?}");
        }
    }

    #[test]
    fn a_wide_gap_takes_no_more_memory() {
        let sequence = taken(&[u64::MAX - 1]);
        assert_eq!(sequence.missing.len() as u64, MAX_MISSING);
        assert_eq!(sequence.lost(0), u64::MAX - 1);
    }

    #[test]
    fn stamp_is_found_in_what_it_travels_in() {
        let stamp = Stamp {
            lane: 3,
            number: 12,
            sent: 99,
        };
        let text = stamp.text(100);
        assert_eq!(text.len(), 100);
        let wrapped = format!(r#"{{"text":"{text}","metadata":{{}}}}"#);
        assert_eq!(Stamp::find(&wrapped), Some(stamp));
        assert_eq!(Stamp::find(&stamp.text(0)), Some(stamp));
        assert_eq!(Stamp::find("bench:1:x:2:"), None);
        assert_eq!(Stamp::find("hello"), None);
    }
}
