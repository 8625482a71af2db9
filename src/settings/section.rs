//! A section of the config file as a source of settings: a profile, or what is outside all profiles.

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::auth::{
    AuthRequest, Authentication, contents, parse_credential, parse_headers, parse_params,
    parse_token_command, parse_token_url,
};
use super::flags::{
    auth_method, parse_color, parse_log_level, parse_output, parse_retry, parse_wire,
};
use super::names::{SETTINGS, SettingName};
use super::source::{SettingResult, SettingSource};
use super::{
    ColorChoice, KeyCommand, LogLevel, Origin, OutputFormat, SettingError, Sourced, parse_duration,
};
use crate::chat_core::auth::token_source::TokenSource;
use crate::chat_core::auth::{ApiKey, Credential};
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;

/// A value of the config file.
#[derive(Clone, PartialEq, Eq)]
pub enum ConfigValue {
    /// A string.
    Text(String),
    /// An array of strings.
    List(Vec<String>),
}

impl ConfigValue {
    /// The strings in it.
    pub fn texts(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
        }
    }
}

/// The settings of a profile, or those outside all profiles. Their values are checked.
#[derive(Clone, Default)]
pub struct Section {
    values: Vec<(&'static SettingName, ConfigValue)>,
}

impl Section {
    /// Adds a value.
    pub(super) fn push(&mut self, setting: &'static SettingName, value: ConfigValue) {
        self.values.push((setting, value));
    }

    /// The settings with their values, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &(&'static SettingName, ConfigValue)> {
        self.values.iter()
    }

    /// The value of the setting called `name`.
    pub fn get(&self, name: &str) -> Option<&ConfigValue> {
        let found = self.values.iter().find(|(setting, _)| setting.name == name);
        found.map(|(_, value)| value)
    }

    /// The setting that gives credentials, if there is one.
    pub fn credential(&self) -> Option<&'static SettingName> {
        let mut settings = self.values.iter().map(|(setting, _)| *setting);
        settings.find(|setting| setting.is_credential)
    }

    /// The section without its credentials and what belongs to them.
    pub(super) fn without_credentials(mut self) -> Self {
        self.values
            .retain(|(setting, _)| !setting.is_credential && !setting.name.starts_with("auth-"));
        self
    }

    /// Returns whether a value is a secret.
    pub(super) fn has_secret(&self) -> bool {
        self.values.iter().any(|(setting, _)| setting.is_secret)
    }

    /// Returns whether a value is a command that is run.
    pub(super) fn has_command(&self) -> bool {
        self.values.iter().any(|(setting, _)| setting.is_command)
    }
}

impl fmt::Debug for Section {
    /// The names alone: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.values.iter().map(|(setting, _)| setting.name);
        f.debug_list().entries(names).finish()
    }
}

/// A section as a source of settings.
#[derive(Debug)]
pub(super) struct SectionSource {
    section: Section,
    /// The name of the profile, where it is one.
    profile: Option<Arc<str>>,
    paths: PathBase,
    key_command: Option<KeyCommand>,
}

/// The folders that paths in the file are relative to.
#[derive(Clone, Debug)]
pub(super) struct PathBase {
    /// The folder of the config file.
    pub(super) folder: PathBuf,
    /// The home of the user, for `~/`.
    pub(super) home: Option<PathBuf>,
}

impl PathBase {
    /// The path that `text` in the file means.
    fn resolve(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.folder.join(text),
        }
    }
}

impl SectionSource {
    /// The source of a section. `limit` is the time that a key-command has.
    pub(super) fn new(
        section: Section,
        profile: Option<Arc<str>>,
        paths: PathBase,
        limit: Duration,
    ) -> Self {
        let mut source = Self {
            section,
            profile,
            paths,
            key_command: None,
        };
        source.key_command = source
            .text("key-command")
            .map(|(command, origin)| KeyCommand::new(command, origin, limit));
        source
    }

    /// The text of the setting called `name`, with its origin.
    fn text(&self, name: &str) -> Option<(&str, Origin)> {
        let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
        match self.section.get(name)? {
            ConfigValue::Text(text) => Some((text, self.origin(setting.name))),
            ConfigValue::List(_) => None,
        }
    }

    fn list(&self, name: &str) -> &[String] {
        self.section.get(name).map_or(&[], ConfigValue::texts)
    }

    fn origin(&self, setting: &'static str) -> Origin {
        match &self.profile {
            Some(profile) => Origin::Profile {
                profile: Arc::clone(profile),
                setting,
            },
            None => Origin::ConfigFile(setting),
        }
    }

    /// The value of the setting called `name`, as `parse` reads it.
    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> SettingResult<T> {
        let Some((text, origin)) = self.text(name) else {
            return Ok(None);
        };
        match parse(text) {
            Ok(value) => Ok(Some(Sourced::new(value, origin))),
            Err(fault) => Err(SettingError::new(format!("{origin}: {fault}"))),
        }
    }

    /// The credential in the file that the setting called `name` names.
    fn of_file(&self, name: &str, is_key: bool) -> SettingResult<Authentication> {
        let Some((path, origin)) = self.text(name) else {
            return Ok(None);
        };
        let path = self.paths.resolve(path);
        check_private(&origin, &path)?;
        let text = contents(&origin, &path)?;
        parse_credential(origin, &text, is_key).map(Some)
    }

    /// The request to the auth server of `auth-url`, which nothing else is asked with.
    fn own_request(&self) -> Result<AuthRequest, SettingError> {
        Ok(AuthRequest {
            method: self
                .parsed("auth-method", auth_method)?
                .map(|method| method.value),
            headers: parse_headers("auth-headers", self.list("auth-headers"))?,
            params: parse_params("auth-params", self.list("auth-params"))?,
        })
    }
}

/// Refuses a file with a secret that others can read or write, as ssh does. It judges files of this user alone: those of
/// others, such as the secrets that a container is given, are not the user's to change.
fn check_private(origin: &Origin, path: &Path) -> Result<(), SettingError> {
    if open_to_others(path) {
        let path = path.display();
        return Err(
            SettingError::new(format!("{origin}: others can read or change {path}"))
                .hint(format!("chmod 600 {path}")),
        );
    }
    Ok(())
}

/// Returns whether the file is this user's own and others can read or write it.
pub(super) fn open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| {
        data.is_file()
            && data.uid() == rustix::process::geteuid().as_raw()
            && data.mode() & 0o077 != 0
    })
}

impl SettingSource for SectionSource {
    fn authentication(&self) -> SettingResult<Authentication> {
        if let Some((text, origin)) = self.text("key") {
            return parse_credential(origin, text, true).map(Some);
        }
        if let Some((text, origin)) = self.text("token") {
            return parse_credential(origin, text, false).map(Some);
        }
        if let Some(command) = &self.key_command {
            let found = Authentication::KeyCommand(command.clone());
            return Ok(Some(Sourced::new(found, self.origin("key-command"))));
        }
        if let Some(found) = self.of_file("key-file", true)? {
            return Ok(Some(found));
        }
        if let Some(found) = self.of_file("token-file", false)? {
            return Ok(Some(found));
        }
        if let Some((command, origin)) = self.text("auth-command") {
            return parse_token_command(origin, command).map(Some);
        }
        let Some((url, origin)) = self.text("auth-url") else {
            return Ok(None);
        };
        let mut found = parse_token_url(origin, url)?;
        if let Authentication::Source(TokenSource::Url(url)) = &mut found.value {
            self.own_request()?.apply_to(url);
        }
        Ok(Some(found))
    }

    fn key(&self) -> SettingResult<ApiKey> {
        let Some(found) = self.authentication()? else {
            return Ok(None);
        };
        let key = match found.value {
            Authentication::Credential(Credential::Key(key)) => key,
            Authentication::KeyCommand(command) => command.key()?,
            // A key signs, whatever token is beside it.
            Authentication::Credential(Credential::Token(_)) | Authentication::Source(_) => {
                return Ok(None);
            }
        };
        Ok(Some(Sourced::new(key, found.origin)))
    }

    /// None: the keys of a server are those that were meant for it.
    fn keys(&self) -> Result<Vec<ApiKey>, SettingError> {
        Ok(Vec::new())
    }

    fn client_id(&self) -> SettingResult<String> {
        self.parsed("client-id", |text| Ok(text.to_owned()))
    }

    fn endpoint(&self) -> SettingResult<Endpoint> {
        self.parsed("endpoint", |text| {
            Endpoint::parse(text).map_err(|error| error.message)
        })
    }

    fn ca_file(&self) -> SettingResult<PathBuf> {
        self.parsed("ca-file", |text| Ok(self.paths.resolve(text)))
    }

    fn wire(&self) -> SettingResult<Format> {
        self.parsed("wire", parse_wire)
    }

    fn timeout(&self) -> SettingResult<Duration> {
        self.parsed("timeout", parse_duration)
    }

    fn retry(&self) -> SettingResult<Duration> {
        self.parsed("retry", parse_retry)
    }

    fn output(&self) -> SettingResult<OutputFormat> {
        self.parsed("output", parse_output)
    }

    fn color(&self) -> SettingResult<ColorChoice> {
        self.parsed("color", parse_color)
    }

    fn log_level(&self) -> SettingResult<LogLevel> {
        self.parsed("log-level", parse_log_level)
    }
}
