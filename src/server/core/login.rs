//! Logins that are refused: how they came, and the identity that was claimed, of which nothing is believed.

use serde::Serialize;

use crate::chat_core::auth::ably_token::Sealer;
use crate::chat_core::auth::jwt::{self, Shape};
use crate::chat_core::auth::key::is_key_name;
use crate::chat_core::auth::{TokenRequest, jwt::CLIENT_ID};

/// The longest claimed name, in characters.
const MAX_CLAIMED: usize = 128;

/// A credential as a client shows it, not yet verified.
#[derive(Clone)]
pub(crate) enum Credential {
    /// `name:secret`.
    Key(String),
    /// A JWT or an Ably token.
    Token(String),
}

/// How a client talks to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Transport {
    /// Over a realtime connection.
    Realtime,
    /// With a REST request.
    Rest,
}

/// The identity that a refused credential claims. Anybody can write anything there, secrets in the wrong place too: only
/// what has the form of a name is taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClaimedIdentity {
    #[serde(skip_serializing_if = "Option::is_none")]
    key_name: Option<String>,
    /// Whether it was a token; unknown where nothing was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_token: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
}

impl ClaimedIdentity {
    /// Returns the clientId that was claimed, else the name of the key.
    pub(crate) fn name(&self) -> Option<&str> {
        self.client_id.as_deref().or(self.key_name.as_deref())
    }

    /// Returns the name of the key that was claimed.
    pub(crate) fn key_name(&self) -> Option<&str> {
        self.key_name.as_deref()
    }

    /// Returns the clientId that was claimed.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Reads the identity that `shown` claims, or the clientId that was asked for beside it. `sealer` opens Ably tokens.
    pub(crate) fn by(shown: Option<&Credential>, asked: Option<&str>, sealer: &Sealer) -> Self {
        let mut claimed = match shown {
            None => Self::default(),
            // Without a ':' it may be anything, a secret for instance.
            Some(Credential::Key(text)) => Self {
                key_name: text.split_once(':').and_then(|(name, _)| key_name(name)),
                is_token: Some(false),
                client_id: None,
            },
            Some(Credential::Token(token)) => Self {
                is_token: Some(true),
                ..Self::of_token(token, sealer)
            },
        };
        if let Some(asked) = asked {
            claimed.client_id = Some(shorten(asked));
        }
        claimed
    }

    /// Reads the identity that `request` claims.
    pub(crate) fn of_request(request: &TokenRequest) -> Self {
        Self {
            key_name: key_name(&request.key_name),
            is_token: None,
            client_id: request.client_id.as_deref().map(shorten),
        }
    }

    fn of_token(token: &str, sealer: &Sealer) -> Self {
        if Shape::of(token) == Some(Shape::AblyToken) {
            return match sealer.open(token) {
                Ok(token) => Self {
                    key_name: key_name(&token.key_name),
                    client_id: token.client_id.as_deref().map(shorten),
                    ..Self::default()
                },
                Err(_) => Self::default(),
            };
        }
        let Ok(decoded) = jwt::decode(token) else {
            return Self::default();
        };
        if let Some(inner) = decoded.embedded() {
            // The envelope's own names are another provider's. One within another is not looked into.
            let inner = inner.as_str().unwrap_or_default();
            let is_envelope = jwt::decode(inner).is_ok_and(|inner| inner.embedded().is_some());
            return if is_envelope {
                Self::default()
            } else {
                Self::of_token(inner, sealer)
            };
        }
        let client_id = decoded
            .readable_claims()
            .and_then(|claims| claims.get(CLIENT_ID)?.as_str());
        Self {
            key_name: decoded.kid().and_then(key_name),
            client_id: client_id.map(shorten),
            ..Self::default()
        }
    }
}

/// Returns `name` if it has the form of a key's name; of a whole key that somebody put there, its name.
fn key_name(name: &str) -> Option<String> {
    let name = name.split(':').next().unwrap_or_default();
    (is_key_name(name) && name.len() <= MAX_CLAIMED).then(|| name.to_owned())
}

/// Returns the beginning of a clientId; of a whole key that somebody put there, its name.
fn shorten(text: &str) -> String {
    let text = match text.split_once(':') {
        Some((name, _)) if is_key_name(name) => name,
        _ => text,
    };
    text.chars().take(MAX_CLAIMED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::auth::ably_token::AblyToken;
    use crate::chat_core::clock::Timestamp;
    use crate::chat_core::random::Random;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    fn jwt(header: &Value, claims: &Value) -> Credential {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        Credential::Token(format!("{}.{}.c2ln", part(header), part(claims)))
    }

    fn claimed(shown: &Credential) -> (Option<String>, Option<bool>, Option<String>) {
        let sealer = Sealer::new(&[1; 32]).unwrap();
        let claimed = ClaimedIdentity::by(Some(shown), None, &sealer);
        (claimed.key_name, claimed.is_token, claimed.client_id)
    }

    #[test]
    fn who_they_say_they_are() {
        let text = |text: &str| Some(text.to_owned());
        let bob = json!({"x-ably-clientId": "bob"});
        let token = jwt(&json!({"kid": "app.key"}), &bob);
        assert_eq!(claimed(&token), (text("app.key"), Some(true), text("bob")));
        let Credential::Token(inner) = token else {
            unreachable!()
        };
        let outer = json!({"kid": "provider.key", "x-ably-token": inner});
        assert_eq!(
            claimed(&jwt(&outer, &json!({}))),
            (text("app.key"), Some(true), text("bob"))
        );
        let inside = AblyToken {
            key_name: "app.key".to_owned(),
            issued: Timestamp(1),
            expires: Timestamp(2),
            capability: "{}".to_owned(),
            client_id: text("bob"),
        };
        let sealer = Sealer::new(&[1; 32]).unwrap();
        let issued = sealer.seal(&inside, &Random::seeded(1)).unwrap();
        assert_eq!(
            claimed(&Credential::Token(issued)),
            (text("app.key"), Some(true), text("bob"))
        );
        assert_eq!(
            claimed(&Credential::Key("app.key:wrong".to_owned())),
            (text("app.key"), Some(false), None)
        );
        let asked = ClaimedIdentity::by(None, Some(&"x".repeat(1000)), &sealer);
        assert_eq!(asked.client_id.map(|name| name.len()), Some(MAX_CLAIMED));
        assert_eq!(asked.is_token, None);
    }

    #[test]
    fn what_has_not_the_form_of_a_name_is_not_taken_over() {
        let nobody = json!({});
        for shown in [
            Credential::Key("precious".to_owned()),
            Credential::Key("app.precious".to_owned()),
            Credential::Key("precious:app.key".to_owned()),
            Credential::Token("app.precious".to_owned()),
            Credential::Token("precious".to_owned()),
            jwt(&json!({"kid": "precious"}), &nobody),
            jwt(&json!({"kid": ["app.precious"]}), &nobody),
            jwt(&json!({"x-ably-token": 5, "kid": "app.precious"}), &nobody),
        ] {
            let (key_name, is_token, client_id) = claimed(&shown);
            assert_eq!((key_name, client_id), (None, None));
            assert_eq!(is_token, Some(matches!(shown, Credential::Token(_))));
        }
        // A whole key in the place of its name.
        let kid = json!({"kid": "app.key:precious"});
        assert_eq!(claimed(&jwt(&kid, &nobody)).0.as_deref(), Some("app.key"));
    }
}
