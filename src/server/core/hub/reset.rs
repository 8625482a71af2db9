//! Resets: the channels of an app go back to their seeds while subscribers stay. Attachments are told by the engine's
//! event.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Hub;
use crate::chat_core::error::Result;
use crate::server::engine::ChannelSeed;

impl Hub {
    /// Makes every channel what `plan` says, those that it does not name empty.
    ///
    /// # Errors
    /// The engine's; the channels before the one that it is about are reset then.
    pub(crate) async fn reset(&self, mut plan: HashMap<String, ChannelSeed>) -> Result<()> {
        let mut names: BTreeSet<String> = self.app.channels().await?.into_iter().collect();
        names.extend(self.active());
        names.extend(plan.keys().cloned());
        self.channels.lock().forget_peak();
        for name in names {
            let seed = plan.remove(&name).unwrap_or_default();
            self.app.reset_to(&name, seed).await?;
        }
        Ok(())
    }

    /// Makes channels what `plan` says, where nothing is kept of them. For a hub without attachments.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn plant(&self, plan: HashMap<String, ChannelSeed>) -> Result<()> {
        if plan.is_empty() {
            return Ok(());
        }
        let kept: HashSet<String> = self.app.channels().await?.into_iter().collect();
        for (name, seed) in plan {
            if !kept.contains(&name) {
                self.app.reset_to(&name, seed).await?;
            }
        }
        Ok(())
    }
}
