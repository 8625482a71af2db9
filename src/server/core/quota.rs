//! Quotas: the rates of a plan, counted for the whole server, for each channel and for each connection.
//!
//! What is over a rate is refused and counts nowhere further; the rates of the server refuse a share instead, as Ably does,
//! where that is asked for. Where a server has no rates there is nothing to count, and no connection has a quota.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::plan::PlanLimits;
use super::rates::{AccountRate, Bucket, Rates};
use crate::chat_core::clock::{Clock, Moment};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::{Action, ProtocolMessage};

/// The protocol messages of any kind that a connection may send in a second.
const FRAME_RATE: f64 = 2000.0;

/// How many times its rate a connection may try to publish before it fails.
const FLOOD: f64 = 20.0;

/// The shortest time between two losses of continuity that an attachment is told.
const LOSS_INTERVAL: Duration = Duration::from_secs(1);

/// The limits of a server, and what it has used of its rates.
pub(crate) struct Quota {
    limits: PlanLimits,
    clock: Arc<dyn Clock>,
    server: Mutex<ServerBuckets>,
    channels: Mutex<ChannelBuckets>,
}

struct ServerBuckets {
    messages: Option<AccountRate>,
    requests: Option<AccountRate>,
    connects: Option<AccountRate>,
}

#[derive(Default)]
struct ChannelBuckets {
    messages: Rates,
    bytes: Rates,
}

/// What a connection has used of its rates.
pub(crate) struct ConnectionQuota {
    buckets: Mutex<ConnectionBuckets>,
    outbound_rate: usize,
}

struct ConnectionBuckets {
    frames: Bucket,
    inbound: Option<Bucket>,
    flood: Option<Bucket>,
    outbound: Option<Bucket>,
    /// The channels that messages were dropped of, by the client's names.
    losses: HashMap<String, Loss>,
}

/// A channel that messages to a connection were dropped of.
struct Loss {
    /// When the client was told last, or will be.
    told: Moment,
    is_pending: bool,
}

/// What becomes of a frame to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outbound {
    /// It is sent.
    Pass,
    /// It is dropped, of which the client will be told.
    Drop,
    /// It is dropped, and the client is to be told at this moment that the channel lost continuity.
    DropAndTell(Moment),
}

impl Quota {
    /// Creates the quota of a server that has used nothing yet.
    pub(crate) fn new(limits: PlanLimits, clock: Arc<dyn Clock>) -> Self {
        let now = clock.moment();
        // Each with numbers of its own, so that none shifts another.
        let of_account = |rate: Option<usize>, which: u64| {
            let seed = limits.share_seed.map(|seed| seed.wrapping_add(which));
            rate.map(|rate| AccountRate::new(rate as f64, seed, now))
        };
        let server = ServerBuckets {
            messages: of_account(limits.message_rate, 0),
            requests: of_account(limits.request_rate, 1),
            connects: of_account(limits.connect_rate, 2),
        };
        Self {
            limits,
            clock,
            server: Mutex::new(server),
            channels: Mutex::default(),
        }
    }

    /// Returns the limits.
    pub(crate) fn limits(&self) -> &PlanLimits {
        &self.limits
    }

    /// Returns the quota of a new connection, if its rates are limited.
    pub(crate) fn connection(&self) -> Option<Box<ConnectionQuota>> {
        let PlanLimits {
            inbound_rate,
            outbound_rate,
            message_rate,
            ..
        } = self.limits;
        let is_limited = [inbound_rate, outbound_rate, message_rate]
            .iter()
            .any(Option::is_some);
        let now = self.clock.moment();
        is_limited.then(|| {
            Box::new(ConnectionQuota {
                buckets: Mutex::new(ConnectionBuckets {
                    frames: Bucket::full(FRAME_RATE, now),
                    inbound: bucket(inbound_rate, now),
                    flood: inbound_rate.map(|rate| Bucket::full(rate as f64 * FLOOD, now)),
                    outbound: bucket(outbound_rate, now),
                    losses: HashMap::new(),
                }),
                outbound_rate: outbound_rate.unwrap_or_default(),
            })
        })
    }

    /// Counts a new connection.
    ///
    /// # Errors
    /// 80021 / 429.
    pub(crate) fn take_connect(&self) -> Result<()> {
        let now = self.clock.moment();
        if takes(&mut self.server.lock().connects, 1, now) {
            return Ok(());
        }
        Err(over(
            CONNECT_RATE,
            "Rate limit exceeded for new connections",
            "connections.maxRate",
        ))
    }

    /// Counts a REST request.
    ///
    /// # Errors
    /// 42918 / 429.
    pub(crate) fn take_request(&self) -> Result<()> {
        let now = self.clock.moment();
        if takes(&mut self.server.lock().requests, 1, now) {
            return Ok(());
        }
        Err(over(42918, NONFATAL, "apiRequests.maxRate"))
    }

    /// Returns whether publishes are counted at all.
    pub(crate) fn counts_publishes(&self) -> bool {
        let PlanLimits {
            inbound_rate,
            channel_rate,
            channel_bandwidth,
            message_rate,
            ..
        } = self.limits;
        [inbound_rate, channel_rate, channel_bandwidth, message_rate]
            .iter()
            .any(Option::is_some)
    }

    /// Counts a publish of `count` messages and `size` bytes on a channel of an app: against the connection that it came
    /// over, the channel, and the server.
    ///
    /// # Errors
    /// 42911, 42913, 42914 or 42917 / 429.
    pub(crate) fn take_publish(
        &self,
        connection: Option<&ConnectionQuota>,
        (app_id, channel): (&str, &str),
        (count, size): (usize, usize),
    ) -> Result<()> {
        let now = self.clock.moment();
        if let Some(connection) = connection
            && !take(&mut connection.buckets.lock().inbound, count, now)
        {
            return Err(over(42911, NONFATAL, "connection.inboundRate"));
        }
        if self.limits.channel_rate.is_some() || self.limits.channel_bandwidth.is_some() {
            // No id of an app has a line break in it.
            let key = format!("{app_id}\n{channel}");
            let mut channels = self.channels.lock();
            if let Some(rate) = self.limits.channel_rate
                && !channels.messages.try_take(&key, rate as f64, count, now)
            {
                return Err(over(42913, NONFATAL, "channel.maxRate"));
            }
            if let Some(rate) = self.limits.channel_bandwidth
                && !channels.bytes.try_take(&key, rate as f64, size, now)
            {
                return Err(over(42914, NONFATAL, "channel.maxBandwidth"));
            }
        }
        if takes(&mut self.server.lock().messages, count, now) {
            return Ok(());
        }
        Err(over(
            42917,
            "Maximum account-wide instantaneous messages rate exceeded; request rejected (nonfatal)",
            "messages.maxRate",
        ))
    }

    /// Counts a frame that is delivered to a connection: that frame is dropped which is over the connection's rate.
    pub(crate) fn take_delivery(
        &self,
        connection: &ConnectionQuota,
        message: &ProtocolMessage,
    ) -> Outbound {
        let count = items(message);
        let now = self.clock.moment();
        let outbound = connection.take_delivery(message, count, now);
        if outbound == Outbound::Pass
            && let Some(rate) = &mut self.server.lock().messages
        {
            rate.draw(count, now);
        }
        outbound
    }
}

impl ConnectionQuota {
    /// Counts a frame of the client.
    ///
    /// # Errors
    /// 42921 or 42924 / 429, which end the connection.
    pub(crate) fn take_frame(&self, message: &ProtocolMessage, now: Moment) -> Result<()> {
        let mut buckets = self.buckets.lock();
        if !buckets.frames.take(1, now) {
            return Err(ErrorInfo::new(
                42924,
                429,
                "Connection terminated for abuse: too many protocol messages in a second",
            ));
        }
        let is_publish = matches!(
            message.action,
            Action::Message | Action::Presence | Action::Annotation
        );
        if !is_publish || take(&mut buckets.flood, items(message), now) {
            return Ok(());
        }
        Err(over(
            42921,
            "Connection terminated; per-connection publish rate limit exceeded by far",
            "connection.inboundRate",
        ))
    }

    fn take_delivery(&self, message: &ProtocolMessage, count: usize, now: Moment) -> Outbound {
        let mut buckets = self.buckets.lock();
        let Some(bucket) = &mut buckets.outbound else {
            return Outbound::Pass;
        };
        if bucket.take(count, now) {
            return Outbound::Pass;
        }
        let channel = message.channel.as_deref().unwrap_or_default();
        let due = match buckets.losses.get(channel) {
            Some(loss) if loss.is_pending => return Outbound::Drop,
            Some(loss) => now.max(loss.told + LOSS_INTERVAL),
            None => now,
        };
        let is_recent = |loss: &Loss| loss.is_pending || loss.told + LOSS_INTERVAL > now;
        buckets.losses.retain(|_, loss| is_recent(loss));
        let loss = Loss {
            told: due,
            is_pending: true,
        };
        buckets.losses.insert(channel.to_owned(), loss);
        Outbound::DropAndTell(due)
    }

    /// Notes that the client is told what was dropped of a channel, and returns why.
    pub(crate) fn tell_loss(&self, channel: &str) -> ErrorInfo {
        if let Some(loss) = self.buckets.lock().losses.get_mut(channel) {
            loss.is_pending = false;
        }
        ErrorInfo::new(
            80020,
            400,
            format!(
                "Continuity loss on channel as maximum server-to-client message rate exceeded; permitted rate = {}",
                self.outbound_rate
            ),
        )
    }
}

/// The code of a connection that is refused for the rate of new ones, and may be tried again.
pub(crate) const CONNECT_RATE: u32 = 80021;

/// The beginning of an error that ends nothing.
const NONFATAL: &str = "Rate limit exceeded; request rejected (nonfatal)";

/// Takes `count` from a bucket, if there is one; returns whether they were there.
fn take(bucket: &mut Option<Bucket>, count: usize, now: Moment) -> bool {
    bucket.as_mut().is_none_or(|bucket| bucket.take(count, now))
}

/// The same of a rate of the server.
fn takes(rate: &mut Option<AccountRate>, count: usize, now: Moment) -> bool {
    rate.as_mut().is_none_or(|rate| rate.take(count, now))
}

fn bucket(rate: Option<usize>, now: Moment) -> Option<Bucket> {
    rate.map(|rate| Bucket::full(rate as f64, now))
}

fn over(code: u32, what: &str, metric: &str) -> ErrorInfo {
    ErrorInfo::new(code, 429, format!("{what}; metric = {metric}"))
}

/// Returns the number of messages that a frame counts as.
fn items(message: &ProtocolMessage) -> usize {
    let messages = message.messages.as_ref().map_or(0, Vec::len);
    let presence = message.presence.as_ref().map_or(0, Vec::len);
    let annotations = message.annotations.as_ref().map_or(0, Vec::len);
    messages + presence + annotations
}
