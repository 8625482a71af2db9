//! What rules are asked about, and what they decide.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::chat_core::error::ErrorInfo;

/// The content of a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Content {
    /// The text.
    pub(crate) text: String,
    /// The metadata.
    pub(crate) metadata: Map<String, Value>,
    /// The headers.
    pub(crate) headers: Map<String, Value>,
}

/// What a rule decides about one message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Judgement {
    /// It may be published as it is.
    Accept,
    /// It may be published with this content.
    Replace(Content),
    /// It may not, for these reasons.
    Reject(BTreeMap<String, String>),
    /// Nobody has decided.
    Undecided(ErrorInfo),
}

impl Judgement {
    /// Returns its name, in one word.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Replace(_) => "replace",
            Self::Reject(_) => "reject",
            Self::Undecided(_) => "undecided",
        }
    }
}

/// A message that a rule is asked about: where it is sent, and by whom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    /// The id of the app.
    pub(crate) app_id: String,
    /// The room.
    pub(crate) room: String,
    /// The sender.
    pub(crate) client_id: String,
    /// The claim of the sender's token.
    pub(crate) user_claim: Option<String>,
}
