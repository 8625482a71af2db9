//! Operations in a room by REST.

pub mod change;
pub mod list;
mod pages;
pub mod reactions;
pub mod sending;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::{Call, segment};
use super::error::Result;
use super::rest::Rest;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::chat::{ChatMessage, Member, Occupancy};
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{PresenceMessage, names};

pub use pages::Pages;

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

/// The part of a room's history that is read. Times are epoch milliseconds.
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
    /// Up to and including this position of the channel; newest first only.
    pub from_serial: Option<String>,
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

    /// The request that sends a message. Made anew with the same `key`, on another host or later, it is still sent
    /// once; without one it gets a key of its own.
    pub fn sending(&self, message: &NewMessage, key: Option<&str>) -> Call {
        self.writing(Method::POST, "/messages", Some(message), key)
    }

    /// Makes a call whose answer is a message.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
    pub async fn call(&self, call: &Call) -> Result<ChatMessage> {
        self.rest.call(call).await?.read()
    }

    /// Reads messages.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
    pub async fn history(&self, query: &HistoryQuery) -> Result<Vec<ChatMessage>> {
        self.pages(self.reading_history(query), query.limit).await
    }

    /// Reads messages page by page, all of them; the query's limit is that of a page.
    pub fn history_pages(&self, query: &HistoryQuery) -> Pages<'a> {
        Pages::new(self.rest, self.reading_history(query))
    }

    fn reading_history(&self, query: &HistoryQuery) -> Call {
        let page = query.limit.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let order = if query.oldest_first {
            "oldestFirst"
        } else {
            "newestFirst"
        };
        let mut call = self.reading("/messages");
        call.query = vec![
            ("limit".to_owned(), page.to_string()),
            ("orderBy".to_owned(), order.to_owned()),
        ];
        for (name, time) in [("start", query.start), ("end", query.end)] {
            if let Some(time) = time {
                call.query.push((name.to_owned(), time.to_string()));
            }
        }
        if let Some(serial) = &query.from_serial {
            let bound = ("fromSerial".to_owned(), serial.clone());
            call.query.push(bound);
        }
        call
    }

    /// The newest version of a message.
    ///
    /// # Errors
    /// 40400 / 404 for an unknown one; the service's other refusals, or why it was not reached.
    pub async fn message(&self, serial: &str) -> Result<ChatMessage> {
        self.call(&self.reading(&of_message(serial, ""))).await
    }

    /// All versions of a message, oldest first.
    ///
    /// # Errors
    /// As [`Room::message`].
    pub async fn versions(&self, serial: &str) -> Result<Vec<ChatMessage>> {
        let call = self.reading(&of_message(serial, "/versions"));
        self.pages(call, None).await
    }

    /// Reads the room's occupancy.
    ///
    /// # Errors
    /// The service's refusal, or why it was not reached.
    pub async fn occupancy(&self) -> Result<Occupancy> {
        self.rest.call(&self.reading("/occupancy")).await?.read()
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

    fn reading(&self, path: &str) -> Call {
        Call {
            method: Method::GET,
            path: self.path(path),
            query: Vec::new(),
            body: None,
            version: CHAT_VERSION,
        }
    }

    fn writing(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        key: Option<&str>,
    ) -> Call {
        let key = key.map_or_else(|| self.rest.options().random.token(12), str::to_owned);
        Call {
            method,
            query: vec![("idempotencyKey".to_owned(), key)],
            body: body.map(|body| self.rest.encode(body)),
            ..self.reading(path)
        }
    }

    async fn pages<T: DeserializeOwned>(&self, call: Call, limit: Option<usize>) -> Result<Vec<T>> {
        Pages::new(self.rest, call).all(limit).await
    }

    fn path(&self, rest: &str) -> String {
        format!("/chat/v4/rooms/{}{rest}", segment(&self.name))
    }
}

/// The path of a message in its room.
fn of_message(serial: &str, rest: &str) -> String {
    format!("/messages/{}{rest}", segment(serial))
}
