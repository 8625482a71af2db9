//! The REST client: one operation each, with its credentials, deadline and retries.

use std::sync::Arc;

use serde::Serialize;

use super::call::{Call, Response};
use super::error::{Error, Result};
use super::options::Options;
use super::retry::{Deadline, Retry, RetryPolicy};
use super::token_source::exchange_call;
use super::transport::Transport;
use crate::chat_core::auth::{TokenDetails, TokenRequest};

/// A client of the REST API.
pub struct Rest {
    options: Options,
    transport: Transport,
}

impl Rest {
    /// A client.
    pub fn new(options: Options) -> Self {
        let transport = Transport::new(
            options.endpoint.clone(),
            options.format,
            options.connector.clone(),
            Arc::clone(&options.clock),
            options.random.clone(),
        );
        Self { options, transport }
    }

    /// Returns the client's options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// `value` in the client's format.
    pub fn encode(&self, value: &impl Serialize) -> Vec<u8> {
        self.options.format.encode(value)
    }

    /// Makes a call within the time of an operation. A lost answer is asked for once more where the call may be made
    /// twice.
    ///
    /// # Errors
    /// The service's refusal, why it was not reached, or why no token could be got.
    pub async fn call(&self, call: &Call) -> Result<Response> {
        self.call_with(call, RetryPolicy::Once, self.deadline())
            .await
    }

    /// Makes a call until `deadline`, again as `policy` says where the call may be made twice.
    ///
    /// # Errors
    /// As [`Rest::call`].
    pub(super) async fn call_with(
        &self,
        call: &Call,
        policy: RetryPolicy,
        deadline: Deadline,
    ) -> Result<Response> {
        let mut retry = Retry::new(policy, deadline);
        loop {
            match self.attempt(call, retry.attempt()).await {
                Err(error) if call.is_repeatable() && retry.again(&error).await => {}
                result => return result,
            }
        }
    }

    /// The deadline of an operation that begins now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::within(self.options.timeout)
    }

    /// Makes a call once; with a new token where the service refuses the present one and there can be another (RSA4b).
    pub(super) async fn attempt(&self, call: &Call, deadline: Deadline) -> Result<Response> {
        let authorizer = &self.options.authorizer;
        let credential = authorizer.credential_by(deadline).await?;
        match self.transport.call(&credential, call, deadline).await {
            Err(Error::Refused(error))
                if error.is_token_error() && authorizer.refused(&credential) =>
            {
                tracing::info!(%error, "the token was refused: another is fetched");
                let credential = authorizer.credential_by(deadline).await?;
                self.transport.call(&credential, call, deadline).await
            }
            result => result,
        }
    }

    /// Exchanges a signed TokenRequest for a token (RSA8).
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
    pub async fn exchange(&self, request: &TokenRequest) -> Result<TokenDetails> {
        let call = exchange_call(request, self.options.format);
        self.call(&call).await?.read()
    }
}
