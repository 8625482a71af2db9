//! Webhooks: endpoints that are told of what happened in the channels of an app.
//!
//! Whatever happens is told to [`Webhooks`], a follower of the stream of events: it copies a reference into the queue of
//! each rule that is about it, and never waits. Deliveries are tasks of the server.
//!
//! | module | owns |
//! | --- | --- |
//! | [`event`] | an event, and what it tells |
//! | [`queue`] | the events of a rule that wait |
//! | [`shared`] | what all deliveries share, and what belongs to one app |
//! | [`courier`] | what single and batched deliveries have in common: one attempt |
//! | [`single`], [`batched`] | their attempts, waits and ends |
//! | [`wire`] | headers and bodies |
//! | [`log`] | the log of deliveries |
//! | [`sample`] | events that did not happen, to try an endpoint with |

mod batched;
mod courier;
mod event;
mod log;
mod queue;
mod sample;
mod shared;
mod single;
mod wire;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::apps::App;
use super::deadlines::Deadlines;
use super::events::{Event, Observer};
use super::integrations::{Rule, SkipRule, Source, Webhook};
use super::outbound::Outbound;
use super::plan::PlanLimits;
use super::rates::Bucket;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::Action;
use crate::server::engine::Entry;
use courier::Courier;
use event::{Content, HookEvent};
use log::{DeliveryState, Subject};
use queue::{Admission, RuleQueue};
pub use sample::{Sample, sample};
pub(crate) use shared::Surroundings;
use shared::{AppHooks, Shared};
pub use wire::signature::{sign, verify};

/// Delivers the events of a server.
pub(crate) struct Webhooks {
    shared: Arc<Shared>,
    /// The rate of all deliveries together.
    rate: Option<Mutex<Bucket>>,
    events: AtomicU64,
    apps: Mutex<HashMap<String, Arc<AppHooks>>>,
}

impl Observer for Webhooks {
    fn observe(&self, event: &Event<'_>, now: Timestamp) {
        match *event {
            Event::Committed {
                app_id,
                channel,
                entry,
            } => self.tell_entry((app_id, channel), entry, now),
            Event::Lifecycle {
                app_id,
                channel,
                is_active,
                occupancy,
            } => {
                let content = Content::of_lifecycle(is_active, occupancy);
                let contents = |_| vec![content.clone()];
                self.tell((app_id, channel), Source::Lifecycle, contents, None, now);
            }
            Event::Occupancy {
                app_id,
                channel,
                occupancy,
            } => {
                let content = Content::of_occupancy(occupancy);
                let contents = |_| vec![content.clone()];
                self.tell((app_id, channel), Source::Occupancy, contents, None, now);
            }
            Event::Reset { app_id } | Event::AppDeleted { app_id } => self.forget(app_id),
            _ => {}
        }
    }

    fn is_follower(&self) -> bool {
        true
    }
}

impl Webhooks {
    /// Creates the webhooks of a server.
    pub(crate) fn new(
        (clock, deadlines): (&Arc<dyn Clock>, &Arc<Deadlines>),
        outbound: &Arc<dyn Outbound>,
        limits: PlanLimits,
        stopping: &CancellationToken,
    ) -> Arc<Self> {
        let rate = limits.webhook_rate;
        let bucket = |rate| Mutex::new(Bucket::full(rate as f64, clock.moment()));
        Arc::new(Self {
            shared: Arc::new(Shared::new((clock, deadlines), outbound, limits, stopping)),
            rate: rate.map(bucket),
            events: AtomicU64::new(1),
            apps: Mutex::default(),
        })
    }

    /// Sets where apps and keys are, and the server's name. Called once.
    pub(crate) fn surround(&self, surroundings: Weak<dyn Surroundings>, instance: &str) {
        self.shared.surround(surroundings, instance);
    }

    /// Returns what belongs to an app, and the app.
    fn hooks(&self, app_id: &str) -> Option<(Arc<AppHooks>, Arc<App>)> {
        let mut apps = self.apps.lock();
        if let Some(hooks) = apps.get(app_id)
            && let Some(app) = hooks.app.upgrade()
        {
            return Some((Arc::clone(hooks), app));
        }
        let app = self.shared.surroundings()?.app(app_id)?;
        let hooks = Arc::new(AppHooks::new(&app));
        apps.insert(app_id.to_owned(), Arc::clone(&hooks));
        Some((hooks, app))
    }

    fn forget(&self, app_id: &str) {
        let ended = self.apps.lock().remove(app_id);
        if let Some(hooks) = ended {
            hooks.ended.cancel();
        }
    }

    fn tell_entry(&self, (app_id, channel): (&str, &str), entry: &Arc<Entry>, now: Timestamp) {
        let time = entry.frames.first().and_then(|frame| frame.timestamp);
        let now = time.map_or(now, Timestamp);
        let source = match entry.frames.first().map(|frame| frame.action) {
            Some(Action::Presence) => Source::Presence,
            _ => Source::Message,
        };
        let contents = |is_single| Content::of_entry(entry, source, is_single);
        self.tell((app_id, channel), source, contents, Some(entry), now);
    }

    /// Returns which rules are not told of an entry.
    fn skip_of(app: &App, entry: &Entry) -> Option<SkipRule> {
        let id = entry.frames.first()?.id.as_ref()?;
        app.integrations.skipped.get(id)
    }

    /// Tells the rules of an app that have this source; `contents` returns the events, by whether each is told alone.
    fn tell(
        &self,
        (app_id, channel): (&str, &str),
        source: Source,
        contents: impl Fn(bool) -> Vec<Content>,
        entry: Option<&Entry>,
        now: Timestamp,
    ) {
        let Some((hooks, app)) = self.hooks(app_id) else {
            return;
        };
        let skip = entry.and_then(|entry| Self::skip_of(&app, entry));
        let mut name: Option<Arc<str>> = None;
        for rule in app.integrations.rules().iter() {
            let Some(webhook) = rule.webhook() else {
                continue;
            };
            let is_skipped = skip.as_ref().is_some_and(|skip| skip.covers(&rule.id));
            if webhook.source != source || is_skipped || !webhook.channels.matches(channel) {
                continue;
            }
            for content in contents(!webhook.is_batch) {
                let name = name.get_or_insert_with(|| Arc::from(channel));
                let number = self.events.fetch_add(1, Ordering::Relaxed);
                let event = HookEvent::new(number, now, name, content);
                self.push(&hooks, rule, webhook, event);
            }
        }
    }

    /// Has an event delivered to the endpoint of a rule, unless there is no room for it.
    fn push(&self, hooks: &Arc<AppHooks>, rule: &Rule, webhook: &Webhook, event: HookEvent) {
        let queue = hooks.queue(&rule.id, self.shared.limits.webhook_slots);
        let event = Arc::new(event);
        let is_within_rate = self.rate.as_ref().is_none_or(|rate| {
            let now = self.shared.clock.moment();
            rate.lock().take(1, now)
        });
        if !is_within_rate {
            queue.note_drop();
            let why = "Rate limit exceeded; metric = reactor.webhook.maxRate";
            return self.note_drop(
                hooks,
                rule,
                webhook,
                &event,
                ErrorInfo::new(42925, 429, why),
            );
        }
        let admission = if webhook.is_batch {
            queue.push(Arc::clone(&event), self.shared.clock.moment())
        } else {
            queue.admit(&event, self.shared.limits.webhook_queue)
        };
        match admission {
            Admission::Waits => {}
            Admission::Start => {
                let courier = Courier::new(&self.shared, hooks, &queue, &rule.id);
                if webhook.is_batch {
                    self.start(async move { courier.send_batches().await });
                } else {
                    self.start(async move { courier.send_alone(event).await });
                }
            }
            Admission::Full => {
                let why = "Unable to deliver: as many events wait for the endpoint as may";
                let error = ErrorInfo::new(70003, 503, why);
                self.note_drop(hooks, rule, webhook, &event, error);
            }
        }
    }

    /// Starts a delivery as a task of the server. Whoever tells of an event may hold locks, and may be on a thread of its
    /// own.
    fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        // Until it has begun, a virtual clock waits for it.
        let held = self.shared.clock.hold();
        let work = async move {
            drop(held);
            work.await;
        };
        let task = self.shared.deadlines.task(move || Some(work));
        self.shared
            .deadlines
            .schedule(self.shared.deadlines.now(), task);
    }

    fn note_drop(
        &self,
        hooks: &Arc<AppHooks>,
        rule: &Rule,
        webhook: &Webhook,
        event: &HookEvent,
        error: ErrorInfo,
    ) {
        let subject = Subject {
            rule_id: &rule.id,
            source: webhook.source,
            channel: &event.channel,
            events: 1,
        };
        let (id, now) = (self.shared.next_delivery(), self.shared.clock.now());
        hooks
            .log
            .note_drop(id, subject, now, error.clone(), DeliveryState::Dropped);
        self.shared
            .log_error(hooks, &rule.id, &event.channel, error);
    }

    /// Returns the webhooks of an app, with what waits for them and how their events ended.
    pub(crate) fn rules(&self, app: &App) -> Vec<Value> {
        let hooks = self.hooks(&app.id).map(|(hooks, _)| hooks);
        let rules = app.integrations.rules();
        let hooks = hooks.as_deref();
        let each = rules.iter().filter_map(|rule| rule_value(hooks, rule));
        each.collect()
    }

    /// Returns the deliveries of an app, the newest first: of one rule where it is named, and at most `limit`.
    pub(crate) fn deliveries(
        &self,
        app_id: &str,
        rule_id: Option<&str>,
        limit: usize,
    ) -> Vec<Value> {
        let hooks = self.hooks(app_id);
        hooks.map_or_else(Vec::new, |(hooks, _)| hooks.log.list(rule_id, limit))
    }

    /// Returns a delivery with its request and answer.
    ///
    /// # Errors
    /// 40400 / 404.
    pub(crate) fn delivery(&self, app_id: &str, id: &str) -> Result<Value> {
        let hooks = self.hooks(app_id);
        let number = id.parse().ok();
        let found = hooks
            .zip(number)
            .and_then(|((hooks, _), id)| hooks.log.get(id));
        found
            .map(|it| it.details())
            .ok_or_else(|| unknown_delivery(id))
    }

    /// Sends the request of a delivery once more, to where its rule leads now, and returns the new delivery.
    ///
    /// # Errors
    /// 40400 / 404 for a delivery or rule that is not there, 40000 / 400 for a request that is not kept.
    pub(crate) async fn resend(&self, app_id: &str, id: &str) -> Result<Value> {
        let found = self.hooks(app_id).zip(id.parse().ok());
        let found = found.and_then(|((hooks, app), id)| Some((hooks.log.get(id)?, hooks, app)));
        let (delivery, hooks, app) = found.ok_or_else(|| unknown_delivery(id))?;
        let rule_id = delivery.rule_id().to_owned();
        let rule = app.integrations.rule(&rule_id);
        if rule.is_none_or(|rule| rule.webhook().is_none()) {
            let why = format!("The rule '{rule_id}' is not there any more, or disabled");
            return Err(ErrorInfo::new(40400, 404, why));
        }
        let queue = hooks.queue(&rule_id, self.shared.limits.webhook_slots);
        let courier = Courier::new(&self.shared, &hooks, &queue, &rule_id);
        let id = courier.repeat(&delivery).await?;
        self.delivery(app_id, &id.to_string())
    }

    /// Has the rules with a source told of an event that did not happen; returns their ids.
    pub(crate) fn trigger(&self, app_id: &str, sample: Sample) -> Vec<String> {
        let Some((hooks, app)) = self.hooks(app_id) else {
            return Vec::new();
        };
        let now = self.shared.clock.now();
        let mut told = Vec::new();
        for rule in app.integrations.rules().iter() {
            let Some(webhook) = rule.webhook().filter(|it| it.source == sample.source()) else {
                continue;
            };
            let number = self.events.fetch_add(1, Ordering::Relaxed);
            self.push(&hooks, rule, webhook, sample.event(number, now));
            told.push(rule.id.clone());
        }
        told
    }
}

/// Returns a webhook with what waits for it; `None` for another rule.
fn rule_value(hooks: Option<&AppHooks>, rule: &Rule) -> Option<Value> {
    let webhook = rule.any_webhook()?;
    let queue = hooks.and_then(|hooks| hooks.queues.lock().get(&rule.id).map(Arc::clone));
    let report = queue
        .unwrap_or_else(|| Arc::new(RuleQueue::new(0)))
        .report();
    let source = rule.form.source.as_ref();
    let mut value = json!({
        "id": rule.id,
        "status": if rule.is_enabled { "enabled" } else { "disabled" },
        "origin": rule.origin.name(),
        "source": webhook.source.name(),
        "channelFilter": source.map_or("", |source| &source.channel_filter),
        "requestMode": if webhook.is_batch { "batch" } else { "single" },
        "url": webhook.target.url.to_string(),
    });
    for (name, number) in report.as_object().into_iter().flatten() {
        value[name] = number.clone();
    }
    Some(value)
}

fn unknown_delivery(id: &str) -> ErrorInfo {
    ErrorInfo::new(40400, 404, format!("No delivery '{id}'"))
}
