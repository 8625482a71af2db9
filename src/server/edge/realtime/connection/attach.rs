//! ATTACH, DETACH and SYNC: from flags and parameters to a request that the hub understands.

use std::sync::Arc;

use super::{Connection, Modes};
use crate::chat_core::auth::{Operation, identity};
use crate::chat_core::error::{ErrorInfo, Result};
use crate::chat_core::protocol::frame::Params;
use crate::chat_core::protocol::{Action, ChannelModes, ProtocolMessage, flags, names};
use crate::server::core::checks::Checks;
use crate::server::core::connections::LiveConnection as _;
use crate::server::core::events::{Attempt, Event};
use crate::server::core::gate::Principal;
use crate::server::core::hub::occupancy::WantedMetrics;
use crate::server::core::hub::{AttachRequest, Rewind, Subscriber};
use crate::server::core::limits::{MAX_CHANNELS, MAX_REWIND};

impl Connection {
    /// Attaches to a channel, or tells the client why not; the connection lives either way (RTL4).
    pub(super) async fn attach(self: &Arc<Self>, message: ProtocolMessage) {
        let channel = message.channel.clone().unwrap_or_default();
        let principal = self.principal();
        let mut checks = Checks::new(self.server.events.is_observed());
        let result = self
            .try_attach(&principal, &channel, message, &mut checks)
            .await;
        self.server.events.emit(Event::Attach(Attempt {
            actor: principal.actor(Some(self.id())),
            channel: &channel,
            checks: checks.list(),
            error: result.as_ref().err(),
        }));
        if let Err(error) = result {
            self.send(&ProtocolMessage {
                error: Some(error),
                ..ProtocolMessage::on(Action::Error, &channel)
            });
        }
    }

    async fn try_attach(
        self: &Arc<Self>,
        principal: &Principal,
        channel: &str,
        message: ProtocolMessage,
        checks: &mut Checks,
    ) -> Result<()> {
        names::check_channel(channel)?;
        let given = message.params.clone().unwrap_or_default();
        let requested = requested_modes(message.flags.unwrap_or(0), &given);
        let granted = principal.granted_modes(channel, requested);
        checks.add_attach(channel, requested, granted);
        if granted.is_empty() {
            return Err(denied(channel));
        }
        if principal.needs_identity(channel) {
            identity::require_identified(&principal.identity)?;
        }
        let occupancy = given
            .get("occupancy")
            .and_then(|text| WantedMetrics::parse(text));
        let occupancy = occupancy.filter(|_| {
            principal
                .require(channel, Operation::ChannelMetadata, checks)
                .is_ok()
        });
        let from = message
            .channel_serial
            .clone()
            .filter(|serial| !serial.is_empty());
        let is_resume = from.is_some() || message.has(flags::ATTACH_RESUME);
        let now = self.server.clock.now().millis();
        let rewind = given.get("rewind").and_then(|text| parse_rewind(text, now));
        let params = in_force(&given, granted, occupancy.is_some(), rewind.is_some());
        self.note_attached(channel, Modes { requested, granted })?;
        let request = AttachRequest {
            channel: channel.to_owned(),
            modes: granted,
            params,
            from,
            rewind: rewind.filter(|_| !is_resume),
            occupancy,
        };
        let subscriber: Arc<dyn Subscriber> = Arc::clone(self) as Arc<dyn Subscriber>;
        let result = principal.app.hub.attach(&subscriber, request).await;
        if result.is_err() {
            self.lock().attached.remove(channel);
        } else if !self.is_noted(channel) {
            // Another socket has taken the place of this one meanwhile, which had nothing to take away yet.
            principal.app.hub.detach(self.as_ref(), channel);
        }
        result
    }

    /// Notes an attachment before it is made.
    ///
    /// # Errors
    /// 90010 / 400 if there are too many.
    fn note_attached(&self, channel: &str, modes: Modes) -> Result<()> {
        let mut state = self.lock();
        if state.attached.len() >= MAX_CHANNELS && !state.attached.contains_key(channel) {
            return Err(ErrorInfo::new(
                90010,
                400,
                format!("More than {MAX_CHANNELS} channels on one connection"),
            ));
        }
        state.attached.insert(channel.to_owned(), modes);
        Ok(())
    }

    /// Returns whether what [`Connection::note_attached`] noted still holds.
    fn is_noted(&self, channel: &str) -> bool {
        self.lock().attached.contains_key(channel)
    }

    /// Ends an attachment, if there is one.
    pub(super) fn detach_from(&self, principal: &Principal, channel: &str) {
        self.lock().attached.remove(channel);
        principal.app.hub.detach(self, channel);
        self.server.events.emit(Event::Detached {
            connection_id: self.id(),
            channel,
        });
    }

    pub(super) async fn detach(&self, message: &ProtocolMessage) {
        let channel = message.channel.as_deref().unwrap_or_default();
        self.detach_from(&self.principal(), channel);
        self.session.leave_channel(channel).await;
        self.send(&ProtocolMessage::on(Action::Detached, channel));
    }

    pub(super) async fn sync(self: &Arc<Self>, message: &ProtocolMessage) {
        let channel = message.channel.as_deref().unwrap_or_default();
        let granted = self
            .lock()
            .attached
            .get(channel)
            .map_or(ChannelModes::empty(), |modes| modes.granted);
        if !granted.contains(ChannelModes::PRESENCE_SUBSCRIBE) {
            return;
        }
        let subscriber: Arc<dyn Subscriber> = Arc::clone(self) as Arc<dyn Subscriber>;
        if let Err(error) = self.principal().app.hub.sync(&subscriber, channel).await {
            tracing::error!(channel, %error, "the presence set can't be told");
        }
    }

    /// Ends every attachment.
    pub(super) fn detach_all(&self) {
        let (principal, attached) = {
            let mut state = self.lock();
            (
                Arc::clone(&state.principal),
                std::mem::take(&mut state.attached),
            )
        };
        for channel in attached.keys() {
            self.detach_from(&principal, channel);
        }
    }
}

/// Returns the refusal of an attachment that would have no mode at all.
pub(crate) fn denied(channel: &str) -> ErrorInfo {
    ErrorInfo::new(
        40160,
        401,
        format!("Channel denied access based on given capability; channelId = {channel}"),
    )
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

/// Returns the parameters that this server puts in force, as they were given.
fn in_force(given: &Params, granted: ChannelModes, occupancy: bool, rewind: bool) -> Params {
    given
        .iter()
        .filter_map(|(name, value)| match name.as_str() {
            "occupancy" if occupancy => Some((name.clone(), value.clone())),
            "rewind" if rewind => Some((name.clone(), value.clone())),
            "modes" => {
                let names: Vec<&str> = named_modes(value)
                    .filter(|(_, mode)| granted.contains(*mode))
                    .map(|(name, _)| name)
                    .collect();
                Some((name.clone(), names.join(",")))
            }
            // In force, and never used: each message comes whole.
            "delta" if value == "vcdiff" => Some((name.clone(), value.clone())),
            _ => None,
        })
        .collect()
}

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
        assert_eq!(
            in_force(&given, ChannelModes::DEFAULT, false, false)["modes"],
            "subscribe,presence"
        );
    }
}
