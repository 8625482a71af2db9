//! The contributions that annotations need, read from where they are kept.

use std::collections::BTreeMap;

use super::summary::{Annotations, ContributionRow, SummaryMethod};
use crate::chat_core::protocol::Annotation;

/// How many clients are read beyond those that are needed to take the places of listed ones.
const SPARES_AHEAD: usize = 16;

/// What is kept of the contributions to one message. Each call returns at most what it is asked for.
pub(crate) trait Contributions {
    /// Why it can't be read.
    type Error;

    /// Returns what a client contributed to a name.
    fn one(
        &mut self,
        kind: &str,
        name: &str,
        client_id: &str,
    ) -> Result<Option<ContributionRow>, Self::Error>;

    /// Returns what a client contributed to a `unique` type.
    fn unique(
        &mut self,
        kind: &str,
        client_id: &str,
    ) -> Result<Option<ContributionRow>, Self::Error>;

    /// Returns the first contributions to a name whose clients are not listed, by place.
    fn unlisted(
        &mut self,
        kind: &str,
        name: &str,
        limit: usize,
    ) -> Result<Vec<ContributionRow>, Self::Error>;
}

/// Adds to the totals and the listed clients of a message what `annotations` need beyond them: what each client
/// contributed to the name, and one client for each that may leave a list, to take its place.
pub(crate) fn complete<C: Contributions>(
    to: &mut Annotations,
    annotations: &[&Annotation],
    from: &mut C,
) -> Result<(), C::Error> {
    let mut removed: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for annotation in annotations {
        let kind = annotation.kind.as_deref().unwrap_or_default();
        let (Some(method), Some(client_id)) = (SummaryMethod::of(kind), &annotation.client_id)
        else {
            continue;
        };
        let name = method.name_in(annotation);
        if method == SummaryMethod::Unique {
            if to.unique_name(kind, client_id).is_none() {
                let found = from.unique(kind, client_id)?;
                if let Some(row) = found {
                    to.restore(row);
                }
            }
            let earlier = to.unique_name(kind, client_id).map(str::to_owned);
            // What one annotation adds, the next may move.
            for name in earlier.into_iter().chain([name.to_owned()]) {
                *removed.entry((kind, name)).or_default() += 1;
            }
            continue;
        }
        if !to.knows(kind, name, client_id) {
            let found = from.one(kind, name, client_id)?;
            if let Some(row) = found {
                to.restore(row);
            }
        }
        if annotation.action == Some(1) {
            *removed.entry((kind, name.to_owned())).or_default() += 1;
        }
    }
    for ((kind, name), count) in removed {
        if to.lacks_spares(kind, &name, count) {
            let spares = from.unlisted(kind, &name, count + SPARES_AHEAD)?;
            for row in spares {
                to.restore_spare(row);
            }
        }
    }
    Ok(())
}
