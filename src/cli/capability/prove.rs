//! `capability diff --prove`: does what B opens with a token of B on a fresh server, where a token of A must be
//! refused.

use clap::{Args, Command, FromArgMatches};
use serde_json::{Value, json};

use super::live::actor::RoleActor;
use super::live::probe::{self, Probe, ProbeOutcome};
use super::live::service::LiveService;
use super::policy::{DEFAULT_TTL, ResolvedCredential};
use crate::chat_core::analysis::Permission;
use crate::chat_core::analysis::algebra::DifferencePart;
use crate::chat_core::analysis::policy::{Role, SourceLocation};
use crate::chat_core::auth::{ApiKey, Capability, Operation, UserClaims};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::cli::Context;
use crate::cli::serve::{ServerKeys, ServerOptions, full_access};

/// The proof that an operation is opened.
pub(super) struct Proof {
    pub(super) operation: Operation,
    pub(super) room: String,
    /// The outcome with A.
    before: ActOutcome,
    /// The outcome with B.
    after: ActOutcome,
}

/// The outcome of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ActOutcome {
    Done,
    Refused(String),
    /// The outcome says nothing about rights, for this reason.
    Nothing(String),
}

impl Proof {
    /// Returns whether the outcomes confirm the difference; `None` where nothing can show it.
    pub(super) fn holds(&self) -> Option<bool> {
        match (&self.before, &self.after) {
            (ActOutcome::Nothing(_), _) | (_, ActOutcome::Nothing(_)) => None,
            (ActOutcome::Refused(_), ActOutcome::Done) => Some(true),
            _ => Some(false),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "operation": self.operation.name(),
            "roomName": self.room,
            "before": self.before.text(),
            "after": self.after.text(),
            "proved": self.holds(),
        })
    }

    pub(super) fn row(&self) -> [String; 5] {
        let holds = match self.holds() {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "-",
        };
        [
            self.operation.name().to_owned(),
            self.room.clone(),
            self.before.text(),
            self.after.text(),
            holds.to_owned(),
        ]
    }
}

impl ActOutcome {
    fn of(done: ProbeOutcome) -> Self {
        match done {
            ProbeOutcome::Allowed => Self::Done,
            ProbeOutcome::Refused(error) => Self::Refused(format!("refused (code {})", error.code)),
            ProbeOutcome::Broken(reason) | ProbeOutcome::Untried(reason) => Self::Nothing(reason),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Done => "done".to_owned(),
            Self::Refused(what) | Self::Nothing(what) => what.clone(),
        }
    }
}

/// Does everything that `two` opens against `one` according to `parts`, with both.
///
/// # Errors
/// A server that can't be started.
pub(super) fn prove(
    parts: &[DifferencePart],
    one: &Capability,
    two: &Capability,
    context: &Context,
) -> anyhow::Result<Vec<Proof>> {
    let rooms = parts.iter().filter(|part| part.witness.is_room());
    let wanted: Vec<(Operation, String)> = rooms
        .flat_map(|part| {
            let room = part.witness.name().to_owned();
            let known = part.operations.known.iter();
            known.map(move |operation| (*operation, room.clone()))
        })
        .collect();
    context.block_on_workers(async {
        let key = ApiKey::generate(&context.random);
        let keys = vec![full_access(key.clone())];
        let bound = server_options()?
            .bind(context, "127.0.0.1:0", ServerKeys::secret(keys))
            .await?;
        let endpoint = Endpoint::parse(&bound.ready.url)?;
        let service = LiveService::at(endpoint, key, context);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = bound.run(async {
            // Dropped: all is done.
            let _ = stopped.await;
        });
        let proving = async {
            let mut proofs = Vec::with_capacity(wanted.len());
            for (operation, room) in wanted {
                proofs.push(proof(operation, room, one, two, &service).await?);
            }
            drop(stop);
            anyhow::Ok(proofs)
        };
        let (served, proofs) = tokio::join!(serving, proving);
        served?;
        proofs
    })
}

/// A server without any options.
fn server_options() -> anyhow::Result<ServerOptions> {
    let matches =
        ServerOptions::augment_args(Command::new("server")).try_get_matches_from(["server"])?;
    Ok(ServerOptions::from_arg_matches(&matches)?)
}

async fn proof(
    operation: Operation,
    room: String,
    one: &Capability,
    two: &Capability,
    service: &LiveService<'_>,
) -> anyhow::Result<Proof> {
    let (before, after) = match probe::of_permission(Permission::Operation(operation)).first() {
        None => {
            let nothing = ActOutcome::Nothing("nothing in Chat shows it".to_owned());
            (nothing.clone(), nothing)
        }
        Some(probe) => {
            let before = act(*probe, one, &room, service).await?;
            let after = act(*probe, two, &room, service).await?;
            let before = match (probe::wider(operation), before) {
                // The right over everybody's messages did it.
                (Some(wider), ActOutcome::Done)
                    if act(wider, one, &room, service).await? == ActOutcome::Done =>
                {
                    ActOutcome::Nothing("done, by the right over everybody's messages".to_owned())
                }
                (_, before) => before,
            };
            (before, after)
        }
    };
    Ok(Proof {
        operation,
        room,
        before,
        after,
    })
}

async fn act(
    probe: Probe,
    capability: &Capability,
    room: &str,
    service: &LiveService<'_>,
) -> anyhow::Result<ActOutcome> {
    let role = Role {
        name: "prover".to_owned(),
        place: SourceLocation::default(),
        capability: Some(capability.clone()),
        client_id: Some("prover".to_owned()),
        claims: UserClaims::default(),
        lifetime: Some(DEFAULT_TTL),
        forbid: Vec::new(),
    };
    let mut actor = RoleActor::new(
        &role,
        &ResolvedCredential::Minted(Vec::new()),
        room,
        service,
    )?;
    let done = actor.act(probe).await?;
    actor.clean_up().await;
    Ok(ActOutcome::of(done))
}
