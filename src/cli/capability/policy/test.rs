//! A test of a policy file.

use toml::Spanned;

use super::file::{TestFile, TextOrNone, Word};
use super::role::Placeholders;
use super::source::{PolicySource, nearest};
use crate::chat_core::analysis::policy::{Role, Test};
use crate::chat_core::protocol::names::check_room;

/// The test, once for each of its roles; the roles are named by their places in `roles`.
///
/// # Errors
/// A fault in it, with its place.
pub(super) fn read(
    source: &PolicySource,
    file: &TestFile,
    roles: &[Role],
    users: &[Option<String>],
) -> anyhow::Result<Vec<Test>> {
    let fault = |what: &str| source.fault(Some(file.name.span()), what);
    let of: Vec<&Word> = file
        .role
        .iter()
        .chain(file.roles.iter().flatten())
        .collect();
    if of.is_empty() {
        return Err(fault("the test names no role").into());
    }
    let has_lines = !file.allow.is_empty()
        || !file.deny.is_empty()
        || file.only.is_some()
        || file.user_claim.is_some();
    let has_others = file.client_id.is_some() || file.min_ttl.is_some() || file.max_ttl.is_some();
    let has_rooms =
        file.room.is_some() || file.rooms.as_ref().is_some_and(|rooms| !rooms.is_empty());
    if has_lines && !has_rooms {
        return Err(fault("the test names no room").into());
    }
    if !has_lines && !has_others {
        let hint = "give it allow, deny, only, user-claim, client-id, min-ttl or max-ttl";
        return Err(fault("the test expects nothing").hint(hint).into());
    }
    if file.rule.is_some() && file.allow.is_empty() && file.only.is_none() {
        return Err(fault("'rule' needs something that is allowed, and nothing is").into());
    }
    of.into_iter()
        .map(|word| {
            let place = role(source, word, roles)?;
            let role = &roles[place].name;
            let user = users[place].as_deref().unwrap_or(role);
            one(source, file, place, &Placeholders { role, user })
        })
        .collect()
}

fn role(source: &PolicySource, word: &Word, roles: &[Role]) -> anyhow::Result<usize> {
    let name = word.get_ref();
    roles
        .iter()
        .position(|role| role.name == *name)
        .ok_or_else(|| {
            let fault = source.fault(Some(word.span()), &format!("unknown role '{name}'"));
            let known = roles.iter().map(|role| role.name.as_str());
            match nearest(name, known) {
                Some(nearest) => fault.hint(format!("did you mean '{nearest}'?")).into(),
                None => fault.into(),
            }
        })
}

fn one(
    source: &PolicySource,
    file: &TestFile,
    role: usize,
    names: &Placeholders<'_>,
) -> anyhow::Result<Test> {
    let mut rooms = Vec::new();
    for word in file.room.iter().chain(file.rooms.iter().flatten()) {
        let room = names.fill_in(word.get_ref());
        check_room(&room).map_err(|error| source.fault(Some(word.span()), &error.message))?;
        rooms.push(room);
    }
    let text = |value: &Spanned<TextOrNone>| {
        let text = match value.get_ref() {
            TextOrNone::Text(text) => Some(names.fill_in(text)),
            TextOrNone::Flag(false) => None,
            TextOrNone::Flag(true) => {
                let what = "user-claim and client-id must be a string, or false for none";
                return Err(source.fault(Some(value.span()), what));
            }
        };
        Ok(source.spanned(text, &value.span()))
    };
    let rules = file.rule.as_ref().map(|rule| {
        let list = rule.get_ref().list();
        let names = list.iter().map(|rule| names.fill_in(rule)).collect();
        source.spanned(names, &rule.span())
    });
    let only = |words: &Spanned<Vec<Word>>| {
        let permissions = source.permissions(words.get_ref())?;
        anyhow::Ok(source.spanned(permissions, &words.span()))
    };
    Ok(Test {
        name: file.name.get_ref().clone(),
        place: source.place(&file.name.span()),
        role,
        rooms,
        allow: source.permissions(&file.allow)?,
        deny: source.permissions(&file.deny)?,
        only: file.only.as_ref().map(only).transpose()?,
        rules,
        user_claim: file.user_claim.as_ref().map(text).transpose()?,
        client_id: file.client_id.as_ref().map(text).transpose()?,
        min_lifetime: source.span(file.min_ttl.as_ref())?,
        max_lifetime: source.span(file.max_ttl.as_ref())?,
    })
}
