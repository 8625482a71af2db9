//! Probes: the single acts that show whether something is allowed.

use crate::chat_core::analysis::Permission;
use crate::chat_core::analysis::policy::{Assertion, Check, operations_of};
use crate::chat_core::auth::{Feature, Operation};
use crate::chat_core::error::ErrorInfo;

/// One act. They are done in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::cli::capability) enum Probe {
    /// Send a message.
    Send,
    /// Attach to receive.
    Subscribe,
    /// Attach to receive single reactions to messages.
    Annotations,
    /// Enter, and leave.
    Enter,
    /// Type, and stop.
    Type,
    /// React in the room.
    ReactInRoom,
    /// Read history.
    History,
    /// Get the occupancy.
    Occupancy,
    /// React to a message, and take it back.
    React,
    /// Update a message of one's own.
    UpdateOwn,
    /// Update another client's message.
    UpdateAny,
    /// Delete a message of one's own.
    DeleteOwn,
    /// Delete another client's message.
    DeleteAny,
}

/// The outcome of a probe.
#[derive(Clone, Debug)]
pub(in crate::cli::capability) enum ProbeOutcome {
    /// Done.
    Allowed,
    /// Refused for a missing right.
    Refused(ErrorInfo),
    /// Ended otherwise, which says nothing about rights.
    Broken(String),
    /// Could not be tried.
    Untried(String),
}

/// The probes that show a permission: all must succeed. Empty where nothing in Chat shows it.
pub(in crate::cli::capability) fn of_permission(permission: Permission) -> &'static [Probe] {
    match permission {
        Permission::Feature(feature) => of_feature(feature),
        Permission::Operation(operation) => of_operation(operation),
    }
}

fn of_feature(feature: Feature) -> &'static [Probe] {
    match feature {
        Feature::SendMessages => &[Probe::Send],
        Feature::ReceiveMessages => &[Probe::Subscribe],
        Feature::UpdateMessages => &[Probe::UpdateOwn],
        Feature::DeleteMessages => &[Probe::DeleteOwn],
        Feature::MessageHistory => &[Probe::Subscribe, Probe::History],
        Feature::MessageReactions => &[Probe::React],
        Feature::Presence => &[Probe::Subscribe, Probe::Enter],
        Feature::Occupancy => &[Probe::Subscribe, Probe::Occupancy],
        Feature::Typing => &[Probe::Subscribe, Probe::Type],
        Feature::RoomReactions => &[Probe::Subscribe, Probe::ReactInRoom],
    }
}

fn of_operation(operation: Operation) -> &'static [Probe] {
    match operation {
        Operation::Subscribe => &[Probe::Subscribe],
        Operation::Publish => &[Probe::Send],
        Operation::Presence => &[Probe::Enter],
        Operation::History => &[Probe::History],
        Operation::AnnotationPublish => &[Probe::React],
        Operation::AnnotationSubscribe => &[Probe::Annotations],
        Operation::MessageUpdateOwn => &[Probe::UpdateOwn],
        Operation::MessageUpdateAny => &[Probe::UpdateAny],
        Operation::MessageDeleteOwn => &[Probe::DeleteOwn],
        Operation::MessageDeleteAny => &[Probe::DeleteAny],
        Operation::ChannelMetadata => &[Probe::Occupancy],
        Operation::ObjectSubscribe
        | Operation::ObjectPublish
        | Operation::Stats
        | Operation::PushSubscribe
        | Operation::PushAdmin
        | Operation::PrivilegedHeaders => &[],
    }
}

/// The probe of the wider right, where the probe of an operation would succeed by that one too.
pub(in crate::cli::capability) fn wider(operation: Operation) -> Option<Probe> {
    match operation {
        Operation::MessageUpdateOwn => Some(Probe::UpdateAny),
        Operation::MessageDeleteOwn => Some(Probe::DeleteAny),
        _ => None,
    }
}

/// The probes of a check.
pub(in crate::cli::capability) fn of_check(check: &Check) -> Vec<Probe> {
    let of = |permission: Permission| {
        let wider = match permission {
            Permission::Operation(operation) => wider(operation),
            Permission::Feature(_) => None,
        };
        of_permission(permission).iter().copied().chain(wider)
    };
    match &check.assertion {
        Assertion::Allow(permission)
        | Assertion::Deny(permission)
        | Assertion::Forbid(permission) => of(*permission).collect(),
        Assertion::NothingBesides(permissions) => others(permissions)
            .into_iter()
            .flat_map(|operation| of(Permission::Operation(operation)))
            .collect(),
        Assertion::UserClaim(_) => vec![Probe::Send],
        Assertion::ClientId(_) => vec![Probe::Subscribe],
        Assertion::Rule(..) | Assertion::MinLifetime(_) | Assertion::MaxLifetime(_) => Vec::new(),
    }
}

/// The operations that belong to none of the permissions.
pub(in crate::cli::capability) fn others(permissions: &[Permission]) -> Vec<Operation> {
    let meant = operations_of(permissions);
    Operation::ALL
        .into_iter()
        .filter(|operation| !meant.contains(*operation))
        .collect()
}
