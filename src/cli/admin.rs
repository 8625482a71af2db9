//! A server's own HTTP, under `/chatctl/`: finding the token for it, and asking.
//!
//! The token is in `CHATCTL_ADMIN_TOKEN` within `exec`, in the local server's folder, and for `serve --dev` and
//! `--admin` in a file of this user that is named after the port.

use std::fs;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use serde_json::Value;
use tokio::time::Instant;

use super::Context;
use super::admin_token::{VARIABLE, file_of};
use super::exit::Exit;
use super::failure::Failure;
use super::local;
use super::service::Service;
use crate::chat_core::auth::Secret;
use crate::chat_core::client::{self, Authorizer, Options};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::http::Client;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// The server of the settings, as the one who started it asks it.
pub(super) struct Admin {
    options: Options,
    token: Secret,
    /// The app of the key in use, if there is one; `None` stands for the server's first.
    app: Option<String>,
    all_apps: bool,
}

impl Admin {
    /// Finds the server and its token.
    ///
    /// # Errors
    /// A setting that can't be used, a local server that can't be started, or no token.
    pub(super) fn of(context: &Context, all_apps: bool) -> anyhow::Result<Self> {
        let settings = context.settings();
        let is_local = settings.is_local()?;
        let options = Service::new(context).options_with(Authorizer::nobody())?;
        let app = if is_local {
            None
        } else {
            settings.key()?.map(|found| found.value.app_id().to_owned())
        };
        let token = match context.environment.raw(VARIABLE) {
            Some(token) if !token.is_empty() => Some(token.to_string_lossy().into_owned()),
            _ if is_local => local::admin_token(context),
            _ => file_of(&context.environment, options.endpoint.port())
                .and_then(|path| fs::read_to_string(path).ok())
                .map(|token| token.trim().to_owned()),
        };
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Err(Failure::usage(format!(
                "there is no admin token for the server at {}",
                options.endpoint.http_base()
            ))
            .hint(
                "run this within 'chatctl exec', or start the server with 'serve --dev' or 'serve --admin'; from \
                 elsewhere set CHATCTL_ADMIN_TOKEN to the adminToken of its ready file",
            )
            .into());
        };
        Ok(Self {
            options,
            token: Secret::new(token),
            app,
            all_apps,
        })
    }

    /// The same server, with this time for each answer.
    pub(super) fn with_timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Asks the server. `path` begins below `/chatctl/`.
    ///
    /// # Errors
    /// The server's refusal, or why it was not reached.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let address = self.options.endpoint.http_base();
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        encoded.extend_pairs(query);
        if self.all_apps {
            encoded.append_pair("allApps", "true");
        } else if let Some(app) = &self.app {
            encoded.append_pair("app", app);
        }
        let uri = format!("{address}/chatctl/{path}?{}", encoded.finish());
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(AUTHORIZATION, format!("Bearer {}", self.token.reveal()))
            .header(CONTENT_TYPE, "application/json")
            .body(Bytes::from(body.map(Value::to_string).unwrap_or_default()))?;
        let deadline = Instant::now() + self.options.timeout;
        let http = Client::new(self.options.connector.clone());
        let answer = http.send(request, MAX_ANSWER, deadline).await;
        let answer = answer.map_err(|error| {
            Failure::new(Exit::Unreachable, format!("can't reach {address}: {error}"))
        })?;
        let (head, body) = answer.into_parts();
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        if head.status.is_success() {
            return Ok(value);
        }
        let error = serde_json::from_value::<ErrorInfo>(value["error"].clone());
        Err(match error {
            Ok(error) if error.code == 40400 && error.message.starts_with("No such resource") => {
                Failure::usage(format!("the server at {address} has no '/chatctl/{path}'"))
                    .hint(
                        "it is there with 'serve --dev' or 'serve --admin', within 'exec', and on the local server",
                    )
                    .into()
            }
            Ok(error) if error.code != 0 => client::Error::Refused(error).into(),
            _ => Failure::new(
                Exit::Refused,
                format!("{address} answered with HTTP status {}", head.status),
            )
            .into(),
        })
    }
}
