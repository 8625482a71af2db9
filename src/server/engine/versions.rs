//! Versions of a message, kept by what each has of its own: what the next one has as well is kept once, there. Else a word
//! that is appended, or a change of something else, would keep the whole message once more.
//!
//! The newest version is whole, and so is one now and then: none is far from one that is, and all of them take about twice
//! what they have of their own.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::query::{ITEM_OVERHEAD, PageQuery};
use crate::chat_core::protocol::{Data, Json, Message};

/// Fewer bytes are not worth being shared.
const LEAST: usize = 256;

/// What a version shares with the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shared {
    /// Its data is as many bytes of the next one's, from the beginning.
    data: Option<usize>,
    /// Its extras are those of the next one.
    extras: bool,
    /// Its name is that of the next one.
    name: bool,
    /// The size of the whole version, in bytes.
    pub(super) size: usize,
    /// What it and those before it have of their own, back to the last one that is whole, in bytes.
    pub(super) own: usize,
}

/// A version as it is kept, and what it shares with the next one; whole if it shares nothing.
pub(super) type KeptVersion = (Message, Option<Shared>);

/// Returns the size of a version when it is whole.
pub(super) fn size_of((message, shared): &KeptVersion) -> usize {
    let size = shared.as_ref().map(|shared| shared.size);
    size.unwrap_or_else(|| message.size_of_version())
}

/// Takes out of `older` what `newer`, the version after it, has as well. `own` is that of the version before `older`, 0 if
/// that is whole. It stays whole where little would be gained, and where those before it have as much of their own.
pub(super) fn share(older: &mut Message, newer: &Message, own: usize) -> Option<Shared> {
    let size = older.size_of_version();
    let data = older.data.as_ref().filter(|data| begins(data, newer));
    let data = data.map(Data::len);
    let extras = older
        .extras
        .as_ref()
        .filter(|extras| is_same(extras, newer));
    let name = older.name.as_ref().filter(|_| older.name == newer.name);
    let saved =
        data.unwrap_or_default() + extras.map_or(0, Json::size) + name.map_or(0, String::len);
    let own = own + ITEM_OVERHEAD + size.saturating_sub(saved);
    if saved < LEAST || own > size {
        return None;
    }
    let shared = Shared {
        data,
        extras: extras.is_some(),
        name: name.is_some(),
        size,
        own,
    };
    if data.is_some() {
        older.data = None;
    }
    if shared.extras {
        older.extras = None;
    }
    if shared.name {
        older.name = None;
    }
    Some(shared)
}

fn begins(data: &Data, newer: &Message) -> bool {
    match (data, &newer.data) {
        (Data::Text(data), Some(Data::Text(newer))) => newer.starts_with(data),
        (Data::Binary(data), Some(Data::Binary(newer))) => newer.starts_with(data),
        _ => false,
    }
}

/// Returns whether the extras of `newer` are these, in the same order.
fn is_same(extras: &Json, newer: &Message) -> bool {
    let text = |extras: &Json| extras.0.to_string();
    let newer = newer.extras.as_ref();
    newer.is_some_and(|newer| newer == extras && text(newer) == text(extras))
}

/// Puts back what `older` shares with `newer`, which is whole.
fn restore(older: &mut Message, shared: &Shared, newer: Message) {
    if let Some(length) = shared.data {
        older.data = newer.data.map(|data| match data {
            Data::Text(mut text) => {
                text.truncate(length);
                Data::Text(text)
            }
            Data::Binary(mut bytes) => {
                bytes.truncate(length);
                Data::Binary(bytes)
            }
        });
    }
    if shared.extras {
        older.extras = newer.extras;
    }
    if shared.name {
        older.name = newer.name;
    }
}

/// Hands each of `kept` to `take` as it was, newest first; the first of them must be whole.
///
/// # Errors
/// Those of `kept`, and of `take`.
pub(super) fn restored<E>(
    kept: impl Iterator<Item = Result<KeptVersion, E>>,
    mut take: impl FnMut(&Message) -> Result<(), E>,
) -> Result<(), E> {
    let mut newer: Option<Message> = None;
    for kept in kept {
        let (mut message, shared) = kept?;
        if let (Some(shared), Some(newer)) = (shared, newer.take()) {
            restore(&mut message, &shared, newer);
        }
        take(&message)?;
        newer = Some(message);
    }
    Ok(())
}

/// Returns those of `places` that are on the page of `query`, by their sizes.
pub(super) fn places_of_page(
    places: Range<usize>,
    query: &PageQuery,
    size_at: impl Fn(usize) -> usize,
) -> Range<usize> {
    let (mut count, mut size) = (0, 0);
    while count < places.len() && count < query.limit && (count == 0 || size < query.size) {
        let place = if query.forwards {
            places.start + count
        } else {
            places.end - 1 - count
        };
        size += ITEM_OVERHEAD + size_at(place);
        count += 1;
    }
    if query.forwards {
        places.start..places.start + count
    } else {
        places.end - count..places.end
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> Data {
        Data::Text(text.to_owned())
    }

    /// Keeps `versions` as engines do.
    fn kept(versions: &[Message]) -> Vec<KeptVersion> {
        let mut kept: Vec<KeptVersion> = Vec::new();
        for version in versions {
            let own = kept
                .iter()
                .rev()
                .nth(1)
                .and_then(|(_, shared)| shared.as_ref());
            let own = own.map_or(0, |shared| shared.own);
            if let Some((older, shared)) = kept.last_mut() {
                *shared = share(older, version, own);
            }
            kept.push((version.clone(), None));
        }
        kept
    }

    #[test]
    fn versions_come_back_as_they_were() {
        let long = "é".repeat(200);
        let extras = Some(Json(json!({"b": "x".repeat(300), "a": 1})));
        let turned = Some(Json(json!({"a": 1, "b": "x".repeat(300)})));
        let of = |data, extras: &Option<Json>, name: Option<&str>| Message {
            data,
            extras: extras.clone(),
            name: name.map(str::to_owned),
            ..Message::default()
        };
        let binary = |length: usize| Some(Data::Binary(Bytes::from(vec![0; length])));
        let versions = [
            of(Some(text(&long)), &extras, Some("n")),
            of(Some(text(&format!("{long}é"))), &extras, Some("n")),
            of(Some(text(&format!("{long}é"))), &turned, Some("n")),
            of(Some(text(&format!("{long}ü"))), &turned, None),
            of(None, &turned, None),
            of(binary(300), &None, None),
            of(binary(300), &extras, None),
            of(binary(301), &extras, None),
            of(Some(text(&long)), &None, Some("n")),
        ];
        let kept = kept(&versions);
        assert!(kept[0].0.data.is_none() && kept[0].0.extras.is_none());
        assert!(kept[1].0.extras.is_some(), "their order is another");
        assert_eq!(
            kept.iter().map(size_of).collect::<Vec<_>>(),
            versions.each_ref().map(Message::size_of_version)
        );
        let mut back = Vec::new();
        let each = kept.into_iter().rev().map(Ok::<_, Infallible>);
        let Ok(()) = restored(each, |version| {
            back.insert(0, version.clone());
            Ok(())
        });
        assert_eq!(back, versions);
    }

    #[test]
    fn appends_take_what_they_add() {
        let mut message = Message {
            data: Some(text(&"x".repeat(60_000))),
            ..Message::default()
        };
        let versions: Vec<Message> = (0..1000)
            .map(|_| {
                if let Some(Data::Text(text)) = &mut message.data {
                    text.push('y');
                }
                message.clone()
            })
            .collect();
        let kept = kept(&versions);
        let size: usize = kept.iter().map(|(own, _)| own.size_of_version()).sum();
        assert!(size < 8 * 60_000, "{size}");
        // And each is near to one that is whole.
        let whole = |(_, shared): &KeptVersion| shared.is_none();
        let mut runs = kept.split(whole).map(<[KeptVersion]>::len);
        assert!(runs.all(|run| run <= 62_000 / ITEM_OVERHEAD));
    }
}
