//! `webhook listen`: an endpoint on this machine that a server tells for as long as the command runs.

use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use http::{Method, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::event::ReceivedEvent;
use super::receiver::{Received, Receiver};
use crate::chat_core::client;
use crate::chat_core::client::Authorizer;
use crate::chat_core::http::{Client, Connector};
use crate::chat_core::protocol::endpoint::is_loopback;
use crate::cli::Context;
use crate::cli::admin::Admin;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::process::signals::Signals;
use crate::cli::service::Service;
use crate::server::webhooks::Sample;

/// How often the rules are renewed: a server removes them after 30 s.
const RENEWAL: Duration = Duration::from_secs(10);

/// The requests that wait to be printed; those beyond wait to be answered.
const MAX_WAITING: usize = 100;

/// Receive webhooks on this machine, print them and pass them on
///
/// Adds rules to the server that tell this command of what happens, and removes them when it ends; whatever ends it, they
/// are gone after 30 seconds. With --forward each request goes on as it came, with its headers and signature, and the
/// answer goes back: what the endpoint does not take is sent again, as Ably would.
///
/// It needs a server of chatctl: Ably itself can't reach this machine.
///
///     chatctl webhook listen
///     chatctl webhook listen --forward http://localhost:3000/hooks --source channel.message --batch
///     chatctl webhook listen --channel '^support:' --print
///     chatctl webhook listen --json --jq '.messages[]?.serial'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ListenWebhooks {
    /// Pass requests on to this endpoint
    #[arg(long, value_name = "URL", value_parser = web_url)]
    forward: Option<Uri>,

    /// Print each event in full
    #[arg(long)]
    print: bool,

    /// What to be told of; may be repeated [default: all]
    #[arg(long, value_name = "SOURCE", value_parser = Sample::sources())]
    source: Vec<String>,

    /// Only channels in whose name this regular expression is found
    #[arg(
        long,
        value_name = "REGEX",
        default_value = "",
        hide_default_value = true
    )]
    channel: String,

    /// Gather events, at most one request a second
    #[arg(long)]
    batch: bool,

    /// Sign batches with the key in use
    #[arg(long, requires = "batch")]
    sign: bool,
}

/// Reads the URL of an endpoint.
pub(super) fn web_url(text: &str) -> Result<Uri, String> {
    let url: Uri = text.parse().map_err(|_| format!("invalid URL '{text}'"))?;
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    if is_web && url.host().is_some_and(|host| !host.is_empty()) {
        Ok(url)
    } else {
        Err(format!("'{text}' must begin with http:// or https://"))
    }
}

impl ListenWebhooks {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let admin = Admin::of(context, false).map_err(|error| unreachable_from(context, error))?;
        let key_id = self.key_id(context)?;
        context.block_on(async {
            let mut signals = Signals::new()?;
            let listener = TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.context("can't listen on 127.0.0.1")?;
            let url = format!("http://{}/", listener.local_addr()?);
            let (print, mut requests) = mpsc::channel(MAX_WAITING);
            let receiver = Receiver {
                forward: self.forward.clone(),
                client: Client::new(Connector::default()),
                print,
            };
            let serving = tokio::spawn(axum::serve(listener, receiver.router()).into_future());
            let forms = self.forms(&url, key_id.as_deref());
            let mut leases = Leases::begin(&admin, forms).await?;
            context.output.notice(&format!(
                "listening for {}: interrupt to end",
                self.sources().join(", ")
            ));
            let ended = tokio::select! {
                biased;
                _ = signals.next() => Ok(()),
                ended = leases.keep(&admin) => ended,
                ended = self.print_all(context, &mut requests) => ended,
            };
            leases.end(&admin).await;
            serving.abort();
            ended.map(|()| Exit::Done)
        })
    }

    fn sources(&self) -> Vec<&str> {
        if self.source.is_empty() {
            Sample::sources().to_vec()
        } else {
            self.source.iter().map(String::as_str).collect()
        }
    }

    /// The part after the dot of the name of the key that signs.
    fn key_id(&self, context: &Context) -> anyhow::Result<Option<String>> {
        if !self.sign {
            return Ok(None);
        }
        let key = crate::cli::subject::verifying_key(context)?;
        let key = key.ok_or_else(|| Failure::usage("--sign: there is no API key"))?;
        let id = key.name().split_once('.').map(|(_, id)| id.to_owned());
        Ok(id)
    }

    /// The rules: one for each source.
    fn forms(&self, url: &str, key_id: Option<&str>) -> Vec<Value> {
        let form = |source: &str| {
            let mut target = json!({"url": url});
            if let Some(id) = key_id {
                target["signingKeyId"] = json!(id);
            }
            json!({
                "ruleType": "http",
                "requestMode": if self.batch { "batch" } else { "single" },
                "source": {"type": source, "channelFilter": self.channel},
                "target": target,
            })
        };
        self.sources().into_iter().map(form).collect()
    }

    async fn print_all(
        &self,
        context: &Context,
        requests: &mut mpsc::Receiver<Received>,
    ) -> anyhow::Result<()> {
        while let Some(Received { body, forwarded }) = requests.recv().await {
            for event in ReceivedEvent::read(&body, forwarded.as_ref(), self.print) {
                context.output.print_item(&event)?;
            }
        }
        Ok(())
    }
}

/// The rules of this command, each with its id on the server.
struct Leases(Vec<(Value, String)>);

impl Leases {
    async fn begin(admin: &Admin, forms: Vec<Value>) -> anyhow::Result<Self> {
        let mut leases = Self(Vec::new());
        for form in forms {
            match add(admin, &form).await {
                Ok(id) => leases.0.push((form, id)),
                Err(error) => {
                    leases.end(admin).await;
                    return Err(error);
                }
            }
        }
        Ok(leases)
    }

    /// Renews the rules for ever. One that the server does not know any more is added again.
    async fn keep(&mut self, admin: &Admin) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(RENEWAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            for (form, id) in &mut self.0 {
                let path = format!("webhooks/leases/{id}");
                match admin.ask(Method::POST, &path, &[], None).await {
                    Ok(_) => {}
                    Err(error) if is_unknown(&error) => *id = add(admin, form).await?,
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Removes the rules; a server that can't be reached does so by itself.
    async fn end(&self, admin: &Admin) {
        for (_, id) in &self.0 {
            let path = format!("webhooks/leases/{id}");
            let _ = admin.ask(Method::DELETE, &path, &[], None).await;
        }
    }
}

async fn add(admin: &Admin, form: &Value) -> anyhow::Result<String> {
    let path = "webhooks/leases";
    let added = admin.ask(Method::POST, path, &[], Some(form)).await?;
    Ok(added["id"].as_str().unwrap_or_default().to_owned())
}

fn is_unknown(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<client::Error>() {
        Some(client::Error::Refused(refusal)) => refusal.code == 40400,
        _ => false,
    }
}

/// Says of an endpoint elsewhere why it can't tell this machine.
fn unreachable_from(context: &Context, error: anyhow::Error) -> anyhow::Error {
    let options = Service::new(context).options_with(Authorizer::nobody());
    let Ok(options) = options else {
        return error;
    };
    let host = options.endpoint.primary_host();
    if is_loopback(host) {
        return error;
    }
    let why = format!("{host} can't send webhooks to this machine");
    Failure::usage(why)
        .hint("use the local server or 'chatctl serve --dev', or give Ably the URL of a tunnel")
        .into()
}
