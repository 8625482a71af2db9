//! A role of a policy file: its rights, and its credentials in a live run.

use std::time::Duration;

use serde_json::{Map, Value};

use super::file::{RoleFile, TextOrNone, Word};
use super::source::PolicySource;
use crate::chat_core::analysis::algebra::{Extent, extent};
use crate::chat_core::analysis::policy::{Role, operations_of};
use crate::chat_core::auth::capability::Grant;
use crate::chat_core::auth::claims::ROOM_PREFIX;
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::operation::Operations;
use crate::chat_core::auth::verify::MAX_TTL;
use crate::chat_core::auth::{ApiKey, Capability, Feature, Resource, UserClaims};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::text;
use crate::cli::Context;
use crate::cli::grants::check_claim_pattern;

/// The lifetime of the tokens of a role, unless the file gives one.
pub(in crate::cli::capability) const DEFAULT_TTL: Duration = Duration::from_secs(60 * 60);

/// The credentials of a role.
#[derive(Clone, Debug)]
pub(in crate::cli::capability) enum RoleCredential {
    /// A token that is minted for it.
    Minted {
        /// The user claims, by room or pattern.
        claims: Vec<(String, String)>,
    },
    /// The token that a command prints.
    Command(String),
    /// A key.
    Key(ApiKey),
}

/// The values of the placeholders in the texts of a role.
pub(super) struct Placeholders<'a> {
    pub(super) role: &'a str,
    pub(super) user: &'a str,
}

impl Placeholders<'_> {
    /// The text with the names in it.
    pub(super) fn fill_in(&self, text: &str) -> String {
        text.replace("{user}", self.user)
            .replace("{role}", self.role)
    }
}

/// Reads a role with its credentials.
///
/// # Errors
/// A fault in it, with its place.
pub(super) fn read(
    source: &PolicySource,
    name: &str,
    file: &toml::Spanned<RoleFile>,
    context: &Context,
) -> anyhow::Result<(Role, RoleCredential)> {
    let place = source.place(&file.span());
    let written = file.get_ref();
    let names = Placeholders {
        role: name,
        user: written.user.as_deref().unwrap_or(name),
    };
    let claims = claims(source, written, &names, context)?;
    let credential = match (&written.token_command, &written.key) {
        (Some(_), Some(_)) => {
            let what = format!("role '{name}' has both a token-command and a key");
            return Err(source.fault(Some(file.span()), &what).into());
        }
        (Some(command), None) => RoleCredential::Command(names.fill_in(command)),
        (None, Some(key)) => RoleCredential::Key(read_key(source, key, context)?),
        (None, None) => RoleCredential::Minted {
            claims: claims.clone(),
        },
    };
    let is_minted = matches!(credential, RoleCredential::Minted { .. });
    if !is_minted && !claims.is_empty() {
        let what =
            format!("role '{name}' has claims, which only tokens that are minted for it carry");
        return Err(source.fault(Some(file.span()), &what).into());
    }
    if let Some(ttl) = written.ttl.as_ref().filter(|_| !is_minted) {
        let what =
            format!("role '{name}' has a ttl, which only tokens that are minted for it have");
        return Err(source.fault(Some(ttl.span()), &what).into());
    }
    let capability = capability(source, written, &names)?;
    if is_minted && capability.is_none() {
        let fault = source.fault(Some(file.span()), &format!("role '{name}' has no rights"));
        let hint = "give it grant, capability, capability-file, token-command or key";
        return Err(fault.hint(hint).into());
    }
    let ttl = lifetime(source, written.ttl.as_ref())?;
    let claims = claims
        .into_iter()
        .map(|(pattern, value)| (format!("{ROOM_PREFIX}{pattern}"), Value::from(value)))
        .collect::<Map<String, Value>>();
    let role = Role {
        name: name.to_owned(),
        place,
        capability,
        client_id: client_id(source, file, &names)?,
        claims: UserClaims::from_claims(&claims),
        lifetime: is_minted.then(|| ttl.unwrap_or(DEFAULT_TTL)),
        forbid: source.permissions(&written.forbid)?,
    };
    Ok((role, credential))
}

/// The lifetimes of tokens that a service accepts.
fn lifetime(source: &PolicySource, word: Option<&Word>) -> anyhow::Result<Option<Duration>> {
    let Some(ttl) = source.span(word)?.map(|ttl| ttl.what) else {
        return Ok(None);
    };
    if ttl < Duration::from_secs(1) || ttl > MAX_TTL {
        let what = "ttl must be at least one second and at most 24 hours";
        return Err(source.fault(word.map(Word::span), what).into());
    }
    Ok(Some(ttl))
}

/// The clientId of the role: `{user}`, unless the file gives another.
fn client_id(
    source: &PolicySource,
    file: &toml::Spanned<RoleFile>,
    names: &Placeholders<'_>,
) -> anyhow::Result<Option<String>> {
    let id = match &file.get_ref().client_id {
        None => names.user.to_owned(),
        Some(TextOrNone::Text(id)) => names.fill_in(id),
        Some(TextOrNone::Flag(false)) => return Ok(None),
        Some(TextOrNone::Flag(true)) => {
            let what = "client-id must be a string, or false for none";
            return Err(source.fault(Some(file.span()), what).into());
        }
    };
    check_client_id(&id).map_err(|error| {
        let what = format!("role '{}': {}", names.role, error.message);
        source.fault(Some(file.span()), &what)
    })?;
    Ok(Some(id))
}

/// The capability that the file gives, all its forms together.
fn capability(
    source: &PolicySource,
    file: &RoleFile,
    names: &Placeholders<'_>,
) -> anyhow::Result<Option<Capability>> {
    let mut all: Vec<Capability> = Vec::new();
    let strict = |text: &str, span, where_from: &str| {
        Capability::parse_strict(&names.fill_in(text)).map_err(|error| {
            let ErrorInfo { message, hint, .. } = error;
            let is_feature = |feature: &Feature| message.contains(&format!("'{}'", feature.name()));
            let of_feature = Feature::ALL.iter().any(is_feature);
            let feature_hint = || "features are given with 'grant'".to_owned();
            let fault = source.fault(Some(span), &format!("{where_from}{message}"));
            fault.maybe_hint(of_feature.then(feature_hint).or(hint))
        })
    };
    if let Some(value) = &file.capability {
        let text = match value.get_ref() {
            toml::Value::String(text) => text.clone(),
            table => serde_json::to_string(table)?,
        };
        all.push(strict(&text, value.span(), "")?);
    }
    if let Some(path) = &file.capability_file {
        let beside = source.beside(path.get_ref());
        let text = text::read_file(&beside).map_err(|error| {
            let what = format!("can't read {}: {error}", beside.display());
            source.fault(Some(path.span()), &what)
        })?;
        all.push(strict(
            &text,
            path.span(),
            &format!("{}: ", beside.display()),
        )?);
    }
    if let Some(grant) = &file.grant {
        let grants = grant
            .iter()
            .map(|(pattern, words)| granted(source, pattern, words, names))
            .collect::<anyhow::Result<Vec<Grant>>>()?;
        all.push(Capability::of_grants(grants));
    }
    Ok(all.into_iter().reduce(|one, two| one.union(&two)))
}

fn granted(
    source: &PolicySource,
    pattern: &Word,
    words: &[Word],
    names: &Placeholders<'_>,
) -> anyhow::Result<Grant> {
    let text = names.fill_in(pattern.get_ref());
    let resource = Resource::parse(&text)
        .filter(|resource| extent(resource) == Extent::Rooms)
        .ok_or_else(|| source.fault(Some(pattern.span()), &format!("'{text}' matches no room")))?;
    let mut operations = Operations::default();
    for word in words {
        let more = match word.get_ref().as_str() {
            "all" => Feature::ordinary_operations(),
            "*" => Operations::STAR,
            _ => least(source, word)?,
        };
        operations = operations.union(more);
    }
    Ok(Grant::of(resource, operations))
}

/// The operations that a feature needs at least, without the optional ones.
fn least(source: &PolicySource, word: &Word) -> anyhow::Result<Operations> {
    use crate::chat_core::analysis::Permission;
    Ok(match source.permission(word)? {
        Permission::Feature(feature) => feature.least_operations().into_iter().collect(),
        operation @ Permission::Operation(_) => operations_of(&[operation]),
    })
}

fn claims(
    source: &PolicySource,
    file: &RoleFile,
    names: &Placeholders<'_>,
    context: &Context,
) -> anyhow::Result<Vec<(String, String)>> {
    file.claims
        .iter()
        .map(|(pattern, value)| {
            let text = names.fill_in(pattern.get_ref());
            check_claim_pattern("claims", &text, context)
                .map_err(|error| source.fault(Some(pattern.span()), &error.to_string()))?;
            Ok((text, names.fill_in(value)))
        })
        .collect()
}

fn read_key(source: &PolicySource, word: &Word, context: &Context) -> anyhow::Result<ApiKey> {
    let fault = |what: &str| source.fault(Some(word.span()), what);
    let Some(variable) = word.get_ref().strip_prefix('$') else {
        let advice =
            "everyone who can read the policy has this key; give it as $NAME of a variable";
        let warning = source.fault(Some(word.span()), advice);
        context.output.notice(&format!("warning: {warning}"));
        return ApiKey::parse(word.get_ref()).map_err(|error| fault(&error.message).into());
    };
    let value = context
        .environment
        .raw(variable)
        .and_then(|value| value.to_str());
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Err(fault(&format!("{variable} is not set"))
            .hint("a key of the form $NAME is the value of a variable; in CI, check that the secret exists")
            .into());
    };
    ApiKey::parse(value).map_err(|error| fault(&format!("{variable}: {}", error.message)).into())
}
