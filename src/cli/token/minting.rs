//! Mints the tokens of one run of `token mint`, and renders them.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::chat_core::auth::ApiKey;
use crate::chat_core::auth::invalid::Invalid;
use crate::chat_core::auth::jwt::{self, Minter};
use crate::chat_core::auth::verify::claim_time;
use crate::cli::Context;
use crate::output::{Look, Render};

/// The claims that all tokens of one run share.
pub(super) struct MintPlan {
    pub(super) mint: jwt::Mint,
    pub(super) invalid: Option<Invalid>,
    pub(super) is_numbered: bool,
}

/// Makes the tokens of one run.
pub(super) struct Minting<'a> {
    key: &'a ApiKey,
    minter: Minter,
    plan: &'a MintPlan,
    claims: Map<String, Value>,
}

impl<'a> Minting<'a> {
    pub(super) fn of(key: &'a ApiKey, plan: &'a MintPlan) -> Self {
        Self {
            key,
            minter: Minter::new(key),
            plan,
            claims: plan.mint.claims(),
        }
    }

    pub(super) fn one(&self, context: &Context, number: u64) -> anyhow::Result<Token<'_>> {
        let numbered = self
            .plan
            .mint
            .client_id
            .as_ref()
            .filter(|id| self.plan.is_numbered && id.contains("{n}"))
            .map(|id| id.replace("{n}", &number.to_string()));
        if let Some(invalid) = self.plan.invalid {
            return self.invalid(invalid, numbered, context);
        }
        let claims = match numbered {
            None => Cow::Borrowed(&self.claims),
            Some(id) => {
                let mut claims = self.claims.clone();
                claims.insert(jwt::CLIENT_ID.to_owned(), Value::from(id));
                Cow::Owned(claims)
            }
        };
        Ok(Token {
            token: self.minter.sign(&claims)?,
            key_name: self.key.name(),
            claims,
        })
    }

    fn invalid(
        &self,
        invalid: Invalid,
        numbered: Option<String>,
        context: &Context,
    ) -> anyhow::Result<Token<'_>> {
        let mut mint = self.plan.mint.clone();
        if numbered.is_some() {
            mint.client_id = numbered;
        }
        let token = invalid.mint(&mint, self.key, context.clock.now(), &context.random)?;
        let claims = jwt::decode(&token)
            .ok()
            .and_then(|decoded| decoded.readable_claims().cloned())
            .unwrap_or_default();
        Ok(Token {
            token,
            key_name: self.key.name(),
            claims: Cow::Owned(claims),
        })
    }
}

/// A minted token, with its claims.
pub(super) struct Token<'a> {
    pub(super) token: String,
    key_name: &'a str,
    claims: Cow<'a, Map<String, Value>>,
}

impl Render for Token<'_> {
    fn json(&self) -> Value {
        let mut value = json!({
            "token": self.token,
            "keyName": self.key_name,
            "issued": claim_time(&self.claims, "iat"),
            "expires": claim_time(&self.claims, "exp"),
            "capability": jwt::capability_text(&self.claims),
        });
        if let Some(id) = self.claims.get(jwt::CLIENT_ID) {
            value["clientId"] = id.clone();
        }
        value
    }

    fn table(&self, _look: Look) -> String {
        self.token.clone()
    }
}
