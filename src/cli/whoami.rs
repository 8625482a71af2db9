//! `chatctl whoami`: the credential in force, where it comes from, and what it may do.

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::local;
use super::masked::{ABLY_TOKEN, MaskedCredential, endpoint_name};
use super::noun::{Noun, NounBody, handler};
use super::rights::{self, Rights};
use super::service::{Service, no_credentials, user_name};
use super::subject;
use super::time::{distance, iso};
use crate::chat_core::auth::token_source::Bearer;
use crate::chat_core::auth::{ApiKey, ClientIdentity, Credential, Secret};
use crate::chat_core::clock::Timestamp;
use crate::output::table::plain;
use crate::output::{Look, Render};
use crate::settings::{Authentication, Origin, Sourced};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "whoami",
    "Show which credential is in force, and from where",
    NounBody::Command(handler!(WhoAmI)),
);

/// Show which credential is in force, and from where
///
/// With the profile, the endpoint, the clientId, what the credential may do and when it expires. Secrets are masked.
/// What a key may do is asked of the endpoint, which issues a token for it; of an Ably token, nobody can say it.
/// --offline asks nobody, runs no command and fetches no token. Exits 1 where there are no credentials:
///
///     chatctl whoami
///     chatctl whoami --profile staging --offline --json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct WhoAmI {
    /// Ask nobody, run no command and fetch no token
    #[arg(long)]
    offline: bool,
}

/// The answer.
struct Identity {
    profile: Option<Sourced<String>>,
    endpoint: Sourced<String>,
    credential: Option<Sourced<MaskedCredential>>,
    client: Option<(String, String)>,
    /// Whether only the service that issued the credential can read it.
    is_opaque: bool,
    rights: Rights,
    expiry: Expiry,
    now: Timestamp,
}

/// When a credential expires.
enum Expiry {
    Never,
    At(Timestamp),
    Unknown,
}

/// The facts about a credential, once it is at hand.
struct Holder {
    masked: MaskedCredential,
    client: Option<(String, String)>,
    rights: Rights,
    expiry: Expiry,
}

impl WhoAmI {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let settings = context.settings();
        let profile = context
            .config
            .profile()
            .map(|profile| Sourced::new(profile.name.to_string(), profile.origin.clone()));
        let is_local = local::is_used(context)?;
        let endpoint = if is_local {
            let url = local::peek(context)?.url;
            let text = url.unwrap_or_else(|| "not running".to_owned());
            Sourced::new(text, Origin::LocalServer)
        } else {
            let found = settings.endpoint()?;
            Sourced::new(endpoint_name(&found.value), found.origin)
        };
        let mut fault = None;
        let found = match settings.authentication()? {
            Some(found) => Some(found),
            None if settings.is_local()? => local_key(context)?,
            None => None,
        };
        let mut identity = Identity {
            profile,
            endpoint,
            credential: None,
            client: None,
            is_opaque: false,
            rights: Rights::Unknown("there are no credentials".to_owned()),
            expiry: Expiry::Unknown,
            now: context.clock.now(),
        };
        let has_credential = found.is_some() || is_local;
        if let Some(found) = found {
            let (holder, failed) = self.holder(&found.value, is_local, context)?;
            fault = failed;
            identity.is_opaque = holder.masked.kind == ABLY_TOKEN;
            identity.credential = Some(Sourced::new(holder.masked, found.origin));
            identity.client = holder.client;
            identity.rights = holder.rights;
            identity.expiry = holder.expiry;
        } else if is_local {
            identity.rights = Rights::Unknown("the key is generated on first use".to_owned());
        }
        context.output.print(&identity)?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        if !has_credential {
            let failure = Failure {
                exit: Exit::No,
                ..no_credentials(context)?
            };
            return Err(failure.into());
        }
        Ok(Exit::Done)
    }

    /// The facts about a credential, and why there are no more.
    fn holder(
        &self,
        found: &Authentication,
        is_local: bool,
        context: &Context,
    ) -> anyhow::Result<(Holder, Option<anyhow::Error>)> {
        let asked = context.settings().client_id()?;
        let asked = asked.map(|asked| (asked.value, asked.origin.to_string()));
        let masked = MaskedCredential::of(found);
        let not_asked = |expiry| Holder {
            masked,
            client: asked.clone(),
            rights: Rights::Unknown("the endpoint was not asked".to_owned()),
            expiry,
        };
        match found {
            Authentication::Credential(Credential::Token(token)) => {
                Ok((of_token(token, asked, context), None))
            }
            Authentication::Credential(Credential::Key(_)) if is_local => {
                let whole = crate::chat_core::auth::Capability::everywhere();
                let holder = Holder {
                    client: asked.clone().or_else(|| Some(default_client())),
                    rights: Rights::Known(whole),
                    ..not_asked(Expiry::Never)
                };
                Ok((holder, None))
            }
            Authentication::Credential(Credential::Key(key)) => {
                Ok(self.of_key(key, asked, context))
            }
            Authentication::KeyCommand(_) if self.offline => Ok((
                Holder {
                    client: asked.clone().or_else(|| Some(default_client())),
                    ..not_asked(Expiry::Never)
                },
                None,
            )),
            Authentication::KeyCommand(command) => match command.key() {
                Ok(key) => Ok(self.of_key(&key, asked, context)),
                Err(error) => Ok((not_asked(Expiry::Never), Some(error.into()))),
            },
            Authentication::Source(_) if self.offline => Ok((not_asked(Expiry::Unknown), None)),
            Authentication::Source(_) => match fetch(context) {
                Ok(token) => Ok((of_token(&token, asked, context), None)),
                Err(error) => Ok((not_asked(Expiry::Unknown), Some(error))),
            },
        }
    }

    fn of_key(
        &self,
        key: &ApiKey,
        asked: Option<(String, String)>,
        context: &Context,
    ) -> (Holder, Option<anyhow::Error>) {
        let rights = if self.offline {
            Ok(Rights::Unknown("the endpoint was not asked".to_owned()))
        } else {
            ask(key, context)
        };
        let (rights, fault) = match rights {
            Ok(rights) => (rights, None),
            Err(error) => (
                Rights::Unknown("the endpoint did not say".to_owned()),
                Some(error),
            ),
        };
        let holder = Holder {
            masked: MaskedCredential::of_key(key),
            client: asked.or_else(|| Some(default_client())),
            rights,
            expiry: Expiry::Never,
        };
        (holder, fault)
    }
}

fn local_key(context: &Context) -> anyhow::Result<Option<Sourced<Authentication>>> {
    let key = local::peek(context)?.key;
    Ok(key.map(|key| {
        let credential = Authentication::Credential(Credential::Key(key));
        Sourced::new(credential, Origin::LocalServer)
    }))
}

/// The clientId of a key that none is given for.
fn default_client() -> (String, String) {
    (user_name(), "name of the user".to_owned())
}

fn of_token(token: &Secret, asked: Option<(String, String)>, context: &Context) -> Holder {
    let client = match Bearer::of(token.reveal()) {
        Bearer::Known(ClientIdentity::Fixed(own)) => Some((own, "token".to_owned())),
        Bearer::Known(ClientIdentity::Anonymous) => None,
        Bearer::Known(ClientIdentity::Wildcard) | Bearer::Unknown => asked,
    };
    Holder {
        masked: MaskedCredential::of_token(token),
        client,
        rights: Rights::of_token(token, context),
        expiry: subject::expires(token.reveal()).map_or(Expiry::Unknown, Expiry::At),
    }
}

fn ask(key: &ApiKey, context: &Context) -> anyhow::Result<Rights> {
    let endpoint = context.settings().endpoint()?.value;
    let nobody = crate::chat_core::client::Authorizer::nobody();
    let options = context.options_at(endpoint, nobody)?;
    context.block_on(async { Ok(rights::of_key(key, &options, context).await?) })
}

fn fetch(context: &Context) -> anyhow::Result<Secret> {
    let options = Service::new(context).client_options()?;
    let shown = context.block_on(async { Ok(options.authorizer.credential().await?) })?;
    let token = shown.token().cloned();
    token.ok_or_else(|| Failure::usage("the token source gave no token").into())
}

impl Render for Identity {
    fn json(&self) -> Value {
        let sourced = |value: &str, origin: &str| json!({"value": value, "origin": origin});
        let of = |it: &Sourced<String>| sourced(&it.value, &it.origin.to_string());
        json!({
            "profile": self.profile.as_ref().map(of),
            "endpoint": of(&self.endpoint),
            "credential": self.credential.as_ref().map(|it| json!({
                "kind": it.value.kind,
                "value": it.value.text,
                "origin": it.origin.to_string(),
            })),
            "clientId": self.client.as_ref().map(|(id, origin)| sourced(id, origin)),
            "capability": self.rights.json(),
            "expires": match self.expiry {
                Expiry::At(time) => Value::from(time.millis()),
                Expiry::Never | Expiry::Unknown => Value::Null,
            },
        })
    }

    fn table(&self, look: Look) -> String {
        let mut lines = Vec::new();
        let mut row = |title: &str, text: &str, origin: &str| {
            let title = look.paint(&format!("{title:<12}"), "1");
            let origin = match origin {
                "" => String::new(),
                origin => look.paint(&format!("  ({})", plain(origin)), "2"),
            };
            lines.push(format!("{title}{}{origin}", plain(text)));
        };
        match &self.profile {
            Some(profile) => row("PROFILE", &profile.value, &profile.origin.to_string()),
            None => row("PROFILE", "none", ""),
        }
        let endpoint = &self.endpoint;
        row("ENDPOINT", &endpoint.value, &endpoint.origin.to_string());
        match &self.credential {
            Some(Sourced { value, origin }) => {
                let text = format!("{} {}", value.kind, value.text);
                row("CREDENTIAL", &text, &origin.to_string());
            }
            None => row("CREDENTIAL", "none", ""),
        }
        match &self.client {
            Some((id, origin)) => row("CLIENT", id, origin),
            None if self.is_opaque => row("CLIENT", "not known: it is in the Ably token", ""),
            None => row("CLIENT", "none", ""),
        }
        let rights = self.rights.lines();
        let width = rights.iter().map(|(resource, _)| resource.chars().count());
        let width = width.max().unwrap_or_default();
        for (place, (resource, words)) in rights.iter().enumerate() {
            let title = if place == 0 { "MAY" } else { "" };
            let text = match width {
                0 => words.clone(),
                width => format!("{resource:<width$}  {words}"),
            };
            row(title, &text, "");
        }
        let expires = match self.expiry {
            Expiry::Never => "never".to_owned(),
            Expiry::Unknown => "not known".to_owned(),
            Expiry::At(time) => format!("{} ({})", distance(time, self.now), iso(time)),
        };
        row("EXPIRES", &expires, "");
        lines.join("\n")
    }
}
