//! Plans: the limits of Ably's packages, by name, and the one table of them, [`FIGURES`], which `docs/limits.md` is made
//! from.
//!
//! A plan is a starting point: each figure can be set by itself (`[limits]` of `--config`). Without one only the bounds
//! of [`super::limits`] hold.

use std::fmt::Write as _;

use super::limits::{Bound, MAX_CHANNELS, MAX_FRAME_SIZE};
use crate::server::engine::limits::{MAX_MEMBERS, MAX_MESSAGE_SIZE};

/// The ratio of the largest frame to the largest message: a message of the largest size fits, however it is encoded.
const FRAME_RATIO: usize = MAX_FRAME_SIZE / MAX_MESSAGE_SIZE;

/// A set of limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// The bounds of the server only.
    #[default]
    Off,
    /// Ably's free package.
    Free,
    /// Ably's standard package.
    Standard,
    /// Ably's pro package.
    Pro,
}

/// The limits of a server that plans and settings change. `None` is unlimited; rates are per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanLimits {
    /// Bytes of a publish.
    pub message_size: usize,
    /// Messages that one connection may publish.
    pub inbound_rate: Option<usize>,
    /// Messages that are delivered to one connection.
    pub outbound_rate: Option<usize>,
    /// Messages that may be published on one channel.
    pub channel_rate: Option<usize>,
    /// Bytes that may be published on one channel.
    pub channel_bandwidth: Option<usize>,
    /// Messages of the server, published and delivered.
    pub message_rate: Option<usize>,
    /// REST requests of the server.
    pub request_rate: Option<usize>,
    /// Connections at one time.
    pub connections: Option<usize>,
    /// New connections.
    pub connect_rate: Option<usize>,
    /// Active channels of an app.
    pub channels: Option<usize>,
    /// Channels of an app that become active.
    pub activation_rate: Option<usize>,
    /// Channels of one connection.
    pub connection_channels: usize,
    /// Members of one channel.
    pub members: usize,
    /// The seed of what is refused where the rates of the server and those of channels that become active refuse a share of
    /// everything, as Ably does; without one they refuse what is over them.
    pub share_seed: Option<u64>,
    /// Events that webhooks are told of.
    pub webhook_rate: Option<usize>,
    /// Requests to one webhook at one time, of those that tell of one event each.
    pub webhook_slots: usize,
    /// Events that wait for one of these requests.
    pub webhook_queue: Option<usize>,
    /// Events in one batch.
    pub webhook_batch: usize,
}

impl Default for PlanLimits {
    fn default() -> Self {
        Plan::Off.limits()
    }
}

impl PlanLimits {
    /// Returns whether a rate is limited that is not of one connection or of one channel.
    pub fn has_account_rates(&self) -> bool {
        let Self {
            message_rate,
            request_rate,
            connect_rate,
            activation_rate,
            ..
        } = self;
        [message_rate, request_rate, connect_rate, activation_rate]
            .iter()
            .any(|rate| rate.is_some())
    }

    /// Returns the largest frame, in bytes.
    pub(crate) fn frame_size(&self) -> usize {
        MAX_FRAME_SIZE.max(self.message_size.saturating_mul(FRAME_RATIO))
    }
}

impl Plan {
    /// The plans that have figures.
    pub const ALL: [Self; 3] = [Self::Free, Self::Standard, Self::Pro];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Free => "free",
            Self::Standard => "standard",
            Self::Pro => "pro",
        }
    }

    /// Returns the plan called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = std::iter::once(Self::Off).chain(Self::ALL);
        all.find(|plan| plan.name() == name)
    }

    /// Returns the limits, as Ably publishes them (docs platform/pricing/limits.mdx, August 2026).
    pub fn limits(self) -> PlanLimits {
        let off = PlanLimits {
            message_size: MAX_MESSAGE_SIZE,
            inbound_rate: None,
            outbound_rate: None,
            channel_rate: None,
            channel_bandwidth: None,
            message_rate: None,
            request_rate: None,
            connections: None,
            connect_rate: None,
            channels: None,
            activation_rate: None,
            connection_channels: MAX_CHANNELS,
            members: MAX_MEMBERS,
            share_seed: None,
            webhook_rate: None,
            webhook_slots: 25,
            webhook_queue: None,
            webhook_batch: 100,
        };
        let free = PlanLimits {
            inbound_rate: Some(50),
            outbound_rate: Some(50),
            channel_rate: Some(50),
            channel_bandwidth: Some(1 << 20),
            message_rate: Some(500),
            request_rate: Some(50),
            connections: Some(200),
            connect_rate: Some(42),
            channels: Some(200),
            activation_rate: Some(42),
            webhook_rate: Some(250),
            webhook_queue: Some(10),
            webhook_batch: 50,
            ..off
        };
        match self {
            Self::Off => off,
            Self::Free => free,
            Self::Standard => PlanLimits {
                message_rate: Some(2500),
                request_rate: Some(362),
                connections: Some(10_000),
                connect_rate: Some(250),
                channels: Some(10_000),
                activation_rate: Some(250),
                webhook_batch: 100,
                ..free
            },
            Self::Pro => PlanLimits {
                message_size: 256 << 10,
                message_rate: Some(10_000),
                request_rate: Some(1447),
                connections: Some(50_000),
                connect_rate: Some(500),
                channels: Some(50_000),
                activation_rate: Some(500),
                webhook_rate: Some(1000),
                webhook_slots: 100,
                webhook_batch: 100,
                ..free
            },
        }
    }
}

/// A limit that plans and settings change.
pub struct Figure {
    /// What is limited.
    pub name: &'static str,
    /// The key under `[limits]` of `--config`.
    pub key: &'static str,
    /// What happens beyond it.
    pub beyond: &'static str,
    /// The bound among some limits.
    pub of: fn(&PlanLimits) -> Bound,
}

/// All limits that plans and settings change.
pub const FIGURES: &[Figure] = &[
    Figure {
        name: "Messages a second that a connection publishes",
        key: "inbound-rate",
        beyond: "42911 / 429; at 20 times the rate the connection fails: 42921 / 429",
        of: |limits| count(limits.inbound_rate),
    },
    Figure {
        name: "Messages a second to a connection",
        key: "outbound-rate",
        beyond: "dropped, and the channel loses continuity: 80020 / 400",
        of: |limits| count(limits.outbound_rate),
    },
    Figure {
        name: "Messages a second on a channel",
        key: "channel-rate",
        beyond: "42913 / 429",
        of: |limits| count(limits.channel_rate),
    },
    Figure {
        name: "Bytes a second on a channel",
        key: "channel-bandwidth",
        beyond: "42914 / 429",
        of: |limits| {
            limits
                .channel_bandwidth
                .map_or(Bound::Unlimited, Bound::Bytes)
        },
    },
    Figure {
        name: "Messages a second of the server, in and out",
        key: "message-rate",
        beyond: "publishes: 42917 / 429",
        of: |limits| count(limits.message_rate),
    },
    Figure {
        name: "REST requests a second, without those for tokens",
        key: "request-rate",
        beyond: "42918 / 429",
        of: |limits| count(limits.request_rate),
    },
    Figure {
        name: "Connections",
        key: "connection-limit",
        beyond: "40111 / 403",
        of: |limits| count(limits.connections),
    },
    Figure {
        name: "New connections a second",
        key: "connect-rate",
        beyond: "80021 / 429; SDKs try again",
        of: |limits| count(limits.connect_rate),
    },
    Figure {
        name: "Active channels of an app",
        key: "channel-limit",
        beyond: "40114 / 403",
        of: |limits| count(limits.channels),
    },
    Figure {
        name: "Channels of an app that become active in a second",
        key: "activation-rate",
        beyond: "90021 / 429; SDKs attach again",
        of: |limits| count(limits.activation_rate),
    },
    Figure {
        name: "Channels on a connection",
        key: "connection-channels",
        beyond: "90010 / 400",
        of: |limits| Bound::Count(limits.connection_channels),
    },
    Figure {
        name: "Presence members of a channel",
        key: "members",
        beyond: "91003 / 400",
        of: |limits| Bound::Count(limits.members),
    },
    Figure {
        name: "Events a second that webhooks are told of",
        key: "webhook-rate",
        beyond: "dropped: 42925 / 429 in the log of deliveries",
        of: |limits| count(limits.webhook_rate),
    },
    Figure {
        name: "Requests at one time to a webhook in single mode",
        key: "webhook-requests",
        beyond: "they wait",
        of: |limits| Bound::Count(limits.webhook_slots),
    },
    Figure {
        name: "Events that wait for such a request",
        key: "webhook-queue",
        beyond: "dropped: 70003 / 503 in the log of deliveries",
        of: |limits| count(limits.webhook_queue),
    },
    Figure {
        name: "Events in a batch to a webhook",
        key: "webhook-batch",
        beyond: "they wait",
        of: |limits| Bound::Count(limits.webhook_batch),
    },
    Figure {
        name: "Size of a message",
        key: "message-size",
        beyond: "40009 / 413",
        of: |limits| Bound::Bytes(limits.message_size),
    },
];

fn count(number: Option<usize>) -> Bound {
    number.map_or(Bound::Unlimited, Bound::Count)
}

/// Returns the part of `docs/limits.md` about plans.
pub fn page() -> String {
    let mut page = String::from(
        "\n## Plans\n\
         \n\
         `--limits PLAN` of `serve` and `exec`, or `plan = \"…\"` under `[limits]`, holds a server to the limits of one of \
         Ably's\npackages, as Ably published them in August 2026. Each figure can be set by itself: a number above zero, or \
         `\"unlimited\"`.\nRates let one second's worth pass at once, and refuse what is over them. With \
         `--limits-share` the\nrates of the server and of channels that become active refuse a share of everything instead, so \
         that what is left is the\nrate, as Ably does: drawn from `--random-seed`, where one is given.\n\
         \n\
         | limit | off | free | standard | pro | over it | key |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for figure in FIGURES {
        let mut bounds = String::new();
        for plan in std::iter::once(Plan::Off).chain(Plan::ALL) {
            // Writing to a text does not fail.
            let _ = write!(bounds, " {} |", (figure.of)(&plan.limits()));
        }
        let Figure {
            name, key, beyond, ..
        } = figure;
        let _ = writeln!(page, "| {name} |{bounds} {beyond} | `{key}` |");
    }
    page.push_str(
        "\nThe largest frame and the largest body are 8 times the largest message, and at least 512 KiB. A plan also closes \
         connections that\nsend more than 2000 protocol messages a second, of any kind: 42924 / 429.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_their_plans() {
        for plan in std::iter::once(Plan::Off).chain(Plan::ALL) {
            assert_eq!(Plan::parse(plan.name()), Some(plan));
        }
        assert_eq!(Plan::parse("enterprise"), None);
    }

    #[test]
    fn frames_hold_the_largest_message() {
        assert_eq!(Plan::Off.limits().frame_size(), MAX_FRAME_SIZE);
        assert_eq!(Plan::Pro.limits().frame_size(), 2 << 20);
    }
}
