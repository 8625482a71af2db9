//! The parameters of a query string.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::Uri;
use http::request::Parts;

use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::limits::MAX_PAGE;

/// The parameters of a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of `uri`: form encoding, so that `+` is a space.
    pub(crate) fn of(uri: &Uri) -> Self {
        let text = uri.query().unwrap_or_default();
        Self(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// Returns the last value of `name`, if it is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Returns the parameters, in their order.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Returns a whole number.
    ///
    /// # Errors
    /// 40003 / 400 for anything else.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>> {
        self.get(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    ErrorInfo::new(
                        40003,
                        400,
                        format!("Invalid {name}: '{text}' is not a whole number"),
                    )
                })
            })
            .transpose()
    }

    /// Returns one of two words: `true` for the first.
    ///
    /// # Errors
    /// 40003 / 400 for anything else.
    pub(crate) fn choice(&self, name: &str, yes: &str, no: &str) -> Result<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some(text) if text == yes => Ok(Some(true)),
            Some(text) if text == no => Ok(Some(false)),
            Some(text) => Err(ErrorInfo::new(
                40003,
                400,
                format!("Invalid {name}: '{text}' is neither {yes} nor {no}"),
            )),
        }
    }

    /// Returns how many items a page may have: 1 to 1000, by default 100.
    ///
    /// # Errors
    /// 40003 / 400 outside that.
    pub(crate) fn limit(&self) -> Result<usize> {
        let Some(limit) = self.number("limit")? else {
            return Ok(100);
        };
        match usize::try_from(limit) {
            Ok(limit @ 1..=MAX_PAGE) => Ok(limit),
            _ => Err(ErrorInfo::new(
                40003,
                400,
                format!("Invalid limit: {limit} is not within 1 and {MAX_PAGE}"),
            )),
        }
    }

    /// Returns the query with each of `changes` in the place of its name, percent-encoded throughout.
    pub(crate) fn with(&self, changes: &[(&str, Option<&str>)]) -> String {
        let kept = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name))
            // Credentials do not travel in links.
            .filter(|(name, _)| {
                !matches!(
                    *name,
                    "key" | "access_token" | "accessToken" | "rnd" | "envelope"
                )
            });
        let added = changes
            .iter()
            .filter_map(|(name, value)| value.map(|value| (*name, value)));
        let pairs: Vec<String> = kept
            .chain(added)
            .map(|(name, value)| {
                let encode = |text| {
                    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                        .to_string()
                };
                format!("{}={}", encode(name), encode(value))
            })
            .collect();
        pairs.join("&")
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}
