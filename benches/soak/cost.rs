//! Cost against size: the server's CPU time and memory for the same request as what is stored, or asked for, grows.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio_tungstenite::WebSocketStream;

use super::honest::{next, send};
use super::server::{KEY, Server, chatctl};

type Socket = WebSocketStream<TcpStream>;

/// Prints the cost of each kind of request at growing sizes.
pub fn report(binary: &Path, further: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    println!(
        "{:<48} {:>10} {:>12} {:>12}",
        "", "size", "CPU µs each", "RSS KiB"
    );
    LocalSet::new().block_on(&runtime, async {
        for stored in [1000, 10_000, 100_000] {
            let server = Server::start(chatctl(binary, further));
            let mut load = Load::attach(&server, "c", &json!({})).await;
            let about = load.publish(&json!({"data": "x"})).await;
            load.react(&about, 0, stored).await;
            let cost = Cost::begin(&server);
            load.react(&about, stored, 10_000).await;
            cost.print("an annotation, by annotations of its message", stored, 10_000);
        }
        for size in [1, 10, 100] {
            let server = Server::start(chatctl(binary, further));
            let mut load = Load::attach(&server, "c", &json!({})).await;
            let cost = Cost::begin(&server);
            for _ in 0..200 {
                let messages = vec![json!({"data": "x".repeat(100)}); size];
                load.request(json!({"action": 15, "channel": "c", "messages": messages})).await;
            }
            cost.print("a message, by messages of its publish", size, 200 * size);
        }
        for members in [10, 50, 200] {
            let server = Server::start(chatctl(binary, further));
            let mut load = Load::attach(&server, "c", &json!({})).await;
            let cost = Cost::begin(&server);
            for _ in 0..20 {
                for action in [2, 3] {
                    for member in 0..members {
                        let one = json!({"action": action, "clientId": format!("m-{member}"), "data": "x".repeat(100)});
                        load.request(json!({"action": 14, "channel": "c", "presence": [one]})).await;
                    }
                }
            }
            cost.print("an enter or a leave, by members", members, 40 * members);
        }
        for stored in [100, 1000, 10_000] {
            let server = Server::start(chatctl(binary, further));
            let mut load = Load::attach(&server, "c", &json!({})).await;
            for _ in 0..stored / 100 {
                let messages = vec![json!({"data": "x".repeat(100)}); 100];
                load.request(json!({"action": 15, "channel": "c", "messages": messages})).await;
            }
            let cost = Cost::begin(&server);
            for _ in 0..50 {
                let mut other = Load::attach(&server, "c", &json!({"rewind": "100"})).await;
                other.receive(100).await;
            }
            cost.print("an attachment with rewind=100, by messages", stored, 50);
        }
        for channels in [100, 1000, 10_000] {
            let server = Server::start(chatctl(binary, further));
            let mut load = Load::attach(&server, "c", &json!({})).await;
            for number in 0..channels {
                let channel = format!("other-{number}");
                load.request(json!({"action": 15, "channel": channel, "messages": [{"data": "x"}]})).await;
            }
            let cost = Cost::begin(&server);
            for _ in 0..200 {
                Load::attach(&server, "c", &json!({})).await;
            }
            cost.print("a connection with an attachment, by channels", channels, 200);
        }
    });
}

/// A measurement that has begun.
struct Cost<'a> {
    server: &'a Server,
    cpu: Duration,
}

impl<'a> Cost<'a> {
    fn begin(server: &'a Server) -> Self {
        Self {
            server,
            cpu: server.cpu(),
        }
    }

    fn print(&self, what: &str, size: usize, count: usize) {
        let cpu = self.server.cpu().saturating_sub(self.cpu);
        let each = cpu.as_secs_f64() * 1e6 / count as f64;
        println!(
            "{what:<48} {size:>10} {each:>12.1} {:>12}",
            self.server.resident_kib()
        );
    }
}

/// A connection that requests one thing after the other.
struct Load {
    socket: Socket,
    msg_serial: u64,
}

impl Load {
    async fn attach(server: &Server, channel: &str, params: &Value) -> Self {
        let url = format!("ws://{}/?key={KEY}", server.address);
        let stream = TcpStream::connect(&server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        next(&mut socket).await.unwrap();
        send(
            &mut socket,
            &json!({"action": 10, "channel": channel, "params": params}),
        )
        .await
        .unwrap();
        while next(&mut socket).await.unwrap()["action"] != 11 {}
        Self {
            socket,
            msg_serial: 0,
        }
    }

    /// Sends a frame, and waits until it is acknowledged.
    async fn request(&mut self, mut frame: Value) -> Value {
        frame["msgSerial"] = json!(self.msg_serial);
        send(&mut self.socket, &frame).await.unwrap();
        loop {
            let answer = next(&mut self.socket).await.unwrap();
            assert_ne!(answer["action"], 2, "{answer}");
            if answer["action"] == 1 && answer["msgSerial"] == self.msg_serial {
                self.msg_serial += 1;
                return answer;
            }
        }
    }

    async fn publish(&mut self, message: &Value) -> String {
        let answer = self
            .request(json!({"action": 15, "channel": "c", "messages": [message]}))
            .await;
        answer["res"][0]["serials"][0].as_str().unwrap().to_owned()
    }

    /// Annotates a message for `count` clients, numbered from `first`.
    async fn react(&mut self, about: &str, first: usize, count: usize) {
        for begin in (first..first + count).step_by(500) {
            let annotations: Vec<Value> = (begin..(begin + 500).min(first + count))
                .map(|client| {
                    json!({
                        "action": 0, "type": "reaction:distinct.v1", "name": format!("name-{}", client % 20),
                        "clientId": format!("client-{client}"), "messageSerial": about,
                    })
                })
                .collect();
            self.request(json!({"action": 21, "channel": "c", "annotations": annotations}))
                .await;
        }
    }

    /// Waits for so many messages.
    async fn receive(&mut self, mut count: usize) {
        while count > 0 {
            let frame = next(&mut self.socket).await.unwrap();
            count = count.saturating_sub(frame["messages"].as_array().map_or(0, Vec::len));
        }
    }
}
