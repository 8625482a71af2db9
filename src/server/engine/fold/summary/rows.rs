//! Summaries as they are kept: a row for the totals of each name, and one for what each client contributed.

use std::collections::BTreeSet;

use super::method::SummaryMethod;
use super::{Annotations, Contribution, TypeSummary};

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
    /// True if the summary lists the client.
    pub(crate) is_listed: bool,
}

impl Annotations {
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

impl SummaryChanges {
    pub(super) fn note_name(&mut self, kind: &str, name: &str) {
        self.names.insert((kind.to_owned(), name.to_owned()));
    }

    pub(super) fn note_contribution(&mut self, kind: &str, name: &str, client_id: &str) {
        let key = (kind.to_owned(), name.to_owned(), client_id.to_owned());
        self.contributions.insert(key);
    }
}
