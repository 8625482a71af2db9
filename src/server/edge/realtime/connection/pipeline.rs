//! The publishes of one connection that are under way: a client need not wait for one to send the next, and they are
//! answered in their order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::{Connection, UnderWay};
use crate::chat_core::error::Result;
use crate::server::core::limits::MAX_UNDER_WAY;
use crate::server::core::sessions::{PublishAnswer, SharedPublish};
use crate::server::engine::Entry;

/// The publishes under way, in the order in which they came.
#[derive(Default)]
pub(super) struct Pipeline(VecDeque<WaitingAnswer>);

struct WaitingAnswer {
    msg_serial: u64,
    hold: Duration,
    done: SharedPublish,
}

impl Pipeline {
    /// Returns whether another one may be read.
    pub(super) fn has_room(&self) -> bool {
        self.0.len() < MAX_UNDER_WAY
    }

    /// Takes another one in; it is answered at once if that can be.
    pub(super) fn put(&mut self, connection: &Connection, mut under_way: UnderWay) {
        let now = self
            .0
            .is_empty()
            .then(|| (&mut under_way.done).now_or_never());
        let UnderWay {
            msg_serial,
            hold,
            done,
        } = under_way;
        if let Some(done) = now.flatten() {
            return connection.finish(msg_serial, hold, done);
        }
        let done = done.shared();
        connection.session.note_under_way(msg_serial, done.clone());
        self.0.push_back(WaitingAnswer {
            msg_serial,
            hold,
            done,
        });
    }

    /// Answers the first one once it is done; waits for ever if there is none. Nothing is lost if it is not waited for
    /// until the end.
    pub(super) async fn step(&mut self, connection: &Connection) {
        let Some(first) = self.0.front_mut() else {
            return std::future::pending().await;
        };
        let done = (&mut first.done).await;
        let (msg_serial, hold) = (first.msg_serial, first.hold);
        self.0.pop_front();
        connection.finish(msg_serial, hold, done);
    }

    /// Answers all of them.
    pub(super) async fn drain(&mut self, connection: &Connection) {
        while !self.0.is_empty() {
            self.step(connection).await;
        }
    }
}

impl Connection {
    /// Answers a publish, and keeps the answer for a client that asks again.
    fn finish(&self, msg_serial: u64, hold: Duration, done: Result<Arc<Entry>>) {
        let answer: PublishAnswer = match done {
            Ok(entry) => Ok(entry.serials.clone().into()),
            Err(error) => Err(Arc::new(error)),
        };
        self.answer_publish(msg_serial, &answer, hold);
        self.session.keep_answer(msg_serial, answer);
    }
}
