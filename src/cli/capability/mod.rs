//! `capability`: inspects, compares and tests capabilities.

mod argument;
mod check;
mod diff;
mod explain;
mod features;
mod intersect;
mod lint;
mod live;
mod matrix;
mod minimize;
mod policy;
mod prove;
mod question;
mod report;
mod rooms;
mod schema;
mod test;
mod who_can;

use super::noun::{Group, Noun, NounBody, Verb, handler};
pub(super) use argument::one_stdin;
#[cfg(any(test, fuzzing))]
pub(super) use policy::fuzz as fuzz_policy;
pub(super) use policy::{LintLevels, lint_levels};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "capability",
    "Check, explain, compare and test capabilities",
    NounBody::Verbs(&[
        Verb::new("features", handler!(features::Features)),
        Verb::new("check", handler!(check::CapabilityCheck)),
        Verb::new("matrix", handler!(matrix::Matrix)),
        Verb::new("explain", handler!(explain::Explain)),
        Verb::new("diff", handler!(diff::Diff)),
        Verb::new("intersect", handler!(intersect::Intersect)),
        Verb::new("who-can", handler!(who_can::WhoCan)),
        Verb::new("test", handler!(test::CapabilityTest)),
        Verb::new("schema", handler!(schema::Schema)),
        Verb::new("minimize", handler!(minimize::Minimize)),
        Verb::new("lint", handler!(lint::CapabilityLint)),
    ]),
)
.within(Group::Tokens)
.offline();

/// The features as a table in Markdown, for the help.
pub(super) fn features_text() -> String {
    features::FeatureTable::markdown()
}

/// The table of features, for the help.
pub(super) fn features_table() -> features::FeatureTable {
    features::FeatureTable
}
