//! Rules as people and programs write them: the Control API's members, in `camelCase` over HTTP and in `kebab-case` in
//! files. What this server adds of its own stands at the end of [`RuleForm`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chat_core::secret::SecretForm;

/// A rule, as it is written.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "a table or object with a rule type"
)]
pub struct RuleForm {
    /// What it is called; made by the server where none is given.
    pub id: Option<String>,
    /// The kind of rule, as in `http/before-publish`.
    #[serde(alias = "rule-type")]
    pub rule_type: String,
    /// `enabled`, as by default, or `disabled`.
    pub status: Option<String>,
    /// `BEFORE_PUBLISH` or `AFTER_PUBLISH`, which follows from the kind.
    #[serde(alias = "invocation-mode")]
    pub invocation_mode: Option<String>,
    /// The rooms, as in `/^support:.*$/`; all of them unless given.
    #[serde(alias = "chat-room-filter")]
    pub chat_room_filter: Option<String>,
    /// How often and how long the target is asked, and what happens if it does not answer.
    #[serde(alias = "before-publish-config")]
    pub before_publish_config: Option<BeforePublishForm>,
    /// `single` or `batch`, for webhooks.
    #[serde(alias = "request-mode")]
    pub request_mode: Option<String>,
    /// What a webhook tells of.
    pub source: Option<SourceForm>,
    /// Who is asked or told.
    pub target: Option<TargetForm>,
    /// The app; in files alone, and by default every app that the server is started with.
    pub app: Option<String>,
    /// `hold`: what the rule would reject waits for a person; without a target, everything does.
    pub action: Option<String>,
    /// The longest time that a message is held, in milliseconds.
    #[serde(alias = "hold-for")]
    pub hold_for: Option<u64>,
    /// What is asked about beside messages that are sent: `edits`, `pubsub`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The code of a rejection: 42211 or 42213.
    #[serde(alias = "reject-code")]
    pub reject_code: Option<u32>,
    /// The words that a stand-in for a provider knows: class to word to level.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, BTreeMap<String, u32>>,
}

/// How a rule that is asked before a publish is asked.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "a table or object"
)]
pub struct BeforePublishForm {
    /// The time for all attempts together, in milliseconds.
    #[serde(alias = "retry-timeout")]
    pub retry_timeout: Option<u64>,
    /// The attempts after the first one.
    #[serde(alias = "max-retries")]
    pub max_retries: Option<u32>,
    /// `REJECT` or `PUBLISH`, where no verdict was had.
    #[serde(alias = "failed-action")]
    pub failed_action: Option<String>,
    /// `RETRY` or `FAIL`, for an answer of 429.
    #[serde(alias = "too-many-requests-action")]
    pub too_many_requests_action: Option<String>,
}

/// What a webhook tells of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "a table or object with a type"
)]
pub struct SourceForm {
    /// A regular expression that is searched in the channel's whole name; all channels where it is empty.
    #[serde(alias = "channel-filter")]
    pub channel_filter: String,
    /// `channel.message`, `channel.presence`, `channel.lifecycle` or `channel.occupancy`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Who is asked or told. Which members there are follows from the kind of rule.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    default,
    expecting = "a table or object"
)]
#[allow(missing_docs)] // the vendor's members; what is used of them stands in rule.rs
pub struct TargetForm {
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<HeaderForm>,
    pub format: Option<String>,
    pub enveloped: Option<bool>,
    #[serde(alias = "signing-key-id")]
    pub signing_key_id: Option<String>,
    #[serde(alias = "api-key")]
    pub api_key: Option<SecretForm>,
    #[serde(alias = "model-url")]
    pub model_url: Option<String>,
    #[serde(alias = "api-url")]
    pub api_url: Option<String>,
    pub endpoint: Option<String>,
    #[serde(alias = "channel-id")]
    pub channel_id: Option<String>,
    #[serde(alias = "default-language")]
    pub default_language: Option<String>,
    #[serde(alias = "check-watch-lists")]
    pub check_watch_lists: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<String, u32>,
    pub region: Option<String>,
    #[serde(alias = "function-name")]
    pub function_name: Option<String>,
    pub authentication: Option<serde_json::Value>,
}

/// A header of the requests to a target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table or object with name and value"
)]
pub struct HeaderForm {
    /// The name.
    pub name: String,
    /// The value.
    pub value: SecretForm,
}
