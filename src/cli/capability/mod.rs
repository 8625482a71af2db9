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
use super::exit::UsageError;
use super::tree::{Body, Noun, Verb, action};
use crate::chat_core::protocol::names::{CHAT_SUFFIX, check_room};
pub(super) use argument::one_stdin;
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

/// Refuses what no room can be called, and says so where a room's channel is given in the place of the room: the answer
/// would be about another room.
///
/// # Errors
/// A name that no room can have.
fn check_rooms(rooms: &[String], context: &Context) -> anyhow::Result<()> {
    for name in rooms {
        check_room(name).map_err(|error| UsageError::about("ROOM", &error))?;
        if let Some(room) = name.strip_suffix(CHAT_SUFFIX) {
            context.output.notice(&format!(
                "warning: '{name}' is the name of a channel; the room is '{room}'"
            ));
        }
    }
    Ok(())
}

/// The table of features, for the help.
pub(super) fn features_table() -> features::Table {
    features::Table
}
