//! `[limits]` of `serve --config`: a plan, single figures that change it, and how much of the past is kept.

use std::time::Duration;

use serde::Deserialize;
use toml::Value;

use super::failure::Failure;
use crate::server::Retention;
use crate::server::plan::{Plan, PlanLimits};
use crate::settings::parse_duration;

/// The largest size that messages may be given, in bytes: pages and what waits for a connection hold several.
const MAX_MESSAGE_SIZE: u64 = 1 << 20;

/// The greatest number of channels of a connection, and of members of a channel.
const MAX_COUNT: usize = 10_000;

/// The limits, in TOML.
#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct LimitsForm {
    /// The plan that the other figures change.
    plan: Option<String>,
    inbound_rate: Option<Value>,
    outbound_rate: Option<Value>,
    channel_rate: Option<Value>,
    channel_bandwidth: Option<Value>,
    message_rate: Option<Value>,
    request_rate: Option<Value>,
    connection_limit: Option<Value>,
    connect_rate: Option<Value>,
    channel_limit: Option<Value>,
    activation_rate: Option<Value>,
    connection_channels: Option<Value>,
    members: Option<Value>,
    webhook_rate: Option<Value>,
    webhook_requests: Option<Value>,
    webhook_queue: Option<Value>,
    webhook_batch: Option<Value>,
    message_size: Option<Value>,
    /// Messages per second that one connection may publish on one channel; unlimited by default.
    publish_rate: Option<f64>,
    /// The longest time that a client may be away and continue its rooms, where it does not resume its connection; two
    /// minutes by default.
    continuity_window: Option<String>,
    /// The time that history is kept for, as in `30d`; for ever by default.
    retention_age: Option<String>,
    /// The number of publishes of each channel that are kept, the newest.
    retention_count: Option<u32>,
    /// The largest size of the store, in bytes or as in `512MiB`.
    retention_size: Option<Value>,
}

impl LimitsForm {
    /// The plan, if one is named.
    ///
    /// # Errors
    /// An unknown plan.
    pub(super) fn plan(&self) -> anyhow::Result<Option<Plan>> {
        let Some(name) = &self.plan else {
            return Ok(None);
        };
        match Plan::parse(name) {
            Some(plan) => Ok(Some(plan)),
            None => Err(fault("plan", "must be off, free, standard or pro")),
        }
    }

    /// Changes the single figures that are given.
    ///
    /// # Errors
    /// An invalid figure.
    pub(super) fn apply(&self, limits: &mut PlanLimits) -> anyhow::Result<()> {
        for (key, value, figure) in [
            ("inbound-rate", &self.inbound_rate, &mut limits.inbound_rate),
            (
                "outbound-rate",
                &self.outbound_rate,
                &mut limits.outbound_rate,
            ),
            ("channel-rate", &self.channel_rate, &mut limits.channel_rate),
            ("message-rate", &self.message_rate, &mut limits.message_rate),
            ("request-rate", &self.request_rate, &mut limits.request_rate),
            (
                "connection-limit",
                &self.connection_limit,
                &mut limits.connections,
            ),
            ("connect-rate", &self.connect_rate, &mut limits.connect_rate),
            ("channel-limit", &self.channel_limit, &mut limits.channels),
            (
                "activation-rate",
                &self.activation_rate,
                &mut limits.activation_rate,
            ),
            ("webhook-rate", &self.webhook_rate, &mut limits.webhook_rate),
            (
                "webhook-queue",
                &self.webhook_queue,
                &mut limits.webhook_queue,
            ),
        ] {
            if let Some(value) = value {
                let wanted = "must be a whole number above zero, or \"unlimited\"";
                set(figure, value, number).ok_or_else(|| fault(key, wanted))?;
            }
        }
        if let Some(value) = &self.channel_bandwidth {
            let size = |value: &Value| usize::try_from(bytes(value)?).ok();
            let wanted =
                "must be a size above zero, in bytes or as in 512KiB or 2MiB, or \"unlimited\"";
            set(&mut limits.channel_bandwidth, value, size)
                .ok_or_else(|| fault("channel-bandwidth", wanted))?;
        }
        for (key, value, figure) in [
            (
                "connection-channels",
                &self.connection_channels,
                &mut limits.connection_channels,
            ),
            ("members", &self.members, &mut limits.members),
            (
                "webhook-requests",
                &self.webhook_requests,
                &mut limits.webhook_slots,
            ),
            (
                "webhook-batch",
                &self.webhook_batch,
                &mut limits.webhook_batch,
            ),
        ] {
            if let Some(value) = value {
                let found = number(value).filter(|number| *number <= MAX_COUNT);
                let wanted = "must be a whole number from 1 to 10000";
                *figure = found.ok_or_else(|| fault(key, wanted))?;
            }
        }
        if let Some(value) = &self.message_size {
            let size = bytes(value).filter(|size| *size <= MAX_MESSAGE_SIZE);
            let size = size.and_then(|size| usize::try_from(size).ok());
            let wanted = "must be a size from 1 byte to 1MiB, in bytes or as in 256KiB";
            limits.message_size = size.ok_or_else(|| fault("message-size", wanted))?;
        }
        Ok(())
    }

    /// Messages per second that one connection may publish on one channel.
    ///
    /// # Errors
    /// A rate that is not above zero.
    pub(super) fn publish_rate(&self) -> anyhow::Result<Option<f64>> {
        match self.publish_rate {
            Some(rate) if !rate.is_finite() || rate <= 0.0 => {
                Err(fault("publish-rate", "must be above zero"))
            }
            rate => Ok(rate),
        }
    }

    /// The longest time that a client may be away and continue its rooms, where it does not resume its connection.
    ///
    /// # Errors
    /// An invalid duration, or zero.
    pub(super) fn continuity_window(&self) -> anyhow::Result<Option<Duration>> {
        let fault = |what: &str| fault("continuity-window", what);
        let Some(text) = &self.continuity_window else {
            return Ok(None);
        };
        let window = parse_duration(text).map_err(|what| fault(&what))?;
        if window.is_zero() {
            return Err(fault("must be above zero"));
        }
        Ok(Some(window))
    }

    /// The extent of the history that is kept: all of it by default.
    ///
    /// # Errors
    /// An invalid duration, count or size, or zero.
    pub(super) fn retention(&self) -> anyhow::Result<Retention> {
        let fault = |name: &str, what: &str| fault(&format!("retention-{name}"), what);
        let age = match &self.retention_age {
            None => None,
            Some(text) => {
                let age = parse_duration(text).map_err(|what| fault("age", &what))?;
                Some(age).filter(|age| !age.is_zero())
            }
        };
        if self.retention_age.is_some() && age.is_none() {
            return Err(fault("age", "must be above zero"));
        }
        if self.retention_count == Some(0) {
            return Err(fault("count", "must be above zero"));
        }
        let size = match &self.retention_size {
            None => None,
            Some(size) => Some(bytes(size).ok_or_else(|| {
                fault(
                    "size",
                    "must be a size above zero, in bytes or as in 512KiB, 512MiB or 2GiB",
                )
            })?),
        };
        Ok(Retention {
            age,
            count: self.retention_count,
            size,
        })
    }

    /// Checks that what is taken is within its bounds.
    #[cfg(any(test, fuzzing))]
    pub(super) fn fuzz(&self) {
        if let Ok(Some(rate)) = self.publish_rate() {
            assert!(rate > 0.0 && rate.is_finite(), "{rate}");
        }
        let mut limits = PlanLimits::default();
        if self.apply(&mut limits).is_ok() {
            assert_ne!(limits.connections, Some(0));
            assert_ne!(limits.message_size, 0);
            assert!((1..=MAX_COUNT).contains(&limits.members));
        }
        if let Ok(kept) = self.retention() {
            assert_ne!(kept.count, Some(0));
            assert_ne!(kept.size, Some(0));
            assert_ne!(kept.age, Some(Duration::ZERO));
        }
    }
}

fn fault(key: &str, what: &str) -> anyhow::Error {
    Failure::usage(format!("--config: limits.{key}: {what}")).into()
}

/// A whole number above zero.
fn number(value: &Value) -> Option<usize> {
    let number = usize::try_from(value.as_integer()?).ok()?;
    Some(number).filter(|number| *number > 0)
}

/// Sets a figure to what `read` makes of a value, or to no limit for "unlimited".
fn set(
    figure: &mut Option<usize>,
    value: &Value,
    read: impl FnOnce(&Value) -> Option<usize>,
) -> Option<()> {
    *figure = match value.as_str() {
        Some("unlimited") => None,
        _ => Some(read(value)?),
    };
    Some(())
}

/// A number of bytes above zero.
fn bytes(value: &Value) -> Option<u64> {
    let (number, unit) = match value {
        Value::Integer(number) => (u64::try_from(*number).ok()?, 1),
        Value::String(text) => {
            let text = text.trim();
            let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
                "" => 1,
                "kib" | "k" => 1 << 10,
                "mib" | "m" => 1 << 20,
                "gib" | "g" => 1 << 30,
                _ => return None,
            };
            (digits.trim_end().parse().ok()?, unit)
        }
        _ => return None,
    };
    number.checked_mul(unit).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> anyhow::Result<LimitsForm> {
        Ok(toml::from_str(text)?)
    }

    fn limits(text: &str) -> anyhow::Result<PlanLimits> {
        let form = form(text)?;
        let mut limits = form.plan()?.unwrap_or_default().limits();
        form.apply(&mut limits)?;
        Ok(limits)
    }

    #[test]
    fn the_publish_rate_is_off_unless_told() {
        let rate = |text| form(text).unwrap().publish_rate();
        assert_eq!(rate("").unwrap(), None);
        assert_eq!(rate("publish-rate = 2.5").unwrap(), Some(2.5));
        assert!(rate("publish-rate = 0.0").is_err());
    }

    #[test]
    fn figures_change_the_plan_that_is_named() {
        assert_eq!(limits("").unwrap(), PlanLimits::default());
        assert_eq!(limits("plan = \"pro\"").unwrap(), Plan::Pro.limits());
        let changed = limits(
            "plan = \"free\"\nconnection-limit = 3\noutbound-rate = \"unlimited\"\nchannel-bandwidth = \"2KiB\"\n\
             message-size = 1000\nmembers = 5",
        );
        let expected = PlanLimits {
            connections: Some(3),
            outbound_rate: None,
            channel_bandwidth: Some(2048),
            message_size: 1000,
            members: 5,
            ..Plan::Free.limits()
        };
        assert_eq!(changed.unwrap(), expected);
    }

    #[test]
    fn faults_name_the_figure() {
        for (key, values) in [
            ("plan", &["\"enterprise\""][..]),
            ("connection-limit", &["0", "-1", "1.5", "\"many\""]),
            ("channel-limit", &["0"]),
            ("channel-bandwidth", &["0", "\"lots\""]),
            ("members", &["0", "10001", "\"unlimited\""]),
            ("message-size", &["0", "\"2MiB\"", "\"unlimited\""]),
        ] {
            for value in values {
                let error = limits(&format!("{key} = {value}")).unwrap_err();
                assert!(error.to_string().contains(key), "{error}");
            }
        }
    }

    #[test]
    fn the_continuity_window_is_a_time_above_zero() {
        let window = |text: &str| form(text)?.continuity_window();
        assert_eq!(window("").unwrap(), None);
        let ten = window("continuity-window = \"10s\"").unwrap();
        assert_eq!(ten, Some(Duration::from_secs(10)));
        for fault in ["\"0s\"", "\"soon\"", "10"] {
            assert!(window(&format!("continuity-window = {fault}")).is_err());
        }
    }

    #[test]
    fn everything_is_kept_unless_told() {
        let retention = |text: &str| form(text)?.retention();
        assert!(retention("").unwrap().is_endless());
        let told =
            retention("retention-age = \"30d\"\nretention-count = 5\nretention-size = \"2MiB\"");
        let expected = Retention {
            age: Some(Duration::from_secs(30 * 24 * 3600)),
            count: Some(5),
            size: Some(2 << 20),
        };
        assert_eq!(told.unwrap(), expected);
        assert_eq!(retention("retention-size = 4096").unwrap().size, Some(4096));
        for fault in [
            "retention-age = \"soon\"",
            "retention-age = \"0s\"",
            "retention-count = 0",
            "retention-count = -1",
            "retention-size = 0",
            "retention-size = \"lots\"",
            "retention-size = \"99999999999GiB\"",
        ] {
            assert!(retention(fault).is_err(), "{fault}");
        }
    }
}
