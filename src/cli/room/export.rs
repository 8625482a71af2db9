//! `chatctl room export`.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;

use super::progress::Progress;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::Room;
use crate::chat_core::client::room::HistoryQuery;
use crate::chat_core::clock::Timestamp;
use crate::cli::exit::{Exit, UsageError};
use crate::cli::{Context, time};
use crate::output::{Look, Render, to_json};

/// Write the messages of a room to a file or to standard output, one JSON object a line, the oldest first
///
/// Each message stands there in its newest version, with its reactions. With a FILE an export that was interrupted, or
/// that is older, is continued: only what came after its last line is added.
///
///     chatctl room export lobby lobby.jsonl
///     chatctl room export lobby --start -7d | jq -r .text
///     chatctl room export lobby | chatctl room import copy
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Export {
    /// Room to read
    #[arg(value_name = "ROOM")]
    room: String,

    /// File to write or to continue [default: standard output]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Only messages sent at or after this time: RFC 3339, epoch milliseconds, or `-5m` from now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    start: Option<String>,

    /// Only messages sent before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    end: Option<String>,
}

impl Export {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let now = context.clock.now();
        let moment = |name: &str, text: Option<&str>| {
            text.map(|text| {
                time::moment(text, now).map_err(|fault| UsageError::new(format!("{name}: {fault}")))
            })
            .transpose()
        };
        let mut query = HistoryQuery {
            start: moment("--start", self.start.as_deref())?.map(Timestamp::millis),
            end: moment("--end", self.end.as_deref())?.map(Timestamp::millis),
            oldest_first: true,
            ..HistoryQuery::default()
        };
        let mut target = self.file.as_deref().map(Target::open).transpose()?;
        let last = target.as_ref().and_then(|target| target.last.clone());
        if let Some(last) = &last {
            query.start = Some(last.timestamp.max(query.start.unwrap_or(i64::MIN)));
        }
        let rest = context.rest()?;
        let room = Room::new(&rest, &self.room)?;
        context.block_on(async {
            let progress = Progress::begin(context, &room, &query).await?;
            let mut pages = room.history_pages(&query);
            let mut count = 0_u64;
            while let Some(page) = pages.next::<ChatMessage>().await? {
                let news = page.into_iter().filter(|message| {
                    let last = last.as_ref();
                    last.is_none_or(|last| message.serial > last.serial)
                });
                for message in news {
                    count += 1;
                    progress.reached(count, message.timestamp);
                    let line = Line(message);
                    match &mut target {
                        Some(target) => target.write(&line.json())?,
                        None => context.output.print_item(&line)?,
                    }
                }
                if let Some(target) = &mut target {
                    target.flush()?;
                }
            }
            progress.end();
            if let Some(path) = &self.file {
                let s = if count == 1 { "" } else { "s" };
                let text = format!("{count} message{s} written to {}", path.display());
                context.output.notice(&text);
            }
            Ok(Exit::Done)
        })
    }
}

/// A message on a line: JSON, whatever form results have.
struct Line(ChatMessage);

impl Render for Line {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        self.json().to_string()
    }
}

/// The file that is written.
struct Target {
    file: BufWriter<File>,
    path: PathBuf,
    /// The last message that is in it already.
    last: Option<ChatMessage>,
}

impl Target {
    /// Opens a file and finds its last whole line; half a line behind it, of a run that was killed, is dropped.
    fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("can't open {shown}"))?;
        let mut whole = 0;
        let mut last = Vec::new();
        {
            let mut input = BufReader::new(&mut file);
            let mut line = Vec::new();
            while input.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
                whole += line.len() as u64;
                std::mem::swap(&mut last, &mut line);
                line.clear();
            }
        }
        let last = if last.is_empty() {
            None
        } else {
            let message: ChatMessage = serde_json::from_slice(&last)
                .with_context(|| format!("{shown} is no export: its last line is no message"))?;
            Some(message)
        };
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        Ok(Self {
            file: BufWriter::new(file),
            path: path.to_owned(),
            last,
        })
    }

    fn write(&mut self, message: &Value) -> anyhow::Result<()> {
        writeln!(self.file, "{message}")
            .with_context(|| format!("can't write {}", self.path.display()))
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.file
            .flush()
            .with_context(|| format!("can't write {}", self.path.display()))
    }
}
