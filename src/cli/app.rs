//! `chatctl app`: isolated apps within a running server, one a test.

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
use super::noun::{Body, Noun, Verb, handler};
use super::seed::SeedFile;
use super::serve::Ready;
use super::service::Service;
use super::variables::{Form, Variables};
use crate::chat_core::auth::{ApiKey, Credential};
use crate::chat_core::client::rest::{Answer, Call, segment};
use crate::chat_core::client::{self, Authorizer, Rest};
use crate::output::table::Columns;
use crate::output::{Look, Render, to_json};
use crate::settings::Origin;

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "app",
    "Make, reset and delete isolated apps in a running server",
    Body::Verbs(&[
        Verb::new("create", handler!(Create)),
        Verb::new("reset", handler!(Reset)),
        Verb::new("delete", handler!(Delete)),
    ]),
);

/// Make an app with keys of its own in a running server
///
/// Nothing of it is seen from another app, so that tests that have one each can run side by side. It takes a key of
/// the server that may do everything, as in ABLY_API_KEY within chatctl exec, or serve --provision-apps. An app that
/// nobody uses for half an hour is dropped.
///
///     eval "$(chatctl app create --format shell)"
///     KEY=$(chatctl app create --seed lobby.toml --jq '.keys[0]')
///     chatctl app create --capability '{"*":["*"]}' --capability '{"dms:*":["subscribe"]}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Create {
    /// What a key of the app may do, as JSON; `-` for standard input, `@file` for a file; given again, the app has
    /// that many keys [default: one key that may do everything]
    #[arg(long, value_name = "JSON")]
    capability: Vec<String>,

    /// File with what the app begins with, and is reset to: namespaces, rooms with messages and members; or a store in
    /// a file, whose channels the app begins with; see chatctl help seeds
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Print the variables that lead other programs to the app, whatever --json, -o and CHATCTL_OUTPUT say
    #[arg(long, value_name = "FORM")]
    format: Option<Form>,
}

/// Put an app back to what it began with
///
/// Messages and members that came since are gone, those of its seed are there as they were; tokens that were revoked
/// stay so. Its clients stay connected: each attached room tells them that continuity is lost. It takes a key that
/// may do everything, of the app or of the server.
///
///     chatctl app reset
///     chatctl app reset k3jw9a
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Reset {
    /// Id of the app, what stands before the dot of its keys [default: that of the key in use]
    #[arg(value_name = "APP")]
    app: Option<String>,
}

/// Delete an app that was made with app create
///
/// Its clients are told and disconnected; what it had is gone. It takes a key that may do everything, of the app or
/// of the server. The app that the server was started with can be reset, not deleted.
///
///     chatctl app delete
///     chatctl app delete k3jw9a
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Delete {
    /// Id of the app, what stands before the dot of its keys [default: that of the key in use]
    #[arg(value_name = "APP")]
    app: Option<String>,
}

/// A new app, and where it is.
struct Created {
    app_id: String,
    ready: Ready,
}

/// What the server says of a new app.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    app_id: String,
    keys: Vec<MadeKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MadeKey {
    key_str: String,
}

impl Create {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        // A server that lets everybody make apps asks for none.
        let key = key(context)?;
        let body = self.body(context, key.as_ref())?;
        let rest = rest(context, key)?;
        let made = call(context, &rest, Method::POST, "/apps", Some(&body));
        let made: Made = made.map_err(|error| self.explained(error))?.read()?;
        let endpoint = &rest.options().endpoint;
        let created = Created {
            app_id: made.app_id,
            ready: Ready {
                url: endpoint.http_base(),
                endpoint: endpoint.primary_host().to_owned(),
                port: endpoint.port(),
                tls: endpoint.tls(),
                keys: made.keys.into_iter().map(|key| key.key_str).collect(),
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

    /// The error of a seed that is too large to be sent, with what to do about it.
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
            return Err(
                Failure::usage("--seed: an app that is made gets keys of its own")
                    .hint("leave the keys out of the file, and say with --capability what they may do")
                    .into(),
            );
        }
        let namespaces: Vec<Value> = seed
            .namespaces
            .iter()
            .map(|rule| {
                json!({"id": rule.id, "mutableMessages": rule.mutable_messages, "identified": rule.identified})
            })
            .collect();
        let seed = seed.seed(key.map(ApiKey::app_id), context)?;
        Ok(json!({"keys": keys, "namespaces": namespaces, "seed": to_json(&seed)}))
    }
}

impl Reset {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (key, app) = managing(context, self.app)?;
        let path = format!("/apps/{}/reset", segment(&app));
        let rest = rest(context, Some(key))?;
        call(context, &rest, Method::POST, &path, None)?;
        context.output.print(&Managed(app))?;
        Ok(Exit::Done)
    }
}

impl Delete {
    fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (key, app) = managing(context, self.app)?;
        let path = format!("/apps/{}", segment(&app));
        let rest = rest(context, Some(key))?;
        call(context, &rest, Method::DELETE, &path, None)?;
        context.output.print(&Managed(app))?;
        Ok(Exit::Done)
    }
}

/// The key to manage apps with, and the app that is meant.
fn managing(context: &Context, app: Option<String>) -> anyhow::Result<(ApiKey, String)> {
    let Some(key) = key(context)? else {
        return Err(Failure::usage("there is no API key to manage apps with")
            .hint("set ABLY_API_KEY to a key of the app or of the server")
            .into());
    };
    let app = app.unwrap_or_else(|| key.app_id().to_owned());
    if app.is_empty() {
        return Err(Failure::usage("APP: the id of the app is empty")
            .hint("is the variable that it comes from set? Without APP it is the app of the key in use")
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
    let is_local = context.settings().is_local()?;
    let endpoint = context.settings().endpoint()?;
    if endpoint.origin == Origin::Default && !is_local {
        // A key that is meant for Ably must not be shown for what Ably does not have.
        return Err(
            Failure::usage("apps are made in a server of chatctl's, and none is named")
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
) -> anyhow::Result<Answer> {
    let call = Call {
        method,
        path: path.to_owned(),
        query: Vec::new(),
        body: body.map(|body| rest.encode(body)),
        version: 6,
    };
    context.block_on(async { Ok(rest.call(&call).await.map_err(explained)?) })
}

/// The error of an app that does not exist, with what to do about it: the code is that of all that does not exist.
fn explained(error: client::Error) -> client::Error {
    match error {
        client::Error::Refused(refusal) if refusal.code == 40400 => {
            client::Error::Refused(refusal.with_hint(
                "check the app's id, what stands before the dot of its keys, and that it is this server that made it; an \
                 app that nobody uses for half an hour is dropped",
            ))
        }
        other => other,
    }
}

impl Render for Created {
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

/// The app that something was done to.
struct Managed(String);

impl Render for Managed {
    fn json(&self) -> Value {
        json!({"appId": self.0})
    }

    fn table(&self, _: Look) -> String {
        self.0.clone()
    }
}
