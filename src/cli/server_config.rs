//! The file of `serve --config`: keys with their capabilities, rules for channels, limits, and the name of a seed.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::failure::Failure;
use super::secret::SecretReader;
use super::server_limits::LimitsForm;
use super::toml_file;
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::secret::SecretForm;
use crate::server::Namespace;
use crate::server::integrations::RuleForm;

/// A server's configuration, in TOML.
#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct ServerConfig {
    keys: Vec<KeyForm>,
    namespaces: Vec<NamespaceForm>,
    /// Rules that are asked before a message is published, or told afterwards.
    rules: Vec<RuleForm>,
    /// Hosts that rules may call which are made over HTTP, beside this machine.
    pub(super) allow_target: Vec<String>,
    /// The limits.
    pub(super) limits: LimitsForm,
    /// Hosts that requests may name beside loopback, where the key is public or generated.
    pub(super) allow_host: Vec<String>,
    /// Origins whose pages may use the server beside those of loopback.
    pub(super) allow_origin: Vec<String>,
    /// A seed file; a relative path begins at this file's folder.
    pub(super) seed: Option<PathBuf>,
}

/// A key and its capability, in the form of files.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table or object with a key"
)]
pub(super) struct KeyForm {
    key: SecretForm,
    /// JSON text, or a table of the same shape.
    capability: Option<toml::Value>,
    #[serde(default, alias = "revocableTokens")]
    revocable_tokens: bool,
}

/// A rule for channels, in the form of files.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table or object with an id"
)]
pub(super) struct NamespaceForm {
    id: String,
    /// Whether messages can be changed, as they can by default.
    #[serde(alias = "mutableMessages")]
    mutable_messages: Option<bool>,
    /// Whether only identified clients may use its channels.
    #[serde(default)]
    identified: bool,
}

impl ServerConfig {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A file that can't be read, or what is wrong in it and where.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let mut read: Self = toml_file::read("--config", path)?;
        if let (Some(seed), Some(folder)) = (&mut read.seed, path.parent()) {
            *seed = folder.join(&seed);
        }
        Ok(read)
    }

    /// Reads the secrets that stand elsewhere.
    ///
    /// # Errors
    /// One that is not there.
    pub(super) fn read_secrets(&mut self, secrets: &SecretReader<'_>) -> anyhow::Result<()> {
        let keys = self.keys.iter_mut().map(|key| &mut key.key);
        let targets = self
            .rules
            .iter_mut()
            .filter_map(|rule| rule.target.as_mut());
        let of_targets = targets.flat_map(|target| {
            let headers = target.headers.iter_mut().map(|header| &mut header.value);
            headers.chain(target.api_key.as_mut())
        });
        for secret in keys.chain(of_targets) {
            secrets
                .resolve(secret)
                .map_err(|fault| Failure::usage(format!("--config: {fault}")))?;
        }
        Ok(())
    }

    /// The rules that are asked before a message is published, or told afterwards.
    ///
    /// # Errors
    /// An invalid rule.
    pub(super) fn take_rules(&mut self) -> anyhow::Result<Vec<RuleForm>> {
        let rules = std::mem::take(&mut self.rules);
        for (place, rule) in rules.iter().enumerate() {
            let id = rule
                .id
                .clone()
                .unwrap_or_else(|| format!("rule-{}", place + 1));
            rule.check()
                .map_err(|fault| Failure::usage(format!("--config: rule '{id}': {fault}")))?;
        }
        Ok(rules)
    }

    /// The keys with their capabilities: full access by default.
    ///
    /// # Errors
    /// An invalid key or capability.
    pub(super) fn entries(&self) -> anyhow::Result<Vec<KeyEntry>> {
        let fault = |fault| Failure::usage(format!("--config: {fault}")).into();
        self.keys
            .iter()
            .map(|key| key.entry().map_err(fault))
            .collect()
    }

    /// The rules for channels.
    ///
    /// # Errors
    /// An invalid rule.
    pub(super) fn namespaces(&self) -> anyhow::Result<Vec<Namespace>> {
        let fault = |fault| Failure::usage(format!("--config: {fault}")).into();
        self.namespaces
            .iter()
            .map(|form| form.rule().map_err(fault))
            .collect()
    }
}

impl KeyForm {
    /// The key with its capability: full access by default.
    ///
    /// # Errors
    /// An invalid key or capability, for people.
    pub(super) fn entry(&self) -> Result<KeyEntry, String> {
        let text = self.key.text().ok_or("a key must be text here")?;
        let key = ApiKey::parse(text).map_err(|error| error.message)?;
        let fault = |what: String| format!("the capability of key {}: {what}", key.name());
        let capability = match &self.capability {
            None => Capability::everywhere(),
            Some(toml::Value::String(text)) => {
                Capability::parse_strict(text).map_err(|error| fault(error.message))?
            }
            Some(table) => {
                let text =
                    serde_json::to_string(table).map_err(|error| fault(error.to_string()))?;
                Capability::parse_strict(&text).map_err(|error| fault(error.message))?
            }
        };
        Ok(KeyEntry {
            revocable_tokens: self.revocable_tokens,
            ..KeyEntry::new(key, capability)
        })
    }
}

impl NamespaceForm {
    /// The rule.
    ///
    /// # Errors
    /// An invalid id, for people.
    pub(super) fn rule(&self) -> Result<Namespace, String> {
        if self.id.is_empty() || self.id.contains(':') {
            return Err(format!(
                "invalid namespace '{}': must be the part of a channel's name before the first ':'",
                self.id
            ));
        }
        Ok(Namespace {
            id: self.id.clone(),
            mutable_messages: self.mutable_messages.unwrap_or(true),
            identified: self.identified,
        })
    }
}

/// Reads the text of a configuration. A fault is one line, and shows no secret.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzz(text: &str) {
    const SECRET: &str = "hidden-secret";
    let fault = match toml_file::parse::<ServerConfig>(text) {
        Ok(config) => {
            config.limits.fuzz();
            for rule in config.namespaces().unwrap_or_default() {
                assert!(!rule.id.is_empty() && !rule.id.contains(':'));
            }
            match config.entries() {
                Ok(_) => return,
                Err(error) => error.to_string(),
            }
        }
        Err(fault) => fault,
    };
    assert!(!fault.contains('\n'), "{fault}");
    assert!(!fault.contains(SECRET), "{fault}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::auth::{Operation, Target};

    fn entries(text: &str) -> anyhow::Result<Vec<KeyEntry>> {
        toml::from_str::<ServerConfig>(text)
            .map_err(anyhow::Error::from)?
            .entries()
    }

    #[test]
    fn keys_have_capabilities_as_text_or_table() {
        let entries = entries(
            r#"
            [[keys]]
            key = "app.all:s"
            [[keys]]
            key = "app.text:s"
            capability = '{"dms:*":["subscribe"]}'
            [[keys]]
            key = "app.table:s"
            revocable-tokens = true
            capability = { "lobby" = ["publish"] }
            "#,
        )
        .unwrap();
        let allows = |place: usize, room, operation| {
            entries[place]
                .capability
                .allows(&Target::room(room), operation)
        };
        assert!(allows(0, "x", Operation::Publish));
        assert!(allows(1, "dms:a", Operation::Subscribe) && !allows(1, "x", Operation::Subscribe));
        assert!(allows(2, "lobby", Operation::Publish) && entries[2].revocable_tokens);
    }

    #[test]
    fn faults_name_what_is_wrong() {
        for (text, word) in [
            ("[[keys]]\nkey = \"nonsense\"", "Invalid API key"),
            (
                "[[keys]]\nkey = \"a.b:hidden\"\ncapability = \"{\"",
                "capability of key a.b",
            ),
            (
                "[[keys]]\nkey = \"a.b:hidden\"\ncapability = { x = [\"publsh\"] }",
                "capability of key a.b",
            ),
            ("[[keys]]\nkee = \"a.b:c\"", "kee"),
            ("[limits]\npublish-rates = 1", "publish-rates"),
        ] {
            let error = entries(text).err().unwrap().to_string();
            assert!(error.contains(word) && !error.contains("hidden"), "{error}");
        }
    }
}
