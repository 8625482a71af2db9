//! Resources taken apart: where a pattern lies, and which names it covers there.

use crate::chat_core::auth::resource::{Qualifier, Resource, fixed_segments, split_qualifier};
use crate::chat_core::protocol::names;

/// A space of names. A pattern lies on some of them, and reaches from none to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plane<'a> {
    /// Rooms.
    Rooms,
    /// Channels that do not belong to a room.
    Channels,
    /// The names behind this qualifier: queues, metachannels.
    Named(&'a str),
}

impl Plane<'_> {
    /// Returns whether anything here may be called `name`.
    pub(super) fn accepts(self, name: &str) -> bool {
        match self {
            Self::Rooms => names::check_room(name).is_ok(),
            Self::Channels => names::check_channel(name).is_ok(),
            // Nothing else stands behind a qualifier.
            Self::Named(kind) => matches!(kind, "meta" | "queue") && !name.is_empty(),
        }
    }
}

/// One segment of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    /// Anything.
    Any,
    /// Only this.
    Literal(&'a str),
}

/// A resource taken apart.
#[derive(Clone, Debug)]
pub(super) struct SegmentPattern<'a> {
    qualifier: Qualifier<'a>,
    /// True for the name of a room's channel, which matches that room and nothing else.
    only_rooms: bool,
    /// The segments that a name must begin with.
    pub(super) segments: Vec<Segment<'a>>,
    /// True if more segments may follow.
    pub(super) is_open: bool,
}

impl<'a> SegmentPattern<'a> {
    /// Takes a resource apart.
    pub(super) fn of(resource: &'a Resource) -> Self {
        if let Some(room) = resource.chat_room() {
            return Self {
                qualifier: split_qualifier(room).0,
                only_rooms: true,
                segments: room.split(':').map(Segment::Literal).collect(),
                is_open: false,
            };
        }
        let (qualifier, path) = split_qualifier(resource.as_str());
        let (segments, is_open) = fixed_segments(path);
        let segments = segments
            .into_iter()
            .map(|segment| match segment {
                "*" => Segment::Any,
                literal => Segment::Literal(literal),
            })
            .collect();
        Self {
            qualifier,
            only_rooms: false,
            segments,
            is_open,
        }
    }

    /// Returns whether it covers anything on `plane`.
    pub(super) fn lies_on(&self, plane: Plane<'_>) -> bool {
        if self.only_rooms {
            return plane == Plane::Rooms && self.qualifier == Qualifier::None;
        }
        match self.qualifier {
            Qualifier::Any => true,
            Qualifier::None => !matches!(plane, Plane::Named(_)),
            Qualifier::Named(name) => plane == Plane::Named(name),
        }
    }

    /// The one qualifier that it lies behind, if it does.
    pub(super) fn named(&self) -> Option<&'a str> {
        match self.qualifier {
            Qualifier::Named(name) => Some(name),
            Qualifier::None | Qualifier::Any => None,
        }
    }

    /// Returns whether it covers `name` on a plane that it lies on.
    pub(super) fn covers(&self, name: &[&str]) -> bool {
        let fits = if self.is_open {
            name.len() >= self.segments.len()
        } else {
            name.len() == self.segments.len()
        };
        fits && self
            .segments
            .iter()
            .zip(name)
            .all(|(segment, name)| match segment {
                Segment::Any => true,
                Segment::Literal(literal) => literal == name,
            })
    }

    /// The words that it contains.
    pub(super) fn literals(&self) -> impl Iterator<Item = &'a str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Any => None,
            Segment::Literal(literal) => Some(*literal),
        })
    }
}
