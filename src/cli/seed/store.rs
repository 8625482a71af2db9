//! Store files as seeds, so that a copied file can be a fixture.

use std::path::Path;

use super::seed_file::SeedFile;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::temporary;
use crate::server::{AppDump, Seed, Storage};

/// Returns whether a file that begins with these bytes is a store.
pub(super) fn is_store(begin: &[u8]) -> bool {
    begin.starts_with(b"SQLite format 3\0")
}

/// Reads the store at `path`.
///
/// # Errors
/// A store that can't be used.
pub(super) fn read(path: &Path, context: &Context) -> anyhow::Result<Vec<AppDump>> {
    let fault = |what: &dyn std::fmt::Display| Failure::usage(format!("--seed: {what}"));
    let scratch = temporary::folder(context)
        .map_err(|error| fault(&format!("can't create a temporary folder: {error}")))?;
    Ok(Storage::read(path, scratch.path()).map_err(|error| fault(&error))?)
}

/// The app of a store called `wanted`, else the only one that there is.
fn app_of(mut apps: Vec<AppDump>, wanted: Option<&str>) -> Result<AppDump, Failure> {
    let is_wanted = |app: &AppDump| Some(app.name.as_str()) == wanted;
    match (apps.iter().position(is_wanted), apps.len()) {
        (Some(place), _) => Ok(apps.swap_remove(place)),
        (None, 0 | 1) => Ok(apps.pop().unwrap_or_default()),
        (None, _) => {
            let names: Vec<&str> = apps.iter().map(|app| app.name.as_str()).collect();
            let message = format!(
                "it has several apps, {}, and the key belongs to none of them",
                names.join(", ")
            );
            Err(Failure::usage(message).hint(format!(
                "use a key of the right app, as in {}.KEY:SECRET",
                names[0]
            )))
        }
    }
}

impl SeedFile {
    /// The seed of an app by this file; `app` is the id of the app whose key is used. An empty file is reported: most
    /// often it is not the one that was meant.
    ///
    /// # Errors
    /// A store of several apps without the wanted one; a seed that is invalid at the present moment.
    pub(in crate::cli) fn seed(self, app: Option<&str>, context: &Context) -> anyhow::Result<Seed> {
        let file = self.file.unwrap_or_default();
        let at_file = |message: &str| format!("--seed: {file}: {message}");
        let is_store = self.apps.is_some();
        let seed = match self.apps {
            None => self.seed,
            Some(apps) => {
                let app = app_of(apps, app).map_err(|mut failure| {
                    failure.report.message = at_file(&failure.report.message);
                    failure
                })?;
                let seed = Seed {
                    channels: app.channels,
                    ..self.seed
                };
                seed.check(context.clock.now())
                    .map_err(|error| Failure::usage(at_file(&error.message)))?;
                seed
            }
        };
        let says_nothing = seed.channel_names().next().is_none()
            && self.keys.is_empty()
            && self.namespaces.is_empty()
            && self.rules.is_empty();
        if says_nothing && !file.is_empty() {
            let why = if is_store {
                "; if the store is in use, copy the file FILE-wal beside it too"
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
        let name = |names: &[&str], wanted| {
            let apps = names.iter().map(|name| AppDump {
                name: (*name).to_owned(),
                ..AppDump::default()
            });
            app_of(apps.collect(), wanted).map(|app| app.name)
        };
        assert_eq!(name(&["one", "two"], Some("two")).unwrap(), "two");
        assert_eq!(name(&["one"], Some("two")).unwrap(), "one");
        assert_eq!(name(&["one"], None).unwrap(), "one");
        assert_eq!(name(&[], Some("two")).unwrap(), "");
        for wanted in [None, Some("three")] {
            let error = name(&["one", "two"], wanted).unwrap_err();
            assert!(error.report.message.contains("one, two"), "{error}");
            assert!(error.report.hint.unwrap().contains("one.KEY:SECRET"));
        }
    }
}
