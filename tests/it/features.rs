//! The table of Chat features, in one place: what each needs, what a server does with it, and what the commands say.
//!
//! Each feature is used for real, with exactly what the table lists, with everything but one of its needs, and with
//! nothing. A refusal is 40160 and leaves the room as it was, and `capability check`, `matrix` and `explain` say
//! what the server did.

use std::cell::Cell;
use std::net::TcpStream;

use chatctl::chat_core::auth::jwt::{Mint, Minter};
use chatctl::chat_core::auth::{ApiKey, Feature, Operation};
use chatctl::chat_core::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message as Frame, WebSocket, client};

use crate::daemon::{Answer, Daemon};
use crate::harness::{KEY, chatctl};

/// The table of Ably's documents: a feature, and the operations that it needs, one out of each list.
const TABLE: [(&str, &[&[&str]]); 10] = [
    ("send-messages", &[&["publish"]]),
    ("receive-messages", &[&["subscribe"]]),
    (
        "update-messages",
        &[&["message-update-any", "message-update-own"]],
    ),
    (
        "delete-messages",
        &[&["message-delete-any", "message-delete-own"]],
    ),
    ("message-history", &[&["subscribe"], &["history"]]),
    ("message-reactions", &[&["annotation-publish"]]),
    ("presence", &[&["subscribe"], &["presence"]]),
    ("occupancy", &[&["subscribe"], &["channel-metadata"]]),
    ("typing", &[&["publish"], &["subscribe"]]),
    ("room-reactions", &[&["publish"], &["subscribe"]]),
];

const ME: &str = "me";

/// Bits of ATTACH.
const SUBSCRIBE: u64 = 1 << 18;
const PUBLISH: u64 = 1 << 17;
const PRESENCE: u64 = 1 << 16;

/// The error that an operation was refused with.
type Refused = (u64, u64);

/// A caller with some credential, in one room.
struct Caller<'a> {
    server: &'a Daemon,
    room: &'a str,
    /// `Bearer …` or `Basic …`, and the same as query parameters.
    authorization: String,
    query: String,
    serial: &'a str,
}

impl<'a> Caller<'a> {
    fn with_token(server: &'a Daemon, room: &'a str, serial: &'a str, capability: &str) -> Self {
        let now = SystemClock.now();
        let mint = Mint {
            issued: now,
            expires: now + std::time::Duration::from_secs(600),
            capability: Some(capability.to_owned()),
            client_id: Some(ME.to_owned()),
            ..Mint::default()
        };
        let key = ApiKey::parse(KEY).unwrap();
        let token = Minter::new(&key).sign(&mint.claims()).unwrap();
        Self {
            server,
            room,
            authorization: format!("Bearer {token}"),
            query: format!("access_token={token}"),
            serial,
        }
    }

    fn with_key(server: &'a Daemon, room: &'a str) -> Self {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(KEY);
        Self {
            server,
            room,
            authorization: format!("Basic {encoded}"),
            query: format!("key={KEY}"),
            serial: "",
        }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        use base64::Engine as _;
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let client = base64::engine::general_purpose::STANDARD.encode(ME);
        let headers = [
            &*format!("Authorization: {}", self.authorization),
            &format!("X-Ably-ClientId: {client}"),
            "X-Ably-Version: 6",
            "Content-Type: application/json",
        ];
        self.server.call(method, path, &headers, &body)
    }

    fn rest(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let answer = self.call(method, path, body);
        match answer.status {
            200..=299 => Ok(answer.json()),
            _ => Err(refusal(&answer.json()["error"])),
        }
    }

    fn chat(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        self.rest(method, &format!("/chat/v4/rooms/{}{path}", self.room), body)
    }

    fn of_message(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        self.chat(method, &format!("/messages/{}{path}", self.serial), body)
    }

    fn connect(&self) -> Connection {
        let address = self.server.url.strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        let uri = format!("ws://{address}/?{}&clientId={ME}&v=6", self.query);
        let (socket, _) = client(uri, stream).unwrap();
        let mut connection = Connection {
            socket,
            channel: format!("{}::$chat", self.room),
            serials: Cell::new(0),
        };
        connection.until(4);
        connection
    }

    /// A connection that is attached to receive, as an SDK's room is, and then to do `more`.
    fn attached(&self, more: u64) -> Result<Connection, Refused> {
        let mut connection = self.connect();
        connection.attach(SUBSCRIBE)?;
        if more != 0 {
            connection.attach(SUBSCRIBE | more)?;
        }
        Ok(connection)
    }
}

fn refusal(error: &Value) -> Refused {
    (
        error["code"].as_u64().unwrap(),
        error["statusCode"].as_u64().unwrap(),
    )
}

/// A connection that speaks the protocol by hand.
struct Connection {
    socket: WebSocket<TcpStream>,
    channel: String,
    serials: Cell<u64>,
}

impl Connection {
    fn send(&mut self, message: &Value) {
        self.socket.send(Frame::text(message.to_string())).unwrap();
    }

    fn next(&mut self) -> Value {
        loop {
            if let Frame::Text(text) = self.socket.read().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next message with this action.
    fn until(&mut self, action: u64) -> Value {
        loop {
            let message = self.next();
            if message["action"] == action {
                return message;
            }
        }
    }

    fn attach(&mut self, modes: u64) -> Result<(), Refused> {
        self.send(&json!({"action": 10, "channel": self.channel, "flags": modes}));
        loop {
            let message = self.next();
            match message["action"].as_u64() {
                Some(11) => return Ok(()),
                Some(9) => return Err(refusal(&message["error"])),
                _ => {}
            }
        }
    }

    /// Sends what has to be acknowledged.
    fn publish(&mut self, mut message: Value) -> Result<(), Refused> {
        let serial = self.serials.replace(self.serials.get() + 1);
        message["msgSerial"] = serial.into();
        message["channel"] = self.channel.clone().into();
        self.send(&message);
        loop {
            let answer = self.next();
            match answer["action"].as_u64() {
                Some(1) => return Ok(()),
                Some(2) => return Err(refusal(&answer["error"])),
                _ => {}
            }
        }
    }

    fn publish_ephemeral(&mut self, name: &str, data: &str) -> Result<(), Refused> {
        self.publish(json!({"action": 15, "messages": [
            {"name": name, "data": data, "extras": {"ephemeral": true}},
        ]}))
    }

    /// What has come on the channel by now.
    fn heard(&mut self) -> Vec<Value> {
        self.send(&json!({"action": 0, "id": "now"}));
        let mut heard = Vec::new();
        loop {
            let message = self.next();
            if message["id"] == "now" {
                return heard;
            }
            if matches!(message["action"].as_u64(), Some(14 | 15 | 21)) {
                heard.push(message);
            }
        }
    }
}

/// Uses a feature as an SDK does.
fn use_feature(feature: &str, caller: &Caller<'_>) -> Result<(), Refused> {
    let text = json!({"text": "hello"});
    match feature {
        "send-messages" => caller.chat("POST", "/messages", &text).map(drop),
        "receive-messages" => {
            let mut connection = caller.attached(0)?;
            let owner = Caller::with_key(caller.server, caller.room);
            owner.chat("POST", "/messages", &text).unwrap();
            connection.until(15);
            Ok(())
        }
        "update-messages" => caller
            .of_message("PUT", "", &json!({"message": {"text": "other"}}))
            .map(drop),
        "delete-messages" => caller.of_message("POST", "/delete", &json!({})).map(drop),
        "message-history" => {
            caller.attached(0)?;
            let history = caller.chat("GET", "/messages", &Value::Null)?;
            assert!(!history.as_array().unwrap().is_empty());
            Ok(())
        }
        "message-reactions" => caller
            .of_message(
                "POST",
                "/reactions",
                &json!({"type": "distinct", "name": "like"}),
            )
            .map(drop),
        "presence" => {
            let mut connection = caller.attached(PRESENCE)?;
            connection.publish(json!({"action": 14, "presence": [{"action": 2}]}))
        }
        "occupancy" => {
            caller.attached(0)?;
            caller.chat("GET", "/occupancy", &Value::Null).map(drop)
        }
        "typing" => caller
            .attached(PUBLISH)?
            .publish_ephemeral("typing.started", ""),
        "room-reactions" => caller
            .attached(PUBLISH)?
            .publish_ephemeral("roomReaction", r#"{"name":"like"}"#),
        _ => panic!("no such feature: {feature}"),
    }
}

/// All that a room keeps: its messages in all versions, their reactions, and its members.
fn state(owner: &Caller<'_>, serial: &str) -> Value {
    let get = |path: &str| owner.rest("GET", path, &Value::Null).unwrap();
    let room = format!("/chat/v4/rooms/{}", owner.room);
    json!([
        get(&format!("{room}/messages")),
        get(&format!("{room}/messages/{serial}/versions")),
        get(&format!("/channels/{}%3A%3A%24chat/presence", owner.room)),
    ])
}

/// What the commands say of a feature, all of which must be the same.
fn said(feature: &str, room: &str, capability: &str) -> bool {
    let run = |verb: &str, more: &[&str]| {
        let all: Vec<&str> = [
            "capability",
            verb,
            room,
            "--capability",
            capability,
            "--json",
        ]
        .iter()
        .chain(more)
        .copied()
        .collect();
        chatctl(&all).run()
    };
    let check = run("check", &["--feature", feature]);
    let allowed = check.json()[0]["allowed"].as_bool().unwrap();
    assert_eq!(check.status == 0, allowed, "{check:?}");
    let matrix = run("matrix", &[]).exits(0).json();
    assert_eq!(matrix[0]["features"][feature], allowed, "{capability}");
    let explain = run("explain", &["--feature", feature]).json();
    assert_eq!(explain[0]["allowed"], allowed, "{capability}");
    if let Some(change) = explain[0]["change"]["capability"].as_str() {
        let with_change = [
            "capability",
            "check",
            room,
            "--capability",
            change,
            "--feature",
            feature,
        ];
        chatctl(&with_change).run().exits(0);
    }
    allowed
}

/// Every way to choose one out of each list.
fn choices(needs: &[&[&str]]) -> Vec<Vec<String>> {
    needs.iter().fold(vec![Vec::new()], |chosen, any| {
        let with = |operation: &&str| {
            let operation = (*operation).to_owned();
            chosen.iter().map(move |rest| {
                let mut all = rest.clone();
                all.push(operation.clone());
                all
            })
        };
        any.iter().flat_map(with).collect()
    })
}

/// Everything but these operations.
fn all_but(without: &[&str]) -> Vec<String> {
    Operation::ALL
        .into_iter()
        .map(Operation::name)
        .filter(|name| !without.contains(name))
        .map(str::to_owned)
        .collect()
}

fn capability(room: &str, operations: &[String]) -> String {
    json!({room: operations, "elsewhere": ["*"]}).to_string()
}

#[test]
fn the_table_of_the_engine_is_that_of_the_documents() {
    let names: Vec<&str> = Feature::ALL.into_iter().map(Feature::name).collect();
    assert_eq!(names, TABLE.map(|(name, _)| name));
    for (name, needs) in TABLE {
        let known: Vec<Vec<&str>> = Feature::parse(name)
            .unwrap()
            .needs()
            .iter()
            .map(|any| any.iter().map(|operation| operation.name()).collect())
            .collect();
        assert_eq!(known, needs, "{name}");
    }
}

#[test]
fn exactly_what_is_listed_is_enough_and_nothing_less_is() {
    let server = Daemon::server(KEY);
    for (feature, needs) in TABLE {
        let enough = choices(needs)
            .into_iter()
            .map(|operations| (operations, true));
        let too_little = needs
            .iter()
            .map(|need| (all_but(need), false))
            .chain([(Vec::new(), false)]);
        for (number, (operations, suffices)) in enough.chain(too_little).enumerate() {
            // A room of its own for each, so that one leaves nothing for the next.
            let room = format!("{feature}-{number}");
            let owner = Caller::with_key(&server, &room);
            let message = owner
                .chat("POST", "/messages", &json!({"text": "first"}))
                .unwrap();
            let serial = message["serial"].as_str().unwrap();
            let mut watcher = owner.connect();
            watcher.attach(0).unwrap();

            let before = state(&owner, serial);
            // A resource without operations can't be written: one elsewhere takes its place.
            let capability = if operations.is_empty() {
                json!({"elsewhere": ["*"]}).to_string()
            } else {
                capability(&room, &operations)
            };
            let caller = Caller::with_token(&server, &room, serial, &capability);
            let result = use_feature(feature, &caller);
            let expected = if suffices { Ok(()) } else { Err((40160, 401)) };
            assert_eq!(result, expected, "{feature} with {operations:?}");
            if !suffices {
                assert_eq!(
                    state(&owner, serial),
                    before,
                    "{feature} with {operations:?}"
                );
                let heard = watcher.heard();
                assert!(heard.is_empty(), "{feature} with {operations:?}: {heard:?}");
            }
            assert_eq!(
                said(feature, &room, &capability),
                suffices,
                "{feature}: {capability}"
            );
        }
    }
}
