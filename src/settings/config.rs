//! The config file as a command uses it: where it is, and the profile in use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::auth::Authentication;
use super::config_file::{self, ConfigFile};
use super::key_command::LIMIT;
use super::section::{PathBase, SectionSource, open_to_others};
use super::source::{SettingResult, SettingSource};
use super::{Environment, Flags, Origin, SettingError, Settings};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::protocol::endpoint::Endpoint;

/// Set within `exec`, whose commands read no config file.
const WITHIN_EXEC: &str = "CHATCTL_EXEC";

/// The profile in use.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: Arc<str>,
    /// The source that chose it.
    pub origin: Origin,
}

/// The config file as a command uses it.
#[derive(Debug, Default)]
pub struct Config {
    path: Option<PathBuf>,
    file: Option<ConfigFile>,
    profile: Option<Profile>,
    /// The profile in use before the rest of the file.
    sources: Vec<SectionSource>,
    has_invalid_text: bool,
    fault: Option<ConfigFault>,
    is_off: bool,
}

/// The fault of a config file.
#[derive(Debug)]
struct ConfigFault {
    error: SettingError,
    /// True if a command that takes nothing from the file may run all the same: its text is wrong, and nobody asked for
    /// a profile of it.
    is_passable: bool,
}

impl Config {
    /// Reads the config file, if there is one, and finds the profile in use. Whatever is wrong with it is kept for
    /// [`Config::check`].
    pub fn load(flags: &Flags, environment: &Environment) -> Self {
        let mut config = Self::default();
        if let Err(error) = config.read(flags, environment) {
            let is_passable = config.has_invalid_text
                && asked_profile(flags, environment).is_ok_and(|asked| asked.is_none());
            config.fault = Some(ConfigFault { error, is_passable });
            config.sources.clear();
            config.profile = None;
        }
        config
    }

    fn read(&mut self, flags: &Flags, environment: &Environment) -> Result<(), SettingError> {
        let asked = asked_profile(flags, environment)?;
        self.is_off = environment.raw(WITHIN_EXEC).is_some();
        if self.is_off {
            return match asked {
                None => Ok(()),
                Some(asked) => Err(SettingError::new(format!(
                    "{}: within 'chatctl exec' no profile is used",
                    asked.origin
                ))
                .hint("run the command outside of exec")),
            };
        }
        self.path = config_path(environment)?;
        if let Some(path) = &self.path {
            let is_named = environment.raw("CHATCTL_CONFIG").is_some();
            if let Some((text, data)) = config_file::read_text(path, is_named)? {
                self.has_invalid_text = true;
                let file = ConfigFile::parse(path, &text)?;
                self.has_invalid_text = false;
                file.check_owner(path, &data)?;
                self.file = Some(file);
            }
        }
        self.profile = self.profile_in_use(asked)?;
        if self.file.is_some() {
            self.sources = self.sources(flags, environment);
        }
        Ok(())
    }

    /// The profile that was asked for, else that of the file.
    fn profile_in_use(&self, asked: Option<Profile>) -> Result<Option<Profile>, SettingError> {
        let of_file = || {
            let name = self.file.as_ref()?.chosen.clone()?;
            let origin = Origin::ConfigFile("profile");
            Some(Profile { name, origin })
        };
        let Some(wanted) = asked.or_else(of_file) else {
            return Ok(None);
        };
        let known = self.file.as_ref().map_or(&[][..], |file| &file.profiles);
        if known.iter().any(|(name, _)| *name == wanted.name) {
            return Ok(Some(wanted));
        }
        let error = SettingError::new(format!(
            "{}: there is no profile '{}'",
            wanted.origin, wanted.name
        ));
        let path = self.path.as_deref().unwrap_or(Path::new(""));
        let names: Vec<&str> = known.iter().map(|(name, _)| &**name).collect();
        Err(error.hint(match names[..] {
            [] => format!("{} has no profiles", path.display()),
            _ => format!("profiles in {}: {}", path.display(), names.join(", ")),
        }))
    }

    fn sources(&self, flags: &Flags, environment: &Environment) -> Vec<SectionSource> {
        let (Some(path), Some(file)) = (&self.path, &self.file) else {
            return Vec::new();
        };
        let paths = PathBase {
            folder: path.parent().unwrap_or(Path::new("/")).to_owned(),
            home: home(environment),
        };
        let given = Settings::new(vec![flags, environment]).timeout().ok();
        let limit = given
            .filter(|given| given.origin != Origin::Default)
            .map_or(LIMIT, |given| given.value);
        let mut sources = Vec::new();
        let mut base = file.base.clone();
        if let Some(Profile { name, .. }) = &self.profile
            && let Some(section) = file.profile(name)
        {
            if section.credential().is_some() {
                // One setting: nothing of the file's own signs in place of a profile's token.
                base = base.without_credentials();
            }
            let name = Some(Arc::clone(name));
            sources.push(SectionSource::new(
                section.clone(),
                name,
                paths.clone(),
                limit,
            ));
        }
        sources.push(SectionSource::new(base, None, paths, limit));
        sources
    }

    /// Checks that the file could be read, and that the profile exists.
    ///
    /// # Errors
    /// The fault, with its place.
    pub fn check(&self) -> Result<(), SettingError> {
        match &self.fault {
            None => Ok(()),
            Some(fault) => Err(fault.error.clone()),
        }
    }

    /// The fault of a file whose text is wrong, where a command that takes nothing from it may run all the same.
    pub fn passable_fault(&self) -> Option<&SettingError> {
        let fault = self.fault.as_ref().filter(|fault| fault.is_passable)?;
        Some(&fault.error)
    }

    /// Adds the sources, the most specific first.
    pub fn add_to<'a>(&'a self, sources: &mut Vec<&'a dyn SettingSource>) {
        for source in &self.sources {
            sources.push(source);
        }
        if let Some(fault) = &self.fault {
            sources.push(fault);
        }
    }

    /// The path of the file, whether it exists or not; none where no folder is known, and within `exec`.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The content of the file, where there is one.
    pub fn file(&self) -> Option<&ConfigFile> {
        self.file.as_ref()
    }

    /// The profile in use.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// Returns whether this runs within `exec`, where no config file is read.
    pub fn is_off(&self) -> bool {
        self.is_off
    }
}

/// A file that can't be used gives nothing where nothing depends on it, and must not look like one without credentials and
/// endpoint: another key or server would be used in place of the user's.
impl SettingSource for ConfigFault {
    fn authentication(&self) -> SettingResult<Authentication> {
        Err(self.error.clone())
    }

    fn key(&self) -> SettingResult<ApiKey> {
        Err(self.error.clone())
    }

    /// None, as those of a section.
    fn keys(&self) -> Result<Vec<ApiKey>, SettingError> {
        Ok(Vec::new())
    }

    fn endpoint(&self) -> SettingResult<Endpoint> {
        Err(self.error.clone())
    }
}

/// The profile of the flag, else of the environment.
fn asked_profile(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<Profile>, SettingError> {
    let (name, origin) = match &flags.profile {
        Some(name) => (name.as_str(), Origin::Flag("--profile")),
        None => match environment.get("CHATCTL_PROFILE")? {
            Some(name) => (name, Origin::Environment("CHATCTL_PROFILE")),
            None => return Ok(None),
        },
    };
    if name.is_empty() {
        return Err(SettingError::new(format!("{origin} is empty"))
            .hint("name a profile, or leave the setting out"));
    }
    Ok(Some(Profile {
        name: name.into(),
        origin,
    }))
}

/// The path of the config file: that of `CHATCTL_CONFIG`, else in the user's folder for such files. `None` where that is
/// not known.
///
/// # Errors
/// A path in `CHATCTL_CONFIG` that is empty or relative.
pub fn config_path(environment: &Environment) -> Result<Option<PathBuf>, SettingError> {
    if let Some(path) = environment.get("CHATCTL_CONFIG")? {
        let path = PathBuf::from(path);
        if !path.is_absolute() {
            return Err(SettingError::new(format!(
                "CHATCTL_CONFIG must be an absolute path: {}",
                path.display()
            ))
            .hint("no file of the working directory is read"));
        }
        return Ok(Some(path));
    }
    let absolute = |name| {
        let path = environment.raw(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let folder = absolute("XDG_CONFIG_HOME").or_else(|| Some(home(environment)?.join(".config")));
    Ok(folder.map(|folder| folder.join("chatctl/config.toml")))
}

fn home(environment: &Environment) -> Option<PathBuf> {
    let home = environment.raw("HOME").map(PathBuf::from);
    home.filter(|path| path.is_absolute())
}

impl Flags {
    /// The file of the flags that holds a secret and that others can read, where it is this user's own.
    pub fn open_secret_file(&self) -> Option<&Path> {
        let files = [&self.key_file, &self.token_file];
        let mut files = files.into_iter().flatten();
        files
            .find(|path| open_to_others(path))
            .map(PathBuf::as_path)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::environment::of_pairs;
    use super::*;
    use crate::settings::Authentication;

    struct Home(tempfile::TempDir);

    impl Home {
        fn with(text: &str) -> Self {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("config.toml");
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            Self(home)
        }

        fn environment(&self, more: &[(&str, &str)]) -> Environment {
            let path = self.0.path().join("config.toml");
            let mut pairs = vec![("CHATCTL_CONFIG", path.to_str().unwrap())];
            pairs.extend(more);
            of_pairs(&pairs)
        }

        fn load(&self, more: &[(&str, &str)]) -> Config {
            Config::load(&Flags::default(), &self.environment(more))
        }
    }

    fn fault(text: &str) -> SettingError {
        ConfigFile::parse(Path::new("/c"), text).unwrap_err()
    }

    #[test]
    fn values_come_from_profile_then_file_below_the_environment() {
        let home = Home::with(
            "timeout = '4s'\nendpoint = 'main'\nclient-id = 'base'\nprofile = 'a'\n\
             [profiles.a]\nendpoint = 'nonprod:sandbox'\n[profiles.b]\ntimeout = '5s'\n",
        );
        let variables = home.environment(&[("ABLY_CLIENT_ID", "env")]);
        let flags = Flags::default();
        let config = Config::load(&flags, &variables);
        let mut sources: Vec<&dyn SettingSource> = vec![&flags, &variables];
        config.add_to(&mut sources);
        let settings = Settings::new(sources);
        let endpoint = settings.endpoint().unwrap();
        assert_eq!(endpoint.origin.to_string(), "endpoint of profile a");
        assert_eq!(
            endpoint.value.http_base(),
            "https://sandbox.realtime.ably-nonprod.net"
        );
        assert_eq!(settings.client_id().unwrap().unwrap().value, "env");
        let timeout = settings.timeout().unwrap();
        assert_eq!(timeout.origin, Origin::ConfigFile("timeout"));
        assert!(!settings.is_local().unwrap());
        let other = home.load(&[("CHATCTL_PROFILE", "b")]);
        assert_eq!(&*other.profile().unwrap().name, "b");
    }

    #[test]
    fn profile_without_credentials_keeps_the_local_server() {
        let home = Home::with("[profiles.a]\nclient-id = 'ann'\n[profiles.b]\nkey = 'a.b:c'\n");
        for (profile, is_local) in [("a", true), ("b", false)] {
            let config = home.load(&[("CHATCTL_PROFILE", profile)]);
            let mut sources = Vec::new();
            config.add_to(&mut sources);
            assert_eq!(Settings::new(sources).is_local().unwrap(), is_local);
        }
    }

    #[test]
    fn token_of_a_profile_hides_the_key_of_the_file() {
        let home = Home::with("key = 'a.b:c'\n[profiles.a]\ntoken = 'x.y.z'\n");
        let config = home.load(&[("CHATCTL_PROFILE", "a")]);
        let mut sources = Vec::new();
        config.add_to(&mut sources);
        let settings = Settings::new(sources);
        assert!(settings.key().unwrap().is_none());
        assert!(settings.credential().unwrap().is_some());
    }

    #[test]
    fn faults_name_line_column_and_nearest_name() {
        for (text, place, words) in [
            (
                "timeout = '4s'\nend-point = 'x'\n",
                "/c:2:1",
                "unknown setting 'end-point'",
            ),
            ("[profiles.a]\ntimeout = 5\n", "/c:2:11", "must be a string"),
            ("timeout = '5'\n", "/c:1:11", "not a duration"),
            ("key = 'hidden'\n", "/c:1:7", "Invalid API key"),
            ("key = 'a.b:c'\ntoken = 'x'\n", "/c:2:1", "contradict"),
            ("auth-headers = ['A: b']\n", "/c:1:1", "auth server"),
            (
                "auth-url = 'http://x/'\nauth-headers = 'A: b'\n",
                "/c:2:16",
                "array",
            ),
            ("x = \n", "/c:1:5", ""),
            ("profile = 'a b'\n", "/c:1:11", "profile name"),
            ("profiles = 1\n", "/c:1:12", "tables"),
        ] {
            let error = fault(text);
            assert!(error.message.starts_with(place), "{error}");
            assert!(error.message.contains(words), "{error}");
            assert!(!error.message.contains("hidden"), "{error}");
        }
        let hint = fault("end-point = 'x'\n").hint.unwrap();
        assert!(hint.contains("'endpoint'"), "{hint}");
    }

    #[test]
    fn file_with_a_command_must_be_writable_by_its_owner_alone() {
        let home = Home::with("key-command = 'echo a.b:c'\n");
        let chmod = |mode| {
            let path = home.0.path().join("config.toml");
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
            home.load(&[]).check().is_ok()
        };
        assert!(chmod(0o600) && chmod(0o644));
        assert!(!chmod(0o664) && !chmod(0o602));
        let home = Home::with("key = 'a.b:c'\n");
        let path = home.0.path().join("config.toml");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = home.load(&[]).check().unwrap_err();
        assert!(error.hint.unwrap().contains("chmod 600"));
    }

    #[test]
    fn command_runs_once_and_only_when_the_key_is_needed() {
        let home = Home::with("");
        let runs = home.0.path().join("runs");
        let command = format!("echo x >> {}; echo ' a.b:c '; echo more", runs.display());
        let home2 = Home::with(&format!("key-command = \"{command}\"\n"));
        let config = home2.load(&[]);
        let mut sources = Vec::new();
        config.add_to(&mut sources);
        let settings = Settings::new(sources);
        assert!(!settings.is_local().unwrap() && !runs.exists());
        let found = settings.authentication().unwrap().unwrap();
        let Authentication::KeyCommand(command) = found.value else {
            panic!("it is a key-command");
        };
        assert_eq!(command.key().unwrap().name(), "a.b");
        assert_eq!(settings.key().unwrap().unwrap().value.name(), "a.b");
        assert_eq!(std::fs::read_to_string(runs).unwrap(), "x\n");
    }

    #[test]
    fn within_exec_nothing_is_read() {
        let home = Home::with("endpoint = 'main'\n[profiles.a]\n");
        let config = home.load(&[("CHATCTL_EXEC", "1")]);
        assert!(config.check().is_ok() && config.file().is_none());
        let asked = home.load(&[("CHATCTL_EXEC", "1"), ("CHATCTL_PROFILE", "a")]);
        assert!(asked.check().is_err());
    }

    #[test]
    fn path_is_the_users_and_never_relative() {
        let path = |pairs: &[(&str, &str)]| config_path(&of_pairs(pairs));
        let of = |pairs| path(pairs).unwrap().map(|path| path.display().to_string());
        assert_eq!(
            of(&[("HOME", "/h")]).unwrap(),
            "/h/.config/chatctl/config.toml"
        );
        let both = [("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")];
        assert_eq!(of(&both).unwrap(), "/x/chatctl/config.toml");
        let relative = [("HOME", "/h"), ("XDG_CONFIG_HOME", "x")];
        assert_eq!(of(&relative).unwrap(), "/h/.config/chatctl/config.toml");
        assert_eq!(of(&[]), None);
        assert!(path(&[("CHATCTL_CONFIG", "config.toml")]).is_err());
    }
}
