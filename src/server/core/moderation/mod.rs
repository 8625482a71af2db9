//! Rules that are asked before a message is published: by a webhook, a function, a word list or a person.
//!
//! Rules are asked in their order. The first that rejects ends it, and what one replaces is what the next one sees.

mod ask;
mod content;
mod hold;
mod judgement;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::apps::App;
use super::integrations::{Asking, BeforePublish, Judge, Rule, Verdict};
use super::meta;
use super::outbound::Outbound;
use super::publisher::{Api, PublishHook, Screened};
use crate::chat_core::clock::Clock;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{MessageAction, names};
use crate::server::engine::{ChannelCommand, CommandKind, Pending};
pub(crate) use ask::{MAX_ANSWER, verdict_of};
pub(crate) use judgement::{Content, Judgement, Subject};

/// Asks the rules of apps.
pub(crate) struct Moderator {
    /// The present moment.
    pub(crate) clock: Arc<dyn Clock>,
    /// Calls endpoints.
    pub(crate) outbound: Arc<dyn Outbound>,
}

impl PublishHook for Moderator {
    fn applies_to(&self, app: &App, channel: &str, api: Api, kind: &CommandKind) -> bool {
        if !app.integrations.asks() {
            return false;
        }
        let Some(room) = names::room_of(channel) else {
            return false;
        };
        let rules = app.integrations.rules();
        rules
            .iter()
            .filter_map(|rule| rule.before_publish())
            .any(|rule| is_asked(rule, api, kind) && rule.rooms.matches(room))
    }

    fn check(&self, publish: Screened) -> Pending<'static, ChannelCommand> {
        let this = Self {
            clock: Arc::clone(&self.clock),
            outbound: Arc::clone(&self.outbound),
        };
        Box::pin(async move { this.screen(publish).await })
    }
}

impl Moderator {
    async fn screen(&self, publish: Screened) -> Result<ChannelCommand> {
        let Some(repeat_key) = &publish.command.repeat_key else {
            return self.judge(publish).await;
        };
        let app = Arc::clone(&publish.app);
        let key = (publish.channel.clone(), repeat_key.clone());
        let verdicts = &app.integrations.verdicts;
        let first = match verdicts.ask(&key, self.clock.moment()) {
            Asking::First(first) => first,
            Asking::Again(mut verdict) => {
                let known = verdict.wait_for(Option::is_some).await;
                let known = known.ok().and_then(|verdict| verdict.clone());
                return match known {
                    Some(verdict) => apply(verdict, publish.command),
                    // The one who asked first is gone without an answer.
                    None => self.judge(publish).await,
                };
            }
        };
        let before = publish.command.kind.clone();
        let result = self.judge(publish).await;
        let verdict = match &result {
            Err(error) => Verdict::Reject(Arc::new(error.clone())),
            Ok(command) if content::is_same(&command.kind, &before) => Verdict::Accept,
            Ok(command) => Verdict::Replace(Arc::new(command.kind.clone())),
        };
        verdicts.keep(&key, &verdict);
        first.send_replace(Some(verdict));
        result
    }

    /// Asks the rules that are about a publish.
    ///
    /// # Errors
    /// 42211 or 42213 / 422 where one rejects it.
    async fn judge(&self, publish: Screened) -> Result<ChannelCommand> {
        let Screened {
            app,
            channel,
            api,
            mut command,
        } = publish;
        let room = names::room_of(&channel).unwrap_or_default().to_owned();
        for rule in app.integrations.rules().iter() {
            let asked = rule
                .before_publish()
                .filter(|asked| is_asked(asked, api, &command.kind) && asked.rooms.matches(&room));
            let Some(asked) = asked else {
                continue;
            };
            for place in 0..content::count(&command.kind) {
                let Some((content, author)) = content::read(&command.kind, place) else {
                    continue;
                };
                let subject = Subject {
                    app_id: app.id.clone(),
                    room: room.clone(),
                    ..author
                };
                let decided = self.decide(&app, (rule, asked), &subject, &content);
                if let Some(new) = decided.await? {
                    content::write(&mut command.kind, place, new);
                }
            }
        }
        Ok(command)
    }

    /// Has one rule decide about one message; returns the content that takes the place of its own.
    async fn decide(
        &self,
        app: &Arc<App>,
        (rule, asked): (&Rule, &BeforePublish),
        subject: &Subject,
        content: &Content,
    ) -> Result<Option<Content>> {
        let judged = self.ask(rule, asked, subject, content).await;
        let about = (subject, content);
        let judged = hold::hold(self.clock.as_ref(), app, (rule, asked), about, judged).await;
        match judged {
            Judgement::Accept => Ok(None),
            Judgement::Replace(new) => Ok(Some(new)),
            Judgement::Reject(detail) => Err(rejected(rule, asked, detail)),
            Judgement::Undecided(error) => {
                let place = (rule.id.as_str(), subject.room.as_str());
                meta::log_error(app, place, &error, self.clock.as_ref());
                if asked.publishes_on_failure {
                    return Ok(None);
                }
                let why = format!(
                    "The message was not published: the before-publish rule '{}' has no verdict",
                    rule.id
                );
                Err(ErrorInfo::new(42211, 422, why))
            }
        }
    }

    /// Asks one rule about one message.
    pub(crate) async fn ask(
        &self,
        rule: &Rule,
        asked: &BeforePublish,
        subject: &Subject,
        content: &Content,
    ) -> Judgement {
        let endpoints = ask::Asker {
            clock: self.clock.as_ref(),
            outbound: self.outbound.as_ref(),
        };
        match &asked.judge {
            Judge::Webhook(target) => {
                let request = ask::Request::of(rule, subject, content);
                endpoints.call(target, asked, &request, false).await
            }
            Judge::Function(Some(target)) => {
                let request = ask::Request::of(rule, subject, content);
                endpoints.call(target, asked, &request, true).await
            }
            Judge::Function(None) => Judgement::Undecided(ErrorInfo::new(
                70001,
                503,
                "No function is called here: give the URL of a stand-in as target.url",
            )),
            Judge::Words(words) => match words.flags(&content.text) {
                Some(detail) => Judgement::Reject(detail),
                None => Judgement::Accept,
            },
            Judge::Person => Judgement::Reject(BTreeMap::new()),
        }
    }
}

/// Returns the refusal of a message.
fn rejected(rule: &Rule, asked: &BeforePublish, detail: BTreeMap<String, String>) -> ErrorInfo {
    let why = format!(
        "The message was rejected by the before-publish rule '{}'",
        rule.id
    );
    ErrorInfo {
        detail,
        ..ErrorInfo::new(asked.code, 422, why)
    }
}

/// Returns a publish after what was decided about it before.
fn apply(verdict: Verdict, command: ChannelCommand) -> Result<ChannelCommand> {
    match verdict {
        Verdict::Accept => Ok(command),
        Verdict::Replace(kind) => Ok(ChannelCommand {
            kind: CommandKind::clone(&kind),
            ..command
        }),
        Verdict::Reject(error) => Err(ErrorInfo::clone(&error)),
    }
}

/// Returns whether a rule is asked about such a publish at all, whatever its room.
fn is_asked(rule: &BeforePublish, api: Api, kind: &CommandKind) -> bool {
    if api == Api::PubSub && !rule.has_pubsub {
        return false;
    }
    match kind {
        // Typing and room reactions have no text to be judged.
        CommandKind::Publish { is_ephemeral, .. } => !is_ephemeral,
        CommandKind::Change(change) => rule.has_edits && change.action != MessageAction::Delete,
        CommandKind::Annotate(_) | CommandKind::Presence(_) | CommandKind::Leave { .. } => false,
    }
}
