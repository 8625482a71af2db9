//! The rules and tests of a role by place: what can have to do with a change at one place, without looking at all
//! others.

use std::collections::{BTreeMap, HashMap};

use crate::chat_core::analysis::algebra::resource_index::{first, is_plain};
use crate::chat_core::analysis::policy::check::Check;
use crate::chat_core::analysis::policy::rules::Rules;
use crate::chat_core::auth::capability::{Capability, Grant};
use crate::chat_core::auth::operation::Operations;
use crate::chat_core::auth::resource::{Resource, Target};

/// The rules of a role, and the checks of it that pass, by place.
pub(super) struct RuleIndex<'a> {
    pub(super) rules: Rules<'a>,
    rooms: BTreeMap<&'a str, CheckedRoom>,
    /// The rooms by what they begin with.
    names: HashMap<&'a str, Vec<&'a str>>,
    /// The checks that are about no room.
    nowhere: Vec<usize>,
}

/// A room that checks name.
#[derive(Default)]
struct CheckedRoom {
    /// The rules that cover it.
    rules: Vec<usize>,
    /// The capability that they make together.
    granted: Operations,
    checks: Vec<usize>,
}

/// The rules and checks that can have to do with a change on a resource.
pub(super) struct Affected {
    /// The rules that have anything in common with it.
    pub(super) rules: Vec<usize>,
    /// The checks in rooms that it covers, and those about no room.
    pub(super) checks: Vec<usize>,
}

/// A change of the rules.
#[derive(Clone, Debug)]
pub(super) enum RuleChange {
    /// Another rule takes the place of one.
    Put(usize, Grant),
    /// There is a rule more.
    Add(Grant),
}

impl<'a> RuleIndex<'a> {
    pub(super) fn new(rules: Rules<'a>, passing: impl Iterator<Item = (usize, &'a Check)>) -> Self {
        let mut rooms: BTreeMap<&str, CheckedRoom> = BTreeMap::new();
        let mut nowhere = Vec::new();
        for (place, check) in passing {
            match check.room.as_deref() {
                None => nowhere.push(place),
                Some(room) => rooms.entry(room).or_default().checks.push(place),
            }
        }
        let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, room) in &mut rooms {
            room.rules = rules.covering(name);
            let grants = room.rules.iter().map(|rule| &rules.grants[*rule]);
            room.granted = grants.fold(Operations::default(), |all, grant| {
                all.union(grant.operations)
            });
            names.entry(first(name)).or_default().push(name);
        }
        Self {
            rules,
            rooms,
            names,
            nowhere,
        }
    }

    /// The rooms that checks name.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &'a str> {
        self.rooms.keys().copied()
    }

    /// Finds the rules and checks that can have to do with a change on `resource`.
    pub(super) fn affected(&self, resource: &Resource) -> Affected {
        let mut checks = self.nowhere.clone();
        let mut add = |name: &str| {
            if resource.matches(&Target::room(name)) {
                checks.extend(
                    self.rooms
                        .get(name)
                        .into_iter()
                        .flat_map(|room| &room.checks),
                );
            }
        };
        if is_plain(resource.as_str()) {
            let here = self.names.get(first(resource.as_str()));
            here.into_iter().flatten().for_each(|name| add(name));
        } else {
            self.rooms.keys().for_each(|name| add(name));
        }
        checks.sort_unstable();
        Affected {
            rules: self.rules.meeting(resource),
            checks,
        }
    }

    /// Returns whether all of `operations` is granted in `room` as things are.
    pub(super) fn grants_in(&self, room: &str, operations: Operations) -> bool {
        let room = self.rooms.get(room);
        room.is_some_and(|room| room.granted.covers(operations))
    }

    /// Returns the capability of the rules that cover `room`, changed by `step`.
    pub(super) fn in_room(&self, room: &str, step: Option<&RuleChange>) -> Capability {
        let rules = self.rooms.get(room).map_or(&[][..], |room| &room.rules);
        let target = Target::room(room);
        self.changed(rules, step, |resource| resource.matches(&target))
    }

    /// Returns the capability of these rules, changed by `step`.
    pub(super) fn changed(
        &self,
        rules: &[usize],
        step: Option<&RuleChange>,
        matters: impl Fn(&Resource) -> bool,
    ) -> Capability {
        let mut grants = Vec::with_capacity(rules.len() + 1);
        let (put, new) = match step {
            Some(RuleChange::Put(place, grant)) => (Some(*place), Some(grant)),
            Some(RuleChange::Add(grant)) => (None, Some(grant)),
            None => (None, None),
        };
        let mut new = new.filter(|grant| matters(&grant.resource));
        // The first rule decides, so that a rule that is changed stays where it stood.
        for rule in rules {
            if put.is_some_and(|put| put <= *rule) {
                grants.extend(new.take().cloned());
            }
            if put != Some(*rule) {
                grants.push(self.rules.grants[*rule].clone());
            }
        }
        grants.extend(new.cloned());
        Capability::of_grants(grants)
    }
}
