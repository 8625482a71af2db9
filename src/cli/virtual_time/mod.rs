//! Virtual time and chance of a server: the options that `serve` and `exec` share.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;

use super::Context;
use super::failure::Failure;
use super::time;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::random::Random;
use crate::server::Server;
use crate::server::virtual_time::{Mode, VirtualTime};

/// The script that makes the timers of a Node process virtual.
pub(super) const PRELOAD: &str = include_str!("preload.cjs");

/// The notice about a clock that stands.
pub(super) const FROZEN: &str =
    "the time is frozen: 'chatctl clock advance 1m' moves it, 'chatctl clock run' lets it go on";

/// The options of virtual time and of chance.
#[derive(Args, Default)]
pub(super) struct TimeOptions {
    /// Start of virtual time, as 2030-01-01T00:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    clock_start: Option<String>,

    /// Seed of random ids, and with --virtual-time of Math.random. For tests only: it makes connection keys guessable
    #[arg(long, value_name = "NUMBER")]
    pub(super) random_seed: Option<u32>,
}

impl TimeOptions {
    /// Starts virtual time in `context`, for processes that take part by the socket in `folder`.
    ///
    /// # Errors
    /// An invalid time; the system's.
    pub(super) fn start(
        &self,
        mode: Mode,
        folder: Option<&Path>,
        context: &mut Context,
    ) -> anyhow::Result<Arc<VirtualTime>> {
        let now = context.clock.now();
        let start = match &self.clock_start {
            Some(text) => time::moment(text, now)
                .map_err(|why| Failure::usage(format!("--clock-start: {why}")))?,
            None => now,
        };
        if start <= Timestamp(0) {
            return Err(Failure::usage("--clock-start: the time must be after 1970").into());
        }
        let time =
            VirtualTime::start(start, mode, folder, report).context("can't start virtual time")?;
        context.clock = Arc::new(time.clock().clone());
        Ok(time)
    }

    /// Refuses a start of virtual time where there is none; `option` starts it.
    ///
    /// # Errors
    /// --clock-start.
    pub(super) fn require_none(&self, option: &str) -> anyhow::Result<()> {
        match self.clock_start {
            Some(_) => Err(Failure::usage(format!("--clock-start needs {option}")).into()),
            None => Ok(()),
        }
    }

    /// Seeds the ids of `server` and the shares that it refuses, where a seed is given.
    pub(super) fn seed(&self, server: &mut Server) {
        if let Some(seed) = self.random_seed {
            server.random = Random::seeded(seed.into());
            if let Some(share_seed) = &mut server.setup.limits.share_seed {
                *share_seed = seed.into();
            }
        }
    }
}

/// Says on standard error why the time stands.
fn report(text: &str) {
    // A closed standard error must not end the work.
    let _ = io::stderr().write_all(format!("warning: {text}\n").as_bytes());
}
