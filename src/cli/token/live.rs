//! Asks the endpoint about a token.

use http::Method;

use crate::chat_core::auth::{Credential, Secret};
use crate::chat_core::client::call::Call;
use crate::chat_core::client::{Authorizer, Error, Rest};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::error::catalogue::Class;
use crate::cli::Context;
use crate::cli::service::Service;

/// A request that changes nothing: the history of a channel that is not used.
const PATH: &str = "/channels/chatctl-token-verify/messages";

/// Returns the endpoint's answer to `token`: accepted, or refused with an error. A token without the right to read
/// history is accepted.
///
/// # Errors
/// An endpoint that can't be reached, or that fails for another reason than the token.
pub(super) fn ask(token: &str, context: &Context) -> anyhow::Result<Result<(), ErrorInfo>> {
    let credential = Credential::Token(Secret::new(token));
    let rest = Rest::new(Service::new(context).options_with(Authorizer::fixed(credential, None))?);
    let call = Call {
        method: Method::GET,
        path: PATH.to_owned(),
        query: vec![("limit".to_owned(), "1".to_owned())],
        body: None,
        version: 6,
    };
    let answer = context.block_on(async { Ok(rest.call(&call).await) })?;
    match answer {
        Ok(_) => Ok(Ok(())),
        Err(Error::Refused(error)) => match error.class() {
            Class::NotPermitted => Ok(Ok(())),
            Class::Credentials => Ok(Err(error)),
            _ => Err(Error::Refused(error).into()),
        },
        Err(error) => Err(error.into()),
    }
}
