//! The apps of one server: their keys, their channels, what they revoked. Nothing of one is seen from another.

use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::chat_core::auth::ably_token::Sealer;
use crate::chat_core::auth::keys::TokenFacts;
use crate::chat_core::auth::{KeyEntry, Keys};
use crate::chat_core::clock::{Clock, Moment, Timestamp};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::random::Random;
use crate::server::core::app_keys::AppKeys;
use crate::server::core::app_profile::{AppOrigin, AppProfile};
use crate::server::core::deadlines::Deadlines;
use crate::server::core::events::Events;
use crate::server::core::faults::{FaultSet, Faults};
use crate::server::core::faulty_store::FaultyStore;
use crate::server::core::hub::{Hub, OnRevoked};
use crate::server::core::integrations::{Integrations, Origin, Rule, RuleForm};
use crate::server::core::interest::Interest;
use crate::server::core::namespaces::{AppNamespace, Namespace, Namespaces};
use crate::server::core::plan::PlanLimits;
use crate::server::core::rates::Rates;
use crate::server::core::revoked::{Revoked, RevokedTokens};
use crate::server::core::seed::{AppTemplate, Seed};
use crate::server::engine::revocation::Revocation;
use crate::server::engine::{AppEngine, ChannelRules, Engine, Storage};

/// How often the directory is told that an app is used.
const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

/// An app.
pub(crate) struct App {
    /// The part of its keys before the dot.
    pub(crate) id: String,
    /// Its channels.
    pub(crate) hub: Arc<Hub>,
    /// Its own rules of faults.
    pub(crate) faults: Arc<FaultSet>,
    /// The rules that are asked about its clients: its own and those for all apps.
    pub(crate) rules: Faults,
    /// Its integrations: the rules that are asked before a publish or told afterwards, and what waits for them.
    pub(crate) integrations: Integrations,
    /// Its keys.
    pub(crate) keys: AppKeys,
    /// The rules for its channels.
    pub(crate) namespaces: Namespaces,
    /// Who made it.
    pub(crate) origin: AppOrigin,
    /// What it is called.
    pub(crate) profile: RwLock<AppProfile>,
    /// Its place among all apps: they are listed in the order in which they were opened.
    pub(crate) number: u64,
    revocations: Arc<Mutex<RevokedTokens>>,
    /// Its seed, set once.
    template: OnceLock<AppTemplate>,
    /// The publish rates of REST callers.
    pub(crate) rest_rates: Mutex<Rates>,
    /// What waits for all of its connections together, in bytes.
    pub(crate) waiting: Arc<AtomicUsize>,
    /// When a client was let in last, in epoch milliseconds.
    used: AtomicI64,
    /// When the directory was told that it is used, in epoch milliseconds.
    touched: AtomicI64,
    engine: Arc<dyn Engine>,
}

/// The apps of one server.
pub(crate) struct Apps {
    apps: RwLock<HashMap<String, Arc<App>>>,
    clock: Arc<dyn Clock>,
    random: Random,
    deadlines: Arc<Deadlines>,
    events: Events,
    /// The ids of the apps that the server was started with; that of its first key first.
    own: Vec<String>,
    /// Keeps the apps.
    pub(crate) engine: Arc<dyn Engine>,
    /// The limits of each app.
    limits: PlanLimits,
    /// Applies revocations to the connections of this server.
    on_revoked: Arc<OnceLock<OnRevoked>>,
    /// Seals and opens the Ably tokens that this server issues.
    pub(crate) sealer: Sealer,
    /// The rules of faults for all apps.
    pub(crate) faults: Arc<FaultSet>,
    /// How many apps were opened.
    opened: AtomicU64,
    /// Held by those who change apps, keys, namespaces or rules from outside: one at a time.
    pub(crate) changes: tokio::sync::Mutex<()>,
}

/// An app to be opened.
pub(super) struct Opening {
    pub(super) id: String,
    pub(super) keys: Vec<KeyEntry>,
    pub(super) max_members: usize,
    /// What a seed's decisions call it; its number unless given.
    pub(super) label: Option<String>,
    pub(super) origin: AppOrigin,
    /// What it is called; its id unless given.
    pub(super) profile: Option<AppProfile>,
}

impl App {
    /// Notes that a client was let in.
    pub(crate) fn touch(&self, now: Timestamp) {
        self.used.store(now.millis(), Ordering::Relaxed);
        let touched = Timestamp(self.touched.load(Ordering::Relaxed));
        if touched + TOUCH_INTERVAL <= now {
            self.touched.store(now.millis(), Ordering::Relaxed);
            self.engine.directory().touch(&self.id, now);
        }
    }

    /// Returns when a client was let in last, here or in another process.
    ///
    /// # Errors
    /// The engine's.
    pub(crate) async fn last_used(&self) -> Result<Timestamp> {
        let here = Timestamp(self.used.load(Ordering::Relaxed));
        let anywhere = self.engine.directory().find(&self.id).await?;
        Ok(anywhere.map_or(here, |anywhere| anywhere.max(here)))
    }

    /// Seeds every channel that has no state yet; the template is set once.
    ///
    /// # Errors
    /// The store's, or what it refuses.
    pub(crate) async fn begin(
        &self,
        template: AppTemplate,
        now: Timestamp,
        random: &Random,
    ) -> Result<()> {
        let plan = template.plan(now, random)?;
        // An app begins once: whoever makes it says with what.
        let _ = self.template.set(template);
        self.hub.plant(plan).await
    }

    /// Resets its channels to the template. What was revoked stays revoked.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn reset(&self, now: Timestamp, random: &Random) -> Result<()> {
        let plan = match self.template.get() {
            Some(known) => known.plan(now, random)?,
            None => HashMap::new(),
        };
        self.faults.clear();
        self.integrations.reset();
        self.hub.reset(plan).await
    }

    /// Returns when a token is out of force, if it was revoked.
    pub(crate) fn revoked_at(&self, token: &TokenFacts<'_>) -> Option<Revoked> {
        self.revocations.lock().of(token)
    }

    /// Revokes tokens.
    ///
    /// # Errors
    /// 42910 / 429 where there are too many revocations, 50000 / 500 if it can't be kept; they are in force then.
    pub(crate) async fn revoke(&self, revocation: Revocation, now: Moment) -> Result<()> {
        self.revocations.lock().require_room(now)?;
        self.hub.engine().revoke(revocation).await
    }
}

impl Apps {
    /// Opens the apps of `keys` in `storage`.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub(crate) async fn new(
        keys: Vec<KeyEntry>,
        storage: Storage,
        clock: &Arc<dyn Clock>,
        random: &Random,
        deadlines: &Arc<Deadlines>,
        events: &Events,
        limits: PlanLimits,
    ) -> Result<Self> {
        let mut own: Vec<String> = Vec::new();
        for entry in &keys {
            if !own.iter().any(|id| id == entry.key.app_id()) {
                own.push(entry.key.app_id().to_owned());
            }
        }
        let engine = storage.engine(clock, random);
        let apps = Self {
            apps: RwLock::default(),
            clock: Arc::clone(clock),
            random: random.clone(),
            deadlines: Arc::clone(deadlines),
            events: events.clone(),
            own,
            sealer: Sealer::new(&engine.secret().await?)?,
            engine,
            limits,
            on_revoked: Arc::default(),
            faults: Arc::new(FaultSet::new(Arc::clone(clock), None)),
            opened: AtomicU64::new(0),
            changes: tokio::sync::Mutex::default(),
        };
        let mut keys_of: HashMap<String, Vec<KeyEntry>> = HashMap::new();
        for entry in keys {
            keys_of
                .entry(entry.key.app_id().to_owned())
                .or_default()
                .push(entry);
        }
        // In the order of the first keys, which the labels follow.
        let ids = apps.own.clone();
        for id in ids {
            let keys = keys_of.remove(&id).unwrap_or_default();
            let opening = Opening {
                id,
                keys,
                max_members: limits.members,
                label: None,
                origin: AppOrigin::Config,
                profile: None,
            };
            apps.open(opening).await?;
        }
        Ok(apps)
    }

    /// Provisions an app.
    ///
    /// # Errors
    /// 40000 / 400 if there is one with this id.
    pub(crate) async fn add(
        &self,
        id: String,
        keys: Vec<KeyEntry>,
        max_members: usize,
        label: Option<String>,
    ) -> Result<Arc<App>> {
        let directory = self.engine.directory();
        if self.find(&id).is_some() || !directory.insert_if_absent(&id, self.clock.now()).await? {
            let why = format!("There is an app with id {id}");
            return Err(ErrorInfo::new(40000, 400, why));
        }
        let name = label.clone().unwrap_or_else(|| id.clone());
        let opening = Opening {
            id,
            keys,
            max_members,
            label,
            origin: AppOrigin::Client,
            profile: Some(AppProfile::new(name, self.clock.now())),
        };
        self.open(opening).await
    }

    /// Opens an app that the engine keeps, or makes.
    ///
    /// # Errors
    /// 50000 / 500 if the storage fails.
    pub(super) async fn open(&self, opening: Opening) -> Result<Arc<App>> {
        let Opening {
            id,
            keys,
            max_members,
            label,
            origin,
            profile,
        } = opening;
        let number = self.opened.fetch_add(1, Ordering::Relaxed);
        let now = self.clock.now();
        let rules = ChannelRules {
            max_members,
            message_size: self.limits.message_size,
            ..ChannelRules::default()
        };
        // Which app of the server it is, or what it is called: never its id.
        let label = label.unwrap_or_else(|| (number + 1).to_string());
        let faults = Arc::new(self.faults.for_another());
        let fault_rules = Faults::new([&faults, &self.faults], &label);
        let engine = self.engine.app(&id, rules).await?;
        let clock = Arc::clone(&self.clock);
        let engine: Arc<dyn AppEngine> =
            Arc::new(FaultyStore::new(engine, fault_rules.clone(), clock));
        let revocations: Arc<Mutex<RevokedTokens>> = Arc::default();
        let interest: Arc<Interest> = Arc::default();
        let hub = Hub::new(
            &self.engine,
            &engine,
            self.revoker(&revocations),
            (&self.deadlines, &self.events, &interest),
            (&id, &self.limits),
        );
        for revocation in engine.revocations().await? {
            revocations.lock().add(revocation, self.clock.as_ref());
        }
        let key_origin = match origin {
            AppOrigin::Config => Origin::Config,
            AppOrigin::Client | AppOrigin::Control => Origin::Http,
        };
        let app = Arc::new(App {
            id: id.clone(),
            hub,
            rules: fault_rules,
            faults,
            integrations: Integrations::new(interest),
            keys: AppKeys::new(keys, key_origin, now),
            namespaces: Namespaces::default(),
            origin,
            profile: RwLock::new(profile.unwrap_or_else(|| AppProfile::new(id.clone(), now))),
            number,
            revocations,
            template: OnceLock::new(),
            rest_rates: Mutex::default(),
            waiting: Arc::default(),
            used: AtomicI64::new(now.millis()),
            touched: AtomicI64::new(now.millis()),
            engine: Arc::clone(&self.engine),
        });
        let mut apps = self.apps.write();
        apps.insert(id, Arc::clone(&app));
        Ok(app)
    }

    /// Sets what applies revocations to the connections of this server. Called once.
    pub(crate) fn on_revoked(&self, apply: impl Fn(&Revocation) + Send + Sync + 'static) {
        let _ = self.on_revoked.set(Box::new(apply));
    }

    /// Returns what a hub calls with a revocation.
    fn revoker(&self, revocations: &Arc<Mutex<RevokedTokens>>) -> OnRevoked {
        let (revocations, clock) = (Arc::clone(revocations), Arc::clone(&self.clock));
        let on_revoked = Arc::clone(&self.on_revoked);
        Box::new(move |revocation| {
            revocations.lock().add(revocation.clone(), clock.as_ref());
            if let Some(apply) = on_revoked.get() {
                apply(revocation);
            }
        })
    }

    /// Seeds the server's own apps: that of the first key with `seed`, all with the rules of `namespaces`.
    ///
    /// # Errors
    /// A seed that can't be planted.
    pub(crate) async fn seed_own(&self, seed: Seed, namespaces: &[Namespace]) -> Result<()> {
        let now = self.clock.now();
        seed.check(now)?;
        let mut seed = Some(seed);
        for id in &self.own {
            let template = AppTemplate {
                seed: seed.take().unwrap_or_default(),
                members: Vec::new(),
                _share: None,
            };
            let app = self.get(id)?;
            for rule in namespaces {
                app.namespaces
                    .put(AppNamespace::new(rule.clone(), Origin::Config, now));
            }
            app.begin(template, now, &self.random).await?;
        }
        Ok(())
    }

    /// Gives the server's own apps the rules of its configuration: each the rules that name it, and those that name none.
    ///
    /// # Errors
    /// A rule that is not valid, or is for an app that is not the server's own.
    pub(crate) fn configure(&self, rules: Vec<RuleForm>) -> Result<()> {
        let now = self.clock.now();
        for (place, form) in rules.into_iter().enumerate() {
            let id = form
                .id
                .clone()
                .unwrap_or_else(|| format!("rule-{}", place + 1));
            let named = form.app.clone();
            if let Some(named) = named.as_ref().filter(|named| !self.is_own(named)) {
                let why = format!(
                    "The rule '{id}' is for the app {named}, which the server has no key of"
                );
                return Err(ErrorInfo::new(40000, 400, why));
            }
            for app in self
                .own
                .iter()
                .filter(|own| named.as_ref().is_none_or(|it| it == *own))
            {
                let integrations = &self.get(app)?.integrations;
                if integrations.rule(&id).is_some() {
                    let why = format!("There are two rules '{id}'");
                    return Err(ErrorInfo::new(40000, 400, why));
                }
                let rule = Rule::new(id.clone(), form.clone(), Origin::Config, now);
                integrations.put(rule.map_err(|fault| fault.into_error(&id))?)?;
            }
        }
        Ok(())
    }

    /// Drops what faults hold: the server ends.
    pub(crate) fn end_faults(&self) {
        self.all().iter().for_each(|app| app.faults.end());
        self.faults.end();
    }

    /// Returns whether the server was started with this app.
    pub(crate) fn is_own(&self, id: &str) -> bool {
        self.own.iter().any(|own| own == id)
    }

    /// Returns all apps, in no order.
    pub(crate) fn all(&self) -> Vec<Arc<App>> {
        let apps = self.apps.read();
        apps.values().map(Arc::clone).collect()
    }

    /// Removes an app that was made while the server runs, and returns it.
    ///
    /// # Errors
    /// The engine's; it is not here any more in any case.
    pub(crate) async fn remove(&self, id: &str) -> (Option<Arc<App>>, Result<()>) {
        let removed = self.apps.write().remove(id);
        (removed, self.engine.directory().remove(id).await)
    }

    /// Returns the app of the server's first key.
    pub(crate) fn first(&self) -> Option<Arc<App>> {
        self.find(self.own.first()?)
    }

    /// Returns the app with this id.
    ///
    /// # Errors
    /// 40400 / 404.
    pub(crate) fn get(&self, id: &str) -> Result<Arc<App>> {
        self.find(id)
            .ok_or_else(|| ErrorInfo::new(40400, 404, format!("No application found with id {id}")))
    }

    /// Returns the app of the key called `name`.
    ///
    /// # Errors
    /// 40400 / 404.
    pub(crate) fn of_key(&self, name: &str) -> Result<Arc<App>> {
        self.get(app_part(name))
    }

    fn find(&self, id: &str) -> Option<Arc<App>> {
        let apps = self.apps.read();
        apps.get(id).map(Arc::clone)
    }
}

impl Keys for Apps {
    fn app_exists(&self, app_id: &str) -> bool {
        self.find(app_id).is_some()
    }

    fn key(&self, name: &str) -> Option<Arc<KeyEntry>> {
        let key = self.find(app_part(name))?.keys.find(name)?;
        Some(Arc::clone(&key.entry))
    }

    fn is_revoked(&self, token: &TokenFacts<'_>) -> bool {
        self.find(app_part(token.key_name))
            .and_then(|app| app.revoked_at(token))
            .is_some_and(|revoked| revoked.from <= self.clock.moment())
    }

    fn sealer(&self) -> Option<&Sealer> {
        Some(&self.sealer)
    }
}

fn app_part(key_name: &str) -> &str {
    key_name.split('.').next().unwrap_or_default()
}
