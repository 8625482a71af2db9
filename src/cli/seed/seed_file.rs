//! The contents of a seed file, whatever form it has.

use crate::chat_core::auth::KeyEntry;
use crate::server::integrations::RuleForm;
use crate::server::{AppDump, Namespace, Seed};

/// The contents of a seed file.
#[derive(Debug, Default)]
pub(in crate::cli) struct SeedFile {
    /// Keys of the server, or of the app.
    pub(in crate::cli) keys: Vec<KeyEntry>,
    /// Rules for channels.
    pub(in crate::cli) namespaces: Vec<Namespace>,
    /// Rules that are asked before a message is published, or told afterwards.
    pub(in crate::cli) rules: Vec<RuleForm>,
    /// Rooms.
    pub(super) seed: Seed,
    /// The file, if it is one, as the user names it.
    pub(super) file: Option<String>,
    /// The apps of a store, if it is one. One of them is the seed.
    pub(super) apps: Option<Vec<AppDump>>,
}
