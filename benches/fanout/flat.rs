//! The cost of publishing and reading as rooms and messages grow.

use std::path::Path;
use std::time::{Duration, Instant};

use chatctl::chat_core::auth::{ApiKey, Credential};
use chatctl::chat_core::client::call::{Call, segment};
use chatctl::chat_core::client::{Authorizer, Options, Rest};
use chatctl::chat_core::clock::SystemClock;
use chatctl::chat_core::http::Connector;
use chatctl::chat_core::protocol::Format;
use chatctl::chat_core::protocol::endpoint::Endpoint;
use chatctl::chat_core::random::Random;
use serde_json::{Value, json};

use super::process::{self, Target};
use super::server::{KEY, Server};

/// Publishes and pages that are timed at each size.
const TIMED: usize = 2000;

/// Prints the cost of a publish and of a page of history at growing sizes.
pub fn report(binary: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        println!("median time of a REST call");
        for rooms in [1, 10_000] {
            let server = process::start(Target::Chatctl(binary));
            let rest = client(&server);
            for room in 0..rooms {
                publish(&rest, &format!("room-{room}"), 1).await;
            }
            let (publish, page) = time(&rest, "room-0").await;
            println!("{rooms:>7} rooms:    publish {publish:>6.0} µs, page of 10 {page:>6.0} µs");
        }
        for messages in [10, 100_000] {
            let server = process::start(Target::Chatctl(binary));
            let rest = client(&server);
            let mut left = messages;
            while left > 0 {
                let batch = left.min(100);
                publish(&rest, "full", batch).await;
                left -= batch;
            }
            let (publish, page) = time(&rest, "full").await;
            println!(
                "{messages:>7} messages: publish {publish:>6.0} µs, page of 10 {page:>6.0} µs"
            );
        }
    });
}

fn client(server: &Server) -> Rest {
    Rest::new(Options {
        endpoint: Endpoint::parse(&server.address).unwrap(),
        authorizer: Authorizer::fixed(Credential::Key(ApiKey::parse(KEY).unwrap()), None),
        format: Format::Json,
        timeout: Duration::from_secs(10),
        connector: Connector::default(),
        retry: Duration::from_secs(15),
        clock: std::sync::Arc::new(SystemClock),
        random: Random::from_system(),
    })
}

fn call(
    method: http::Method,
    channel: &str,
    query: Vec<(String, String)>,
    body: Option<Vec<u8>>,
) -> Call {
    let path = format!("/channels/{}/messages", segment(channel));
    Call {
        method,
        path,
        query,
        body,
        version: 6,
    }
}

async fn publish(rest: &Rest, channel: &str, count: usize) {
    let body = vec![json!({"name": "n", "data": "x".repeat(100)}); count];
    let body = Some(rest.encode(&body));
    rest.call(&call(http::Method::POST, channel, Vec::new(), body))
        .await
        .unwrap();
}

async fn time(rest: &Rest, channel: &str) -> (f64, f64) {
    let mut pages = Vec::new();
    for _ in 0..TIMED / 10 {
        let begun = Instant::now();
        let query = vec![("limit".to_owned(), "10".to_owned())];
        let answer = rest
            .call(&call(http::Method::GET, channel, query, None))
            .await
            .unwrap();
        pages.push(begun.elapsed());
        let _: Vec<Value> = answer.read().unwrap();
    }
    let mut publishes = Vec::new();
    for _ in 0..TIMED {
        let begun = Instant::now();
        publish(rest, channel, 1).await;
        publishes.push(begun.elapsed());
    }
    (median(&mut publishes), median(&mut pages))
}

fn median(spans: &mut [Duration]) -> f64 {
    spans.sort_unstable();
    spans[spans.len() / 2].as_secs_f64() * 1e6
}
