//! `chatctl room export`.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, ErrorKind, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;

use super::arguments::Period;
use super::progress::Progress;
use crate::chat_core::chat::ChatMessage;
use crate::chat_core::client::room::HistoryQuery;
use crate::chat_core::client::{self, Room};
use crate::chat_core::clock::Timestamp;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::safe_file::{self, Readers};
use crate::cli::service::Service;
use crate::output::{Look, Render, to_json};

/// Export the messages of a room as JSON lines, oldest first
///
/// Each message is exported in its newest version, with its reactions. An existing FILE, of an interrupted or older
/// export, is continued: only messages after its last line are added. A FILE whose last line is not a message of the
/// room is refused, and left as it is.
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

    #[command(flatten)]
    period: Period,
}

impl Export {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (start, end) = self.period.bounds(context)?;
        let mut query = HistoryQuery {
            start: start.map(Timestamp::millis),
            end: end.map(Timestamp::millis),
            oldest_first: true,
            ..HistoryQuery::default()
        };
        let before = match &self.file {
            Some(path) => PriorContent::of(path)?,
            None => PriorContent::default(),
        };
        let last = &before.last;
        if let Some(last) = last {
            query.start = Some(last.timestamp.max(query.start.unwrap_or(i64::MIN)));
        }
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        context.block_on(async {
            if let Some(path) = &self.file {
                before.check(path, &room, &self.room).await?;
            }
            let begun = Instant::now();
            let progress = Progress::begin(context, &room, &query).await?;
            let mut pages = room.history_pages(&query);
            let open = |path: &PathBuf| ExportFile::open(path, &before);
            let mut target = self.file.as_ref().map(open).transpose()?;
            let mut count = 0_u64;
            while let Some(page) = pages.next::<ChatMessage>().await? {
                let news = page.into_iter().filter(|message| {
                    let last = last.as_ref();
                    last.is_none_or(|last| message.serial > last.serial)
                });
                for message in news {
                    count += 1;
                    progress.reached(count, message.timestamp);
                    let line = ExportLine(message);
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
                let mut text = format!("{count} message{s} written to {}", path.display());
                if context.output.shows_progress() {
                    let _ = write!(text, " in {:.1} s", begun.elapsed().as_secs_f64());
                }
                context.output.notice(&text);
            }
            Ok(Exit::Done)
        })
    }
}

/// A message on a line: JSON, whatever form results have.
struct ExportLine(ChatMessage);

impl Render for ExportLine {
    fn json(&self) -> Value {
        to_json(&self.0)
    }

    fn table(&self, _: Look) -> String {
        self.json().to_string()
    }
}

/// The content of a file that is continued.
#[derive(Default)]
struct PriorContent {
    /// The length of its whole lines, in bytes.
    whole: u64,
    /// The last message that is in it already.
    last: Option<ChatMessage>,
}

impl PriorContent {
    /// Finds the last whole line of a file. Half a line behind it, of a run that was killed, does not count.
    fn of(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            file => file.with_context(|| format!("can't read {shown}"))?,
        };
        let mut input = BufReader::new(file);
        let (mut whole, mut last, mut line) = (0, Vec::new(), Vec::new());
        while input.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            whole += line.len() as u64;
            std::mem::swap(&mut last, &mut line);
            line.clear();
        }
        let length = line.len().min(BEGINNING.len());
        let is_ours = line[..length] == BEGINNING[..length];
        let message = |line: &[u8]| {
            let message: Option<ChatMessage> = serde_json::from_slice(line).ok();
            message.filter(|message| !message.serial.is_empty())
        };
        let last = (!last.is_empty()).then(|| message(&last));
        match last {
            None if is_ours => Ok(Self::default()),
            Some(Some(last)) => Ok(Self {
                whole,
                last: Some(last),
            }),
            _ => Err(not_ours(path, "its last line is not a message")),
        }
    }

    /// Checks that the last message is one of the room. Returns its present version.
    ///
    /// # Errors
    /// It is not there, or the service refuses to tell.
    async fn check(&self, path: &Path, room: &Room<'_>, name: &str) -> anyhow::Result<()> {
        let Some(last) = &self.last else {
            return Ok(());
        };
        match room.message(&last.serial).await {
            Ok(found) if found.client_id == last.client_id => Ok(()),
            Err(client::Error::Refused(error)) if error.code != 40400 && error.code != 40003 => {
                Err(error.into())
            }
            Ok(_) | Err(client::Error::Refused(_)) => {
                let fault = format!("its last message is not in {name} (any more)");
                Err(not_ours(path, &fault))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The members of every line that matter here.
const BEGINNING: &[u8] = br#"{"serial":""#;

fn not_ours(path: &Path, fault: &str) -> anyhow::Error {
    let shown = path.display();
    Failure::usage(format!("{shown} is not an export of this room: {fault}"))
        .hint("name another file, or remove it to start again")
        .into()
}

/// The file that is written.
struct ExportFile {
    file: BufWriter<File>,
    path: PathBuf,
}

impl ExportFile {
    /// Opens a file behind its present content.
    fn open(path: &Path, before: &PriorContent) -> anyhow::Result<Self> {
        let shown = path.display();
        let mut options = OpenOptions::new();
        options.write(true).truncate(false);
        let mut file = safe_file::open(path, &mut options, Readers::Umask)
            .with_context(|| format!("can't open {shown}"))?;
        file.set_len(before.whole)?;
        file.seek(SeekFrom::Start(before.whole))?;
        Ok(Self {
            file: BufWriter::new(file),
            path: path.to_owned(),
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
