//! The form of a policy file. `chatctl capability schema` describes the same for editors.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

/// A word with its place.
pub(super) type Word = Spanned<String>;

/// The file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "a table")]
pub(super) struct PolicyFile {
    #[serde(default)]
    pub(super) roles: BTreeMap<String, Spanned<RoleFile>>,
    #[serde(default, rename = "test")]
    pub(super) tests: Vec<TestFile>,
    /// By the codes of lint rules.
    #[serde(default)]
    pub(super) lint: BTreeMap<Word, LintFile>,
}

/// `[lint.CODE]`: the severity of a rule here, and the reason.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a table with severity and reason"
)]
pub(super) struct LintFile {
    pub(super) severity: Word,
    pub(super) reason: String,
}

/// `[roles.NAME]`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "a table")]
pub(super) struct RoleFile {
    /// The value of `{user}`; the role's name by default.
    pub(super) user: Option<String>,
    /// `{user}` by default; `false` for an anonymous client.
    pub(super) client_id: Option<TextOrNone>,
    /// JSON text, or a table of the same shape.
    pub(super) capability: Option<Spanned<toml::Value>>,
    /// Rooms or patterns to features or operations.
    pub(super) grant: Option<BTreeMap<Word, Vec<Word>>>,
    pub(super) capability_file: Option<Spanned<PathBuf>>,
    pub(super) token_command: Option<String>,
    /// A key, or `$NAME` of the variable that has it.
    pub(super) key: Option<Word>,
    #[serde(default)]
    pub(super) claims: BTreeMap<Word, String>,
    pub(super) ttl: Option<Word>,
    #[serde(default)]
    pub(super) forbid: Vec<Word>,
}

/// `[[test]]`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "a table")]
pub(super) struct TestFile {
    pub(super) name: Word,
    pub(super) role: Option<Word>,
    pub(super) roles: Option<Vec<Word>>,
    pub(super) room: Option<Word>,
    pub(super) rooms: Option<Vec<Word>>,
    #[serde(default)]
    pub(super) allow: Vec<Word>,
    #[serde(default)]
    pub(super) deny: Vec<Word>,
    pub(super) only: Option<Spanned<Vec<Word>>>,
    pub(super) rule: Option<Spanned<OneOrMore>>,
    pub(super) user_claim: Option<Spanned<TextOrNone>>,
    pub(super) client_id: Option<Spanned<TextOrNone>>,
    pub(super) min_ttl: Option<Word>,
    pub(super) max_ttl: Option<Word>,
}

/// A text, or a list of them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a string or a list of strings")]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(super) fn list(&self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text.clone()],
            Self::More(texts) => texts.clone(),
        }
    }
}

/// A text, or `false` for none.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a string or false")]
pub(super) enum TextOrNone {
    Text(String),
    Flag(bool),
}
