//! The configuration of a server in files: --config and --seed.

use std::collections::HashSet;
use std::path::Path;

use super::Bound;
use crate::chat_core::auth::KeyEntry;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::secret::SecretReader;
use crate::cli::seed::SeedFile;
use crate::cli::server_config::ServerConfig;

/// The configuration of a server in files: --config and --seed.
#[derive(Default)]
pub(in crate::cli) struct Configuration {
    config: ServerConfig,
    seed: SeedFile,
}

impl Configuration {
    /// Reads a configuration and a seed. Without `seed` it is the one that the configuration names.
    ///
    /// # Errors
    /// A fault in one of them.
    pub(super) fn read(
        config: Option<&Path>,
        seed: Option<&Path>,
        context: &Context,
    ) -> anyhow::Result<Self> {
        let config = match config {
            Some(path) => {
                let mut config = ServerConfig::read(path)?;
                config.read_secrets(&SecretReader {
                    variable: &|name| {
                        let value = context.environment.raw(name)?;
                        value.to_str().map(str::to_owned)
                    },
                    folder: path.parent().unwrap_or(Path::new("")),
                })?;
                config
            }
            None => ServerConfig::default(),
        };
        let seed = match seed.or(config.seed.as_deref()) {
            Some(path) => SeedFile::read(path, context)?,
            None => SeedFile::default(),
        };
        Ok(Self { config, seed })
    }

    /// The keys: those of the configuration, then those of the seed.
    ///
    /// # Errors
    /// An invalid key or capability.
    pub(in crate::cli) fn entries(&self) -> anyhow::Result<Vec<KeyEntry>> {
        let mut entries = self.config.entries()?;
        entries.extend(self.seed.keys.iter().cloned());
        Ok(entries)
    }

    /// Applies everything but the keys to `bound`, whose server has them already.
    ///
    /// # Errors
    /// An invalid limit, namespace, host or origin; a seed that is not for the app of the first key.
    pub(in crate::cli) fn apply(
        mut self,
        bound: &mut Bound,
        context: &Context,
    ) -> anyhow::Result<()> {
        let fault = |what| Failure::usage(format!("--config: {what}"));
        bound
            .allow(&self.config.allow_host, &self.config.allow_origin)
            .map_err(fault)?;
        let server = &mut bound.server;
        server.publish_rate = self.config.limits.publish_rate()?;
        server.setup.limits = bound.limits.limits(&self.config, &context.random)?;
        server.setup.continuity_window = self.config.limits.continuity_window()?;
        server.setup.namespaces = self.config.namespaces()?;
        server.setup.rules = self.config.take_rules()?;
        server.setup.allowed_targets = self.config.allow_target.clone();
        let mut seed = self.seed;
        server.setup.namespaces.append(&mut seed.namespaces);
        server.setup.rules.append(&mut seed.rules);
        let app = server.keys.first().map(|entry| entry.key.app_id());
        server.setup.seed = seed.seed(app, context)?;
        let kept = server.storage.channels_of(app.unwrap_or_default())?;
        let kept: HashSet<String> = kept.into_iter().collect();
        let passed = server.setup.seed.channel_names();
        let passed = passed.filter(|channel| kept.contains(channel)).count();
        if passed > 0 {
            context.output.notice(&format!(
                "note: rooms of the seed that the store already has are left as they are: {passed} (chatctl app reset \
                 puts them back)"
            ));
        }
        Ok(())
    }
}
