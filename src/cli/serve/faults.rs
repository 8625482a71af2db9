//! The options for faults on demand.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::Value;
use tokio::net::TcpListener;

use super::listen;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::{atomic_file, fault_file};
use crate::server::faults::{ChaosProfile, FaultReport, RulesForm};

/// The options.
#[derive(Args, Default)]
pub(in crate::cli) struct FaultOptions {
    /// File with rules of faults for all apps, in TOML; see chatctl help faults
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,

    #[command(flatten)]
    chaos: ChaosOptions,

    /// Write what faults were done to this file at the end, as JSON
    #[arg(long, value_name = "FILE")]
    fault_log: Option<PathBuf>,

    /// Serve the control API of the vendor's fault proxy (ably/uts-proxy) at this loopback address, for test suites that
    /// drive it
    #[arg(long, value_name = "ADDRESS")]
    uts_proxy: Option<String>,
}

/// A seed, and how much comes of it.
#[derive(Args, Default)]
pub(in crate::cli) struct ChaosOptions {
    /// Draw faults from this seed: the same seed gives the same faults to the same acts of an app
    #[arg(long, value_name = "SEED")]
    chaos: Option<u64>,

    /// How much comes of --chaos: what SDKs hide (mild), what an app sees as well (rough), more and longer (hostile)
    #[arg(
        long,
        value_name = "PROFILE",
        requires = "chaos",
        default_value = "rough"
    )]
    chaos_profile: ProfileOption,
}

/// How much chaos.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ProfileOption {
    /// Faults that SDKs hide: drops, lost acknowledgements, late frames
    Mild,
    /// These, and those that an app sees: refusals, lost answers, duplicates
    #[default]
    Rough,
    /// The same more often, with outages of up to half a minute
    Hostile,
}

impl ChaosOptions {
    /// The seed, and the profile's name.
    ///
    /// # Errors
    /// No seed.
    pub(in crate::cli) fn required(&self) -> Result<(u64, String), Failure> {
        match self.chaos {
            Some(seed) => Ok((seed, self.profile())),
            None => Err(Failure::usage("--chaos is missing: it names the seed")
                .hint("a failing run of exec --chaos prints it")),
        }
    }

    fn profile(&self) -> String {
        let value = self.chaos_profile.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl FaultOptions {
    /// The rules of the file; none without one.
    ///
    /// # Errors
    /// A file that can't be read, or its first fault with its place.
    pub(super) fn rules(&self) -> anyhow::Result<RulesForm> {
        match &self.faults {
            Some(path) => fault_file::read("--faults", path),
            None => Ok(RulesForm::default()),
        }
    }

    /// Says that the server fails on purpose, by `rules` or by a seed, where it does.
    pub(super) fn announce(&self, rules: &RulesForm, context: &Context) {
        let count = rules.uts.len() + rules.fault.len();
        if let Some(path) = self.faults.as_deref().filter(|_| count > 0) {
            let from = path.display();
            context.output.notice(&format!(
                "note: this server fails on purpose: {count} rules of {from}"
            ));
        }
        if let Some(seed) = self.chaos.chaos {
            let profile = self.chaos.profile();
            context.output.notice(&format!(
                "note: this server fails on purpose: --chaos {seed} --chaos-profile {profile}"
            ));
        }
    }

    /// The seed and the profile.
    pub(super) fn chaos(&self) -> Option<(u64, ChaosProfile)> {
        let profile = match self.chaos.chaos_profile {
            ProfileOption::Mild => ChaosProfile::Mild,
            ProfileOption::Rough => ChaosProfile::Rough,
            ProfileOption::Hostile => ChaosProfile::Hostile,
        };
        self.chaos.chaos.map(|seed| (seed, profile))
    }

    /// Says what the faults have done, now that `exit` is known: a failure has its seed beside it.
    ///
    /// # Errors
    /// A log that can't be written.
    pub(in crate::cli) fn report(
        &self,
        report: &FaultReport,
        has_failed: bool,
        context: &Context,
    ) -> anyhow::Result<()> {
        let entries = report.entries();
        if let (Some(seed), true) = (self.chaos.chaos, has_failed) {
            let profile = self.chaos.profile();
            context.output.notice(&format!(
                "failed with --chaos {seed} --chaos-profile {profile}: {} faults were done; the same seed does them again, and \
                 'chatctl faults shrink --chaos {seed} --chaos-profile {profile} -- COMMAND' finds those that matter",
                entries.len()
            ));
        }
        if let Some(path) = &self.fault_log {
            let text = Value::Array(entries).to_string();
            atomic_file::write(path, text.as_bytes())
                .with_context(|| format!("--fault-log: can't write {}", path.display()))?;
        }
        Ok(())
    }

    /// The listener of the fault proxy, if it is wanted; says where it is.
    ///
    /// # Errors
    /// An address that is not loopback, or that can't be had.
    pub(super) async fn uts_proxy(&self, context: &Context) -> anyhow::Result<Option<TcpListener>> {
        let Some(address) = &self.uts_proxy else {
            return Ok(None);
        };
        let listener = listen("--uts-proxy", address).await?;
        let place = listener.local_addr().context("can't tell the address")?;
        if !place.ip().is_loopback() {
            return Err(Failure::usage(format!(
                "--uts-proxy: {place} is not loopback, and the fault proxy asks for no credential"
            ))
            .hint("as in --uts-proxy 127.0.0.1:9100")
            .into());
        }
        context
            .output
            .notice(&format!("fault proxy: http://{place}"));
        Ok(Some(listener))
    }
}
