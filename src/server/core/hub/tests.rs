//! Deliveries of a hub over an engine in memory.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use parking_lot::Mutex;
use tokio_util::task::TaskTracker;

use super::{AttachRequest, Granted, Hub, Subscriber};
use crate::chat_core::clock::{Clock, FixedClock, Timestamp};
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{ChannelModes, Format, Message, ProtocolMessage};
use crate::chat_core::random::Random;
use crate::server::core::deadlines::Deadlines;
use crate::server::core::events::Events;
use crate::server::core::frame::SharedFrame;
use crate::server::core::plan::PlanLimits;
use crate::server::engine::{ChannelCommand, ChannelRules, CommandKind, Storage};

/// The longest time that a test waits for what must come.
const TIMEOUT: Duration = Duration::from_secs(20);

async fn hub() -> Arc<Hub> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(Timestamp(1_700_000_000_000)));
    let engine = Storage::memory(None).engine(&clock, &Random::seeded(1));
    let app = engine.app("app", ChannelRules::default()).await.unwrap();
    let deadlines = Arc::new(Deadlines::new(Arc::clone(&clock), TaskTracker::new()));
    let events = Events::new(Vec::new(), clock);
    let interest = Arc::default();
    let outside = (&deadlines, &events, &interest);
    Hub::new(
        &engine,
        &app,
        Box::new(|_| {}),
        outside,
        ("app", &PlanLimits::default()),
    )
}

fn publish(name: &str, is_ephemeral: bool) -> ChannelCommand {
    let message = Message {
        name: Some(name.to_owned()),
        ..Message::default()
    };
    ChannelCommand {
        kind: CommandKind::Publish {
            messages: vec![message],
            is_ephemeral,
        },
        id: "id".to_owned(),
        connection_id: None,
        repeat_key: None,
    }
}

fn request(channel: &str, from: Option<String>) -> AttachRequest {
    AttachRequest {
        channel: channel.to_owned(),
        granted: Granted {
            modes: ChannelModes::SUBSCRIBE,
            occupancy: None,
            params: Params::new(),
        },
        from,
        is_late: false,
        rewind: None,
    }
}

/// A subscriber that notes what it gets, and waits in its backlog until it is told to go on.
struct Gated {
    got: Mutex<Vec<String>>,
    entered: Sender<()>,
    gate: Mutex<Receiver<()>>,
}

impl Gated {
    fn note(&self, message: &ProtocolMessage) {
        let name = message.messages.as_ref().map_or_else(
            || format!("{:?}", message.action),
            |messages| messages[0].name.clone().unwrap_or_default(),
        );
        self.got.lock().push(name);
    }
}

impl Subscriber for Gated {
    fn number(&self) -> u64 {
        1
    }

    fn connection_id(&self) -> &'static str {
        "connection"
    }

    fn wants_echo(&self) -> bool {
        true
    }

    fn deliver(&self, frame: &SharedFrame) {
        // Two bytes of header are enough for what is sent here, or four.
        let bytes = frame.bytes(Format::Json);
        let start = bytes.iter().position(|byte| *byte == b'{').unwrap();
        self.note(&ProtocolMessage::decode(Format::Json, &bytes[start..]).unwrap());
    }

    fn send(&self, message: &ProtocolMessage) {
        self.note(message);
    }

    fn has_room(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        self.entered.send(()).unwrap();
        Box::pin(std::future::ready(
            self.gate.lock().recv_timeout(TIMEOUT).is_ok(),
        ))
    }
}

/// Runs `work` on a thread, and says whether it ends in time.
fn ends(work: impl Future<Output = ()> + Send + 'static) -> bool {
    let (done, is_done) = channel();
    std::thread::spawn(move || {
        futures_util::FutureExt::now_or_never(work).unwrap();
        done.send(()).unwrap();
    });
    is_done.recv_timeout(TIMEOUT / 4).is_ok()
}

#[tokio::test]
async fn backlog_of_one_attach_holds_no_publish() {
    let hub = hub().await;
    let from = hub.submit("a", publish("before", false)).await.unwrap();
    for name in ["missed 1", "missed 2"] {
        hub.submit("a", publish(name, false)).await.unwrap();
    }
    let (entered, has_entered) = channel();
    let (open, gate) = channel();
    let subscriber = Arc::new(Gated {
        got: Mutex::default(),
        entered,
        gate: Mutex::new(gate),
    });
    let attaching = {
        let (hub, subscriber) = (Arc::clone(&hub), Arc::clone(&subscriber));
        std::thread::spawn(move || {
            let subscriber = subscriber as Arc<dyn Subscriber>;
            let from = Some(from.channel_serial.clone());
            let attached = hub.attach(&subscriber, request("a", from));
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.unwrap().block_on(attached).unwrap();
        })
    };
    has_entered.recv_timeout(TIMEOUT).unwrap();
    // The attach is in the midst of its backlog.
    for (channel, name, is_ephemeral) in [
        ("b", "elsewhere", false),
        ("a", "live", false),
        ("a", "typing", true),
    ] {
        let hub = Arc::clone(&hub);
        let published = ends(async move {
            let command = publish(name, is_ephemeral);
            hub.submit(channel, command).await.unwrap();
        });
        assert!(published, "{name} in {channel}");
    }
    // The rest of what was missed, what came meanwhile, and at last what is not kept.
    for _ in 0..3 {
        open.send(()).unwrap();
        has_entered.recv_timeout(TIMEOUT).unwrap();
    }
    open.send(()).unwrap();
    attaching.join().unwrap();
    hub.submit("a", publish("last", false)).await.unwrap();
    let expected = ["Attached", "missed 1", "missed 2", "live", "typing", "last"];
    assert_eq!(*subscriber.got.lock(), expected);
    assert_eq!(hub.active(), ["a"]);
    hub.detach(subscriber.as_ref(), "a");
    assert!(hub.active().is_empty(), "an unused channel is dropped");
}

#[tokio::test]
async fn attachments_get_entries_past_their_own_position_only() {
    use super::channel::{Attachment, Attachments};
    let hub = hub().await;
    let (entered, _has_entered) = channel();
    let (_open, gate) = channel();
    let subscriber = Arc::new(Gated {
        got: Mutex::default(),
        entered,
        gate: Mutex::new(gate),
    });
    let mut entries = Vec::new();
    for name in ["1", "2", "3"] {
        entries.push(hub.submit("a", publish(name, false)).await.unwrap());
    }
    // The engine was read up to the second entry when it had told none.
    let mut state = Attachments::default();
    state.put(Attachment {
        subscriber: Arc::clone(&subscriber) as Arc<dyn Subscriber>,
        modes: ChannelModes::SUBSCRIBE,
        occupancy: None,
        knows_occupancy: false,
        after: Some(entries[1].channel_serial.as_str().into()),
        held: None,
    });
    for entry in &entries {
        state.deliver(entry, false);
        assert_eq!(state.head, entry.channel_serial);
    }
    assert_eq!(*subscriber.got.lock(), ["3"]);
}
