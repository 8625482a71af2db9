//! Resources by what they begin with, so that of thousands only those are looked at that can have to do with another.

use std::collections::HashMap;

use crate::chat_core::auth::resource::Resource;

/// Resources, each by its place in a list.
#[derive(Debug, Default)]
pub(in crate::chat_core::analysis) struct ResourceIndex {
    plain: HashMap<String, Vec<usize>>,
    /// Those that begin with a wildcard, or with something that is not a room.
    others: Vec<usize>,
    count: usize,
}

impl ResourceIndex {
    /// Those of a list.
    pub(in crate::chat_core::analysis) fn of<'a>(
        resources: impl IntoIterator<Item = &'a Resource>,
    ) -> Self {
        let mut nearby = Self::default();
        for resource in resources {
            let text = resource.as_str();
            let list = if is_plain(text) {
                nearby.plain.entry(first(text).to_owned()).or_default()
            } else {
                &mut nearby.others
            };
            list.push(nearby.count);
            nearby.count += 1;
        }
        nearby
    }

    /// Those that can have anything in common with a room or resource, in their order, and maybe others.
    pub(in crate::chat_core::analysis) fn near(&self, text: &str) -> Vec<usize> {
        if !is_plain(text) {
            return (0..self.count).collect();
        }
        let here = self.plain.get(first(text)).into_iter().flatten();
        let mut near: Vec<usize> = here.chain(&self.others).copied().collect();
        near.sort_unstable();
        near
    }
}

/// Returns whether all that a resource covers begins as it does itself.
pub(in crate::chat_core::analysis) fn is_plain(text: &str) -> bool {
    !text.starts_with('[') && first(text) != "*"
}

/// The first segment. What is appended to the name of a room's channel begins a segment of its own.
pub(in crate::chat_core::analysis) fn first(text: &str) -> &str {
    text.split(':').next().unwrap_or_default()
}
