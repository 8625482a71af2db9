//! Summaries of a message's annotations (TM7), by the method that the annotation's type names.
//!
//! A summary is kept as it grows: for each type and name its totals, and the clients that it lists. An annotation
//! changes one name, so that it costs the same whatever was contributed before. All of a message's contributions may be
//! here, as in memory, or those alone that a command touches, as they are read from a file: the totals and the listed
//! clients always are, and of the others as many as may have to take the place of a listed one.
//!
//! | module | owns |
//! | --- | --- |
//! | [`method`] | the ways in which annotations add up |
//! | [`rows`] | what is kept of a summary |

mod method;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Annotation;
use crate::server::engine::limits::SummaryLimits;
use method::size_of_type;
pub(crate) use method::{SummaryMethod, has_count, needs_client};
pub(crate) use rows::{ContributionRow, NameRow, SummaryChanges, SummaryRow};

/// The annotations of one message, summed up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Annotations {
    /// In the order of their first names.
    types: Vec<TypeSummary>,
    /// The size of the summary without the clients that it lists, in bytes.
    totals_size: usize,
    /// The size of the clients that it lists, in bytes.
    lists_size: usize,
}

#[derive(Clone, Debug)]
struct TypeSummary {
    kind: String,
    method: SummaryMethod,
    /// In the order of their places.
    names: Vec<NameSummary>,
}

#[derive(Clone, Debug, Default)]
struct NameSummary {
    name: String,
    /// Its place among the names of the message.
    place: u64,
    /// The place that the next client gets among those of the name.
    next: u64,
    /// The sum of the counts of all clients.
    total: u64,
    /// The number of identified clients.
    identified: u64,
    /// The count of all unidentified clients.
    unidentified: u64,
    /// The clients that the summary lists, in the order of their places.
    listed: Vec<String>,
    /// Contributions of identified clients.
    clients: BTreeMap<String, Contribution>,
    /// The clients behind the listed ones, by place: all of them, or the first.
    unlisted: BTreeMap<u64, String>,
}

#[derive(Clone, Copy, Debug)]
struct Contribution {
    count: u64,
    place: u64,
    is_listed: bool,
}

impl Annotations {
    /// Returns whether nothing is attached.
    pub(crate) fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Returns the size of the summary at most, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.totals_size + self.lists_size
    }

    /// Returns the number of contributions that are here, which says how much memory they take.
    pub(crate) fn weight(&self) -> usize {
        let names = self.types.iter().flat_map(|kind| &kind.names);
        names.map(|name| 1 + name.clients.len()).sum()
    }

    /// Checks that the names of `annotations` fit in the summary with those that are there.
    ///
    /// # Errors
    /// 40003 / 400.
    pub(crate) fn check<'a>(
        &self,
        annotations: impl Iterator<Item = &'a Annotation>,
        limits: SummaryLimits,
    ) -> Result<()> {
        let mut new: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut size = self.totals_size;
        for annotation in annotations.filter(|annotation| annotation.action != Some(1)) {
            let kind = annotation.kind.as_deref().unwrap_or_default();
            let Some(method) = SummaryMethod::of(kind) else {
                continue;
            };
            let (name, held) = (method.name_in(annotation), self.find(kind));
            if held.is_some_and(|held| held.find(name).is_some()) {
                continue;
            }
            if !new.contains_key(kind) && held.is_none() {
                size += size_of_type(kind);
            }
            if new.entry(kind).or_default().insert(name) {
                size += method.size_of_name(name);
            }
        }
        let refused = |why: String| Err(ErrorInfo::new(40003, 400, why));
        for (kind, names) in &new {
            let held = self.find(kind).map_or(0, |held| held.names.len());
            if held + names.len() > limits.names {
                return refused(format!(
                    "Maximum number of annotation names exceeded: a message has at most {} names of the type {kind}",
                    limits.names
                ));
            }
        }
        if !new.is_empty() && size > limits.totals_size {
            return refused(format!(
                "Maximum size of annotation names exceeded: those of a message have at most {} bytes",
                limits.totals_size
            ));
        }
        Ok(())
    }

    /// Adds an annotation, and returns whether the summary is another now. A delete of a `unique` one gets the name
    /// that it removed.
    pub(crate) fn apply(
        &mut self,
        annotation: &mut Annotation,
        limits: SummaryLimits,
        changes: &mut SummaryChanges,
    ) -> bool {
        let kind = annotation.kind.clone().unwrap_or_default();
        let Some(method) = SummaryMethod::of(&kind) else {
            return false;
        };
        if annotation.action == Some(1) {
            self.delete(method, &kind, annotation, limits, changes)
        } else {
            self.create(method, &kind, annotation, limits, changes)
        }
    }

    fn create(
        &mut self,
        method: SummaryMethod,
        kind: &str,
        annotation: &Annotation,
        limits: SummaryLimits,
        changes: &mut SummaryChanges,
    ) -> bool {
        let client_id = annotation.client_id.as_deref();
        let name = method.name_in(annotation);
        let count = match method {
            SummaryMethod::Multiple => annotation
                .count
                .and_then(|count| u64::try_from(count).ok())
                .unwrap_or(1),
            _ => 1,
        };
        if method == SummaryMethod::Unique
            && let Some(earlier) = self.name_of(kind, client_id)
        {
            if earlier == name {
                return false;
            }
            let earlier = earlier.to_owned();
            self.take(kind, &earlier, client_id, limits, changes);
        }
        let adds_up = matches!(method, SummaryMethod::Total | SummaryMethod::Multiple);
        let has_list = method != SummaryMethod::Total;
        let room = limits.lists_size.saturating_sub(self.lists_size);
        let held = self.name_mut(method, kind, name);
        let is_there = match client_id {
            Some(client_id) => held.clients.contains_key(client_id),
            None => held.unidentified > 0,
        };
        // What goes beyond the greatest total is not counted: totals stay the sum of what the clients contributed.
        let added = count.min(limits.total.saturating_sub(held.total));
        if (is_there && !adds_up) || added == 0 {
            return false;
        }
        held.total += added;
        let mut listed_size = 0;
        match client_id {
            None => held.unidentified += added,
            Some(client_id) => {
                if let Some(contribution) = held.clients.get_mut(client_id) {
                    contribution.count += added;
                } else {
                    let size = method.size_of_client(client_id);
                    let fits = has_list && held.listed.len() < limits.listed && size <= room;
                    if held.insert(client_id, added, fits) {
                        listed_size = size;
                    }
                }
                changes.note_contribution(kind, name, client_id);
            }
        }
        self.lists_size += listed_size;
        changes.note_name(kind, name);
        true
    }

    fn delete(
        &mut self,
        method: SummaryMethod,
        kind: &str,
        annotation: &mut Annotation,
        limits: SummaryLimits,
        changes: &mut SummaryChanges,
    ) -> bool {
        let client_id = annotation.client_id.as_deref();
        let name = if method == SummaryMethod::Unique {
            self.name_of(kind, client_id).map(str::to_owned)
        } else {
            Some(method.name_in(annotation).to_owned())
        };
        let Some(name) = name else {
            return false;
        };
        let taken = self.take(kind, &name, client_id, limits, changes);
        if taken && method == SummaryMethod::Unique {
            annotation.name = Some(name);
        }
        taken
    }

    /// Takes back what a client contributed to a name, of a total one; returns whether there was something.
    fn take(
        &mut self,
        kind: &str,
        name: &str,
        client_id: Option<&str>,
        limits: SummaryLimits,
        changes: &mut SummaryChanges,
    ) -> bool {
        let Some(of_type) = self.types.iter().position(|held| held.kind == kind) else {
            return false;
        };
        let TypeSummary { method, names, .. } = &mut self.types[of_type];
        let (method, place) = (*method, names.iter().position(|held| held.name == name));
        let Some(place) = place else {
            return false;
        };
        let held = &mut names[place];
        let takes_one = method == SummaryMethod::Total;
        if let Some(client_id) = client_id {
            let Some(contribution) = held.clients.get_mut(client_id) else {
                return false;
            };
            changes.note_contribution(kind, name, client_id);
            if takes_one && contribution.count > 1 {
                contribution.count -= 1;
                held.total -= 1;
            } else {
                let removed = *contribution;
                held.total -= removed.count;
                held.remove(client_id, removed);
                if removed.is_listed {
                    self.lists_size -= method.size_of_client(client_id);
                    let room = limits.lists_size.saturating_sub(self.lists_size);
                    // The first of the others takes the place.
                    let next = held.promote(|next| method.size_of_client(next) <= room);
                    if let Some(next) = next {
                        self.lists_size += method.size_of_client(&next);
                        changes.note_contribution(kind, name, &next);
                    }
                }
            }
        } else {
            if held.unidentified == 0 {
                return false;
            }
            let taken = if takes_one { 1 } else { held.unidentified };
            held.unidentified -= taken;
            held.total -= taken;
        }
        changes.note_name(kind, name);
        if held.is_empty() {
            self.totals_size -= method.size_of_name(name);
            names.remove(place);
            if names.is_empty() {
                self.totals_size -= size_of_type(kind);
                self.types.remove(of_type);
            }
            self.sort();
        }
        true
    }

    fn find(&self, kind: &str) -> Option<&TypeSummary> {
        self.types.iter().find(|held| held.kind == kind)
    }

    /// Returns the one name of a client in a `unique` type.
    fn name_of(&self, kind: &str, client_id: Option<&str>) -> Option<&str> {
        let is_of = |held: &&NameSummary| match client_id {
            Some(client_id) => held.clients.contains_key(client_id),
            None => held.unidentified > 0,
        };
        let held = self.find(kind)?.names.iter().find(is_of)?;
        Some(&held.name)
    }

    /// Returns a name, which is added if it is not there.
    fn name_mut(&mut self, method: SummaryMethod, kind: &str, name: &str) -> &mut NameSummary {
        let of_type = self.types.iter().position(|held| held.kind == kind);
        let of_type = of_type.unwrap_or_else(|| {
            self.totals_size += size_of_type(kind);
            self.types.push(TypeSummary {
                kind: kind.to_owned(),
                method,
                names: Vec::new(),
            });
            self.types.len() - 1
        });
        let names = &self.types[of_type].names;
        let place = names.iter().position(|held| held.name == name);
        let place = place.unwrap_or_else(|| {
            let last = self.types.iter().filter_map(|held| held.names.last());
            let next = last.map(|name| name.place + 1).max().unwrap_or_default();
            self.totals_size += method.size_of_name(name);
            let names = &mut self.types[of_type].names;
            names.push(NameSummary {
                name: name.to_owned(),
                place: next,
                ..NameSummary::default()
            });
            names.len() - 1
        });
        &mut self.types[of_type].names[place]
    }

    fn sort(&mut self) {
        let first = |held: &TypeSummary| held.names.first().map(|name| name.place);
        self.types.sort_by_key(first);
    }

    /// Returns the summary: each type's full name to its counts. Types and names with nothing left are gone.
    pub(crate) fn summary(&self) -> Value {
        self.summary_of(None)
    }

    /// Returns the part of the summary that `client_id` contributed to, under the types' full names: totals of all clients,
    /// and of the clients this one alone.
    pub(crate) fn summary_for(&self, client_id: &str) -> Value {
        self.summary_of(Some(client_id))
    }

    fn summary_of(&self, only: Option<&str>) -> Value {
        let mut types = Map::new();
        for TypeSummary {
            kind,
            method,
            names,
        } in &self.types
        {
            let value = if method.has_names() {
                let is_wanted =
                    |held: &&NameSummary| only.is_none_or(|only| held.clients.contains_key(only));
                let named = names.iter().filter(is_wanted);
                let named = named.map(|held| (held.name.clone(), held.value(*method, only)));
                Value::Object(named.collect())
            } else {
                let held = names.first();
                held.map_or_else(|| json!({}), |held| held.value(*method, only))
            };
            types.insert(kind.clone(), value);
        }
        Value::Object(types)
    }
}

impl TypeSummary {
    fn find(&self, name: &str) -> Option<&NameSummary> {
        self.names.iter().find(|held| held.name == name)
    }
}

impl NameSummary {
    fn is_empty(&self) -> bool {
        self.identified == 0 && self.unidentified == 0
    }

    fn has_all_unlisted(&self) -> bool {
        (self.listed.len() + self.unlisted.len()) as u64 == self.identified
    }

    /// Inserts a client behind the others; returns whether it is listed, as it is if all are and it `fits`.
    fn insert(&mut self, client_id: &str, count: u64, fits: bool) -> bool {
        let place = self.next;
        self.next += 1;
        let is_listed = fits && self.listed.len() as u64 == self.identified;
        if is_listed {
            self.listed.push(client_id.to_owned());
        } else if self.has_all_unlisted() {
            self.unlisted.insert(place, client_id.to_owned());
        }
        self.identified += 1;
        let contribution = Contribution {
            count,
            place,
            is_listed,
        };
        self.clients.insert(client_id.to_owned(), contribution);
        is_listed
    }

    fn remove(&mut self, client_id: &str, contribution: Contribution) {
        self.clients.remove(client_id);
        self.identified -= 1;
        if contribution.is_listed {
            self.listed.retain(|listed| listed != client_id);
        } else {
            self.unlisted.remove(&contribution.place);
        }
    }

    /// Lists the first of those that are not, if it `fits`, and returns it.
    fn promote(&mut self, fits: impl FnOnce(&str) -> bool) -> Option<String> {
        let first = self.unlisted.first_entry()?;
        if !fits(first.get()) {
            return None;
        }
        let client_id = first.remove();
        if let Some(contribution) = self.clients.get_mut(&client_id) {
            contribution.is_listed = true;
        }
        self.listed.push(client_id.clone());
        Some(client_id)
    }

    /// Returns its counts: of all clients, and of the clients those that are listed, or one alone.
    fn value(&self, method: SummaryMethod, only: Option<&str>) -> Value {
        let count = |client_id: &str| self.clients.get(client_id).map_or(0, |held| held.count);
        let listed = || {
            let own = only.filter(|only| self.clients.contains_key(*only));
            let all = self.listed.iter().map(String::as_str);
            own.into_iter().chain(all.filter(move |_| only.is_none()))
        };
        match method {
            SummaryMethod::Total => json!({"total": self.total}),
            SummaryMethod::Flag | SummaryMethod::Distinct | SummaryMethod::Unique => {
                let named: Vec<&str> = listed().collect();
                let all = self.identified + u64::from(self.unidentified > 0);
                json!({
                    "total": self.total,
                    "clipped": (named.len() as u64) < all,
                    "clientIds": named,
                })
            }
            SummaryMethod::Multiple => {
                let named =
                    listed().map(|client_id| (client_id.to_owned(), count(client_id).into()));
                let named: Map<String, Value> = named.collect();
                json!({
                    "total": self.total,
                    "clipped": (named.len() as u64) < self.identified,
                    "clientIds": named,
                    "totalUnidentified": self.unidentified,
                    "totalClientIds": self.identified,
                })
            }
        }
    }
}
