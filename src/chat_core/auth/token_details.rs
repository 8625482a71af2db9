//! TokenDetails: a token with what it says, as `requestToken` answers (TD1–TD7).

use serde::{Deserialize, Deserializer, Serialize};

use crate::chat_core::clock::Timestamp;

/// A token with what it says.
#[serde_with::skip_serializing_none]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenDetails {
    /// The token, which is a secret (TD2).
    pub token: String,
    /// The key that it was asked for with.
    #[serde(default)]
    pub key_name: Option<String>,
    /// The time of issue (TD4). SDKs tell TokenDetails from a TokenRequest by it.
    #[serde(default, deserialize_with = "lenient")]
    pub issued: Option<Timestamp>,
    /// The expiry (TD3).
    #[serde(default, deserialize_with = "lenient")]
    pub expires: Option<Timestamp>,
    /// The capability, as JSON text (TD5).
    #[serde(default)]
    pub capability: Option<String>,
    /// Its clientId; `*` for a wildcard (TD6).
    #[serde(default)]
    pub client_id: Option<String>,
}

impl std::fmt::Debug for TokenDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenDetails")
            .field("token", &"***")
            .field("key_name", &self.key_name)
            .field("issued", &self.issued)
            .field("expires", &self.expires)
            .field("capability", &self.capability)
            .field("client_id", &self.client_id)
            .finish()
    }
}

/// Milliseconds as a number, or as a text of one, which SDKs accept as well.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Millis {
        Number(i64),
        Text(String),
    }
    Ok(match Option::<Millis>::deserialize(deserializer)? {
        None => None,
        Some(Millis::Number(millis)) => Some(Timestamp(millis)),
        Some(Millis::Text(text)) => {
            Some(Timestamp(text.parse().map_err(serde::de::Error::custom)?))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_may_be_texts_and_absent_fields_stay_absent() {
        let details: TokenDetails =
            serde_json::from_str(r#"{"token":"app.x","issued":"5","expires":7}"#).unwrap();
        assert_eq!(
            (details.issued, details.expires),
            (Some(Timestamp(5)), Some(Timestamp(7)))
        );
        assert_eq!(
            serde_json::to_string(&details).unwrap(),
            r#"{"token":"app.x","issued":5,"expires":7}"#
        );
        assert!(!format!("{details:?}").contains("app.x"));
    }
}
