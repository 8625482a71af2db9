//! Chaos: faults that a seed draws.
//!
//! A decision is a keyed hash of the seed and of the key of what happens ([`super::ordinals`]), so that neither threads
//! nor other clients shift it: the same act of an app meets the same fault. What is drawn is bounded so that an app that
//! is right can still finish: after a fault, the next events of the same kind are spared; a client meets a fault at one
//! in five events at most, and [`MAX_FAULTS`] in all; no outage lasts longer than [`MAX_OUTAGE`], unless the profile is
//! hostile. Faults that no app survives are never drawn.

use std::collections::HashMap;
use std::time::Duration;

use ring::digest::{SHA256, digest};

use super::fault::{Answer, Fault, Refused};
use super::kinds::Point;
use super::occurrence::Occurrence;
use super::ordinals::DecisionKey;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Action, flags};

/// The most faults that one client meets.
pub(crate) const MAX_FAULTS: u64 = 20;

/// The events of a kind that are spared after a fault.
const SPARED: u64 = 6;

/// The longest outage, unless the profile is hostile.
pub(crate) const MAX_OUTAGE: Duration = Duration::from_secs(3);

/// How much chaos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChaosProfile {
    /// Faults that SDKs hide from the app: drops, late frames, lost acknowledgements, requests for another token.
    Mild,
    /// These, and what an app sees: refusals, lost answers, duplicates, lost continuity, tokens that expire, a client off
    /// the network for seconds, whose REST requests fail.
    #[default]
    Rough,
    /// The same more often, and outages of up to half a minute.
    Hostile,
}

/// A seed and how much comes of it.
#[derive(Debug)]
pub(crate) struct Chaos {
    seed: u64,
    profile: ChaosProfile,
    /// By client: events seen and faults met.
    clients: HashMap<String, ClientChaos>,
    /// How many of the next events are spared, where something met a fault.
    spared: HashMap<String, u64>,
}

#[derive(Debug, Default)]
struct ClientChaos {
    events: u64,
    faults: u64,
}

/// A fault that may be drawn, and how likely it is.
struct Candidate {
    weight: u64,
    fault: Fault,
}

impl Chaos {
    /// Chaos of a seed.
    pub(crate) fn new(seed: u64, profile: ChaosProfile) -> Self {
        Self {
            seed,
            profile,
            clients: HashMap::new(),
            spared: HashMap::new(),
        }
    }

    /// Returns the fault at `occurrence`, whose key is `key`, if the seed has one there.
    pub(crate) fn draw(&mut self, occurrence: &Occurrence<'_>, key: &DecisionKey) -> Option<Fault> {
        let candidates = self.candidates(occurrence);
        if candidates.is_empty() {
            return None;
        }
        let client = self.clients.entry(client_of(key).to_owned()).or_default();
        client.events += 1;
        // A request and its answer are one.
        let kind = key.stream.replace("/answer/", "/request/");
        if let Some(left) = self.spared.get_mut(&kind).filter(|left| **left > 0) {
            *left -= 1;
            return None;
        }
        let mut dice = Dice::new(self.seed, &key.text());
        let rate = match self.profile {
            ChaosProfile::Mild | ChaosProfile::Rough => 20,
            ChaosProfile::Hostile => 8,
        };
        if dice.roll(rate) != 0 {
            return None;
        }
        if client.faults >= MAX_FAULTS || client.faults * 5 > client.events {
            return None;
        }
        let total = candidates.iter().map(|candidate| candidate.weight).sum();
        let mut place = dice.roll(total);
        let drawn = candidates.into_iter().find(|candidate| {
            let is_it = place < candidate.weight;
            place = place.saturating_sub(candidate.weight);
            is_it
        })?;
        client.faults += 1;
        self.spared.insert(kind, SPARED);
        Some(match drawn.fault {
            Fault::Late(_) => Fault::Late(Duration::from_millis(50 + dice.roll(450))),
            Fault::Delay(_) => Fault::Delay(Duration::from_millis(50 + dice.roll(450))),
            Fault::Offline(longest) => {
                let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
                Fault::Offline(Duration::from_millis(200 + dice.roll(longest)))
            }
            other => other,
        })
    }

    /// Returns the faults that may come at `occurrence`.
    fn candidates(&self, occurrence: &Occurrence<'_>) -> Vec<Candidate> {
        let is_seen = self.profile != ChaosProfile::Mild;
        let mut candidates = Vec::new();
        let mut add = |weight, fault| candidates.push(Candidate { weight, fault });
        let some = Duration::from_millis(1);
        let offline = Fault::Offline(match self.profile {
            ChaosProfile::Mild | ChaosProfile::Rough => MAX_OUTAGE,
            ChaosProfile::Hostile => 10 * MAX_OUTAGE,
        });
        match (occurrence.at, occurrence.action()) {
            // The first connection of a client succeeds at its second try at the latest.
            (Point::Connect, _) if occurrence.client.connection <= 1 => {
                add(2, refused());
                add(1, Fault::Delay(some));
            }
            (Point::Connect, _) => {
                add(2, refused());
                add(2, Fault::Forget);
                add(1, Fault::Delay(some));
            }
            (Point::In, Some(Action::Message | Action::Presence | Action::Annotation)) => {
                add(2, Fault::Cut);
                add(1, Fault::Close(1001));
                add(1, Fault::Delay(some));
                if is_seen {
                    add(1, offline);
                }
            }
            // The answer is lost with the connection: it comes when the client asks again.
            (Point::Out, Some(Action::Ack)) => {
                add(4, Fault::Cut);
                add(3, Fault::Delay(some));
            }
            (Point::Out, Some(Action::Message | Action::Presence)) => {
                add(4, Fault::Cut);
                add(3, Fault::Delay(some));
                add(1, disconnected());
                if is_seen {
                    add(1, offline);
                }
                if occurrence.client.is_token {
                    add(2, Fault::AskToken);
                }
                if occurrence.client.is_token && is_seen {
                    add(2, expired());
                }
                if is_seen && occurrence.action() == Some(Action::Message) {
                    add(2, Fault::Duplicate);
                }
            }
            (Point::Out, Some(Action::Attached))
                if is_seen && occurrence.message.is_some_and(|it| it.has(flags::RESUMED)) =>
            {
                let error = ErrorInfo::new(90003, 400, "Continuity was lost by a fault");
                add(2, Fault::LoseContinuity(error));
            }
            (Point::Request | Point::Answer, _) if is_spared_path(occurrence.path) => {}
            (Point::Request, _) => {
                add(2, Fault::Delay(some));
                if is_seen {
                    add(2, Fault::Answer(unavailable()));
                    add(1, Fault::Answer(too_many()));
                }
            }
            (Point::Answer, _) if is_seen => add(3, Fault::Answer(unavailable())),
            (Point::Commit, _) => add(1, Fault::Delay(some)),
            _ => {}
        }
        candidates
    }
}

/// Returns the part of a key's stream that names its client.
fn client_of(key: &DecisionKey) -> &str {
    let mut slashes = key.stream.match_indices('/').map(|(at, _)| at);
    slashes.nth(1).map_or(&key.stream, |end| &key.stream[..end])
}

/// Paths where nothing is broken: what test suites set up by, and what SDKs have no answer to.
fn is_spared_path(path: &str) -> bool {
    ["/apps", "/time", "/stats", "/keys", "/api/"]
        .iter()
        .any(|spared| path.starts_with(spared))
}

fn refused() -> Fault {
    Fault::Refuse(Refused {
        status: 503,
        error: ErrorInfo::new(50003, 503, "Refused by a fault"),
    })
}

fn disconnected() -> Fault {
    Fault::Disconnect(ErrorInfo::new(80003, 503, "Disconnected by a fault"))
}

fn expired() -> Fault {
    Fault::Disconnect(ErrorInfo::new(40142, 401, "Token expired"))
}

fn unavailable() -> Answer {
    answer(ErrorInfo::new(50300, 503, "Answered by a fault"))
}

fn too_many() -> Answer {
    answer(ErrorInfo::new(
        42911,
        429,
        "Rate limit exceeded, by a fault",
    ))
}

fn answer(error: ErrorInfo) -> Answer {
    Answer {
        status: error.status_code,
        error,
        body: None,
        headers: std::collections::BTreeMap::new(),
    }
}

/// Numbers that follow from a seed and a key.
struct Dice {
    bytes: [u8; 32],
    at: usize,
}

impl Dice {
    fn new(seed: u64, key: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, format!("{seed} {key}").as_bytes()).as_ref());
        Self { bytes, at: 0 }
    }

    /// Returns a number below `sides`, which is above zero; four times at most.
    fn roll(&mut self, sides: u64) -> u64 {
        let mut number = [0; 8];
        number.copy_from_slice(&self.bytes[self.at..self.at + 8]);
        self.at = (self.at + 8) % self.bytes.len();
        u64::from_be_bytes(number) % sides.max(1)
    }
}
