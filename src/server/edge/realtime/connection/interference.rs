//! What rules do to one connection: to its frames, at its timers and at once.
//!
//! Frames to the client that wait stand in a line of their own ([`super::line`]), so that those behind them wait as well.
//! Nothing here takes the lock of the connection's state: frames are sent under it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::attachment::Attached;
use super::publish::answered;
use super::{Connection, abandon_later};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Action, ProtocolMessage, flags};
use crate::server::core::connections::LiveConnection as _;
use crate::server::core::faults::journal::Noted;
use crate::server::core::faults::{Fault, Fired, Occurrence, Point, Selector, Wait};
use crate::server::core::frame;
use crate::server::core::hub::Subscriber as _;

/// What is to be done with a frame of the client.
pub(super) enum Inbound {
    /// It is handled.
    Take(Box<ProtocolMessage>),
    /// It is handled twice.
    Twice(Box<ProtocolMessage>),
    /// It is handled later.
    Wait(Wait, Box<ProtocolMessage>),
    /// Nothing.
    Skip,
}

impl Connection {
    /// Sends a frame, as far as the rules let it through.
    pub(super) fn put(&self, message: &ProtocolMessage, bytes: impl FnOnce() -> Bytes) {
        if self.faults.is_active() {
            self.put_through_faults(message, bytes());
        } else {
            self.outbox.push(bytes());
        }
    }

    fn put_through_faults(&self, message: &ProtocolMessage, bytes: Bytes) {
        let fired = self.faults.ask(Point::Out, message);
        if self.faults.line.lock().is_silent {
            return;
        }
        let Some(Fired { fault, label, .. }) = fired else {
            return self.line_up(bytes);
        };
        match fault {
            Fault::Drop => {}
            Fault::Late(by) => self.send_later(by, bytes),
            Fault::Reorder => self.let_overtake(bytes),
            Fault::Duplicate => {
                self.line_up(bytes.clone());
                self.line_up(bytes);
            }
            Fault::Replace(frame) => self.line_up(frame::of_value(&frame, self.format)),
            Fault::Inject(frame, None) => {
                self.inject(&frame);
                self.line_up(bytes);
            }
            Fault::AskToken => {
                self.inject(&json!({"action": u8::from(Action::Auth)}));
                self.line_up(bytes);
            }
            Fault::Nack(error) if message.action == Action::Ack => {
                let msg_serial = message.msg_serial.unwrap_or_default();
                let nack = answered(msg_serial, &Err(Arc::new(error)));
                self.line_up(frame::frame(&nack, self.format));
            }
            Fault::LoseContinuity(error) if message.action == Action::Attached => {
                self.line_up(self.lost(message, error));
            }
            other => match other.wait() {
                Some(wait) => self.hold_back(wait, bytes),
                None if self.end_by(&other, label) => {}
                None => self.line_up(bytes),
            },
        }
    }

    /// Returns the frame that ends the connection, as far as the rules let it through.
    pub(super) fn last_frame(&self, message: &ProtocolMessage) -> Option<Bytes> {
        let bytes = frame::frame(message, self.format);
        if !self.faults.is_active() {
            return Some(bytes);
        }
        let fired = self.faults.ask(Point::Out, message);
        let is_silent = self.faults.line.lock().is_silent;
        match fired.map(|fired| fired.fault) {
            // What is held when its connection ends is dropped.
            Some(Fault::Drop | Fault::Silence | Fault::Hold(_)) => None,
            Some(Fault::Replace(frame)) => Some(frame::of_value(&frame, self.format)),
            _ => (!is_silent).then_some(bytes),
        }
    }

    /// Does what ends the connection, or its use; returns whether `fault` does.
    fn end_by(&self, fault: &Fault, label: Option<String>) -> bool {
        match fault {
            Fault::Cut => self.cut(None, label),
            Fault::Close(code) => self.cut(Some(*code), label),
            Fault::Offline(span) => {
                let client_id = self.faults.client.client_id.as_deref();
                let faults = &self.faults.faults;
                faults.take_offline(client_id.unwrap_or_default(), *span);
                self.cut(None, label);
            }
            Fault::Inject(frame, Some(code)) => {
                self.inject(frame);
                self.cut(Some(*code), label);
            }
            Fault::Silence => {
                self.faults.line.lock().is_silent = true;
                self.faults.arm();
            }
            Fault::Disconnect(error) => {
                self.end_with(Action::Disconnected, error.clone());
            }
            Fault::Fail(error) => {
                self.ended.store(true, Ordering::Relaxed);
                self.end_with(Action::Error, error.clone());
            }
            _ => return false,
        }
        true
    }

    /// Ends the socket with an error as the last frame, ahead of answers that are held back: they may be under way.
    fn end_with(&self, action: Action, error: ErrorInfo) {
        let _ = self.error.set(error.clone());
        let last = ProtocolMessage::failed(action, error);
        self.hang_up(Some(frame::frame(&last, self.format)));
    }

    /// Ends the socket at once: with a close frame of this code, else without one.
    fn cut(&self, code: Option<u16>, label: Option<String>) {
        self.faults.line.lock().ended = Some((code, label));
        self.outbox.cut(code.map(frame::close));
        abandon_later(&self.server, &self.outbox);
    }

    fn inject(&self, message: &Value) {
        self.faults.faults.note(Noted::Injected { message });
        self.line_up(frame::of_value(message, self.format));
    }

    /// Returns an ATTACHED that tells of lost continuity.
    fn lost(&self, message: &ProtocolMessage, error: ErrorInfo) -> Bytes {
        let lost = ProtocolMessage {
            flags: message.flags.map(|bits| bits & !flags::RESUMED),
            error: Some(error),
            ..message.clone()
        };
        frame::frame(&lost, self.format)
    }

    /// Asks the rules about a frame of the client.
    pub(super) fn admit(&self, message: Box<ProtocolMessage>) -> Inbound {
        let fired = self.faults.ask(Point::In, &message);
        if self.faults.line.lock().is_deaf {
            return Inbound::Skip;
        }
        let Some(Fired { fault, label, .. }) = fired else {
            return Inbound::Take(message);
        };
        match fault {
            Fault::Drop => Inbound::Skip,
            Fault::Duplicate => Inbound::Twice(message),
            Fault::Refuse(refused) => {
                if self.refuse(&message, refused.error) {
                    Inbound::Skip
                } else {
                    Inbound::Take(message)
                }
            }
            Fault::Replace(frame) => match serde_json::from_value(frame) {
                Ok(message) => Inbound::Take(Box::new(message)),
                Err(error) => {
                    tracing::warn!(%error, "the frame of a rule can't be read: it is dropped");
                    Inbound::Skip
                }
            },
            Fault::Inject(frame, None) => {
                self.inject(&frame);
                Inbound::Take(message)
            }
            Fault::AskToken => {
                self.inject(&json!({"action": u8::from(Action::Auth)}));
                Inbound::Take(message)
            }
            Fault::Silence => {
                self.faults.line.lock().is_deaf = true;
                self.faults.arm();
                Inbound::Skip
            }
            other => match other.wait() {
                Some(wait) => Inbound::Wait(wait, message),
                None if self.end_by(&other, label) => Inbound::Skip,
                None => Inbound::Take(message),
            },
        }
    }

    /// Refuses a publish or an ATTACH; returns whether the frame is one.
    fn refuse(&self, message: &ProtocolMessage, error: ErrorInfo) -> bool {
        match message.action {
            Action::Message | Action::Presence | Action::Annotation => {
                let msg_serial = message.msg_serial.unwrap_or_default();
                self.answer_publish(msg_serial, &Err(Arc::new(error)), Duration::ZERO);
            }
            Action::Attach => {
                let channel = message.channel.as_deref().unwrap_or_default();
                self.send(&ProtocolMessage {
                    error: Some(error),
                    ..ProtocolMessage::on(Action::Error, channel)
                });
            }
            _ => return false,
        }
        true
    }

    /// Schedules the timers of a new connection.
    pub(super) fn schedule_faults(&self) {
        for (set, timer) in self.faults.faults.timers(&self.faults.client) {
            let this = Weak::clone(&self.this);
            let at = self.server.deadlines.now() + timer.after;
            let deadline = self.server.deadlines.schedule(at, move || {
                let Some(connection) = this.upgrade() else {
                    return;
                };
                if let Some(fired) = set.fire_timer(timer.id, &connection.faults.client) {
                    connection.suffer(&fired);
                }
            });
            self.faults.line.lock().timers.push(deadline);
        }
    }

    /// Does a fault at once.
    pub(super) fn suffer(self: &Arc<Self>, fired: &Fired) {
        let Fired {
            fault,
            label,
            target,
        } = fired;
        match fault {
            Fault::Disconnect(error) => self.disconnect(error.clone()),
            Fault::Fail(error) => self.fail(error.clone()),
            Fault::AskToken => self.request_reauth(),
            Fault::Inject(frame, None) => self.inject(frame),
            Fault::LoseContinuity(error) => self.lose_continuity(target, error),
            Fault::Detach(error) => self.detach_by(target, error),
            other => {
                self.end_by(other, label.clone());
            }
        }
    }

    /// Tells the client that it has missed something of the channels of `target`.
    fn lose_continuity(&self, target: &Selector, error: &ErrorInfo) {
        for (_, attached) in self.attachments_of(target) {
            self.interrupt(attached, error.clone());
        }
    }

    /// Detaches the client from the channels of `target`.
    fn detach_by(&self, target: &Selector, error: &ErrorInfo) {
        let principal = self.principal();
        for (name, _) in self.attachments_of(target) {
            self.detach_from(&principal, &name);
            self.send(&ProtocolMessage {
                error: Some(error.clone()),
                ..ProtocolMessage::on(Action::Detached, &name)
            });
        }
    }

    fn attachments_of(&self, target: &Selector) -> Vec<(String, Attached)> {
        let state = self.lock();
        let attached = state.attached.iter();
        let mut attached: Vec<_> = attached
            .filter(|(_, it)| target.takes_channel(&it.channel))
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect();
        attached.sort_by(|one, two| one.0.cmp(&two.0));
        attached
    }

    /// Returns how long the members of the connection stay now that it has dropped, where a rule says that.
    pub(super) fn stay_of_members(&self) -> Option<Duration> {
        if !self.faults.is_active() {
            return None;
        }
        let occurrence = Occurrence::of(Point::Leave, &self.faults.client);
        match self.faults.faults.fire(&occurrence)?.fault {
            Fault::Delay(by) => Some(by),
            _ => None,
        }
    }

    /// Ends what waits for the connection, and tells those who hear of everything how it ended.
    pub(super) fn end_faults(&self) {
        let ended = self.end_line();
        let (initiator, close_code, label) = match &ended {
            Some((code, label)) => ("proxy", *code, label.as_deref()),
            None if self.error.get().is_some() => ("server", Some(1000), None),
            None => ("client", None, None),
        };
        self.faults.faults.note(Noted::Disconnected {
            initiator,
            close_code,
            label,
        });
    }
}
