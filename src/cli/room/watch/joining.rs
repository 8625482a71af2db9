//! Joining the past of rooms to what follows: nothing is printed twice, and nothing left out between them.

use std::collections::BTreeMap;
use std::future::Future;

use super::Watching;
use super::past::{Reader, Reading};
use crate::chat_core::chat::RoomEvent;
use crate::chat_core::client::{Error, Rest};
use crate::cli::exit::Exit;

impl Watching<'_> {
    /// Prints what was there before the rooms were attached, as far as it was asked for.
    pub(super) async fn print_past(&mut self) -> anyhow::Result<Option<Exit>> {
        let mut readings = BTreeMap::new();
        for (room, serial) in &self.begins {
            let place = self.cursor.as_ref().and_then(|cursor| cursor.place(room));
            let reading = match (place, self.watch.past) {
                // It goes on from its cursor, unless the service could not.
                (Some(place), _) if self.gaps.contains(room) => {
                    self.to_skip.remove(room);
                    Reading::of_gap(place, serial.clone())
                }
                (None, Some(past)) => Some(Reading {
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

    /// Prints what history has of the time between the last message that was printed of `room` and `serial`, where it
    /// was attached again without what came between.
    pub(super) async fn print_gap(
        &mut self,
        room: String,
        serial: Option<String>,
    ) -> anyhow::Result<Option<Exit>> {
        let place = self.last.get(&room);
        let Some(reading) = place.and_then(|place| Reading::of_gap(place, serial.clone())) else {
            return Ok(None);
        };
        let readings = BTreeMap::from([(room.clone(), reading)]);
        let exit = match self.print_readings(readings).await? {
            Ok(exit) => exit,
            // That something may be missing was said; what follows is not given up for it.
            Err(error) => {
                let text = format!("what history has of the gap in {room} can't be read: {error}");
                self.context.output.notice(&text);
                None
            }
        };
        if let (None, Some(serial)) = (exit, serial) {
            self.reached(&room, &serial)?;
        }
        Ok(exit)
    }

    /// Prints what is read; the inner error is that of the reading.
    async fn print_readings(
        &mut self,
        readings: BTreeMap<String, Reading>,
    ) -> anyhow::Result<Result<Option<Exit>, Error>> {
        if readings.is_empty() {
            return Ok(Ok(None));
        }
        let rest = Rest::new(self.options.clone());
        let mut reader = match self.meanwhile(Reader::begin(&rest, readings)).await? {
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
                // What waits already was made before this was known: it is told apart here.
                self.waiting.forget(&read.room, &read.message);
                self.rooms.mark_seen(&read.room, &read.message);
            }
            let event = RoomEvent::of_history(read.message);
            let exit = self.event(&read.room, event).await?;
            if exit.is_some() {
                return Ok(Ok(exit));
            }
        }
    }

    /// Does `work` while the connection is kept alive; what happens meanwhile waits.
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
