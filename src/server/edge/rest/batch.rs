//! Many channels in one call (BPU, BGR): each succeeds or fails by itself. The whole of a call is bounded before any of
//! it is done.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::messages::publish_to;
use crate::chat_core::auth::Operation;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::names::QualifiedName;
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Message, PresenceMessage};
use crate::server::core::limits::{MAX_BATCH_CHANNELS, MAX_BATCH_MESSAGES, MAX_MESSAGES};
use crate::server::core::tally::Tally;
use crate::server::edge::http::body::{Body, ItemCount, OneOrMany};
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::Caller;

#[derive(Deserialize)]
struct BatchSpec {
    channels: OneOrMany<String, MAX_BATCH_CHANNELS>,
    messages: OneOrMany<Message, MAX_MESSAGES>,
}

/// The numbers of a spec.
#[derive(Default, Deserialize)]
#[serde(default)]
struct BatchSpecSize {
    channels: ItemCount,
    messages: ItemCount,
}

/// The specs of a batch: each has at least one channel and one message, or counts as if.
type Specs<T> = OneOrMany<T, MAX_BATCH_MESSAGES>;

/// The result of one channel.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChannelResult<T> {
    channel: String,
    #[serde(flatten)]
    done: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorInfo>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchSummary<T> {
    success_count: usize,
    failure_count: usize,
    results: Vec<ChannelResult<T>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchPublished {
    message_id: String,
    serials: Vec<Option<String>>,
}

#[derive(Serialize)]
struct ChannelMembers {
    presence: Vec<PresenceMessage>,
}

impl<T> ChannelResult<T> {
    fn of(channel: String, result: Result<T>) -> Self {
        match result {
            Ok(done) => Self {
                channel,
                done: Some(done),
                error: None,
            },
            Err(error) => Self {
                channel,
                done: None,
                error: Some(error),
            },
        }
    }
}

impl<T> BatchSummary<T> {
    fn of(results: Vec<ChannelResult<T>>) -> Self {
        let failure_count = results
            .iter()
            .filter(|result| result.error.is_some())
            .count();
        Self {
            success_count: results.len() - failure_count,
            failure_count,
            results,
        }
    }
}

/// `POST /messages`: publishes on many channels.
pub(crate) async fn publish(caller: Caller, body: Body) -> Answer {
    check_counts(&body.decode::<Specs<BatchSpecSize>>()?.items)?;
    let mut specs: Specs<BatchSpec> = body.decode()?;
    for message in specs
        .items
        .iter_mut()
        .flat_map(|spec| &mut spec.messages.items)
    {
        message.to_binary_form()?;
    }
    check_channels(&specs.items)?;
    let message_size = caller.edge.server.quota.limits().message_size;
    check_size(&specs.items, MAX_BATCH_CHANNELS * message_size)?;
    let is_alone = specs.is_alone;
    let mut summaries = Vec::new();
    for spec in specs.items {
        let (channels, messages) = (spec.channels.items, spec.messages.items);
        let mut results = Vec::with_capacity(channels.len());
        for channel in channels {
            let result = match QualifiedName::parse(&channel) {
                Ok(qualified) => publish_to(&caller, &qualified.name, messages.clone()).await,
                Err(error) => Err(error),
            };
            let result = result.map(|done| BatchPublished {
                message_id: done.message_id,
                serials: done.serials,
            });
            results.push(ChannelResult::of(channel, result));
        }
        summaries.push(BatchSummary::of(results));
    }
    if caller.version() < 3 {
        // Before version 3 the channels of all specs stood in one list.
        let flat: Vec<ChannelResult<BatchPublished>> = summaries
            .into_iter()
            .flat_map(|summary| summary.results)
            .collect();
        return Ok(caller.reply(201, &flat));
    }
    match summaries.pop() {
        Some(only) if is_alone => Ok(caller.reply(201, &only)),
        last => Ok(caller.reply(201, &summaries.into_iter().chain(last).collect::<Vec<_>>())),
    }
}

/// `GET /presence?channels=a,b`: the members of many channels.
pub(crate) async fn presence(caller: Caller) -> Answer {
    let channels: Vec<String> = caller
        .query
        .get("channels")
        .unwrap_or_default()
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    check_count(channels.len())?;
    let mut results = Vec::with_capacity(channels.len());
    for channel in channels {
        let result = members(&caller, &channel).await;
        results.push(ChannelResult::of(channel, result));
    }
    Ok(caller.reply(200, &BatchSummary::of(results)))
}

async fn members(caller: &Caller, channel: &str) -> Result<ChannelMembers> {
    let channel = &*QualifiedName::parse(channel)?.name;
    caller.require(channel, Operation::Subscribe)?;
    let members = caller.principal.app.hub.engine().members(channel).await?;
    caller.count(|| Tally::of_presence(&members));
    Ok(ChannelMembers {
        presence: caller.format.outgoing(&members).into_owned(),
    })
}

fn check_count(count: usize) -> Result<()> {
    match count {
        0 => Err(ErrorInfo::new(40000, 400, "A batch needs a channel")),
        1..=MAX_BATCH_CHANNELS => Ok(()),
        _ => Err(ErrorInfo::new(
            90010,
            400,
            format!("Maximum number of channels per batch ({MAX_BATCH_CHANNELS}) exceeded"),
        )),
    }
}

/// Checks how much a batch asks for: every spec's messages for each of its channels.
///
/// # Errors
/// 90010, 40034 or 40000 / 400.
fn check_counts(specs: &[BatchSpecSize]) -> Result<()> {
    let mut total = 0_usize;
    for spec in specs {
        check_count(spec.channels.0)?;
        let publishes = spec.channels.0.saturating_mul(spec.messages.0.max(1));
        total = total.saturating_add(publishes);
    }
    if total > MAX_BATCH_MESSAGES {
        let what = format!(
            "A batch publishes at most {MAX_BATCH_MESSAGES} messages: those of each spec, for each of its channels"
        );
        return Err(ErrorInfo::new(40034, 400, what));
    }
    Ok(())
}

/// Checks the channels of a batch: no spec names one twice, and all together they are not too many.
///
/// # Errors
/// 40000 or 90010 / 400.
fn check_channels(specs: &[BatchSpec]) -> Result<()> {
    let mut all = HashSet::new();
    for spec in specs {
        let mut own = HashSet::new();
        for channel in &spec.channels.items {
            if !own.insert(channel.as_str()) {
                let what = format!("A spec names the channel '{channel}' twice");
                return Err(ErrorInfo::new(40000, 400, what));
            }
        }
        all.extend(own);
    }
    if all.is_empty() {
        return Ok(());
    }
    check_count(all.len())
}

/// Checks the size of what a batch publishes.
///
/// # Errors
/// 40009 / 413.
fn check_size(specs: &[BatchSpec], limit: usize) -> Result<()> {
    let total = specs.iter().fold(0_usize, |total, spec| {
        let size: usize = spec.messages.items.iter().map(Message::size).sum();
        total.saturating_add(size.saturating_mul(spec.channels.items.len()))
    });
    if total > limit {
        let what = format!(
            "Maximum batch length exceeded: {total} bytes over all channels, of {limit} allowed"
        );
        return Err(ErrorInfo::new(40009, 413, what));
    }
    Ok(())
}
