//! Changes that tell one expectation from another, and that no test has to notice.

use std::time::Duration;

use serde_json::{Map, Value};

use super::rights::{RightsChange, Way, is_given, more, moved, with};
use super::rule_index::{Affected, RuleIndex};
use super::suite::{RoleChecks, is_of_role};
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::analysis::policy::check::{Assertion, Check};
use crate::chat_core::analysis::policy::model::{Role, Spanned};
use crate::chat_core::auth::claims::{ROOM_PREFIX, UserClaims};
use crate::chat_core::auth::operation::{Operation, Operations};
use crate::chat_core::auth::resource::Resource;

/// Rights in one room more, all that is denied in it, patterns that shrink to one room or grow by a step, and what is
/// forbidden in a room of which no test speaks.
pub(super) fn of_rights(
    index: &RuleIndex<'_>,
    forbid: &[Spanned<Permission>],
    checks: &[Check],
    mut probe: impl FnMut(RightsChange<'_>),
) {
    let grants = index.rules.grants;
    let of_rules: Vec<Affected> = grants
        .iter()
        .map(|grant| index.affected(&grant.resource))
        .collect();
    for room in index.rooms().filter_map(Resource::parse) {
        let affected = index.affected(&room);
        let around = index.rules.grants_at(&affected.rules);
        for operation in Operation::ALL {
            if !is_given(&around, &room, [operation].into_iter().collect()) {
                probe(more(&room, &affected, operation));
            }
        }
        // Of what is denied, more than one right may be missing.
        for check in &affected.checks {
            if let Assertion::Deny(permission) = &checks[*check].assertion {
                for operations in enough_for(*permission) {
                    probe(with(&room, &affected, operations));
                }
            }
        }
        for rule in &affected.rules {
            let grant = &grants[*rule];
            if grant.resource != room && grant.resource.covers(&room) {
                probe(moved(*rule, grant, &room, &of_rules[*rule], Way::Less));
            }
        }
    }
    for (rule, grant) in grants.iter().enumerate() {
        if let Some(wide) = a_step_wider(&grant.resource) {
            probe(moved(rule, grant, &wide, &index.affected(&wide), Way::More));
        }
    }
    let Some(elsewhere) = Resource::parse(ELSEWHERE) else {
        return;
    };
    let affected = index.affected(&elsewhere);
    for permission in forbid {
        for operations in enough_for(permission.what) {
            probe(with(&elsewhere, &affected, operations));
        }
    }
}

/// The least pattern that covers more: `a:*` for `a` and for `a:b:*`.
fn a_step_wider(resource: &Resource) -> Option<Resource> {
    let text = resource.as_str();
    let stem = match text.strip_suffix(":*") {
        Some(stem) => stem.rsplit_once(':')?.0,
        None => text,
    };
    Resource::parse(&format!("{stem}:*")).filter(|wide| wide.covers(resource) && wide != resource)
}

/// The operations that are enough for a permission: the least ones, and each alternative with the least of the others.
fn enough_for(permission: Permission) -> Vec<Operations> {
    let needs = permission.needs();
    let mut all = Vec::new();
    for (place, any) in needs.iter().enumerate() {
        for alternative in *any {
            let others = needs
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place);
            // They are listed strongest first.
            let least = others.filter_map(|(_, any)| any.last());
            all.push(least.chain([alternative]).copied().collect());
        }
    }
    all
}

/// The role with other claims, as somebody else, and with tokens that live longer or shorter, where the suite speaks of
/// it.
pub(super) fn of_role(role: &Role, suite: &RoleChecks<'_>) -> Vec<Role> {
    let mut all = Vec::new();
    let mut lives: Vec<Option<Duration>> = Vec::new();
    let mut has_claims = false;
    let mut has_client_id = false;
    for (_, check) in suite.passing().filter(|(_, it)| is_of_role(&it.assertion)) {
        match &check.assertion {
            Assertion::UserClaim(_) => has_claims = true,
            Assertion::ClientId(_) => has_client_id = true,
            Assertion::MinLifetime(bound) => lives.push(bound.checked_sub(STEP)),
            Assertion::MaxLifetime(bound) => lives.push(bound.checked_add(STEP)),
            _ => {}
        }
    }
    if has_claims {
        let claims = other_claims(&role.claims).into_iter();
        all.extend(claims.map(|claims| Role {
            claims,
            ..role.clone()
        }));
    }
    if has_client_id {
        let other = role.client_id.as_deref().unwrap_or_default().to_owned() + "-2";
        all.extend([None, Some(other)].map(|client_id| Role {
            client_id,
            ..role.clone()
        }));
    }
    lives.dedup();
    all.extend(lives.into_iter().map(|lifetime| Role {
        lifetime,
        ..role.clone()
    }));
    all
}

/// Each claim gone, each with another value, and one for every room.
fn other_claims(claims: &UserClaims) -> Vec<UserClaims> {
    let written: Map<String, Value> = claims
        .rooms()
        .map(|claim| {
            let name = format!("{ROOM_PREFIX}{}", claim.pattern);
            (name, Value::from(claim.user_claim))
        })
        .collect();
    let mut all = Vec::new();
    for claim in claims.rooms() {
        let name = format!("{ROOM_PREFIX}{}", claim.pattern);
        let mut less = written.clone();
        less.remove(&name);
        all.push(less);
        let mut other = written.clone();
        other.insert(name, Value::from(format!("{} ", claim.user_claim)));
        all.push(other);
    }
    let mut more = written;
    more.entry(format!("{ROOM_PREFIX}*"))
        .or_insert_with(|| Value::from("{}"));
    all.push(more);
    all.iter().map(UserClaims::from_claims).collect()
}

/// A room of which no test speaks.
const ELSEWHERE: &str = "of-which:no-test:speaks";

/// As fine as lives are told.
const STEP: Duration = Duration::from_secs(1);
