//! What is done in a room by REST.

use http::Method;
use serde::Deserialize;

use super::error::Result;
use super::rest::{Call, Rest, parameters, segment};
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::chat::{ChatMessage, Member};
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{PresenceMessage, names};

/// The versions of the two APIs.
const CHAT_VERSION: u8 = 4;
const PUBSUB_VERSION: u8 = 6;

/// The largest page that the service gives.
const MAX_PAGE: usize = 1000;

/// A room of the service.
pub struct Room<'a> {
    rest: &'a Rest,
    name: String,
}

/// Which part of a room's history is asked for. Times are epoch milliseconds.
#[derive(Clone, Debug, Default)]
pub struct HistoryQuery {
    /// Created at or after this.
    pub start: Option<i64>,
    /// Created before this.
    pub end: Option<i64>,
    /// Oldest first.
    pub oldest_first: bool,
    /// At most this many; all of them if `None`.
    pub limit: Option<usize>,
}

impl<'a> Room<'a> {
    /// The room called `name`.
    ///
    /// # Errors
    /// 102000 / 400 for a name that no room can have.
    pub fn new(rest: &'a Rest, name: &str) -> Result<Self> {
        names::check_room(name)?;
        Ok(Self {
            rest,
            name: name.to_owned(),
        })
    }

    /// The request that sends a message.
    pub fn sending(&self, message: &NewMessage) -> Call {
        let key = self.rest.options().random.token(12);
        Call {
            method: Method::POST,
            path: self.path("/messages"),
            // Made anew on another host, it is still sent once.
            query: vec![("idempotencyKey".to_owned(), key)],
            body: Some(self.rest.encode(message)),
            version: CHAT_VERSION,
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
    pub async fn send(&self, message: &NewMessage) -> Result<ChatMessage> {
        self.rest.call(&self.sending(message)).await?.read()
    }

    /// Reads messages, page by page.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
    pub async fn history(&self, query: &HistoryQuery) -> Result<Vec<ChatMessage>> {
        let page = query.limit.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let order = if query.oldest_first {
            "oldestFirst"
        } else {
            "newestFirst"
        };
        let mut call = Call {
            method: Method::GET,
            path: self.path("/messages"),
            query: vec![
                ("limit".to_owned(), page.to_string()),
                ("orderBy".to_owned(), order.to_owned()),
            ],
            body: None,
            version: CHAT_VERSION,
        };
        for (name, time) in [("start", query.start), ("end", query.end)] {
            if let Some(time) = time {
                call.query.push((name.to_owned(), time.to_string()));
            }
        }
        self.pages(call, query.limit).await
    }

    /// The members of the room.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
    pub async fn members(&self) -> Result<Vec<Member>> {
        let call = Call {
            method: Method::GET,
            path: format!(
                "/channels/{}/presence",
                segment(&names::channel_of(&self.name))
            ),
            query: vec![("limit".to_owned(), MAX_PAGE.to_string())],
            body: None,
            version: PUBSUB_VERSION,
        };
        let mut members: Vec<PresenceMessage> = self.pages(call, None).await?;
        for member in &mut members {
            member.to_binary_form()?;
        }
        Ok(members.iter().map(Member::from_wire).collect())
    }

    async fn pages<T: for<'de> Deserialize<'de>>(
        &self,
        mut call: Call,
        limit: Option<usize>,
    ) -> Result<Vec<T>> {
        let mut items: Vec<T> = Vec::new();
        loop {
            let answer = self.rest.call(&call).await?;
            items.append(&mut answer.read()?);
            if let Some(limit) = limit
                && items.len() >= limit
            {
                items.truncate(limit);
                return Ok(items);
            }
            match answer.next {
                Some(query) => call.query = parameters(&query),
                None => return Ok(items),
            }
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/chat/v4/rooms/{}{rest}", segment(&self.name))
    }
}
