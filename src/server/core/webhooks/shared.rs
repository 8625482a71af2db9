//! What the deliveries of a server share, and what belongs to one app.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::log::DeliveryLog;
use super::queue::RuleQueue;
use crate::chat_core::auth::KeyEntry;
use crate::chat_core::clock::Clock;
use crate::chat_core::error::ErrorInfo;
use crate::server::core::apps::App;
use crate::server::core::deadlines::Deadlines;
use crate::server::core::meta;
use crate::server::core::outbound::Outbound;
use crate::server::core::plan::PlanLimits;

/// What the webhooks of a server need of it, once it is put together.
pub(crate) trait Surroundings: Send + Sync {
    /// Returns the app called `id`.
    fn app(&self, id: &str) -> Option<Arc<App>>;

    /// Returns the key called `name`.
    fn key(&self, name: &str) -> Option<Arc<KeyEntry>>;
}

/// What the deliveries of a server share.
pub(super) struct Shared {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) outbound: Arc<dyn Outbound>,
    pub(super) deadlines: Arc<Deadlines>,
    pub(super) limits: PlanLimits,
    /// Cancelled when the server is to stop: what waits is sent once more, and no more.
    pub(super) stopping: CancellationToken,
    /// This server's name.
    instance: OnceLock<String>,
    deliveries: AtomicU64,
    surroundings: OnceLock<Weak<dyn Surroundings>>,
}

/// What waits for the rules of one app, and what was delivered.
pub(super) struct AppHooks {
    pub(super) app: Weak<App>,
    pub(super) app_id: String,
    pub(super) queues: Mutex<HashMap<String, Arc<RuleQueue>>>,
    pub(super) log: DeliveryLog,
    /// Cancelled with the app, and by its reset: nothing is sent any more.
    pub(super) ended: CancellationToken,
}

impl AppHooks {
    /// Returns what belongs to `app`: nothing so far.
    pub(super) fn new(app: &Arc<App>) -> Self {
        Self {
            app: Arc::downgrade(app),
            app_id: app.id.clone(),
            queues: Mutex::default(),
            log: DeliveryLog::default(),
            ended: CancellationToken::new(),
        }
    }

    /// Returns the queue of a rule, which is made if it is not there.
    pub(super) fn queue(&self, rule_id: &str, slots: usize) -> Arc<RuleQueue> {
        let mut queues = self.queues.lock();
        let queue = queues.entry(rule_id.to_owned());
        Arc::clone(queue.or_insert_with(|| Arc::new(RuleQueue::new(slots))))
    }
}

impl Shared {
    pub(super) fn new(
        (clock, deadlines): (&Arc<dyn Clock>, &Arc<Deadlines>),
        outbound: &Arc<dyn Outbound>,
        limits: PlanLimits,
        stopping: &CancellationToken,
    ) -> Self {
        Self {
            clock: Arc::clone(clock),
            outbound: Arc::clone(outbound),
            deadlines: Arc::clone(deadlines),
            limits,
            stopping: stopping.clone(),
            instance: OnceLock::new(),
            deliveries: AtomicU64::new(1),
            surroundings: OnceLock::new(),
        }
    }

    /// Sets where apps and keys are, and the server's name. Called once.
    pub(super) fn surround(&self, surroundings: Weak<dyn Surroundings>, instance: &str) {
        let _ = self.instance.set(instance.to_owned());
        let _ = self.surroundings.set(surroundings);
    }

    /// Returns the server's name.
    pub(super) fn instance(&self) -> &str {
        self.instance.get().map_or("", String::as_str)
    }

    /// Returns where apps and keys are, as long as the server is there.
    pub(super) fn surroundings(&self) -> Option<Arc<dyn Surroundings>> {
        self.surroundings.get()?.upgrade()
    }

    /// Tells the app of an error. Whoever meets it may hold locks of the channel.
    pub(super) fn log_error(
        &self,
        hooks: &AppHooks,
        rule_id: &str,
        channel: &Arc<str>,
        error: ErrorInfo,
    ) {
        let (app, clock) = (Weak::clone(&hooks.app), Arc::clone(&self.clock));
        let (rule_id, channel) = (rule_id.to_owned(), Arc::clone(channel));
        self.deadlines.schedule(self.deadlines.now(), move || {
            if let Some(app) = app.upgrade() {
                meta::log_error(&app, (&rule_id, &channel), &error, clock.as_ref());
            }
        });
    }

    /// Returns the id of the next delivery.
    pub(super) fn next_delivery(&self) -> u64 {
        self.deliveries.fetch_add(1, Ordering::Relaxed)
    }
}

/// Returns the refusal of what a server that stops does not do any more.
pub(super) fn stopped() -> ErrorInfo {
    ErrorInfo::new(80003, 503, "The server is shutting down")
}
