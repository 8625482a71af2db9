//! Whether anything is allowed anywhere: the question behind "nowhere, whatever the patterns".

use super::region::{Witness, witness};
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::resource::Resource;
use crate::chat_core::auth::wish::Wish;

/// Where something is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// All that one choice of rules covers together.
    pub resource: Resource,
    /// A room there, or something else where there is no room.
    pub witness: Witness,
}

/// A place where `capability` allows `wish`, if there is any. Features are of rooms; operations are looked for
/// everywhere.
pub fn somewhere(capability: &Capability, wish: Wish) -> Option<Reached> {
    let mut places: Vec<Option<Resource>> = vec![None];
    for any in wish.needs() {
        let granting: Vec<&Resource> = capability
            .grants()
            .iter()
            .filter(|grant| {
                any.iter()
                    .any(|operation| grant.operations.contains(*operation))
            })
            .map(|grant| &grant.resource)
            .collect();
        places = places
            .iter()
            .flat_map(|place| {
                granting.iter().filter_map(|resource| match place {
                    None => Some((*resource).clone()),
                    Some(place) => place.intersect(resource),
                })
            })
            .map(Some)
            .collect();
    }
    places.into_iter().flatten().find_map(|resource| {
        let witness = witness::<Resource>(&resource, &[])?;
        let is_one = witness.is_room() || matches!(wish, Wish::Operation(_));
        is_one.then_some(Reached { resource, witness })
    })
}
