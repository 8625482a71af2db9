//! The presence set as subscribers are told it: SYNC messages, in pages.

use std::sync::Arc;

use super::subscriber::Subscriber;
use crate::chat_core::protocol::{Action, PresenceMessage, ProtocolMessage};
use crate::server::core::limits::{SYNC_PAGE_MEMBERS, SYNC_PAGE_SIZE};

/// Tells a subscriber the whole presence set, as fast as it takes it; `false` if it does not take any more.
pub(super) async fn send(
    subscriber: &Arc<dyn Subscriber>,
    channel: &str,
    serial: &str,
    members: &[PresenceMessage],
) -> bool {
    for page in pages(channel, serial, members) {
        if !subscriber.has_room().await {
            return false;
        }
        subscriber.send(&page);
    }
    true
}

/// Returns the whole presence set in pages; the last one has an empty cursor (RTP18).
pub(super) fn pages<'a>(
    channel: &'a str,
    serial: &str,
    members: &'a [PresenceMessage],
) -> impl Iterator<Item = ProtocolMessage> + 'a {
    let id = serial.split('@').next().unwrap_or_default().to_owned();
    let (mut rest, mut number) = (Some(members), 0);
    std::iter::from_fn(move || {
        let members = rest.take()?;
        let (members, behind) = members.split_at(page_length(members));
        number += 1;
        let cursor = if behind.is_empty() {
            String::new()
        } else {
            rest = Some(behind);
            number.to_string()
        };
        Some(ProtocolMessage {
            channel_serial: Some(format!("{id}:{cursor}")),
            presence: Some(members.to_vec()),
            ..ProtocolMessage::on(Action::Sync, channel)
        })
    })
}

/// Returns how many of `members` the next page has.
fn page_length(members: &[PresenceMessage]) -> usize {
    let mut size = 0;
    let fitting = members.iter().take(SYNC_PAGE_MEMBERS).take_while(|member| {
        let has_room = size < SYNC_PAGE_SIZE;
        size += member.size();
        has_room
    });
    fitting.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::Data;

    fn members(count: usize, size: usize) -> Vec<PresenceMessage> {
        let member = PresenceMessage {
            data: Some(Data::Text("x".repeat(size))),
            ..PresenceMessage::default()
        };
        vec![member; count]
    }

    fn shape(members: &[PresenceMessage]) -> Vec<(String, usize)> {
        let pages = pages("c", "01-000@loc", members);
        pages
            .map(|page| {
                let cursor = page.channel_serial.unwrap();
                (cursor, page.presence.unwrap().len())
            })
            .collect()
    }

    #[test]
    fn pages_are_bounded_by_members_and_by_bytes_and_the_last_has_no_cursor() {
        let page = |cursor: &str, count| (format!("01-000:{cursor}"), count);
        assert_eq!(shape(&[]), [page("", 0)]);
        assert_eq!(shape(&members(100, 1)), [page("", 100)]);
        let three = [page("1", 100), page("2", 100), page("", 1)];
        assert_eq!(shape(&members(201, 1)), three);
        let large = shape(&members(16, 60_000));
        assert_eq!(large.len(), 8, "{large:?}");
        assert!(large.iter().all(|(_, count)| *count == 2));
    }
}
