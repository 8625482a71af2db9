//! What a file adds to what every store must do: what is not in memory any more, and a disk that refuses.

use std::sync::Arc;

use super::room::MAX_RECENT;
use super::testing::open;
use crate::chat_core::protocol::{Data, Message, PresenceAction, PresenceMessage};
use crate::server::store::contract::{Heard, operation, publish, query};
use crate::server::store::{Act, HistoryQuery, Sink, Store};

#[tokio::test]
async fn what_memory_does_not_have_any_more_is_read_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("a.db"));
    let count = MAX_RECENT + 50;
    let mut positions = Vec::new();
    for n in 0..count {
        let entry = store.submit("c", publish(&n.to_string(), 1)).await.unwrap();
        positions.push(entry.channel_serial.clone());
    }
    for (place, position) in positions.iter().enumerate() {
        let after = store.entries_after("c", position).await.unwrap().unwrap();
        let after: Vec<_> = after.iter().map(|entry| &entry.channel_serial).collect();
        assert_eq!(after, positions[place + 1..].iter().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_position_of_a_later_state_of_the_file_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
    let store = open(&file);
    store.submit("c", publish("a", 1)).await.unwrap();
    store.close().await;
    std::fs::copy(&file, &copy).unwrap();
    let store = open(&file);
    let later = store.submit("c", publish("b", 1)).await.unwrap();
    let copied = open(&copy);
    let after = copied.entries_after("c", &later.channel_serial).await;
    assert!(after.unwrap().is_none());
    assert_eq!(copied.history("c", query()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn what_the_disk_refuses_has_not_happened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let store = open(&file);
    let heard = Arc::new(Heard::default());
    store.subscribe(Arc::clone(&heard) as Arc<dyn Sink>);
    let first = store.submit("c", publish("a", 1)).await.unwrap();
    store.execute("PRAGMA max_page_count = 1").await;
    let large = operation(Act::Publish {
        messages: vec![Message {
            data: Some(Data::Text("x".repeat(60_000))),
            ..Message::default()
        }],
        is_ephemeral: false,
    });
    let enter = operation(Act::Presence(vec![PresenceMessage {
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
    assert_eq!(heard.0.lock().unwrap().len(), 1);
    let snapshot = store.snapshot("c").await.unwrap();
    assert_eq!(snapshot.head, first.channel_serial);
    assert!(snapshot.members.is_empty());
    assert_eq!(store.history("c", query()).await.unwrap().items.len(), 1);

    store.execute("PRAGMA max_page_count = 1000000").await;
    let next = store.submit("c", large).await.unwrap();
    assert!(next.channel_serial > first.channel_serial);
    store.close().await;
    let kept = open(&file).history("c", query()).await.unwrap();
    assert_eq!(kept.items.len(), 2);
}

#[tokio::test]
async fn times_bound_history_as_they_stand_in_messages() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("a.db"));
    let sent = store.submit("c", publish("a", 1)).await.unwrap();
    let time = sent.message().unwrap().timestamp.unwrap();
    let within = async |start: Option<i64>, end: Option<i64>| {
        let query = HistoryQuery {
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
async fn a_closed_store_says_so() {
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
fn a_file_is_free_once_its_user_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        open(&folder.path().join("a.db"));
    }
}
