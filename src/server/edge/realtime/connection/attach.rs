//! ATTACH, DETACH and SYNC: from names, flags and parameters to a request that the hub understands.

use std::sync::Arc;

use super::Connection;
use super::attachment::{Attached, Renamed, Requested};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::names::QualifiedName;
use crate::chat_core::protocol::{Action, ProtocolMessage, flags};
use crate::server::core::checks::Checks;
use crate::server::core::connections::LiveConnection as _;
use crate::server::core::events::{Attempt, Event};
use crate::server::core::gate::Principal;
use crate::server::core::hub::{ACTIVATION_RATE, AttachRequest, Granted, Subscriber};
use crate::server::engine::serial;

impl Connection {
    /// Attaches to a channel, or tells the client why not; the connection lives either way (RTL4).
    pub(super) async fn attach(self: &Arc<Self>, message: ProtocolMessage) {
        let name = message.channel.clone().unwrap_or_default();
        let principal = self.principal();
        let mut checks = Checks::new(self.server.events.is_observed());
        let (channel, result) = match QualifiedName::parse(&name) {
            Ok(QualifiedName {
                name: channel,
                params,
            }) => {
                let request =
                    self.try_attach(&principal, (&name, &channel), params, message, &mut checks);
                let result = request.await;
                (channel.to_string(), result)
            }
            Err(error) => (name.clone(), Err(error)),
        };
        self.server.events.emit(Event::Attach(Attempt {
            actor: principal.actor(Some(self.id())),
            channel: &channel,
            checks: checks.list(),
            error: result.as_ref().err(),
        }));
        if let Err(error) = result {
            // Who is detached while attaching tries again (RTL13b).
            let action = match error.code {
                ACTIVATION_RATE => Action::Detached,
                _ => Action::Error,
            };
            self.send(&ProtocolMessage {
                error: Some(error),
                ..ProtocolMessage::on(action, &name)
            });
        }
    }

    async fn try_attach(
        self: &Arc<Self>,
        principal: &Principal,
        (name, channel): (&str, &str),
        mut params: Params,
        message: ProtocolMessage,
        checks: &mut Checks,
    ) -> Result<()> {
        let from = message
            .channel_serial
            .clone()
            .filter(|serial| !serial.is_empty());
        let is_resume = from.is_some() || message.has(flags::ATTACH_RESUME);
        // What stands in the message is more than what stands in the name.
        params.extend(message.params.unwrap_or_default());
        let now = self.server.clock.now();
        let (wanted, rewind) = Requested::read(message.flags.unwrap_or(0), params, now);
        let granted = wanted.judge(principal, channel, checks)?;
        let is_late = from
            .as_deref()
            .is_some_and(|from| self.is_late(name, from, now));
        let request = AttachRequest {
            channel: channel.to_owned(),
            granted: granted.clone(),
            from,
            is_late,
            rewind: rewind.filter(|_| !is_resume),
        };
        let subscriber = self.note_attached(name, channel, wanted, granted)?;
        let result = principal.app.hub.attach(&subscriber, request).await;
        if result.is_err() {
            self.lock().attached.remove(name);
        } else if !self.is_noted(name) {
            // Another socket has taken the place of this one meanwhile, which had nothing to take away yet.
            principal.app.hub.detach(subscriber.as_ref(), channel);
        }
        result
    }

    /// Returns whether the client was away for longer than continuity is kept, as far as that is known: one that resumes
    /// its connection was not, nor one that is attached. Of others no more is known than how old the position is.
    fn is_late(&self, name: &str, position: &str, now: Timestamp) -> bool {
        let window = self.server.continuity_window;
        // The beginning of a channel has no age, and from there on everything is told.
        let since = serial::time_of(position).filter(|since| *since > Timestamp(0));
        let is_old = since.is_some_and(|since| since + window < now);
        is_old && !self.resumes && !self.is_noted(name)
    }

    /// Notes an attachment before it is made, and returns its receiver.
    ///
    /// # Errors
    /// 90010 / 400 if there are too many.
    fn note_attached(
        self: &Arc<Self>,
        name: &str,
        channel: &str,
        request: Requested,
        granted: Granted,
    ) -> Result<Arc<dyn Subscriber>> {
        let mut state = self.lock();
        let known = state
            .attached
            .get(name)
            .map(|it| Arc::clone(&it.subscriber));
        let limit = self.server.quota.limits().connection_channels;
        if state.attached.len() >= limit && known.is_none() {
            return Err(ErrorInfo::new(
                90010,
                400,
                format!("Maximum number of channels per connection ({limit}) exceeded"),
            ));
        }
        let subscriber = known.unwrap_or_else(|| {
            if name == channel {
                return Arc::clone(self) as Arc<dyn Subscriber>;
            }
            Arc::new(Renamed {
                number: self.server.connections.next_number(),
                name: name.to_owned(),
                connection: Arc::clone(self) as Arc<dyn Subscriber>,
            })
        });
        let attached = Attached {
            channel: channel.to_owned(),
            request,
            granted,
            subscriber: Arc::clone(&subscriber),
        };
        state.attached.insert(name.to_owned(), attached);
        Ok(subscriber)
    }

    /// Returns whether what [`Connection::note_attached`] noted still holds.
    fn is_noted(&self, name: &str) -> bool {
        self.lock().attached.contains_key(name)
    }

    /// Ends the attachment `name`, if there is one, and returns it.
    pub(super) fn detach_from(&self, principal: &Principal, name: &str) -> Option<Attached> {
        let removed = self.lock().attached.remove(name)?;
        self.end_attachment(principal, &removed);
        Some(removed)
    }

    fn end_attachment(&self, principal: &Principal, removed: &Attached) {
        let channel = &removed.channel;
        principal
            .app
            .hub
            .detach(removed.subscriber.as_ref(), channel);
        self.server.events.emit(Event::Detached {
            connection_id: self.id(),
            channel,
        });
    }

    pub(super) async fn detach(&self, message: &ProtocolMessage) {
        let name = message.channel.as_deref().unwrap_or_default();
        let removed = self.detach_from(&self.principal(), name);
        let channel = match removed {
            Some(removed) => removed.channel,
            // Members that it entered without an attachment leave as well.
            None => match QualifiedName::parse(name) {
                Ok(parsed) => parsed.name.to_string(),
                Err(_) => String::new(),
            },
        };
        let is_there_still = self
            .lock()
            .attached
            .values()
            .any(|attached| attached.channel == channel);
        if !is_there_still {
            self.session.leave_channel(&channel).await;
        }
        self.send(&ProtocolMessage::on(Action::Detached, name));
    }

    pub(super) async fn sync(&self, message: &ProtocolMessage) {
        let name = message.channel.as_deref().unwrap_or_default();
        let attached = self.lock().attached.get(name).cloned();
        let Some(attached) = attached.filter(Attached::sees_members) else {
            return;
        };
        self.sync_members(&attached).await;
    }

    async fn sync_members(&self, attached: &Attached) {
        let (hub, channel) = (&self.session.app.hub, &attached.channel);
        if let Err(error) = hub.sync(&attached.subscriber, channel).await {
            tracing::error!(channel, %error, "the presence set can't be told");
        }
    }

    /// Judges every attachment anew by the credential in force: what it gets is what it would get if it attached now.
    pub(super) async fn judge_attachments(&self) {
        let principal = self.principal();
        let attached: Vec<(String, Attached)> = {
            let state = self.lock();
            let each = state.attached.iter();
            each.map(|(name, it)| (name.clone(), it.clone())).collect()
        };
        for (name, mut attached) in attached {
            let channel = attached.channel.clone();
            let mut checks = Checks::new(false);
            match attached.request.judge(&principal, &channel, &mut checks) {
                Ok(granted) if granted == attached.granted => {}
                Ok(granted) => {
                    let saw_members = attached.sees_members();
                    attached.granted = granted;
                    let subscriber = attached.subscriber.as_ref();
                    let hub = &principal.app.hub;
                    hub.change(subscriber, &channel, &attached.granted);
                    self.lock().attached.insert(name, attached.clone());
                    if attached.sees_members() && !saw_members {
                        self.sync_members(&attached).await;
                    }
                }
                Err(error) => {
                    self.detach_from(&principal, &name);
                    self.send(&ProtocolMessage {
                        error: Some(error),
                        ..ProtocolMessage::on(Action::Error, &name)
                    });
                }
            }
        }
    }

    /// Tells the client that it did not get everything of an attachment.
    pub(super) fn interrupt(&self, attached: Attached, error: ErrorInfo) {
        let app = Arc::clone(&self.principal().app);
        self.server.tasks.spawn(async move {
            let subscriber = attached.subscriber.as_ref();
            let told = app.hub.interrupt(subscriber, &attached.channel, &error);
            if let Err(error) = told.await {
                tracing::error!(%error, "a loss of continuity could not be told");
            }
        });
    }

    /// Ends every attachment.
    pub(super) fn detach_all(&self) {
        let attached = std::mem::take(&mut self.lock().attached);
        let principal = self.principal();
        for removed in attached.values() {
            self.end_attachment(&principal, removed);
        }
    }
}
