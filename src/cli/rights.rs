//! What a credential may do, in words, and how that is found out: a token says it, a key's service knows it.

use serde_json::Value;

use super::context::Context;
use super::subject;
use crate::chat_core::auth::{ApiKey, Capability, Secret, TokenRequest};
use crate::chat_core::client::{Authorizer, Error, Options, Rest};
use crate::chat_core::protocol::Format;

/// The time to live of the token that a key's service is asked for, in milliseconds. It is used for nothing.
const TOKEN_TTL: u64 = 60_000;

/// The rights of a credential.
pub(super) enum Rights {
    /// These.
    Known(Capability),
    /// Those of the key that the token was made with.
    OfKey,
    /// Not known here, with the reason.
    Unknown(String),
}

impl Rights {
    /// The rights that a token claims, as far as its text says.
    pub(super) fn of_token(token: &Secret, context: &Context) -> Self {
        match subject::of_token("token", token.reveal(), context) {
            Ok(Some(capability)) => Self::Known(capability),
            Ok(None) => Self::OfKey,
            Err(_) => Self::Unknown(
                "the service does not say it of an Ably token; 'chatctl capability check ROOM --op OP --live' tries it"
                    .to_owned(),
            ),
        }
    }

    /// Pairs of a resource and what may be done there, in words.
    pub(super) fn lines(&self) -> Vec<(String, String)> {
        let capability = match self {
            Self::Known(capability) => capability,
            Self::OfKey => return vec![(String::new(), "everything that its key may".to_owned())],
            Self::Unknown(why) => return vec![(String::new(), format!("not known: {why}"))],
        };
        if capability.is_whole() {
            return vec![(String::new(), "everything in every room".to_owned())];
        }
        if capability.is_empty() {
            return vec![(String::new(), "nothing".to_owned())];
        }
        let rules = capability.grants().iter().map(|grant| {
            let rule = grant.rule();
            let words: Vec<&str> = rule.operations.iter().map(|it| word(it)).collect();
            (rule.resource, words.join(", "))
        });
        rules.collect()
    }

    /// The same on one line.
    pub(super) fn summary(&self) -> String {
        let lines = self.lines().into_iter().map(|(resource, words)| {
            if resource.is_empty() {
                words
            } else {
                format!("{resource}: {words}")
            }
        });
        lines.collect::<Vec<_>>().join("; ")
    }

    /// The capability, where it is known.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Known(capability) => capability.to_json(),
            Self::OfKey | Self::Unknown(_) => Value::Null,
        }
    }
}

/// An operation as people say it.
fn word(operation: &str) -> &str {
    match operation {
        "*" => "everything",
        "publish" => "send",
        "subscribe" => "receive",
        other => other,
    }
}

/// Asks the service what `key` may do: it issues a token without a capability of its own, and says which one it has.
///
/// # Errors
/// The service's refusal, or why it was not reached.
pub(super) async fn of_key(
    key: &ApiKey,
    options: &Options,
    context: &Context,
) -> Result<Rights, Error> {
    let mut request = TokenRequest::new(key, context.clock.now(), &context.random);
    request.ttl = Some(TOKEN_TTL);
    let rest = Rest::new(Options {
        format: Format::Json,
        authorizer: Authorizer::nobody(),
        ..options.clone()
    });
    let details = rest.exchange(&request.signed(key)).await?;
    let text = details.capability.unwrap_or_default();
    Ok(match Capability::parse(&text) {
        Ok(capability) => Rights::Known(capability),
        Err(_) => Rights::Unknown("the service does not say".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_said_in_words() {
        let summary = |text: &str| Rights::Known(Capability::parse(text).unwrap()).summary();
        assert_eq!(summary(r#"{"*":["*"]}"#), "everything in every room");
        assert_eq!(
            summary(r#"{"dms:*":["publish","subscribe","history"],"support":["*"]}"#),
            "dms:*: history, send, receive; support: everything"
        );
        assert_eq!(Rights::Known(Capability::none()).summary(), "nothing");
        assert_eq!(Rights::OfKey.summary(), "everything that its key may");
    }
}
