//! `capability`: what a key or token may do, and why.

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
mod schema;
mod test;
mod who_can;

use super::Context;
use super::tree::{Body, Noun, Verb, action};
use crate::chat_core::protocol::names::CHAT_SUFFIX;
pub(super) use policy::{Levels, lint_levels};

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "capability",
    about: "Find out what a key or token may do, and why",
    body: Body::Verbs(&[
        Verb::new("features", action!(features::Features)),
        Verb::new("check", action!(check::Check)),
        Verb::new("matrix", action!(matrix::Matrix)),
        Verb::new("explain", action!(explain::Explain)),
        Verb::new("diff", action!(diff::Diff)),
        Verb::new("intersect", action!(intersect::Intersect)),
        Verb::new("who-can", action!(who_can::WhoCan)),
        Verb::new("test", action!(test::Test)),
        Verb::new("schema", action!(schema::Schema)),
        Verb::new("minimize", action!(minimize::Minimize)),
        Verb::new("lint", action!(lint::Lint)),
    ]),
};

/// Says so where a room's channel is given in the place of the room: the answer would be about another room.
fn warn_of_channels(rooms: &[String], context: &Context) {
    for name in rooms {
        if let Some(room) = name.strip_suffix(CHAT_SUFFIX) {
            context.output.notice(&format!(
                "warning: '{name}' is the name of a channel; the room is '{room}'"
            ));
        }
    }
}

/// The table of features, for the help.
pub(super) fn features_table() -> features::Table {
    features::Table
}
