//! The duties of a file beyond the contract: what is not in memory any more, and a disk that refuses.

use std::sync::Arc;

use super::cache::MAX_RECENT;
use super::retention::Retention;
use super::testing::{open, open_at};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{
    Annotation, Data, Message, MessageAction, PresenceAction, PresenceMessage,
};
use crate::server::engine::Storage;
use crate::server::engine::command::{Change, CommandKind};
use crate::server::engine::contract::{Heard, operation, publish, query};
use crate::server::engine::query::PageQuery;
use crate::server::engine::traits::{AppEngine, EngineEvents, Health};

#[tokio::test]
async fn older_entries_are_read_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("a.db"));
    let count = MAX_RECENT + 50;
    let mut positions = Vec::new();
    for n in 0..count {
        let entry = store.submit("c", publish(&n.to_string(), 1)).await.unwrap();
        positions.push(entry.channel_serial.clone());
    }
    for (place, position) in positions.iter().enumerate() {
        for size in [0, 1000, usize::MAX] {
            let mut after: Vec<String> = Vec::new();
            loop {
                let position = after.last().unwrap_or(position);
                let page = store.entries_after("c", position, size).await;
                let page = page.unwrap().unwrap();
                if page.is_empty() {
                    break;
                }
                after.extend(page.iter().map(|entry| entry.channel_serial.clone()));
                if size < usize::MAX && place % 50 > 0 {
                    break;
                }
            }
            let rest = &positions[place + 1..];
            assert_eq!(after, rest[..after.len()]);
            assert!(after.len() == rest.len() || place % 50 > 0);
        }
    }
}

#[tokio::test]
async fn later_position_is_unknown_to_an_older_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
    let store = open(&file);
    store.submit("c", publish("a", 1)).await.unwrap();
    store.close().await;
    std::fs::copy(&file, &copy).unwrap();
    let store = open(&file);
    let later = store.submit("c", publish("b", 1)).await.unwrap();
    let copied = open(&copy);
    let after = copied
        .entries_after("c", &later.channel_serial, usize::MAX)
        .await;
    assert!(after.unwrap().is_none());
    assert_eq!(copied.history("c", query()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn full_disk_refuses_whole_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let store = open(&file);
    let heard = Arc::new(Heard::default());
    store.start(Arc::clone(&heard) as Arc<dyn EngineEvents>);
    let first = store.submit("c", publish("a", 1)).await.unwrap();
    store.execute("PRAGMA max_page_count = 1").await;
    let large = operation(CommandKind::Publish {
        messages: vec![Message {
            data: Some(Data::Text("x".repeat(60_000))),
            ..Message::default()
        }],
        is_ephemeral: false,
    });
    let enter = operation(CommandKind::Presence(vec![PresenceMessage {
        action: Some(PresenceAction::Enter),
        client_id: Some("a".to_owned()),
        data: Some(Data::Text("x".repeat(60_000))),
        ..PresenceMessage::default()
    }]));
    let (refused, also, elsewhere) = tokio::join!(
        store.submit("c", large.clone()),
        store.submit("c", enter),
        store.submit("d", large.clone()),
    );
    for refused in [refused, also, elsewhere] {
        let error = refused.unwrap_err();
        assert_eq!(error.code, 50000);
        assert!(error.message.contains("full"), "{error}");
    }
    assert_eq!(heard.0.lock().len(), 1);
    assert_eq!(store.health(), Health::Down);
    let snapshot = store.snapshot("c").await.unwrap();
    assert_eq!(snapshot.head, first.channel_serial);
    assert!(snapshot.members.is_empty());
    assert_eq!(store.history("c", query()).await.unwrap().items.len(), 1);

    store.execute("PRAGMA max_page_count = 1000000").await;
    let next = store.submit("c", large).await.unwrap();
    assert!(next.channel_serial > first.channel_serial);
    assert_eq!(store.health(), Health::Up);
    store.close().await;
    let kept = open(&file).history("c", query()).await.unwrap();
    assert_eq!(kept.items.len(), 2);
}

#[tokio::test]
async fn history_bounds_are_message_times() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("a.db"));
    let sent = store.submit("c", publish("a", 1)).await.unwrap();
    let time = sent.message().unwrap().timestamp.unwrap();
    let within = async |start: Option<i64>, end: Option<i64>| {
        let query = PageQuery {
            start,
            end,
            ..query()
        };
        store.history("c", query).await.unwrap().items.len()
    };
    assert_eq!(within(Some(time), Some(time)).await, 1);
    assert_eq!(within(Some(time + 1), None).await, 0);
    assert_eq!(within(None, Some(time - 1)).await, 0);
    assert_eq!(within(Some(i64::MIN), Some(i64::MAX)).await, 1);
    assert_eq!(within(Some(i64::MAX), None).await, 0);
}

#[tokio::test]
async fn closed_store_refuses_commands() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("a.db"));
    store.submit("c", publish("a", 1)).await.unwrap();
    store.close().await;
    let refused = store.submit("c", publish("b", 1)).await.unwrap_err();
    assert_eq!(refused.code, 50003);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["a.db"], "one file, with everything in it");
}

#[test]
fn file_is_free_once_its_database_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        open(&folder.path().join("a.db"));
    }
}

/// Makes a store with 20 messages a second apart, the first of them changed and reacted to; returns their serials.
async fn with_past(path: &std::path::Path) -> Vec<String> {
    let mut serials = Vec::new();
    for n in 0..20 {
        let store = open_at(path, 1_700_000_000_000 + n * 1000, Retention::default());
        let sent = store.submit("c", publish(&n.to_string(), 1)).await.unwrap();
        serials.push(sent.serials[0].clone().unwrap());
        if n == 0 {
            let change = Change::of_message(Message {
                serial: Some(serials[0].clone()),
                action: Some(MessageAction::Update),
                data: Some(Data::Text("changed".to_owned())),
                ..Message::default()
            });
            let change = operation(CommandKind::Change(Box::new(change)));
            store.submit("c", change).await.unwrap();
            let annotation = Annotation {
                message_serial: Some(serials[0].clone()),
                kind: Some("reaction:total.v1".to_owned()),
                ..Annotation::default()
            };
            let annotation = operation(CommandKind::Annotate(vec![annotation]));
            store.submit("c", annotation).await.unwrap();
        }
        store.close().await;
    }
    serials
}

/// Checks that the newest `count` are left of `serials`, and that what is gone is told as gone.
async fn are_left(store: &impl AppEngine, serials: &[String], count: usize) {
    let kept = store.history("c", query()).await.unwrap().items;
    let kept: Vec<_> = kept
        .iter()
        .rev()
        .filter_map(|kept| kept.serial.clone())
        .collect();
    assert_eq!(kept, serials[serials.len() - count..]);
    let gone = &serials[0];
    assert!(store.message("c", gone).await.unwrap().is_none());
    assert!(
        store
            .versions("c", gone, PageQuery::all())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(
        store
            .annotations("c", gone, PageQuery::all())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(
        store
            .entries_after("c", gone, usize::MAX)
            .await
            .unwrap()
            .is_none(),
        "a gap"
    );
    let first = &serials[serials.len() - count];
    let after = store
        .entries_after("c", first, usize::MAX)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(after.len(), count - 1);
}

#[tokio::test]
async fn retention_deletes_by_age_and_by_count() {
    let now = 1_700_000_020_000;
    for retention in [
        Retention {
            age: Some(std::time::Duration::from_millis(5500)),
            ..Retention::default()
        },
        Retention {
            count: Some(5),
            ..Retention::default()
        },
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let serials = with_past(&file).await;
        let store = open_at(&file, now, retention);
        store.keep_up(now).await;
        are_left(store.as_ref(), &serials, 5).await;
        let next = store.submit("c", publish("next", 1)).await.unwrap();
        assert!(next.serials[0].as_ref() > serials.last());
        store.keep_up(now).await;
        let left = store.history("c", query()).await.unwrap().items.len();
        assert_eq!(left, if retention.count.is_some() { 5 } else { 6 });
    }
}

#[tokio::test]
async fn large_file_loses_its_oldest_part_and_shrinks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    for n in 0..40 {
        let store = open_at(&file, 1_700_000_000_000 + n * 1000, Retention::default());
        for _ in 0..3 {
            let large = operation(CommandKind::Publish {
                messages: vec![Message {
                    data: Some(Data::Text("x".repeat(10_000))),
                    ..Message::default()
                }],
                is_ephemeral: false,
            });
            store.submit("c", large).await.unwrap();
        }
        store.close().await;
    }
    let size = || std::fs::metadata(&file).unwrap().len();
    let before = size();
    let most = before / 2;
    let retention = Retention {
        size: Some(most),
        ..Retention::default()
    };
    let store = open_at(&file, 1_700_000_040_000, retention);
    store.keep_up(1_700_000_040_000).await;
    let kept = store.history("c", query()).await.unwrap().items.len();
    assert!((40..=60).contains(&kept), "{kept} of 120");
    store.close().await;
    assert!(size() <= most, "{} of {before}", size());
}

#[tokio::test]
async fn trimmed_channel_is_imported_as_it_is() {
    // One story, told in one go.
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let serials = with_past(&file).await;
    let now = 1_700_000_020_000;
    let retention = Retention {
        count: Some(5),
        ..Retention::default()
    };
    let store = open_at(&file, now, retention);
    // The oldest message and one that stays are changed and reacted to at last.
    for serial in [&serials[0], &serials[18]] {
        let change = Change::of_message(Message {
            serial: Some(serial.clone()),
            action: Some(MessageAction::Update),
            data: Some(Data::Text("late".to_owned())),
            ..Message::default()
        });
        let change = operation(CommandKind::Change(Box::new(change)));
        store.submit("c", change).await.unwrap();
        let annotation = Annotation {
            message_serial: Some(serial.clone()),
            kind: Some("reaction:total.v1".to_owned()),
            ..Annotation::default()
        };
        let annotation = operation(CommandKind::Annotate(vec![annotation]));
        store.submit("c", annotation).await.unwrap();
    }
    store.keep_up(now).await;
    let scratch = |name: &str| {
        let scratch = folder.path().join(name);
        std::fs::create_dir(&scratch).unwrap();
        scratch
    };
    let read = |path, name| {
        Storage::read(path, &scratch(name))
            .unwrap()
            .remove(0)
            .channels
    };
    let past = read(&file, "first").remove(0);
    past.check(Timestamp(now)).unwrap();
    assert_eq!(past.entries.len(), 9);
    let versions = past.entries.iter().filter(|entry| entry.version.is_some());
    assert_eq!(
        versions.count(),
        1,
        "that of the message that is gone is gone"
    );

    let planted = open_at(&other, now, Retention::default());
    planted
        .reset_to("c", past.to_seed().unwrap())
        .await
        .unwrap();
    let history = planted.history("c", query()).await.unwrap().items;
    assert_eq!(history.len(), 5);
    let gone = &serials[0];
    assert!(planted.message("c", gone).await.unwrap().is_none());
    assert!(
        planted
            .versions("c", gone, PageQuery::all())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(
        planted
            .annotations("c", gone, PageQuery::all())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let stays = planted.message("c", &serials[18]).await.unwrap().unwrap();
    assert_eq!(stays.data, Some(Data::Text("late".to_owned())));
    let summary = stays.annotations.unwrap().summary.0;
    assert_eq!(summary["reaction:total.v1"]["total"], 1);
    planted.close().await;
    assert_eq!(
        read(&other, "second"),
        [past],
        "what is planted is what was read"
    );
}
