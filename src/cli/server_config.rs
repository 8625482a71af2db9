//! The file of `serve --config`: keys and what each may do, and limits.

use std::path::Path;

use serde::Deserialize;

use super::exit::UsageError;
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};

/// A server's configuration, in TOML.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct ServerConfig {
    keys: Vec<Key>,
    limits: Limits,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Limits {
    /// Messages a second that one connection may publish on one channel; no limit unless told.
    publish_rate: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Key {
    key: String,
    /// JSON text, or a table of the same shape.
    capability: Option<toml::Value>,
    #[serde(default)]
    revocable_tokens: bool,
}

impl ServerConfig {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A file that can't be read, or what is wrong in it and where.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let fault = |what: String| UsageError::new(format!("--config: {}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        Ok(toml::from_str(&text).map_err(|error| fault(error.to_string()))?)
    }

    /// Messages a second that one connection may publish on one channel.
    ///
    /// # Errors
    /// A rate that is not above zero.
    pub(super) fn publish_rate(&self) -> anyhow::Result<Option<f64>> {
        match self.limits.publish_rate {
            Some(rate) if !rate.is_finite() || rate <= 0.0 => {
                Err(UsageError::new("--config: limits.publish-rate is not above zero").into())
            }
            rate => Ok(rate),
        }
    }

    /// The keys, each with what it may do: everything unless told.
    ///
    /// # Errors
    /// A key or a capability that is none.
    pub(super) fn entries(&self) -> anyhow::Result<Vec<KeyEntry>> {
        self.keys.iter().map(Key::entry).collect()
    }
}

impl Key {
    fn entry(&self) -> anyhow::Result<KeyEntry> {
        let key = ApiKey::parse(&self.key)
            .map_err(|error| UsageError::new(format!("--config: {}", error.message)))?;
        let fault = |error: &dyn std::fmt::Display| {
            UsageError::new(format!(
                "--config: the capability of key {}: {error}",
                key.name()
            ))
        };
        let capability = match &self.capability {
            None => Capability::all(),
            Some(toml::Value::String(text)) => {
                Capability::parse_strict(text).map_err(|error| fault(&error.message))?
            }
            Some(table) => {
                let text = serde_json::to_string(table).map_err(|error| fault(&error))?;
                Capability::parse_strict(&text).map_err(|error| fault(&error.message))?
            }
        };
        Ok(KeyEntry {
            revocable_tokens: self.revocable_tokens,
            ..KeyEntry::new(key, capability)
        })
    }
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
    fn the_publish_rate_is_off_unless_told() {
        let rate = |text| toml::from_str::<ServerConfig>(text).unwrap().publish_rate();
        assert_eq!(rate("").unwrap(), None);
        assert_eq!(rate("[limits]\npublish-rate = 2.5").unwrap(), Some(2.5));
        assert!(rate("[limits]\npublish-rate = 0.0").is_err());
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
