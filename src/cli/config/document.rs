//! The config file as it is edited: comments, order and spaces survive.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::chat_core::{text, toml_syntax};
use crate::cli::Context;
use crate::cli::atomic_file;
use crate::cli::failure::Failure;
use crate::settings::{ConfigFile, ConfigValue, config_path, is_profile_name};

/// The config file, in memory.
pub(super) struct Document {
    /// Its path.
    pub(super) path: PathBuf,
    edited: DocumentMut,
    /// Its content; nothing where there is no file.
    pub(super) file: ConfigFile,
    /// The permissions of the file, where there is one.
    mode: Option<u32>,
    /// Held by those who change the file, so that no change of another command is lost.
    _lock: Option<File>,
}

impl Document {
    /// The config file of the user; an empty one where there is none.
    ///
    /// # Errors
    /// A file that can't be read, or with a fault.
    pub(super) fn open(context: &Context) -> Result<Self, Failure> {
        Self::read(path(context)?, None)
    }

    /// The same to change it. Other commands that change it wait until the result is dropped.
    ///
    /// # Errors
    /// As [`Document::open`], and a folder that can't be created.
    pub(super) fn open_to_change(context: &Context) -> Result<Self, Failure> {
        let path = path(context)?;
        let lock = lock(&path)?;
        Self::read(path, lock)
    }

    fn read(path: PathBuf, lock: Option<File>) -> Result<Self, Failure> {
        let (text, mode) = match read(&path)? {
            Some((text, mode)) => (text, Some(mode)),
            None => (String::new(), None),
        };
        let file = ConfigFile::parse(&path, &text)?;
        let edited = text.parse().map_err(|error: toml_edit::TomlError| {
            let what = toml_syntax::describe(error.message()).unwrap_or("not valid TOML");
            Failure::usage(format!("{}: {what}", path.display()))
        })?;
        Ok(Self {
            path,
            edited,
            file,
            mode,
            _lock: lock,
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
        save(&self.path, &text, self.mode, &self.file, context)
    }
}

/// Replaces the file at `path` by `text`, which says what `file` has. `old` are the permissions that it had; one with a
/// secret or a command is made private.
///
/// # Errors
/// A file that can't be written.
pub(super) fn save(
    path: &Path,
    text: &str,
    old: Option<u32>,
    file: &ConfigFile,
    context: &Context,
) -> Result<(), Failure> {
    let old = old.unwrap_or(0o600);
    let mode = if file.is_private() { old & 0o700 } else { old };
    write(path, text, mode)?;
    if mode != old {
        let notice = format!("{} is now readable for you alone", path.display());
        context.output.notice(&notice);
    }
    Ok(())
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

/// The text of the file at `path` and its permissions; `None` where there is none.
///
/// # Errors
/// A file that can't be read.
pub(super) fn read(path: &Path) -> Result<Option<(String, u32)>, Failure> {
    let found = (|| {
        let data = fs::metadata(path)?;
        if !data.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        Ok((text::read_file(path)?, data.permissions().mode() & 0o777))
    })();
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::usage(format!(
            "can't read {}: {error}",
            path.display()
        ))),
    }
}

/// Waits until no other command changes the file at `path`, and keeps others from it until the result is dropped. `None`
/// where the system has no locks for its folder, as on some network drives.
///
/// # Errors
/// A folder that can't be created.
pub(super) fn lock(path: &Path) -> Result<Option<File>, Failure> {
    create_folder(path).map_err(|error| unwritable(path, &error))?;
    // The folder, since the file itself is replaced.
    let folder = path.parent().and_then(|folder| File::open(folder).ok());
    Ok(folder.filter(|folder| folder.lock().is_ok()))
}

fn create_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => DirBuilder::new().recursive(true).mode(0o700).create(folder),
        None => Ok(()),
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("can't write {}: {error}", path.display()))
        .hint("name another file with CHATCTL_CONFIG")
}

/// Replaces the file at `path`, or the one that a link there leads to.
///
/// # Errors
/// A file that can't be written.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let written = (|| {
        create_folder(path)?;
        let target = fs::canonicalize(path);
        let target = target.as_deref().unwrap_or(path);
        atomic_file::replace(target, text.as_bytes(), mode)
    })();
    written.map_err(|error: io::Error| unwritable(path, &error))
}
