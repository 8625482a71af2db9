//! What an app is called, and who made it.

use serde::{Deserialize, Serialize};

use crate::chat_core::clock::Timestamp;

/// Who made an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppOrigin {
    /// The one who started the server, with a key or in a file.
    Config,
    /// A client, with `POST /apps`: it is dropped once nobody uses it.
    Client,
    /// The Control API: it stays until it is deleted there.
    Control,
}

impl AppOrigin {
    /// Returns whether what is added to the app over HTTP is kept for as long as the engine keeps anything.
    pub(crate) fn is_kept(self) -> bool {
        self != Self::Client
    }
}

/// What an app is called, and what else the Control API says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppProfile {
    /// The name.
    pub(crate) name: String,
    /// `false` for a status of `disabled`, which is given back and has no effect.
    pub(crate) is_enabled: bool,
    /// Given back, without effect.
    pub(crate) tls_only: bool,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When its profile was changed last.
    pub(crate) modified: Timestamp,
}

impl AppProfile {
    /// Returns the profile of an app that is made now.
    pub(crate) fn new(name: String, now: Timestamp) -> Self {
        Self {
            name,
            is_enabled: true,
            tls_only: false,
            created: now,
            modified: now,
        }
    }
}
