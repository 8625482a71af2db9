//! The state that an engine holds of a channel to do the next command in it: its series and its members.

use super::command::{ChannelCommand, Touches};
use super::fold::presence::PresenceSet;
use super::fold::{ChannelRules, Effect, Touched, Transition, fold};
use super::query::Snapshot;
use super::serial::Series;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::Result;

/// The state of a channel.
#[derive(Clone)]
pub(super) struct ChannelState {
    name: String,
    pub(super) series: Series,
    pub(super) members: PresenceSet,
    rules: ChannelRules,
}

impl ChannelState {
    /// Returns a channel as it was at the newest position of `series`.
    pub(super) fn new(
        name: &str,
        series: Series,
        members: PresenceSet,
        rules: ChannelRules,
    ) -> Self {
        Self {
            name: name.to_owned(),
            series,
            members,
            rules,
        }
    }

    /// Moves the position beyond that of `earlier` and up to `now`: a channel that takes its place must not go back.
    pub(super) fn advance_beyond(&mut self, earlier: &Self, now: Timestamp) {
        self.series.advance(now);
        self.series.advance_beyond(earlier.series.last_time());
    }

    /// Moves the position beyond `serial`, which is imported.
    pub(super) fn advance_beyond_serial(&mut self, serial: &str) {
        if let Some(elsewhere) = Series::resumed(serial) {
            self.series.advance_beyond(elsewhere.last_time());
        }
    }

    /// Returns the channel as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            head: self.series.last(),
            members: self.members.present(),
        }
    }

    /// Returns the members that a command touches; its messages are the engine's to add.
    pub(super) fn touched_members(&self, needs: &Touches<'_>) -> Touched {
        let mut touched = Touched::default();
        if needs.member_count {
            touched.member_count = self.members.count();
            touched.members_size = self.members.size();
        }
        for key in &needs.members {
            if let Some(member) = self.members.get(key) {
                touched.members.insert(key.clone(), member.clone());
            }
        }
        touched
    }

    /// Folds `command` over what it touches, and stamps it at once with the next position.
    ///
    /// # Errors
    /// Why the fold refuses it; nothing has happened then.
    pub(super) fn apply(
        &mut self,
        command: ChannelCommand,
        touched: &mut Touched,
        now: Timestamp,
    ) -> Result<Transition> {
        let draft = fold(&self.name, command, touched, self.rules)?;
        let position = if draft.is_empty() {
            self.series.head()
        } else {
            self.series.next(now)
        };
        let transition = draft.stamp(position);
        self.follow(&transition);
        Ok(transition)
    }

    /// Moves the members as a transition tells.
    fn follow(&mut self, transition: &Transition) {
        if let Effect::Presence = transition.effect {
            let frames = transition.entry.frames.iter();
            for told in frames.filter_map(|frame| frame.presence.as_ref()).flatten() {
                self.members.follow(told);
            }
        }
    }
}
