//! `moderation replay`: tries an endpoint of a before-publish rule with the requests that it will get.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use http::Request;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::process::Child;
use tokio::time::Instant;

use super::cases::{documented, request};
use crate::chat_core::http::{Client, Connector, Error};
use crate::chat_core::text;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::process::{child, descendants};
use crate::output::table::Columns;
use crate::output::{Look, Render};
use crate::server::moderation::{MAX_ANSWER, verdict_of};

/// The time that an endpoint has to answer: that of a rule by default.
const PATIENCE: Duration = Duration::from_secs(5);

/// The time that it has to listen.
const START: Duration = Duration::from_secs(10);

/// Try your own endpoint with the requests of a before-publish rule
///
/// Starts COMMAND with PORT set to a free port, waits until it listens there, posts the documented requests to it, or
/// those of --requests, and stops it. Prints each verdict; exits 1 if an answer is none, comes late, or is not the one
/// that is expected. A line of --requests is a message, with what it is sent to if that matters:
///
///   {"text": "you idiot", "clientId": "bob", "roomName": "lobby", "expect": "reject"}
///
///     chatctl moderation replay -- node endpoint.js
///     chatctl moderation replay --path /check --requests cases.jsonl -- npm start
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ReplayCases {
    /// File with messages, one JSON object a line, in the place of the documented requests
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,

    /// Path of the endpoint
    #[arg(long, value_name = "PATH", default_value = "/")]
    path: String,

    /// Command that starts the endpoint
    #[arg(last = true, required = true, value_name = "COMMAND", value_hint = clap::ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

/// A line of --requests.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Line {
    text: String,
    client_id: Option<String>,
    room_name: Option<String>,
    metadata: Map<String, Value>,
    headers: Map<String, Value>,
    user_claim: Option<String>,
    expect: Option<String>,
}

/// A request, and the verdict that is expected.
struct Case {
    name: String,
    body: Value,
    expect: Option<String>,
}

/// What came of a request.
struct Outcome {
    name: String,
    verdict: String,
    fault: Option<String>,
    millis: u128,
}

impl ReplayCases {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let cases = match &self.requests {
            Some(path) => read(path)?,
            None => documented()
                .into_iter()
                .map(|(name, body)| Case {
                    name: name.to_owned(),
                    body,
                    expect: None,
                })
                .collect(),
        };
        let path = format!("/{}", self.path.trim_start_matches('/'));
        let outcomes = context.block_on(async {
            let port = free_port()?;
            // What the command starts ends with it: npm's own child is the endpoint.
            descendants::become_subreaper()?;
            let spared = descendants::children();
            let mut endpoint = child::spawn_listening(&self.command, port)?;
            let url = format!("http://127.0.0.1:{port}{path}");
            let outcomes = try_all(&mut endpoint, port, &url, cases).await;
            descendants::end_adopted(&spared).await;
            outcomes
        })?;
        let all_right = outcomes.iter().all(|outcome| outcome.fault.is_none());
        context.output.print(&Outcomes(outcomes))?;
        Ok(if all_right { Exit::Done } else { Exit::No })
    }
}

/// Sends all requests to the endpoint once it listens.
async fn try_all(
    endpoint: &mut Child,
    port: u16,
    url: &str,
    cases: Vec<Case>,
) -> anyhow::Result<Vec<Outcome>> {
    let is_listening = tokio::select! {
        biased;
        status = endpoint.wait() => {
            let status = child::code_of(status?);
            let why = format!("the command has ended with {status} and listened nowhere");
            return Err(Failure::new(Exit::Unreachable, why).into());
        }
        is_listening = listens(port) => is_listening,
    };
    if !is_listening {
        let why = format!("the command does not listen on port {port} (PORT) after 10 s");
        return Err(Failure::new(Exit::Unreachable, why).into());
    }
    let client = Client::new(Connector::default());
    let mut outcomes = Vec::new();
    for case in cases {
        outcomes.push(ask(&client, url, case).await?);
    }
    Ok(outcomes)
}

/// Reads --requests.
fn read(path: &std::path::Path) -> anyhow::Result<Vec<Case>> {
    let fault = |what: String| Failure::usage(format!("--requests: {}: {what}", path.display()));
    let text = text::read_file(path).map_err(|error| fault(error.to_string()))?;
    let mut cases = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, it)| !it.trim().is_empty())
    {
        let number = number + 1;
        let line: Line =
            serde_json::from_str(line).map_err(|error| fault(format!("line {number}: {error}")))?;
        let known = ["accept", "reject", "replace"];
        if let Some(expect) = line.expect.as_deref().filter(|it| !known.contains(it)) {
            let why =
                format!("line {number}: expect: '{expect}' is none of accept, reject, replace");
            return Err(fault(why).into());
        }
        let mut message = json!({
            "clientId": line.client_id.as_deref().unwrap_or("somebody"),
            "text": line.text,
            "metadata": line.metadata,
            "headers": line.headers,
        });
        if let Some(claim) = line.user_claim {
            message["userClaim"] = json!(claim);
        }
        cases.push(Case {
            name: format!("line {number}"),
            body: request(line.room_name.as_deref().unwrap_or("lobby"), &message),
            expect: line.expect,
        });
    }
    Ok(cases)
}

/// Returns a port that nobody listens on now.
fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}

/// Waits until somebody listens on `port`; `false` if nobody does in time.
async fn listens(port: u16) -> bool {
    let deadline = Instant::now() + START;
    while Instant::now() < deadline {
        if tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_ok()
        {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

/// Posts a request, and judges its answer.
async fn ask(client: &Client, url: &str, case: Case) -> anyhow::Result<Outcome> {
    let request = Request::post(url)
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from(case.body.to_string()))
        .map_err(|_| Failure::usage(format!("--path: {url} is no URL")))?;
    let began = Instant::now();
    let answer = client.send(request, MAX_ANSWER, began + PATIENCE).await;
    let millis = began.elapsed().as_millis();
    let (verdict, fault) = match answer {
        Err(Error::TooLong) => (
            String::new(),
            Some("the answer is longer than 32 KiB".to_owned()),
        ),
        Err(error) => (String::new(), Some(error.to_string())),
        Ok(answer) if answer.status() != 200 => {
            let why = format!(
                "status {}, which is no verdict: it must be 200",
                answer.status()
            );
            (String::new(), Some(why))
        }
        Ok(answer) => match verdict_of(answer.body()) {
            Err(why) => (String::new(), Some(why)),
            Ok(verdict) => (verdict.name().to_owned(), None),
        },
    };
    let fault = fault.or_else(|| {
        let expect = case.expect.filter(|expect| *expect != verdict)?;
        Some(format!("{expect} was expected"))
    });
    Ok(Outcome {
        name: case.name,
        verdict,
        fault,
        millis,
    })
}

struct Outcomes(Vec<Outcome>);

impl Render for Outcomes {
    fn json(&self) -> Value {
        let all = self.0.iter().map(|it| {
            let verdict = Some(&it.verdict).filter(|verdict| !verdict.is_empty());
            json!({"case": it.name, "verdict": verdict, "fault": it.fault, "millis": it.millis})
        });
        all.collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["case", "verdict", "ms", "fault"]);
        for it in &self.0 {
            table.row([
                it.name.clone(),
                it.verdict.clone(),
                it.millis.to_string(),
                it.fault.clone().unwrap_or_default(),
            ]);
        }
        table.finish()
    }
}
