//! `chatctl config`: the settings in force, and the file that some of them are in.
//!
//! | module | owns |
//! | --- | --- |
//! | [`document`] | the file as it is edited: comments and order survive |
//! | [`show`], [`values`], [`profiles`], [`edit`] | the verbs |

mod document;
mod edit;
mod outcome;
mod profiles;
mod show;
mod values;

use super::noun::{Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "config",
    "Show and edit settings and profiles",
    NounBody::Verbs(&[
        Verb::new("show", handler!(show::Show)),
        Verb::new("path", handler!(show::ShowPath)),
        Verb::new("get", handler!(values::Get)),
        Verb::new("set", handler!(values::Set)),
        Verb::new("unset", handler!(values::Unset)),
        Verb::new("list", handler!(profiles::List)),
        Verb::new("use", handler!(profiles::Use)),
        Verb::new("edit", handler!(edit::Edit)),
    ]),
)
.without_config();
