//! The reference: what a server must tell and keep, written as simply as it can be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// The channels: a plain one, and that of a room.
pub(super) const CHANNELS: [&str; 2] = ["plain", "room::$chat"];

/// A channel.
#[derive(Default)]
pub(super) struct Channel {
    /// Everything that its subscribers are told, in order.
    pub(super) told: Vec<String>,
    /// Its messages, oldest first.
    pub(super) messages: Vec<Item>,
    /// The data of its members, by clientId: no client here has two connections.
    pub(super) members: BTreeMap<String, String>,
}

/// A message.
pub(super) struct Item {
    pub(super) serial: String,
    client_id: String,
    data: String,
    /// The number of its last action.
    action: u8,
    reactions: Reactions,
}

/// The annotations of a message: type, name, clientId, count.
#[derive(Default)]
struct Reactions(Vec<(String, String, String, u64)>);

/// A change of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Edit {
    Update = 1,
    Delete = 2,
    Append = 5,
}

/// The types of annotations.
pub(super) const TYPES: [&str; 5] = ["total", "flag", "distinct", "unique", "multiple"];

impl Channel {
    pub(super) fn publish(&mut self, serial: &str, client_id: &str, data: &str) {
        self.told.push(created(serial, client_id, data));
        self.messages.push(Item {
            serial: serial.to_owned(),
            client_id: client_id.to_owned(),
            data: data.to_owned(),
            action: 0,
            reactions: Reactions::default(),
        });
    }

    /// Changes the message at `about`. A room is told of an append as of an update.
    pub(super) fn edit(
        &mut self,
        about: usize,
        edit: Edit,
        version: &str,
        data: &str,
        is_room: bool,
    ) {
        let item = &mut self.messages[about];
        let is_append = matches!(edit, Edit::Append);
        item.data = if is_append {
            format!("{}{data}", item.data)
        } else {
            data.to_owned()
        };
        item.action = if is_append { 1 } else { edit as u8 };
        let (action, told) = if is_append && !is_room {
            (edit as u8, data)
        } else {
            (item.action, item.data.as_str())
        };
        self.told.push(changed(&item.serial, action, version, told));
    }

    /// Annotates the message at `about`; its summary is told if it is another now.
    pub(super) fn react(
        &mut self,
        about: usize,
        kind: &str,
        name: &str,
        client_id: &str,
        adds: bool,
    ) {
        let item = &mut self.messages[about];
        let is_changed = if adds {
            item.reactions.add(kind, name, client_id)
        } else {
            item.reactions.remove(kind, name, client_id)
        };
        if is_changed {
            let text = summary(&item.serial, &item.reactions.summary());
            self.told.push(text);
        }
    }

    /// Enters or updates a member.
    pub(super) fn enter(&mut self, client_id: &str, data: &str) {
        let held = self.members.insert(client_id.to_owned(), data.to_owned());
        let action = if held.is_some() { "update" } else { "enter" };
        self.told.push(moved(action, client_id, data));
    }

    /// Lets a member leave, if it is there.
    pub(super) fn leave(&mut self, client_id: &str) {
        if let Some(data) = self.members.remove(client_id) {
            self.told.push(moved("leave", client_id, &data));
        }
    }

    /// Returns its history: serial, clientId, data, action and summary of each message, oldest first.
    pub(super) fn history(&self) -> Vec<Value> {
        let rows = self.messages.iter().map(|item| {
            row(
                &item.serial,
                &item.client_id,
                &item.data,
                item.action,
                &item.reactions.summary(),
            )
        });
        rows.collect()
    }
}

impl Reactions {
    fn key(kind: &str, name: &str) -> String {
        match kind {
            "total" | "flag" => String::new(),
            _ => name.to_owned(),
        }
    }

    fn add(&mut self, kind: &str, name: &str, client_id: &str) -> bool {
        let name = Self::key(kind, name);
        let held = |one: &(String, String, String, u64)| one.0 == kind && one.2 == client_id;
        if kind == "unique" {
            if self.0.iter().any(|one| held(one) && one.1 == name) {
                return false;
            }
            self.0.retain(|one| !held(one));
        }
        if let Some(one) = self.0.iter_mut().find(|one| held(one) && one.1 == name) {
            one.3 += u64::from(matches!(kind, "total" | "multiple"));
            return matches!(kind, "total" | "multiple");
        }
        self.0
            .push((kind.to_owned(), name, client_id.to_owned(), 1));
        true
    }

    fn remove(&mut self, kind: &str, name: &str, client_id: &str) -> bool {
        let name = Self::key(kind, name);
        let place = self.0.iter().position(|one| {
            one.0 == kind && one.2 == client_id && (kind == "unique" || one.1 == name)
        });
        let Some(place) = place else {
            return false;
        };
        self.0[place].3 -= 1;
        if kind != "total" || self.0[place].3 == 0 {
            self.0.remove(place);
        }
        true
    }

    fn summary(&self) -> Value {
        let mut types = Map::new();
        for kind in TYPES {
            let of_kind: Vec<_> = self.0.iter().filter(|one| one.0 == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            let names: BTreeSet<&String> = of_kind.iter().map(|one| &one.1).collect();
            let clients = |name: &str| -> Vec<&(String, String, String, u64)> {
                of_kind
                    .iter()
                    .filter(|one| one.1 == name)
                    .copied()
                    .collect()
            };
            let listed = |name: &str| {
                let ids: BTreeSet<&String> = clients(name).iter().map(|one| &one.2).collect();
                json!({"total": ids.len(), "clientIds": ids, "clipped": false})
            };
            let counted = |name: &str| {
                let counts: BTreeMap<&String, u64> =
                    clients(name).iter().map(|one| (&one.2, one.3)).collect();
                json!({
                    "total": counts.values().sum::<u64>(), "clientIds": counts, "totalUnidentified": 0,
                    "totalClientIds": counts.len(), "clipped": false,
                })
            };
            let value = match kind {
                "total" => json!({"total": of_kind.iter().map(|one| one.3).sum::<u64>()}),
                "flag" => listed(""),
                "multiple" => names
                    .iter()
                    .map(|name| ((*name).clone(), counted(name)))
                    .collect(),
                _ => names
                    .iter()
                    .map(|name| ((*name).clone(), listed(name)))
                    .collect(),
            };
            types.insert(format!("reaction:{kind}.v1"), value);
        }
        Value::Object(types)
    }
}

fn created(serial: &str, client_id: &str, data: &str) -> String {
    format!("create {serial} {client_id} {data}")
}

fn changed(serial: &str, action: u8, version: &str, data: &str) -> String {
    format!("change {serial} {action} {version} {data}")
}

/// Returns whether a client was told what is `expected`, in order and once. Who was away is told the summary of a message
/// as it is by then: an earlier one may be missing where a later one of the same message follows.
pub(super) fn is_told(told: &[String], expected: &[String]) -> bool {
    let (told, expected) = (with_sorted_leaves(told), with_sorted_leaves(expected));
    let mut rest = told.into_iter().rev();
    let mut next = rest.next();
    let mut later = std::collections::BTreeSet::new();
    for text in expected.into_iter().rev() {
        let message = text
            .strip_prefix("summary ")
            .and_then(|text| text.split(' ').next());
        if next == Some(text) {
            next = rest.next();
        } else if message.is_none_or(|message| !later.contains(message)) {
            return false;
        }
        later.extend(message);
    }
    next.is_none()
}

/// The texts with leaves that follow each other sorted: those of clients that were lost in the same moment have no order.
fn with_sorted_leaves(texts: &[String]) -> Vec<&String> {
    let mut texts: Vec<&String> = texts.iter().collect();
    let is_leave = |text: &&String| text.starts_with("leave ");
    for leaves in texts.chunk_by_mut(|a, b| is_leave(a) && is_leave(b)) {
        leaves.sort();
    }
    texts
}

fn summary(serial: &str, summary: &Value) -> String {
    format!("summary {serial} {}", canonical(summary))
}

fn moved(action: &str, client_id: &str, data: &str) -> String {
    format!("{action} {client_id} {data}")
}

fn row(serial: &str, client_id: &str, data: &str, action: u8, summary: &Value) -> Value {
    json!([serial, client_id, data, action, canonical(summary)])
}

/// Returns `value` with its members in order, and its lists too: no list here has an order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, Value> = members
                .iter()
                .map(|(name, value)| (name, canonical(value)))
                .collect();
            json!(sorted)
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other.clone(),
    }
}

/// Returns the message of a frame in the words of [`Channel::told`].
pub(super) fn told_message(message: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (serial, data) = (text(&message["serial"]), text(&message["data"]));
    match message["action"].as_u64().unwrap_or_default() {
        0 => created(&serial, &text(&message["clientId"]), &data),
        4 => summary(&serial, &message["annotations"]["summary"]),
        action => changed(
            &serial,
            u8::try_from(action).unwrap(),
            &text(&message["version"]["serial"]),
            &data,
        ),
    }
}

/// Returns the member of a presence frame in the words of [`Channel::told`].
pub(super) fn told_member(member: &Value) -> String {
    let action = match member["action"].as_u64() {
        Some(2) => "enter",
        Some(3) => "leave",
        Some(4) => "update",
        other => panic!("a presence action {other:?}"),
    };
    let text = |name: &str| member[name].as_str().unwrap_or_default().to_owned();
    moved(action, &text("clientId"), &text("data"))
}

/// Returns a message of the REST API in the words of [`Channel::history`].
pub(super) fn stored_message(message: &Value) -> Value {
    let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    let summary = match &message["annotations"]["summary"] {
        Value::Null => json!({}),
        summary => summary.clone(),
    };
    row(
        &text("serial"),
        &text("clientId"),
        &text("data"),
        u8::try_from(message["action"].as_u64().unwrap_or_default()).unwrap(),
        &summary,
    )
}
