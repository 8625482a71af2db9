//! Pages: what is asked for, and lists that are cut into them.

use serde::Serialize;

use crate::chat_core::error::{ErrorInfo, Result};
use crate::server::core::limits::MAX_PAGE_SIZE;
use crate::server::edge::http::query::Query;
use crate::server::edge::http::reply::Reply;
use crate::server::edge::http::request::Call;
use crate::server::engine::PageQuery;
use crate::server::engine::serial;

/// Returns a page of a list: in its own order, or backwards if the caller asks for it.
///
/// # Errors
/// 40003 / 400 for a bad parameter.
pub(crate) fn reply<T: Serialize>(call: &Call, items: Vec<T>, word: &str) -> Result<Reply> {
    let (page, next) = cut(&call.query, items)?;
    let reply = call.reply(200, &page);
    Ok(reply.page(word, &call.query, next.as_deref()))
}

/// Cuts a page out of a list, and returns the cursor of the next one.
///
/// # Errors
/// 40003 / 400 for a bad parameter.
pub(crate) fn cut<T>(query: &Query, mut items: Vec<T>) -> Result<(Vec<T>, Option<String>)> {
    let limit = query.limit()?;
    if query.choice("direction", "forwards", "backwards")? == Some(false) {
        items.reverse();
    }
    let begin = query
        .number("cursor")?
        .and_then(|at| usize::try_from(at).ok())
        .unwrap_or(0);
    let end = begin.saturating_add(limit);
    let next = (end < items.len()).then(|| end.to_string());
    let page: Vec<T> = items.into_iter().skip(begin).take(limit).collect();
    Ok((page, next))
}

/// Reads the parameters of a page of what belongs to a message, oldest first by default.
///
/// # Errors
/// 40003 / 400 for a bad parameter.
pub(crate) fn items(query: &Query) -> Result<PageQuery> {
    Ok(PageQuery {
        forwards: query
            .choice("direction", "forwards", "backwards")?
            .unwrap_or(true),
        limit: query.limit()?,
        size: MAX_PAGE_SIZE,
        after: serial(query, "cursor")?,
        ..PageQuery::all()
    })
}

/// Reads the parameters of a Pub/Sub history (RSL2b): both ends inclusive, newest first by default.
///
/// # Errors
/// 40003 / 400 for a bad parameter.
pub(crate) fn history(query: &Query) -> Result<PageQuery> {
    let from_serial = match serial(query, "fromSerial")? {
        Some(serial) => Some(serial),
        None => serial(query, "from_serial")?,
    };
    let (start, end) = (query.number("start")?, query.number("end")?);
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        return Err(ErrorInfo::new(40003, 400, "Invalid start: it is after end"));
    }
    Ok(PageQuery {
        start,
        end,
        forwards: query
            .choice("direction", "forwards", "backwards")?
            .unwrap_or(false),
        limit: query.limit()?,
        size: MAX_PAGE_SIZE,
        from_serial,
        after: query.get("cursor").map(str::to_owned),
    })
}

/// Reads a serial in the query.
///
/// # Errors
/// 40003 / 400 for anything else.
pub(crate) fn serial(query: &Query, name: &str) -> Result<Option<String>> {
    match query.get(name) {
        Some(text) if !serial::is_serial(text) => Err(ErrorInfo::new(
            40003,
            400,
            format!("Invalid {name}: it is not a serial"),
        )),
        text => Ok(text.map(str::to_owned)),
    }
}
