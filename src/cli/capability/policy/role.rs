//! A role of a policy file: what it holds, and with what credential it is acted live.

use std::time::Duration;

use serde_json::{Map, Value};

use super::file::{RoleFile, TextOrNone, Word};
use super::source::Source;
use crate::chat_core::analysis::policy::{Role, operations_of};
use crate::chat_core::auth::capability::Grant;
use crate::chat_core::auth::claims::ROOM_PREFIX;
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::operation::Operations;
use crate::chat_core::auth::verify::MAX_TTL;
use crate::chat_core::auth::{ApiKey, Capability, Feature, Resource, UserClaims};
use crate::chat_core::error::ErrorInfo;
use crate::cli::Context;
use crate::cli::grants::check_claim_pattern;

/// The lifetime of the tokens of a role, unless the file gives one.
pub(in crate::cli::capability) const DEFAULT_TTL: Duration = Duration::from_secs(60 * 60);

/// How a role is let in.
#[derive(Clone, Debug)]
pub(in crate::cli::capability) enum Credential {
    /// With a token that is minted for it.
    Minted {
        /// The user claims, by room or pattern.
        claims: Vec<(String, String)>,
    },
    /// With the token that a command prints.
    Command(String),
    /// With a key.
    Key(ApiKey),
}

/// What stands for somebody in the texts of a role.
pub(super) struct Names<'a> {
    pub(super) role: &'a str,
    pub(super) user: &'a str,
}

impl Names<'_> {
    /// The text with the names in it.
    pub(super) fn put_into(&self, text: &str) -> String {
        text.replace("{user}", self.user)
            .replace("{role}", self.role)
    }
}

/// What a role holds, as the file says.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn read(
    source: &Source,
    name: &str,
    file: &toml::Spanned<RoleFile>,
    context: &Context,
) -> anyhow::Result<(Role, Credential)> {
    let place = source.place(&file.span());
    let written = file.get_ref();
    let names = Names {
        role: name,
        user: written.user.as_deref().unwrap_or(name),
    };
    let claims = claims(source, written, &names, context)?;
    let credential = match (&written.token_command, &written.key) {
        (Some(_), Some(_)) => {
            let what = format!("role '{name}' has both a token-command and a key");
            return Err(source.fault(Some(file.span()), &what).into());
        }
        (Some(command), None) => Credential::Command(names.put_into(command)),
        (None, Some(key)) => Credential::Key(read_key(source, key, context)?),
        (None, None) => Credential::Minted {
            claims: claims.clone(),
        },
    };
    let is_minted = matches!(credential, Credential::Minted { .. });
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

/// How long tokens live that a service takes.
fn lifetime(source: &Source, word: Option<&Word>) -> anyhow::Result<Option<Duration>> {
    let Some(ttl) = source.span(word)?.map(|ttl| ttl.what) else {
        return Ok(None);
    };
    if ttl < Duration::from_secs(1) || ttl > MAX_TTL {
        let what = "tokens live for a second at least and for 24 hours at most";
        return Err(source.fault(word.map(Word::span), what).into());
    }
    Ok(Some(ttl))
}

/// Who the role is: whoever `{user}` is, unless the file says something else.
fn client_id(
    source: &Source,
    file: &toml::Spanned<RoleFile>,
    names: &Names<'_>,
) -> anyhow::Result<Option<String>> {
    let id = match &file.get_ref().client_id {
        None => names.user.to_owned(),
        Some(TextOrNone::Text(id)) => names.put_into(id),
        Some(TextOrNone::Flag(false)) => return Ok(None),
        Some(TextOrNone::Flag(true)) => {
            let what = "client-id is a text, or false for nobody";
            return Err(source.fault(Some(file.span()), what).into());
        }
    };
    check_client_id(&id).map_err(|error| {
        let what = format!("role '{}': {}", names.role, error.message);
        source.fault(Some(file.span()), &what)
    })?;
    Ok(Some(id))
}

/// The rights that the file gives, all its forms together.
fn capability(
    source: &Source,
    file: &RoleFile,
    names: &Names<'_>,
) -> anyhow::Result<Option<Capability>> {
    let mut all: Vec<Capability> = Vec::new();
    let strict = |text: &str, span, where_from: &str| {
        Capability::parse_strict(&names.put_into(text)).map_err(|error| {
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
        let text = std::fs::read_to_string(&beside).map_err(|error| {
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
    source: &Source,
    pattern: &Word,
    words: &[Word],
    names: &Names<'_>,
) -> anyhow::Result<Grant> {
    let text = names.put_into(pattern.get_ref());
    let resource = Resource::parse(&text)
        .filter(|resource| !resource.matches_no_room())
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

/// What a feature needs at least, without what it could use besides.
fn least(source: &Source, word: &Word) -> anyhow::Result<Operations> {
    use crate::chat_core::analysis::Permission;
    Ok(match source.permission(word)? {
        Permission::Feature(feature) => feature.least_operations().into_iter().collect(),
        operation @ Permission::Operation(_) => operations_of(&[operation]),
    })
}

fn claims(
    source: &Source,
    file: &RoleFile,
    names: &Names<'_>,
    context: &Context,
) -> anyhow::Result<Vec<(String, String)>> {
    file.claims
        .iter()
        .map(|(pattern, value)| {
            let text = names.put_into(pattern.get_ref());
            check_claim_pattern("claims", &text, context)
                .map_err(|error| source.fault(Some(pattern.span()), &error.to_string()))?;
            Ok((text, names.put_into(value)))
        })
        .collect()
}

fn read_key(source: &Source, word: &Word, context: &Context) -> anyhow::Result<ApiKey> {
    let fault = |what: &str| source.fault(Some(word.span()), what);
    let Some(variable) = word.get_ref().strip_prefix('$') else {
        let advice = "whoever reads the policy has this key; give it as $NAME of a variable";
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
