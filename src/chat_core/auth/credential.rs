//! Credentials as clients hold them, and texts that no log may show.

use std::fmt;

use super::key::ApiKey;

/// A credential that lets a client in.
#[derive(Clone)]
pub enum Credential {
    /// An API key: Basic authentication.
    Key(ApiKey),
    /// An Ably JWT or Ably token: Bearer authentication.
    Token(Secret),
}

/// A text that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one who sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => key.fmt(f),
            Self::Token(_) => f.write_str("Token(***)"),
        }
    }
}
