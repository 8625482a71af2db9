//! `bench mint`: how fast this machine signs tokens.

use std::time::Duration;

use clap::Args;

use super::latencies::Latencies;
use super::progress;
use super::report::Report;
use super::span::{Span, SpanOptions};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::auth::jwt::{self, Minter};
use crate::chat_core::clock::Timestamp;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::process::signals::Signals;

/// Measure how fast tokens are minted
///
/// Signs Ably JWTs on one core of this machine, with a key of its own and no network.
///
///     chatctl bench mint --count 100000
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Mint {
    #[command(flatten)]
    span: SpanOptions,
}

/// The tokens after which others get their turn.
const BATCH: u64 = 64;

/// The lifetime of the tokens.
const TTL: Duration = Duration::from_secs(3600);

impl Mint {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.block_on(async {
            let mut signals = Signals::new()?;
            let span = self.span.begin();
            let mut latencies = Latencies::new();
            let minted = tokio::select! {
                minted = mint(context, &span, &mut latencies) => minted?,
                () = progress::show(context, &span) => 0,
                _ = signals.next() => return Ok(Exit::Interrupted),
            };
            let report = Report {
                bench: "mint",
                title: "one core".to_owned(),
                what: "minted",
                count: minted,
                latencies,
                ..Report::offline()
            };
            report.over(&span).print(context)
        })
    }
}

/// Signs tokens until the time is over. Returns the number of those that are measured.
async fn mint(context: &Context, span: &Span, latencies: &mut Latencies) -> anyhow::Result<u64> {
    let minter = Minter::new(&ApiKey::generate(&context.random));
    let mut count = 0;
    for number in 0_u64.. {
        if number % BATCH == 0 {
            tokio::task::yield_now().await;
        }
        if !span.admits() {
            break;
        }
        let begun = span.elapsed();
        let issued = context.clock.now();
        let mint = jwt::Mint {
            issued,
            expires: Timestamp(issued.millis().saturating_add(TTL.as_millis().try_into()?)),
            client_id: Some(format!("client-{number}")),
            capability: Some(r#"{"*":["*"]}"#.to_owned()),
            ..jwt::Mint::default()
        };
        std::hint::black_box(minter.sign(&mint.claims())?);
        if span.measures(begun) {
            count += 1;
            latencies.record(span.elapsed().saturating_sub(begun));
        }
    }
    Ok(count)
}
