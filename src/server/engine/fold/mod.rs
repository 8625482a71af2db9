//! The rules of a channel: a command and what it touches make a draft, which is stamped with a position afterwards.
//!
//! Everything here is pure and knows no engine, no clock and no serial. An engine reads what a command
//! [touches](crate::server::engine::command::Touches), folds, and stamps the [`Draft`]: at once under its lock, or when
//! a store that several processes share has given the position.

mod annotation;
mod contributions;
mod draft;
mod import;
pub(crate) mod message;
pub(crate) mod presence;
mod retell;
pub(crate) mod summary;
#[cfg(test)]
mod tests;
mod touched;

pub(super) use annotation::{SummaryMessage, too_large};
pub(super) use contributions::{Contributions, complete};
pub(crate) use draft::{Draft, Effect, Transition};
pub(super) use import::{Imported, add_if_it_fits, import};
pub(super) use retell::{lacks_summary, retell};
pub(crate) use touched::{HeldMessage, Touched, unknown_message};

pub(crate) use super::limits::ChannelRules;

use super::command::{Change, ChannelCommand, CommandKind};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, Message, PresenceMessage, ProtocolMessage};

/// Folds `command` over what it touches in `channel`.
///
/// # Errors
/// Refuses this command alone: nothing in `touched` has changed then.
pub(crate) fn fold(
    channel: &str,
    command: ChannelCommand,
    touched: &mut Touched,
    rules: ChannelRules,
) -> Result<Draft> {
    let ChannelCommand {
        kind,
        id,
        connection_id,
        ..
    } = command;
    let connection = connection_id.as_deref();
    match kind {
        CommandKind::Publish { mut messages, .. } => {
            message::create(&mut messages, &id, connection);
            let frame = ProtocolMessage {
                messages: Some(messages),
                ..frame(channel, Action::Message, id, connection)
            };
            Ok(Draft::new(vec![frame], connection_id, Effect::Messages))
        }
        CommandKind::Change(change) => {
            let frame = frame(channel, Action::Message, id, connection);
            fold_change(channel, *change, touched, frame, rules.message_size)
        }
        CommandKind::Annotate(annotations) => {
            let folded = annotation::annotate(annotations, touched, &id, connection, rules)?;
            let mut frames = vec![ProtocolMessage {
                annotations: Some(folded.annotations),
                ..frame(channel, Action::Annotation, id, connection)
            }];
            if !folded.changed.is_empty() {
                // Stamped with an id of its own: it is the server's, not the publisher's.
                frames.push(ProtocolMessage {
                    messages: Some(folded.changed),
                    ..ProtocolMessage::on(Action::Message, channel)
                });
            }
            let effect = Effect::Annotations(folded.rows);
            Ok(Draft::new(frames, connection_id, effect))
        }
        CommandKind::Presence(messages) => {
            let told = presence::apply(messages, touched, &id, connection, rules)?;
            let frame = frame(channel, Action::Presence, id, connection);
            Ok(presence_draft(told, frame))
        }
        CommandKind::Leave { client_ids } => {
            let told = presence::remove(&client_ids, touched, &id, connection);
            let frame = frame(channel, Action::Presence, id, connection);
            Ok(presence_draft(told, frame))
        }
    }
}

fn frame(channel: &str, action: Action, id: String, connection: Option<&str>) -> ProtocolMessage {
    ProtocolMessage {
        id: Some(id),
        connection_id: connection.map(str::to_owned),
        ..ProtocolMessage::on(action, channel)
    }
}

fn fold_change(
    channel: &str,
    change: Change,
    touched: &mut Touched,
    mut frame: ProtocolMessage,
    max_size: usize,
) -> Result<Draft> {
    let held = touched.messages.get_mut(&change.serial);
    let held = held.ok_or_else(unknown_message)?;
    let adds = change.content.size() > 0;
    let (told, next) = message::change(channel, &held.newest, change);
    let size = next.size();
    // A change that adds nothing is done whatever the message has: a message can be deleted.
    if adds && size > max_size {
        return Err(ErrorInfo::new(
            40009,
            413,
            format!(
                "Maximum message length exceeded: the message would have {size} bytes, of {max_size} allowed"
            ),
        ));
    }
    let summary = held.summary();
    held.newest = Message {
        annotations: summary.clone(),
        ..next.clone()
    };
    held.is_annotated = false;
    let connection_id = frame.connection_id.clone();
    frame.messages = Some(vec![told]);
    let effect = Effect::Version(Box::new(next));
    Ok(Draft::new(vec![frame], connection_id, effect).with_summary(summary))
}

/// Returns the draft of what is told of members; an empty one if no member was there to leave.
fn presence_draft(told: Vec<PresenceMessage>, mut frame: ProtocolMessage) -> Draft {
    let connection_id = frame.connection_id.clone();
    if told.is_empty() {
        return Draft::new(Vec::new(), connection_id, Effect::Nothing);
    }
    frame.presence = Some(told);
    Draft::new(vec![frame], connection_id, Effect::Presence)
}
