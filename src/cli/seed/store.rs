//! A store in a file as a seed: a copied file is a fixture.

use std::path::Path;

use super::SeedFile;
use crate::cli::Context;
use crate::cli::exit::UsageError;
use crate::cli::temporary;
use crate::server::{PastApp, Seed, Storage};

/// What a store keeps, of which one app is to be planted.
#[derive(Debug)]
pub(super) struct Kept {
    /// The file, as the user names it.
    file: String,
    apps: Vec<PastApp>,
}

/// Whether a file that begins with these bytes is a store.
pub(super) fn is_store(begin: &[u8]) -> bool {
    begin.starts_with(b"SQLite format 3\0")
}

/// Reads the store at `path`.
///
/// # Errors
/// One that can't be used.
pub(super) fn read(path: &Path, context: &Context) -> anyhow::Result<Kept> {
    let fault = |what: &dyn std::fmt::Display| UsageError::new(format!("--seed: {what}"));
    let scratch = temporary::Folder::new(context)
        .map_err(|error| fault(&format!("no temporary folder can be made: {error}")))?;
    let apps = Storage::read(path, scratch.path()).map_err(|error| fault(&error))?;
    Ok(Kept {
        file: path.display().to_string(),
        apps,
    })
}

impl Kept {
    /// What of it is for the app called `wanted`: what that app had, or the only one that there is.
    fn of(mut self, wanted: Option<&str>) -> Result<PastApp, UsageError> {
        let is_wanted = |app: &PastApp| Some(app.name.as_str()) == wanted;
        let place = self.apps.iter().position(is_wanted);
        match (place, self.apps.len()) {
            (Some(place), _) => Ok(self.apps.swap_remove(place)),
            (None, 1) => Ok(self.apps.remove(0)),
            (None, 0) => Ok(PastApp::default()),
            (None, _) => {
                let names: Vec<&str> = self.apps.iter().map(|app| app.name.as_str()).collect();
                let example = names.first().copied().unwrap_or_default();
                let message = format!(
                    "--seed: {}: it keeps several apps, {}, and the key is of none of them",
                    self.file,
                    names.join(", ")
                );
                Err(UsageError::new(message).hint(format!(
                    "use a key of the one that is meant: what stands before its dot is the app, as in {example}.KEY:SECRET"
                )))
            }
        }
    }
}

impl SeedFile {
    /// What an app begins with by this file; `app` is the id of the app whose key is used. A file that says nothing is
    /// said to: most often it is another than the one that was meant.
    ///
    /// # Errors
    /// A store of several apps, of which it can't be told which is meant; one that can't be planted now.
    pub(in crate::cli) fn seed(self, app: Option<&str>, context: &Context) -> anyhow::Result<Seed> {
        let is_store = self.kept.is_some();
        let seed = match self.kept {
            None => self.seed,
            Some(kept) => {
                let file = kept.file.clone();
                let seed = Seed {
                    channels: kept.of(app)?.channels,
                    ..self.seed
                };
                seed.check(context.clock.now()).map_err(|error| {
                    UsageError::new(format!("--seed: {file}: {}", error.message))
                })?;
                seed
            }
        };
        let says_nothing = seed.channel_names().next().is_none()
            && self.keys.is_empty()
            && self.namespaces.is_empty();
        if let Some(file) = self.file.filter(|_| says_nothing) {
            let why = if is_store {
                "; of a store that is in use, copy the file FILE-wal beside it too"
            } else {
                ""
            };
            let notice = format!("warning: --seed: {file} has no rooms{why}");
            context.output.notice(&notice);
        }
        Ok(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_of_the_key_or_the_only_one() {
        let kept = |names: &[&str]| Kept {
            file: "a.db".to_owned(),
            apps: names
                .iter()
                .map(|name| PastApp {
                    name: (*name).to_owned(),
                    ..PastApp::default()
                })
                .collect(),
        };
        let name = |names: &[&str], wanted| kept(names).of(wanted).map(|app| app.name);
        assert_eq!(name(&["one", "two"], Some("two")).unwrap(), "two");
        assert_eq!(name(&["one"], Some("two")).unwrap(), "one");
        assert_eq!(name(&["one"], None).unwrap(), "one");
        assert_eq!(name(&[], Some("two")).unwrap(), "");
        for wanted in [None, Some("three")] {
            let error = name(&["one", "two"], wanted).unwrap_err();
            assert!(error.message.contains("one, two"), "{error}");
            assert!(error.hint.unwrap().contains("one.KEY:SECRET"));
        }
    }
}
