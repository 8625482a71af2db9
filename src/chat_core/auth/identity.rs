//! Identities: what a credential says, what the caller asks to be, and what an operation names.

use crate::chat_core::error::{ErrorInfo, Result};

/// The clientId that a credential, a connection or a request acts as.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientIdentity {
    /// Nobody: a token without a clientId.
    Anonymous,
    /// Whoever each operation names: a key, or a token for `*`.
    Wildcard,
    /// This client, always.
    Fixed(String),
}

impl ClientIdentity {
    /// Reads a token's clientId; `*` is the wildcard.
    pub fn of_claim(client_id: Option<&str>) -> Self {
        match client_id {
            None => Self::Anonymous,
            Some("*") => Self::Wildcard,
            Some(client_id) => Self::Fixed(client_id.to_owned()),
        }
    }

    /// The clientId as CONNECTED and TokenDetails carry it: absent, `*` or the client's.
    pub fn as_wire(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Wildcard => Some("*"),
            Self::Fixed(client_id) => Some(client_id),
        }
    }

    /// The client, where it is a certain one.
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::Fixed(client_id) => Some(client_id),
            _ => None,
        }
    }
}

/// Decides who a connection or a request acts as, given its credential's identity ([`ClientIdentity::Wildcard`] for a
/// key) and the clientId that it asks for (RSA7e). An empty one is none.
///
/// # Errors
/// 40012 / 400 for one that can be nobody's, 40102 / 401 for one that the credential is not for.
pub fn establish(credential: &ClientIdentity, asked: Option<&str>) -> Result<ClientIdentity> {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else {
        return Ok(credential.clone());
    };
    check_client_id(asked)?;
    match credential {
        ClientIdentity::Wildcard => Ok(ClientIdentity::Fixed(asked.to_owned())),
        ClientIdentity::Fixed(own) if own == asked => Ok(credential.clone()),
        ClientIdentity::Fixed(_) => {
            Err(
                ErrorInfo::new(40102, 401, "Invalid clientId for credentials")
                    .with_hint("the token is for another clientId: ask for that one, or for none"),
            )
        }
        ClientIdentity::Anonymous => Err(ErrorInfo::new(
            40102,
            401,
            "Invalid clientId for credentials: the token has no clientId",
        )
        .with_hint("put the clientId into the token, where its signer vouches for it")),
    }
}

/// The clientId that an operation is stamped with, given the clientId that it names (RSA8f, RSL1m). An empty one is
/// none.
///
/// # Errors
/// 40012 / 400 for a clientId that the caller may not use.
pub fn stamp<'a>(identity: &'a ClientIdentity, named: Option<&'a str>) -> Result<Option<&'a str>> {
    let named = named.filter(|named| !named.is_empty());
    match (identity, named) {
        (ClientIdentity::Fixed(own), None) => Ok(Some(own)),
        (ClientIdentity::Fixed(own), Some(named)) if own == named => Ok(Some(own)),
        (ClientIdentity::Fixed(_), Some(_)) => Err(invalid(
            "mismatched clientId: the operation names another client than its connection",
        )),
        (ClientIdentity::Anonymous, Some(_)) => {
            Err(invalid("an anonymous client can't act as a named one"))
        }
        (ClientIdentity::Wildcard, Some(named)) => {
            check_client_id(named)?;
            Ok(Some(named))
        }
        (ClientIdentity::Wildcard | ClientIdentity::Anonymous, None) => Ok(None),
    }
}

/// The member that a presence operation is about, given the clientId that it names (RTP8, RTP14).
///
/// # Errors
/// 40012 / 400 as [`stamp`]; 91000 / 400 where there is no clientId at all.
pub fn stamp_presence<'a>(identity: &'a ClientIdentity, named: Option<&'a str>) -> Result<&'a str> {
    stamp(identity, named)?
        .ok_or_else(|| ErrorInfo::new(91000, 400, "unable to enter presence channel (no clientId)"))
}

/// The client that a Chat operation is by: Chat is for identified clients.
///
/// # Errors
/// 40161 / 401 for an anonymous caller, or one with a wildcard.
pub fn require_identified(identity: &ClientIdentity) -> Result<&str> {
    identity.client_id().ok_or_else(|| {
        ErrorInfo::new(
            40161,
            401,
            "operation not permitted as it requires an identified client",
        )
    })
}

/// Refuses what can be no single client's id: empty, `*`, with control characters, or over 256 bytes.
///
/// # Errors
/// 40012 / 400 naming the fault.
pub fn check_client_id(client_id: &str) -> Result<()> {
    let fault = if client_id.is_empty() {
        "it is empty"
    } else if client_id == "*" {
        "'*' is nobody's identity"
    } else if client_id.len() > MAX_CLIENT_ID {
        "it is longer than 256 bytes"
    } else if client_id.chars().any(char::is_control) {
        "it contains control characters"
    } else {
        return Ok(());
    };
    Err(invalid(&format!("invalid clientId: {fault}")))
}

fn invalid(message: &str) -> ErrorInfo {
    ErrorInfo::new(40012, 400, message)
}

/// The longest clientId, in bytes of UTF-8.
pub const MAX_CLIENT_ID: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use ClientIdentity::{Anonymous, Wildcard};

    fn fixed(client_id: &str) -> ClientIdentity {
        ClientIdentity::Fixed(client_id.to_owned())
    }

    #[test]
    fn identities_are_established_as_documented() {
        let x = fixed("x");
        for (credential, asked, result) in [
            (&Wildcard, None, Ok(Wildcard)),
            (&Wildcard, Some("x"), Ok(x.clone())),
            (&Anonymous, None, Ok(Anonymous)),
            (&Anonymous, Some("x"), Err(40102)),
            (&x, None, Ok(x.clone())),
            (&x, Some("x"), Ok(x.clone())),
            (&x, Some("y"), Err(40102)),
            (&x, Some("X"), Err(40102)),
            (&Wildcard, Some("*"), Err(40012)),
            (&x, Some("*"), Err(40012)),
            (&Anonymous, Some(""), Ok(Anonymous)),
            (&x, Some(""), Ok(x.clone())),
            (&Wildcard, Some("a\nb"), Err(40012)),
            (
                &Wildcard,
                Some("test client id"),
                Ok(fixed("test client id")),
            ),
        ] {
            let found = establish(credential, asked).map_err(|error| error.code);
            assert_eq!(found, result, "{credential:?} asks {asked:?}");
        }
    }

    #[test]
    fn operations_are_stamped_as_documented() {
        let x = fixed("x");
        for (identity, named, result) in [
            (&Anonymous, None, Ok(None)),
            (&Anonymous, Some("x"), Err(40012)),
            (&x, None, Ok(Some("x"))),
            (&x, Some("x"), Ok(Some("x"))),
            (&x, Some("y"), Err(40012)),
            (&Wildcard, None, Ok(None)),
            (&Wildcard, Some("x"), Ok(Some("x"))),
            (&Wildcard, Some("*"), Err(40012)),
        ] {
            let found = stamp(identity, named).map_err(|error| error.code);
            assert_eq!(found, result, "{identity:?} names {named:?}");
        }
    }

    #[test]
    fn presence_needs_a_client() {
        let x = fixed("x");
        for (identity, named, result) in [
            (&Anonymous, None, Err(91000)),
            (&Wildcard, None, Err(91000)),
            (&x, None, Ok("x")),
            (&Anonymous, Some("y"), Err(40012)),
            (&Wildcard, Some("y"), Ok("y")),
            (&x, Some("y"), Err(40012)),
            (&x, Some("x"), Ok("x")),
        ] {
            let found = stamp_presence(identity, named).map_err(|error| error.code);
            assert_eq!(found, result, "{identity:?} names {named:?}");
        }
    }

    #[test]
    fn chat_is_for_identified_clients() {
        assert_eq!(require_identified(&fixed("x")).unwrap(), "x");
        for identity in [Anonymous, Wildcard] {
            assert_eq!(require_identified(&identity).unwrap_err().code, 40161);
        }
    }
}
