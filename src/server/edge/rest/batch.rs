//! Many channels in one call (BPU, BGR): each succeeds or fails by itself.

use serde::{Deserialize, Serialize};

use super::messages::{OneOrMany, publish_to};
use crate::chat_core::auth::Operation;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::names::QualifiedName;
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Message, PresenceMessage};
use crate::server::edge::http::reply::Answer;
use crate::server::edge::http::request::{Caller, Content};

/// The most channels of one call.
const MAX_CHANNELS: usize = 100;

#[derive(Deserialize)]
pub(crate) struct BatchSpec {
    channels: OneOrMany<String>,
    messages: OneOrMany<Message>,
}

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
pub(crate) async fn publish(
    caller: Caller,
    Content(specs): Content<OneOrMany<BatchSpec>>,
) -> Answer {
    let is_alone = matches!(specs, OneOrMany::One(_));
    let mut summaries = Vec::new();
    for spec in specs.into_vec() {
        let channels = spec.channels.into_vec();
        check_count(channels.len())?;
        let mut messages = spec.messages.into_vec();
        for message in &mut messages {
            message.to_binary_form()?;
        }
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
    Ok(ChannelMembers {
        presence: caller.format.outgoing(&members).into_owned(),
    })
}

fn check_count(count: usize) -> Result<()> {
    if count == 0 || count > MAX_CHANNELS {
        return Err(ErrorInfo::new(
            40000,
            400,
            format!("A batch is about 1 to {MAX_CHANNELS} channels"),
        ));
    }
    Ok(())
}
