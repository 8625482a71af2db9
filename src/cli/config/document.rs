//! The config file as it is edited: comments, order and spaces survive.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::chat_core::text;
use crate::cli::Context;
use crate::cli::atomic_file;
use crate::cli::failure::Failure;
use crate::settings::{ConfigFile, ConfigValue, config_path, is_profile_name};

/// The config file, in memory.
pub(super) struct Document {
    /// Its path.
    pub(super) path: PathBuf,
    edited: DocumentMut,
    /// What it says; nothing where there is no file.
    pub(super) file: ConfigFile,
    /// The permissions of the file, where there is one.
    mode: Option<u32>,
}

impl Document {
    /// The config file of the user; an empty one where there is none.
    ///
    /// # Errors
    /// A file that can't be read, or with a fault.
    pub(super) fn open(context: &Context) -> Result<Self, Failure> {
        let path = path(context)?;
        let (text, mode) = match read(&path) {
            Ok((text, mode)) => (text, Some(mode)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (String::new(), None),
            Err(error) => {
                return Err(Failure::usage(format!(
                    "can't read {}: {error}",
                    path.display()
                )));
            }
        };
        let file = ConfigFile::parse(&path, &text)?;
        let edited = text.parse().map_err(|error: toml_edit::TomlError| {
            Failure::usage(format!("{}: {}", path.display(), error.message()))
        })?;
        Ok(Self {
            path,
            edited,
            file,
            mode,
        })
    }

    /// Sets a value outside all profiles, or in a profile, which is created if it does not exist.
    ///
    /// # Errors
    /// A name that no profile can have.
    pub(super) fn set(
        &mut self,
        profile: Option<&str>,
        name: &str,
        value: &ConfigValue,
    ) -> Result<(), Failure> {
        let mut value = match value {
            ConfigValue::Text(text) => Value::from(text.as_str()),
            ConfigValue::List(texts) => texts.iter().collect::<Array>().into(),
        };
        let section = self.section(profile)?;
        match section.get_mut(name).and_then(Item::as_value_mut) {
            Some(old) => {
                // A comment behind the value is part of it.
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => {
                section.insert(name, Item::Value(value));
            }
        }
        Ok(())
    }

    /// Removes a value. Returns whether there was one.
    ///
    /// # Errors
    /// A name that no profile can have.
    pub(super) fn unset(&mut self, profile: Option<&str>, name: &str) -> Result<bool, Failure> {
        Ok(self.section(profile)?.remove(name).is_some())
    }

    /// The failure where the file has no profile `name`.
    pub(super) fn unknown_profile(&self, name: &str) -> Failure {
        let names: Vec<&str> = self.file.profiles.iter().map(|(name, _)| &**name).collect();
        Failure::usage(format!("there is no profile '{name}'")).hint(match names[..] {
            [] => format!("create it: chatctl config set endpoint ENDPOINT --profile {name}"),
            _ => format!("profiles: {}", names.join(", ")),
        })
    }

    fn section(&mut self, profile: Option<&str>) -> Result<&mut dyn TableLike, Failure> {
        let Some(profile) = profile else {
            return Ok(self.edited.as_table_mut());
        };
        if !is_profile_name(profile) {
            return Err(Failure::usage(format!(
                "--profile: '{profile}' is not a valid profile name"
            ))
            .hint("use letters, digits, '-', '_' and '.'"));
        }
        let profiles = self.edited.entry("profiles").or_insert_with(|| {
            let mut profiles = Table::new();
            profiles.set_implicit(true);
            Item::Table(profiles)
        });
        let is_inline = profiles.is_inline_table();
        let unusable = || Failure::usage("profiles must be tables, [profiles.NAME] each");
        let profiles = profiles.as_table_like_mut().ok_or_else(unusable)?;
        let section = profiles.entry(profile).or_insert_with(|| {
            if is_inline {
                Item::Value(InlineTable::new().into())
            } else {
                Item::Table(Table::new())
            }
        });
        section.as_table_like_mut().ok_or_else(unusable)
    }

    /// Checks the content, and replaces the file by it. A file with a secret or a command is made private.
    ///
    /// # Errors
    /// An invalid value; a file that can't be written.
    pub(super) fn save(&mut self, context: &Context) -> Result<(), Failure> {
        let text = self.edited.to_string();
        self.file = ConfigFile::parse(&self.path, &text)?;
        let old = self.mode.unwrap_or(0o600);
        let mode = if self.file.is_private() {
            old & 0o700
        } else {
            old
        };
        write(&self.path, &text, mode)?;
        if mode != old {
            context.output.notice(&format!(
                "{} is now readable for you alone",
                self.path.display()
            ));
        }
        Ok(())
    }
}

/// The path of the user's config file.
///
/// # Errors
/// None is known.
pub(super) fn path(context: &Context) -> Result<PathBuf, Failure> {
    config_path(&context.environment)?.ok_or_else(|| {
        Failure::usage("there is no folder for the config file: HOME is not set")
            .hint("set HOME or XDG_CONFIG_HOME to a folder, or CHATCTL_CONFIG to a file")
    })
}

/// The text of the file and its permissions.
fn read(path: &Path) -> io::Result<(String, u32)> {
    let data = fs::metadata(path)?;
    if !data.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok((text::read_file(path)?, data.permissions().mode() & 0o777))
}

/// Replaces the file at `path`, or the one that a link there leads to.
///
/// # Errors
/// A file that can't be written.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let written = (|| {
        if let Some(folder) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let target = fs::canonicalize(path);
        let target = target.as_deref().unwrap_or(path);
        atomic_file::replace(target, text.as_bytes(), mode)
    })();
    written.map_err(|error: io::Error| {
        Failure::usage(format!("can't write {}: {error}", path.display()))
            .hint("name another file with CHATCTL_CONFIG")
    })
}
