//! Differences: the regions that one capability allows and another does not, operation by operation.

use std::collections::HashMap;

use super::region::{Region, Witness, witness};
use super::resource_index::ResourceIndex;
use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::operation::Operation;
use crate::chat_core::auth::resource::Resource;

/// A part of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferencePart {
    /// The region.
    pub region: Region,
    /// The operations.
    pub operations: PartOperations,
    /// A room there, or something else where there is no room.
    pub witness: Witness,
}

/// Operations that a part is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartOperations {
    /// Those that there are, in the order of [`Operation::ALL`].
    pub known: Vec<Operation>,
    /// True if operations of later versions are meant too, which only `*` grants.
    pub to_come: bool,
}

impl PartOperations {
    /// The names, ascending; `*` alone where it is every operation, `*` among others where it is those to come.
    pub fn names(&self) -> Vec<&'static str> {
        if self.to_come && self.known.len() == Operation::ALL.len() {
            return vec!["*"];
        }
        let mut names: Vec<&str> = self.known.iter().copied().map(Operation::name).collect();
        names.extend(self.to_come.then_some("*"));
        names.sort_unstable();
        names
    }

    /// Returns the few that are left out, where all but a few of the operations are meant.
    pub fn all_but(&self) -> Option<Vec<&'static str>> {
        let others: Vec<&str> = Operation::ALL
            .into_iter()
            .filter(|operation| !self.known.contains(operation))
            .map(Operation::name)
            .collect();
        (self.to_come && others.len() < Operation::ALL.len() / 2).then_some(others)
    }
}

/// Exactly what `wide` allows and `narrow` does not. No part is a part of the others; each is something.
pub fn difference(wide: &Capability, narrow: &Capability) -> Vec<DifferencePart> {
    let elements = Operation::ALL.into_iter().map(Some).chain([None]);
    let mut seen: HashMap<(Vec<usize>, Vec<usize>), Vec<usize>> = HashMap::new();
    let mut parts: Vec<(usize, DifferencePart)> = Vec::new();
    for element in elements {
        let grants = (granting(wide, element), granting(narrow, element));
        // Operations of the same grants differ in the same places.
        let places = seen.entry(grants).or_insert_with_key(|(given, taken)| {
            let begin = parts.len();
            parts.extend(of_element(wide.grants(), given, narrow.grants(), taken));
            (begin..parts.len()).collect()
        });
        for place in places {
            let operations = &mut parts[*place].1.operations;
            match element {
                Some(operation) => operations.known.push(operation),
                None => operations.to_come = true,
            }
        }
    }
    joined(parts)
}

/// The places of the grants with an operation; with `None`, of those that grant what is to come.
fn granting(capability: &Capability, element: Option<Operation>) -> Vec<usize> {
    let has = |grant: &Grant| match element {
        Some(operation) => grant.operations.contains(operation),
        None => grant.operations.is_star(),
    };
    capability
        .grants()
        .iter()
        .enumerate()
        .filter(|(_, grant)| has(grant))
        .map(|(place, _)| place)
        .collect()
}

fn of_element(
    wide: &[Grant],
    given: &[usize],
    narrow: &[Grant],
    taken: &[usize],
) -> Vec<(usize, DifferencePart)> {
    let taken: Vec<&Resource> = taken.iter().map(|place| &narrow[*place].resource).collect();
    let near_taken = ResourceIndex::of(taken.iter().copied());
    let taken_near = |resource: &Resource| -> Vec<&Resource> {
        let places = near_taken.near(resource.as_str()).into_iter();
        places.map(|place| taken[place]).collect()
    };
    let found: Vec<(usize, Region, Witness)> = given
        .iter()
        .filter_map(|place| {
            let resource = &wide[*place].resource;
            let (region, witness) = Region::without(resource, &taken_near(resource))?;
            Some((*place, region, witness))
        })
        .collect();
    // What others together cover as well says nothing new; from the end, so that of equal ones the first stays.
    let near_found = ResourceIndex::of(found.iter().map(|(_, region, _)| &region.resource));
    let mut stays = vec![true; found.len()];
    for index in (0..found.len()).rev() {
        let resource = &found[index].1.resource;
        let others = near_found.near(resource.as_str()).into_iter();
        let mut rest: Vec<&Resource> = others
            .filter(|other| *other != index && stays[*other])
            .map(|other| &found[other].1.resource)
            .collect();
        rest.extend(taken_near(resource));
        stays[index] = witness(resource, &rest).is_some();
    }
    found
        .into_iter()
        .zip(stays)
        .filter_map(|(part, stays)| stays.then_some(part))
        .map(|(place, region, witness)| {
            let operations = PartOperations::default();
            let part = DifferencePart {
                region,
                operations,
                witness,
            };
            (place, part)
        })
        .collect()
}

/// Parts on the same region as one, in the order of the grants.
fn joined(mut parts: Vec<(usize, DifferencePart)>) -> Vec<DifferencePart> {
    parts.sort_by_key(|(place, _)| *place);
    let mut joined: Vec<DifferencePart> = Vec::with_capacity(parts.len());
    for (_, part) in parts {
        match joined.iter_mut().find(|known| known.region == part.region) {
            Some(known) => {
                known.operations.known.extend(part.operations.known);
                known.operations.known.sort_unstable();
                known.operations.to_come |= part.operations.to_come;
            }
            None => joined.push(part),
        }
    }
    joined
}
