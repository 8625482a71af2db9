//! `claims decode`: the claims of a token, verified or not.

use clap::Args;
use serde_json::{Map, Value};

use super::describe::{Description, Envelope};
use crate::chat_core::analysis::lint::{self, Known, Severity};
use crate::chat_core::analysis::token_text::{self, Content, Handed};
use crate::chat_core::auth::jwt;
use crate::chat_core::auth::verify::verify_all;
use crate::chat_core::auth::{Capability, KeyEntry, KeyRing, TokenRequest};
use crate::chat_core::error::Result;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::subject::{self, token_argument};

/// Decode a token: header, times, capability, user claims, warnings
///
/// Takes a JWT, `Bearer …`, TokenDetails or TokenRequest JSON, or a URL that carries a token:
///
///     chatctl claims decode "$TOKEN"
///     pbpaste | chatctl claims decode -
///
/// The signature is not verified, unless --verify is given and a key is set: then an invalid token exits 1.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Decode {
    /// Token, or something that carries one; `-` for standard input, `@file` for a file [default: --token]
    #[arg(id = "handed", value_name = "TOKEN")]
    token: Option<String>,

    /// Verify the token with the API key
    #[arg(long)]
    verify: bool,

    /// Capability of the key, as JSON [default: full access]
    #[arg(long, value_name = "JSON")]
    key_capability: Option<String>,
}

impl Decode {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let text = token_argument(self.token.as_deref(), context)?;
        let key_capability = subject::key_capability(self.key_capability.as_deref(), context)?;
        let handed = token_text::read(&text).map_err(|error| Failure::ably(&error, Exit::No))?;
        let now = context.clock.now();
        let mut description = describe(&handed).map_err(|error| Failure::ably(&error, Exit::No))?;
        description.now = now;
        if !matches!(handed.content, Content::AblyToken(_)) {
            let known = Known {
                now,
                for_chat: false,
                key: None,
                key_capability: key_capability.as_ref(),
            };
            description.warnings = lint::lint(&text, &known).findings;
            description
                .warnings
                .retain(|finding| finding.severity != Severity::Info);
        }
        if self.verify {
            let key = subject::verifying_key(context)?.ok_or_else(|| {
                Failure::usage("there is no API key to verify with").hint("set ABLY_API_KEY")
            })?;
            let of_key = key_capability.unwrap_or_else(Capability::all);
            description.check(&handed, KeyEntry::new(key, of_key));
        }
        context.output.print(&description)?;
        Ok(Exit::verdict(description.verified != Some(false)))
    }
}

impl Description {
    /// Verifies the token with a key.
    fn check(&mut self, handed: &Handed, entry: KeyEntry) {
        let Some(token) = handed.content.token() else {
            let is_signed = |request: &TokenRequest| {
                request.key_name == entry.key.name() && request.mac_is_valid(&entry.key)
            };
            self.verified = Some(self.request.as_ref().is_some_and(is_signed));
            return;
        };
        let checked = verify_all(token, &KeyRing::new([entry]), self.now);
        self.failures = checked.err().unwrap_or_default();
        self.verified = Some(self.failures.is_empty());
    }
}

fn describe(handed: &Handed) -> Result<Description> {
    let mut description = match &handed.content {
        Content::Jwt(token) | Content::EncryptedJwt(token) => of_jwt(token)?,
        Content::AblyToken(_) => Description::default(),
        Content::Request(request) => of_request(request),
    };
    handed.content.kind().clone_into(&mut description.kind);
    if let Some(details) = handed.details() {
        description.fill(details);
    }
    Ok(description)
}

fn of_jwt(token: &str) -> Result<Description> {
    let outer = jwt::decode(token)?;
    let Some(inner) = outer.embedded().and_then(Value::as_str) else {
        let claims = match &outer.claims {
            Some(claims) => claims.clone()?,
            None => Map::new(),
        };
        return Ok(Description::of_claims(outer.header, claims));
    };
    let envelope = Envelope {
        header: outer.header.clone(),
        claims: outer.readable_claims().cloned(),
    };
    let mut description = match jwt::decode(inner) {
        Ok(decoded) => {
            let claims = decoded.claims.unwrap_or_else(|| Ok(Map::new()))?;
            Description::of_claims(decoded.header, claims)
        }
        // An Ably token inside can't be verified.
        Err(_) => Description::default(),
    };
    description.envelope = Some(envelope);
    Ok(description)
}

fn of_request(request: &TokenRequest) -> Description {
    Description {
        key_name: Some(request.key_name.clone()),
        client_id: request.client_id.clone().map(Value::from),
        capability: request.capability.clone(),
        request: Some(request.clone()),
        ..Description::default()
    }
}
