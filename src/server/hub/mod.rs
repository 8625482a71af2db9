//! The channels of one app and who is attached to them: no sockets, no storage engine.

mod channel;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{Action, ProtocolMessage, flags};
use crate::server::store::{Entry, Operation, Sink, Store};
use crate::server::wire::SharedFrame;
use channel::{Attachment, Channel};

/// Somebody who gets what happens in channels: a connection, most often.
pub(super) trait Subscriber: Send + Sync {
    /// Its connectionId.
    fn connection_id(&self) -> &str;

    /// Whether it wants its own messages back.
    fn wants_echo(&self) -> bool;

    /// Gets a frame that others get too. Must not block.
    fn deliver(&self, frame: &SharedFrame);

    /// Gets a message of its own. Must not block.
    fn send(&self, message: &ProtocolMessage);
}

/// What an attachment asks for, already checked.
#[derive(Clone, Debug)]
pub(super) struct AttachRequest {
    /// The channel's name.
    pub channel: String,
    /// The granted modes, as flag bits.
    pub modes: u64,
    /// The parameters in force, to be echoed.
    pub params: Params,
    /// Go on after this position.
    pub from: Option<String>,
}

/// The channels of one app.
pub(super) struct Hub {
    store: Arc<dyn Store>,
    channels: Mutex<HashMap<String, Arc<Channel>>>,
}

impl Hub {
    /// The hub of the app that `store` keeps.
    pub(super) fn new(store: &Arc<dyn Store>) -> Arc<Self> {
        let hub = Arc::new(Self {
            store: Arc::clone(store),
            channels: Mutex::default(),
        });
        store.subscribe(Arc::new(FanOut(Arc::downgrade(&hub))));
        hub
    }

    /// The store, for reading.
    pub(super) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Attaches `subscriber`, or changes its attachment: sends it ATTACHED and what it missed, then what follows.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn attach(
        &self,
        subscriber: &Arc<dyn Subscriber>,
        request: AttachRequest,
    ) -> Result<()> {
        // From here on the channel hears of what is committed.
        self.open(&request.channel);
        let mut missed = Vec::new();
        let mut resumed = false;
        let mut gap = None;
        if let Some(position) = &request.from {
            match self.store.entries_after(&request.channel, position).await? {
                Some(entries) => {
                    missed = entries;
                    resumed = true;
                }
                None => {
                    gap = Some(ErrorInfo::new(
                        90003,
                        400,
                        "Unable to continue: what came after the channelSerial is not known",
                    ));
                }
            }
        }
        let head = self.store.head(&request.channel).await?;
        loop {
            let position = missed.last().map(|entry| entry.channel_serial.clone());
            let from = position.as_deref().or(request.from.as_deref());
            {
                // The map's lock comes first, so that nobody drops the channel as unused meanwhile.
                let mut channels = lock(&self.channels);
                let channel = channels.entry(request.channel.clone()).or_default();
                let mut state = channel.lock();
                if state.head.as_str() < head.as_str() {
                    state.head.clone_from(&head);
                }
                // What was committed since the store was read is read once more, or it would be lost.
                let is_current = !resumed
                    || from.is_some_and(|from| {
                        crate::server::serial::channel_part(from) >= state.head.as_str()
                    });
                if is_current {
                    let serial = if resumed {
                        from.unwrap_or(&state.head).to_owned()
                    } else {
                        state.head.clone()
                    };
                    subscriber.send(&attached(
                        &request,
                        serial,
                        resumed,
                        !missed.is_empty(),
                        gap,
                    ));
                    for entry in &missed {
                        deliver_one(subscriber, &request, entry);
                    }
                    state.put(Attachment {
                        subscriber: Arc::clone(subscriber),
                        modes: request.modes,
                    });
                    return Ok(());
                }
            }
            let from = from.unwrap_or_default().to_owned();
            let more = self
                .store
                .entries_after(&request.channel, &from)
                .await?
                .unwrap_or_default();
            if more.is_empty() {
                // Nothing is kept behind `from`: the head is that of an entry that was never stored.
                self.open(&request.channel).lock().head.clone_from(&from);
            }
            missed.extend(more);
        }
    }

    /// Changes what an attachment gets, and tells it so. Nothing happens if there is none.
    pub(super) fn change_modes(&self, subscriber: &Arc<dyn Subscriber>, channel: &str, modes: u64) {
        let Some(found) = lock(&self.channels).get(channel).map(Arc::clone) else {
            return;
        };
        let mut state = found.lock();
        if !state.change_modes(subscriber.connection_id(), modes) {
            return;
        }
        subscriber.send(&ProtocolMessage {
            channel_serial: Some(state.head.clone()),
            flags: Some(modes | flags::RESUMED),
            ..ProtocolMessage::on(Action::Attached, channel)
        });
    }

    /// Ends an attachment. Nothing happens if there is none.
    pub(super) fn detach(&self, subscriber: &dyn Subscriber, channel: &str) {
        let mut channels = lock(&self.channels);
        if let Some(found) = channels.get(channel) {
            let mut state = found.lock();
            state.remove(subscriber.connection_id());
            let is_unused = state.is_empty();
            drop(state);
            if is_unused {
                channels.remove(channel);
            }
        }
    }

    /// Does `operation` in `channel`.
    ///
    /// # Errors
    /// The store's; nothing has happened then.
    pub(super) async fn submit(&self, channel: &str, operation: Operation) -> Result<Arc<Entry>> {
        self.store.submit(channel, operation).await
    }

    fn open(&self, name: &str) -> Arc<Channel> {
        let mut channels = lock(&self.channels);
        if let Some(channel) = channels.get(name) {
            return Arc::clone(channel);
        }
        Arc::clone(channels.entry(name.to_owned()).or_default())
    }
}

/// The hub as the store sees it; the store outlives no hub.
struct FanOut(Weak<Hub>);

impl Sink for FanOut {
    fn committed(&self, channel: &str, entry: &Arc<Entry>) {
        let Some(hub) = self.0.upgrade() else {
            return;
        };
        let found = lock(&hub.channels).get(channel).map(Arc::clone);
        if let Some(channel) = found {
            channel.deliver(entry);
        }
    }
}

fn attached(
    request: &AttachRequest,
    serial: String,
    resumed: bool,
    backlog: bool,
    gap: Option<ErrorInfo>,
) -> ProtocolMessage {
    let mut bits = request.modes;
    if resumed {
        bits |= flags::RESUMED;
    }
    if backlog {
        bits |= flags::HAS_BACKLOG;
    }
    ProtocolMessage {
        channel_serial: Some(serial),
        flags: Some(bits),
        params: Some(request.params.clone()).filter(|params| !params.is_empty()),
        error: gap,
        ..ProtocolMessage::on(Action::Attached, &request.channel)
    }
}

fn deliver_one(subscriber: &Arc<dyn Subscriber>, request: &AttachRequest, entry: &Entry) {
    let is_own = entry.connection_id.as_deref() == Some(subscriber.connection_id());
    if request.modes & channel::mode_of(entry) != 0 && (subscriber.wants_echo() || !is_own) {
        subscriber.send(&entry.message);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
