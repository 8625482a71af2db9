//! Reachability: whether anything is allowed anywhere, the question behind "nowhere, whatever the patterns".

use std::collections::HashSet;

use super::region::{Witness, witness};
use super::resource_index::ResourceIndex;
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::operation::Operation;
use crate::chat_core::auth::resource::Resource;

/// A place where something is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reachable {
    /// All that one choice of rules covers together.
    pub resource: Resource,
    /// A room there, or something else where there is no room.
    pub witness: Witness,
}

/// A place where `capability` allows `permission`, if there is any. Features are of rooms; operations are looked for
/// everywhere.
pub fn find_reachable(capability: &Capability, permission: Permission) -> Option<Reachable> {
    let granting = |any: &[Operation]| -> Vec<&Resource> {
        let grants = capability.grants().iter();
        let gives = |grant: &&Grant| any.iter().any(|one| grant.operations.contains(*one));
        grants.filter(gives).map(|grant| &grant.resource).collect()
    };
    let mut needs = permission.needs().into_iter().map(granting);
    let first = needs.next().unwrap_or_default();
    let mut places: Vec<Resource> = first.into_iter().cloned().collect();
    for granting in needs {
        let near = ResourceIndex::of(granting.iter().copied());
        // What several choices of rules come to is gone on with once.
        let mut seen = HashSet::new();
        let common = places.iter().flat_map(|place| {
            let others = near.near(place.as_str()).into_iter();
            others.filter_map(|other| place.intersect(granting[other]))
        });
        places = common
            .filter(|place| seen.insert(place.as_str().to_owned()))
            .collect();
    }
    places.into_iter().find_map(|resource| {
        let witness = witness::<Resource>(&resource, &[])?;
        let is_one = witness.is_room() || matches!(permission, Permission::Operation(_));
        is_one.then_some(Reachable { resource, witness })
    })
}
