//! The file of `serve --config`: keys with their capabilities, rules for channels, limits, and the name of a seed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::failure::Failure;
use super::toml_file;
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::server::{Namespace, Retention};
use crate::settings::parse_duration;

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
    limits: LimitsForm,
    /// Hosts that requests may name beside loopback, where the key is public or generated.
    pub(super) allow_host: Vec<String>,
    /// Origins whose pages may use the server beside those of loopback.
    pub(super) allow_origin: Vec<String>,
    /// A seed file; a relative path begins at this file's folder.
    pub(super) seed: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
struct LimitsForm {
    /// Messages per second that one connection may publish on one channel; unlimited by default.
    publish_rate: Option<f64>,
    /// The most connections at one time; unlimited by default.
    connection_limit: Option<usize>,
    /// The most active channels of each app; unlimited by default.
    channel_limit: Option<usize>,
    /// The longest time that a client may be away and continue its rooms, where it does not resume its connection; two
    /// minutes by default.
    continuity_window: Option<String>,
    /// The time that history is kept for, as in `30d`; for ever by default.
    retention_age: Option<String>,
    /// The number of publishes of each channel that are kept, the newest.
    retention_count: Option<u32>,
    /// The largest size of the store, in bytes or as in `512MiB`.
    retention_size: Option<toml::Value>,
}

/// A key and its capability, in the form of files.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table or object with a key"
)]
pub(super) struct KeyForm {
    key: String,
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

    /// Messages per second that one connection may publish on one channel.
    ///
    /// # Errors
    /// A rate that is not above zero.
    pub(super) fn publish_rate(&self) -> anyhow::Result<Option<f64>> {
        match self.limits.publish_rate {
            Some(rate) if !rate.is_finite() || rate <= 0.0 => {
                Err(Failure::usage("--config: limits.publish-rate must be above zero").into())
            }
            rate => Ok(rate),
        }
    }

    /// The most connections at one time.
    ///
    /// # Errors
    /// A limit of zero.
    pub(super) fn connection_limit(&self) -> anyhow::Result<Option<usize>> {
        match self.limits.connection_limit {
            Some(0) => {
                Err(Failure::usage("--config: limits.connection-limit must be above zero").into())
            }
            limit => Ok(limit),
        }
    }

    /// The most active channels of each app.
    ///
    /// # Errors
    /// A limit of zero.
    pub(super) fn channel_limit(&self) -> anyhow::Result<Option<usize>> {
        match self.limits.channel_limit {
            Some(0) => {
                Err(Failure::usage("--config: limits.channel-limit must be above zero").into())
            }
            limit => Ok(limit),
        }
    }

    /// The longest time that a client may be away and continue its rooms, where it does not resume its connection.
    ///
    /// # Errors
    /// An invalid duration, or zero.
    pub(super) fn continuity_window(&self) -> anyhow::Result<Option<Duration>> {
        let fault =
            |what: &str| Failure::usage(format!("--config: limits.continuity-window: {what}"));
        let Some(text) = &self.limits.continuity_window else {
            return Ok(None);
        };
        let window = parse_duration(text).map_err(|what| fault(&what))?;
        if window.is_zero() {
            return Err(fault("must be above zero").into());
        }
        Ok(Some(window))
    }

    /// The extent of the history that is kept: all of it by default.
    ///
    /// # Errors
    /// An invalid duration, count or size, or zero.
    pub(super) fn retention(&self) -> anyhow::Result<Retention> {
        let fault = |name: &str, what: &str| {
            Failure::usage(format!("--config: limits.retention-{name}: {what}"))
        };
        let age = match &self.limits.retention_age {
            None => None,
            Some(text) => {
                let age = parse_duration(text).map_err(|what| fault("age", &what))?;
                Some(age).filter(|age| !age.is_zero())
            }
        };
        if self.limits.retention_age.is_some() && age.is_none() {
            return Err(fault("age", "must be above zero").into());
        }
        if self.limits.retention_count == Some(0) {
            return Err(fault("count", "must be above zero").into());
        }
        let size = match &self.limits.retention_size {
            None => None,
            Some(size) => Some(bytes(size).ok_or_else(|| {
                fault(
                    "size",
                    "must be a size above zero, in bytes or as in 512KiB, 512MiB or 2GiB",
                )
            })?),
        };
        Ok(Retention {
            age,
            count: self.limits.retention_count,
            size,
        })
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
        let key = ApiKey::parse(&self.key).map_err(|error| error.message)?;
        let fault = |what: String| format!("the capability of key {}: {what}", key.name());
        let capability = match &self.capability {
            None => Capability::all(),
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

/// A number of bytes above zero.
fn bytes(value: &toml::Value) -> Option<u64> {
    let (number, unit) = match value {
        toml::Value::Integer(number) => (u64::try_from(*number).ok()?, 1),
        toml::Value::String(text) => {
            let text = text.trim();
            let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
                "" => 1,
                "kib" | "k" => 1 << 10,
                "mib" | "m" => 1 << 20,
                "gib" | "g" => 1 << 30,
                _ => return None,
            };
            (digits.trim_end().parse().ok()?, unit)
        }
        _ => return None,
    };
    number.checked_mul(unit).filter(|bytes| *bytes > 0)
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
            if let Ok(Some(rate)) = config.publish_rate() {
                assert!(rate > 0.0 && rate.is_finite(), "{rate}");
            }
            assert_ne!(config.connection_limit().ok(), Some(Some(0)));
            if let Ok(kept) = config.retention() {
                assert_ne!(kept.count, Some(0));
                assert_ne!(kept.size, Some(0));
                assert_ne!(kept.age, Some(std::time::Duration::ZERO));
            }
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
    use std::time::Duration;

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
    fn connections_are_not_limited_unless_told() {
        let limit = |text: &str| {
            toml::from_str::<ServerConfig>(text)
                .map_err(anyhow::Error::from)?
                .connection_limit()
        };
        assert_eq!(limit("").unwrap(), None);
        assert_eq!(limit("[limits]\nconnection-limit = 3").unwrap(), Some(3));
        for fault in ["0", "-1", "1.5", "\"many\""] {
            assert!(limit(&format!("[limits]\nconnection-limit = {fault}")).is_err());
        }
    }

    #[test]
    fn channels_are_not_limited_unless_told() {
        let limit = |text: &str| {
            let config = toml::from_str::<ServerConfig>(text)?;
            config.channel_limit()
        };
        assert_eq!(limit("").unwrap(), None);
        assert_eq!(limit("[limits]\nchannel-limit = 3").unwrap(), Some(3));
        assert!(limit("[limits]\nchannel-limit = 0").is_err());
    }

    #[test]
    fn the_continuity_window_is_a_time_above_zero() {
        let window = |text: &str| {
            toml::from_str::<ServerConfig>(text)
                .map_err(anyhow::Error::from)?
                .continuity_window()
        };
        assert_eq!(window("").unwrap(), None);
        let ten = window("[limits]\ncontinuity-window = \"10s\"").unwrap();
        assert_eq!(ten, Some(Duration::from_secs(10)));
        for fault in ["\"0s\"", "\"soon\"", "10"] {
            assert!(window(&format!("[limits]\ncontinuity-window = {fault}")).is_err());
        }
    }

    #[test]
    fn everything_is_kept_unless_told() {
        let retention = |text: &str| {
            toml::from_str::<ServerConfig>(text)
                .map_err(anyhow::Error::from)?
                .retention()
        };
        assert!(retention("").unwrap().is_endless());
        let told = retention(
            "[limits]\nretention-age = \"30d\"\nretention-count = 5\nretention-size = \"2MiB\"",
        );
        let expected = Retention {
            age: Some(Duration::from_secs(30 * 24 * 3600)),
            count: Some(5),
            size: Some(2 << 20),
        };
        assert_eq!(told.unwrap(), expected);
        assert_eq!(
            retention("[limits]\nretention-size = 4096").unwrap().size,
            Some(4096)
        );
        for fault in [
            "retention-age = \"soon\"",
            "retention-age = \"0s\"",
            "retention-count = 0",
            "retention-count = -1",
            "retention-size = 0",
            "retention-size = \"lots\"",
            "retention-size = \"99999999999GiB\"",
        ] {
            assert!(retention(&format!("[limits]\n{fault}")).is_err(), "{fault}");
        }
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
