//! The one way for a publish, and those who observe it.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::harness::{KEY, World};
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::chat_core::clock::{Clock, Timestamp, TokioClock};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::Data;
use crate::chat_core::random::Random;
use crate::server::core::apps::App;
use crate::server::core::apps::Apps;
use crate::server::core::connections::Connections;
use crate::server::core::deadlines::Deadlines;
use crate::server::core::events::{Event, Events, Observer};
use crate::server::core::login::Credential;
use crate::server::core::moderation::Moderator;
use crate::server::core::plan::PlanLimits;
use crate::server::core::publisher::{Api, PublishHook, Publisher, Screened};
use crate::server::core::quota::Quota;
use crate::server::core::sessions::Sessions;
use crate::server::core::state::ServerState;
use crate::server::core::webhooks::Webhooks;
use crate::server::edge::EdgeState;
use crate::server::edge::admin::leases::Leases;
use crate::server::edge::http::query::Query;
use crate::server::edge::outbound::HttpOutbound;
use crate::server::edge::realtime::connection::Opening;
use crate::server::edge::realtime::connection::serve::serve;
use crate::server::edge::realtime::outbox::Writers;
use crate::server::engine::{ChannelCommand, CommandKind, Pending};
use crate::server::{AccessLog, Setup, Storage};

fn publish(msg_serial: u64, channel: &str, data: &str) -> Value {
    json!({"action": 15, "channel": channel, "msgSerial": msg_serial, "messages": [{"data": data}]})
}

async fn history(world: &World, channel: &str) -> Vec<Value> {
    let path = format!("/channels/{channel}/messages?direction=forwards");
    let (_, page) = world.rest("GET", &path, &Value::Null).await;
    let messages = page.as_array().unwrap().iter();
    messages.map(|message| message["data"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_publish_rate_holds_for_rest_and_realtime_each_by_itself() {
    let world = World::start_with(Some(1.0));
    let path = "/channels/c/messages";
    let (status, _) = world.rest("POST", path, &json!({"data": "one"})).await;
    assert_eq!(status, 201);
    let (status, refused) = world.rest("POST", path, &json!({"data": "two"})).await;
    assert_eq!((status, &refused["error"]["code"]), (429, &json!(42911)));
    // Another channel, another caller's connection, and a second later.
    let (status, _) = world
        .rest("POST", "/channels/d/messages", &json!({"data": "x"}))
        .await;
    assert_eq!(status, 201);
    let mut client = world.connect("").await;
    client.expect(4).await;
    client.send(publish(0, "c", "three")).await;
    client.expect(1).await;
    let room = "/chat/v4/rooms/lobby/messages";
    assert_eq!(
        world.rest("POST", room, &json!({"text": "hi"})).await.0,
        201
    );
    assert_eq!(
        world.rest("POST", room, &json!({"text": "hi"})).await.0,
        429
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        world.rest("POST", path, &json!({"data": "four"})).await.0,
        201
    );
    assert_eq!(history(&world, "c").await, ["one", "three", "four"]);
}

#[tokio::test(start_paused = true)]
async fn a_known_repeat_is_answered_as_before_and_counts_against_no_rate() {
    let world = World::start_with(Some(1.0));
    let message = json!({"id": "mine:0", "data": "one"});
    let first = world.rest("POST", "/channels/c/messages", &message).await;
    assert_eq!(first.0, 201);
    for _ in 0..3 {
        let again = world.rest("POST", "/channels/c/messages", &message).await;
        assert_eq!(again, first);
    }
    assert_eq!(history(&world, "c").await, ["one"]);
}

/// A hook that is asked about one channel, and counts those that it is not asked about.
#[derive(Default)]
struct Moderation {
    passed: Mutex<usize>,
}

impl PublishHook for Moderation {
    fn applies_to(&self, app: &App, channel: &str, _: Api, _: &CommandKind) -> bool {
        assert_eq!(app.id, "app");
        *self.passed.lock() += usize::from(channel != "moderated");
        channel == "moderated"
    }

    fn check(&self, publish: Screened) -> Pending<'static, ChannelCommand> {
        let mut command = publish.command;
        let CommandKind::Publish { messages, .. } = &mut command.kind else {
            panic!("{command:?}");
        };
        match &messages[0].data {
            Some(Data::Text(text)) if text == "bad" => {
                let error = ErrorInfo::new(42213, 422, "rejected");
                Box::pin(std::future::ready(Err(error)))
            }
            Some(Data::Text(text)) if text == "grow" => {
                messages[0].data = Some(Data::Text("x".repeat(70_000)));
                Box::pin(std::future::ready(Ok(command)))
            }
            _ => {
                messages[0].data = Some(Data::Text("checked".to_owned()));
                Box::pin(std::future::ready(Ok(command)))
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_replaces_and_rejects() {
    let world = World::start_from(Setup {
        publish_hook: Some(Arc::new(Moderation::default())),
        ..Setup::default()
    });
    let mut client = world.connect("echo=false").await;
    client.expect(4).await;
    for (serial, data, code) in [
        (0, "fine", None),
        (1, "bad", Some(42213)),
        (2, "grow", Some(40009)),
    ] {
        client.send(publish(serial, "moderated", data)).await;
        let answer = client.event().await;
        match code {
            None => assert_eq!(answer["action"], 1, "{answer}"),
            Some(code) => assert_eq!(answer["error"]["code"], code, "{answer}"),
        }
    }
    client.send(publish(3, "free", "bad")).await;
    client.expect(1).await;
    assert_eq!(history(&world, "moderated").await, ["checked"]);
    assert_eq!(history(&world, "free").await, ["bad"]);
}

/// A disk takes real time, so time passes here.
#[tokio::test]
async fn publishes_under_an_access_log_do_not_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (file, log) = (folder.path().join("a.db"), folder.path().join("log"));
    let hook = Arc::new(Moderation::default());
    let written = std::fs::File::create(&log).unwrap();
    let world = World::start_from_on(
        &file,
        1,
        Setup {
            access_log: Some(AccessLog::to(Box::new(written)).unwrap()),
            publish_hook: Some(Arc::clone(&hook) as Arc<dyn PublishHook>),
            ..Setup::default()
        },
    );
    let mut client = world.connect("echo=false").await;
    client.expect(4).await;
    // As long as another program writes to the file, nothing can be committed.
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for serial in 0..3 {
        client.send(publish(serial, "c", "x")).await;
    }
    while *hook.passed.lock() < 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(client.is_there(), None, "nothing is committed yet");
    other.execute_batch("ROLLBACK").unwrap();
    for serial in 0..3 {
        assert_eq!(client.expect(1).await["msgSerial"], serial);
    }
    world.end().await;
    let records = std::fs::read_to_string(&log).unwrap();
    assert_eq!(records.matches(r#""operation":"publish""#).count(), 3);
}

/// Writes down what it observes.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Observer for Journal {
    fn observe(&self, event: &Event<'_>, _: Timestamp) {
        let code = |error: Option<&ErrorInfo>| error.map_or(0, |error| error.code);
        let line = match *event {
            Event::ConnectionOpened { is_resumed, .. } => format!("opened {is_resumed}"),
            Event::ConnectionRefused { error, .. } => format!("refused {}", error.code),
            Event::ConnectionClosed { error, .. } => format!("closed {}", code(error)),
            Event::Attach(attempt) => format!("attach {} {}", attempt.channel, code(attempt.error)),
            Event::Detached { channel, .. } => format!("detached {channel}"),
            Event::Publish {
                attempt, transport, ..
            } => {
                let check = &attempt.checks[0];
                let rule = check.rule(attempt.actor.capability);
                format!(
                    "publish {transport:?} {} {} by {:?}",
                    attempt.channel,
                    code(attempt.error),
                    rule.map(|rule| rule.resource)
                )
            }
            Event::Delivered {
                channel,
                delivered,
                skipped,
                ..
            } => format!("delivered {channel} {delivered} {skipped}"),
            Event::RequestAnswered { error, .. } => format!("answered {}", code(error)),
            Event::LoginRefused { error, .. } => format!("login {}", error.code),
            Event::TokenRenewed { .. } => "renewed".to_owned(),
            Event::TokenRevoked { revocation } => format!("revoked {}", revocation.target),
            Event::Discontinuity { channel, error, .. } => {
                format!("discontinuity {channel} {}", error.code)
            }
            Event::Reset { app_id } => format!("reset {app_id}"),
            Event::AppDeleted { app_id } => format!("deleted {app_id}"),
            Event::Committed { .. }
            | Event::Lifecycle { .. }
            | Event::Occupancy { .. }
            | Event::Counted { .. }
            | Event::ChannelsActive { .. } => return,
            Event::TokenAsked { path, .. } => format!("token {path}"),
        };
        self.0.lock().push(line);
    }
}

#[tokio::test(start_paused = true)]
async fn observers_hear_of_everything_once_and_in_order() {
    // One story, told in one go.
    let journal = Journal::default();
    let world = World::start_from(Setup {
        observers: vec![Arc::new(journal.clone())],
        ..Setup::default()
    });
    let hour = Duration::from_secs(3600);
    let token = |rights: &str| world.token("me", rights, hour);
    let narrow = token(r#"{"c":["subscribe","publish"]}"#);
    let mut client = world
        .connect_with(&format!("access_token={narrow}&echo=false"))
        .await;
    let key = client.expect(4).await["connectionDetails"]["connectionKey"].clone();
    client.attach("c").await;
    client.send(json!({"action": 10, "channel": "d"})).await;
    client.expect(9).await;
    client.send(publish(0, "c", "x")).await;
    client.expect(1).await;
    client.send(publish(1, "d", "x")).await;
    client.expect(2).await;
    client
        .send(json!({"action": 17, "auth": {"accessToken": token(r#"{"*":["*"]}"#)}}))
        .await;
    client.expect(4).await;
    client.send(json!({"action": 12, "channel": "c"})).await;
    // The new token's rights were told before.
    client.expect_any(13).await;
    let unknown = "01600000000000-000@nowhere";
    client
        .send(json!({"action": 10, "channel": "c", "channelSerial": unknown}))
        .await;
    client.expect(11).await;
    client.drop_socket();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut client = world
        .connect_with(&format!(
            "access_token={narrow}&resume={}",
            key.as_str().unwrap()
        ))
        .await;
    client.expect(4).await;
    let message = json!({"data": "y"});
    world.rest("POST", "/channels/c/messages", &message).await;
    world.rest("POST", "/apps/app/reset", &Value::Null).await;
    world
        .rest_as("app.key:wrong", "GET", "/channels", &Value::Null)
        .await;
    let mut nobody = world.connect_with("key=app.key:wrong").await;
    nobody.expect(9).await;
    client.send(json!({"action": 7})).await;
    client.expect(8).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let heard = std::mem::take(&mut *journal.0.lock());
    assert_eq!(
        heard,
        [
            "opened false",
            "attach c 0",
            "attach d 40160",
            "delivered c 0 1",
            r#"publish Realtime c 0 by Some("c")"#,
            "publish Realtime d 40160 by None",
            "renewed",
            "detached c",
            "discontinuity c 90003",
            "attach c 0",
            "detached c",
            "closed 0",
            "opened true",
            r#"publish Rest c 0 by Some("*")"#,
            "answered 0",
            "reset app",
            "answered 0",
            "login 40101",
            "answered 40101",
            "refused 40101",
            "closed 0",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_gone_leaves_no_deadline_behind() {
    // One story, told in one go.
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(Timestamp(1_700_000_000_000)));
    let tasks = tokio_util::task::TaskTracker::new();
    let deadlines = Arc::new(Deadlines::new(Arc::clone(&clock), tasks.clone()));
    let events = Events::new(Vec::new(), Arc::clone(&clock));
    let random = Random::seeded(1);
    let key = KeyEntry::new(ApiKey::parse(KEY).unwrap(), Capability::all());
    let storage = Storage::memory(None);
    let (writers, writing) = Writers::new(1);
    for task in writing {
        tokio::spawn(task);
    }
    let sessions = Sessions::new(Arc::clone(&deadlines), random.clone());
    let quota = Arc::new(Quota::new(PlanLimits::default(), Arc::clone(&clock)));
    let server = Arc::new(ServerState {
        apps: Apps::new(
            vec![key],
            storage,
            &clock,
            &random,
            &deadlines,
            &events,
            PlanLimits::default(),
        )
        .await
        .unwrap(),
        sessions: Arc::clone(&sessions),
        deadlines: Arc::clone(&deadlines),
        connections: Connections::default(),
        publisher: Arc::new(Publisher {
            clock: Arc::clone(&clock),
            events: events.clone(),
            sessions,
            max_rate: None,
            quota: Arc::clone(&quota),
            hook: None,
            tasks: tasks.clone(),
        }),
        events,
        stopping: tokio_util::sync::CancellationToken::new(),
        tasks,
        quota,
        continuity_window: Duration::from_secs(120),
        on_verified: None,
        server_id: "test".to_owned(),
        clock: Arc::clone(&clock),
        random,
    });
    let edge = EdgeState {
        moderator: Arc::new(Moderator {
            clock: Arc::clone(&clock),
            outbound: Arc::new(HttpOutbound::new(Vec::new())),
        }),
        webhooks: Webhooks::new(
            (&clock, &server.deadlines),
            &(Arc::new(HttpOutbound::new(Vec::new())) as _),
            PlanLimits::default(),
            &server.stopping,
        ),
        leases: Leases::default(),
        boundary: None,
        usage: Arc::default(),
        app_budget: Arc::default(),
        time: None,
        server,
        writers,
        provisions_apps: false,
        is_encrypted: false,
    };
    let mint = crate::chat_core::auth::jwt::Mint {
        issued: clock.now(),
        expires: clock.now() + Duration::from_secs(24 * 3600),
        client_id: Some("me".to_owned()),
        ..Default::default()
    };
    let key = ApiKey::parse(KEY).unwrap();
    let minter = crate::chat_core::auth::jwt::Minter::new(&key);
    let token = minter.sign(&mint.claims()).unwrap();
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (receive, send) = tokio::io::split(theirs);
    let opening = Opening::new(Ok(Credential::Token(token)), &Query::default());
    let connection = tokio::spawn(serve(&edge, &opening, Box::pin(receive), Box::pin(send)));
    assert_eq!(deadlines.count(), 3, "heartbeat, renewal and expiry");
    drop(ours);
    connection.await.unwrap();
    let running = Arc::clone(&deadlines);
    tokio::spawn(async move { running.run().await });
    // The connection can be resumed for two minutes; the token would live for a day.
    tokio::time::sleep(Duration::from_secs(121)).await;
    assert_eq!((deadlines.count(), edge.server.sessions.count()), (0, 0));
}
