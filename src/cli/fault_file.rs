//! Files with rules of faults.

use std::path::Path;

use super::failure::Failure;
use super::toml_file;
use crate::server::faults::RulesForm;

/// Reads the rules in the file at `path`, which the option `option` names.
///
/// # Errors
/// A file that can't be read, or its first fault with its place.
pub(super) fn read(option: &str, path: &Path) -> anyhow::Result<RulesForm> {
    let rules: RulesForm = toml_file::read(option, path)?;
    match rules.faults().first() {
        None => Ok(rules),
        Some(fault) => Err(Failure::usage(format!("{option}: {}: {fault}", path.display()))
            .hint("chatctl faults lint shows all of them; chatctl help faults lists what rules take")
            .into()),
    }
}
