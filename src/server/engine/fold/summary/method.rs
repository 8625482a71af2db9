//! The ways in which annotations add up, and what their summaries take at most.

use crate::chat_core::protocol::Annotation;

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

    pub(super) fn has_names(self) -> bool {
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
    pub(super) fn size_of_name(self, name: &str) -> usize {
        let totals = match self {
            Self::Total => 32,
            Self::Flag | Self::Distinct | Self::Unique => 64,
            Self::Multiple => 136,
        };
        size_of_text(name) + totals
    }

    /// Returns the size of a listed client at most, as JSON.
    pub(super) fn size_of_client(self, client_id: &str) -> usize {
        match self {
            Self::Multiple => size_of_text(client_id) + 18,
            Self::Total => 0,
            _ => size_of_text(client_id) + 1,
        }
    }
}

/// Returns the size of a type without its names at most, as JSON.
pub(super) fn size_of_type(kind: &str) -> usize {
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
