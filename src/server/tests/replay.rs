//! A server with its clients in one thread replays exactly: the same seed gives the same frames to everybody, in the same
//! order and at the same times, ids included, whatever breaks on the way.

use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::harness::{Client, World};
use crate::server::Setup;
use crate::server::faults::ChaosProfile;

const CLIENTS: usize = 3;

const ALL: &str = r#"{"*":["*"]}"#;
const HOUR: Duration = Duration::from_secs(3600);

/// The number of seeds; each is run twice.
const SEEDS: u64 = 1000;

/// Something that a client does.
#[derive(Clone, Debug)]
enum Act {
    Publish(usize),
    Enter(usize),
    Type(usize),
    Drop(usize),
    Rest,
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let client = || 0..CLIENTS;
    prop_oneof![
        4 => client().prop_map(Act::Publish),
        2 => client().prop_map(Act::Enter),
        1 => client().prop_map(Act::Type),
        1 => client().prop_map(Act::Drop),
        1 => Just(Act::Rest),
        2 => prop_oneof![Just(10), Just(1_000), Just(16_000), Just(130_000)].prop_map(Act::Wait),
    ]
}

/// The acts of a seed.
fn acts(seed: u64) -> Vec<Act> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let list = proptest::collection::vec(act(), 5..15);
    list.new_tree(&mut runner).unwrap().current()
}

/// A client, which comes back where it has lost its connection.
struct Actor {
    name: String,
    /// Whether it has a token, which it can renew; else it has a key.
    has_token: bool,
    client: Option<Client>,
    key: Option<String>,
    position: Option<Value>,
    serial: u64,
}

impl Actor {
    /// Connects if it is not, and attaches.
    async fn be_there(&mut self, world: &World) {
        if self.client.is_some() {
            return;
        }
        let resume = self.key.as_ref().map(|key| format!("&resume={key}"));
        let credential = if self.has_token {
            format!("access_token={}", world.token(&self.name, ALL, HOUR))
        } else {
            format!("key=app.key:secret&clientId={}", self.name)
        };
        let query = format!("{credential}{}", resume.unwrap_or_default());
        // A connect request may be refused.
        let Some(mut client) = world.try_connect(&query).await else {
            return;
        };
        let attach = json!({"action": 10, "channel": "c::$chat", "channelSerial": self.position});
        client.send(attach).await;
        self.client = Some(client);
    }

    async fn say(&mut self, world: &World, mut frame: Value) {
        self.be_there(world).await;
        if let Some(client) = &mut self.client {
            frame["msgSerial"] = json!(self.serial);
            frame["channel"] = json!("c::$chat");
            self.serial += 1;
            client.send_if_open(frame).await;
        }
    }

    /// Reads what has come, into `trace`.
    async fn read(&mut self, world: &World, trace: &mut Vec<String>) {
        while let Some(client) = &mut self.client {
            let frame = match tokio::time::timeout(Duration::from_millis(1), client.next()).await {
                Err(_) => return,
                Ok(None) => {
                    self.client = None;
                    trace.push(format!("{} {} closed", world.now(), self.name));
                    return;
                }
                Ok(Some(frame)) => frame,
            };
            if let Some(key) = frame["connectionDetails"]["connectionKey"].as_str() {
                self.key = Some(key.to_owned());
            }
            if !frame["channelSerial"].is_null() {
                self.position = Some(frame["channelSerial"].clone());
            }
            trace.push(format!("{} {} {frame}", world.now(), self.name));
            if frame["action"] == 17 {
                let token = world.token(&self.name, ALL, HOUR);
                let auth = json!({"action": 17, "auth": {"accessToken": token}});
                client.send_if_open(auth).await;
            }
        }
    }
}

/// Runs the acts of a seed, and returns all that everybody got.
async fn trace(seed: u64) -> Vec<String> {
    let setup = Setup {
        chaos: Some((seed, ChaosProfile::Hostile)),
        ..Setup::default()
    };
    let world = World::of(None, None, seed, setup);
    let mut actors: Vec<Actor> = (0..CLIENTS)
        .map(|number| Actor {
            name: format!("client-{number}"),
            has_token: number == 0,
            client: None,
            key: None,
            position: None,
            serial: 0,
        })
        .collect();
    let mut trace = Vec::new();
    for act in acts(seed) {
        match act {
            Act::Publish(who) => {
                let message = json!({"action": 15, "messages": [{"data": trace.len()}]});
                actors[who].say(&world, message).await;
            }
            Act::Enter(who) => {
                let enter = json!({"action": 14, "presence": [{"action": 2}]});
                actors[who].say(&world, enter).await;
            }
            Act::Type(who) => {
                let typing = json!({
                    "action": 15,
                    "messages": [{"name": "typing.started", "extras": {"ephemeral": true}}],
                });
                actors[who].say(&world, typing).await;
            }
            Act::Drop(who) => {
                if let Some(client) = actors[who].client.take() {
                    client.drop_socket();
                }
            }
            Act::Rest => {
                let body = json!({"data": "by REST"});
                let (status, _) = world
                    .rest("POST", "/channels/c::$chat/messages", &body)
                    .await;
                trace.push(format!("{} rest {status}", world.now()));
            }
            Act::Wait(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
        }
        for actor in &mut actors {
            actor.read(&world, &mut trace).await;
        }
    }
    world.end().await;
    trace
}

fn run(seed: u64) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(trace(seed))
}

#[test]
fn the_same_seed_gives_the_same_frames_to_everybody() {
    let (mut frames, mut asked) = (0, 0);
    for seed in 0..SEEDS {
        let (one, other) = (run(seed), run(seed));
        frames += one.len();
        asked += one
            .iter()
            .filter(|frame| frame.contains("\"action\":17"))
            .count();
        for (at, (left, right)) in one.iter().zip(&other).enumerate() {
            assert_eq!(left, right, "seed {seed}, frame {at}: {:?}", acts(seed));
        }
        assert_eq!(one.len(), other.len(), "seed {seed}");
    }
    assert!(frames > 10_000, "{frames}");
    assert!(asked > 10, "{asked} requests for a token");
}
