//! The state of virtual time, as it is told to users.

use serde::{Deserialize, Serialize};

use super::obstacle::Obstacle;
use crate::chat_core::clock::Timestamp;

/// Whether the time goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Only when it is advanced.
    Frozen,
    /// To the next deadline whenever everybody is quiet; as usual where no process takes part.
    Running,
}

/// The state of virtual time.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The date.
    pub now: Timestamp,
    /// Whether the time goes on by itself.
    pub mode: Mode,
    /// The server's next deadline.
    pub next: Option<Timestamp>,
    /// The processes that take part, by name.
    pub participants: Vec<ParticipantStatus>,
    /// Who keeps the time from going on.
    pub waiting: Vec<Obstacle>,
}

/// The state of a process that takes part.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParticipantStatus {
    /// The ordinals by which it was started, as in `1.2`.
    pub name: String,
    /// Its process id.
    pub pid: u32,
    /// Whether its timers are virtual: they are once it has loaded `ably`.
    pub is_virtual: bool,
    /// When its next timer is due.
    pub next: Option<Timestamp>,
}

/// The result of an advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Advanced {
    /// The date.
    pub now: Timestamp,
    /// The number of deadlines that came.
    pub steps: u64,
    /// The real time that it took, in milliseconds.
    pub real_ms: u64,
}
