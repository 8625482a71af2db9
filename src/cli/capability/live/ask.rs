//! `capability check --live`: finds out what the credentials of the settings may do in a room, by doing it there.

use super::actor::RoleActor;
use super::judge::judge;
use super::probe;
use super::service::{LiveService, SOMEBODY};
use super::unit::Tried;
use crate::chat_core::analysis::Permission;
use crate::chat_core::analysis::policy::{
    Assertion, Check, CheckOrigin, ExpectationPart, SourceLocation,
};
use crate::chat_core::auth::ClientIdentity;
use crate::chat_core::auth::token_source::Bearer;
use crate::chat_core::client::{Options, Rest};
use crate::cli::Context;
use crate::cli::capability::report::LiveObservation;
use crate::cli::service::Service;

/// The observation of one permission in one room.
pub(in crate::cli::capability) struct LiveAnswer {
    pub(in crate::cli::capability) room: String,
    pub(in crate::cli::capability) permission: Permission,
    pub(in crate::cli::capability) seen: LiveObservation,
}

/// Tries every permission in every room, and undoes it.
///
/// # Errors
/// Missing settings; an endpoint that can't be reached, or that does not take the credentials.
pub(in crate::cli::capability) fn ask(
    rooms: &[String],
    permissions: &[Permission],
    context: &Context,
) -> anyhow::Result<Vec<LiveAnswer>> {
    let service = LiveService::new(context)?;
    let options = Service::new(context).client_options()?;
    context.block_on(async {
        let mut all = Vec::with_capacity(rooms.len() * permissions.len());
        for room in rooms {
            service
                .check_reachable_as(&Rest::new(options.clone()), room)
                .await?;
            let own = own_client_id(&options).await?;
            let helpers = match &own {
                Some(own) => service.helper(own)?.zip(service.helper(SOMEBODY)?),
                // The client's own messages are not known: it has to send some itself.
                None => None,
            };
            let mut actor = RoleActor::acting(options.clone(), helpers, room);
            let checks: Vec<Check> = permissions
                .iter()
                .map(|permission| check(room, *permission))
                .collect();
            let tried = try_all(&mut actor, room, &checks).await?;
            for left in &tried.left_behind {
                context.output.notice(&format!("warning: {left}"));
            }
            let seen = checks
                .iter()
                .zip(permissions)
                .filter_map(|(check, permission)| {
                    Some(LiveAnswer {
                        room: room.clone(),
                        permission: *permission,
                        seen: judge(check, std::slice::from_ref(&tried))?,
                    })
                });
            all.extend(seen);
        }
        Ok(all)
    })
}

/// The clientId of the credentials.
async fn own_client_id(options: &Options) -> anyhow::Result<Option<String>> {
    let shown = options.authorizer.credential().await?;
    if let Some(asked) = &shown.client_id {
        return Ok(Some(asked.clone()));
    }
    Ok(shown
        .token()
        .and_then(|token| match Bearer::of(token.reveal()) {
            Bearer::Known(ClientIdentity::Fixed(id)) => Some(id),
            _ => None,
        }))
}

fn check(room: &str, permission: Permission) -> Check {
    Check {
        test: String::new(),
        place: SourceLocation::default(),
        role: 0,
        room: Some(room.to_owned()),
        assertion: Assertion::Allow(permission),
        origin: CheckOrigin {
            line: 0,
            part: ExpectationPart::Allow(0),
            beside: None,
        },
    }
}

async fn try_all(actor: &mut RoleActor, room: &str, checks: &[Check]) -> anyhow::Result<Tried> {
    let probes: std::collections::BTreeSet<_> = checks.iter().flat_map(probe::of_check).collect();
    let mut done = std::collections::BTreeMap::new();
    for probe in probes {
        done.insert(probe, actor.act(probe).await?);
    }
    let left_behind = actor.clean_up().await;
    Ok(Tried {
        role: 0,
        room: room.to_owned(),
        place: room.to_owned(),
        done,
        client_id: actor.client_id.take(),
        sent: actor.sent.take(),
        left_behind,
    })
}
