//! `chatctl faults`: failures on demand in a running server, and rule files.

mod add;
mod lint;
mod list;
mod minimal;
mod now;
mod schema;
mod shrink;
mod target;

use super::noun::{Group, Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "faults",
    "Make a server's connections and requests fail on purpose",
    NounBody::Verbs(&[
        Verb::new("add", handler!(add::AddFault)),
        Verb::new("list", handler!(list::ListFaults)),
        Verb::new("clear", handler!(list::ClearFaults)),
        Verb::new("log", handler!(list::FaultLog)),
        Verb::new("cut", handler!(now::CutFault)),
        Verb::new("offline", handler!(now::OfflineFault)),
        Verb::new("expire", handler!(now::ExpireFault)),
        Verb::new("now", handler!(now::NowFault)),
        Verb::new("shrink", handler!(shrink::ShrinkFaults)),
        Verb::new("lint", handler!(lint::LintFaults)),
        Verb::new("schema", handler!(schema::FaultSchema)),
    ]),
)
.within(Group::Server);
