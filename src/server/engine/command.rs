//! Commands: changes of a channel that are checked and have no serial yet, and what each of them touches.

use super::fold::presence;
use crate::chat_core::protocol::{
    Annotation, Message, MessageAction, PresenceAction, PresenceMessage, Version,
};

/// A change of a channel: checked and stamped with its author, without a serial yet.
#[derive(Clone, Debug)]
pub(crate) struct ChannelCommand {
    /// The change.
    pub(crate) kind: CommandKind,
    /// `connectionId:msgSerial` of the publish; of a REST publish an id of its own.
    pub(crate) id: String,
    /// The connection that sent it; its own echo may be unwanted.
    pub(crate) connection_id: Option<String>,
    /// A repeat of a command with this key is acknowledged and not done again.
    pub(crate) repeat_key: Option<String>,
}

/// The kinds of change.
#[derive(Clone, Debug)]
pub(crate) enum CommandKind {
    /// New messages, all or none.
    Publish {
        /// The messages.
        messages: Vec<Message>,
        /// Delivered and never kept.
        is_ephemeral: bool,
    },
    /// A new version of a message.
    Change(Box<Change>),
    /// Annotations of messages.
    Annotate(Vec<Annotation>),
    /// PresenceSet enter, update and leave.
    Presence(Vec<PresenceMessage>),
    /// The server removes members of a connection.
    Leave {
        /// The members' clientIds.
        client_ids: Vec<String>,
    },
}

/// A new version of a message.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The message.
    pub(crate) serial: String,
    /// Update, delete or append.
    pub(crate) action: MessageAction,
    /// The content; what is absent is kept, unless the content is replaced as a whole.
    pub(crate) content: Message,
    /// Whether nothing of the earlier content is kept.
    pub(crate) replaces: bool,
    /// The claim of the actor, in the place of that of the earlier actor.
    pub(crate) user_claim: Option<String>,
    /// The actor and the reason; serial and time are stamped later.
    pub(crate) version: Version,
}

/// The objects of a channel that a command reads before it changes them. An engine reads them in advance.
#[derive(Debug, Default)]
pub(crate) struct Touches<'a> {
    /// Serials of messages whose newest version is needed.
    pub(crate) messages: Vec<&'a str>,
    /// The annotations that these messages get: of each message the totals and the listed clients of its summary are
    /// needed, what each client contributed to the name, and for each that may be taken back one client that is not
    /// listed, to take its place.
    pub(crate) annotations: &'a [Annotation],
    /// Keys of members, as [`presence::key_of`] makes them.
    pub(crate) members: Vec<String>,
    /// Whether the number of members is needed.
    pub(crate) member_count: bool,
}

impl ChannelCommand {
    /// Returns the objects that the command reads. New messages read nothing: they never conflict.
    pub(crate) fn touches(&self) -> Touches<'_> {
        let connection_id = self.connection_id.as_deref().unwrap_or_default();
        match &self.kind {
            CommandKind::Publish { .. } => Touches::default(),
            CommandKind::Change(change) => Touches {
                messages: vec![&change.serial],
                ..Touches::default()
            },
            CommandKind::Annotate(annotations) => {
                let serials = annotations
                    .iter()
                    .map(|annotation| annotation.message_serial.as_deref().unwrap_or_default());
                Touches {
                    messages: serials.collect(),
                    annotations,
                    ..Touches::default()
                }
            }
            CommandKind::Presence(messages) => Touches {
                members: messages
                    .iter()
                    .map(|message| presence::key_on(connection_id, message))
                    .collect(),
                member_count: messages.iter().any(|message| {
                    !matches!(
                        message.action,
                        Some(PresenceAction::Leave | PresenceAction::Absent)
                    )
                }),
                ..Touches::default()
            },
            CommandKind::Leave { client_ids } => Touches {
                members: client_ids
                    .iter()
                    .map(|client_id| presence::key(connection_id, Some(client_id)))
                    .collect(),
                ..Touches::default()
            },
        }
    }
}

impl CommandKind {
    /// Returns the number of messages that it counts as.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Publish { messages, .. } => messages.len(),
            Self::Change(_) => 1,
            Self::Annotate(annotations) => annotations.len(),
            Self::Presence(messages) => messages.len(),
            Self::Leave { client_ids } => client_ids.len(),
        }
    }

    /// Returns the size that counts against the limit of a publish, in bytes: of the messages or the annotations of one
    /// together, of a change with its reason, of the largest presence message.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Publish { messages, .. } => messages.iter().map(Message::size).sum(),
            Self::Change(change) => {
                let claim = change.user_claim.as_ref().map_or(0, String::len);
                change.content.size() + change.version.size() + claim
            }
            Self::Annotate(annotations) => annotations.iter().map(Annotation::size).sum(),
            Self::Presence(messages) => {
                let sizes = messages.iter().map(PresenceMessage::size);
                sizes.max().unwrap_or_default()
            }
            Self::Leave { .. } => 0,
        }
    }

    /// Returns the same command about the message `serial`, for kinds that are about one.
    pub(crate) fn about(mut self, serial: &str) -> Self {
        match &mut self {
            Self::Change(change) => serial.clone_into(&mut change.serial),
            Self::Annotate(annotations) => {
                for annotation in annotations {
                    annotation.message_serial = Some(serial.to_owned());
                }
            }
            Self::Publish { .. } | Self::Presence(_) | Self::Leave { .. } => {}
        }
        self
    }
}
