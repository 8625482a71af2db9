//! The endpoint of a live run, and its clients: those of the roles, and the helpers that prepare and clean up.

use std::time::Duration;

use crate::chat_core::analysis::policy::Role;
use crate::chat_core::auth::{ApiKey, Credential, Secret, jwt};
use crate::chat_core::client::{Authorizer, Error, Options, Rest, Room};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::cli::Context;
use crate::cli::capability::policy::{DEFAULT_TTL, ResolvedCredential};
use crate::cli::failure::Failure;
use crate::cli::subject;

/// An endpoint, and the key that opens it.
pub(in crate::cli::capability) struct LiveService<'a> {
    context: &'a Context,
    key: Option<ApiKey>,
    /// The endpoint, if not that of the settings.
    endpoint: Option<Endpoint>,
}

/// The clientId that other clients' messages are sent with.
pub(in crate::cli::capability) const SOMEBODY: &str = "chatctl-somebody-else";

impl<'a> LiveService<'a> {
    /// The endpoint of the settings.
    ///
    /// # Errors
    /// A setting that can't be used.
    pub(in crate::cli::capability) fn new(context: &'a Context) -> anyhow::Result<Self> {
        // A live run is about the endpoint that the user names, and never about another.
        if context.settings().is_local()? {
            return Err(no_credentials().into());
        }
        Ok(Self {
            context,
            key: subject::key(context)?,
            endpoint: None,
        })
    }

    /// Another endpoint than that of the settings, and its key.
    pub(in crate::cli::capability) fn at(
        endpoint: Endpoint,
        key: ApiKey,
        context: &'a Context,
    ) -> Self {
        Self {
            context,
            key: Some(key),
            endpoint: Some(endpoint),
        }
    }

    /// Makes a small request, so that an endpoint that is not there or does not take the key is reported once, and not
    /// by every check.
    ///
    /// # Errors
    /// That it can't be reached, or that the key is not taken.
    pub(super) async fn check_reachable(&self, room: &str) -> anyhow::Result<()> {
        let Some(rest) = self.helper(SOMEBODY)? else {
            return Ok(());
        };
        self.check_reachable_as(&rest, room).await
    }

    /// The same with other credentials than the key.
    ///
    /// # Errors
    /// That it can't be reached, or that the credentials are not taken.
    pub(super) async fn check_reachable_as(&self, rest: &Rest, room: &str) -> anyhow::Result<()> {
        match Room::new(rest, room)?.occupancy().await {
            // Missing rights are for the checks to find.
            Err(Error::Refused(error)) if error.class() != Class::Credentials => Ok(()),
            result => Ok(result.map(drop)?),
        }
    }

    fn options(&self, authorizer: Authorizer) -> anyhow::Result<Options> {
        let endpoint = match &self.endpoint {
            None => self.context.settings().endpoint()?.value,
            Some(endpoint) => endpoint.clone(),
        };
        Ok(self.context.options_at(endpoint, authorizer)?)
    }

    /// A client that is `role`.
    ///
    /// # Errors
    /// No key to mint its token with.
    pub(in crate::cli::capability) fn client(
        &self,
        role: &Role,
        held: &ResolvedCredential,
    ) -> anyhow::Result<Options> {
        let authorizer = match held {
            ResolvedCredential::Token(token, asked) => {
                Authorizer::fixed(Credential::Token(token.clone()), asked.clone())
            }
            ResolvedCredential::Key(key) => {
                Authorizer::fixed(Credential::Key(key.clone()), role.client_id.clone())
            }
            ResolvedCredential::Minted(claims) => {
                let token = self.mint(role, claims)?;
                Authorizer::fixed(Credential::Token(Secret::new(token)), None)
            }
        };
        self.options(authorizer)
    }

    /// A client with the key, acting as `client_id`; `None` without a key.
    ///
    /// # Errors
    /// A setting that can't be used.
    pub(in crate::cli::capability) fn helper(
        &self,
        client_id: &str,
    ) -> anyhow::Result<Option<Rest>> {
        self.key
            .as_ref()
            .map(|key| {
                let credential = Credential::Key(key.clone());
                let authorizer = Authorizer::fixed(credential, Some(client_id.to_owned()));
                Ok(Rest::new(self.options(authorizer)?))
            })
            .transpose()
    }

    fn mint(&self, role: &Role, claims: &[(String, String)]) -> Result<String, anyhow::Error> {
        let key = self.key.as_ref().ok_or_else(no_credentials)?;
        let issued = self.context.clock.now();
        let lifetime: Duration = role.lifetime.unwrap_or(DEFAULT_TTL);
        let mint = jwt::Mint {
            issued,
            expires: issued + lifetime,
            capability: role.capability.as_ref().map(|it| it.text().to_owned()),
            client_id: role.client_id.clone(),
            room_claims: claims.to_vec(),
            ..jwt::Mint::default()
        };
        let signed: Result<String, ErrorInfo> = jwt::Minter::new(key).sign(&mint.claims());
        Ok(signed?)
    }
}

fn no_credentials() -> Failure {
    Failure::usage("--live needs credentials for the endpoint, and an API key where tokens have to be minted").hint(
        "set ABLY_API_KEY, with ABLY_ENDPOINT where it is not Ably; or run it on a server of its own with \
         'chatctl exec -- chatctl capability …'",
    )
}
