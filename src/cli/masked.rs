//! Credentials and endpoints as people see them: without secrets.

use crate::chat_core::auth::key::is_id;
use crate::chat_core::auth::{ApiKey, Credential, Secret, TokenSource, jwt};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::settings::{Authentication, ConfigValue, SettingName};

/// The characters that stand for a secret.
pub(super) const MASK: &str = "••••";

/// The kind of a token that only the service that issued it can read.
pub(super) const ABLY_TOKEN: &str = "Ably token";

/// A credential without its secret.
pub(super) struct MaskedCredential {
    /// The kind, in words.
    pub(super) kind: &'static str,
    /// The part of it that may be shown.
    pub(super) text: String,
}

impl MaskedCredential {
    /// The credential of the settings. Runs no command and fetches nothing.
    pub(super) fn of(authentication: &Authentication) -> Self {
        let (kind, text) = match authentication {
            Authentication::Credential(Credential::Key(key)) => return Self::of_key(key),
            Authentication::Credential(Credential::Token(token)) => return Self::of_token(token),
            Authentication::KeyCommand(_) => ("API key", "printed by a command".to_owned()),
            Authentication::Source(TokenSource::Url(url)) => {
                ("token", format!("fetched from {}", url.spoken()))
            }
            Authentication::Source(TokenSource::Command(_)) => {
                ("token", "printed by a command".to_owned())
            }
        };
        Self { kind, text }
    }

    /// A key.
    pub(super) fn of_key(key: &ApiKey) -> Self {
        Self {
            kind: "API key",
            text: mask_key(key),
        }
    }

    /// A token, which may be of any kind.
    pub(super) fn of_token(token: &Secret) -> Self {
        let decoded = jwt::decode(token.reveal()).ok();
        let name = match &decoded {
            Some(decoded) => decoded.header.get("kid").and_then(|kid| kid.as_str()),
            None => Some(token.reveal()),
        };
        let app = name
            .and_then(|name| name.split_once('.'))
            .map(|(app, _)| app)
            .filter(|app| is_id(app) && app.len() < 16);
        Self {
            kind: if decoded.is_some() { "JWT" } else { ABLY_TOKEN },
            text: match app {
                Some(app) => format!("{app}.{MASK}"),
                None => MASK.to_owned(),
            },
        }
    }
}

/// The key with its app alone.
fn mask_key(key: &ApiKey) -> String {
    format!("{}.{MASK}:{MASK}", key.app_id())
}

/// A value of the config file, without what may be a secret.
pub(super) fn mask_values(setting: &SettingName, value: &ConfigValue) -> Vec<String> {
    let mask = |text: &String| match setting.name {
        "key" => ApiKey::parse(text).map_or_else(|_| MASK.to_owned(), |key| mask_key(&key)),
        "auth-headers" => mask_behind(text, ':', ": "),
        "auth-params" => mask_behind(text, '=', "="),
        "auth-url" => mask_behind(text, '?', "?"),
        _ if setting.is_secret => MaskedCredential::of_token(&Secret::new(text.as_str())).text,
        _ => text.clone(),
    };
    value.texts().iter().map(mask).collect()
}

fn mask_behind(text: &str, between: char, shown: &str) -> String {
    match text.split_once(between) {
        Some((name, _)) => format!("{name}{shown}{MASK}"),
        None => text.to_owned(),
    }
}

/// The endpoint as a user writes it: a routing policy by its name, anything else as a URL.
pub(super) fn endpoint_name(endpoint: &Endpoint) -> String {
    let host = endpoint.primary_host();
    let of_policy = endpoint.tls() && endpoint.port() == 443;
    if of_policy && let Some(name) = host.strip_suffix(".realtime.ably.net") {
        return name.to_owned();
    }
    if of_policy && let Some(name) = host.strip_suffix(".realtime.ably-nonprod.net") {
        return format!("nonprod:{name}");
    }
    endpoint.http_base()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_the_app_is_not() {
        let masked = |name: &str, text: &str| {
            let setting = SettingName::find(name).unwrap();
            mask_values(setting, &ConfigValue::Text(text.to_owned())).remove(0)
        };
        for (name, text, expected) in [
            ("key", "app.key:hidden", "app.••••:••••"),
            ("token", "app.hidden", "app.••••"),
            ("token", "hidden", "••••"),
            ("auth-headers", "Cookie: hidden", "Cookie: ••••"),
            ("auth-params", "a=hidden", "a=••••"),
            ("auth-url", "http://x/y?hidden", "http://x/y?••••"),
            ("endpoint", "main", "main"),
        ] {
            assert_eq!(masked(name, text), expected);
        }
    }

    #[test]
    fn endpoints_are_named_as_they_are_written() {
        for text in ["main", "nonprod:sandbox", "http://127.0.0.1:9080"] {
            assert_eq!(endpoint_name(&Endpoint::parse(text).unwrap()), text);
        }
    }
}
