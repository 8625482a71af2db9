//! Policies as plain data: roles, and the expectations of them.

use std::sync::Arc;
use std::time::Duration;

use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::auth::capability::Capability;
use crate::chat_core::auth::claims::UserClaims;

/// Roles, and what is expected of them.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The roles.
    pub roles: Vec<Role>,
    /// The expectations, those of a test that names several roles once for each.
    pub tests: Vec<Test>,
}

impl Policy {
    /// These of its roles, each with its place.
    pub(super) fn of(&self, roles: &[usize]) -> impl Iterator<Item = (usize, &Role)> {
        roles
            .iter()
            .filter_map(|place| Some((*place, self.roles.get(*place)?)))
    }
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceLocation {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

/// Something that a file says, and the line that says it, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub what: T,
    /// The line, from 1.
    pub line: usize,
}

/// Somebody, and what they hold.
#[derive(Clone, Debug)]
pub struct Role {
    /// The word for it.
    pub name: String,
    /// The place in the file.
    pub place: SourceLocation,
    /// The capability; `None` where only the service knows.
    pub capability: Option<Capability>,
    /// The clientId; `None` for an anonymous client, or where only the service knows.
    pub client_id: Option<String>,
    /// The claims that its events carry.
    pub claims: UserClaims,
    /// The lifetime of its tokens; `None` for what does not end.
    pub lifetime: Option<Duration>,
    /// The permissions that it must have nowhere.
    pub forbid: Vec<Spanned<Permission>>,
}

/// The expectations of one role in some rooms.
#[derive(Clone, Debug, Default)]
pub struct Test {
    /// Its name, which several tests may have.
    pub name: String,
    /// The place in the file.
    pub place: SourceLocation,
    /// The role, by its place in the policy.
    pub role: usize,
    /// The rooms.
    pub rooms: Vec<String>,
    /// Permissions that must be allowed.
    pub allow: Vec<Spanned<Permission>>,
    /// Permissions that must be denied.
    pub deny: Vec<Spanned<Permission>>,
    /// Permissions that must be allowed, and nothing besides.
    pub only: Option<Spanned<Vec<Spanned<Permission>>>>,
    /// The resources that must decide what is allowed; any where it is not said.
    pub rules: Option<Spanned<Vec<String>>>,
    /// The user claim that events must carry; nothing within for none at all.
    pub user_claim: Option<Spanned<Option<String>>>,
    /// The clientId that the role must have; `None` within for an anonymous client.
    pub client_id: Option<Spanned<Option<String>>>,
    /// The shortest life of a token.
    pub min_lifetime: Option<Spanned<Duration>>,
    /// The longest life of a token.
    pub max_lifetime: Option<Spanned<Duration>>,
}
