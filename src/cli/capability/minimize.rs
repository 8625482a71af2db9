//! `capability minimize`: the least privilege that an access log shows.

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

/// Find the least capability that each client of an access log needs
///
/// The log is that of chatctl exec --record or serve --access-log. Operations that were allowed count, and those that
/// failed for another reason than a missing right; denied ones are left out, and counted. Each capability is verified
/// against all records.
///
///     chatctl exec --record run.jsonl -- npm test
///     chatctl capability minimize run.jsonl
///     chatctl capability minimize run.jsonl --generalize --jq '.[] | select(.clientId == "alice").capability'
///
/// With --generalize rooms that differ in one segment become a pattern, for each operation by itself: dms:a, dms:b and
/// dms:c become dms:*. The first segment always stays.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Minimize {
    /// File with the log; `-` for standard input
    #[arg(value_name = "FILE")]
    file: String,

    /// Combine at least N rooms that differ in one segment into a pattern [default: 3]
    #[arg(long, value_name = "COUNT", num_args = 0..=1, require_equals = true, default_missing_value = "3",
        value_parser = clap::value_parser!(u16).range(2..))]
    generalize: Option<u16>,

    /// Find one capability for all clients together
    #[arg(long)]
    together: bool,
}

/// A line of the log.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a JSON object")]
struct LogRecord {
    client_id: Option<String>,
    operation: Option<String>,
    room_name: Option<String>,
    channel: Option<String>,
    result: Option<String>,
    /// The number of records that are missing here.
    dropped: Option<u64>,
    /// A refused login: it has no operation.
    login: Option<String>,
}

/// The operations of a client.
#[derive(Default)]
struct ClientRecords {
    uses: BTreeSet<Usage>,
    records: u64,
    denied: u64,
}

/// The clients of a log, by clientId; `None` for those that have none, or for all together.
#[derive(Default)]
struct RecordedLog {
    clients: BTreeMap<Option<String>, ClientRecords>,
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
                "warning: the log lacks {} records, which came faster than they could be written: more rights may be needed",
                log.dropped
            ));
        }
        let generalize = self.generalize.map(usize::from);
        let found = log
            .clients
            .into_iter()
            .map(|(client_id, client)| MinimalCapability::of(client_id, &client, generalize))
            .collect::<anyhow::Result<Vec<_>>>()?;
        context.output.print(&MinimalCapabilities(found))?;
        Ok(Exit::Done)
    }

    fn read(&self, text: &str) -> anyhow::Result<RecordedLog> {
        let mut log = RecordedLog::default();
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

    fn line(&self, line: &str, log: &mut RecordedLog) -> Result<(), String> {
        let line: LogRecord =
            serde_json::from_str(line).map_err(|error| format!("invalid record: {error}"))?;
        if let Some(dropped) = line.dropped {
            log.dropped += dropped;
            return Ok(());
        }
        if line.login.is_some() {
            return Ok(());
        }
        let word = line.operation.ok_or("the operation is missing")?;
        let operation =
            Operation::parse(&word).ok_or_else(|| format!("unknown operation '{word}'"))?;
        let (name, is_room) = match (line.room_name, line.channel) {
            (Some(room), None) => (room, true),
            (None, Some(channel)) => (channel, false),
            _ => return Err("must have either a roomName or a channel".to_owned()),
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
            _ => return Err("the result must be allowed, denied or failed".to_owned()),
        }
        Ok(())
    }
}

/// The least capability of a client.
struct MinimalCapability {
    client_id: Option<String>,
    capability: Capability,
    records: u64,
    denied: u64,
}

impl MinimalCapability {
    fn of(
        client_id: Option<String>,
        client: &ClientRecords,
        generalize: Option<usize>,
    ) -> anyhow::Result<Self> {
        // The text is verified, since that is what will be used.
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
struct MinimalCapabilities(Vec<MinimalCapability>);

impl Render for MinimalCapabilities {
    fn json(&self) -> Value {
        let each = self.0.iter().map(|found| {
            // Canonical text parses to the same capability.
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
