//! `chatctl room import`.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::send::bulk::{Bulk, MessageSource};
use super::send::checkpoint::Checkpoint;
use super::send::lines::{self, LineForm};
use crate::chat_core::chat::message::NewMessage;
use crate::chat_core::client::Room;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::service::Service;

/// Send the messages of an export to a room
///
/// Reads the JSON lines of room export. Text, metadata and headers are sent anew, in order, as this client; deleted
/// messages are left out. Prints the new serials.
///
/// A message with the serial of its old room is sent only once, even if the import is interrupted and started again
/// within minutes. Later, and for lines without serials, use --resume.
///
///     chatctl room export lobby | chatctl room import copy
///     chatctl room import copy lobby.jsonl --resume import.state
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Import {
    /// Room to send to
    #[arg(value_name = "ROOM")]
    room: String,

    /// File to read [default: standard input]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Record progress in FILE, and continue from there with the same room and input
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
}

impl Import {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (input, total): (Box<dyn Read + Send>, _) = match &self.file {
            Some(path) => {
                let shown = path.display();
                let text =
                    std::fs::File::open(path).with_context(|| format!("can't read {shown}"))?;
                (Box::new(text), Some(count_lines(path)?))
            }
            None => (context.take_stdin(), None),
        };
        let rest = Service::new(context).for_room(&self.room)?.rest()?;
        let room = Room::new(&rest, &self.room)?;
        let checkpoint = self
            .resume
            .as_deref()
            .map(|path| Checkpoint::open(path, &self.room))
            .transpose()?;
        context.block_on(async {
            let form = LineForm::Json(NewMessage::default());
            let source = MessageSource::Lines(lines::read(input, form));
            Bulk::new(context, &room, "message", total, source)
                .resuming(checkpoint)
                .importing()
                .run()
                .await
        })
    }
}

fn count_lines(path: &std::path::Path) -> anyhow::Result<u64> {
    use std::io::BufRead as _;
    let mut input = std::io::BufReader::new(std::fs::File::open(path)?);
    let mut count = 0;
    while input.skip_until(b'\n')? > 0 {
        count += 1;
    }
    Ok(count)
}
