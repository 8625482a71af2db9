//! Joins the history of rooms to the events that follow, without repeating or losing any.

use std::collections::BTreeMap;
use std::future::Future;

use super::RunningTail;
use super::history::{HistoryRange, HistoryReader};
use crate::chat_core::chat::RoomEvent;
use crate::chat_core::client::{Error, Rest};
use crate::cli::exit::Exit;

impl RunningTail<'_> {
    /// Prints the history before the attachment of the rooms, as far as it was asked for.
    pub(super) async fn print_history(&mut self) -> anyhow::Result<Option<Exit>> {
        let mut readings = BTreeMap::new();
        for (room, serial) in &self.begins {
            let place = self.cursor.as_ref().and_then(|cursor| cursor.place(room));
            let reading = match (place, self.watch.past) {
                // The room continues from its cursor, unless the service could not.
                (Some(place), _) if self.gaps.contains(room) => {
                    self.to_skip.remove(room);
                    HistoryRange::of_gap(place, serial.clone())
                }
                (None, Some(past)) => Some(HistoryRange {
                    past,
                    until: serial.clone(),
                    after: None,
                }),
                _ => None,
            };
            if let Some(reading) = reading {
                readings.insert(room.clone(), reading);
            }
        }
        Ok(self.print_readings(readings).await??)
    }

    /// Prints the history of `room` between the last message that was printed and `serial`, after it was attached again
    /// without continuity.
    pub(super) async fn print_gap(
        &mut self,
        room: String,
        serial: Option<String>,
    ) -> anyhow::Result<Option<Exit>> {
        let place = self.last.get(&room);
        let Some(reading) = place.and_then(|place| HistoryRange::of_gap(place, serial.clone()))
        else {
            return Ok(None);
        };
        let readings = BTreeMap::from([(room.clone(), reading)]);
        let exit = match self.print_readings(readings).await? {
            Ok(exit) => exit,
            // The gap was reported already, and must not end the tail.
            Err(error) => {
                let text = format!("can't read the history of the gap in {room}: {error}");
                self.context.output.message(&text);
                None
            }
        };
        if let (None, Some(serial)) = (exit, serial) {
            self.reached(&room, &serial)?;
        }
        Ok(exit)
    }

    /// Prints the messages of the history. The inner error is that of reading it.
    async fn print_readings(
        &mut self,
        readings: BTreeMap<String, HistoryRange>,
    ) -> anyhow::Result<Result<Option<Exit>, Error>> {
        if readings.is_empty() {
            return Ok(Ok(None));
        }
        let rest = Rest::new(self.options.clone());
        let mut reader = match self
            .meanwhile(HistoryReader::begin(&rest, readings))
            .await?
        {
            Ok(reader) => reader,
            Err(error) => return Ok(Err(error)),
        };
        loop {
            let read = match self.meanwhile(reader.next()).await? {
                Ok(Some(read)) => read,
                Ok(None) => return Ok(Ok(None)),
                Err(error) => return Ok(Err(error)),
            };
            if read.may_come_again {
                // Events in the buffer may be about this message: they are dropped here.
                self.waiting.drop_version(&read.room, &read.message);
                self.rooms.mark_seen(&read.room, &read.message);
            }
            let event = RoomEvent::of_history(read.message);
            let exit = self.event(&read.room, event).await?;
            if exit.is_some() {
                return Ok(Ok(exit));
            }
        }
    }

    /// Does `work` while the connection is kept alive. Events meanwhile go to the buffer.
    pub(super) async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                result = &mut work => return Ok(result),
                happening = self.rooms.next(), if !self.waiting.is_full() => {
                    self.waiting.put(happening?);
                }
            }
        }
    }
}
