//! Pages of history: messages and presence, within the bounds of a query.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;

use rusqlite::{Connection, params};
use serde::de::DeserializeOwned;

use super::error::failed;
use super::statement::as_str;
use super::{read, summary, text};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::payload::Payload;
use crate::chat_core::protocol::{Annotation, Message, PresenceMessage};
use crate::server::engine::entry::EntryKind;
use crate::server::engine::query::{ITEM_OVERHEAD, Page, PageQuery};
use crate::server::engine::serial;
use crate::server::engine::versions;

/// Greater than every serial.
const BEYOND: &str = "~";

/// Reads a page of history.
pub(super) fn history(
    connection: &Connection,
    channel: i64,
    query: &PageQuery,
) -> Result<Page<Message>> {
    let mut items: Vec<Message> = Vec::new();
    let mut size = 0;
    let compare = |message: &Message, position: &str| {
        serial::compare_to_position(message.serial.as_deref().unwrap_or_default(), position)
    };
    scan(
        connection,
        channel,
        EntryKind::Messages,
        query,
        |_, frames| {
            let mut messages = read::messages_of(frames)?;
            if !query.forwards {
                messages.reverse();
            }
            for message in messages {
                let is_within = query
                    .from_serial
                    .as_ref()
                    .is_none_or(|position| compare(&message, position).is_le());
                let is_behind = query.after.as_ref().is_none_or(|after| {
                    let order = compare(&message, after);
                    if query.forwards {
                        order.is_gt()
                    } else {
                        order.is_lt()
                    }
                });
                if is_within && is_behind {
                    size += ITEM_OVERHEAD + message.size();
                    items.push(message);
                }
            }
            Ok(full(items.len(), size, query))
        },
    )?;
    let is_cut = size > query.size;
    let mut page = page(items, is_cut, query, |message| message.serial.clone());
    let whole = page.items.len();
    put_later(connection, channel, &mut page.items, query.size)?;
    if page.items.len() < whole {
        page.next = page.items.last().and_then(|last| last.serial.clone());
    }
    Ok(page)
}

/// Reads a page of presence history. Its cursor is an entry's serial and an index in it.
pub(super) fn presence_history(
    connection: &Connection,
    channel: i64,
    query: &PageQuery,
) -> Result<Page<PresenceMessage>> {
    let mut items: Vec<(String, PresenceMessage)> = Vec::new();
    let mut size = 0;
    scan(
        connection,
        channel,
        EntryKind::Presence,
        query,
        |serial, frames| {
            let mut told = Vec::new();
            for frame in text::to_frames(frames)? {
                told.extend(frame.presence.iter().flatten().cloned());
            }
            let mut placed: Vec<(String, PresenceMessage)> = told
                .into_iter()
                .enumerate()
                .map(|(index, item)| (serial::of_message(serial, index), item))
                .collect();
            if !query.forwards {
                placed.reverse();
            }
            let behind = placed.into_iter().filter(|(place, _)| {
                query.after.as_ref().is_none_or(|after| {
                    if query.forwards {
                        place > after
                    } else {
                        place < after
                    }
                })
            });
            for (place, item) in behind {
                size += ITEM_OVERHEAD + item.size();
                items.push((place, item));
            }
            Ok(full(items.len(), size, query))
        },
    )?;
    let is_cut = size > query.size;
    let page = page(items, is_cut, query, |(place, _)| Some(place.clone()));
    Ok(Page {
        items: page.items.into_iter().map(|(_, item)| item).collect(),
        next: page.next,
    })
}

/// Reads a page of the versions of a message; none of an unknown one.
pub(super) fn versions(
    connection: &Connection,
    channel: i64,
    serial: &str,
    query: &PageQuery,
) -> Result<Page<Message>> {
    let Some(created) = read::created(connection, channel, serial)? else {
        return Ok(Page::default());
    };
    let created = Some(created).filter(|_| query.is_behind(serial));
    let from = if query.forwards { serial } else { BEYOND };
    let after = query.after.as_deref().unwrap_or(from);
    let (mut kept, mut size, mut has_more) = (VecDeque::new(), 0, false);
    let mut page = Page::default();
    let is_full = |count: usize, size: usize| count >= query.limit || size >= query.size;
    if let Some(created) = created.as_ref().filter(|_| query.forwards) {
        size += ITEM_OVERHEAD + created.size_of_version();
    }
    let is_first = usize::from(size > 0);
    versions_from(
        connection,
        (channel, serial),
        after,
        query.forwards,
        |row| {
            let count = is_first + kept.len();
            if count > 0 && is_full(count, size) {
                has_more = true;
                return Ok(ControlFlow::Break(()));
            }
            let version = read::kept_version(row)?;
            size += ITEM_OVERHEAD + versions::size_of(&version);
            if query.forwards {
                kept.push_front(version);
            } else {
                kept.push_back(version);
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    let on_page = kept.len();
    if kept.front().is_some_and(|(_, shared)| shared.is_some()) {
        // Up to the next one that is whole.
        let newest = kept
            .front()
            .and_then(|(newest, _)| newest.version.as_ref()?.serial.clone());
        let newest = newest.unwrap_or_default();
        versions_from(connection, (channel, serial), &newest, true, |row| {
            let version = read::kept_version(row)?;
            let is_whole = version.1.is_none();
            kept.push_front(version);
            Ok(if is_whole {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })?;
    }
    let mut beyond = kept.len() - on_page;
    versions::restored(kept.into_iter().map(Ok), |version| {
        if beyond == 0 {
            page.items.push(version.clone());
        }
        beyond = beyond.saturating_sub(1);
        Ok(())
    })?;
    // The oldest of all.
    if let Some(created) = created {
        let has_room = page.items.is_empty() || !is_full(page.items.len(), size);
        if query.forwards || (has_room && !has_more) {
            page.items.push(created);
        } else {
            has_more = true;
        }
    }
    if query.forwards {
        page.items.reverse();
    }
    let last = page
        .items
        .last()
        .and_then(|last| last.version.as_ref()?.serial.clone());
    page.next = last.filter(|_| has_more);
    Ok(page)
}

/// Hands the versions of a message behind `after` to `take`, until that has enough.
fn versions_from(
    connection: &Connection,
    (channel, message): (i64, &str),
    after: &str,
    forwards: bool,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let sql = if forwards {
        "SELECT serial, body, shared FROM version WHERE channel = ?1 AND message = ?2 AND serial > ?3 ORDER BY serial"
    } else {
        "SELECT serial, body, shared FROM version WHERE channel = ?1 AND message = ?2 AND serial < ?3 ORDER BY serial DESC"
    };
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement
        .query(params![channel, message, after])
        .map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        if take(row)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Reads a page of the annotations of a message.
pub(super) fn annotations(
    connection: &Connection,
    channel: i64,
    serial: &str,
    query: &PageQuery,
) -> Result<Page<Annotation>> {
    let sql = if query.forwards {
        "SELECT serial, body FROM annotation WHERE channel = ?1 AND message = ?2 AND serial > ?3 ORDER BY serial"
    } else {
        "SELECT serial, body FROM annotation WHERE channel = ?1 AND message = ?2 AND serial < ?3 ORDER BY serial DESC"
    };
    let place = (channel, serial);
    items(
        connection,
        sql,
        place,
        query,
        (None, None),
        Annotation::size,
    )
}

/// Reads a page of what belongs to a message: `first`, the rows behind the cursor, `last`.
fn items<T: Payload + DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    (channel, message): (i64, &str),
    query: &PageQuery,
    (first, last): (Option<T>, Option<T>),
    size_of: impl Fn(&T) -> usize,
) -> Result<Page<T>> {
    let from = if query.forwards { message } else { BEYOND };
    let after = query.after.as_deref().unwrap_or(from);
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement
        .query(params![channel, message, after])
        .map_err(failed)?;
    let (mut page, mut size) = (Page::default(), 0);
    let mut cursor = first.is_some().then(|| message.to_owned());
    page.items.extend(first);
    size += page.items.first().map_or(0, &size_of);
    loop {
        let is_full = page.items.len() >= query.limit || size >= query.size;
        let next = rows.next().map_err(failed)?;
        if is_full && !page.items.is_empty() {
            let has_more = next.is_some() || last.is_some();
            page.next = cursor.filter(|_| has_more);
            return Ok(page);
        }
        let Some(row) = next else {
            page.items.extend(last);
            return Ok(page);
        };
        cursor = Some(row.get(0).map_err(failed)?);
        let item = text::to_item(row.get_ref(1).and_then(as_str).map_err(failed)?)?;
        size += ITEM_OVERHEAD + size_of(&item);
        page.items.push(item);
    }
}

/// Reads the entries of one kind that `query` bounds, in its order, until `take` has enough.
fn scan(
    connection: &Connection,
    channel: i64,
    kind: EntryKind,
    query: &PageQuery,
    mut take: impl FnMut(&str, &str) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let sql = if query.forwards {
        "SELECT serial, frames FROM entry WHERE channel = ?1 AND kind = ?2 \
         AND serial >= ?3 AND serial < ?4 AND serial <= ?5 ORDER BY serial"
    } else {
        "SELECT serial, frames FROM entry WHERE channel = ?1 AND kind = ?2 \
         AND serial >= ?3 AND serial < ?4 AND serial <= ?5 ORDER BY serial DESC"
    };
    // A serial begins with its time.
    let time = |millis: i64| format!("{:014}", millis.clamp(0, 99_999_999_999_999));
    let (mut first, mut last) = (query.start.map(time).unwrap_or_default(), BEYOND);
    let end = query
        .end
        .map_or_else(|| BEYOND.to_owned(), |end| time(end.saturating_add(1)));
    if let Some(position) = &query.from_serial {
        last = last.min(serial::channel_part(position));
    }
    if let Some(after) = &query.after {
        let after = serial::channel_part(after);
        if query.forwards {
            first = first.max(after.to_owned());
        } else {
            last = last.min(after);
        }
    }
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement
        .query(params![channel, kind as i64, first, end, last])
        .map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let serial = row.get_ref(0).and_then(as_str).map_err(failed)?;
        let frames = row.get_ref(1).and_then(as_str).map_err(failed)?;
        if take(serial, frames)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Breaks off with one item more than is asked for, which says that there is more.
fn full(count: usize, size: usize, query: &PageQuery) -> ControlFlow<()> {
    if count > query.limit || (size > query.size && count > 1) {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Returns the page of `items`, of which the last one says that there is more if they are cut off, or more than asked for.
fn page<T>(
    mut items: Vec<T>,
    is_cut: bool,
    query: &PageQuery,
    place: impl Fn(&T) -> Option<String>,
) -> Page<T> {
    let has_more = items.len() > query.limit || (is_cut && items.len() > 1);
    let count = items.len() - usize::from(has_more);
    items.truncate(count.min(query.limit));
    let next = items.last().and_then(place).filter(|_| has_more);
    Page { items, next }
}

/// How many messages are brought up to date at once.
const CHUNK: usize = 16;

/// Puts the newest version of each message in its place, and drops those for which the page has no room then.
fn put_later(
    connection: &Connection,
    channel: i64,
    messages: &mut Vec<Message>,
    room: usize,
) -> Result<()> {
    let (mut size, mut fitting) = (0, 0);
    for chunk in messages.chunks_mut(CHUNK) {
        if fitting > 0 && size >= room {
            break;
        }
        put_later_in(connection, channel, chunk)?;
        for message in chunk {
            if fitting == 0 || size < room {
                fitting += 1;
                size += ITEM_OVERHEAD + message.size_of_version();
            }
        }
    }
    messages.truncate(fitting);
    Ok(())
}

fn put_later_in(connection: &Connection, channel: i64, messages: &mut [Message]) -> Result<()> {
    let serials = || {
        messages
            .iter()
            .filter_map(|message| message.serial.as_deref())
    };
    let (Some(first), Some(last)) = (serials().min(), serials().max()) else {
        return Ok(());
    };
    let (first, last) = (first.to_owned(), last.to_owned());
    let later = read::later(connection, channel, &first, &last)?;
    let mut later: HashMap<String, String> = later.into_iter().collect();
    let mut summaries = summary::values(connection, channel, &first, &last)?;
    for message in messages {
        let serial = message.serial.clone().unwrap_or_default();
        if let Some(newest) = later.remove(&serial) {
            *message = text::to_item(&newest)?;
        }
        if let Some(summary) = summaries.remove(&serial) {
            message.annotations = Some(summary);
        }
    }
    Ok(())
}
