//! `chatctl typing`: typing indicators.

use std::time::Duration;

use clap::Args;

use super::Context;
use super::exit::Exit;
use super::noun::{Group, Noun, NounBody, Verb, handler};
use super::process::signals;
use super::room::session::RoomSession;
use super::room::watch::{Follow, Topic};
use super::service::Service;
use crate::chat_core::chat::typing::{HEARTBEAT, to_wire};
use crate::chat_core::client::connection::Publication;
use crate::chat_core::protocol::ChannelModes;
use crate::settings::parse_duration;

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "typing",
    "Send and follow typing indicators",
    NounBody::Verbs(&[
        Verb::new("start", handler!(TypingStart)),
        Verb::new("tail", handler!(TypingTail)),
    ]),
)
.within(Group::Rooms);

/// Send a typing indicator until interrupted or for a time
///
///     chatctl typing start lobby --for 3s
///     chatctl typing start lobby
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct TypingStart {
    /// Room to type in
    #[arg(value_name = "ROOM")]
    room: String,

    /// Duration of the indicator [default: until interrupted]
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    time: Option<Duration>,
}

impl TypingStart {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.block_on(async {
            let mut signals = signals::Signals::new()?;
            let mut session =
                RoomSession::open(&Service::new(context), &self.room, ChannelModes::PUBLISH)
                    .await?;
            let end = async {
                match self.time {
                    Some(time) => tokio::time::sleep(time).await,
                    None => std::future::pending().await,
                }
            };
            tokio::pin!(end);
            let exit = loop {
                let started = Publication::Messages(vec![to_wire(true)]);
                session.publish(started).await?;
                tokio::select! {
                    () = &mut end => break Exit::Done,
                    _ = signals.next() => {
                        break if self.time.is_some() { Exit::Interrupted } else { Exit::Done };
                    }
                    error = session.stay(context) => return Err(error),
                    () = tokio::time::sleep(HEARTBEAT) => {}
                }
            };
            let stopped = Publication::Messages(vec![to_wire(false)]);
            session.publish(stopped).await?;
            session.close().await;
            Ok(exit)
        })
    }
}

/// Follow the typing indicators of a room
///
/// A client that sends no more indicators counts as stopped after 12 seconds.
///
///     chatctl typing tail lobby
///     chatctl typing tail lobby --json --jq '.currentTypers | length'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct TypingTail {
    #[command(flatten)]
    follow: Follow,
}

impl TypingTail {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        self.follow.run(context, Topic::Typing, false)
    }
}
