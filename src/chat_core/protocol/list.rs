//! Lists from outside, of which no more is built than can be of use.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The most items of a list that are read. The rest is passed over: so many are refused anyhow.
const MAX_ITEMS: usize = 4096;

/// Reads a list that may be absent.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    deserializer.deserialize_option(ListVisitor(PhantomData))
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        first_items(items, MAX_ITEMS).map(Some)
    }
}

/// Builds no more than the first `max` items of a list, and passes over the rest.
///
/// # Errors
/// An item that can't be read.
pub fn first_items<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    mut items: A,
    max: usize,
) -> Result<Vec<T>, A::Error> {
    let mut list = Vec::new();
    while list.len() < max {
        match items.next_element()? {
            Some(item) => list.push(item),
            None => return Ok(list),
        }
    }
    while items.next_element::<IgnoredAny>()?.is_some() {}
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::protocol::{Action, Format, Message, ProtocolMessage};

    #[test]
    fn no_more_is_built_of_a_list_than_can_be_of_use() {
        for format in [Format::Json, Format::MessagePack] {
            for (count, built) in [(0, 0), (1000, 1000), (100_000, MAX_ITEMS)] {
                let frame = ProtocolMessage {
                    messages: Some(vec![Message::default(); count]),
                    ..ProtocolMessage::new(Action::Message)
                };
                let read = ProtocolMessage::decode(format, &frame.encode(format)).unwrap();
                let messages = read.messages.unwrap();
                assert_eq!(messages.len(), built);
                assert!(messages.capacity() <= 2 * MAX_ITEMS);
            }
        }
        for text in [r#"{"action":15,"messages":null}"#, r#"{"action":15}"#] {
            let read = ProtocolMessage::decode(Format::Json, text.as_bytes()).unwrap();
            assert_eq!(read.messages, None);
        }
        let faulty = br#"{"action":15,"messages":{}}"#;
        assert!(ProtocolMessage::decode(Format::Json, faulty).is_err());
    }
}
