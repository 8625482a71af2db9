//! The service that a network command talks to, and as whom.

use crate::chat_core::auth::{Credential, jwt};
use crate::chat_core::client::{Options, Rest};
use crate::chat_core::protocol::Format;
use crate::settings::{self, SettingError};

use super::Context;

impl Context {
    /// What a client of this command's service is made of.
    ///
    /// # Errors
    /// A setting that is missing or can't be used.
    pub fn client_options(&self) -> Result<Options, SettingError> {
        let endpoint = settings::endpoint(&self.flags, &self.environment)?;
        let timeout = settings::timeout(&self.flags, &self.environment)?;
        let Some(credential) = settings::credential(&self.flags, &self.environment)? else {
            return Err(no_credentials());
        };
        let asked = settings::client_id(&self.flags, &self.environment)?;
        let client_id = match &credential.value {
            Credential::Key(_) => Some(asked.map_or_else(user_name_said, |asked| asked.value)),
            Credential::Token(token) => match identity_of(token.reveal()) {
                Identity::None => {
                    return Err(SettingError::new(format!(
                        "the token from {} names no clientId, which every Chat client must have",
                        credential.origin
                    ))
                    .hint("mint it with one: chatctl token mint --client-id NAME"));
                }
                Identity::Wildcard => match asked {
                    Some(asked) => Some(asked.value),
                    None => {
                        return Err(SettingError::new(format!(
                            "the token from {} is for any clientId",
                            credential.origin
                        ))
                        .hint("say which one: --client-id NAME"));
                    }
                },
                // The token's own one always wins.
                Identity::Fixed => None,
                Identity::Unknown => asked.map(|asked| asked.value),
            },
        };
        Ok(Options {
            endpoint: endpoint.value,
            credential: credential.value,
            client_id,
            format: Format::MessagePack,
            timeout,
            clock: std::sync::Arc::clone(&self.clock),
            random: self.random.clone(),
        })
    }

    /// A REST client of this command's service.
    ///
    /// # Errors
    /// As [`Context::client_options`].
    pub fn rest(&self) -> Result<Rest, SettingError> {
        Ok(Rest::new(self.client_options()?))
    }
}

/// The error of a command that needs credentials and has none.
pub(super) fn no_credentials() -> SettingError {
    SettingError::new("no credentials: set ABLY_API_KEY or ABLY_TOKEN, or give --key-file or --token-file").hint(
        "without an account, run the command on a server of its own with 'chatctl exec -- chatctl …', \
         or start one with 'chatctl serve --dev'",
    )
}

enum Identity {
    None,
    Wildcard,
    Fixed,
    /// The text does not say.
    Unknown,
}

/// Whom a token is for, as far as its text says.
fn identity_of(token: &str) -> Identity {
    let Ok(decoded) = jwt::decode(token) else {
        return Identity::Unknown;
    };
    if decoded.embedded().is_some() {
        return Identity::Unknown;
    }
    match decoded
        .readable_claims()
        .map(|claims| claims.get("x-ably-clientId"))
    {
        Some(Some(serde_json::Value::String(id))) if id == "*" => Identity::Wildcard,
        Some(Some(_)) => Identity::Fixed,
        Some(None) => Identity::None,
        None => Identity::Unknown,
    }
}

/// The name of the user, said to those who want to know what is done.
fn user_name_said() -> String {
    let name = user_name();
    tracing::info!(
        clientId = name,
        "no clientId was given: the name of the user is taken"
    );
    name
}

/// The name of the user who runs this, by number from the user database; `user-UID` where it has none.
fn user_name() -> String {
    let uid = rustix::process::getuid().as_raw();
    let database = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = database.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(uid) && !name.is_empty()).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("user-{uid}"))
}
