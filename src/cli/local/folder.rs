//! The folder of the local server, and the files in it, all of them readable for this user alone.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::chat_core::auth::ApiKey;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::random::Random;
use crate::chat_core::text;
use crate::cli::atomic_file;
use crate::cli::failure::Failure;
use crate::output::to_json;
use crate::settings::Environment;

/// The folder of the local server.
#[derive(Clone)]
pub(super) struct Folder(PathBuf);

/// The state of a running server, which it wrote itself. It is valid only while the server lives.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LocalState {
    /// `http://host:port`.
    pub url: String,
    /// The host.
    pub endpoint: String,
    /// The port.
    pub port: u16,
    /// The time of the start.
    pub started: Timestamp,
    /// A path that only readers of this file know. The server's answer there proves that it wrote this.
    pub ask: String,
    /// The answer at the path `ask`.
    pub answer: String,
    /// The token for what is under `/chatctl/`.
    #[serde(default)]
    pub admin_token: String,
}

impl Folder {
    /// The folder of this user: below `XDG_STATE_HOME`, else below `~/.local/state`.
    ///
    /// # Errors
    /// Neither is known.
    pub(super) fn of(environment: &Environment) -> Result<Self, Failure> {
        let absolute = |name| {
            environment
                .raw(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        absolute("XDG_STATE_HOME")
            .or_else(|| Some(absolute("HOME")?.join(".local/state")))
            .map(|state| Self(state.join("chatctl/local")))
            .ok_or_else(|| {
                Failure::usage("there is no folder for the local server: HOME is not set")
                    .hint("set HOME or XDG_STATE_HOME to a folder, or ABLY_API_KEY to use Ably")
            })
    }

    /// The folder at `path`.
    pub(super) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Creates it, if it does not exist.
    ///
    /// # Errors
    /// A folder that can't be written.
    pub(super) fn create(&self) -> Result<(), Failure> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .and_then(|()| fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700)))
            .map_err(|error| self.unwritable(&error))
    }

    /// The failure where the folder can't be written.
    pub(super) fn unwritable(&self, error: &io::Error) -> Failure {
        Failure::usage(format!(
            "the local server's folder {} can't be written: {error}",
            self.0.display()
        ))
        .hint(
            "name another folder with XDG_STATE_HOME, run the command on a server of its own with \
             'chatctl exec -- chatctl …', or set ABLY_API_KEY to use Ably",
        )
    }

    /// The file with the key.
    pub(super) fn key_file(&self) -> PathBuf {
        self.0.join("key")
    }

    /// The file with the rooms.
    pub(super) fn store(&self) -> PathBuf {
        self.0.join("rooms.sqlite")
    }

    /// Deletes the rooms. No server may use them meanwhile.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn delete_store(&self) -> anyhow::Result<()> {
        // The store itself goes last: without it, the others mean nothing.
        for beside in ["-journal", "-wal", "-shm", ""] {
            let mut path = self.store().into_os_string();
            path.push(beside);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("can't delete {}", path.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The file with the log.
    pub(super) fn log_file(&self) -> PathBuf {
        self.0.join("server.log")
    }

    /// The file that a command locks while it starts the server.
    pub(super) fn start_lock(&self) -> PathBuf {
        self.0.join("start.lock")
    }

    /// The file that the server locks for as long as it lives.
    pub(super) fn server_lock(&self) -> PathBuf {
        self.0.join("server.lock")
    }

    /// Returns whether no command has told the user of this start of the server. From then on one has.
    pub(super) fn is_first_use(&self) -> bool {
        let mut options = OpenOptions::new();
        let created = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.notice_file());
        // Where it can't be written, the user is told each time.
        !created.is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists)
    }

    /// Has the next command tell the user of the server, which starts.
    pub(super) fn forget_use(&self) {
        let _ = fs::remove_file(self.notice_file());
    }

    /// The file that says that a command has told the user of the server.
    fn notice_file(&self) -> PathBuf {
        self.0.join("noticed")
    }

    fn state_file(&self) -> PathBuf {
        self.0.join("server.json")
    }

    /// Makes the key readable for this user alone. Returns whether others could read it.
    ///
    /// # Errors
    /// A file that is not this user's.
    pub(super) fn guard_key(&self) -> Result<bool, Failure> {
        let path = self.key_file();
        let Ok(data) = fs::metadata(&path) else {
            return Ok(false);
        };
        let of_others = data.permissions().mode() & 0o077;
        if !data.is_file() || of_others == 0 {
            return Ok(false);
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(|error| {
            self.bad_key(&format!(
                "others can read it, and that can't be changed: {error}"
            ))
        })?;
        Ok(true)
    }

    /// The key, if there is one.
    ///
    /// # Errors
    /// A file that can't be read, or that does not contain a key.
    pub(super) fn known_key(&self) -> Result<Option<ApiKey>, Failure> {
        match text::read_file(&self.key_file()) {
            Ok(text) => ApiKey::parse(text.trim_end())
                .map(Some)
                .map_err(|error| self.bad_key(&error.message)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(self.bad_key("not valid UTF-8"))
            }
            Err(error) => Err(self.bad_key(&error.to_string())),
        }
    }

    fn bad_key(&self, what: &str) -> Failure {
        Failure::usage(format!(
            "the local server's key in {}: {what}",
            self.key_file().display()
        ))
        .hint(
            "restore the key; or run 'chatctl local stop' and remove the file: another key is generated. It belongs to another \
             app, which does not see the rooms of this one",
        )
    }

    /// Returns the key, which is generated if there is none. Processes that do so at once get the same.
    ///
    /// # Errors
    /// A file that can't be read or written.
    pub(super) fn key(&self, random: &Random) -> Result<ApiKey, Failure> {
        if let Some(key) = self.known_key()? {
            return Ok(key);
        }
        self.create()?;
        let path = self.key_file();
        let key = ApiKey::generate(random);
        match atomic_file::create_private(&path, &key.reveal()) {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self
                .known_key()?
                .ok_or_else(|| self.bad_key("it existed and is gone")),
            Err(error) => Err(self.unwritable(&error)),
        }
    }

    /// The state that the last server wrote, if it can be read.
    pub(super) fn state(&self) -> Option<LocalState> {
        let text = fs::read(self.state_file()).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Replaces the state of the server atomically.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn write_state(&self, state: &LocalState) -> anyhow::Result<()> {
        let path = self.state_file();
        atomic_file::write_private(&path, &to_json(state).to_string())
            .with_context(|| format!("can't write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn folder_of(pairs: &[(&str, &str)]) -> Option<PathBuf> {
        let environment = pairs
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)))
            .collect();
        Folder::of(&environment).ok().map(|folder| folder.0)
    }

    #[test]
    fn it_stands_in_the_state_folder_of_the_user() {
        assert_eq!(
            folder_of(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]),
            Some("/s/chatctl/local".into())
        );
        // A relative path must be ignored, as the specification says.
        for state in ["", "s"] {
            assert_eq!(
                folder_of(&[("HOME", "/h"), ("XDG_STATE_HOME", state)]),
                Some("/h/.local/state/chatctl/local".into())
            );
        }
        assert_eq!(folder_of(&[]), None);
    }

    #[test]
    fn key_is_generated_once_and_private() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(&home.path().join("a/b"));
        assert!(folder.known_key().unwrap().is_none());
        let keys: Vec<ApiKey> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| folder.key(&Random::from_system()).unwrap()))
                .collect();
            makers
                .into_iter()
                .map(|maker| maker.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.key_file()), 0o600);
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn invalid_key_file_is_named_without_its_content() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path());
        fs::write(folder.key_file(), "hidden").unwrap();
        let error = folder.known_key().unwrap_err().report.message;
        assert!(
            error.contains("key") && !error.contains("hidden"),
            "{error}"
        );
    }

    #[test]
    fn a_key_that_others_can_read_is_theirs_no_longer() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path());
        assert!(!folder.guard_key().unwrap());
        folder.key(&Random::from_system()).unwrap();
        assert!(!folder.guard_key().unwrap());
        for mode in [0o644, 0o640, 0o602] {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(folder.key_file(), mode).unwrap();
            assert!(folder.guard_key().unwrap());
            let mode = fs::metadata(folder.key_file())
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
