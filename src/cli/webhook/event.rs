//! An event as an endpoint receives it, as one line for people and as JSON for programs.

use serde_json::{Value, json};

use super::list::{clock_time, text};
use crate::chat_core::protocol::names;
use crate::output::table::plain;
use crate::output::{Look, Render};

/// What became of a request that was passed on.
#[derive(Clone, Debug)]
pub(super) enum Forwarded {
    /// The endpoint answered with this status.
    Answered(u16),
    /// It did not answer.
    Failed(String),
}

/// An event as it came: an envelope, or an item of a batch.
pub(super) struct ReceivedEvent {
    event: Value,
    forwarded: Option<Forwarded>,
    /// Whether people see all of it.
    is_whole: bool,
}

impl ReceivedEvent {
    /// Returns the events in a body: one for an envelope, one for each item of a batch.
    pub(super) fn read(body: &[u8], forwarded: Option<&Forwarded>, is_whole: bool) -> Vec<Self> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let events = match &body["items"] {
            Value::Array(items) => items.clone(),
            _ => vec![body],
        };
        let event = |event| Self {
            event,
            forwarded: forwarded.cloned(),
            is_whole,
        };
        events.into_iter().map(event).collect()
    }

    /// The part that differs between an envelope and an item.
    fn content(&self) -> &Value {
        if self.event["messages"].is_array() || self.event["presence"].is_array() {
            &self.event
        } else {
            &self.event["data"]
        }
    }

    fn summary(&self) -> String {
        let content = self.content();
        let messages = content["messages"].as_array().into_iter().flatten();
        let members = content["presence"].as_array().into_iter().flatten();
        let told: Vec<String> = messages.map(message).chain(members.map(member)).collect();
        if !told.is_empty() {
            return told.join("; ");
        }
        let metrics = &content["status"]["occupancy"]["metrics"];
        format!(
            "{}: {} connections, {} members",
            text(&self.event["name"]),
            text(&metrics["connections"]),
            text(&metrics["presenceMembers"]),
        )
    }
}

fn message(message: &Value) -> String {
    let action = match message["action"].as_u64() {
        Some(1) => "updated",
        Some(2) => "deleted",
        Some(4) => "reactions to",
        Some(5) => "appended",
        _ => "sent",
    };
    let data = message["data"].as_str().unwrap_or_default();
    let content: Value = serde_json::from_str(data).unwrap_or_default();
    let said = match &content["text"] {
        Value::String(text) => text.clone(),
        _ => data.to_owned(),
    };
    let who = match &message["version"]["clientId"] {
        Value::String(who) => who.clone(),
        _ => text(&message["clientId"]),
    };
    let told = match action {
        "sent" => format!("{who}: {said}"),
        "reactions to" => format!("reactions to {}", text(&message["serial"])),
        _ => format!("{who} {action} {}: {said}", text(&message["serial"])),
    };
    told.trim_start_matches(": ").to_owned()
}

fn member(member: &Value) -> String {
    let action = match member["action"].as_u64() {
        Some(2) => "entered",
        Some(3) => "left",
        _ => "updated",
    };
    format!("{} {action}", text(&member["clientId"]))
}

impl Render for ReceivedEvent {
    fn json(&self) -> Value {
        let mut event = self.event.clone();
        match &self.forwarded {
            Some(Forwarded::Answered(status)) => event["forwarded"] = json!({"status": status}),
            Some(Forwarded::Failed(why)) => event["forwarded"] = json!({"error": why}),
            None => {}
        }
        event
    }

    fn table(&self, _: Look) -> String {
        let content = self.content();
        let channel = match &content["channelId"] {
            Value::String(channel) => channel.clone(),
            _ => text(&self.event["channel"]),
        };
        let room = names::room_of(&channel).unwrap_or(&channel);
        let forwarded = match &self.forwarded {
            Some(Forwarded::Answered(status)) => format!(" → {status}"),
            Some(Forwarded::Failed(why)) => format!(" → {why}"),
            None => String::new(),
        };
        let line = format!(
            "{} {} {room}  {}{forwarded}",
            clock_time(&self.event["timestamp"]),
            text(&self.event["source"]),
            self.summary(),
        );
        if !self.is_whole {
            return plain(&line);
        }
        let whole = serde_json::to_string_pretty(&self.event).unwrap_or_default();
        let whole = crate::output::table::plain_json(&whole);
        format!("{}\n{whole}", plain(&line))
    }
}
