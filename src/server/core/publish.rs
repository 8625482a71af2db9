//! From what a client asks for to an operation: checked, stamped, forgeries dropped. One way for both edges.

use crate::chat_core::auth::access::{self, Reach};
use crate::chat_core::auth::{self, Target, identity};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{
    Annotation, Message, MessageAction, PresenceMessage, Version, names,
};
use crate::server::core::gate::Principal;
use crate::server::core::limits::{MAX_MESSAGE_SIZE, MAX_MESSAGES};
use crate::server::engine::fold::summary;
use crate::server::engine::{Change, ChannelCommand, CommandKind, claimed};

/// Who asks, where, and how the operation is to be known.
pub(crate) struct PublishRequest<'a> {
    /// Who.
    pub(crate) principal: &'a Principal,
    /// The channel.
    pub(crate) channel: &'a str,
    /// The operation's id.
    pub(crate) id: String,
    /// The connection that it comes over, if it comes over one.
    pub(crate) connection_id: Option<&'a str>,
}

impl PublishRequest<'_> {
    /// New messages.
    ///
    /// # Errors
    /// Why they can't be published, with Ably's code; nothing has happened then.
    pub(crate) fn publish(self, mut messages: Vec<Message>) -> Result<ChannelCommand> {
        names::check_channel(self.channel)?;
        self.principal
            .require(self.channel, auth::Operation::Publish)?;
        check_count(messages.len())?;
        for message in &mut messages {
            if message.action() != MessageAction::Create {
                return Err(ErrorInfo::new(
                    40000,
                    400,
                    "New messages and changes of messages do not mix in one publish",
                ));
            }
            message.client_id = self.stamp(message.client_id.as_deref())?;
            self.clean(message);
        }
        check_size(messages.iter().map(Message::size).sum())?;
        // Messages with ids of the publisher's own are idempotent.
        let repeat_key = messages[0].id.as_ref().map(|id| format!("id {id}"));
        let is_ephemeral = messages.iter().all(Message::is_ephemeral);
        Ok(self.operation(
            CommandKind::Publish {
                messages,
                is_ephemeral,
            },
            repeat_key,
        ))
    }

    /// A new version of a message. `reach` says whose messages may be changed, `creator` whose it is.
    ///
    /// # Errors
    /// Why it can't be made, with Ably's code; nothing has happened then.
    pub(crate) fn change(
        self,
        mut change: Change,
        reach: Reach,
        creator: Option<&str>,
    ) -> Result<ChannelCommand> {
        let caller = self.stamp(change.version.client_id.as_deref())?;
        let target = Target::channel(self.channel);
        let kind = kind_of(change.action);
        if caller.is_none() || caller.as_deref() != creator {
            self.principal.amend_note(kind.any());
        }
        access::require_reach(reach, &target, kind, caller.as_deref(), creator)?;
        change.content.client_id = None;
        check_size(change.content.size())?;
        change.version = Version {
            client_id: caller,
            serial: None,
            timestamp: None,
            ..change.version
        };
        change.user_claim = self.principal.user_claim(self.channel);
        Ok(self.operation(CommandKind::Change(Box::new(change)), None))
    }

    /// Annotations of messages.
    ///
    /// # Errors
    /// Why they can't be made, with Ably's code; nothing has happened then.
    pub(crate) fn annotate(self, mut annotations: Vec<Annotation>) -> Result<ChannelCommand> {
        names::check_channel(self.channel)?;
        self.principal
            .require(self.channel, auth::Operation::AnnotationPublish)?;
        check_count(annotations.len())?;
        let claim = self.principal.user_claim(self.channel);
        for annotation in &mut annotations {
            let bad =
                |what: &str| ErrorInfo::new(40003, 400, format!("Invalid annotation: {what}"));
            let kind = annotation.kind.as_deref().unwrap_or_default();
            if !is_annotation_type(kind) {
                return Err(bad("its type is not of the form NAMESPACE:METHOD.vN"));
            }
            if annotation
                .message_serial
                .as_deref()
                .unwrap_or_default()
                .is_empty()
            {
                return Err(bad("it has no messageSerial"));
            }
            if !matches!(annotation.action, None | Some(0 | 1)) {
                return Err(bad("its action is neither create nor delete"));
            }
            annotation.action = Some(annotation.action.unwrap_or(0));
            annotation.client_id = self.stamp(annotation.client_id.as_deref())?;
            if annotation.client_id.is_none() && summary::needs_client(kind) {
                identity::require_identified(&self.principal.identity)?;
            }
            annotation.serial = None;
            annotation.connection_id = None;
            annotation.extras = claimed(annotation.extras.take(), claim.as_deref());
        }
        Ok(self.operation(CommandKind::Annotate(annotations), None))
    }

    /// Members that come, change and go.
    ///
    /// # Errors
    /// Why they can't, with Ably's code; nothing has happened then.
    pub(crate) fn presence(self, mut messages: Vec<PresenceMessage>) -> Result<ChannelCommand> {
        names::check_channel(self.channel)?;
        self.principal
            .require(self.channel, auth::Operation::Presence)?;
        check_count(messages.len())?;
        let claim = self.principal.user_claim(self.channel);
        for message in &mut messages {
            let client_id =
                identity::stamp_presence(&self.principal.identity, message.client_id.as_deref())?
                    .to_owned();
            message.client_id = Some(client_id);
            message.connection_id = None;
            message.extras = claimed(message.extras.take(), claim.as_deref());
            check_size(
                message
                    .data
                    .as_ref()
                    .map_or(0, crate::chat_core::protocol::Data::len),
            )?;
        }
        Ok(self.operation(CommandKind::Presence(messages), None))
    }

    fn operation(self, act: CommandKind, repeat_key: Option<String>) -> ChannelCommand {
        ChannelCommand {
            act,
            id: self.id,
            connection_id: self.connection_id.map(str::to_owned),
            repeat_key,
        }
    }

    fn stamp(&self, named: Option<&str>) -> Result<Option<String>> {
        self.principal.stamp(self.channel, named)
    }

    /// Drops what only the server may write, and puts the claim in.
    fn clean(&self, message: &mut Message) {
        message.connection_id = None;
        message.connection_key = None;
        message.serial = None;
        message.version = None;
        message.annotations = None;
        let claim = self.principal.user_claim(self.channel);
        message.extras = claimed(message.extras.take(), claim.as_deref());
    }
}

impl Change {
    /// The change that a message asks for itself: action, serial, content and, as its version, who and why (RSL15).
    pub(crate) fn of_message(mut message: Message) -> Self {
        Self {
            serial: message.serial.take().unwrap_or_default(),
            action: message.action(),
            version: message.version.take().unwrap_or_default(),
            content: message,
            replaces: false,
            user_claim: None,
        }
    }
}

/// Whose messages `principal` may change in this way. To be asked before a message is looked up.
///
/// # Errors
/// 40160 or 40166 / 401.
pub(crate) fn reach(principal: &Principal, channel: &str, action: MessageAction) -> Result<Reach> {
    names::check_channel(channel)?;
    if let Some(namespaces) = principal.app.namespaces() {
        namespaces.require_mutable(channel)?;
    }
    let target = Target::channel(channel);
    let caller = principal.identity.client_id();
    let reach = access::reach(&principal.capability, &target, kind_of(action), caller);
    // Whose message it is turns out later.
    principal.note(channel, kind_of(action).own(), reach.is_ok());
    reach
}

fn kind_of(action: MessageAction) -> access::Change {
    match action {
        MessageAction::Delete => access::Change::Delete,
        _ => access::Change::Update,
    }
}

fn check_count(count: usize) -> Result<()> {
    match count {
        0 => Err(ErrorInfo::new(40000, 400, "There is nothing in it")),
        1..=MAX_MESSAGES => Ok(()),
        _ => Err(ErrorInfo::new(
            40000,
            400,
            format!("More than {MAX_MESSAGES} items at once"),
        )),
    }
}

/// Refuses what is larger than a publish may be.
///
/// # Errors
/// 40009 / 413.
fn check_size(size: usize) -> Result<()> {
    if size > MAX_MESSAGE_SIZE {
        return Err(ErrorInfo::new(
            40009,
            413,
            format!("Maximum message length exceeded: {size} bytes, of {MAX_MESSAGE_SIZE} allowed"),
        ));
    }
    Ok(())
}

/// Whether `kind` is of the form `NAMESPACE:METHOD.vN`.
fn is_annotation_type(kind: &str) -> bool {
    kind.split_once(':').is_some_and(|(namespace, rest)| {
        !namespace.is_empty()
            && rest.rsplit_once(".v").is_some_and(|(method, version)| {
                !method.is_empty()
                    && !version.is_empty()
                    && version.bytes().all(|byte| byte.is_ascii_digit())
            })
    })
}
