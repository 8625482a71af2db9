//! The rules of a role by the rooms that they cover, so that a question about one room is not asked of all rules.

use crate::chat_core::analysis::algebra::resource_index::ResourceIndex;
use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::resource::{Resource, Target};

/// The rules of a capability.
pub(super) struct Rules<'a> {
    pub(super) grants: &'a [Grant],
    nearby: ResourceIndex,
}

impl<'a> Rules<'a> {
    /// Those of `capability`.
    pub(super) fn of(capability: &'a Capability) -> Self {
        let grants = capability.grants();
        Self {
            grants,
            nearby: ResourceIndex::of(grants.iter().map(|grant| &grant.resource)),
        }
    }

    /// The places of those that cover `room`, ascending.
    pub(super) fn covering(&self, room: &str) -> Vec<usize> {
        let target = Target::room(room);
        let mut places = self.nearby.near(room);
        places.retain(|place| self.grants[*place].resource.matches(&target));
        places
    }

    /// The places of those that have anything in common with `resource`, ascending.
    pub(super) fn meeting(&self, resource: &Resource) -> Vec<usize> {
        let mut places = self.nearby.near(resource.as_str());
        places.retain(|place| self.grants[*place].resource.intersect(resource).is_some());
        places
    }

    /// Returns the capability that they make in `room`: there the same as all of them, and decided by the same ones.
    pub(super) fn in_room(&self, room: &str) -> Capability {
        Capability::of_grants(self.grants_at(&self.covering(room)))
    }

    /// The grants of those at `places`.
    pub(super) fn grants_at(&self, places: &[usize]) -> Vec<Grant> {
        let grants = places.iter().map(|place| &self.grants[*place]);
        grants.cloned().collect()
    }
}
