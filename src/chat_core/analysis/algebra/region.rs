//! A pattern with exceptions: `dms:*` except `dms:admin`. What is left of one pattern where others are taken away
//! has no simpler form.
//!
//! Whether anything is left is decided by trying one name for each length. Let a name be in the pattern and in no
//! exception; put a word that none of them contains wherever the pattern leaves the choice. The name has the same
//! length and is still in the pattern; and an exception that covered it now would have `*` in all those places, and
//! would have covered the first name as well. So only lengths need to be tried, and behind the longest pattern's all
//! lengths behave alike.

use std::fmt;

use super::pattern::{Plane, Segment, SegmentPattern};
use super::resource_index::ResourceIndex;
use crate::chat_core::auth::claims::pattern_matches;
use crate::chat_core::auth::resource::{Resource, Target};
use crate::chat_core::protocol::names::{CHAT_SUFFIX, MAX_NAME_LENGTH};

/// A resource without its exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The resource.
    pub resource: Resource,
    /// The exceptions, each a part of the resource and none a part of another; ascending.
    pub except: Vec<Resource>,
}

/// Something in a region, made up to show it: a room where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    name: String,
    is_room: bool,
}

impl Region {
    /// Returns the part that `resource` covers and none of `taken` does; `None` where that is nothing.
    pub fn without(resource: &Resource, taken: &[&Resource]) -> Option<(Self, Witness)> {
        if taken.contains(&resource) {
            return None;
        }
        let common: Vec<Resource> = taken
            .iter()
            .filter_map(|taken| resource.intersect(taken))
            .collect();
        let witness = witness(resource, &common)?;
        let near = ResourceIndex::of(&common);
        let mut except: Vec<Resource> = Vec::with_capacity(common.len());
        for (place, one) in common.iter().enumerate() {
            // Of equal ones the first stays.
            let is_within_other = near.near(one.as_str()).into_iter().any(|other_place| {
                let other = &common[other_place];
                other_place != place
                    && is_within(one, other)
                    && (other_place < place || !is_within(other, one))
            });
            if !is_within_other && !is_nothing(one) {
                except.push(one.clone());
            }
        }
        except.sort_by(|one, two| one.as_str().cmp(two.as_str()));
        let resource = resource.clone();
        Some((Self { resource, except }, witness))
    }

    /// Returns whether `target` is in it.
    pub fn contains(&self, target: &Target<'_>) -> bool {
        self.resource.matches(target) && !self.except.iter().any(|except| except.matches(target))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.resource.fmt(f)?;
        for (place, except) in self.except.iter().enumerate() {
            let word = if place == 0 { " except " } else { ", " };
            write!(f, "{word}{except}")?;
        }
        Ok(())
    }
}

impl Witness {
    /// Its name: a room's, a channel's, or a queue's or metachannel's with its qualifier.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether it is a room.
    pub fn is_room(&self) -> bool {
        self.is_room
    }

    /// Returns the target of an operation there.
    pub fn target(&self) -> Target<'_> {
        if self.is_room {
            Target::room(&self.name)
        } else {
            Target::channel(&self.name)
        }
    }
}

/// Returns whether everything that `resource` covers is covered by `others` together.
pub(in crate::chat_core::analysis) fn is_covered(
    resource: &Resource,
    others: &[&Resource],
) -> bool {
    others.contains(&resource) || witness(resource, others).is_none()
}

/// Returns whether everything that `one` covers is covered by `other`.
pub(super) fn is_within(one: &Resource, other: &Resource) -> bool {
    witness(one, std::slice::from_ref(other)).is_none()
}

/// Returns whether it covers nothing that can exist.
fn is_nothing(resource: &Resource) -> bool {
    witness::<Resource>(resource, &[]).is_none()
}

/// The names that a resource can cover at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Some room, among others.
    Rooms,
    /// No room, but a channel or a queue.
    Others,
    /// Nothing that can exist.
    Nothing,
}

/// Returns what `resource` can cover at all: the one answer for everything that writes, checks or compares rules.
pub fn extent(resource: &Resource) -> Extent {
    match witness::<Resource>(resource, &[]) {
        Some(witness) if witness.is_room => Extent::Rooms,
        Some(_) => Extent::Others,
        None => Extent::Nothing,
    }
}

/// Returns whether the pattern of a user claim can match a room, or a channel outside rooms. Of the qualified ones,
/// claims know only `[*]*`, which is `*`.
pub fn claim_can_match(pattern: &str, of_room: bool) -> bool {
    if pattern.starts_with('[') {
        return pattern_matches(pattern, "");
    }
    let plane = if of_room {
        Plane::Rooms
    } else {
        Plane::Channels
    };
    let resource = Resource::parse(pattern);
    resource.is_some_and(|resource| on_plane(plane, &SegmentPattern::of(&resource), &[]).is_some())
}

/// Returns whether it is a channel of Chat as its first SDKs had them, one for each feature of a room.
pub fn is_old_channel(pattern: &str) -> bool {
    pattern
        .split_once(CHAT_SUFFIX)
        .is_some_and(|(_, rest)| rest.starts_with("::$"))
}

/// Something that `resource` covers and none of `except` does.
pub(super) fn witness<R: std::borrow::Borrow<Resource>>(
    resource: &Resource,
    except: &[R],
) -> Option<Witness> {
    let pattern = SegmentPattern::of(resource);
    let except: Vec<SegmentPattern<'_>> = except
        .iter()
        .map(|one| SegmentPattern::of(one.borrow()))
        .collect();
    planes(&pattern, &except)
        .into_iter()
        .find_map(|plane| on_plane(plane, &pattern, &except))
}

/// The planes that anything can differ on, rooms first. Queues and metachannels are the qualifiers that exist.
fn planes<'a>(pattern: &SegmentPattern<'a>, except: &[SegmentPattern<'a>]) -> Vec<Plane<'a>> {
    let mut planes = vec![
        Plane::Rooms,
        Plane::Channels,
        Plane::Named("meta"),
        Plane::Named("queue"),
    ];
    for name in std::iter::once(pattern)
        .chain(except)
        .filter_map(SegmentPattern::named)
    {
        if !planes.contains(&Plane::Named(name)) {
            planes.push(Plane::Named(name));
        }
    }
    planes.retain(|plane| pattern.lies_on(*plane));
    planes
}

fn on_plane(
    plane: Plane<'_>,
    pattern: &SegmentPattern<'_>,
    except: &[SegmentPattern<'_>],
) -> Option<Witness> {
    let except: Vec<&SegmentPattern<'_>> = except.iter().filter(|one| one.lies_on(plane)).collect();
    let words = [WORD, SHORT_WORD].map(|word| unused_word(word, pattern, &except));
    lengths(pattern, &except)
        .into_iter()
        .flat_map(|length| words.iter().map(move |word| (length, word)))
        .find_map(|(length, word)| {
            let name = name_of(length, word, pattern);
            if except.iter().any(|one| one.covers(&name)) {
                return None;
            }
            let path = name.join(":");
            plane.accepts(&path).then(|| Witness {
                name: match plane {
                    Plane::Named(qualifier) => format!("[{qualifier}]{path}"),
                    Plane::Rooms | Plane::Channels => path,
                },
                is_room: plane == Plane::Rooms,
            })
        })
}

/// A name of a pattern, with `word` wherever it leaves the choice.
fn name_of<'a>(length: usize, word: &'a str, pattern: &SegmentPattern<'a>) -> Vec<&'a str> {
    let segment = |place| match pattern.segments.get(place) {
        Some(Segment::Literal(literal)) => *literal,
        Some(Segment::Any) | None => word,
    };
    (0..length).map(segment).collect()
}

/// The lengths of names to try: the one that shows a pattern best first.
fn lengths(pattern: &SegmentPattern<'_>, except: &[&SegmentPattern<'_>]) -> Vec<usize> {
    let own = pattern.segments.len();
    if !pattern.is_open {
        return vec![own];
    }
    let longest = except
        .iter()
        .map(|one| one.segments.len())
        .max()
        .unwrap_or(0)
        .max(own);
    // No name has more segments than bytes.
    let longest = (longest + 1).min(MAX_NAME_LENGTH);
    let mut lengths = vec![own + 1];
    lengths.extend((own.max(1)..=longest).filter(|length| *length != own + 1));
    lengths
}

/// A segment like `base` that no pattern contains.
fn unused_word(base: &str, pattern: &SegmentPattern<'_>, except: &[&SegmentPattern<'_>]) -> String {
    let is_used = |word: &str| {
        std::iter::once(pattern)
            .chain(except.iter().copied())
            .flat_map(SegmentPattern::literals)
            .any(|literal| literal == word)
    };
    let mut word = base.to_owned();
    let mut number = 1;
    while is_used(&word) {
        number += 1;
        word = format!("{base}-{number}");
    }
    word
}

/// The segment that is made up where a pattern leaves the choice.
const WORD: &str = "example";

/// The same where names grow too long otherwise.
const SHORT_WORD: &str = "x";
