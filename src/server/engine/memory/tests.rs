//! The duties of the store in memory beyond the contract: its budget, and what it does not keep.

use std::sync::Arc;

use super::MemoryApps;
use crate::chat_core::clock::{FixedClock, Timestamp};
use crate::chat_core::protocol::{
    Annotation, Data, Message, MessageAction, PresenceAction, PresenceMessage,
};
use crate::chat_core::random::Random;
use crate::server::engine::contract::{operation, publish, query};
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::query::PageQuery;
use crate::server::engine::seed::{ChannelSeed, SeedStep};
use crate::server::engine::traits::AppEngine;
use crate::server::engine::{Change, ChannelCommand, CommandKind};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn app(limit: usize) -> (MemoryApps, Arc<dyn AppEngine>) {
    let apps = MemoryApps::new(Arc::new(FixedClock(NOW)), Random::seeded(1), limit);
    let app = apps.get_or_make("app", ChannelRules::default());
    (apps, app)
}

fn large(size: usize) -> ChannelCommand {
    operation(CommandKind::Publish {
        messages: vec![Message {
            data: Some(Data::Text("x".repeat(size))),
            ..Message::default()
        }],
        is_ephemeral: false,
    })
}

async fn count(app: &dyn AppEngine, channel: &str) -> usize {
    app.history(channel, query()).await.unwrap().items.len()
}

#[tokio::test]
async fn oldest_history_of_all_channels_goes_and_is_told_as_a_gap() {
    let (apps, app) = app(500_000);
    let begin = app.snapshot("a").await.unwrap().head;
    let first = app.submit("a", large(50_000)).await.unwrap();
    let serial = first.serials[0].clone().unwrap();
    let change = Change::of_message(Message {
        serial: Some(serial.clone()),
        action: Some(MessageAction::Update),
        data: Some(Data::Text("y".repeat(50_000))),
        ..Message::default()
    });
    let change = operation(CommandKind::Change(Box::new(change)));
    app.submit("a", change).await.unwrap();
    let annotation = Annotation {
        message_serial: Some(serial.clone()),
        kind: Some("reaction:total.v1".to_owned()),
        ..Annotation::default()
    };
    let annotation = operation(CommandKind::Annotate(vec![annotation]));
    app.submit("a", annotation.clone()).await.unwrap();
    let last = app.submit("a", large(10)).await.unwrap();
    assert_eq!(
        (count(app.as_ref(), "a").await, apps.used() > 150_000),
        (2, true)
    );
    for _ in 0..7 {
        app.submit("b", large(50_000)).await.unwrap();
    }
    assert!(apps.used() <= 500_000, "{}", apps.used());
    assert_eq!(count(app.as_ref(), "b").await, 7);
    assert_eq!(count(app.as_ref(), "a").await, 1);
    assert!(app.message("a", &serial).await.unwrap().is_none());
    assert!(
        app.versions("a", &serial, PageQuery::all())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(
        app.annotations("a", &serial, PageQuery::all())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let after = app.entries_after("a", &begin, usize::MAX);
    assert!(after.await.unwrap().is_none(), "a gap");
    let after = app.entries_after("a", &first.channel_serial, usize::MAX);
    assert_eq!(after.await.unwrap().map(|after| after.len()), Some(3));
    let after = app.entries_after("a", &last.channel_serial, usize::MAX);
    assert_eq!(after.await.unwrap().map(|after| after.len()), Some(0));
    assert_eq!(app.submit("a", annotation).await.unwrap_err().code, 40400);

    // Whatever comes, and however small it is.
    for number in 0..5000 {
        let channel = (number % 700).to_string();
        let command = ChannelCommand {
            repeat_key: Some(number.to_string()),
            ..publish("n", 1)
        };
        app.submit(&channel, command).await.unwrap();
    }
    assert!(apps.used() <= 500_000, "{}", apps.used());
    assert_eq!(count(app.as_ref(), "b").await, 0);
    assert!(count(app.as_ref(), "99").await > 0);
}

#[tokio::test]
async fn resets_and_removed_apps_give_their_memory_back() {
    let (apps, app) = app(1_000_000);
    for _ in 0..10 {
        app.submit("a", large(50_000)).await.unwrap();
        let step = SeedStep {
            command: large(10_000),
            at: Timestamp(NOW.0 - 1000),
            about: None,
        };
        app.reset_to("a", vec![step].into()).await.unwrap();
        assert_eq!(count(app.as_ref(), "a").await, 1);
    }
    assert!(apps.used() < 20_000, "{}", apps.used());
    let mut faulty = vec![SeedStep {
        command: large(10_000),
        at: NOW,
        about: None,
    }];
    faulty.push(SeedStep {
        command: operation(CommandKind::Annotate(vec![Annotation::default()])),
        at: NOW,
        about: None,
    });
    app.reset_to("a", faulty.into()).await.unwrap_err();
    assert_eq!(count(app.as_ref(), "a").await, 1);
    // What was there before does not take the place of what is.
    for _ in 0..18 {
        app.submit("a", large(50_000)).await.unwrap();
    }
    assert_eq!(count(app.as_ref(), "a").await, 19);
    app.reset_to("a", ChannelSeed::default()).await.unwrap();
    assert_eq!(apps.used(), 0);
    app.submit("a", large(50_000)).await.unwrap();
    drop(app);
    apps.forget("app");
    assert_eq!(apps.used(), 0);
}

#[tokio::test]
async fn nothing_is_kept_of_what_was_refused_looked_at_or_ephemeral() {
    let (apps, app) = app(1_000_000);
    for number in 0..1000 {
        let channel = format!("{number}");
        let head = app.snapshot(&channel).await.unwrap().head;
        assert_eq!(app.follow(&channel).await.unwrap(), head);
        let annotate = operation(CommandKind::Annotate(vec![Annotation::default()]));
        app.submit(&channel, annotate).await.unwrap_err();
        let leave = PresenceMessage {
            action: Some(PresenceAction::Absent),
            ..PresenceMessage::default()
        };
        let absent = operation(CommandKind::Presence(vec![leave]));
        app.submit(&channel, absent).await.unwrap();
        let ephemeral = Ephemeral {
            messages: vec![Message::default()],
            id: "id".to_owned(),
            connection_id: None,
            repeat_key: None,
        };
        app.publish_ephemeral(&channel, ephemeral).await.unwrap();
        assert!(app.members(&channel).await.unwrap().is_empty());
        app.unfollow(&channel);
        let after = app
            .entries_after(&channel, &head, usize::MAX)
            .await
            .unwrap();
        assert_eq!(after.map(|after| after.len()), Some(0), "it goes on there");
    }
    assert_eq!(apps.used(), 0);
    assert!(apps.logs("app") < 300, "{}", apps.logs("app"));
}

#[tokio::test]
async fn channel_that_was_dropped_goes_on_behind_all_that_it_had() {
    let (apps, app) = app(20_000);
    let first = app.submit("a", large(15_000)).await.unwrap();
    for number in 0..1000 {
        let channel = format!("{number}");
        app.submit(&channel, publish("n", 1)).await.unwrap();
    }
    assert!(apps.logs("app") < 300, "{}", apps.logs("app"));
    let after = app.entries_after("a", &first.channel_serial, usize::MAX);
    assert!(after.await.unwrap().is_none(), "a gap");
    let head = app.snapshot("a").await.unwrap().head;
    assert!(head > first.channel_serial);
    let next = app.submit("a", publish("n", 1)).await.unwrap();
    assert!(next.channel_serial > head);
    let after = app.entries_after("a", &head, usize::MAX).await.unwrap();
    assert_eq!(after.map(|after| after.len()), Some(1));
}
