//! The log of a server: connections, requests where they are asked for, refusals with the rule that decided, and what
//! clients lose.

use super::request_log::LoggedRequest;
use crate::chat_core::clock::Timestamp;
use crate::server::core::events::{Attempt, Event, Observer};

/// Writes what happens to the log of the process.
pub(crate) struct ServerLog {
    /// Whether each request is a line; only refusals are otherwise.
    pub(crate) has_requests: bool,
}

impl Observer for ServerLog {
    fn observe(&self, event: &Event<'_>, now: Timestamp) {
        if self.has_requests && log_request(event, now) {
            return;
        }
        match *event {
            Event::ConnectionOpened { actor, is_resumed } => tracing::info!(
                connection = actor.connection_id,
                client = actor.client_id,
                is_resumed,
                "connected"
            ),
            Event::ConnectionRefused { error, .. } => {
                tracing::info!(%error, "a connection was refused");
            }
            Event::ConnectionClosed {
                connection_id,
                error: Some(error),
            } => tracing::info!(connection = connection_id, %error, "disconnected"),
            Event::ConnectionClosed {
                connection_id,
                error: None,
            } => tracing::info!(connection = connection_id, "closed"),
            Event::LoginRefused { error, .. } => tracing::info!(%error, "a login was refused"),
            Event::TokenRenewed { actor } => {
                tracing::info!(connection = actor.connection_id, "the token was renewed");
            }
            Event::TokenRevoked { revocation } => tracing::info!(
                key = revocation.key_name,
                target = %revocation.target,
                "tokens were revoked"
            ),
            Event::Discontinuity {
                connection_id,
                channel,
                error,
            } => tracing::info!(connection = connection_id, channel, %error, "continuity is lost"),
            Event::Reset { app_id } => tracing::info!(app = app_id, "the app was reset"),
            Event::Attach(attempt) => log_attempt("attach", attempt),
            Event::Publish { attempt, .. } => log_attempt("publish", attempt),
            Event::Detached {
                connection_id,
                channel,
            } => tracing::debug!(connection = connection_id, channel, "detached"),
            Event::Delivered {
                channel,
                serial,
                delivered,
                skipped,
            } => tracing::trace!(channel, serial, delivered, skipped, "delivered"),
            // The edge logs requests with their method and path.
            Event::RequestAnswered { .. }
            | Event::TokenAsked { .. }
            | Event::Committed { .. }
            | Event::Lifecycle { .. }
            | Event::Occupancy { .. }
            | Event::Counted { .. }
            | Event::ChannelsActive { .. } => {}
            Event::AppDeleted { app_id } => tracing::info!(app = app_id, "the app was deleted"),
        }
    }
}

/// Logs a request with its result. Returns whether nothing more is to be said of the event.
fn log_request(event: &Event<'_>, now: Timestamp) -> bool {
    let Some(request) = LoggedRequest::of(event, now) else {
        return false;
    };
    let LoggedRequest {
        client,
        operation,
        place,
        refusal,
        ..
    } = request;
    match refusal {
        None => tracing::info!(client, place, result = "ok", "{operation}"),
        Some(refusal) => {
            tracing::info!(
                client,
                place,
                result = refusal.code,
                refusal.reason,
                "{operation}"
            );
        }
    }
    // Connections have an id, and attempts have checks.
    !matches!(
        event,
        Event::ConnectionOpened { .. } | Event::Attach(_) | Event::Publish { .. }
    )
}

fn log_attempt(what: &'static str, attempt: Attempt<'_>) {
    let Attempt {
        actor,
        channel,
        checks,
        error,
    } = attempt;
    let connection = actor.connection_id;
    let Some(error) = error else {
        tracing::debug!(connection, channel, "{what}");
        return;
    };
    for check in checks {
        let rule = check.rule(actor.capability);
        let rule = rule.as_ref().map_or("none", |rule| &rule.resource);
        tracing::debug!(connection, channel, operation = %check.operation, rule, "checked");
    }
    tracing::info!(connection, channel, %error, "{what} was refused");
}
