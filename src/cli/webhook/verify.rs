//! `webhook verify`: checks the signature of a batch.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::subject;
use crate::output::{Look, Render};
use crate::server::webhooks::verify;

/// Check the signature of a batch of webhook events
///
/// The signature is that of the header X-Ably-Signature, and the body is exactly what was received, byte by byte: not
/// JSON that was parsed and written again. Exits 1 if it is wrong.
///
///     printf '{"items":[]}' | chatctl webhook verify --key app.key:notARealSecret_1 \
///         --signature /uPCZ8pl76wZabCO/S1UqUcqV8K5gLu3oe6+MUl4sBE=
///     chatctl webhook verify --signature "$SIGNATURE" --body body.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct VerifySignature {
    /// Value of the header X-Ably-Signature
    #[arg(long, value_name = "SIGNATURE")]
    signature: String,

    /// File with the body; `-` for standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    body: PathBuf,
}

impl VerifySignature {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let key = subject::verifying_key(context)?.ok_or_else(|| {
            Failure::usage("there is no API key to verify with")
                .hint("give --key, or set ABLY_API_KEY: the key that X-Ably-Key names")
        })?;
        let body = self.read(context)?;
        let is_valid = verify(&key, &body, &self.signature);
        context.output.print(&Verdict {
            is_valid,
            key_name: key.name().to_owned(),
            bytes: body.len(),
        })?;
        Ok(Exit::verdict(is_valid))
    }

    fn read(&self, context: &Context) -> anyhow::Result<Vec<u8>> {
        if self.body.as_os_str() != "-" {
            let path = self.body.display();
            return std::fs::read(&self.body).with_context(|| format!("can't read {path}"));
        }
        let mut body = Vec::new();
        let read = context.take_stdin().read_to_end(&mut body);
        read.context("can't read standard input")?;
        Ok(body)
    }
}

struct Verdict {
    is_valid: bool,
    key_name: String,
    bytes: usize,
}

impl Render for Verdict {
    fn json(&self) -> Value {
        json!({"valid": self.is_valid, "keyName": self.key_name})
    }

    fn table(&self, _: Look) -> String {
        let Self {
            key_name, bytes, ..
        } = self;
        if self.is_valid {
            format!("valid: {bytes} bytes signed with {key_name}")
        } else {
            format!(
                "not valid: {key_name} did not sign these {bytes} bytes; the body must be exactly as it was received"
            )
        }
    }
}
