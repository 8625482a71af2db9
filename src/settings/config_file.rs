//! What the config file says, and who may have written it.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::ops::Range;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::SettingError;
use super::names::{SettingKind, SettingName, is_profile_name};
use super::section::{ConfigValue, Section};
use crate::chat_core::{text, toml_syntax};

/// The longest config file, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// The content of a config file. Every value in it is valid.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// The settings outside all profiles.
    pub base: Section,
    /// The profiles, in the order of the file.
    pub profiles: Vec<(Arc<str>, Section)>,
    /// The profile that is used unless another is chosen.
    pub chosen: Option<Arc<str>>,
}

impl ConfigFile {
    /// Parses the `text` of the file at `path`.
    ///
    /// # Errors
    /// The first fault, as `PATH:LINE:COLUMN: fault`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, SettingError> {
        let table = DeTable::parse(text).map_err(|error| {
            let what = toml_syntax::describe(error.message()).unwrap_or("not valid TOML");
            Fault::new(error.span(), SettingError::new(what)).at(path, text)
        })?;
        let mut file = Self {
            base: Section::default(),
            profiles: Vec::new(),
            chosen: None,
        };
        file.fill(table.get_ref())
            .map_err(|fault| fault.at(path, text))?;
        Ok(file)
    }

    fn fill(&mut self, table: &DeTable<'_>) -> Result<(), Fault> {
        let is_own = |name: &str| matches!(name, "profile" | "profiles");
        self.base = section(table, is_own)?;
        for (name, value) in table {
            match name.get_ref().as_ref() {
                "profile" => self.chosen = Some(profile_name(value)?.into()),
                "profiles" => self.add_profiles(value)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add_profiles(&mut self, value: &Spanned<DeValue<'_>>) -> Result<(), Fault> {
        let fault = |span, what: String| Fault::new(Some(span), SettingError::new(what));
        let DeValue::Table(profiles) = value.get_ref() else {
            return Err(fault(
                value.span(),
                "profiles must be tables, [profiles.NAME] each".to_owned(),
            ));
        };
        for (name, value) in profiles {
            if !is_profile_name(name.get_ref()) {
                return Err(fault(name.span(), invalid_name(name.get_ref())));
            }
            let DeValue::Table(settings) = value.get_ref() else {
                let what = format!("profiles.{} must be a table", name.get_ref());
                return Err(fault(value.span(), what));
            };
            let section = section(settings, |_| false)?;
            self.profiles
                .push((name.get_ref().as_ref().into(), section));
        }
        Ok(())
    }

    /// The profile called `name`.
    pub fn profile(&self, name: &str) -> Option<&Section> {
        let mut profiles = self.profiles.iter();
        profiles.find_map(|(known, section)| (**known == *name).then_some(section))
    }

    /// Checks that the profile that it chooses is one of its own.
    ///
    /// # Errors
    /// An unknown one.
    pub fn check_profile(&self, path: &Path) -> Result<(), SettingError> {
        let Some(name) = &self.chosen else {
            return Ok(());
        };
        if self.profile(name).is_some() {
            return Ok(());
        }
        let names: Vec<&str> = self.profiles.iter().map(|(name, _)| &**name).collect();
        let path = path.display();
        let error = SettingError::new(format!("{path}: profile: there is no profile '{name}'"));
        Err(error.hint(match names[..] {
            [] => format!("add [profiles.{name}], or leave profile out"),
            _ => format!("profiles: {}", names.join(", ")),
        }))
    }

    /// Returns whether a secret or a command is in it, so that it must be the user's own.
    pub fn is_private(&self) -> bool {
        let mut profiles = self.profiles.iter().map(|(_, section)| section);
        let is_private = |section: &Section| section.has_secret() || section.has_command();
        is_private(&self.base) || profiles.any(is_private)
    }

    /// Checks that nobody else can have a command run, or read a secret: with either in it, the file must be the user's
    /// own.
    pub(super) fn check_owner(&self, path: &Path, data: &Metadata) -> Result<(), SettingError> {
        let sections = || {
            let profiles = self.profiles.iter().map(|(_, section)| section);
            profiles.chain([&self.base])
        };
        let has_secret = sections().any(Section::has_secret);
        let has_command = sections().any(Section::has_command);
        if !has_secret && !has_command {
            return Ok(());
        }
        let what = if has_command { "a command" } else { "a secret" };
        let path = path.display();
        if data.uid() != rustix::process::geteuid().as_raw() {
            return Err(SettingError::new(format!(
                "{path} has {what} in it and belongs to another user"
            ))
            .hint("use a config file of your own, which CHATCTL_CONFIG may name"));
        }
        if data.mode() & 0o022 != 0 {
            return Err(SettingError::new(format!(
                "{path} has {what} in it and others can change it"
            ))
            .hint(format!("chmod 600 {path}")));
        }
        if has_secret && data.mode() & 0o077 != 0 {
            return Err(SettingError::new(format!(
                "{path} has a secret in it and others can read it"
            ))
            .hint(format!("chmod 600 {path}")));
        }
        Ok(())
    }
}

/// The text of the file at `path`, and who may have written it; `None` where there is none, which is an error for one
/// that was named.
pub(super) fn read_text(
    path: &Path,
    is_named: bool,
) -> Result<Option<(String, Metadata)>, SettingError> {
    let unreadable = |error: &dyn fmt::Display| {
        let name = if is_named {
            "CHATCTL_CONFIG"
        } else {
            "the config file"
        };
        SettingError::new(format!("{name}: can't read {}: {error}", path.display()))
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error)
            if !is_named
                && matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(&error)),
    };
    let data = file.metadata().map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(unreadable(&"it is longer than 1 MiB"));
    }
    let text = text::read(bytes).map_err(|error| unreadable(&error))?;
    Ok(Some((text, data)))
}

/// The fault of a profile's name.
fn invalid_name(name: &str) -> String {
    format!("'{name}' is not a valid profile name: use letters, digits, '-', '_' and '.'")
}

fn profile_name(value: &Spanned<DeValue<'_>>) -> Result<String, Fault> {
    match value.get_ref() {
        DeValue::String(name) if is_profile_name(name) => Ok(name.as_ref().to_owned()),
        DeValue::String(name) => Err(Fault::new(
            Some(value.span()),
            SettingError::new(invalid_name(name)),
        )),
        _ => Err(Fault::new(
            Some(value.span()),
            SettingError::new("profile must be the name of a profile, as a string"),
        )),
    }
}

/// The settings of a table, but those of the names that `is_other` knows.
fn section(table: &DeTable<'_>, is_other: impl Fn(&str) -> bool) -> Result<Section, Fault> {
    let mut section = Section::default();
    let mut beside_url = None;
    for (name, value) in table {
        let text = name.get_ref().as_ref();
        if is_other(text) {
            continue;
        }
        let Some(setting) = SettingName::find(text) else {
            return Err(Fault::new(Some(name.span()), SettingName::unknown(text)));
        };
        if let Some(other) = section.credential()
            && setting.is_credential
        {
            let what = format!("{} and {} contradict each other", other.name, setting.name);
            let error = SettingError::new(what).hint("leave one of them out");
            return Err(Fault::new(Some(name.span()), error));
        }
        if matches!(setting.name, "auth-method" | "auth-headers" | "auth-params") {
            beside_url = beside_url.or(Some((setting, name.span())));
        }
        section.push(setting, read_value(setting, value)?);
    }
    match beside_url {
        Some((setting, span)) if section.get("auth-url").is_none() => Err(Fault::new(
            Some(span),
            SettingError::new(format!("{} is for an auth server", setting.name))
                .hint("name it with auth-url in the same section"),
        )),
        _ => Ok(section),
    }
}

fn read_value(
    setting: &'static SettingName,
    value: &Spanned<DeValue<'_>>,
) -> Result<ConfigValue, Fault> {
    let check = |value: &Spanned<DeValue<'_>>| {
        let DeValue::String(text) = value.get_ref() else {
            let what = match setting.kind {
                SettingKind::Text => "a string, in quotes",
                SettingKind::List => "an array of strings",
            };
            let error = SettingError::new(format!("{} must be {what}", setting.name));
            return Err(Fault::new(Some(value.span()), error));
        };
        match setting.check(text) {
            Ok(()) => Ok(text.as_ref().to_owned()),
            Err(error) => Err(Fault::new(Some(value.span()), error)),
        }
    };
    match (setting.kind, value.get_ref()) {
        (SettingKind::List, DeValue::Array(items)) => items
            .iter()
            .map(check)
            .collect::<Result<_, _>>()
            .map(ConfigValue::List),
        (SettingKind::List, DeValue::String(_)) => Err(Fault::new(
            Some(value.span()),
            SettingError::new(format!("{} must be an array of strings", setting.name)),
        )),
        _ => check(value).map(ConfigValue::Text),
    }
}

/// A fault at a place of the file.
struct Fault {
    span: Option<Range<usize>>,
    error: SettingError,
}

impl Fault {
    fn new(span: Option<Range<usize>>, error: SettingError) -> Self {
        Self { span, error }
    }

    fn at(self, path: &Path, text: &str) -> SettingError {
        let (line, column) = text::position(text, self.span.map_or(0, |span| span.start));
        let Self { error, .. } = self;
        SettingError {
            message: format!("{}:{line}:{column}: {}", path.display(), error.message),
            ..error
        }
    }
}
