//! The file of `token serve --users`: the users that get a token, with their rights.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::chat_core::auth::Capability;
use crate::chat_core::auth::identity::check_client_id;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::grants::{allowing, check_claim_pattern, granting, read_capability};
use crate::cli::toml_file;
use crate::server::{User, Users};
use crate::settings::parse_duration;

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct Mapping {
    users: BTreeMap<String, UserEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "a table")]
struct UserEntry {
    client_id: Option<String>,
    #[serde(default)]
    grant: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    allow: BTreeMap<String, Vec<String>>,
    capability: Option<toml::Value>,
    #[serde(default)]
    claims: BTreeMap<String, String>,
    ttl: Option<String>,
    #[serde(default)]
    banned: bool,
}

/// The name that stands for all other users.
const OTHERS: &str = "*";

impl Mapping {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A file that can't be read, or a fault in it with its place.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        Ok(toml_file::read("--users", path)?)
    }

    /// The users.
    ///
    /// # Errors
    /// A usage error that names the user and the fault.
    pub(super) fn users(self, context: &Context) -> anyhow::Result<Users> {
        let mut users = Users::default();
        for (name, entry) in self.users {
            let user = entry.user(&format!("--users: {name}"), context)?;
            if name == OTHERS {
                users.others = Some(user);
            } else {
                users.named.insert(name, user);
            }
        }
        Ok(users)
    }
}

impl UserEntry {
    fn user(self, place: &str, context: &Context) -> anyhow::Result<User> {
        if let Some(client_id) = &self.client_id {
            check_client_id(client_id).map_err(|error| Failure::about(place, &error))?;
        }
        for pattern in self.claims.keys() {
            check_claim_pattern(place, pattern, context)?;
        }
        let ttl = self
            .ttl
            .as_deref()
            .map(parse_duration)
            .transpose()
            .map_err(|fault| Failure::usage(format!("{place}: ttl: {fault}")))?;
        Ok(User {
            capability: self.capability(place, context)?,
            client_id: self.client_id,
            claims: self.claims.into_iter().collect(),
            ttl,
            is_banned: self.banned,
        })
    }

    fn capability(&self, place: &str, context: &Context) -> anyhow::Result<Option<Capability>> {
        let written = match &self.capability {
            None => None,
            Some(toml::Value::String(text)) => Some(read_capability(place, text)?),
            Some(table) => Some(read_capability(place, &serde_json::to_string(table)?)?),
        };
        let mut grants = Vec::with_capacity(self.grant.len() + self.allow.len());
        for (room, features) in &self.grant {
            grants.push(granting(
                place,
                room,
                features.iter().map(String::as_str),
                context,
            )?);
        }
        for (room, operations) in &self.allow {
            grants.push(allowing(
                place,
                room,
                operations.iter().map(String::as_str),
                context,
            )?);
        }
        if grants.is_empty() {
            return Ok(written);
        }
        let added = Capability::of_grants(grants);
        Ok(Some(written.map_or_else(
            || added.clone(),
            |written| written.union(&added),
        )))
    }
}
