//! Summaries of a message's annotations (TM7), by the method that the annotation's type names.
//!
//! A summary is kept as it grows: for each type and name its totals, and the clients that it lists. An annotation
//! changes one name, so that it costs the same whatever was contributed before. All of a message's contributions may be
//! here, as in memory, or those alone that a command touches, as they are read from a file: the totals and the listed
//! clients always are, and of the others as many as may have to take the place of a listed one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Annotation;
use crate::server::engine::limits::SummaryLimits;

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

/// What a command changed of a summary.
#[derive(Debug, Default)]
pub(crate) struct SummaryChanges {
    /// Types and names.
    names: BTreeSet<(String, String)>,
    /// Types, names and clients.
    contributions: BTreeSet<(String, String, String)>,
}

/// A row of what is kept of a summary, or the key of one that is not kept any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SummaryRow {
    /// The totals of a name.
    Name(NameRow),
    /// A name that nothing is left of, by type and name.
    NoName(String, String),
    /// What one client contributed to a name.
    Contribution(ContributionRow),
    /// A contribution that was taken back, by type, name and client.
    NoContribution(String, String, String),
}

/// The totals of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameRow {
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Its place among the names of the message.
    pub(crate) place: u64,
    /// The place that the next client gets among those of the name.
    pub(crate) next: u64,
    /// The sum of all counts.
    pub(crate) total: u64,
    /// The number of identified clients.
    pub(crate) identified: u64,
    /// The count of all unidentified clients.
    pub(crate) unidentified: u64,
}

/// What one client contributed to a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContributionRow {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) count: u64,
    /// Its place among those of the name.
    pub(crate) place: u64,
    /// Whether the summary lists the client.
    pub(crate) is_listed: bool,
}

/// The ways in which annotations of a type add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SummaryMethod {
    Total,
    Flag,
    Distinct,
    Unique,
    Multiple,
}

impl SummaryMethod {
    /// Returns the method of a type, if it names one.
    pub(crate) fn of(kind: &str) -> Option<Self> {
        match kind.split_once(':')?.1 {
            "total.v1" => Some(Self::Total),
            "flag.v1" => Some(Self::Flag),
            "distinct.v1" => Some(Self::Distinct),
            "unique.v1" => Some(Self::Unique),
            "multiple.v1" => Some(Self::Multiple),
            _ => None,
        }
    }

    fn has_names(self) -> bool {
        matches!(self, Self::Distinct | Self::Unique | Self::Multiple)
    }

    /// Returns the name that an annotation is counted under.
    pub(crate) fn name_in(self, annotation: &Annotation) -> &str {
        match &annotation.name {
            Some(name) if self.has_names() => name,
            _ => "",
        }
    }

    /// Returns the size of a name's totals at most, as JSON. That of MessagePack is smaller.
    fn size_of_name(self, name: &str) -> usize {
        let totals = match self {
            Self::Total => 32,
            Self::Flag | Self::Distinct | Self::Unique => 64,
            Self::Multiple => 136,
        };
        size_of_text(name) + totals
    }

    /// Returns the size of a listed client at most, as JSON.
    fn size_of_client(self, client_id: &str) -> usize {
        match self {
            Self::Multiple => size_of_text(client_id) + 18,
            Self::Total => 0,
            _ => size_of_text(client_id) + 1,
        }
    }
}

/// Returns the size of a type without its names at most, as JSON.
fn size_of_type(kind: &str) -> usize {
    size_of_text(kind) + 4
}

/// Returns the size of a text as JSON at most.
fn size_of_text(text: &str) -> usize {
    let escaped = text.bytes().map(|byte| match byte {
        b'"' | b'\\' => 2,
        ..0x20 => 6,
        _ => 1,
    });
    escaped.sum::<usize>() + 2
}

/// Returns whether annotations of this type are counted by client, so that the anonymous have none.
pub(crate) fn needs_client(kind: &str) -> bool {
    matches!(
        SummaryMethod::of(kind),
        Some(SummaryMethod::Flag | SummaryMethod::Distinct | SummaryMethod::Unique)
    )
}

/// Returns whether annotations of this type carry a count.
pub(crate) fn has_count(kind: &str) -> bool {
    SummaryMethod::of(kind) == Some(SummaryMethod::Multiple)
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

    /// Returns the rows of what was changed, as they are now.
    pub(crate) fn rows(&self, changes: SummaryChanges) -> Vec<SummaryRow> {
        let SummaryChanges {
            names,
            contributions,
        } = changes;
        let find = |kind: &str, name: &str| self.find(kind).and_then(|held| held.find(name));
        let names = names
            .into_iter()
            .map(|(kind, name)| match find(&kind, &name) {
                None => SummaryRow::NoName(kind, name),
                Some(held) => SummaryRow::Name(NameRow {
                    place: held.place,
                    next: held.next,
                    total: held.total,
                    identified: held.identified,
                    unidentified: held.unidentified,
                    kind,
                    name,
                }),
            });
        let contributions = contributions.into_iter().map(|(kind, name, client_id)| {
            let held = find(&kind, &name).and_then(|held| held.clients.get(&client_id));
            match held.copied() {
                None => SummaryRow::NoContribution(kind, name, client_id),
                Some(Contribution {
                    count,
                    place,
                    is_listed,
                }) => SummaryRow::Contribution(ContributionRow {
                    kind,
                    name,
                    client_id,
                    count,
                    place,
                    is_listed,
                }),
            }
        });
        names.chain(contributions).collect()
    }

    /// Takes in the totals of a name as they were kept; those of a message in the order of their places.
    pub(crate) fn restore_name(&mut self, row: &NameRow) {
        let Some(method) = SummaryMethod::of(&row.kind) else {
            return;
        };
        let held = self.name_mut(method, &row.kind, &row.name);
        held.place = row.place;
        held.next = row.next;
        held.total = row.total;
        held.identified = row.identified;
        held.unidentified = row.unidentified;
    }

    /// Takes in a contribution as it was kept, behind the totals of its name; those of listed clients in the order of
    /// their places.
    pub(crate) fn restore(&mut self, row: ContributionRow) {
        let types = self.types.iter_mut();
        let Some(TypeSummary { method, names, .. }) =
            types.into_iter().find(|held| held.kind == row.kind)
        else {
            return;
        };
        let Some(held) = names.iter_mut().find(|held| held.name == row.name) else {
            return;
        };
        let ContributionRow {
            client_id,
            count,
            place,
            is_listed,
            ..
        } = row;
        if is_listed && !held.clients.contains_key(&client_id) {
            self.lists_size += method.size_of_client(&client_id);
            held.listed.push(client_id.clone());
        }
        let contribution = Contribution {
            count,
            place,
            is_listed,
        };
        held.clients.insert(client_id, contribution);
    }

    /// Takes in a contribution of one of the first clients that are not listed.
    pub(crate) fn restore_spare(&mut self, row: ContributionRow) {
        let (place, client_id) = (row.place, row.client_id.clone());
        let (kind, name) = (row.kind.clone(), row.name.clone());
        self.restore(row);
        let of_type = self.types.iter_mut().find(|held| held.kind == kind);
        let names = of_type.into_iter().flat_map(|held| &mut held.names);
        for held in names.filter(|held| held.name == name) {
            held.unlisted.insert(place, client_id.clone());
        }
    }

    /// Returns whether the contribution of a client to a name is here.
    pub(crate) fn knows(&self, kind: &str, name: &str, client_id: &str) -> bool {
        let held = self.find(kind).and_then(|held| held.find(name));
        held.is_some_and(|held| held.clients.contains_key(client_id))
    }

    /// Returns the name that a client has in a `unique` type, as far as that is here.
    pub(crate) fn unique_name(&self, kind: &str, client_id: &str) -> Option<&str> {
        self.name_of(kind, Some(client_id))
    }

    /// Returns whether fewer than `count` clients are here that can take the places of listed ones, and there are more.
    pub(crate) fn lacks_spares(&self, kind: &str, name: &str, count: usize) -> bool {
        let held = self.find(kind).and_then(|held| held.find(name));
        let has_list = SummaryMethod::of(kind) != Some(SummaryMethod::Total);
        held.is_some_and(|held| has_list && held.unlisted.len() < count && !held.has_all_unlisted())
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

impl SummaryChanges {
    fn note_name(&mut self, kind: &str, name: &str) {
        self.names.insert((kind.to_owned(), name.to_owned()));
    }

    fn note_contribution(&mut self, kind: &str, name: &str, client_id: &str) {
        let key = (kind.to_owned(), name.to_owned(), client_id.to_owned());
        self.contributions.insert(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::engine::fold::contributions::{Contributions, complete};
    use crate::server::engine::limits::{MAX_LISTED_CLIENTS, MAX_SUMMARY_SIZE};
    use proptest::prelude::*;

    fn annotation(
        action: u8,
        method: &str,
        name: &str,
        client_id: Option<&str>,
        count: Option<i64>,
    ) -> Annotation {
        Annotation {
            action: Some(action),
            kind: Some(format!("reaction:{method}.v1")),
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            client_id: client_id.map(str::to_owned),
            count,
            ..Annotation::default()
        }
    }

    fn put(to: &mut Annotations, annotation: &mut Annotation) -> bool {
        let limits = SummaryLimits::default();
        to.apply(annotation, limits, &mut SummaryChanges::default())
    }

    fn apply(to: &mut Annotations, action: u8, method: &str, name: &str, client: &str) -> bool {
        put(
            to,
            &mut annotation(action, method, name, Some(client), None),
        )
    }

    #[test]
    fn distinct_counts_a_client_once_a_name() {
        let mut all = Annotations::default();
        assert!(apply(&mut all, 0, "distinct", "👍", "a"));
        assert!(apply(&mut all, 0, "distinct", "👍", "b"));
        assert!(apply(&mut all, 0, "distinct", "❤️", "a"));
        assert!(
            !apply(&mut all, 0, "distinct", "👍", "a"),
            "no change, no summary"
        );
        assert_eq!(
            all.summary(),
            json!({"reaction:distinct.v1": {
                "👍": {"total": 2, "clientIds": ["a", "b"], "clipped": false},
                "❤️": {"total": 1, "clientIds": ["a"], "clipped": false},
            }})
        );
        assert_eq!(
            all.summary_for("b"),
            json!({"reaction:distinct.v1": {"👍": {"total": 2, "clientIds": ["b"], "clipped": true}}})
        );
        assert!(apply(&mut all, 1, "distinct", "❤️", "a"));
        assert!(!apply(&mut all, 1, "distinct", "❤️", "a"));
        assert_eq!(
            all.summary()["reaction:distinct.v1"]
                .as_object()
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn unique_moves_a_client_and_its_delete_tells_the_name() {
        let mut all = Annotations::default();
        assert!(apply(&mut all, 0, "unique", "👍", "a"));
        assert!(apply(&mut all, 0, "unique", "❤️", "a"));
        assert_eq!(
            all.summary(),
            json!({"reaction:unique.v1": {"❤️": {"total": 1, "clientIds": ["a"], "clipped": false}}})
        );
        let mut delete = annotation(1, "unique", "", Some("a"), None);
        assert!(put(&mut all, &mut delete));
        assert_eq!(delete.name.as_deref(), Some("❤️"));
        assert_eq!(all.summary(), json!({}));
    }

    #[test]
    fn multiple_adds_counts_up_also_those_of_nobody() {
        let mut all = Annotations::default();
        assert!(put(
            &mut all,
            &mut annotation(0, "multiple", "🚀", Some("a"), Some(10))
        ));
        assert!(put(
            &mut all,
            &mut annotation(0, "multiple", "🚀", Some("a"), None)
        ));
        assert!(put(
            &mut all,
            &mut annotation(0, "multiple", "🚀", None, Some(2))
        ));
        assert_eq!(
            all.summary(),
            json!({"reaction:multiple.v1": {"🚀": {
                "total": 13, "clientIds": {"a": 11}, "totalUnidentified": 2, "totalClientIds": 1, "clipped": false,
            }}})
        );
        assert!(put(
            &mut all,
            &mut annotation(1, "multiple", "🚀", Some("a"), None)
        ));
        assert_eq!(all.summary()["reaction:multiple.v1"]["🚀"]["total"], 2);
    }

    #[test]
    fn totals_stay_exact_when_clients_are_not_all_named() {
        let mut all = Annotations::default();
        for n in 0..600 {
            assert!(apply(&mut all, 0, "flag", "", &format!("client-{n}")));
        }
        let summary = &all.summary()["reaction:flag.v1"];
        assert_eq!(
            (&summary["total"], &summary["clipped"]),
            (&json!(600), &json!(true))
        );
        assert_eq!(
            summary["clientIds"].as_array().unwrap().len(),
            MAX_LISTED_CLIENTS
        );
    }

    #[test]
    fn a_type_that_nobody_knows_has_no_summary() {
        let mut all = Annotations::default();
        let mut annotation = Annotation {
            kind: Some("x:other.v1".to_owned()),
            ..Annotation::default()
        };
        assert!(!put(&mut all, &mut annotation));
        assert_eq!(all.summary(), json!({}));
    }

    #[test]
    fn totals_end_at_the_greatest_number_and_stay_the_sum_of_what_counts() {
        let most = SummaryLimits::default().total;
        let mut all = Annotations::default();
        let count = i64::try_from(most).unwrap();
        for client in ["a", "b"] {
            put(
                &mut all,
                &mut annotation(0, "multiple", "x", Some(client), Some(count)),
            );
        }
        assert!(!put(
            &mut all,
            &mut annotation(0, "multiple", "x", None, None)
        ));
        let total = |all: &Annotations| all.summary()["reaction:multiple.v1"]["x"]["total"].clone();
        assert_eq!(total(&all), most);
        put(
            &mut all,
            &mut annotation(0, "multiple", "y", Some("a"), Some(i64::MAX)),
        );
        assert_eq!(all.summary()["reaction:multiple.v1"]["y"]["total"], most);
        assert!(
            !apply(&mut all, 1, "multiple", "x", "b"),
            "it had no room to count"
        );
        assert!(apply(&mut all, 1, "multiple", "x", "a"));
        assert!(apply(&mut all, 0, "multiple", "x", "b"));
        assert_eq!(total(&all), 1);
    }

    #[test]
    fn summary_stays_within_its_bounds_and_further_names_are_refused() {
        let limits = SummaryLimits::default();
        let mut all = Annotations::default();
        let name = |n: usize| format!("{n:03}{}", "\u{1}".repeat(200));
        let mut refused = 0;
        for n in 0..200 {
            for method in ["distinct", "multiple", "unique", "flag", "total"] {
                let client = format!("client \"{n}\" {}", "c".repeat(200));
                let add = annotation(0, method, &name(n % 150), Some(&client), None);
                match all.check(std::iter::once(&add), limits) {
                    Ok(()) => {
                        put(&mut all, &mut add.clone());
                    }
                    Err(error) => {
                        assert_eq!((error.code, error.status_code), (40003, 400));
                        refused += 1;
                    }
                }
                let json = all.summary().to_string().len();
                let packed = rmp_serde::to_vec_named(&all.summary()).unwrap().len();
                assert!(json <= all.size() + 2, "{json} {}", all.size());
                assert!(packed <= MAX_SUMMARY_SIZE, "{packed}");
            }
        }
        assert!(all.size() + 2 <= MAX_SUMMARY_SIZE, "{}", all.size());
        assert!(refused > 0);
        assert_eq!(all.summary()["reaction:flag.v1"]["total"], 200);
        assert_eq!(all.summary()["reaction:flag.v1"]["clipped"], true);
        let many: Vec<Annotation> = (0..101)
            .map(|n| annotation(0, "distinct", &n.to_string(), Some("a"), None))
            .collect();
        let fresh = Annotations::default();
        assert!(fresh.check(many[..100].iter(), limits).is_ok());
        assert!(fresh.check(many.iter(), limits).is_err());
        let repeated = many[..100].iter().chain(&many[..100]);
        assert!(fresh.check(repeated, limits).is_ok());
    }

    /// The rows of a summary, as an engine keeps them.
    #[derive(Debug, Default)]
    struct Kept {
        names: BTreeMap<(String, String), NameRow>,
        contributions: BTreeMap<(String, String, String), ContributionRow>,
        /// The rows that were read.
        read: usize,
    }

    impl Kept {
        fn write(&mut self, rows: Vec<SummaryRow>) {
            for row in rows {
                match row {
                    SummaryRow::Name(row) => {
                        let key = (row.kind.clone(), row.name.clone());
                        self.names.insert(key, row);
                    }
                    SummaryRow::NoName(kind, name) => {
                        self.names.remove(&(kind, name));
                    }
                    SummaryRow::Contribution(row) => {
                        let key = (row.kind.clone(), row.name.clone(), row.client_id.clone());
                        self.contributions.insert(key, row);
                    }
                    SummaryRow::NoContribution(kind, name, client_id) => {
                        self.contributions.remove(&(kind, name, client_id));
                    }
                }
            }
        }

        fn read(&self) -> Annotations {
            let mut all = Annotations::default();
            let mut names: Vec<&NameRow> = self.names.values().collect();
            names.sort_by_key(|row| row.place);
            for row in names {
                all.restore_name(row);
            }
            for row in self.in_order(|row| row.is_listed) {
                all.restore(row);
            }
            all
        }

        fn in_order(&self, is_wanted: impl Fn(&ContributionRow) -> bool) -> Vec<ContributionRow> {
            let mut rows: Vec<ContributionRow> = self.contributions.values().cloned().collect();
            rows.retain(is_wanted);
            rows.sort_by_key(|row| row.place);
            rows
        }
    }

    impl Contributions for Kept {
        type Error = std::convert::Infallible;

        fn one(
            &mut self,
            kind: &str,
            name: &str,
            client_id: &str,
        ) -> std::result::Result<Option<ContributionRow>, Self::Error> {
            let key = (kind.to_owned(), name.to_owned(), client_id.to_owned());
            let found = self.contributions.get(&key).cloned();
            self.read += found.iter().len();
            Ok(found)
        }

        fn unique(
            &mut self,
            kind: &str,
            client_id: &str,
        ) -> std::result::Result<Option<ContributionRow>, Self::Error> {
            let found = self.in_order(|row| row.kind == kind && row.client_id == client_id);
            assert!(found.len() < 2, "{found:?}");
            self.read += found.len();
            Ok(found.into_iter().next())
        }

        fn unlisted(
            &mut self,
            kind: &str,
            name: &str,
            limit: usize,
        ) -> std::result::Result<Vec<ContributionRow>, Self::Error> {
            let mut found =
                self.in_order(|row| row.kind == kind && row.name == name && !row.is_listed);
            found.truncate(limit);
            self.read += found.len();
            Ok(found)
        }
    }

    fn any_annotation() -> impl Strategy<Value = Annotation> {
        let methods = ["total", "flag", "distinct", "unique", "multiple"];
        (0..2_u8, 0..5_usize, 0..4_u8, 0..9_u8, 1..4_i64).prop_map(
            move |(action, method, name, client, count)| {
                let client = (client > 0).then(|| "c".repeat(usize::from(client)));
                let name = name.to_string();
                annotation(
                    action,
                    methods[method],
                    &name,
                    client.as_deref(),
                    Some(count),
                )
            },
        )
    }

    proptest! {
        /// Few clients are listed, so that most lists are clipped.
        #[test]
        fn rows_that_annotations_need_give_the_summary_of_all(
            commands in proptest::collection::vec(proptest::collection::vec(any_annotation(), 1..6), 1..40),
            lists_size in 20..200_usize,
        ) {
            let limits = SummaryLimits { listed: 2, lists_size, ..SummaryLimits::default() };
            let (mut all, mut kept) = (Annotations::default(), Kept::default());
            for mut annotations in commands {
                let mut part = kept.read();
                let needed: Vec<&Annotation> = annotations.iter().collect();
                let Ok(()) = complete(&mut part, &needed, &mut kept);
                let mut changes = SummaryChanges::default();
                for annotation in &mut annotations {
                    let mut same = annotation.clone();
                    let here = part.apply(annotation, limits, &mut changes);
                    let there = all.apply(&mut same, limits, &mut SummaryChanges::default());
                    prop_assert_eq!((here, &*annotation), (there, &same));
                }
                prop_assert_eq!(part.summary().to_string(), all.summary().to_string());
                prop_assert_eq!(part.size(), all.size());
                kept.write(part.rows(changes));
                prop_assert_eq!(kept.read().summary().to_string(), all.summary().to_string());
            }
            let totals: u64 = kept.contributions.values().map(|row| row.count).sum();
            let unidentified: u64 = kept.names.values().map(|row| row.unidentified).sum();
            let counted: u64 = kept.names.values().map(|row| row.total).sum();
            prop_assert_eq!(totals + unidentified, counted);
        }
    }

    #[test]
    fn an_annotation_reads_and_writes_as_much_whatever_is_kept() {
        let touched = |clients: usize| {
            let (mut all, mut kept) = (Annotations::default(), Kept::default());
            for n in 0..clients {
                let mut changes = SummaryChanges::default();
                let client = format!("client-{n:05}");
                let mut add = annotation(0, "distinct", "x", Some(&client), None);
                all.apply(&mut add, SummaryLimits::default(), &mut changes);
                kept.write(all.rows(changes));
            }
            let mut part = kept.read();
            let listed = part.weight();
            let add = annotation(0, "distinct", "x", Some("new"), None);
            let mut delete = annotation(1, "distinct", "x", Some("client-00000"), None);
            let Ok(()) = complete(&mut part, &[&add, &delete], &mut kept);
            let mut changes = SummaryChanges::default();
            part.apply(&mut add.clone(), SummaryLimits::default(), &mut changes);
            part.apply(&mut delete, SummaryLimits::default(), &mut changes);
            (listed, kept.read, part.rows(changes).len())
        };
        assert_eq!(touched(1000), touched(5000));
    }
}
