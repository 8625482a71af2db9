//! What is kept of an attachment: by which name, what was asked for, and what was granted of it.

use std::pin::Pin;
use std::sync::Arc;

use crate::chat_core::auth::{Operation, Target, access};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{ChannelModes, ProtocolMessage};
use crate::server::core::checks::{Checks, MODES};
use crate::server::core::frame::SharedFrame;
use crate::server::core::gate::Principal;
use crate::server::core::hub::occupancy::WantedMetrics;
use crate::server::core::hub::{Granted, Rewind, Subscriber};

/// The longest value of a parameter that is put in force, in bytes.
const MAX_PARAMETER: usize = 256;

/// The most messages that a rewind gives.
const MAX_REWIND: usize = 100;

/// An attachment of a connection. Its name there is the one that the client gave: with parameters before the channel's
/// own, where they stood there.
#[derive(Clone)]
pub(super) struct Attached {
    /// The channel.
    pub(super) channel: String,
    /// What was asked for: by it the rights are judged again with each credential.
    pub(super) request: Requested,
    /// What was granted of it.
    pub(super) granted: Granted,
    /// The receiver: the connection, or what gives it frames under the name that the client gave.
    pub(super) subscriber: Arc<dyn Subscriber>,
}

/// What an attachment asks for, whatever is granted of it.
#[derive(Clone, Debug)]
pub(super) struct Requested {
    pub(super) modes: ChannelModes,
    occupancy: Option<WantedMetrics>,
    /// The parameters that this server knows.
    params: Params,
}

/// A subscriber to a channel that its client names otherwise.
pub(super) struct Renamed {
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) connection: Arc<dyn Subscriber>,
}

impl Attached {
    /// Returns whether it gets the presence set.
    pub(super) fn sees_members(&self) -> bool {
        let modes = self.granted.modes;
        modes.contains(ChannelModes::PRESENCE_SUBSCRIBE)
    }
}

impl Requested {
    /// Reads flag bits and parameters, at the time `now`.
    pub(super) fn read(bits: u64, params: Params, now: Timestamp) -> (Self, Option<Rewind>) {
        let modes = requested_modes(bits, &params);
        let occupancy = params
            .get("occupancy")
            .and_then(|text| WantedMetrics::parse(text));
        let rewind = params
            .get("rewind")
            .and_then(|text| parse_rewind(text, now.millis()));
        let params = params
            .into_iter()
            .filter(|(name, value)| match name.as_str() {
                "occupancy" => occupancy.is_some(),
                "rewind" => rewind.is_some(),
                "modes" => true,
                // In force, and never used: each message comes whole.
                "delta" => value == "vcdiff",
                _ => false,
            })
            // They are kept as long as the attachment.
            .filter(|(_, value)| value.len() <= MAX_PARAMETER)
            .collect();
        let requested = Self {
            modes,
            occupancy,
            params,
        };
        (requested, rewind)
    }

    /// Judges what `principal` gets of it on `channel`.
    ///
    /// # Errors
    /// 40160 / 401 if that is nothing, 40161 / 401 for a client that may not be there without a clientId.
    pub(super) fn judge(
        &self,
        principal: &Principal,
        channel: &str,
        checks: &mut Checks,
    ) -> Result<Granted> {
        let modes = principal.granted_modes(channel, self.modes);
        checks.add_attach(channel, self.modes, modes);
        if modes.is_empty() {
            return Err(denied(channel, self.modes));
        }
        principal.require_identity(channel)?;
        let occupancy = self.occupancy.filter(|_| {
            principal
                .require(channel, Operation::ChannelMetadata, checks)
                .is_ok()
        });
        Ok(Granted {
            modes,
            occupancy,
            params: self.in_force(modes, occupancy.is_some()),
        })
    }

    /// Returns the parameters that this server puts in force, as they were given.
    fn in_force(&self, granted: ChannelModes, occupancy: bool) -> Params {
        let each = self.params.iter();
        each.filter_map(|(name, value)| match name.as_str() {
            "occupancy" if !occupancy => None,
            "modes" => {
                let names: Vec<&str> = named_modes(value)
                    .filter(|(_, mode)| granted.contains(*mode))
                    .map(|(name, _)| name)
                    .collect();
                Some((name.clone(), names.join(",")))
            }
            _ => Some((name.clone(), value.clone())),
        })
        .collect()
    }
}

impl Renamed {
    fn renamed(&self, message: &ProtocolMessage) -> ProtocolMessage {
        ProtocolMessage {
            channel: Some(self.name.clone()),
            ..message.clone()
        }
    }
}

impl Subscriber for Renamed {
    fn number(&self) -> u64 {
        self.number
    }

    fn connection_number(&self) -> u64 {
        self.connection.connection_number()
    }

    fn connection_id(&self) -> &str {
        self.connection.connection_id()
    }

    fn wants_echo(&self) -> bool {
        self.connection.wants_echo()
    }

    fn deliver(&self, frame: &SharedFrame) {
        let renamed = Arc::new(self.renamed(frame.message()));
        self.connection.deliver(&SharedFrame::new(renamed));
    }

    fn send(&self, message: &ProtocolMessage) {
        self.connection.send(&self.renamed(message));
    }

    fn has_room(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        self.connection.has_room()
    }
}

/// Returns the refusal of an attachment that would have no mode at all of those that were `requested`.
fn denied(channel: &str, requested: ChannelModes) -> ErrorInfo {
    let mut needed: Vec<&str> = MODES
        .iter()
        .filter(|(mode, _)| requested.contains(*mode))
        .map(|(_, operation)| operation.name())
        .collect();
    needed.sort_unstable();
    needed.dedup();
    access::denied(&Target::channel(channel), &needed.join(" or "))
}

/// Returns the modes that a client requests: the parameter `modes`, else flag bits, else the default ones.
fn requested_modes(bits: u64, given: &Params) -> ChannelModes {
    let named: ChannelModes = given
        .get("modes")
        .into_iter()
        .flat_map(|text| named_modes(text).map(|(_, mode)| mode))
        .collect();
    let flagged = ChannelModes::from_bits_truncate(bits);
    if !named.is_empty() {
        named
    } else if !flagged.is_empty() {
        flagged
    } else {
        ChannelModes::DEFAULT
    }
}

/// Returns the modes that a parameter names, in its order.
fn named_modes(text: &str) -> impl Iterator<Item = (&'static str, ChannelModes)> {
    text.split(',').filter_map(|name| {
        let is_it = |known: &&(&str, ChannelModes)| known.0.eq_ignore_ascii_case(name.trim());
        MODE_NAMES.iter().find(is_it).copied()
    })
}

const MODE_NAMES: [(&str, ChannelModes); 6] = [
    ("presence", ChannelModes::PRESENCE),
    ("publish", ChannelModes::PUBLISH),
    ("subscribe", ChannelModes::SUBSCRIBE),
    ("presence_subscribe", ChannelModes::PRESENCE_SUBSCRIBE),
    ("annotation_publish", ChannelModes::ANNOTATION_PUBLISH),
    ("annotation_subscribe", ChannelModes::ANNOTATION_SUBSCRIBE),
];

/// Reads `N` messages, `Ns` seconds or `Nm` minutes.
fn parse_rewind(text: &str, now: i64) -> Option<Rewind> {
    let span = |digits: &str, millis: i64| {
        let count: i64 = digits.parse().ok().filter(|count| *count > 0)?;
        Some(Rewind::Since(
            now.saturating_sub(count.saturating_mul(millis)),
        ))
    };
    if let Some(digits) = text.strip_suffix('s') {
        return span(digits, 1000);
    }
    if let Some(digits) = text.strip_suffix('m') {
        return span(digits, 60_000);
    }
    let count: usize = text.parse().ok().filter(|count| *count > 0)?;
    Some(Rewind::Messages(count.min(MAX_REWIND)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::flags;

    #[test]
    fn rewinds_and_modes() {
        assert_eq!(parse_rewind("5", 0), Some(Rewind::Messages(5)));
        assert_eq!(parse_rewind("5000", 0), Some(Rewind::Messages(MAX_REWIND)));
        assert_eq!(parse_rewind("15s", 100_000), Some(Rewind::Since(85_000)));
        assert_eq!(parse_rewind("1m", 100_000), Some(Rewind::Since(40_000)));
        for text in ["", "0", "-1", "s", "1h", "x"] {
            assert_eq!(parse_rewind(text, 0), None, "{text}");
        }
        let given: Params = [("modes".to_owned(), "subscribe, PRESENCE".to_owned())].into();
        assert_eq!(
            requested_modes(0, &given),
            ChannelModes::SUBSCRIBE | ChannelModes::PRESENCE
        );
        assert_eq!(
            requested_modes(ChannelModes::PUBLISH.bits(), &given),
            ChannelModes::SUBSCRIBE | ChannelModes::PRESENCE
        );
        assert_eq!(
            requested_modes(ChannelModes::PUBLISH.bits(), &Params::new()),
            ChannelModes::PUBLISH
        );
        assert_eq!(
            requested_modes(flags::ATTACH_RESUME, &Params::new()),
            ChannelModes::DEFAULT
        );
        let (requested, _) = Requested::read(0, given, Timestamp(0));
        assert_eq!(
            requested.in_force(ChannelModes::DEFAULT, false)["modes"],
            "subscribe,presence"
        );
    }
}
