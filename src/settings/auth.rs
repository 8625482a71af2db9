//! Authentication as settings give it: a key, a token, or a source of tokens. One setting, which one source gives whole.

use std::fmt;
use std::path::Path;

use super::{KeyCommand, Origin, SettingError, Sourced};
use crate::chat_core::auth::token_source::{AuthMethod, AuthUrl, TokenSource};
use crate::chat_core::auth::{ApiKey, Credential, Secret};
use crate::chat_core::text;

/// The credentials of a command, or how it fetches them.
#[derive(Clone, Debug)]
pub enum Authentication {
    /// A key or a token.
    Credential(Credential),
    /// Tokens that are fetched.
    Source(TokenSource),
    /// A key that a command prints, which is run when the key is needed.
    KeyCommand(KeyCommand),
}

/// The request to make to an auth server: `--auth-method`, `--auth-header` and `--auth-param`.
#[derive(Clone, Default)]
pub struct AuthRequest {
    /// The method, where one is given.
    pub method: Option<AuthMethod>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Parameters.
    pub params: Vec<(String, String)>,
}

impl AuthRequest {
    /// Parses headers, as `NAME: VALUE`, and parameters, as `NAME=VALUE`.
    ///
    /// # Errors
    /// A malformed header or parameter.
    pub(super) fn parse(
        method: Option<AuthMethod>,
        headers: &[String],
        params: &[String],
    ) -> Result<Self, SettingError> {
        Ok(Self {
            method,
            headers: parse_headers("--auth-header", headers)?,
            params: parse_params("--auth-param", params)?,
        })
    }

    /// Adds the request to `url`.
    pub fn apply_to(self, url: &mut AuthUrl) {
        url.method = self.method.unwrap_or(url.method);
        url.headers.extend(self.headers);
        url.params.extend(self.params);
    }

    /// Refuses a request where no auth server is named.
    pub(super) fn refuse_without_url(&self) -> Result<(), SettingError> {
        let stray = [
            (self.method.is_some(), "--auth-method"),
            (!self.headers.is_empty(), "--auth-header"),
            (!self.params.is_empty(), "--auth-param"),
        ];
        match stray.iter().find(|(is_given, _)| *is_given) {
            Some((_, name)) => Err(SettingError::new(format!("{name} is for an auth server"))
                .hint("name it with --auth-url or CHATCTL_AUTH_URL")),
            None => Ok(()),
        }
    }
}

/// Parses headers, `NAME: VALUE` each.
pub(super) fn parse_headers(
    setting: &str,
    given: &[String],
) -> Result<Vec<(String, String)>, SettingError> {
    let headers = pairs(setting, given, ':')?;
    match headers.iter().find(|(name, value)| !is_header(name, value)) {
        None => Ok(headers),
        Some((header, _)) => Err(SettingError::new(format!(
            "{setting}: '{header}' or its value can't stand in a header"
        ))),
    }
}

/// Parses parameters, `NAME=VALUE` each.
pub(super) fn parse_params(
    setting: &str,
    given: &[String],
) -> Result<Vec<(String, String)>, SettingError> {
    pairs(setting, given, '=')
}

/// Reads a file, without the line break at its end.
pub(super) fn contents(name: &dyn fmt::Display, path: &Path) -> Result<String, SettingError> {
    let text = text::read_file(path).map_err(|error| {
        SettingError::new(format!("{name}: can't read {}: {error}", path.display()))
    })?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// The source of tokens at the URL `text`.
pub(super) fn parse_token_url(
    origin: Origin,
    text: &str,
) -> Result<Sourced<Authentication>, SettingError> {
    let url = auth_url(&origin, text)?;
    let source = TokenSource::Url(url);
    Ok(Sourced::new(Authentication::Source(source), origin))
}

/// The auth server at the URL `text`, to be asked with GET. `name` is the source of the URL, for messages.
///
/// # Errors
/// An invalid URL, or one with a password in it.
pub fn auth_url(name: &dyn fmt::Display, text: &str) -> Result<AuthUrl, SettingError> {
    let fault = |what: &str| {
        SettingError::new(format!("{name}: {what}")).hint("as in https://example.com/api/ably-jwt")
    };
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or_else(|| fault("must be an http:// or https:// URL"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(fault("invalid URL"));
    }
    if authority.contains('@') {
        return Err(fault("there is a name or a password in the URL")
            .hint("give it with --auth-header 'Authorization: Basic …'"));
    }
    Ok(AuthUrl {
        url: text.to_owned(),
        method: AuthMethod::default(),
        headers: Vec::new(),
        params: Vec::new(),
    })
}

/// Returns whether a header may have this name and this value.
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
            _ => {
                let space = if between == ':' { " " } else { "" };
                Err(SettingError::new(format!(
                    "{flag} must be of the form NAME{between}{space}VALUE"
                )))
            }
        })
        .collect()
}

/// The source of tokens that runs the command `text`.
pub(super) fn parse_token_command(
    origin: Origin,
    text: &str,
) -> Result<Sourced<Authentication>, SettingError> {
    if text.trim().is_empty() {
        return Err(
            SettingError::new(format!("{origin} is empty")).hint("give a command for the shell")
        );
    }
    Ok(Sourced {
        value: Authentication::Source(TokenSource::Command(text.to_owned())),
        origin,
    })
}

/// Refuses a value with quotes around it: env files and CI services keep them where a shell drops them.
///
/// # Errors
/// A value in quotes.
pub(super) fn check_quotes(name: &dyn fmt::Display, text: &str) -> Result<(), SettingError> {
    let text = text.trim();
    let is_quoted = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if is_quoted('"') || is_quoted('\'') {
        return Err(SettingError::new(format!(
            "{name} has quotes around its value, which are part of it"
        ))
        .hint("write the value without them: env files and CI settings keep quotes that a shell drops"));
    }
    Ok(())
}

/// The key or token `text`.
pub(super) fn parse_credential(
    origin: Origin,
    text: &str,
    is_key: bool,
) -> Result<Sourced<Authentication>, SettingError> {
    let text = text::without_mark(text);
    if text.is_empty() {
        return Err(SettingError::new(format!("{origin} is empty"))
            .hint("give the credential, or leave the setting out"));
    }
    check_quotes(&origin, text)?;
    let value = if is_key {
        Credential::Key(ApiKey::parse(text).map_err(|error| SettingError::about(&origin, &error))?)
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
        value: Authentication::Credential(value),
        origin,
    })
}

#[cfg(test)]
mod tests {
    use super::super::environment::of_pairs as environment;
    use super::super::{Environment, Flags, Settings};
    use super::*;

    fn credential(
        flags: &Flags,
        environment: &Environment,
    ) -> Result<Option<Sourced<Credential>>, SettingError> {
        Settings::new(vec![flags, environment]).credential()
    }

    fn authentication(
        flags: &Flags,
        environment: &Environment,
    ) -> Result<Option<Sourced<Authentication>>, SettingError> {
        Settings::new(vec![flags, environment]).authentication()
    }

    #[test]
    fn token_beats_key_and_flag_beats_both() {
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
    fn empty_variable_is_an_error_that_names_it() {
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
    fn key_as_token_is_named_without_its_secret() {
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
    fn token_source_comes_after_key_and_token() {
        let url = ("CHATCTL_AUTH_URL", "http://x/auth?own=1");
        let found = authentication(&Flags::default(), &environment(&[url]))
            .unwrap()
            .unwrap();
        assert_eq!(found.origin, Origin::Environment("CHATCTL_AUTH_URL"));
        let found = authentication(
            &Flags::default(),
            &environment(&[url, ("ABLY_API_KEY", "a.b:c")]),
        );
        assert_eq!(
            found.unwrap().unwrap().origin,
            Origin::Environment("ABLY_API_KEY")
        );
        let both = environment(&[url, ("CHATCTL_AUTH_COMMAND", "echo")]);
        assert!(authentication(&Flags::default(), &both).is_err());
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
            let error = authentication(&flags(bad), &Environment::default()).unwrap_err();
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
        let two = Flags {
            auth_command: Some("echo".to_owned()),
            ..flags("http://x/")
        };
        assert!(authentication(&two, &Environment::default()).is_err());
        let stray = Flags {
            auth_header: vec!["A: b".to_owned()],
            ..Flags::default()
        };
        assert!(authentication(&stray, &Environment::default()).is_err());
    }
}
