//! A rule that was checked: what it is about, whom it asks or tells, and what follows.

use std::collections::BTreeMap;
use std::time::Duration;

use http::uri::Scheme;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::fault::RuleFault;
use super::filter::Filter;
use super::form::{RuleForm, TargetForm};
use super::words::WordList;
use crate::chat_core::auth::nearest;
use crate::chat_core::clock::Timestamp;
use crate::server::core::outbound::Trust;

/// The longest time that all attempts of a rule may take together, in milliseconds, and the most retries.
const MAX_WINDOW: u64 = 10_000;
const MAX_RETRIES: u32 = 10;

/// The time that a message is held by default, and at most, in milliseconds: SDKs give up a request after ten seconds.
const HOLD_FOR: u64 = 8_000;
const MAX_HOLD_FOR: u64 = 3_600_000;

/// The code of a message that a before-publish integration has refused, and of one that moderation has.
const BY_RULE: u32 = 42211;
const BY_MODERATION: u32 = 42213;

/// The most headers, words, and bytes of a word list's word, of one rule.
const MAX_HEADERS: usize = 32;
const MAX_WORDS: usize = 10_000;

impl RuleForm {
    /// Checks a rule without making it.
    ///
    /// # Errors
    /// The first member that is wrong.
    pub fn check(&self) -> Result<(), RuleFault> {
        let id = self.id.clone().unwrap_or_default();
        Rule::new(id, self.clone(), Origin::Config, Timestamp(0)).map(|_| ())
    }
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The configuration of the server: it is changed there alone, and its targets are its owner's choice.
    Config,
    /// Somebody who may use the server: its targets are on this machine.
    Http,
    /// Somebody who listens for a while: it is gone with them, and its target is on this machine.
    Lease,
}

impl Origin {
    /// Returns its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Http => "http",
            Self::Lease => "lease",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its id.
    pub(crate) id: String,
    /// As it was written.
    pub(crate) form: RuleForm,
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// When it was made, and changed last.
    pub(crate) created: Timestamp,
    /// When it was changed last.
    pub(crate) modified: Timestamp,
    /// Whether it is in force.
    pub(crate) is_enabled: bool,
    /// What it does.
    pub(crate) kind: RuleKind,
}

/// What a rule does.
#[derive(Debug)]
pub(crate) enum RuleKind {
    /// It is asked before a message is published.
    BeforePublish(Box<BeforePublish>),
    /// It is told of what happened.
    Webhook(Box<Webhook>),
    /// It is kept, and nothing is sent: a dashboard of another service.
    Dashboard,
}

/// A rule that is asked before a message is published.
#[derive(Debug)]
pub(crate) struct BeforePublish {
    /// The rooms.
    pub(crate) rooms: Filter,
    /// The time for all attempts together.
    pub(crate) window: Duration,
    /// The attempts after the first one.
    pub(crate) retries: u32,
    /// Whether the message is published where no verdict was had.
    pub(crate) publishes_on_failure: bool,
    /// Whether an answer of 429 is a reason to try again.
    pub(crate) retries_when_busy: bool,
    /// Who decides.
    pub(crate) judge: Judge,
    /// How long what would be rejected waits for a person.
    pub(crate) hold_for: Option<Duration>,
    /// Whether edits are asked about too.
    pub(crate) has_edits: bool,
    /// Whether publishes that do not come by the Chat API are asked about too.
    pub(crate) has_pubsub: bool,
    /// The code of a rejection.
    pub(crate) code: u32,
}

/// Who decides about a message.
#[derive(Debug)]
pub(crate) enum Judge {
    /// A webhook.
    Webhook(Target),
    /// A function, behind a URL that stands in for it, if there is one.
    Function(Option<Target>),
    /// A word list, in the place of a provider.
    Words(WordList),
    /// Nobody: all is held.
    Person,
}

/// A rule that is told of what happened.
#[derive(Debug)]
pub(crate) struct Webhook {
    /// What it is told of.
    pub(crate) source: Source,
    /// The channels.
    pub(crate) channels: Filter,
    /// Whether events are gathered.
    pub(crate) is_batch: bool,
    /// Whether an event comes with what it is about around it.
    pub(crate) is_enveloped: bool,
    /// Whether it is told in MessagePack.
    pub(crate) is_binary: bool,
    /// The key that signs, by the part of its name after the dot.
    pub(crate) signing_key_id: Option<String>,
    /// Where it goes.
    pub(crate) target: Target,
}

/// What a webhook is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Messages, their changes, and summaries of reactions.
    Message,
    /// Presence.
    Presence,
    /// Channels that become active, and cease to be.
    Lifecycle,
    /// Occupancy.
    Occupancy,
}

impl Source {
    /// All sources, by their names.
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("channel.message", Self::Message),
        ("channel.presence", Self::Presence),
        ("channel.lifecycle", Self::Lifecycle),
        ("channel.occupancy", Self::Occupancy),
    ];

    /// Returns its name.
    pub(crate) fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(_, source)| *source == self);
        named.map_or("", |(name, _)| name)
    }
}

/// The address of an endpoint, with the headers that it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The URL, `http://` or `https://`.
    pub(crate) url: Uri,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// Which addresses it may lead to.
    pub(crate) trust: Trust,
}

/// The kinds of rules, and what each is.
const TYPES: [(&str, RuleType); 10] = [
    ("http", RuleType::Webhook),
    ("http/zapier", RuleType::Webhook),
    ("http/cloudflare-worker", RuleType::Webhook),
    ("http/before-publish", RuleType::Ask),
    ("aws/lambda/before-publish", RuleType::Function),
    ("hive/text-model-only", RuleType::Provider("hive", 3)),
    ("azure/text-moderation", RuleType::Provider("azure", 7)),
    ("tisane/text-moderation", RuleType::Provider("tisane", 3)),
    (
        "bodyguard/text-moderation",
        RuleType::Provider("bodyguard", 1),
    ),
    ("hive/dashboard", RuleType::Dashboard),
];

#[derive(Clone, Copy)]
enum RuleType {
    Webhook,
    Ask,
    Function,
    /// A provider, with its highest level.
    Provider(&'static str, u32),
    Dashboard,
}

/// The members of `target` that each kind of rule has.
impl RuleType {
    fn members(self) -> &'static [&'static str] {
        match self {
            Self::Webhook => &["url", "headers", "format", "enveloped", "signingKeyId"],
            Self::Ask => &["url", "headers", "format"],
            Self::Function => &["region", "functionName", "authentication", "url", "headers"],
            Self::Provider("hive", _) => &["apiKey", "modelUrl", "thresholds"],
            Self::Provider("azure", _) => &["apiKey", "endpoint", "thresholds"],
            Self::Provider("tisane", _) => &["apiKey", "modelUrl", "defaultLanguage", "thresholds"],
            Self::Provider(..) => &["apiKey", "apiUrl", "channelId", "defaultLanguage"],
            Self::Dashboard => &["apiKey", "checkWatchLists"],
        }
    }
}

impl Rule {
    /// Checks a rule that is called `id` and made now.
    ///
    /// # Errors
    /// The first member that is wrong.
    pub(crate) fn new(
        id: String,
        form: RuleForm,
        origin: Origin,
        now: Timestamp,
    ) -> Result<Self, RuleFault> {
        let is_enabled = choice(
            "status",
            form.status.as_deref(),
            [("enabled", true), ("disabled", false)],
            true,
        )?;
        Ok(Self {
            kind: kind_of(&form, origin)?,
            id,
            form,
            origin,
            created: now,
            modified: now,
            is_enabled,
        })
    }

    /// The rule as one that is asked before a message is published.
    pub(crate) fn before_publish(&self) -> Option<&BeforePublish> {
        match &self.kind {
            RuleKind::BeforePublish(rule) if self.is_enabled => Some(rule),
            _ => None,
        }
    }

    /// The rule as a webhook, whether or not it is in force.
    pub(crate) fn any_webhook(&self) -> Option<&Webhook> {
        match &self.kind {
            RuleKind::Webhook(rule) => Some(rule),
            _ => None,
        }
    }

    /// The rule as one that is told of what happened.
    pub(crate) fn webhook(&self) -> Option<&Webhook> {
        match &self.kind {
            RuleKind::Webhook(rule) if self.is_enabled => Some(rule),
            _ => None,
        }
    }
}

fn kind_of(form: &RuleForm, origin: Origin) -> Result<RuleKind, RuleFault> {
    let known = TYPES.iter().find(|(name, _)| *name == form.rule_type);
    let Some((_, kind)) = known else {
        let names = TYPES.map(|(name, _)| name);
        let near = nearest(&form.rule_type, names)
            .map_or_else(String::new, |near| format!("; did you mean {near}?"));
        let why = format!("'{}' is none that is known here{near}", form.rule_type);
        return Err(RuleFault::of("ruleType", why));
    };
    let target = form.target.clone().unwrap_or_default();
    check_members(&target, *kind)?;
    let expected = match kind {
        RuleType::Webhook | RuleType::Dashboard => "AFTER_PUBLISH",
        _ => "BEFORE_PUBLISH",
    };
    if form
        .invocation_mode
        .as_deref()
        .is_some_and(|it| it != expected)
    {
        let why = format!("it must be {expected} for {}", form.rule_type);
        return Err(RuleFault::of("invocationMode", why));
    }
    match kind {
        RuleType::Webhook => Ok(RuleKind::Webhook(Box::new(webhook(form, &target, origin)?))),
        RuleType::Dashboard => Ok(RuleKind::Dashboard),
        other => {
            let rule = before_publish(form, &target, (*other, origin))?;
            Ok(RuleKind::BeforePublish(Box::new(rule)))
        }
    }
}

/// Refuses members that another kind of rule has.
fn check_members(target: &TargetForm, kind: RuleType) -> Result<(), RuleFault> {
    let given = serde_json::to_value(target).unwrap_or_default();
    let allowed = kind.members();
    let odd = given
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys())
        .find(|name| !allowed.contains(&name.as_str()));
    match odd {
        None => Ok(()),
        Some(name) => {
            let why = format!(
                "'{name}' is no member of this kind of rule: it has {}",
                allowed.join(", ")
            );
            Err(RuleFault::of("target", why))
        }
    }
}

fn before_publish(
    form: &RuleForm,
    target: &TargetForm,
    (kind, origin): (RuleType, Origin),
) -> Result<BeforePublish, RuleFault> {
    if form.source.is_some() || form.request_mode.is_some() {
        let why = "a rule that is asked before a publish has neither source nor requestMode";
        return Err(RuleFault::of("source", why));
    }
    let holds = choice("action", form.action.as_deref(), [("hold", true)], false)?;
    let judge = match kind {
        RuleType::Ask if holds && target.url.is_none() => Judge::Person,
        RuleType::Ask => Judge::Webhook(endpoint(target, origin)?),
        RuleType::Function => Judge::Function(match target.url {
            Some(_) => Some(endpoint(target, origin)?),
            None => None,
        }),
        RuleType::Provider(name, highest) => Judge::Words(words(form, target, (name, highest))?),
        RuleType::Webhook | RuleType::Dashboard => Judge::Person,
    };
    if !form.words.is_empty() && !matches!(judge, Judge::Words(_)) {
        let why = "only a provider's rule has words, as in hive/text-model-only";
        return Err(RuleFault::of("words", why));
    }
    let config = form.before_publish_config.clone().unwrap_or_default();
    let by_default = match judge {
        Judge::Words(_) => BY_MODERATION,
        _ => BY_RULE,
    };
    let code = form.reject_code.unwrap_or(by_default);
    if ![BY_RULE, BY_MODERATION].contains(&code) {
        let why = format!("it must be {BY_RULE} or {BY_MODERATION}");
        return Err(RuleFault::of("rejectCode", why));
    }
    let (mut has_edits, mut has_pubsub) = (false, false);
    for also in &form.also {
        match also.as_str() {
            "edits" => has_edits = true,
            "pubsub" => has_pubsub = true,
            other => {
                let why = format!("'{other}' is neither edits nor pubsub");
                return Err(RuleFault::of("also", why));
            }
        }
    }
    if form.hold_for.is_some() && !holds {
        return Err(RuleFault::of("holdFor", "it needs action = \"hold\""));
    }
    let hold_for = bounded("holdFor", form.hold_for, HOLD_FOR, MAX_HOLD_FOR)?;
    let retry_timeout = config.retry_timeout;
    let window = bounded(
        "beforePublishConfig.retryTimeout",
        retry_timeout,
        5000,
        MAX_WINDOW,
    )?;
    let retries = bounded(
        "beforePublishConfig.maxRetries",
        config.max_retries,
        3,
        MAX_RETRIES,
    )?;
    Ok(BeforePublish {
        rooms: Filter::of_rooms(form.chat_room_filter.as_deref())?,
        window: Duration::from_millis(window),
        retries,
        publishes_on_failure: choice(
            "beforePublishConfig.failedAction",
            config.failed_action.as_deref(),
            [("REJECT", false), ("PUBLISH", true)],
            false,
        )?,
        retries_when_busy: choice(
            "beforePublishConfig.tooManyRequestsAction",
            config.too_many_requests_action.as_deref(),
            [("RETRY", true), ("FAIL", false)],
            true,
        )?,
        judge,
        hold_for: holds.then(|| Duration::from_millis(hold_for)),
        has_edits,
        has_pubsub,
        code,
    })
}

fn webhook(form: &RuleForm, target: &TargetForm, origin: Origin) -> Result<Webhook, RuleFault> {
    let own = [
        form.before_publish_config.is_some(),
        form.chat_room_filter.is_some(),
        form.action.is_some(),
        !form.also.is_empty(),
        !form.words.is_empty(),
    ];
    if own.contains(&true) {
        let why = "a webhook has none of the members of a rule that is asked before a publish";
        return Err(RuleFault::of("ruleType", why));
    }
    let given = form.source.as_ref();
    let source = given.ok_or_else(|| RuleFault::of("source", "it is missing"))?;
    let known = Source::ALL.iter().find(|(name, _)| *name == source.kind);
    let (_, kind) = known.ok_or_else(|| {
        let names = Source::ALL.map(|(name, _)| name).join(", ");
        RuleFault::of("source.type", format!("it must be one of {names}"))
    })?;
    let is_batch = choice(
        "requestMode",
        form.request_mode.as_deref(),
        [("single", false), ("batch", true)],
        false,
    )?;
    if target.signing_key_id.is_some() && !is_batch {
        let why = "only batches are signed: it needs requestMode batch";
        return Err(RuleFault::of("target.signingKeyId", why));
    }
    Ok(Webhook {
        source: *kind,
        channels: Filter::of_channels(&source.channel_filter)?,
        is_batch,
        is_enveloped: !is_batch && target.enveloped.unwrap_or(true),
        is_binary: choice(
            "target.format",
            target.format.as_deref(),
            [("json", false), ("msgpack", true)],
            false,
        )?,
        signing_key_id: target.signing_key_id.clone(),
        target: endpoint(target, origin)?,
    })
}

/// Returns the endpoint of a target.
fn endpoint(target: &TargetForm, origin: Origin) -> Result<Target, RuleFault> {
    let fault = |why: String| RuleFault::of("target.url", why);
    let text = target.url.as_deref();
    let text = text.ok_or_else(|| fault("it is missing".to_owned()))?;
    let url: Uri = text
        .parse()
        .map_err(|_| fault(format!("'{text}' is no URL")))?;
    let is_web = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&url.scheme());
    let has_host = url.host().is_some_and(|host| !host.is_empty());
    if !is_web || !has_host {
        return Err(fault(format!(
            "'{text}' must begin with http:// or https://"
        )));
    }
    if url.authority().is_some_and(|it| it.as_str().contains('@')) {
        let why = "it must not hold a user and password: give a header in its place";
        return Err(fault(why.to_owned()));
    }
    if target.headers.len() > MAX_HEADERS {
        let why = format!("there are more than {MAX_HEADERS}");
        return Err(RuleFault::of("target.headers", why));
    }
    let mut headers = HeaderMap::new();
    for header in &target.headers {
        let name = HeaderName::try_from(&header.name).map_err(|_| {
            let why = format!("'{}' is no name of a header", header.name);
            RuleFault::of("target.headers", why)
        })?;
        let text = header.value.text().ok_or_else(|| {
            let why = format!("the value of '{name}' must be text here");
            RuleFault::of("target.headers", why)
        })?;
        let mut value = HeaderValue::try_from(text).map_err(|_| {
            let why = format!("the value of '{name}' can't stand in a header");
            RuleFault::of("target.headers", why)
        })?;
        // Most often it is how the endpoint knows its caller.
        value.set_sensitive(true);
        headers.append(name, value);
    }
    let trust = match origin {
        Origin::Config => Trust::Owner,
        Origin::Http | Origin::Lease => Trust::Guest,
    };
    Ok(Target {
        url,
        headers,
        trust,
    })
}

fn words(
    form: &RuleForm,
    target: &TargetForm,
    (provider, highest): (&'static str, u32),
) -> Result<WordList, RuleFault> {
    if target.api_key.is_none() && form.words.is_empty() {
        return Err(RuleFault::of("target.apiKey", "it is missing"));
    }
    let count: usize = form.words.values().map(BTreeMap::len).sum();
    if count > MAX_WORDS {
        let why = format!("there are more than {MAX_WORDS}");
        return Err(RuleFault::of("words", why));
    }
    let levels = form.words.values().flat_map(BTreeMap::values);
    if levels
        .chain(target.thresholds.values())
        .any(|level| *level > highest)
    {
        let why = format!("the levels of {provider} go up to {highest}");
        return Err(RuleFault::of("words", why));
    }
    let thresholds = (provider != "bodyguard").then(|| target.thresholds.clone());
    Ok(WordList::new(provider, &form.words, thresholds))
}

/// Reads one of a few words.
fn choice<T: Copy, const N: usize>(
    field: &'static str,
    given: Option<&str>,
    choices: [(&'static str, T); N],
    by_default: T,
) -> Result<T, RuleFault> {
    let Some(given) = given else {
        return Ok(by_default);
    };
    let found = choices.iter().find(|(name, _)| *name == given);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names = choices.map(|(name, _)| name).join(" or ");
        RuleFault::of(field, format!("'{given}' must be {names}"))
    })
}

/// Reads a number that has a greatest value.
fn bounded<T: Copy + PartialOrd + std::fmt::Display>(
    field: &'static str,
    given: Option<T>,
    by_default: T,
    greatest: T,
) -> Result<T, RuleFault> {
    match given {
        Some(value) if value > greatest => {
            let why = format!("{value} is more than {greatest}");
            Err(RuleFault::of(field, why))
        }
        given => Ok(given.unwrap_or(by_default)),
    }
}
