//! The contract of engines, run over each of them: in memory, in a file, and in a file that another process opens
//! between any two calls.

use parking_lot::Mutex;
use std::sync::Arc;

use serde_json::json;

use super::memory::MemoryEngine;
use super::revocation::{Revocation, RevocationTarget};
use super::sqlite::testing::{Reopened, open, open_engine};
use super::{
    AppEngine, Change, ChannelCommand, ChannelDump, ChannelOccupancy, ChannelSeed, CommandKind,
    DirectoryItem, Engine, EngineEvents, Entry, Ephemeral, Health, ItemKind, Nonce, Page,
    PageQuery, SeedStep, Snapshot, Storage,
};
use crate::chat_core::clock::{FixedClock, Timestamp};
use crate::chat_core::protocol::{
    Annotation, Data, Message, MessageAction, PresenceAction, PresenceMessage, Version,
};
use crate::chat_core::random::Random;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::limits::MAX_MEMORY;
use crate::server::engine::serial;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// Runs `test` over the app of each engine.
async fn each(test: impl AsyncFn(&dyn AppEngine)) {
    each_engine(async |_: &dyn Engine, app: Arc<dyn AppEngine>| test(app.as_ref()).await).await;
}

/// Runs `test` over each engine, and its one app.
async fn each_engine(test: impl AsyncFn(&dyn Engine, Arc<dyn AppEngine>)) {
    let memory = MemoryEngine::new(Arc::new(FixedClock(NOW)), Random::seeded(1), MAX_MEMORY);
    let folder = tempfile::tempdir().unwrap();
    let sqlite = open_engine(&folder.path().join("a.db"));
    let reopened = Reopened::new(folder.path().join("b.db"));
    let engines: [&dyn Engine; 3] = [&memory, &sqlite, &reopened];
    for engine in engines {
        let app = engine.app("app", ChannelRules::default()).await.unwrap();
        test(engine, app).await;
        engine.close().await.unwrap();
    }
}

pub(super) fn operation(kind: CommandKind) -> ChannelCommand {
    ChannelCommand {
        kind,
        id: "id".to_owned(),
        connection_id: None,
        repeat_key: None,
    }
}

pub(super) fn publish(name: &str, count: usize) -> ChannelCommand {
    let message = Message {
        name: Some(name.to_owned()),
        data: Some(Data::Text("d".to_owned())),
        client_id: Some("creator".to_owned()),
        ..Message::default()
    };
    operation(CommandKind::Publish {
        messages: vec![message; count],
        is_ephemeral: false,
    })
}

pub(super) fn query() -> PageQuery {
    PageQuery {
        start: None,
        end: None,
        forwards: false,
        limit: 100,
        size: usize::MAX,
        from_serial: None,
        after: None,
    }
}

fn names(page: &Page<Message>) -> Vec<&str> {
    page.items
        .iter()
        .map(|message| message.name.as_deref().unwrap())
        .collect()
}

#[tokio::test]
async fn pages_meet_without_gap_or_repeat_in_both_directions() {
    each(async |store: &dyn AppEngine| {
        for n in 0..25 {
            store.submit("c", publish(&n.to_string(), 1)).await.unwrap();
        }
        for forwards in [true, false] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let page = store
                    .history(
                        "c",
                        PageQuery {
                            forwards,
                            limit: 5,
                            after,
                            ..query()
                        },
                    )
                    .await
                    .unwrap();
                seen.extend(
                    names(&page)
                        .into_iter()
                        .map(|name| name.parse::<i32>().unwrap()),
                );
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut expected: Vec<i32> = (0..25).collect();
            if !forwards {
                expected.reverse();
            }
            assert_eq!(seen, expected, "a full last page has nothing behind it");
        }
    })
    .await;
}

#[tokio::test]
async fn a_position_bounds_history_and_includes_its_own_messages() {
    each(async |store: &dyn AppEngine| {
        let empty = store.snapshot("c").await.unwrap().head;
        store.submit("c", publish("a", 1)).await.unwrap();
        let second = store.submit("c", publish("b", 2)).await.unwrap();
        store.submit("c", publish("c", 1)).await.unwrap();
        let at = async |position: &str| {
            store
                .history(
                    "c",
                    PageQuery {
                        from_serial: Some(position.to_owned()),
                        ..query()
                    },
                )
                .await
                .unwrap()
        };
        assert_eq!(names(&at(&second.channel_serial).await), ["b", "b", "a"]);
        assert_eq!(
            names(&at(&serial::of_message(&second.channel_serial, 0)).await),
            ["b", "a"]
        );
        assert!(at(&empty).await.items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn repeat_is_answered_as_before_and_not_done_again() {
    each(async |store: &dyn AppEngine| {
        let keyed = |name: &str| ChannelCommand {
            repeat_key: Some("k".to_owned()),
            ..publish(name, 1)
        };
        let first = store.submit("c", keyed("a")).await.unwrap();
        let again = store.submit("c", keyed("b")).await.unwrap();
        assert_eq!(first.serials, again.serials);
        assert_eq!(store.history("c", query()).await.unwrap().items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn entries_after_a_position_are_known_within_its_series() {
    each(async |store: &dyn AppEngine| {
        let first = store.submit("c", publish("a", 1)).await.unwrap();
        let second = store.submit("c", publish("b", 1)).await.unwrap();
        let after = store
            .entries_after("c", &first.channel_serial, usize::MAX)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            after
                .iter()
                .map(|entry| &entry.channel_serial)
                .collect::<Vec<_>>(),
            [&second.channel_serial]
        );
        assert!(
            store
                .entries_after("c", "00000000000000-000@other", usize::MAX)
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            store
                .entries_after("unheard-of", &first.channel_serial, usize::MAX)
                .await
                .unwrap()
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn ephemeral_messages_leave_no_trace() {
    each(async |store: &dyn AppEngine| {
        let events = Arc::new(Heard::default());
        store.start(Arc::clone(&events) as Arc<dyn EngineEvents>);
        let head = store.snapshot("c").await.unwrap().head;
        for repeat_key in [None, Some("k"), Some("k")] {
            let message = Ephemeral {
                messages: vec![Message::default()],
                id: "id".to_owned(),
                connection_id: None,
                repeat_key: repeat_key.map(str::to_owned),
            };
            store.publish_ephemeral("c", message).await.unwrap();
        }
        assert_eq!(events.0.lock().len(), 2, "a repeat is not told");
        assert_eq!(store.snapshot("c").await.unwrap().head, head);
        assert!(store.channels().await.unwrap().is_empty());
        assert!(store.history("c", query()).await.unwrap().items.is_empty());
        assert!(store.message("c", "x").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn versions_keep_identity_and_history_shows_the_newest() {
    // One story, told in one go.
    each(async |store: &dyn AppEngine| {
        let created = store
            .submit("c", publish("n", 1))
            .await
            .unwrap()
            .message()
            .unwrap()
            .clone();
        let serial = created.serial.clone().unwrap();
        let change = |action, data: Option<&str>, replaces| {
            operation(CommandKind::Change(Box::new(Change {
                serial: serial.clone(),
                action,
                content: Message {
                    data: data.map(|data| Data::Text(data.to_owned())),
                    ..Message::default()
                },
                replaces,
                user_claim: Some("claim".to_owned()),
                version: Version {
                    client_id: Some("actor".to_owned()),
                    ..Version::default()
                },
            })))
        };
        store
            .submit("c", change(MessageAction::Update, Some("e"), false))
            .await
            .unwrap();
        store
            .submit("c", change(MessageAction::Append, Some("f"), false))
            .await
            .unwrap();
        let kept = store.message("c", &serial).await.unwrap().unwrap();
        assert_eq!(
            (kept.data, kept.name.as_deref()),
            (Some(Data::Text("ef".to_owned())), Some("n"))
        );
        store
            .submit("c", change(MessageAction::Delete, None, true))
            .await
            .unwrap();
        let versions = store
            .versions("c", &serial, PageQuery::all())
            .await
            .unwrap()
            .items;
        assert_eq!(versions.len(), 4);
        assert!(
            versions
                .windows(2)
                .all(|pair| pair[0].version.as_ref().unwrap().serial
                    < pair[1].version.as_ref().unwrap().serial)
        );
        let newest = store.history("c", query()).await.unwrap().items.remove(0);
        assert_eq!(
            (newest.action(), &newest.data),
            (MessageAction::Delete, &None)
        );
        assert_eq!(
            (&newest.serial, newest.timestamp),
            (&created.serial, created.timestamp)
        );
        assert_eq!(newest.client_id.as_deref(), Some("creator"));
        assert_eq!(newest.version.unwrap().client_id.as_deref(), Some("actor"));
        assert_eq!(newest.extras.unwrap().0, json!({"userClaim": "claim"}));
        let missing = ChannelCommand {
            kind: CommandKind::Annotate(vec![Annotation::default()]),
            ..publish("x", 1)
        };
        assert_eq!(store.submit("c", missing).await.unwrap_err().code, 40400);
    })
    .await;
}

#[tokio::test]
async fn annotations_tell_the_event_and_the_summary_when_it_changed() {
    each(async |store: &dyn AppEngine| {
        let serial = store.submit("c", publish("n", 1)).await.unwrap().serials[0]
            .clone()
            .unwrap();
        let react = || {
            operation(CommandKind::Annotate(vec![Annotation {
                message_serial: Some(serial.clone()),
                kind: Some("reaction:distinct.v1".to_owned()),
                name: Some("👍".to_owned()),
                client_id: Some("a".to_owned()),
                ..Annotation::default()
            }]))
        };
        let first = store.submit("c", react()).await.unwrap();
        assert_eq!(first.frames.len(), 2);
        assert_eq!(
            first.frames[0].channel_serial, None,
            "a cut between the two loses neither"
        );
        assert_eq!(
            first.frames[1].channel_serial.as_ref(),
            Some(&first.channel_serial)
        );
        let summary = &first.frames[1].messages.as_ref().unwrap()[0];
        assert_eq!(
            (summary.serial.as_ref(), summary.action()),
            (Some(&serial), MessageAction::Summary)
        );
        assert_eq!(
            store.submit("c", react()).await.unwrap().frames.len(),
            1,
            "no effect, no summary"
        );
        let read = store.message("c", &serial).await.unwrap().unwrap();
        assert_eq!(
            read.annotations.unwrap().summary.0["reaction:distinct.v1"]["👍"]["total"],
            1
        );
        let annotations = store
            .annotations("c", &serial, PageQuery::all())
            .await
            .unwrap()
            .items;
        assert_eq!(annotations.len(), 2);
        assert!(annotations[0].serial.as_ref() > Some(&serial));
    })
    .await;
}

#[tokio::test]
async fn entries_are_told_once_in_order_before_the_caller() {
    each(async |store: &dyn AppEngine| {
        let events = Arc::new(Heard::default());
        store.start(Arc::clone(&events) as Arc<dyn EngineEvents>);
        let senders = (0..20).map(|sender| {
            let heard = &events;
            async move {
                let channel = ["c", "d"][sender % 2];
                let mut last = String::new();
                for _ in 0..10 {
                    let entry = store.submit(channel, publish("n", 1)).await.unwrap();
                    assert!(entry.channel_serial > last);
                    last.clone_from(&entry.channel_serial);
                    let told = (channel.to_owned(), last.clone());
                    assert!(heard.0.lock().contains(&told), "before its caller");
                }
            }
        });
        futures_util::future::join_all(senders).await;
        let all = std::mem::take(&mut *events.0.lock());
        assert_eq!(all.len(), 200);
        for channel in ["c", "d"] {
            let told: Vec<&String> = all
                .iter()
                .filter(|(name, _)| name == channel)
                .map(|(_, serial)| serial)
                .collect();
            assert!(told.is_sorted_by(|a, b| a < b));
            let kept = store.history(channel, query()).await.unwrap();
            assert_eq!(kept.items.len(), told.len());
        }
    })
    .await;
}

#[tokio::test]
async fn members_and_their_history_are_kept_up_to_the_limit() {
    // One story, told in one go.
    each(async |store: &dyn AppEngine| {
        let act = |action, client_id: &str, data: Option<&str>| {
            let message = PresenceMessage {
                action: Some(action),
                client_id: Some(client_id.to_owned()),
                data: data.map(|data| Data::Text(data.to_owned())),
                ..PresenceMessage::default()
            };
            ChannelCommand {
                connection_id: Some("conn".to_owned()),
                ..operation(CommandKind::Presence(vec![message]))
            }
        };
        for (action, client_id, data) in [
            (PresenceAction::Enter, "a", Some("1")),
            (PresenceAction::Enter, "b", Some("1")),
            (PresenceAction::Update, "a", Some("2")),
            (PresenceAction::Leave, "b", None),
        ] {
            store
                .submit("c", act(action, client_id, data))
                .await
                .unwrap();
        }
        let members = store.members("c").await.unwrap();
        let told: Vec<_> = members
            .iter()
            .map(|member| (member.client_id.as_deref().unwrap(), member.data.clone()))
            .collect();
        assert_eq!(told, [("a", Some(Data::Text("2".to_owned())))]);
        assert_eq!(store.snapshot("c").await.unwrap().members, members);
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = PageQuery {
                limit: 3,
                after,
                ..query()
            };
            let page = store.presence_history("c", page).await.unwrap();
            seen.extend(page.items.into_iter().map(|item| item.action.unwrap()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected = [
            PresenceAction::Leave,
            PresenceAction::Update,
            PresenceAction::Enter,
            PresenceAction::Enter,
        ];
        assert_eq!(seen, expected);
        let leave = ChannelCommand {
            connection_id: Some("conn".to_owned()),
            ..operation(CommandKind::Leave {
                client_ids: vec!["a".to_owned(), "nobody".to_owned()],
            })
        };
        let left = store.submit("c", leave).await.unwrap();
        assert_eq!(left.frames.len(), 1);
        assert!(store.members("c").await.unwrap().is_empty());
        let crowd: Vec<PresenceMessage> = (0..201)
            .map(|n| PresenceMessage {
                action: Some(PresenceAction::Enter),
                client_id: Some(n.to_string()),
                ..PresenceMessage::default()
            })
            .collect();
        let refused = store
            .submit("c", operation(CommandKind::Presence(crowd)))
            .await;
        assert_eq!(refused.unwrap_err().code, 91003);
        assert!(store.members("c").await.unwrap().is_empty());
    })
    .await;
}

/// The events of an app: each with its channel and a position, a reset with its head.
#[derive(Default)]
pub(super) struct Heard(pub(super) Mutex<Vec<(String, String)>>);

impl Heard {
    fn note(&self, channel: &str, what: String) {
        self.0.lock().push((channel.to_owned(), what));
    }
}

impl EngineEvents for Heard {
    fn committed(&self, channel: &str, entry: &Arc<Entry>) {
        self.note(channel, entry.channel_serial.clone());
    }

    fn ephemeral(&self, channel: &str, message: Ephemeral) {
        self.note(channel, message.id);
    }

    fn occupancy(&self, channel: &str, totals: &ChannelOccupancy) {
        self.note(channel, format!("occupancy {}", totals.connections));
    }

    fn reset(&self, channel: &str, now: Snapshot) {
        self.note(channel, format!("reset {}", now.head));
    }

    fn revoked(&self, revocation: &Revocation) {
        self.note("", format!("revoked {}", revocation.target));
    }
}

fn at(millis: i64, command: ChannelCommand, about: Option<usize>) -> SeedStep {
    SeedStep {
        command,
        at: Timestamp(millis),
        about,
    }
}

fn member(client_id: &str) -> ChannelCommand {
    ChannelCommand {
        connection_id: Some("seed".to_owned()),
        ..operation(CommandKind::Presence(vec![PresenceMessage {
            action: Some(PresenceAction::Enter),
            client_id: Some(client_id.to_owned()),
            ..PresenceMessage::default()
        }]))
    }
}

#[tokio::test]
async fn reset_channel_is_its_seed_and_positions_rise() {
    // One story, told in one go.
    const THEN: i64 = 1_699_999_000_000;
    each(async |store: &dyn AppEngine| {
        let sent = store.submit("c", publish("old", 2)).await.unwrap();
        store.submit("c", member("gone")).await.unwrap();
        let repeated = ChannelCommand {
            repeat_key: Some("key".to_owned()),
            ..publish("again", 1)
        };
        store.submit("c", repeated.clone()).await.unwrap();
        let before = store.snapshot("c").await.unwrap().head;
        let reaction = Annotation {
            action: Some(0),
            kind: Some("reaction:distinct.v1".to_owned()),
            name: Some("+1".to_owned()),
            client_id: Some("somebody".to_owned()),
            ..Annotation::default()
        };
        let steps = vec![
            at(THEN, publish("first", 1), None),
            at(
                THEN,
                operation(CommandKind::Annotate(vec![reaction])),
                Some(0),
            ),
            at(THEN + 1000, publish("second", 1), None),
            at(THEN + 2000, member("seeded"), None),
        ];
        store.reset_to("c", steps.into()).await.unwrap();

        let page = store.history("c", query()).await.unwrap();
        assert_eq!(names(&page), ["second", "first"]);
        assert_eq!(page.items[1].timestamp, Some(THEN));
        let summary = &page.items[1].annotations.as_ref().unwrap().summary.0;
        assert_eq!(summary["reaction:distinct.v1"]["+1"]["total"], 1);
        let members = store.members("c").await.unwrap();
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].client_id.as_deref(), Some("seeded"));
        let old = sent.serials[0].as_deref().unwrap();
        assert!(store.message("c", old).await.unwrap().is_none());
        let snapshot = store.snapshot("c").await.unwrap();
        assert!(snapshot.head > before, "{} {before}", snapshot.head);
        assert!(
            store
                .entries_after("c", &before, usize::MAX)
                .await
                .unwrap()
                .is_none(),
            "a position from before is not this channel's"
        );
        // What was done before is not known, and what is done now stands behind.
        let new = store.submit("c", repeated).await.unwrap();
        assert!(new.channel_serial > snapshot.head);
        let missed = store
            .entries_after("c", &snapshot.head, usize::MAX)
            .await
            .unwrap();
        assert_eq!(missed.unwrap().len(), 1);
        let page = store.history("c", query()).await.unwrap();
        assert_eq!(names(&page), ["again", "second", "first"]);

        store.reset_to("c", ChannelSeed::default()).await.unwrap();
        assert!(store.history("c", query()).await.unwrap().items.is_empty());
        assert!(store.members("c").await.unwrap().is_empty());
        let emptied = store.snapshot("c").await.unwrap().head;
        assert!(emptied > new.channel_serial);
        assert!(
            store
                .entries_after("c", &snapshot.head, usize::MAX)
                .await
                .unwrap()
                .is_none()
        );
    })
    .await;
}

/// Returns a channel with something of everything: its name is `c`, and there is another one, `d`.
async fn fill_channels(store: &dyn AppEngine) {
    let bytes = Message {
        data: Some(Data::Binary(vec![0, 255].into())),
        ..Message::default()
    };
    let bytes = CommandKind::Publish {
        messages: vec![bytes],
        is_ephemeral: false,
    };
    store.submit("d", operation(bytes)).await.unwrap();
    let sent = store.submit("c", publish("sent", 2)).await.unwrap();
    let serial = sent.serials[1].clone().unwrap();
    for (action, data) in [
        (MessageAction::Update, Some("e")),
        (MessageAction::Append, Some("f")),
        (MessageAction::Delete, None),
    ] {
        let change = CommandKind::Change(Box::new(Change {
            serial: serial.clone(),
            action,
            content: Message {
                data: data.map(|data| Data::Text(data.to_owned())),
                ..Message::default()
            },
            replaces: false,
            user_claim: None,
            version: Version {
                client_id: Some("actor".to_owned()),
                description: Some("why".to_owned()),
                ..Version::default()
            },
        }));
        store.submit("c", operation(change)).await.unwrap();
    }
    for (action, name) in [(0, "a"), (0, "b"), (1, "a")] {
        let annotation = Annotation {
            action: Some(action),
            message_serial: Some(serial.clone()),
            kind: Some("reaction:distinct.v1".to_owned()),
            name: Some(name.to_owned()),
            client_id: Some("somebody".to_owned()),
            ..Annotation::default()
        };
        let annotate = CommandKind::Annotate(vec![annotation]);
        store.submit("c", operation(annotate)).await.unwrap();
    }
    for connection in ["one", "two"] {
        let enter = ChannelCommand {
            connection_id: Some(connection.to_owned()),
            id: format!("{connection}:0"),
            ..member("ann")
        };
        store.submit("c", enter).await.unwrap();
    }
    store.submit("c", publish("last", 1)).await.unwrap();
}

/// Returns all that can be asked of a channel.
async fn all_of(store: &dyn AppEngine, channel: &str) -> String {
    let history = store.history(channel, query()).await.unwrap().items;
    let mut all = vec![format!("{history:#?}")];
    for message in &history {
        let serial = message.serial.as_deref().unwrap();
        let versions = store
            .versions(channel, serial, PageQuery::all())
            .await
            .unwrap()
            .items;
        let annotations = store
            .annotations(channel, serial, PageQuery::all())
            .await
            .unwrap()
            .items;
        let own = store.reactions_of(channel, serial, "somebody").await;
        all.push(format!("{versions:#?}{annotations:#?}{own:?}"));
    }
    let presence = store.presence_history(channel, query()).await.unwrap();
    all.push(format!("{:#?}", presence.items));
    all.concat()
}

#[tokio::test]
async fn imported_dump_is_the_same_after_each_reset() {
    // One story, told in one go.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("elsewhere.db");
    let elsewhere = open(&path);
    fill_channels(elsewhere.as_ref()).await;
    let scratch = tempfile::tempdir().unwrap();
    let apps = Storage::read(&path, scratch.path()).unwrap();
    assert_eq!(apps.len(), 1);
    let [c, d] = &apps[0].channels[..] else {
        panic!("{apps:?}");
    };
    // It may travel.
    let text = serde_json::to_string(c).unwrap();
    let travelled: ChannelDump = serde_json::from_str(&text).unwrap();
    assert_eq!(&travelled, c);
    c.check(Timestamp(1_700_000_000_000)).unwrap();
    each(async |store: &dyn AppEngine| {
        let mut heads: Vec<String> = Vec::new();
        for round in 0..3 {
            for past in [&travelled, d] {
                let to_seed = past.to_seed().unwrap();
                store.reset_to(&past.name, to_seed).await.unwrap();
            }
            for channel in ["c", "d"] {
                let (here, there) = (
                    all_of(store, channel).await,
                    all_of(elsewhere.as_ref(), channel).await,
                );
                assert_eq!(here, there, "round {round}");
            }
            let members = store.members("c").await.unwrap();
            let connections: Vec<_> = members
                .iter()
                .map(|member| member.connection_id.as_deref().unwrap())
                .collect();
            // A set has the order of its keys.
            assert_eq!(connections, ["seed-1", "seed"]);
            let ids = |members: &[PresenceMessage]| {
                let ids = members.iter();
                let mut ids: Vec<_> = ids
                    .map(|member| (member.id.clone().unwrap(), member.timestamp))
                    .collect();
                ids.sort();
                ids
            };
            assert_eq!(ids(&members), ids(&elsewhere.members("c").await.unwrap()));

            // Positions rise and are of a new series each time; those of elsewhere are none here.
            let head = store.snapshot("c").await.unwrap().head;
            for earlier in &heads {
                assert!(*earlier < head);
                assert_eq!(missed_since(store, earlier).await, None);
            }
            let theirs = elsewhere.snapshot("c").await.unwrap().head;
            assert!(theirs < head, "{theirs} {head}");
            assert_eq!(missed_since(store, &theirs).await, None);
            assert_eq!(missed_since(store, &head).await, Some(0));

            // What is done from here on stands behind, and goes on with what is there.
            let old = c.entries[0].frames[0].messages.as_ref().unwrap()[1]
                .serial
                .clone()
                .unwrap();
            let reaction = Annotation {
                message_serial: Some(old.clone()),
                kind: Some("reaction:distinct.v1".to_owned()),
                name: Some("b".to_owned()),
                client_id: Some("another".to_owned()),
                ..Annotation::default()
            };
            let annotate = CommandKind::Annotate(vec![reaction]);
            let done = store.submit("c", operation(annotate)).await.unwrap();
            assert!(done.channel_serial > head);
            let message = store.message("c", &old).await.unwrap().unwrap();
            let summary = message.annotations.unwrap().summary.0;
            assert_eq!(summary["reaction:distinct.v1"]["b"]["total"], 2);
            assert_eq!(missed_since(store, &head).await, Some(1));
            heads.push(done.channel_serial.clone());
        }
    })
    .await;
}

/// How many entries came after a position, if that can be told.
async fn missed_since(store: &dyn AppEngine, position: &str) -> Option<usize> {
    let entries = store
        .entries_after("c", position, usize::MAX)
        .await
        .unwrap();
    entries.map(|entries| entries.len())
}

#[tokio::test]
async fn failed_reset_changes_nothing() {
    each(async |store: &dyn AppEngine| {
        store.submit("c", publish("kept", 1)).await.unwrap();
        let before = store.snapshot("c").await.unwrap().head;
        let mut steps = vec![at(1_600_000_000_000, publish("steps", 1), None)];
        for number in 0..201 {
            steps.push(at(1_600_000_000_000, member(&format!("m{number}")), None));
        }
        let error = store.reset_to("c", steps.into()).await.unwrap_err();
        assert_eq!(error.code, 91003);
        let page = store.history("c", query()).await.unwrap();
        assert_eq!(names(&page), ["kept"]);
        assert_eq!(store.snapshot("c").await.unwrap().head, before);
        let missed = store.entries_after("c", &before, usize::MAX).await.unwrap();
        assert_eq!(missed.map(|entries| entries.len()), Some(0));
        assert!(store.members("c").await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn channels_are_those_with_entries() {
    each(async |store: &dyn AppEngine| {
        store.snapshot("looked at").await.unwrap();
        store.submit("a", publish("x", 1)).await.unwrap();
        store.submit("b", member("m")).await.unwrap();
        let mut names = store.channels().await.unwrap();
        names.sort();
        assert_eq!(names, ["a", "b"]);
        store.reset_to("a", ChannelSeed::default()).await.unwrap();
        assert_eq!(store.channels().await.unwrap(), ["b"]);
    })
    .await;
}

#[tokio::test]
async fn nonce_is_claimed_once() {
    each_engine(async |engine: &dyn Engine, _| {
        let nonce = |key: &str, time: i64| Nonce {
            key_name: key.to_owned(),
            timestamp: Timestamp(NOW.0 + time),
            nonce: "1234567890123456".to_owned(),
            until: Timestamp(NOW.0 + time + 120_000),
        };
        let claim = async |nonce| engine.claim_nonce(nonce).await.unwrap();
        assert!(claim(nonce("a.b", 0)).await);
        assert!(!claim(nonce("a.b", 0)).await);
        assert!(claim(nonce("a.c", 0)).await, "of another key");
        assert!(claim(nonce("a.b", 1)).await, "of another time");
        assert!(!claim(nonce("a.b", 1)).await);
    })
    .await;
}

#[tokio::test]
async fn secret_stays_and_connections_of_others_are_unknown() {
    each_engine(async |engine: &dyn Engine, _| {
        let secret = engine.secret().await.unwrap();
        assert_eq!(engine.secret().await.unwrap(), secret);
        assert!(!engine.claim_connection("elsewhere").await.unwrap());
        assert_eq!(*engine.health().borrow(), Health::Up);
        assert_eq!(engine.now(), NOW);
    })
    .await;
}

#[tokio::test]
async fn provisioned_apps_are_in_the_directory_until_they_are_removed() {
    let memory = MemoryEngine::new(Arc::new(FixedClock(NOW)), Random::seeded(1), MAX_MEMORY);
    let folder = tempfile::tempdir().unwrap();
    let sqlite = open_engine(&folder.path().join("a.db"));
    let engines: [&dyn Engine; 2] = [&memory, &sqlite];
    for engine in engines {
        let directory = engine.directory();
        assert_eq!(directory.find("x").await.unwrap(), None);
        assert!(directory.insert_if_absent("x", NOW).await.unwrap());
        assert!(!directory.insert_if_absent("x", NOW).await.unwrap());
        let later = Timestamp(NOW.0 + 5);
        directory.touch("x", later);
        directory.touch("y", later);
        assert_eq!(directory.find("x").await.unwrap(), Some(later));
        assert_eq!(directory.find("y").await.unwrap(), None);
        let rules = ChannelRules {
            max_members: 1,
            ..ChannelRules::default()
        };
        let app = engine.app("x", rules).await.unwrap();
        app.submit("c", publish("kept", 1)).await.unwrap();
        let same = engine.app("x", rules).await.unwrap();
        assert_eq!(same.channels().await.unwrap(), ["c"]);
        directory.remove("x").await.unwrap();
        assert!(directory.insert_if_absent("x", NOW).await.unwrap());
        let new = engine.app("x", rules).await.unwrap();
        assert!(new.channels().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn items_are_kept_in_their_order_until_their_app_is_removed() {
    let memory = MemoryEngine::new(Arc::new(FixedClock(NOW)), Random::seeded(1), MAX_MEMORY);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let sqlite = open_engine(&path);
    let engines: [&dyn Engine; 2] = [&memory, &sqlite];
    let item = |app: &str, kind, name: &str, body: &str| DirectoryItem {
        app: app.to_owned(),
        kind,
        name: name.to_owned(),
        body: body.to_owned(),
    };
    let kept = [
        item("x", ItemKind::App, "x", "1"),
        item("x", ItemKind::Key, "a", "4"),
        item("y", ItemKind::Rule, "a", "3"),
    ];
    for engine in engines {
        let directory = engine.directory();
        for (kind, name, body) in [
            (ItemKind::App, "x", "1"),
            (ItemKind::Key, "a", "2"),
            (ItemKind::Namespace, "gone", ""),
        ] {
            directory
                .keep_item(item("x", kind, name, body))
                .await
                .unwrap();
        }
        directory.keep_item(kept[2].clone()).await.unwrap();
        directory.keep_item(kept[1].clone()).await.unwrap();
        directory
            .remove_item("x", ItemKind::Namespace, "gone")
            .await
            .unwrap();
        assert_eq!(directory.items().await.unwrap(), kept);
        let app = engine.app("x", ChannelRules::default()).await.unwrap();
        app.submit("c", publish("kept", 1)).await.unwrap();
    }
    sqlite.close().await.unwrap();
    let sqlite = open_engine(&path);
    assert_eq!(sqlite.directory().items().await.unwrap(), kept);
    let engines: [&dyn Engine; 2] = [&memory, &sqlite];
    for engine in engines {
        let rules = ChannelRules::default();
        let app = engine.app("x", rules).await.unwrap();
        assert_eq!(app.channels().await.unwrap(), ["c"]);
        engine.directory().remove("x").await.unwrap();
        assert_eq!(engine.directory().items().await.unwrap(), kept[2..]);
        let app = engine.app("x", rules).await.unwrap();
        assert!(app.channels().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_removed_app_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = open_engine(&folder.path().join("a.db"));
    let rules = ChannelRules::default();
    let removed = sqlite.app("x", rules).await.unwrap();
    removed.submit("c", publish("kept", 1)).await.unwrap();
    sqlite.directory().remove("x").await.unwrap();
    let late = removed.submit("c", publish("late", 1)).await;
    assert_eq!(late.unwrap_err().code, 40400);
    let new = sqlite.app("x", rules).await.unwrap();
    assert!(new.channels().await.unwrap().is_empty());
}

#[tokio::test]
async fn following_tells_each_entry_after_its_position_once() {
    each(async |store: &dyn AppEngine| {
        let events = Arc::new(Heard::default());
        store.start(Arc::clone(&events) as Arc<dyn EngineEvents>);
        store.submit("c", publish("before", 1)).await.unwrap();
        let position = store.follow("c").await.unwrap();
        assert_eq!(position, store.snapshot("c").await.unwrap().head);
        let senders = (0..4).map(|_| async {
            for _ in 0..5 {
                store.submit("c", publish("n", 1)).await.unwrap();
            }
        });
        futures_util::future::join_all(senders).await;
        let head = store.snapshot("c").await.unwrap().head;
        store.caught_up_to("c", &head).await.unwrap();
        let told = std::mem::take(&mut *events.0.lock());
        let told: Vec<&String> = told
            .iter()
            .map(|(_, serial)| serial)
            .filter(|serial| **serial > position)
            .collect();
        let kept = store
            .entries_after("c", &position, usize::MAX)
            .await
            .unwrap()
            .unwrap();
        let kept: Vec<&String> = kept.iter().map(|entry| &entry.channel_serial).collect();
        assert_eq!((told.len(), told), (20, kept));
        store.unfollow("c");
        let again = store.follow("c").await.unwrap();
        assert_eq!(again, head);
    })
    .await;
}

#[tokio::test]
async fn occupancy_is_the_reports_and_the_members() {
    let engines: [Arc<dyn AppEngine>; 2] = {
        let folder = tempfile::tempdir().unwrap();
        let memory = MemoryEngine::new(Arc::new(FixedClock(NOW)), Random::seeded(1), MAX_MEMORY);
        [
            memory.app("app", ChannelRules::default()).await.unwrap(),
            open(&folder.path().join("a.db")),
        ]
    };
    for store in engines {
        let events = Arc::new(Heard::default());
        store.start(Arc::clone(&events) as Arc<dyn EngineEvents>);
        let totals = async || {
            let totals = store.totals("c").await.unwrap();
            (totals.connections, totals.presence_members)
        };
        assert_eq!(totals().await, (0, 0));
        store.submit("c", member("m")).await.unwrap();
        for connections in [2, 3, 3, 0, 0] {
            let here = ChannelOccupancy {
                connections,
                ..ChannelOccupancy::default()
            };
            let reported = store.report_occupancy("c", &here);
            assert_eq!(totals().await, (connections, 1), "from the call on");
            reported.await.unwrap();
        }
        let all = std::mem::take(&mut *events.0.lock());
        let told: Vec<&str> = all[1..].iter().map(|(_, told)| told.as_str()).collect();
        assert_eq!(told, ["occupancy 2", "occupancy 3", "occupancy 0"]);
    }
}

#[tokio::test]
async fn revocations_are_kept_and_told() {
    each(async |store: &dyn AppEngine| {
        let events = Arc::new(Heard::default());
        store.start(Arc::clone(&events) as Arc<dyn EngineEvents>);
        for target in ["clientId:a", "channel:b"] {
            let revocation = Revocation {
                key_name: "a.b".to_owned(),
                target: RevocationTarget::parse(target).unwrap(),
                issued_before: NOW,
                applies_at: NOW,
            };
            store.revoke(revocation).await.unwrap();
        }
        let kept = store.revocations().await.unwrap();
        let kept: Vec<String> = kept.iter().map(|kept| kept.target.to_string()).collect();
        assert_eq!(kept, ["clientId:a", "channel:b"]);
        let all = std::mem::take(&mut *events.0.lock());
        let told: Vec<&str> = all.iter().map(|(_, told)| told.as_str()).collect();
        assert_eq!(told, ["revoked clientId:a", "revoked channel:b"]);
    })
    .await;
}

#[tokio::test]
async fn resets_are_told_in_order_with_the_entries() {
    each(async |store: &dyn AppEngine| {
        let events = Arc::new(Heard::default());
        store.start(Arc::clone(&events) as Arc<dyn EngineEvents>);
        let first = store.submit("c", publish("a", 1)).await.unwrap();
        let steps = vec![at(1_600_000_000_000, publish("steps", 1), None)];
        store.reset_to("c", steps.into()).await.unwrap();
        let head = store.snapshot("c").await.unwrap().head;
        let last = store.submit("c", publish("b", 1)).await.unwrap();
        let all = std::mem::take(&mut *events.0.lock());
        let told: Vec<&str> = all.iter().map(|(_, told)| told.as_str()).collect();
        let reset = format!("reset {head}");
        assert_eq!(
            told,
            [&*first.channel_serial, &*reset, &*last.channel_serial],
            "what is steps is not told"
        );
    })
    .await;
}

/// Returns an annotation of a message.
fn annotation(serial: &str, kind: &str, name: &str, client_id: &str, action: u8) -> Annotation {
    Annotation {
        action: Some(action),
        message_serial: Some(serial.to_owned()),
        kind: Some(format!("reaction:{kind}.v1")),
        name: Some(name.to_owned()),
        client_id: Some(client_id.to_owned()),
        ..Annotation::default()
    }
}

#[tokio::test]
async fn clipped_summary_lists_the_first_and_has_exact_totals_on_every_engine() {
    // One story, told in one go.
    let told: Mutex<Vec<String>> = Mutex::default();
    each(async |store: &dyn AppEngine| {
        let serial = store.submit("c", publish("n", 1)).await.unwrap().serials[0]
            .clone()
            .unwrap();
        let annotate = async |annotations: Vec<Annotation>| {
            let command = operation(CommandKind::Annotate(annotations));
            store.submit("c", command).await
        };
        for hundred in 0..6 {
            let clients = (0..100).map(|n| {
                let client = format!("client-{:03}", 100 * hundred + n);
                annotation(&serial, "distinct", "x", &client, 0)
            });
            annotate(clients.collect()).await.unwrap();
        }
        let summary = async || {
            let message = store.message("c", &serial).await.unwrap().unwrap();
            message.annotations.unwrap().summary.0
        };
        let all = summary().await;
        let x = &all["reaction:distinct.v1"]["x"];
        assert_eq!((&x["total"], &x["clipped"]), (&json!(600), &json!(true)));
        assert_eq!(x["clientIds"].as_array().unwrap().len(), 500);
        // The first of those that are not listed take the places of those that go.
        let gone = ["client-000", "client-550", "client-001"];
        let gone = gone.map(|client| annotation(&serial, "distinct", "x", client, 1));
        let entry = annotate(gone.to_vec()).await.unwrap();
        let sent = &entry.frames[1].messages.as_ref().unwrap()[0];
        let sent = &sent.annotations.as_ref().unwrap().summary.0;
        assert_eq!(*sent, summary().await);
        let x = &sent["reaction:distinct.v1"]["x"];
        assert_eq!(x["total"], 597);
        let listed = x["clientIds"].as_array().unwrap();
        assert_eq!(listed[..1], [json!("client-002")]);
        assert_eq!(listed[498..], [json!("client-500"), json!("client-501")]);
        let own = store
            .reactions_of("c", &serial, "client-599")
            .await
            .unwrap();
        let own = &own.unwrap()["reaction:distinct.v1"]["x"];
        assert_eq!(
            *own,
            json!({"total": 597, "clipped": true, "clientIds": ["client-599"]})
        );
        // Names have an end, and a refused publish changes nothing.
        let names = (0..99).map(|n| annotation(&serial, "distinct", &n.to_string(), "a", 0));
        annotate(names.collect()).await.unwrap();
        let before = summary().await;
        let both = [
            annotation(&serial, "distinct", "x", "another", 0),
            annotation(&serial, "distinct", "further", "another", 0),
        ];
        assert_eq!(annotate(both.to_vec()).await.unwrap_err().code, 40003);
        assert_eq!(summary().await, before);
        told.lock().push(format!("{before:#?}"));
    })
    .await;
    let told = told.into_inner();
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn missed_annotations_are_told_with_one_summary_a_message_as_it_is_now() {
    each(async |store: &dyn AppEngine| {
        let sent = store.submit("c", publish("n", 2)).await.unwrap();
        let serials: Vec<String> = sent.serials.iter().flatten().cloned().collect();
        let mut live = Vec::new();
        for (about, name) in [(0, "a"), (1, "b"), (0, "c"), (0, "c")] {
            let annotation = annotation(&serials[about], "distinct", name, "x", 0);
            let command = operation(CommandKind::Annotate(vec![annotation]));
            live.push(store.submit("c", command).await.unwrap());
        }
        let shape = |entries: &[Arc<Entry>]| -> Vec<Vec<bool>> {
            let frames = entries.iter().map(|entry| &entry.frames);
            frames
                .map(|frames| {
                    let positions = frames.iter().map(|frame| frame.channel_serial.is_some());
                    positions.collect()
                })
                .collect()
        };
        let (with, without) = (vec![false, true], vec![true]);
        assert_eq!(shape(&live), [&with[..], &with, &with, &without]);
        let missed = async |position: &str, size: usize| {
            let missed = store.entries_after("c", position, size).await;
            missed.unwrap().unwrap()
        };
        let all = missed(&sent.channel_serial, usize::MAX).await;
        assert_eq!(shape(&all), [&without[..], &with, &with, &without]);
        for entry in &all {
            let last = entry.frames.last().unwrap();
            assert_eq!(last.channel_serial.as_ref(), Some(&entry.channel_serial));
        }
        let summaries = all[2].frames[1].messages.as_ref().unwrap();
        assert_eq!(summaries.len(), 1);
        let live = live[2].frames[1].messages.as_ref().unwrap();
        assert_eq!(summaries[0], live[0]);
        // Each piece by itself.
        let first = missed(&sent.channel_serial, 1).await;
        assert_eq!(shape(&first), [with]);
        let summary = &first[0].frames[1].messages.as_ref().unwrap()[0];
        assert_eq!(*summary, live[0], "as it is now");
    })
    .await;
}

#[tokio::test]
async fn pages_are_bounded_by_bytes_and_meet() {
    each(async |store: &dyn AppEngine| {
        for n in 0..40 {
            store.submit("c", publish(&n.to_string(), 1)).await.unwrap();
            store.submit("c", member(&n.to_string())).await.unwrap();
        }
        for size in [0, 1000, usize::MAX] {
            for forwards in [true, false] {
                let (mut seen, mut present, mut pages) = (Vec::new(), 0, 0);
                let mut query = PageQuery {
                    forwards,
                    size,
                    ..query()
                };
                loop {
                    let page = store.history("c", query.clone()).await.unwrap();
                    seen.extend(names(&page).iter().map(ToString::to_string));
                    pages += 1;
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
                loop {
                    let page = store.presence_history("c", query.clone()).await.unwrap();
                    present += page.items.len();
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
                let mut expected: Vec<String> = (0..40).map(|n: i32| n.to_string()).collect();
                if !forwards {
                    expected.reverse();
                }
                assert_eq!((seen, present), (expected, 40));
                assert!(if size == usize::MAX {
                    pages == 1
                } else {
                    pages > 5
                });
            }
        }
    })
    .await;
}

#[tokio::test]
async fn versions_and_annotations_of_a_message_come_in_pages_that_meet() {
    each(async |store: &dyn AppEngine| {
        let serial = store.submit("c", publish("n", 1)).await.unwrap().serials[0]
            .clone()
            .unwrap();
        for n in 0..9 {
            let change = Change::of_message(Message {
                serial: Some(serial.clone()),
                action: Some(MessageAction::Update),
                data: Some(Data::Text(n.to_string())),
                ..Message::default()
            });
            let change = operation(CommandKind::Change(Box::new(change)));
            store.submit("c", change).await.unwrap();
            let pair = ["a", "b"].map(|name| annotation(&serial, "multiple", name, "x", 0));
            let annotate = operation(CommandKind::Annotate(pair.to_vec()));
            store.submit("c", annotate).await.unwrap();
        }
        let all = PageQuery::all;
        let versions = store.versions("c", &serial, all()).await.unwrap().items;
        let annotations = store.annotations("c", &serial, all()).await.unwrap();
        let annotations = annotations.items;
        assert_eq!((versions.len(), annotations.len()), (10, 18));
        for (limit, size) in [(1, usize::MAX), (4, usize::MAX), (10, usize::MAX), (18, 0)] {
            for forwards in [true, false] {
                let (mut seen, mut told) = (Vec::new(), Vec::new());
                let mut query = PageQuery {
                    forwards,
                    limit,
                    size,
                    ..all()
                };
                loop {
                    let page = store.versions("c", &serial, query.clone()).await.unwrap();
                    assert!((1..=limit).contains(&page.items.len()));
                    seen.extend(page.items);
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
                loop {
                    let page = store.annotations("c", &serial, query.clone());
                    let page = page.await.unwrap();
                    assert!((1..=limit).contains(&page.items.len()));
                    told.extend(page.items);
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
                if !forwards {
                    seen.reverse();
                    told.reverse();
                }
                assert_eq!((&seen, &told), (&versions, &annotations));
            }
        }
        let unknown = store.versions("c", "x", all()).await.unwrap();
        assert!(unknown.items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn appends_keep_what_they_add_and_are_read_whole() {
    const APPENDS: usize = 250;
    const LENGTH: usize = 20_000;
    each(async |store: &dyn AppEngine| {
        let mut create = publish("n", 1);
        if let CommandKind::Publish { messages, .. } = &mut create.kind {
            messages[0].data = Some(Data::Text("x".repeat(LENGTH)));
        }
        let created = store.submit("c", create).await.unwrap();
        let serial = created.serials[0].clone().unwrap();
        for _ in 0..APPENDS {
            let change = Change::of_message(Message {
                serial: Some(serial.clone()),
                action: Some(MessageAction::Append),
                data: Some(Data::Text("y".to_owned())),
                ..Message::default()
            });
            let change = operation(CommandKind::Change(Box::new(change)));
            store.submit("c", change).await.unwrap();
        }
        let size = store.census().await.unwrap().size;
        assert!(size < 100 * LENGTH, "{size}");
        for forwards in [true, false] {
            for (limit, size) in [(7, usize::MAX), (1000, 30 * LENGTH), (1000, usize::MAX)] {
                let (mut lengths, mut serials) = (Vec::new(), Vec::new());
                let mut query = PageQuery {
                    forwards,
                    limit,
                    size,
                    ..PageQuery::all()
                };
                loop {
                    let page = store.versions("c", &serial, query.clone()).await.unwrap();
                    assert!(page.items.len() <= limit.min(size / LENGTH + 1));
                    for version in page.items {
                        let Some(Data::Text(text)) = &version.data else {
                            panic!("{version:?}");
                        };
                        assert_eq!(version.name.as_deref(), Some("n"));
                        assert!(text[LENGTH..].bytes().all(|byte| byte == b'y'));
                        lengths.push(text.len());
                        serials.push(version.version.unwrap().serial.unwrap());
                    }
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
                if !forwards {
                    lengths.reverse();
                    serials.reverse();
                }
                let expected: Vec<usize> = (LENGTH..=LENGTH + APPENDS).collect();
                assert_eq!(lengths, expected);
                assert!(serials.is_sorted());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_publish_changes_bounded_summaries() {
    let engine = MemoryEngine::new(Arc::new(FixedClock(NOW)), Random::seeded(1), MAX_MEMORY);
    let rules = ChannelRules {
        summaries_size: 1000,
        ..ChannelRules::default()
    };
    let store = engine.app("app", rules).await.unwrap();
    let mut annotations = Vec::new();
    for _ in 0..4 {
        let entry = store.submit("c", publish("n", 1)).await.unwrap();
        let serial = entry.serials[0].as_deref().unwrap();
        annotations.push(annotation(serial, "distinct", &"x".repeat(100), "a", 0));
    }
    let annotate = async |annotations: &[Annotation]| {
        let command = operation(CommandKind::Annotate(annotations.to_vec()));
        store.submit("c", command).await
    };
    for one in annotations.chunks(1) {
        annotate(one).await.unwrap();
    }
    assert_eq!(annotate(&annotations).await.unwrap_err().code, 40009);
    annotate(&annotations[..1]).await.unwrap();
}
