//! `capability minimize`: the least privilege out of a recorded access log.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::chat_core::analysis::minimize::{Usage, minimize};
use crate::chat_core::auth::{Capability, Operation};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::output::table::Columns;
use crate::output::{Look, Render};

/// Find the least capability that would have allowed what a log has recorded, for each client
///
/// The log is that of chatctl exec --record or serve --access-log. What was allowed counts, and what failed for
/// another reason than a missing right; what was denied is left out, and counted. Each capability is proven: the
/// records are run through it once more.
///
///     chatctl exec --record run.jsonl -- npm test
///     chatctl capability minimize run.jsonl
///     chatctl capability minimize run.jsonl --generalize --jq '.[] | select(.clientId == "alice").capability'
///
/// With --generalize places that differ in one segment become a pattern, for each operation by itself: dms:a, dms:b
/// and dms:c become dms:*. The first segment always stays.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Minimize {
    /// File with the log; `-` for standard input
    #[arg(value_name = "FILE")]
    file: String,

    /// Let so many places, or more, that differ in one segment become a pattern [default: 3]
    #[arg(long, value_name = "COUNT", num_args = 0..=1, require_equals = true, default_missing_value = "3",
        value_parser = clap::value_parser!(u16).range(2..))]
    generalize: Option<u16>,

    /// Find one capability for all clients together
    #[arg(long)]
    together: bool,
}

/// A line of the log.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    client_id: Option<String>,
    operation: Option<String>,
    room_name: Option<String>,
    channel: Option<String>,
    result: Option<String>,
    /// How many records are missing here.
    dropped: Option<u64>,
    /// Where somebody was not let in: no operation came of it.
    login: Option<String>,
}

/// What a client did.
#[derive(Default)]
struct Client {
    uses: BTreeSet<Usage>,
    records: u64,
    denied: u64,
}

/// The clients of a log, by clientId; `None` for those that have none, or for all together.
#[derive(Default)]
struct Log {
    clients: BTreeMap<Option<String>, Client>,
    dropped: u64,
}

impl Minimize {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let argument = match self.file.as_str() {
            "-" => "-".to_owned(),
            path => format!("@{path}"),
        };
        let log = self.read(&context.text_argument(&argument)?)?;
        if log.dropped > 0 {
            context.output.notice(&format!(
                "warning: the log lacks {} records, which came faster than they could be written: more may be needed",
                log.dropped
            ));
        }
        let generalize = self.generalize.map(usize::from);
        let found = log
            .clients
            .into_iter()
            .map(|(client_id, client)| Found::of(client_id, &client, generalize))
            .collect::<anyhow::Result<Vec<_>>>()?;
        context.output.print(&All(found))?;
        Ok(Exit::Done)
    }

    fn read(&self, text: &str) -> anyhow::Result<Log> {
        let mut log = Log::default();
        for (place, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                self.line(line, &mut log).map_err(|fault| {
                    let file = match self.file.as_str() {
                        "-" => "standard input",
                        path => path,
                    };
                    Failure::usage(format!("{file}: line {}: {fault}", place + 1))
                })?;
            }
        }
        Ok(log)
    }

    fn line(&self, line: &str, log: &mut Log) -> Result<(), String> {
        let line: Line =
            serde_json::from_str(line).map_err(|error| format!("it is no record: {error}"))?;
        if let Some(dropped) = line.dropped {
            log.dropped += dropped;
            return Ok(());
        }
        if line.login.is_some() {
            return Ok(());
        }
        let word = line.operation.ok_or("it has no operation")?;
        let operation =
            Operation::parse(&word).ok_or_else(|| format!("'{word}' is no operation"))?;
        let (name, is_room) = match (line.room_name, line.channel) {
            (Some(room), None) => (room, true),
            (None, Some(channel)) => (channel, false),
            _ => return Err("it has neither a roomName nor a channel, or both".to_owned()),
        };
        let who = line.client_id.filter(|_| !self.together);
        let client = log.clients.entry(who).or_default();
        match line.result.as_deref() {
            Some("denied") => client.denied += 1,
            Some("allowed" | "failed") => {
                client.records += 1;
                client.uses.insert(Usage {
                    name,
                    is_room,
                    operation,
                });
            }
            _ => return Err("its result is none of allowed, denied and failed".to_owned()),
        }
        Ok(())
    }
}

/// The least capability of a client.
struct Found {
    client_id: Option<String>,
    capability: Capability,
    records: u64,
    denied: u64,
}

impl Found {
    fn of(
        client_id: Option<String>,
        client: &Client,
        generalize: Option<usize>,
    ) -> anyhow::Result<Self> {
        // The text is what will be used: it is what is proven.
        let capability = Capability::parse_strict(minimize(&client.uses, generalize).text())?;
        for used in &client.uses {
            anyhow::ensure!(
                used.is_allowed_by(&capability),
                "the capability {} does not allow {} in '{}'",
                capability.text(),
                used.operation,
                used.name
            );
        }
        Ok(Self {
            client_id,
            capability,
            records: client.records,
            denied: client.denied,
        })
    }
}

/// The least capability of each client.
struct All(Vec<Found>);

impl Render for All {
    fn json(&self) -> Value {
        let each = self.0.iter().map(|found| {
            // Canonical text reads as what it says.
            let capability: Value =
                serde_json::from_str(found.capability.text()).unwrap_or_default();
            json!({
                "clientId": found.client_id,
                "capability": capability,
                "records": found.records,
                "denied": found.denied,
            })
        });
        each.collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["clientid", "records", "denied", "capability"]);
        for found in &self.0 {
            table.row([
                found.client_id.clone().unwrap_or_else(|| "-".to_owned()),
                found.records.to_string(),
                found.denied.to_string(),
                found.capability.text().to_owned(),
            ]);
        }
        table.finish()
    }
}
