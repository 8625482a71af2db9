//! Secrets of server configurations: what stands in an environment variable or a file is read when the server starts.

use std::path::Path;

use crate::chat_core::secret::SecretForm;
use crate::chat_core::text;

/// Reads secrets: variables from the environment, files from paths that begin at the configuration's folder.
pub(super) struct SecretReader<'a> {
    /// Returns the value of an environment variable.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// The folder that relative paths begin at.
    pub(super) folder: &'a Path,
}

impl SecretReader<'_> {
    /// Returns the text of `secret`.
    ///
    /// # Errors
    /// A variable that is not set or empty, a file that can't be read or is empty.
    pub(super) fn read(&self, secret: &SecretForm) -> Result<String, String> {
        let (found, place) = match secret {
            SecretForm::Text(text) => return Ok(text.clone()),
            SecretForm::Env(name) => {
                let found = (self.variable)(name);
                let found = found.ok_or_else(|| format!("the variable {name} is not set"))?;
                (found, format!("the variable {name}"))
            }
            SecretForm::File(path) => {
                let found = text::read_file(&self.folder.join(path));
                let found = found.map_err(|error| format!("{path}: {error}"))?;
                (found, path.clone())
            }
        };
        match found.trim_end_matches(['\r', '\n']) {
            "" => Err(format!("{place} is empty")),
            text => Ok(text.to_owned()),
        }
    }

    /// Puts the text of `secret` in its place.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn resolve(&self, secret: &mut SecretForm) -> Result<(), String> {
        *secret = SecretForm::Text(self.read(secret)?);
        Ok(())
    }
}
