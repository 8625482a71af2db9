//! The options for limits.

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use crate::chat_core::random::Random;
use crate::cli::failure::Failure;
use crate::cli::server_config::ServerConfig;
use crate::server::plan::{Plan, PlanLimits};

/// The options.
#[derive(Args, Clone, Copy, Default)]
pub(in crate::cli) struct LimitOptions {
    /// Hold clients to the limits of an Ably package: rates, connections, channels, sizes, with Ably's codes; [limits] of
    /// --config changes single figures [default: off]
    #[arg(long, value_name = "PLAN")]
    limits: Option<PlanOption>,

    /// Refuse a share of everything over the server's rates
    ///
    /// The rates of messages, requests, new connections and channels that become active then refuse so much of everything,
    /// at random, that what is left is the rate, as Ably does. Without it they refuse exactly what is over them.
    /// --random-seed makes it repeat.
    #[arg(long)]
    limits_share: bool,

    /// Maximum number of connections [default: unlimited, or that of --limits]
    #[arg(long, value_name = "COUNT")]
    connection_limit: Option<NonZeroUsize>,
}

/// A plan.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlanOption {
    /// The bounds of the server only
    Off,
    /// 50 messages a second in and out of a connection, 200 connections and channels
    Free,
    /// 10,000 connections and channels
    Standard,
    /// 50,000 connections and channels, messages of 256 KiB
    Pro,
}

impl LimitOptions {
    /// Returns the limits: those of the plan, changed by the single figures of `config`, changed by flags.
    ///
    /// # Errors
    /// An unknown plan, or an invalid figure; shares without a rate.
    pub(super) fn limits(
        self,
        config: &ServerConfig,
        random: &Random,
    ) -> anyhow::Result<PlanLimits> {
        let plan = match self.limits {
            Some(PlanOption::Off) => Some(Plan::Off),
            Some(PlanOption::Free) => Some(Plan::Free),
            Some(PlanOption::Standard) => Some(Plan::Standard),
            Some(PlanOption::Pro) => Some(Plan::Pro),
            None => config.limits.plan()?,
        };
        let mut limits = plan.unwrap_or_default().limits();
        config.limits.apply(&mut limits)?;
        if let Some(limit) = self.connection_limit {
            limits.connections = Some(limit.get());
        }
        if self.limits_share {
            if !limits.has_account_rates() {
                return Err(
                    Failure::usage("--limits-share: no rate of the server is limited")
                        .hint("add --limits free, or another plan")
                        .into(),
                );
            }
            let mut seed = [0; 8];
            random.fill(&mut seed);
            limits.share_seed = Some(u64::from_le_bytes(seed));
        }
        Ok(limits)
    }
}
