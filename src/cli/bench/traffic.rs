//! Senders and receivers in one room. Each sender has one message on its way: the next one follows once every receiver
//! has the last, so that queues stay short and times say what one message takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::latencies::Latencies;
use super::link::Link;
use super::progress;
use super::sequence::{Arrival, Delivery, Sequence, Stamp};
use super::span::{Span, SpanOptions};
use super::target::Target;
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::connection::{Event, Publication};
use crate::chat_core::client::retry::RetryPolicy;
use crate::chat_core::client::{Options, Rest, Room};
use crate::chat_core::protocol::payload::Data;
use crate::chat_core::protocol::{ChannelModes, PresenceAction, PresenceMessage};
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::process::signals::Signals;

/// The most clients that connect at once.
const CONNECTING: usize = 50;

/// The time in which a message that comes twice comes again.
const SETTLE: Duration = Duration::from_millis(200);

/// The most pairs of a sender and a receiver.
const MAX_PAIRS: usize = 1_000_000;

/// The number of locks that receivers share for their times.
const SHARDS: usize = 8;

/// The messages to send.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Messages, over REST as SDKs send them.
    Messages,
    /// Changes of members, over their connections.
    Presence,
}

/// Which time is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// From the sending to each receiver.
    Delivery,
    /// From the sending to the acknowledgement.
    Acknowledgement,
}

/// The shape of the traffic.
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) measure: Measure,
    pub(super) senders: usize,
    pub(super) receivers: usize,
    /// The least bytes of a message.
    pub(super) size: usize,
    /// Messages a second of each sender; as fast as they are received unless given.
    pub(super) rate: Option<f64>,
}

/// The outcome.
pub(super) struct Outcome {
    pub(super) warm_up: Duration,
    pub(super) measured: Duration,
    /// The messages that were sent in the time that is measured.
    pub(super) sent: u64,
    /// The messages that receivers got of those.
    pub(super) delivered: u64,
    pub(super) delivery: Delivery,
    pub(super) failure: Option<String>,
    pub(super) latencies: Latencies,
}

/// The state that all share.
struct Shared {
    shape: Shape,
    span: Arc<Span>,
    room: String,
    options: Options,
    /// By sender.
    flights: Vec<Flight>,
    latencies: [Mutex<Latencies>; SHARDS],
    delivered: AtomicU64,
    /// Why it ends early.
    failure: Mutex<Option<String>>,
    stop: CancellationToken,
    received: CancellationToken,
}

/// The message of a sender that is on its way.
#[derive(Default)]
struct Flight {
    number: AtomicU64,
    /// The receivers that it has not come to.
    left: AtomicUsize,
    landed: Notify,
}

impl Shared {
    fn fail(&self, error: &anyhow::Error) {
        self.failure
            .lock()
            .get_or_insert_with(|| format!("{error:#}"));
        self.stop.cancel();
    }

    fn record(&self, shard: usize, took: Duration) {
        self.latencies[shard % SHARDS].lock().record(took);
    }
}

impl Shape {
    /// Checks that there is memory for what of each sender has come to each receiver.
    ///
    /// # Errors
    /// Too many of both.
    pub(super) fn checked(self) -> Result<Self, Failure> {
        let pairs = self.senders.saturating_mul(self.receivers);
        if pairs <= MAX_PAIRS {
            return Ok(self);
        }
        let what = format!(
            "{} senders with {} receivers are too many: their product must be at most {MAX_PAIRS}",
            self.senders, self.receivers
        );
        Err(Failure::usage(what).hint("run several benchmarks at the same time"))
    }

    /// Runs it until its end. Returns `None` where it is interrupted.
    ///
    /// # Errors
    /// A client that can't connect.
    pub(super) fn measure(
        self,
        context: &Context,
        target: &Target,
        span: &SpanOptions,
    ) -> anyhow::Result<Option<Outcome>> {
        context.block_on_workers(async {
            let mut signals = Signals::new()?;
            tokio::select! {
                outcome = self.run(context, target, span) => outcome.map(Some),
                _ = signals.next() => Ok(None),
            }
        })
    }

    /// Connects everybody, sends for the time that is wanted, and gathers what came of it.
    ///
    /// # Errors
    /// A client that can't connect.
    async fn run(
        self,
        context: &Context,
        target: &Target,
        span: &SpanOptions,
    ) -> anyhow::Result<Outcome> {
        let (options, room) = (&target.options, target.room.as_str());
        let receiving = match self.kind {
            Kind::Messages => ChannelModes::SUBSCRIBE,
            Kind::Presence => ChannelModes::PRESENCE_SUBSCRIBE,
        };
        let receivers = connect(options, room, receiving, self.receivers).await?;
        let members = match self.kind {
            Kind::Messages => Vec::new(),
            Kind::Presence => connect(options, room, ChannelModes::PRESENCE, self.senders).await?,
        };
        let span = Arc::new(span.begin());
        let shared = Arc::new(Shared {
            flights: (0..self.senders).map(|_| Flight::default()).collect(),
            shape: self,
            span: Arc::clone(&span),
            room: room.to_owned(),
            options: options.clone(),
            latencies: std::array::from_fn(|_| Mutex::new(Latencies::new())),
            delivered: AtomicU64::new(0),
            failure: Mutex::new(None),
            stop: CancellationToken::new(),
            received: CancellationToken::new(),
        });
        let mut receiving = JoinSet::new();
        for (number, link) in receivers.into_iter().enumerate() {
            receiving.spawn(receive(Arc::clone(&shared), number, link));
        }
        let sending = send_all(&shared, members);
        let sent = tokio::select! {
            sent = sending => sent,
            () = progress::show(context, &span) => Vec::new(),
        };
        let measured = span.elapsed().saturating_sub(span.warm_up);
        tokio::time::sleep(SETTLE).await;
        shared.received.cancel();
        let sequences = receiving.join_all().await;
        Ok(Outcome {
            measured,
            ..outcome(&shared, &sent, &sequences)
        })
    }
}

/// The number of messages that each sender sent, and of those in the time that is measured.
type Sent = Vec<(u64, u64)>;

async fn send_all(shared: &Arc<Shared>, members: Vec<Link>) -> Sent {
    let mut members = members.into_iter();
    let mut sending = JoinSet::new();
    for lane in 0..shared.shape.senders {
        sending.spawn(send(Arc::clone(shared), lane, members.next()));
    }
    let mut sent = vec![(0, 0); shared.shape.senders];
    while let Some(Ok((lane, counts))) = sending.join_next().await {
        sent[lane] = counts;
    }
    sent
}

fn outcome(shared: &Shared, sent: &Sent, sequences: &[Vec<Sequence>]) -> Outcome {
    let mut delivery = Delivery::default();
    for sequences in sequences {
        for (sequence, (sent, _)) in sequences.iter().zip(sent) {
            delivery.lost += sequence.lost(*sent);
            delivery.doubled += sequence.doubled;
            delivery.reordered += sequence.reordered;
        }
    }
    let mut latencies = Latencies::new();
    for shard in &shared.latencies {
        latencies.add(&shard.lock());
    }
    Outcome {
        warm_up: shared.span.warm_up,
        measured: Duration::ZERO,
        sent: sent.iter().map(|(_, measured)| measured).sum(),
        delivered: shared.delivered.load(Ordering::Relaxed),
        delivery,
        failure: shared.failure.lock().take(),
        latencies,
    }
}

async fn connect(
    options: &Options,
    room: &str,
    modes: ChannelModes,
    count: usize,
) -> anyhow::Result<Vec<Link>> {
    stream::iter(0..count)
        .map(|_| Link::open(options, room, modes))
        .buffer_unordered(CONNECTING)
        .try_collect()
        .await
        .with_context(|| format!("can't connect {count} clients"))
}

/// Sends until the time is over. Returns the sender with its counts.
async fn send(shared: Arc<Shared>, lane: usize, member: Option<Link>) -> (usize, (u64, u64)) {
    let mut counts = (0, 0);
    let mut sender = Sender {
        shared: &shared,
        lane,
        rest: Rest::new(shared.options.clone()),
        member,
    };
    let sending = sender.run(&mut counts);
    let result = tokio::select! {
        result = sending => result,
        () = shared.stop.cancelled() => Ok(()),
    };
    if let Err(error) = result {
        shared.fail(&error);
    }
    if let Some(member) = sender.member {
        member.close().await;
    }
    (lane, counts)
}

struct Sender<'a> {
    shared: &'a Shared,
    lane: usize,
    rest: Rest,
    member: Option<Link>,
}

impl Sender<'_> {
    async fn run(&mut self, (sent, measured): &mut (u64, u64)) -> anyhow::Result<()> {
        let span = &self.shared.span;
        let interval = self
            .shared
            .shape
            .rate
            .map(|rate| Duration::from_secs_f64(1.0 / rate));
        let mut next = tokio::time::Instant::now();
        while span.admits() {
            if let Some(interval) = interval {
                tokio::time::sleep_until(next).await;
                next += interval;
            }
            let begun = span.elapsed();
            let stamp = Stamp {
                lane: self.lane,
                number: *sent,
                sent: u64::try_from(begun.as_nanos()).unwrap_or(u64::MAX),
            };
            let flight = &self.shared.flights[self.lane];
            flight.number.store(stamp.number, Ordering::Release);
            flight
                .left
                .store(self.shared.shape.receivers, Ordering::Release);
            self.publish(stamp).await?;
            *sent += 1;
            let is_measured = span.measures(begun);
            if is_measured {
                *measured += 1;
                if self.shared.shape.measure == Measure::Acknowledgement {
                    self.shared
                        .record(self.lane, span.elapsed().saturating_sub(begun));
                }
            }
            self.landed(flight).await?;
        }
        Ok(())
    }

    async fn publish(&mut self, stamp: Stamp) -> anyhow::Result<()> {
        let text = stamp.text(self.shared.shape.size);
        let Some(member) = &mut self.member else {
            let room = Room::new(&self.rest, &self.shared.room)?;
            let message = NewMessage {
                text,
                ..NewMessage::default()
            };
            let sent = room.send_once(&message, None, RetryPolicy::Answers).await;
            sent.map_err(|failed| failed.error)?;
            return Ok(());
        };
        let action = match stamp.number {
            0 => PresenceAction::Enter,
            _ => PresenceAction::Update,
        };
        let member_message = PresenceMessage {
            action: Some(action),
            data: Some(Data::Text(text)),
            ..PresenceMessage::default()
        };
        member
            .publish(Publication::Presence(vec![member_message]))
            .await
    }

    /// Waits until every receiver has the message.
    async fn landed(&mut self, flight: &Flight) -> anyhow::Result<()> {
        let timeout = self.shared.options.timeout;
        let landed = tokio::time::timeout(timeout, async {
            while flight.left.load(Ordering::Acquire) > 0 {
                flight.landed.notified().await;
            }
        });
        let landed = match &mut self.member {
            None => landed.await,
            // Its connection lives as long as it is driven.
            Some(member) => {
                tokio::pin!(landed);
                loop {
                    tokio::select! {
                        landed = &mut landed => break landed,
                        event = member.next() => drop(event?),
                    }
                }
            }
        };
        let seconds = timeout.as_secs_f64();
        landed.with_context(|| format!("a message did not come to everybody within {seconds} s"))
    }
}

/// Receives until everything has come. Returns what came of each sender.
async fn receive(shared: Arc<Shared>, number: usize, mut link: Link) -> Vec<Sequence> {
    let mut sequences: Vec<Sequence> = Vec::new();
    sequences.resize_with(shared.shape.senders, Sequence::default);
    loop {
        let event = tokio::select! {
            event = link.next() => event,
            () = shared.received.cancelled() => return sequences,
        };
        match event {
            Ok(Event::Messages { messages, .. }) => {
                for message in messages {
                    take(&shared, number, &mut sequences, message.data.as_ref());
                }
            }
            Ok(Event::Presence { members, .. }) => {
                for member in members {
                    // Members that leave say again what they said last.
                    if member.action != Some(PresenceAction::Leave) {
                        take(&shared, number, &mut sequences, member.data.as_ref());
                    }
                }
            }
            Ok(_) => {}
            Err(error) => {
                shared.fail(&error);
                return sequences;
            }
        }
    }
}

/// Takes a message in, if it is one of this benchmark.
fn take(shared: &Shared, receiver: usize, sequences: &mut [Sequence], data: Option<&Data>) {
    let Some(Data::Text(text)) = data else {
        return;
    };
    let Some(stamp) = Stamp::find(text) else {
        return;
    };
    let (Some(sequence), Some(flight)) = (
        sequences.get_mut(stamp.lane),
        shared.flights.get(stamp.lane),
    ) else {
        return;
    };
    if sequence.take(stamp.number) == Arrival::Doubled {
        return;
    }
    let sent = Duration::from_nanos(stamp.sent);
    if shared.span.measures(sent) {
        shared.delivered.fetch_add(1, Ordering::Relaxed);
        if shared.shape.measure == Measure::Delivery {
            shared.record(receiver, shared.span.elapsed().saturating_sub(sent));
        }
    }
    let is_last = flight.number.load(Ordering::Acquire) == stamp.number
        && flight.left.fetch_sub(1, Ordering::AcqRel) == 1;
    if is_last {
        flight.landed.notify_one();
    }
}
