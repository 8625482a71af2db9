//! Rights over the life of a connection: who it is, what its token lets it do, and when that is over. Each is judged
//! again whenever it may have changed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::harness::{Client, KEY, World};
use crate::server::Setup;
use crate::server::core::state::ServerState;
use crate::server::engine::revocation::{Revocation, RevocationTarget};

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);
const ALL: &str = r#"{"*":["*"]}"#;

fn auth(token: &str) -> Value {
    json!({"action": 17, "auth": {"accessToken": token}})
}

fn key_of(connected: &Value) -> &str {
    connected["connectionDetails"]["connectionKey"]
        .as_str()
        .unwrap()
}

async fn connected(world: &World, query: &str) -> (Client, Value) {
    let mut client = world.connect_with(query).await;
    let connected = client.expect(4).await;
    (client, connected)
}

#[tokio::test(start_paused = true)]
async fn another_identity_after_auth_is_resumed_as_that() {
    let world = World::start();
    let ann = || world.token("ann", ALL, HOUR);
    let (mut client, first) = connected(&world, &format!("key={KEY}")).await;
    assert_eq!(first["connectionDetails"]["clientId"], "*");
    client.send(auth(&ann())).await;
    let mut last = client.expect(4).await;
    assert_eq!(last["connectionDetails"]["clientId"], "ann");
    client.drop_socket();
    for _ in 0..2 {
        let query = format!("access_token={}&resume={}", ann(), key_of(&last));
        let (client, resumed) = connected(&world, &query).await;
        assert!(resumed["error"].is_null(), "{resumed}");
        assert_eq!(resumed["connectionId"], first["connectionId"]);
        assert_eq!(resumed["connectionDetails"]["clientId"], "ann");
        last = resumed;
        client.drop_socket();
    }
    // She stays who she is, for others and for a credential that could be anybody's.
    let bob = world.token("bob", ALL, HOUR);
    let mut thief = world
        .connect_with(&format!("access_token={bob}&resume={}", key_of(&last)))
        .await;
    assert_eq!(thief.expect(9).await["error"]["code"], 40102);
    let query = format!("key={KEY}&resume={}", key_of(&last));
    let (_client, resumed) = connected(&world, &query).await;
    assert_eq!(resumed["connectionId"], first["connectionId"]);
    assert_eq!(resumed["connectionDetails"]["clientId"], "ann");
}

#[tokio::test(start_paused = true)]
async fn an_identity_may_be_taken_with_the_resume() {
    let world = World::start();
    let (client, first) = connected(&world, &format!("key={KEY}")).await;
    client.drop_socket();
    let ann = world.token("ann", ALL, HOUR);
    let query = format!("access_token={ann}&resume={}", key_of(&first));
    let (mut client, resumed) = connected(&world, &query).await;
    assert_eq!(resumed["connectionId"], first["connectionId"]);
    assert_eq!(resumed["connectionDetails"]["clientId"], "ann");
    let bob = world.token("bob", ALL, HOUR);
    client.send(auth(&bob)).await;
    assert_eq!(client.expect(9).await["error"]["code"], 40102);
}

#[tokio::test(start_paused = true)]
async fn a_channel_revocation_is_about_the_tokens_own_capability() {
    // The key narrows what the token says of itself.
    let world = World::start_revocable(r#"{"a":["*"],"ctl":["*"]}"#, Setup::default());
    let token = world.token("me", r#"{"*":["subscribe","publish"]}"#, HOUR);
    let (mut live, _) = connected(&world, &format!("access_token={token}")).await;
    live.attach("a").await;
    tokio::time::sleep(2 * SECOND).await;
    world.revoke("channel:*", false).await;
    let mut late = world.connect_with(&format!("access_token={token}")).await;
    assert_eq!(late.expect(9).await["error"]["code"], 40141);
    assert_eq!(live.expect(6).await["error"]["code"], 40141);
}

fn revocation(server: &ServerState) -> Revocation {
    let now = server.clock.now();
    Revocation {
        key_name: "app.key".to_owned(),
        target: RevocationTarget::ClientId("me".to_owned()),
        issued_before: now + 2 * SECOND,
        applies_at: now,
    }
}

/// A server of which something happens each time after a credential was verified, before it is in force; from the call
/// `from` on.
fn world_with(from: usize, happens: impl Fn(&ServerState) + Send + Sync + 'static) -> World {
    let calls = Mutex::new(0);
    let setup = Setup {
        on_verified: Some(Arc::new(move |server| {
            let mut calls = calls.lock();
            if *calls >= from {
                happens(server);
            }
            *calls += 1;
        })),
        ..Setup::default()
    };
    World::start_revocable(ALL, setup)
}

fn revoke(server: &ServerState) {
    let revoked = server.revoke(revocation(server)).now_or_never();
    revoked.expect("memory does not wait").unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_revoked_while_it_connects_is_not_let_in() {
    let world = world_with(0, revoke);
    let token = world.token("me", ALL, HOUR);
    let mut client = world.connect_with(&format!("access_token={token}")).await;
    assert_eq!(client.expect(9).await["error"]["code"], 40141);
    assert!(client.next().await.is_none(), "and the socket is closed");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_revoked_during_auth_is_not_taken() {
    let world = world_with(1, revoke);
    let (mut client, _) = connected(&world, &format!("key={KEY}&clientId=me")).await;
    client.send(auth(&world.token("me", ALL, HOUR))).await;
    assert_eq!(client.expect(9).await["error"]["code"], 40141);
}

#[tokio::test(start_paused = true)]
async fn an_app_that_is_deleted_while_a_client_connects_lets_nobody_in() {
    for from in [0, 1] {
        let world = world_with(from, |server| {
            let removed = server.apps.remove("app").now_or_never();
            removed.expect("memory does not wait").1.unwrap();
        });
        let token = world.token("me", ALL, HOUR);
        let mut client = world.connect_with(&format!("access_token={token}")).await;
        if from == 1 {
            client.expect(4).await;
            client.send(auth(&token)).await;
        }
        assert_eq!(client.expect(9).await["error"]["code"], 40400);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_resume_leaves_the_connection_as_it_was() {
    let world = world_with(1, revoke);
    let (mut client, first) = connected(&world, &format!("key={KEY}&clientId=me")).await;
    client.attach("c").await;
    client.drop_socket();
    let token = world.token("me", ALL, HOUR);
    let query = format!("access_token={token}&resume={}", key_of(&first));
    assert_eq!(
        world.connect_with(&query).await.expect(9).await["error"]["code"],
        40141
    );
    let query = format!("key={KEY}&clientId=me&resume={}", key_of(&first));
    let (_, again) = connected(&world, &query).await;
    assert_eq!(again["connectionId"], first["connectionId"]);
}

#[tokio::test(start_paused = true)]
async fn a_revocation_with_a_margin_ends_who_connects_within_it() {
    let world = World::start_revocable(ALL, Setup::default());
    let token = world.token("me", ALL, HOUR);
    tokio::time::sleep(2 * SECOND).await;
    world.revoke("clientId:me", true).await;
    let (mut client, _) = connected(&world, &format!("access_token={token}")).await;
    client.expect(17).await;
    let before = world.now();
    let end = client.expect(6).await;
    assert_eq!(end["error"]["code"], 40141);
    let after = world.now().since(before);
    assert!((29 * SECOND..33 * SECOND).contains(&after), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn the_earliest_of_several_revocations_counts() {
    for margins in [[true, false], [false, true]] {
        let world = World::start_revocable(ALL, Setup::default());
        let token = world.token("me", ALL, HOUR);
        let (mut client, _) = connected(&world, &format!("access_token={token}")).await;
        tokio::time::sleep(2 * SECOND).await;
        for with_margin in margins {
            world.revoke("clientId:me", with_margin).await;
        }
        let before = world.now();
        let end = client.expect_any(6).await;
        assert_eq!(end["error"]["code"], 40141);
        let after = world.now().since(before);
        assert!(after < 3 * SECOND, "{margins:?}: {after:?}");
    }
}

fn has_occupancy(message: &Value) -> bool {
    message["messages"][0]["name"] == "[meta]occupancy"
}

#[tokio::test(start_paused = true)]
async fn a_token_without_channel_metadata_ends_the_occupancy_events() {
    let world = World::start();
    let rights = |text: &str| world.token("me", &format!(r#"{{"c":[{text}]}}"#), HOUR);
    let with = r#""subscribe","channel-metadata""#;
    let query = format!("access_token={}", rights(with));
    let (mut client, _) = connected(&world, &query).await;
    let params = json!({"occupancy": "metrics", "rewind": "1"});
    client
        .send(json!({"action": 10, "channel": "c", "params": params}))
        .await;
    let attached = client.expect(11).await;
    assert_eq!(attached["params"], params);
    assert!(has_occupancy(&client.expect(15).await));

    client.send(auth(&rights(r#""subscribe""#))).await;
    client.expect(4).await;
    let attached = client.expect(11).await;
    assert_eq!(attached["params"], json!({"rewind": "1"}));
    assert_eq!(attached["flags"].as_u64().unwrap() & 0b100, 0b100);
    let (mut other, _) = connected(&world, &format!("key={KEY}&clientId=other")).await;
    other.attach("c").await;
    assert!(client.is_quiet(10 * SECOND).await);

    client.send(auth(&rights(with))).await;
    client.expect(4).await;
    assert_eq!(client.expect(11).await["params"], params);
    assert!(has_occupancy(&client.expect(15).await));
    // The same rights once more change nothing.
    client.send(auth(&rights(with))).await;
    client.expect(4).await;
    assert!(client.is_quiet(10 * SECOND).await);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_lets_a_client_see_members_shows_those_who_are_there() {
    let world = World::start();
    let (mut member, _) = connected(&world, &format!("key={KEY}&clientId=member")).await;
    member
        .send(json!({"action": 14, "channel": "c", "msgSerial": 0, "presence": [{"action": 2}]}))
        .await;
    member.expect(1).await;
    let publisher = world.token("me", r#"{"c":["publish"]}"#, HOUR);
    let (mut client, _) = connected(&world, &format!("access_token={publisher}")).await;
    client.attach("c").await;
    client.send(auth(&world.token("me", ALL, HOUR))).await;
    client.expect(4).await;
    client.expect(11).await;
    let sync = client.expect(16).await;
    assert_eq!(sync["presence"][0]["clientId"], "member");
}

#[tokio::test(start_paused = true)]
async fn auth_leaves_nothing_behind_of_the_tokens_before() {
    let counts: Arc<Mutex<Vec<usize>>> = Arc::default();
    let counted = Arc::clone(&counts);
    let world = world_with(0, move |server| {
        counted.lock().push(server.deadlines.count());
    });
    let token = || world.token("me", ALL, HOUR);
    let (mut client, _) = connected(&world, &format!("access_token={}", token())).await;
    client.attach("c").await;
    for _ in 0..200 {
        client.send(auth(&token())).await;
        client.expect(4).await;
    }
    let counts = counts.lock();
    assert_eq!(counts.len(), 201);
    assert_eq!(
        counts[2..].iter().max(),
        counts[2..].iter().min(),
        "{counts:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_is_a_server_only_where_its_token_says_so() {
    let world = World::start();
    let claim = |value: &str| {
        let claims = [("x-ably-clientType", json!(value))];
        world.token_of(&claims, HOUR)
    };
    let refused = async |query: &str| {
        let mut client = world.connect_with(query).await;
        client.expect(9).await["error"]["code"].clone()
    };
    let plain = world.token("me", ALL, HOUR);
    for token in [plain.clone(), claim("device")] {
        let query = format!("access_token={token}&clientType=server");
        assert_eq!(refused(&query).await, 40167);
        connected(&world, &format!("access_token={token}")).await;
        connected(&world, &format!("access_token={token}&clientType=device")).await;
    }
    connected(&world, &format!("key={KEY}&clientType=server")).await;
    let query = format!("access_token={}&clientType=server", claim("server"));
    let (mut client, _) = connected(&world, &query).await;
    client.send(auth(&claim("server"))).await;
    client.expect(4).await;
    client.send(auth(&claim("device"))).await;
    assert_eq!(client.expect(9).await["error"]["code"], 40167);
}
