//! The credential: a key, a token, or where tokens are fetched from. One setting, which the most specific source gives.

use std::fmt;
use std::path::Path;

use super::{Environment, Flags, Origin, SettingError, Sourced};
use crate::chat_core::auth::token_source::{AuthUrl, TokenSource};
use crate::chat_core::auth::{ApiKey, Credential, Secret};

/// What lets a command in.
#[derive(Clone, Debug)]
pub enum Login {
    /// A key or a token.
    Credential(Credential),
    /// Tokens that are fetched.
    Source(TokenSource),
}

/// What lets a command in, if anybody says. Flags come before the environment, and there `ABLY_TOKEN` before
/// `ABLY_API_KEY` before `CHATCTL_AUTH_URL` and `CHATCTL_AUTH_COMMAND`.
///
/// # Errors
/// A source that is empty or malformed, two flags that contradict each other, and an option of `--auth-url` without it.
pub fn login(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<Sourced<Login>>, SettingError> {
    let login = match of_flags(flags)? {
        Some(login) => Some(login),
        None => of_environment(flags, environment)?,
    };
    let is_url = matches!(
        &login,
        Some(Sourced {
            value: Login::Source(TokenSource::Url(_)),
            ..
        })
    );
    let stray = [
        (flags.auth_method.is_some(), "--auth-method"),
        (!flags.auth_header.is_empty(), "--auth-header"),
        (!flags.auth_param.is_empty(), "--auth-param"),
    ];
    match stray.iter().find(|(is_given, _)| *is_given && !is_url) {
        Some((_, name)) => Err(SettingError::new(format!("{name} is for an auth server"))
            .hint("name it with --auth-url or CHATCTL_AUTH_URL")),
        None => Ok(login),
    }
}

/// The key or the token, if any source gives one, for those who fetch nothing.
///
/// # Errors
/// As [`login`], and a flag that names a source of tokens.
pub fn credential(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<Sourced<Credential>>, SettingError> {
    match login(flags, environment)? {
        Some(Sourced {
            value: Login::Credential(value),
            origin,
        }) => Ok(Some(Sourced { value, origin })),
        Some(Sourced {
            origin: origin @ Origin::Flag(_),
            ..
        }) => Err(
            SettingError::new(format!("{origin}: this command fetches nothing"))
                .hint("give the token itself, with --token-file or ABLY_TOKEN"),
        ),
        _ => Ok(None),
    }
}

/// The API key, if the credential is one; an error that says so if it is a token.
///
/// # Errors
/// As [`login`], and a token where a key is needed.
pub fn key(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<Sourced<ApiKey>>, SettingError> {
    // A key is what signs: a token beside it in the environment does not matter here.
    if given(flags).is_empty() {
        let origin = Origin::Environment("ABLY_API_KEY");
        return environment
            .get("ABLY_API_KEY")?
            .map(|text| {
                let value =
                    ApiKey::parse(text).map_err(|error| SettingError::about(origin, &error))?;
                Ok(Sourced { value, origin })
            })
            .transpose();
    }
    match credential(flags, environment)? {
        Some(Sourced {
            value: Credential::Key(value),
            origin,
        }) => Ok(Some(Sourced { value, origin })),
        Some(Sourced { origin, .. }) => Err(SettingError::new(format!(
            "{origin} gives a token, and this needs an API key"
        ))
        .hint("set ABLY_API_KEY or give --key-file")),
        None => Ok(None),
    }
}

/// The flags that give the credential, each as often as it is given.
fn given(flags: &Flags) -> Vec<&'static str> {
    let mut given = vec!["--key"; flags.key.len()];
    let others = [
        ("--token", flags.token.is_some()),
        ("--key-file", flags.key_file.is_some()),
        ("--token-file", flags.token_file.is_some()),
        ("--auth-url", flags.auth_url.is_some()),
        ("--auth-command", flags.auth_command.is_some()),
    ];
    given.extend(
        others
            .iter()
            .filter(|(_, is_given)| *is_given)
            .map(|(name, _)| *name),
    );
    given
}

fn of_flags(flags: &Flags) -> Result<Option<Sourced<Login>>, SettingError> {
    let given = given(flags);
    if let [first, second, ..] = given[..] {
        let what = if first == second {
            format!("{first} is given twice")
        } else {
            format!("{first} and {second} contradict each other")
        };
        return Err(SettingError::new(what).hint("give one credential"));
    }
    let Some(name) = given.first() else {
        return Ok(None);
    };
    let origin = Origin::Flag(name);
    if let Some(text) = flags.key.first() {
        return read_credential(origin, text, true).map(Some);
    }
    if let Some(text) = &flags.token {
        return read_credential(origin, text, false).map(Some);
    }
    if let Some(path) = &flags.key_file {
        return read_credential(origin, &contents(name, path)?, true).map(Some);
    }
    if let Some(path) = &flags.token_file {
        return read_credential(origin, &contents(name, path)?, false).map(Some);
    }
    if let Some(url) = &flags.auth_url {
        return of_url(origin, url, flags).map(Some);
    }
    match &flags.auth_command {
        Some(command) => of_command(origin, command).map(Some),
        None => Ok(None),
    }
}

fn of_environment(
    flags: &Flags,
    environment: &Environment,
) -> Result<Option<Sourced<Login>>, SettingError> {
    // All are looked at, so that an empty one is never passed over in silence.
    let token = environment.get("ABLY_TOKEN")?;
    let key = environment.get("ABLY_API_KEY")?;
    let url = environment.get("CHATCTL_AUTH_URL")?;
    let command = environment.get("CHATCTL_AUTH_COMMAND")?;
    if let Some(token) = token {
        return read_credential(Origin::Environment("ABLY_TOKEN"), token, false).map(Some);
    }
    if let Some(key) = key {
        return read_credential(Origin::Environment("ABLY_API_KEY"), key, true).map(Some);
    }
    match (url, command) {
        (Some(_), Some(_)) => Err(SettingError::new(
            "CHATCTL_AUTH_URL and CHATCTL_AUTH_COMMAND contradict each other",
        )
        .hint("unset one of them")),
        (Some(url), None) => of_url(Origin::Environment("CHATCTL_AUTH_URL"), url, flags).map(Some),
        (None, Some(command)) => {
            of_command(Origin::Environment("CHATCTL_AUTH_COMMAND"), command).map(Some)
        }
        (None, None) => Ok(None),
    }
}

/// What a file holds, without the line break at its end.
fn contents(name: &str, path: &Path) -> Result<String, SettingError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        SettingError::new(format!("{name}: can't read {}: {error}", path.display()))
    })?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

fn of_url(origin: Origin, text: &str, flags: &Flags) -> Result<Sourced<Login>, SettingError> {
    Ok(Sourced {
        value: Login::Source(TokenSource::Url(auth_url(&origin, text, flags)?)),
        origin,
    })
}

/// The auth server at the URL `text`, asked as `--auth-method`, `--auth-header` and `--auth-param` say. `name` is
/// what gave the URL, in messages.
///
/// # Errors
/// A text that is no URL, or that carries a password; a malformed header or parameter.
pub fn auth_url(
    name: &dyn fmt::Display,
    text: &str,
    flags: &Flags,
) -> Result<AuthUrl, SettingError> {
    let fault = |what: &str| {
        SettingError::new(format!("{name}: {what}")).hint("as in https://example.com/api/ably-jwt")
    };
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or_else(|| fault("it is no http:// or https:// URL"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(fault("it is no URL"));
    }
    if authority.contains('@') {
        return Err(fault("there is a name or a password in the URL")
            .hint("give it with --auth-header 'Authorization: Basic …'"));
    }
    let headers = pairs("--auth-header", &flags.auth_header, ':')?;
    if let Some((header, _)) = headers.iter().find(|(name, value)| !is_header(name, value)) {
        return Err(SettingError::new(format!(
            "--auth-header: '{header}' or its value can't stand in a header"
        )));
    }
    Ok(AuthUrl {
        url: text.to_owned(),
        method: flags.auth_method.unwrap_or_default(),
        headers,
        params: pairs("--auth-param", &flags.auth_param, '=')?,
    })
}

/// Whether a header may have this name and this value.
pub fn is_header(name: &str, value: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    name.bytes().all(is_token) && !value.chars().any(char::is_control)
}

fn pairs(
    flag: &str,
    given: &[String],
    between: char,
) -> Result<Vec<(String, String)>, SettingError> {
    given
        .iter()
        .map(|pair| match pair.split_once(between) {
            Some((name, value)) if !name.trim().is_empty() => {
                let value = if between == ':' { value.trim() } else { value };
                Ok((name.trim().to_owned(), value.to_owned()))
            }
            // The pair itself is not shown: it may be a secret.
            _ => Err(SettingError::new(format!(
                "{flag}: it is not of the form NAME{between}VALUE"
            ))),
        })
        .collect()
}

fn of_command(origin: Origin, text: &str) -> Result<Sourced<Login>, SettingError> {
    if text.trim().is_empty() {
        return Err(
            SettingError::new(format!("{origin} is empty")).hint("give a command for the shell")
        );
    }
    Ok(Sourced {
        value: Login::Source(TokenSource::Command(text.to_owned())),
        origin,
    })
}

fn read_credential(
    origin: Origin,
    text: &str,
    is_key: bool,
) -> Result<Sourced<Login>, SettingError> {
    if text.is_empty() {
        return Err(SettingError::new(format!("{origin} is empty"))
            .hint("give the credential, or leave the setting out"));
    }
    let value = if is_key {
        Credential::Key(ApiKey::parse(text).map_err(|error| SettingError::about(origin, &error))?)
    } else {
        let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
        if let Ok(key) = ApiKey::parse(text) {
            return Err(SettingError::new(format!(
                "{origin} holds an API key ({}), not a token",
                key.name()
            ))
            .hint("put it into ABLY_API_KEY or --key-file"));
        }
        Credential::Token(Secret::new(text))
    };
    Ok(Sourced {
        value: Login::Credential(value),
        origin,
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)))
            .collect()
    }

    #[test]
    fn a_token_beats_a_key_in_the_environment_and_a_flag_beats_both() {
        let both = environment(&[("ABLY_TOKEN", "x.y.z"), ("ABLY_API_KEY", "a.b:c")]);
        let found = credential(&Flags::default(), &both).unwrap().unwrap();
        assert_eq!(found.origin, Origin::Environment("ABLY_TOKEN"));
        let flags = Flags {
            key: vec!["d.e:f".to_owned()],
            ..Flags::default()
        };
        let found = credential(&flags, &both).unwrap().unwrap();
        assert_eq!(found.origin, Origin::Flag("--key"));
        assert!(matches!(found.value, Credential::Key(key) if key.name() == "d.e"));
    }

    #[test]
    fn an_empty_variable_is_an_error_that_names_it() {
        for name in ["ABLY_API_KEY", "ABLY_TOKEN"] {
            let error = credential(&Flags::default(), &environment(&[(name, "")])).unwrap_err();
            assert!(error.message.contains(name), "{error}");
        }
        // Also behind a variable that would win.
        let error = credential(
            &Flags::default(),
            &environment(&[("ABLY_TOKEN", "a.b.c"), ("ABLY_API_KEY", "")]),
        )
        .unwrap_err();
        assert!(error.message.contains("ABLY_API_KEY"));
    }

    #[test]
    fn two_flags_for_the_credential_are_an_error() {
        let flags = Flags {
            key: vec!["a.b:c".to_owned()],
            token: Some("x".to_owned()),
            ..Flags::default()
        };
        assert!(
            credential(&flags, &Environment::default())
                .unwrap_err()
                .message
                .contains("--key and --token")
        );
    }

    #[test]
    fn a_key_in_the_place_of_a_token_is_named_without_its_secret() {
        let error = credential(
            &Flags::default(),
            &environment(&[("ABLY_TOKEN", "a.b:hidden")]),
        )
        .unwrap_err();
        assert!(
            error.message.contains("a.b") && !error.message.contains("hidden"),
            "{error}"
        );
    }

    #[test]
    fn a_source_comes_after_key_and_token_and_stands_alone_among_flags() {
        let url = ("CHATCTL_AUTH_URL", "http://x/auth?own=1");
        let found = login(&Flags::default(), &environment(&[url]))
            .unwrap()
            .unwrap();
        assert_eq!(found.origin, Origin::Environment("CHATCTL_AUTH_URL"));
        let found = login(
            &Flags::default(),
            &environment(&[url, ("ABLY_API_KEY", "a.b:c")]),
        );
        assert_eq!(
            found.unwrap().unwrap().origin,
            Origin::Environment("ABLY_API_KEY")
        );
        let both = environment(&[url, ("CHATCTL_AUTH_COMMAND", "echo")]);
        assert!(login(&Flags::default(), &both).is_err());
        // What fetches nothing looks past it.
        assert!(
            credential(&Flags::default(), &environment(&[url]))
                .unwrap()
                .is_none()
        );
        let flags = |url: &str| Flags {
            auth_url: Some(url.to_owned()),
            ..Flags::default()
        };
        assert!(credential(&flags("http://x/"), &Environment::default()).is_err());
        for bad in ["", "x", "ftp://x/", "http:///a", "http://me:hidden@x/"] {
            let error = login(&flags(bad), &Environment::default()).unwrap_err();
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
        let two = Flags {
            auth_command: Some("echo".to_owned()),
            ..flags("http://x/")
        };
        assert!(login(&two, &Environment::default()).is_err());
        let stray = Flags {
            auth_header: vec!["A: b".to_owned()],
            ..Flags::default()
        };
        assert!(login(&stray, &Environment::default()).is_err());
    }
}
