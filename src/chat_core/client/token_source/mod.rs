//! Credentials over time: what a client shows now, and where it gets the next token from. REST and realtime share it.

mod fetch;

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use parking_lot::Mutex;

use super::call::{Call, segment};
use super::error::Result;
use super::retry::Deadline;
use crate::chat_core::auth::token_source::{TokenResponse, TokenSource, failure};
use crate::chat_core::auth::{Credential, TokenRequest};
use crate::chat_core::clock::{Clock, Moment};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::http::Connector;
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::random::Random;
use fetch::Fetcher;

pub use super::credential::ActiveCredential;

/// The time before a token's end at which another is fetched; half of what is left where that is less.
const LEAD: Duration = Duration::from_secs(30);

/// The shortest time between two fetches that nobody asked for.
const PAUSE: Duration = Duration::from_secs(1);

/// The credentials of a client, now and later. Clones share them.
#[derive(Clone)]
pub struct Authorizer(Arc<AuthorizerState>);

struct AuthorizerState {
    held: Mutex<Option<Arc<ActiveCredential>>>,
    fetcher: Option<Fetcher>,
    /// One fetch at a time, whose result everybody takes.
    turn: tokio::sync::Mutex<()>,
}

/// The settings for fetching tokens.
pub struct Fetching {
    /// The source.
    pub source: TokenSource,
    /// The clientId to ask for, if any.
    pub client_id: Option<String>,
    /// The service that exchanges TokenRequests.
    pub endpoint: Endpoint,
    /// The connector to auth servers and to the exchange.
    pub connector: Connector,
    /// The longest time for one, where nobody waits for less.
    pub timeout: Duration,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// The randomness of the exchange's client.
    pub random: Random,
}

impl Fetching {
    /// Asks the source once, and takes what it gives as it is.
    ///
    /// # Errors
    /// Why it gave nothing that a client can use.
    pub async fn ask(self) -> Result<TokenResponse> {
        let deadline = Deadline::within(self.timeout);
        Fetcher::new(self).given(deadline).await
    }
}

impl Authorizer {
    /// One credential for ever, with the clientId to ask for beside it.
    pub fn fixed(credential: Credential, client_id: Option<String>) -> Self {
        Self::holding(Some(credential), client_id)
    }

    /// Nothing, for calls that prove by themselves who makes them.
    pub fn nobody() -> Self {
        Self::holding(None, None)
    }

    fn holding(credential: Option<Credential>, client_id: Option<String>) -> Self {
        let shown = ActiveCredential {
            credential,
            client_id,
            expires: None,
            renew_at: None,
        };
        Self::new(Some(Arc::new(shown)), None)
    }

    /// Tokens of a source: fetched when one is needed first, and again before it ends.
    pub fn fetching(with: Fetching) -> Self {
        Self::new(None, Some(Fetcher::new(with)))
    }

    fn new(held: Option<Arc<ActiveCredential>>, fetcher: Option<Fetcher>) -> Self {
        Self(Arc::new(AuthorizerState {
            held: Mutex::new(held),
            fetcher,
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// Returns whether there can be another token than the present one.
    pub fn can_renew(&self) -> bool {
        self.0.fetcher.is_some()
    }

    /// Returns the credential to use now. A token that ends soon is replaced first, if another can be had.
    ///
    /// # Errors
    /// Why no token could be got: 40170 / 401, 40300 / 403 for an auth server that refuses for good, 40161 or 40012
    /// for a token that is for nobody or anybody, and the service's own errors of the exchange.
    pub async fn credential(&self) -> Result<Arc<ActiveCredential>> {
        self.credential_by(self.deadline()).await
    }

    /// The same until `deadline`, that of the operation which needs it.
    ///
    /// # Errors
    /// As [`Authorizer::credential`].
    pub(super) async fn credential_by(&self, deadline: Deadline) -> Result<Arc<ActiveCredential>> {
        let held = self.held();
        let Some(fetcher) = &self.0.fetcher else {
            return held.ok_or_else(|| failure("there is no credential").into());
        };
        let now = fetcher.with.clock.moment();
        match held {
            Some(held) if held.renew_at.is_none_or(|at| at > now) => Ok(held),
            Some(held) => match self.fetch_after(Some(&held), deadline).await {
                Err(error) if held.expires.is_some_and(|end| end > now) => {
                    tracing::warn!(%error, "no new token could be got: the present one is used while it lasts");
                    Ok(held)
                }
                result => result,
            },
            None => self.fetch_after(None, deadline).await,
        }
    }

    /// Another token than `old`. The present one stays in force if none can be had.
    ///
    /// # Errors
    /// As [`Authorizer::credential`].
    pub async fn renew(&self, old: &Arc<ActiveCredential>) -> Result<Arc<ActiveCredential>> {
        self.fetch_after(Some(old), self.deadline()).await
    }

    /// The deadline of a fetch that begins now and belongs to no other operation.
    fn deadline(&self) -> Deadline {
        let fetcher = self.0.fetcher.as_ref();
        Deadline::within(fetcher.map_or(Duration::ZERO, |fetcher| fetcher.with.timeout))
    }

    /// Notes that the service refused `shown`, and says whether there can be another.
    pub fn refused(&self, shown: &Arc<ActiveCredential>) -> bool {
        if !self.can_renew() {
            return false;
        }
        let mut held = self.0.held.lock();
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(held, shown)) {
            *held = None;
        }
        true
    }

    async fn fetch_after(
        &self,
        old: Option<&Arc<ActiveCredential>>,
        deadline: Deadline,
    ) -> Result<Arc<ActiveCredential>> {
        let Some(fetcher) = &self.0.fetcher else {
            return Err(failure("there is no way to get another token").into());
        };
        let Ok(_turn) = tokio::time::timeout_at(deadline.at(), self.0.turn.lock()).await else {
            return Err(fetcher.too_late(deadline).into());
        };
        if let Some(held) = self.held()
            && old.is_none_or(|old| !Arc::ptr_eq(old, &held))
        {
            // Somebody else fetched it meanwhile.
            return Ok(held);
        }
        let shown = Arc::new(fetcher.fetch(deadline).await?);
        *self.0.held.lock() = Some(Arc::clone(&shown));
        Ok(shown)
    }

    /// Returns the credential in hand, without fetching anything: none before the first token of a source.
    pub fn held(&self) -> Option<Arc<ActiveCredential>> {
        self.0.held.lock().clone()
    }
}

/// Returns the time at which to fetch again, at the time `now`, for a token that ends at `expires`.
pub(super) fn renewal_time(now: Moment, expires: Moment) -> Moment {
    let lead = LEAD.min(expires.since(now) / 2);
    (expires - lead).max(now + PAUSE)
}

/// Returns whether an error is the last word: asking again would be answered alike.
pub(super) fn is_final(error: &ErrorInfo) -> bool {
    error.status_code == 403 || matches!(error.code, 40161 | 40012)
}

/// The call that exchanges a signed TokenRequest for a token (RSA8).
pub(super) fn exchange_call(request: &TokenRequest, format: Format) -> Call {
    Call {
        method: Method::POST,
        path: format!("/keys/{}/requestToken", segment(&request.key_name)),
        query: Vec::new(),
        body: Some(format.encode(request)),
        version: 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_is_half_a_minute_before_the_end_or_at_half_of_a_short_life() {
        let now = Moment::after_beginning(Duration::from_millis(1_700_000_000_000));
        let at = |seconds: u64| renewal_time(now, now + Duration::from_secs(seconds)).since(now);
        assert_eq!(at(3600), Duration::from_secs(3570));
        assert_eq!(at(8), Duration::from_secs(4));
        assert_eq!(at(0), PAUSE, "never in a hurry");
    }

    #[tokio::test]
    async fn all_who_wait_share_one_fetch_and_a_refused_token_is_not_shown_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runs");
        let runs = || std::fs::read_to_string(&file).unwrap().lines().count();
        let authorizer = Authorizer::fetching(Fetching {
            source: TokenSource::Command(format!(
                "echo x >> {0}; echo app.token-$(wc -l < {0})",
                file.display()
            )),
            client_id: Some("me".to_owned()),
            endpoint: Endpoint::default(),
            connector: Connector::default(),
            timeout: Duration::from_secs(30),
            clock: Arc::new(crate::chat_core::clock::SystemClock),
            random: Random::seeded(1),
        });
        assert!(
            authorizer.held().is_none(),
            "nothing is fetched before it is needed"
        );
        let (one, other) = tokio::join!(authorizer.credential(), authorizer.credential());
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(Arc::ptr_eq(&one, &other) && runs() == 1);
        assert_eq!(one.client_id.as_deref(), Some("me"));
        assert!(authorizer.refused(&one));
        let next = authorizer.credential().await.unwrap();
        assert_eq!(next.token().unwrap().reveal(), "app.token-2");
        // Somebody else's word on the old one does not touch the new one.
        assert!(authorizer.refused(&one));
        assert!(Arc::ptr_eq(&next, &authorizer.credential().await.unwrap()));
        assert!(Arc::ptr_eq(&next, &authorizer.renew(&one).await.unwrap()));
        assert_eq!(runs(), 2);
        assert!(!Authorizer::nobody().can_renew());
    }
}
