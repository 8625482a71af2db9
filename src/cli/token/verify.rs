//! `token verify`: verifies a token offline with the key, or asks the endpoint.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::super::subject::{self, token_argument};
use super::live;
use crate::chat_core::analysis::token_text::{self, Content, Handed};
use crate::chat_core::auth::verify::{verify_all, verify_times};
use crate::chat_core::auth::{Capability, KeyEntry, KeyRing};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::ErrorInfo;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::time::{distance, iso, span};
use crate::output::{Look, Render, table::plain};
use crate::settings::parse_duration;

/// Verify a token's signature, key, times and claims
///
/// Works offline, with the API key. Lists every failure, with the code that a server would give, and exits 1 if there
/// is one:
///
///     chatctl token verify "$TOKEN"
///     chatctl token verify - < token.txt
///
/// Check that a cached token is still valid for a while, without a key:
///
///     chatctl token verify "$TOKEN" --times-only --min-remaining 10m
///
/// An Ably token can be read by the service that issued it only; --live asks the endpoint whether it accepts the token:
///
///     chatctl token verify "$TOKEN" --live
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Verify {
    /// Token, or something that carries one; `-` for standard input, `@file` for a file [default: --token]
    #[arg(id = "handed", value_name = "TOKEN")]
    token: Option<String>,

    /// Exit 1 when less than this time is left
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    min_remaining: Option<Duration>,

    /// Check only the times, without a key
    #[arg(long)]
    times_only: bool,

    /// Ask the endpoint, with a request that changes nothing
    #[arg(long, conflicts_with_all = ["times_only", "key_capability"])]
    live: bool,

    /// Capability of the key, as JSON [default: full access]
    #[arg(long, value_name = "JSON", conflicts_with = "times_only")]
    key_capability: Option<String>,
}

impl Verify {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let text = token_argument(self.token.as_deref(), context)?;
        let now = context.clock.now();
        let claimed = subject::expires(&text);
        let handed = token_text::read(&text);
        if let Ok(handed) = &handed {
            self.check_readable(handed, claimed)?;
        }
        let result = if self.times_only {
            handed
                .map_err(|error| vec![error])
                .and_then(|handed| times(&handed, now))
                .map(Some)
        } else if self.live {
            match handed.and_then(|handed| token_of(&handed).map(str::to_owned)) {
                Ok(token) => live::ask(&token, context)?.map(|()| claimed),
                Err(error) => Err(error),
            }
            .map_err(|error| vec![error])
        } else {
            let keys = self.keys(context)?;
            handed
                .and_then(|handed| token_of(&handed).map(str::to_owned))
                .map_err(|error| vec![error])
                .and_then(|token| verify_all(&token, &keys, now))
                .map(|verified| Some(verified.expires))
        };
        let verdict = VerifyResult::of(result, claimed, self.min_remaining, now);
        context.output.print(&verdict)?;
        Ok(Exit::verdict(verdict.failures.is_empty()))
    }

    /// Checks that the question can be answered: only its issuer can read an Ably token.
    fn check_readable(&self, handed: &Handed, claimed: Option<Timestamp>) -> Result<(), Failure> {
        if !matches!(handed.content, Content::AblyToken(_)) {
            return Ok(());
        }
        let needs_expiry = self.times_only || (self.live && self.min_remaining.is_some());
        let message = match (needs_expiry, claimed) {
            (true, Some(_)) => return Ok(()),
            (true, None) => "an Ably token doesn't show when it expires",
            (false, _) if self.live => return Ok(()),
            (false, _) => "an Ably token can't be verified offline",
        };
        let hint = if needs_expiry {
            "give its TokenDetails, as `chatctl token issue --json` prints them"
        } else {
            "only the service that issued it can read it: ask that with `chatctl token verify TOKEN --live`"
        };
        Err(Failure::usage(message).hint(hint))
    }

    fn keys(&self, context: &Context) -> anyhow::Result<KeyRing> {
        let key = subject::verifying_key(context)?.ok_or_else(|| {
            Failure::usage("there is no API key to verify with")
                .hint("set ABLY_API_KEY, or check only the times with --times-only")
        })?;
        let capability = match subject::key_capability(self.key_capability.as_deref(), context)? {
            Some(capability) => capability,
            None => Capability::all(),
        };
        Ok(KeyRing::new([KeyEntry::new(key, capability)]))
    }
}

fn token_of(handed: &Handed) -> Result<&str, ErrorInfo> {
    handed.content.token().ok_or_else(|| {
        ErrorInfo::new(
            40005,
            400,
            "not a token: it is a TokenRequest, which a server exchanges for one",
        )
    })
}

/// The times of a JWT, or of the TokenDetails around an Ably token.
fn times(handed: &Handed, now: Timestamp) -> Result<Timestamp, Vec<ErrorInfo>> {
    let details = handed.details().and_then(|details| details.expires);
    match (&handed.content, details) {
        (Content::AblyToken(_), Some(expires)) if expires > now => Ok(expires),
        (Content::AblyToken(_), _) => Err(vec![ErrorInfo::new(40142, 401, "Token expired")]),
        _ => {
            let token = token_of(handed).map_err(|error| vec![error])?;
            verify_times(token, now).map(|(_, expires)| expires)
        }
    }
}

struct VerifyResult {
    failures: Vec<FailedCheck>,
    expires: Option<Timestamp>,
    now: Timestamp,
}

struct FailedCheck {
    code: Option<(u32, u16)>,
    message: String,
}

impl VerifyResult {
    fn of(
        result: Result<Option<Timestamp>, Vec<ErrorInfo>>,
        claimed: Option<Timestamp>,
        min_remaining: Option<Duration>,
        now: Timestamp,
    ) -> Self {
        let (expires, failures) = match result {
            Ok(expires) => (expires, Vec::new()),
            Err(failures) => (claimed, failures),
        };
        let mut failures: Vec<FailedCheck> = failures
            .into_iter()
            .map(|error| FailedCheck {
                code: Some((error.code, error.status_code)),
                message: error.message,
            })
            .collect();
        if let (Some(least), Some(expires)) = (min_remaining, expires)
            && now < expires
            && expires.since(now) < least
        {
            failures.push(FailedCheck {
                code: None,
                message: format!(
                    "{} are left, less than {}",
                    span(expires.since(now)),
                    span(least)
                ),
            });
        }
        Self {
            failures,
            expires,
            now,
        }
    }
}

impl Render for VerifyResult {
    fn json(&self) -> Value {
        let failures: Vec<Value> = self
            .failures
            .iter()
            .map(|failure| {
                json!({
                    "code": failure.code.map(|(code, _)| code),
                    "statusCode": failure.code.map(|(_, status)| status),
                    "message": failure.message,
                })
            })
            .collect();
        let mut value = json!({"valid": failures.is_empty()});
        if let Some((code, _)) = self.failures.first().and_then(|failure| failure.code) {
            value["code"] = Value::from(code);
        }
        value["failures"] = Value::Array(failures);
        if let Some(expires) = self.expires {
            value["expires"] = Value::from(expires.millis());
            value["remaining"] =
                Value::from(u64::try_from(expires.since(self.now).as_millis()).unwrap_or(u64::MAX));
        }
        value
    }

    fn table(&self, _look: Look) -> String {
        let end = self.expires.map(|expires| {
            let word = if expires > self.now {
                "expires"
            } else {
                "expired"
            };
            format!("{word} {} ({})", distance(expires, self.now), iso(expires))
        });
        if self.failures.is_empty() {
            return match end {
                Some(end) => format!("valid, {end}"),
                None => "valid".to_owned(),
            };
        }
        let mut lines = vec!["not valid".to_owned()];
        for failure in &self.failures {
            let code = failure
                .code
                .map_or_else(String::new, |(code, status)| format!("{code} ({status})  "));
            lines.push(format!("  {code}{}", plain(&failure.message)));
        }
        if let Some(end) = end {
            lines.push(end);
        }
        lines.join("\n")
    }
}
