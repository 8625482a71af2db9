//! A unit of a live run: one role in one room, and everything to try there.

use std::collections::{BTreeMap, BTreeSet};

use super::actor::{RoleActor, RoleMessage};
use super::probe::{self, Probe, ProbeOutcome};
use super::service::LiveService;
use super::standin::stand_in;
use crate::chat_core::analysis::policy::Check;
use crate::cli::capability::policy::Loaded;

/// One role in one room.
pub(super) struct Unit {
    role: usize,
    room: String,
    /// The room that it is tried in.
    place: String,
    probes: BTreeSet<Probe>,
}

/// The result of a unit.
pub(super) struct Tried {
    pub(super) role: usize,
    /// The room of the policy.
    pub(super) room: String,
    /// The room that it was tried in.
    pub(super) place: String,
    pub(super) done: BTreeMap<Probe, ProbeOutcome>,
    /// The clientId that the service gave the role; `None` where its login failed.
    pub(super) client_id: Option<String>,
    /// The user claim of the message that the role sent, where it sent one.
    pub(super) sent: Option<RoleMessage>,
    /// The messages that could not be deleted.
    pub(super) left_behind: Vec<String>,
}

/// The units that try these checks.
pub(super) fn units(loaded: &Loaded, checks: &[&Check], run: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    for (place, role) in loaded.policy.roles.iter().enumerate() {
        for room in rooms_of(checks, place) {
            // Checks that name no room are tried in all of them.
            let here = checks.iter().filter(|check| {
                check.role == place && check.room.as_deref().is_none_or(|it| it == room)
            });
            units.push(Unit {
                role: place,
                room: room.to_owned(),
                place: stand_in(room, role, run),
                probes: here.flat_map(|check| probe::of_check(check)).collect(),
            });
        }
    }
    units
}

impl Unit {
    /// Tries everything, and cleans up.
    ///
    /// # Errors
    /// Missing settings, or an endpoint that can't be used at all.
    pub(super) async fn run(
        self,
        loaded: &Loaded,
        service: &LiveService<'_>,
    ) -> anyhow::Result<Tried> {
        let role = &loaded.policy.roles[self.role];
        let mut actor = RoleActor::new(role, &loaded.held[self.role], &self.place, service)?;
        let mut done = BTreeMap::new();
        for probe in &self.probes {
            done.insert(*probe, actor.act(*probe).await?);
        }
        let left_behind = actor.clean_up().await;
        Ok(Tried {
            role: self.role,
            room: self.room,
            place: self.place,
            done,
            client_id: actor.client_id.take(),
            sent: actor.sent.take(),
            left_behind,
        })
    }
}

/// The rooms that are named for a role, in their order.
fn rooms_of<'a>(checks: &[&'a Check], role: usize) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    checks
        .iter()
        .filter(|check| check.role == role)
        .filter_map(|check| check.room.as_deref())
        .filter(|room| seen.insert(*room))
        .collect()
}
