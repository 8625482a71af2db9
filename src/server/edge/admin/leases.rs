//! Rules that are added for a while, by those who listen to them: each is gone once nobody renews it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::server::core::apps::App;

/// How long a rule stays that is not renewed, of the real clock.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// The rules that were added for a while, by id.
#[derive(Default)]
pub(crate) struct Leases(Mutex<HashMap<String, Arc<Lease>>>);

struct Lease {
    app: Weak<App>,
    until: Mutex<Instant>,
}

impl Leases {
    /// Keeps a rule of `app` until it is not renewed any more, and ends then.
    pub(crate) async fn keep(&self, app: Weak<App>, rule: &str, stopping: &CancellationToken) {
        let lease = Arc::new(Lease {
            app,
            until: Mutex::new(Instant::now() + LEASE),
        });
        self.0.lock().insert(rule.to_owned(), Arc::clone(&lease));
        tokio::select! {
            biased;
            () = stopping.cancelled() => {}
            () = lease.ended() => {}
        }
        self.end(rule);
    }

    /// Keeps a rule for another while; `false` if there is none.
    pub(crate) fn renew(&self, rule: &str) -> bool {
        let leases = self.0.lock();
        let lease = leases.get(rule);
        if let Some(lease) = lease {
            *lease.until.lock() = Instant::now() + LEASE;
        }
        lease.is_some()
    }

    /// Removes a rule; `false` if there is none.
    pub(crate) fn end(&self, rule: &str) -> bool {
        let lease = self.0.lock().remove(rule);
        let app = lease.as_ref().and_then(|lease| lease.app.upgrade());
        if let Some(app) = app {
            app.integrations.remove(rule);
        }
        lease.is_some()
    }
}

impl Lease {
    /// Ends once it was not renewed, or when its app is gone.
    async fn ended(&self) {
        loop {
            let until = *self.until.lock();
            if until <= Instant::now() || self.app.strong_count() == 0 {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }
}
