//! ChannelOccupancy as attachments want it, and the event that tells it (`[meta]occupancy`).

use serde_json::{Map, Value, json};

use crate::chat_core::protocol::{Action, Data, Message, MessageAction, ProtocolMessage};
use crate::server::engine::ChannelOccupancy;

/// The metrics that an attachment wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WantedMetrics {
    /// Every number.
    All,
    /// One of them, by its place in [`CATEGORIES`].
    One(usize),
}

/// The numbers that can be asked for one by one.
const CATEGORIES: [&str; 8] = [
    "connections",
    "publishers",
    "subscribers",
    "presenceConnections",
    "presenceMembers",
    "presenceSubscribers",
    "objectPublishers",
    "objectSubscribers",
];

impl WantedMetrics {
    /// Reads the channel parameter `occupancy`: `metrics` or `metrics.CATEGORY`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("metrics")? {
            "" => Some(Self::All),
            category => {
                let name = category.strip_prefix('.')?;
                CATEGORIES
                    .iter()
                    .position(|category| *category == name)
                    .map(Self::One)
            }
        }
    }
}

/// Returns the event that tells `occupancy`. It has no place in history: its position is that of the entry before it.
pub(super) fn event(
    occupancy: &ChannelOccupancy,
    channel: &str,
    wanted: WantedMetrics,
    position: &str,
    now: i64,
) -> ProtocolMessage {
    let mut metrics = match serde_json::to_value(occupancy) {
        Ok(Value::Object(metrics)) => metrics,
        _ => Map::new(),
    };
    if let WantedMetrics::One(place) = wanted {
        metrics.retain(|name, _| name == CATEGORIES[place]);
    }
    let message = Message {
        id: Some(format!("{position}:occupancy:{now}")),
        name: Some("[meta]occupancy".to_owned()),
        action: Some(MessageAction::Meta),
        data: Some(Data::Text(json!({"metrics": metrics}).to_string())),
        encoding: Some("json".to_owned()),
        timestamp: Some(now),
        ..Message::default()
    };
    ProtocolMessage {
        channel_serial: Some(position.to_owned()).filter(|position| !position.is_empty()),
        timestamp: Some(now),
        messages: Some(vec![message]),
        ..ProtocolMessage::on(Action::Message, channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_category_can_be_asked_for() {
        let occupancy = ChannelOccupancy {
            connections: 2,
            presence_members: 1,
            ..ChannelOccupancy::default()
        };
        let data = |wanted: &str| {
            let event = event(
                &occupancy,
                "c",
                WantedMetrics::parse(wanted).unwrap(),
                "s",
                5,
            );
            match event.messages.unwrap().remove(0).data {
                Some(Data::Text(text)) => text,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            data("metrics.presenceMembers"),
            r#"{"metrics":{"presenceMembers":1}}"#
        );
        assert!(data("metrics").contains(r#""connections":2"#));
        assert_eq!(WantedMetrics::parse("metrics.nothing"), None);
        assert_eq!(WantedMetrics::parse("x"), None);
    }
}
