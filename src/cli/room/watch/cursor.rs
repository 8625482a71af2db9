//! A cursor file: the progress of earlier runs of a tail in each room.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::chat_core::chat::RoomEvent;
use crate::cli::atomic_file;

/// The positions in rooms, and the file that keeps them.
pub(in crate::cli) struct Cursor {
    path: PathBuf,
    places: BTreeMap<String, CursorPosition>,
}

/// The position in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "a JSON object")]
pub(in crate::cli) struct CursorPosition {
    /// The position up to which everything was printed.
    pub(in crate::cli) channel_serial: Option<String>,
    /// The number of events behind it that were printed too.
    #[serde(skip_serializing_if = "is_zero")]
    pub(in crate::cli) printed: u64,
    /// The newest message that was printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) serial: Option<String>,
    /// Its time, in epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) timestamp: Option<i64>,
}

impl CursorPosition {
    /// Notes that an event was printed, if it is about a newer message.
    pub(super) fn note(&mut self, event: &RoomEvent) {
        if let Some(message) = event.message()
            && self.serial.as_ref() < Some(&message.serial)
        {
            self.serial = Some(message.serial.clone());
            self.timestamp = Some(message.timestamp);
        }
    }
}

impl Cursor {
    /// Reads the file. One that does not exist, or is empty, has no positions.
    ///
    /// # Errors
    /// A file that can't be read, or that is not a cursor.
    pub(in crate::cli) fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let places = match std::fs::read(path) {
            // An empty file, as mktemp creates it.
            Ok(text) if text.is_empty() => BTreeMap::new(),
            Ok(text) => serde_json::from_slice(&text)
                .with_context(|| format!("{shown} is not a cursor file of chatctl"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error).with_context(|| format!("can't read {shown}")),
        };
        let path = path.to_owned();
        Ok(Self { path, places })
    }

    /// The position in `room`.
    pub(in crate::cli) fn place(&self, room: &str) -> Option<&CursorPosition> {
        self.places.get(room)
    }

    /// Notes that an event was printed.
    pub(in crate::cli) fn printed(&mut self, room: &str, event: &RoomEvent) {
        let place = self.places.entry(room.to_owned()).or_default();
        place.printed += 1;
        place.note(event);
    }

    /// Notes that everything up to `position` was printed, and saves that.
    ///
    /// # Errors
    /// A file that can't be written.
    pub(in crate::cli) fn reached(&mut self, room: &str, position: &str) -> anyhow::Result<()> {
        let place = self.places.entry(room.to_owned()).or_default();
        place.channel_serial = Some(position.to_owned());
        place.printed = 0;
        self.save()
    }

    /// Saves the positions atomically: the file is always the old one or the new one.
    ///
    /// # Errors
    /// A file that can't be written.
    pub(in crate::cli) fn save(&self) -> anyhow::Result<()> {
        atomic_file::write(&self.path, &serde_json::to_vec(&self.places)?)
            .with_context(|| format!("can't write {}", self.path.display()))
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_zero(number: &u64) -> bool {
    *number == 0
}
