//! `webhook trigger`: sends an event that did not happen.

use std::time::Duration;

use clap::Args;
use http::{Method, Request, Uri};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::list::text;
use super::listen::web_url;
use crate::chat_core::auth::ApiKey;
use crate::chat_core::http::{Client, Connector};
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::subject;
use crate::output::{Look, Render};
use crate::server::integrations::{RuleForm, SourceForm, TargetForm};
use crate::server::webhooks::{Sample, sample};

/// The time for an endpoint, as a server has it.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// Send a sample event to an endpoint
///
/// With --url the event goes there from this machine, as a webhook would send it; exits 1 if the endpoint does not answer
/// with a 2xx status. Without it, the server's own webhooks for this source are told of it.
///
///     chatctl webhook trigger channel.message --url http://localhost:3000/hooks
///     chatctl webhook trigger channel.presence --url http://localhost:3000/hooks --batch --sign
///     chatctl webhook trigger channel.message --room support:12 --text 'Is anybody there?'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct TriggerWebhook {
    /// Source of the event
    #[arg(value_name = "SOURCE", value_parser = Sample::sources())]
    source: String,

    /// Send it to this endpoint
    #[arg(long, value_name = "URL", value_parser = web_url)]
    url: Option<Uri>,

    /// Room of the event
    #[arg(long, value_name = "ROOM", default_value = "lobby")]
    room: String,

    /// Text of the message
    #[arg(long, value_name = "TEXT", default_value = "Hello")]
    text: String,

    /// Send it as a batch
    #[arg(long, requires = "url")]
    batch: bool,

    /// Sign the batch with the key in use
    #[arg(long, requires = "batch")]
    sign: bool,

    /// Send the data alone, with what it is about in headers
    #[arg(long, requires = "url", conflicts_with = "batch")]
    raw: bool,

    /// Send MessagePack
    #[arg(long, requires = "url")]
    msgpack: bool,
}

impl TriggerWebhook {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match &self.url {
            Some(url) => self.send(context, url),
            None => self.tell(context),
        }
    }

    /// Has the server's own webhooks told.
    fn tell(&self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false)?;
        let body = json!({"source": self.source, "roomName": self.room, "text": self.text});
        let path = "webhooks/trigger";
        let told =
            context.block_on(async { admin.ask(Method::POST, path, &[], Some(&body)).await })?;
        if told["rules"].as_array().is_none_or(Vec::is_empty) {
            let why = format!("the app has no webhook for {}", self.source);
            let hint =
                "send it to an endpoint with --url, or add one with 'chatctl webhook listen'";
            return Err(Failure::new(Exit::No, why).hint(hint).into());
        }
        context.output.print(&Told(told))?;
        Ok(Exit::Done)
    }

    /// Sends it to an endpoint.
    fn send(&self, context: &Context, url: &Uri) -> anyhow::Result<Exit> {
        let key = if self.sign {
            subject::verifying_key(context)?
        } else {
            None
        };
        if self.sign && key.is_none() {
            return Err(Failure::usage("--sign: there is no API key")
                .hint("set ABLY_API_KEY, or give --key")
                .into());
        }
        let request = self.request(context, url, key.as_ref())?;
        let answer = context.block_on(async {
            let client = Client::new(Connector::default());
            let deadline = Instant::now() + TIMEOUT;
            let answer = client.send(request, MAX_ANSWER, deadline).await;
            answer.map_err(|error| {
                Failure::new(Exit::Unreachable, format!("can't reach {url}: {error}")).into()
            })
        })?;
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        let status = answer.status();
        context.output.print(&Answered(json!({
            "url": url.to_string(),
            "status": status.as_u16(),
            "body": body,
        })))?;
        Ok(Exit::verdict(status.is_success()))
    }

    fn request(
        &self,
        context: &Context,
        url: &Uri,
        key: Option<&ApiKey>,
    ) -> anyhow::Result<Request<bytes::Bytes>> {
        let known = Sample::new(&self.source, &self.room, &self.text);
        let known = known.ok_or_else(|| Failure::usage("unknown source"))?;
        let word = |is: bool, yes: &str, no: &str| Some(if is { yes } else { no }.to_owned());
        let form = RuleForm {
            rule_type: "http".to_owned(),
            request_mode: word(self.batch, "batch", "single"),
            source: Some(SourceForm {
                kind: self.source.clone(),
                channel_filter: String::new(),
            }),
            target: Some(TargetForm {
                url: Some(url.to_string()),
                enveloped: Some(!self.raw),
                format: word(self.msgpack, "msgpack", "json"),
                ..TargetForm::default()
            }),
            ..RuleForm::default()
        };
        let app_id = key.map_or("app", ApiKey::app_id);
        let built = sample(form, &known, (app_id, key), context.clock.now());
        let (headers, body) = built.map_err(|fault| Failure::usage(fault.to_string()))?;
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.clone();
        *request.headers_mut() = headers;
        Ok(request)
    }
}

struct Told(Value);

impl Render for Told {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        let rules = self.0["rules"].as_array().into_iter().flatten();
        rules.map(text).collect::<Vec<_>>().join("\n")
    }
}

struct Answered(Value);

impl Render for Answered {
    fn json(&self) -> Value {
        self.0.clone()
    }

    fn table(&self, _: Look) -> String {
        let body = crate::output::table::plain_lines(self.0["body"].as_str().unwrap_or_default());
        let status = format!(
            "{} answered with {}",
            text(&self.0["url"]),
            text(&self.0["status"])
        );
        if body.is_empty() {
            status
        } else {
            format!("{status}\n{body}")
        }
    }
}
