//! `chatctl app`: isolated apps within a running server, one for each test.

use std::path::PathBuf;

use clap::Args;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::grants::read_capability;
use super::local;
use super::noun::{Group, Noun, NounBody, Verb, handler};
use super::seed::SeedFile;
use super::serve::Ready;
use super::service::Service;
use super::variables::{Variables, VariablesForm};
use crate::chat_core::auth::key::is_id;
use crate::chat_core::auth::{ApiKey, Credential};
use crate::chat_core::client::call::{Call, Response, segment};
use crate::chat_core::client::{self, Authorizer, Rest};
use crate::output::table::Columns;
use crate::output::{Look, Render, to_json};
use crate::server::limits::check_app_name;
use crate::settings::Origin;

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "app",
    "Create, reset and delete isolated apps in a running server",
    NounBody::Verbs(&[
        Verb::new("create", handler!(CreateApp)),
        Verb::new("reset", handler!(ResetApp)),
        Verb::new("delete", handler!(DeleteApp)),
    ]),
)
.within(Group::Server);

/// Create an app with keys of its own in a running server
///
/// Apps do not see each other, so tests with one each can run side by side. This needs a key of the server with full
/// access, as ABLY_API_KEY has within chatctl exec, or a server with --provision-apps. An app that is not used for half
/// an hour is dropped.
///
///     eval "$(chatctl app create --format shell)"
///     KEY=$(chatctl app create --seed lobby.toml --jq '.keys[0]')
///     chatctl app create --name checkout
///     chatctl app create --capability '{"*":["*"]}' --capability '{"dms:*":["subscribe"]}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct CreateApp {
    /// Capability of a key of the app, as JSON; `-` for standard input, `@file` for a file; repeat it for more keys
    /// [default: one key with full access]
    #[arg(long, value_name = "JSON")]
    capability: Vec<String>,

    /// File with the initial state, which a reset returns to: namespaces, rooms with messages and members; or a store
    /// file, whose channels are the initial state; see chatctl help seeds
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Name of the app in the keys of a seed's decisions (exec --chaos), at most 64 bytes [default: which app of the server
    /// it is]
    #[arg(long, value_name = "NAME", value_parser = app_name)]
    name: Option<String>,

    /// Print the variables that lead other programs to the app, in this form whatever --json, -o and CHATCTL_OUTPUT ask
    /// for
    #[arg(long, value_name = "FORM")]
    format: Option<VariablesForm>,
}

/// Reset an app to its initial state
///
/// Later messages and members are deleted, those of the seed are restored; revoked tokens stay revoked. Clients stay
/// connected: each attached room reports a discontinuity to them. This needs a key with full access, of the app or of
/// the server.
///
///     chatctl app reset
///     chatctl app reset k3jw9a
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct ResetApp {
    /// Id of the app: the part of its keys before the dot [default: that of the key in use]
    #[arg(value_name = "APP")]
    app: Option<String>,

    /// Delete every room on the local server without a question, where no app and no server is named
    #[arg(long)]
    force: bool,
}

/// Delete an app that app create made
///
/// Its clients are disconnected with an error, and its rooms are deleted. This needs a key with full access, of the app
/// or of the server. The app that the server was started with can be reset, not deleted.
///
///     chatctl app delete
///     chatctl app delete k3jw9a
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct DeleteApp {
    /// Id of the app: the part of its keys before the dot [default: that of the key in use]
    #[arg(value_name = "APP")]
    app: Option<String>,
}

/// A new app, with its address.
struct CreatedApp {
    app_id: String,
    ready: Ready,
}

/// The server's answer about a new app.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateAnswer {
    app_id: String,
    keys: Vec<AnswerKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnswerKey {
    key_str: String,
}

impl CreateAnswer {
    /// The keys, read as keys are: what is printed may be executed, and the answer may come from anywhere.
    ///
    /// # Errors
    /// An invalid id or key, a key of another app, or no key at all.
    fn checked_keys(&self, address: &str) -> client::Result<Vec<ApiKey>> {
        let broken = |reason: &str| client::Error::NotUnderstood {
            address: address.to_owned(),
            reason: reason.to_owned(),
        };
        if !is_id(&self.app_id) {
            return Err(broken("the id of the new app is not valid"));
        }
        let keys: Vec<ApiKey> = self
            .keys
            .iter()
            .map(|key| {
                ApiKey::parse(&key.key_str).map_err(|_| broken("a key of the new app is not valid"))
            })
            .collect::<Result<_, _>>()?;
        if keys.is_empty() || keys.iter().any(|key| key.app_id() != self.app_id) {
            return Err(broken("it gave no key of the new app"));
        }
        Ok(keys)
    }
}

impl CreateApp {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        // A server that lets everybody create apps needs none.
        let key = key(context)?;
        let body = self.body(context, key.as_ref())?;
        let rest = rest(context, key)?;
        let made = call(context, &rest, Method::POST, "/apps", Some(&body));
        let made: CreateAnswer = made.map_err(|error| self.explained(error))?.read()?;
        let endpoint = &rest.options().endpoint;
        let keys = made.checked_keys(&endpoint.http_base())?;
        let created = CreatedApp {
            app_id: made.app_id,
            ready: Ready {
                url: endpoint.http_base(),
                endpoint: Ready::endpoint_of(endpoint.primary_host()),
                port: endpoint.port(),
                tls: endpoint.tls(),
                keys: keys.iter().map(ApiKey::reveal).collect(),
                admin_token: None,
                control_url: None,
                control_token: None,
            },
        };
        match self.format {
            Some(form) => Variables {
                form,
                ready: &created.ready,
            }
            .print(context)?,
            None => context.output.print(&created)?,
        }
        Ok(Exit::Done)
    }

    /// The error of a seed that is too large to be sent, with a hint.
    fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        const TOO_LARGE: u32 = 40009;
        match error.downcast::<client::Error>() {
            Ok(client::Error::Refused(refusal))
                if refusal.code == TOO_LARGE && self.seed.is_some() =>
            {
                let hint = "a seed of this size is for a server of its own, as in chatctl exec --seed FILE";
                client::Error::Refused(refusal.with_hint(hint)).into()
            }
            Ok(other) => other.into(),
            Err(other) => other,
        }
    }

    fn body(&self, context: &Context, key: Option<&ApiKey>) -> anyhow::Result<Value> {
        let keys = self
            .capability
            .iter()
            .map(|argument| {
                let text = context.text_argument(argument)?;
                let capability = read_capability("--capability", &text)?;
                Ok(json!({"capability": capability.text()}))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let seed = match &self.seed {
            Some(path) => SeedFile::read(path, context)?,
            None => SeedFile::default(),
        };
        if !seed.keys.is_empty() {
            return Err(Failure::usage("--seed: a new app gets keys of its own")
                .hint("leave the keys out of the file, and give their rights with --capability")
                .into());
        }
        let namespaces: Vec<Value> = seed
            .namespaces
            .iter()
            .map(|rule| {
                json!({"id": rule.id, "mutableMessages": rule.mutable_messages, "identified": rule.identified})
            })
            .collect();
        let rules: Vec<Value> = seed.rules.iter().map(to_json).collect();
        let seed = seed.seed(key.map(ApiKey::app_id), context)?;
        let mut body =
            json!({"keys": keys, "namespaces": namespaces, "rules": rules, "seed": to_json(&seed)});
        if let Some(name) = &self.name {
            body["name"] = name.as_str().into();
        }
        Ok(body)
    }
}

/// The name of an app, as the server takes it.
fn app_name(text: &str) -> Result<String, String> {
    check_app_name(text)?;
    Ok(text.to_owned())
}

impl ResetApp {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        // Whoever meant the server of exec, and lost its variables, keeps what is on the local one.
        let is_local = self.app.is_none() && context.settings().is_local()?;
        let question = "Delete every room on the local server?";
        let refusal = "this would delete every room on the local server";
        if is_local && !self.force && !context.confirm(question, refusal)? {
            return Ok(Exit::No);
        }
        let (key, app) = managed_app(context, self.app)?;
        let path = format!("/apps/{}/reset", segment(&app));
        let rest = rest(context, Some(key))?;
        call(context, &rest, Method::POST, &path, None)?;
        context.output.print(&ManagedApp(app))?;
        Ok(Exit::Done)
    }
}

impl DeleteApp {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (key, app) = managed_app(context, self.app)?;
        let path = format!("/apps/{}", segment(&app));
        let rest = rest(context, Some(key))?;
        call(context, &rest, Method::DELETE, &path, None)?;
        context.output.print(&ManagedApp(app))?;
        Ok(Exit::Done)
    }
}

/// The key to manage apps with, and the id of the app.
fn managed_app(context: &Context, app: Option<String>) -> anyhow::Result<(ApiKey, String)> {
    let Some(key) = key(context)? else {
        return Err(Failure::usage("there is no API key to manage apps with")
            .hint("set ABLY_API_KEY to a key of the app or of the server")
            .into());
    };
    let app = app.unwrap_or_else(|| key.app_id().to_owned());
    if app.is_empty() {
        return Err(Failure::usage("APP: the id of the app is empty")
            .hint("check that the variable it comes from is set; without APP it is the app of the key in use")
            .into());
    }
    Ok((key, app))
}

/// The key that the settings name, else that of the local server.
fn key(context: &Context) -> anyhow::Result<Option<ApiKey>> {
    if context.settings().is_local()? {
        return local::key(context).map(Some);
    }
    let found = context.settings().key()?;
    Ok(found.map(|found| found.value))
}

fn rest(context: &Context, key: Option<ApiKey>) -> anyhow::Result<Rest> {
    let is_local = local::is_used(context)?;
    let endpoint = context.settings().endpoint()?;
    if endpoint.origin == Origin::Default && !is_local {
        // A key that is meant for Ably must not be sent there for a request that Ably does not have.
        return Err(
            Failure::usage("apps exist only in a chatctl server, and none is named")
                .hint(
                    "name it with --endpoint or ABLY_ENDPOINT, as within 'chatctl exec -- COMMAND'",
                )
                .into(),
        );
    }
    let authorizer = match key {
        Some(key) => Authorizer::fixed(Credential::Key(key), None),
        None => Authorizer::nobody(),
    };
    Ok(Rest::new(Service::new(context).options_with(authorizer)?))
}

fn call(
    context: &Context,
    rest: &Rest,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> anyhow::Result<Response> {
    let call = Call {
        method,
        path: path.to_owned(),
        query: Vec::new(),
        body: body.map(|body| rest.encode(body)),
        version: 6,
    };
    context.block_on(async { rest.call(&call).await.map_err(explained) })
}

/// The error of an app that does not exist, with a hint: it is no fault of the credential (exit 6).
fn explained(error: client::Error) -> anyhow::Error {
    match error {
        client::Error::Refused(refusal) if (refusal.code, refusal.status_code) == (40400, 404) => {
            let refusal = refusal.with_hint(
                "check the app's id, the part of its keys before the dot, and that this server made it; an \
                 app that is not used for half an hour is dropped",
            );
            Failure::ably(&refusal, Exit::Refused).into()
        }
        other => other.into(),
    }
}

impl Render for CreatedApp {
    fn json(&self) -> Value {
        let mut value = json!({"appId": self.app_id});
        if let (Some(members), Value::Object(ready)) = (value.as_object_mut(), to_json(&self.ready))
        {
            members.extend(ready);
        }
        value
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["app", "key", "url"]);
        for key in &self.ready.keys {
            table.row([self.app_id.clone(), key.clone(), self.ready.url.clone()]);
        }
        table.finish()
    }
}

/// The app that was reset or deleted.
struct ManagedApp(String);

impl Render for ManagedApp {
    fn json(&self) -> Value {
        json!({"appId": self.0})
    }

    fn table(&self, _: Look) -> String {
        self.0.clone()
    }
}
