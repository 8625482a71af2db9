//! Attackers: each wears out the server in its own way, with the rights of an ordinary user or with none.
//!
//! They send a bounded amount in a second, since any server spends what it is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio_tungstenite::WebSocketStream;

use super::honest::{next, send};
use super::server::KEY;

/// The room that most of them attack; honest clients are in it.
const CHANNEL: &str = "room-0::$chat";

/// An attack and its name.
type Attack = (&'static str, fn(Target) -> Running);
type Running = std::pin::Pin<Box<dyn Future<Output = Option<()>>>>;

/// The place to attack.
#[derive(Clone)]
pub struct Target {
    address: String,
    stop: Arc<AtomicBool>,
}

const ATTACKS: [Attack; 9] = [
    ("reactions with a thousand names", |target| {
        Box::pin(reactions(target))
    }),
    ("batches of batches", |target| Box::pin(batches(target))),
    ("rewinds that are not read", |target| {
        Box::pin(non_readers(target))
    }),
    ("bodies that trickle", |target| Box::pin(trickles(target))),
    ("silent sockets", |target| Box::pin(silence(target))),
    ("frames that are not frames", |target| {
        Box::pin(garbage(target))
    }),
    ("channels without end", |target| Box::pin(channels(target))),
    ("presence of sixty kilobytes", |target| {
        Box::pin(presence(target))
    }),
    ("a message that grows", |target| Box::pin(appends(target))),
];

/// Starts all attackers, each in a thread of its own; each returns a line about itself.
pub fn start(address: &str, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<String>> {
    ATTACKS
        .iter()
        .map(|(name, attack)| {
            let target = Target {
                address: address.to_owned(),
                stop: Arc::clone(stop),
            };
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                let mut rounds = 0;
                LocalSet::new().block_on(&runtime, async {
                    while !target.stop.load(Ordering::Relaxed) {
                        let round =
                            tokio::time::timeout(Duration::from_secs(20), attack(target.clone()));
                        let _ = round.await;
                        rounds += 1;
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                });
                format!("attacker: {name}: {rounds} rounds")
            })
        })
        .collect()
}

impl Target {
    async fn socket(&self) -> Option<TcpStream> {
        TcpStream::connect(&self.address).await.ok()
    }

    /// A connection that is attached to the attacked channel, as `name`.
    async fn attached(&self, name: &str, params: Value) -> Option<WebSocketStream<TcpStream>> {
        let url = format!("ws://{}/?key={KEY}&clientId={name}", self.address);
        let (mut socket, _) = tokio_tungstenite::client_async(url, self.socket().await?)
            .await
            .ok()?;
        next(&mut socket).await?;
        let attach = json!({"action": 10, "channel": CHANNEL, "params": params});
        send(&mut socket, &attach).await?;
        Some(socket)
    }

    async fn post(&self, path: &str, body: &str) -> Option<()> {
        let mut socket = self.socket().await?;
        let credential = base64::engine::general_purpose::STANDARD.encode(KEY);
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credential}\r\nX-Ably-Version: 4\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        socket.write_all(head.as_bytes()).await.ok()?;
        socket.write_all(body.as_bytes()).await.ok()?;
        socket.read_to_end(&mut Vec::new()).await.ok()?;
        Some(())
    }
}

/// Waits for the answer to a frame, and returns the first serial that it gives.
async fn answer(socket: &mut WebSocketStream<TcpStream>) -> Option<String> {
    loop {
        let frame = next(socket).await?;
        match frame["action"].as_u64() {
            Some(1) => {
                return Some(
                    frame["res"][0]["serials"][0]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                );
            }
            Some(2) => return Some(String::new()),
            _ => {}
        }
    }
}

async fn reactions(target: Target) -> Option<()> {
    let mut socket = target.attached("mallory", json!({})).await?;
    send(
        &mut socket,
        &json!({"action": 15, "channel": CHANNEL, "msgSerial": 0, "messages": [{"data": "x"}]}),
    )
    .await?;
    let about = answer(&mut socket).await?;
    for round in 1..40_u64 {
        let annotations: Vec<Value> = (0..1000)
            .map(|number| {
                json!({"action": 0, "type": "reaction:distinct.v1", "name": format!("name-{round}-{number}"), "messageSerial": about})
            })
            .collect();
        let frame = json!({"action": 21, "channel": CHANNEL, "msgSerial": round, "annotations": annotations});
        send(&mut socket, &frame).await?;
        answer(&mut socket).await?;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Some(())
}

async fn batches(target: Target) -> Option<()> {
    let spec =
        json!({"channels": vec!["room-0"; 100], "messages": vec![json!({"data": "x"}); 100]});
    let body = json!(vec![spec; 100]).to_string();
    target.post("/messages", &body).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    Some(())
}

async fn non_readers(target: Target) -> Option<()> {
    // Something large to rewind to, in a room of its own, since honest clients read what is sent.
    let data = "x".repeat(60_000);
    let body = json!({"data": data}).to_string();
    for _ in 0..5 {
        target.post("/channels/large/messages", &body).await?;
    }
    let mut held = Vec::new();
    for number in 0..20 {
        let url = format!(
            "ws://{}/?key={KEY}&clientId=sleeper-{number}",
            target.address
        );
        let (mut socket, _) = tokio_tungstenite::client_async(url, target.socket().await?)
            .await
            .ok()?;
        let attach = json!({"action": 10, "channel": "large", "params": {"rewind": "100"}});
        send(&mut socket, &attach).await?;
        held.push(socket);
    }
    tokio::time::sleep(Duration::from_secs(15)).await;
    drop(held);
    Some(())
}

async fn trickles(target: Target) -> Option<()> {
    let mut held = Vec::new();
    for _ in 0..30 {
        let mut socket = target.socket().await?;
        let request = "POST /channels/c/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n[";
        socket.write_all(request.as_bytes()).await.ok()?;
        held.push(socket);
    }
    for _ in 0..15 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        for socket in &mut held {
            let _ = socket.write_all(b" ").await;
        }
    }
    Some(())
}

async fn silence(target: Target) -> Option<()> {
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(target.socket().await?);
    }
    tokio::time::sleep(Duration::from_secs(15)).await;
    drop(held);
    Some(())
}

async fn garbage(target: Target) -> Option<()> {
    let mut socket = target.attached("noise", json!({})).await?;
    for frame in [
        json!({"action": 15, "channel": CHANNEL, "messages": [[], 1, {"data": {"a": []}}]}),
        json!({"action": 10, "channel": "\u{0}[?rewind=x]"}),
        json!({"action": 99, "channel": CHANNEL}),
        json!({"action": 14, "channel": CHANNEL, "presence": vec![json!({}); 5000]}),
        json!({"action": 15, "channel": CHANNEL, "messages": vec![json!({}); 50_000]}),
    ] {
        send(&mut socket, &frame).await?;
    }
    while next(&mut socket).await.is_some() {}
    Some(())
}

async fn channels(target: Target) -> Option<()> {
    let mut socket = target.attached("wanderer", json!({})).await?;
    for number in 0..1000 {
        let channel = format!("passage-{}-{number}", rand::random::<u32>());
        send(&mut socket, &json!({"action": 10, "channel": channel})).await?;
        next(&mut socket).await?;
        send(&mut socket, &json!({"action": 12, "channel": channel})).await?;
        next(&mut socket).await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Some(())
}

async fn presence(target: Target) -> Option<()> {
    let mut held = Vec::new();
    for number in 0..30 {
        let mut socket = target
            .attached(&format!("crowd-{number}"), json!({}))
            .await?;
        let member = json!({"action": 2, "data": "x".repeat(60_000)});
        let frame = json!({"action": 14, "channel": CHANNEL, "msgSerial": 0, "presence": [member]});
        send(&mut socket, &frame).await?;
        answer(&mut socket).await?;
        held.push(socket);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Some(())
}

async fn appends(target: Target) -> Option<()> {
    let mut socket = target.attached("grower", json!({})).await?;
    send(
        &mut socket,
        &json!({"action": 15, "channel": CHANNEL, "msgSerial": 0, "messages": [{"data": "x"}]}),
    )
    .await?;
    let about = answer(&mut socket).await?;
    for round in 1..50_u64 {
        let message = json!({"action": 5, "serial": about, "data": "x".repeat(60_000)});
        let frame =
            json!({"action": 15, "channel": CHANNEL, "msgSerial": round, "messages": [message]});
        send(&mut socket, &frame).await?;
        answer(&mut socket).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Some(())
}
