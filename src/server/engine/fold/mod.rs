//! The rules of a channel: a command and what it touches make a draft, which is stamped with a position afterwards.
//!
//! Everything here is pure and knows no engine, no clock and no serial. An engine reads what a command
//! [touches](crate::server::engine::command::Touches), folds, and stamps the [`Draft`]: at once under its lock, or when
//! a store that several processes share has given the position.

mod annotation;
mod draft;
mod import;
pub(crate) mod message;
pub(crate) mod presence;
pub(crate) mod summary;
#[cfg(test)]
mod tests;
mod touched;

pub(crate) use draft::{Draft, Effect, Transition};
pub(super) use import::{Imported, import};
pub(crate) use touched::{HeldMessage, Touched, unknown_message};

use super::command::{Change, ChannelCommand, CommandKind};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::{Action, Message, PresenceMessage, ProtocolMessage};

/// The limits of an app's channels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChannelRules {
    /// The most members of one channel.
    pub(crate) max_members: usize,
}

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
            fold_change(channel, *change, touched, frame)
        }
        CommandKind::Annotate(annotations) => {
            let folded = annotation::annotate(annotations, touched, &id, connection)?;
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
            let effect = Effect::Annotations(folded.summaries);
            Ok(Draft::new(frames, connection_id, effect))
        }
        CommandKind::Presence(messages) => {
            let told = presence::apply(messages, touched, &id, connection, rules.max_members)?;
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
) -> Result<Draft> {
    let held = touched.messages.get_mut(&change.serial);
    let held = held.ok_or_else(unknown_message)?;
    let summary = held.summary();
    let (told, next) = message::change(channel, &held.newest, change);
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
