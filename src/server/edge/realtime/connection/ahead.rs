//! Frames that are read while an earlier one is not handled yet, because a fault may hold it: so that the end of the
//! socket is seen, which drops what is held.

use std::collections::VecDeque;

use futures_util::StreamExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message as Frame};

use super::Connection;
use crate::server::core::limits::MAX_WAITING;

/// What the socket gives.
pub(super) type Received = Option<Result<Frame, tungstenite::Error>>;

/// The frames behind one that is not handled yet, in their order.
#[derive(Default)]
pub(super) struct ReadAhead {
    frames: VecDeque<Received>,
    /// Their size, in bytes.
    size: usize,
}

impl ReadAhead {
    /// Returns the next frame: of those that were read, else of the socket.
    pub(super) async fn next<Io>(&mut self, socket: &mut WebSocketStream<Io>) -> Received
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        let Some(received) = self.frames.pop_front() else {
            return socket.next().await;
        };
        self.size -= size_of(&received);
        if self.frames.is_empty() {
            // An idle connection keeps no memory for it.
            self.frames = VecDeque::new();
        }
        received
    }

    /// Waits for `work`, the handling of a frame, and reads on meanwhile. A client of which too much waits is cut off.
    pub(super) async fn during<Io>(
        &mut self,
        work: impl Future<Output = ()>,
        connection: &Connection,
        socket: &mut WebSocketStream<Io>,
    ) where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        tokio::pin!(work);
        let ending = &connection.faults.ending;
        let outbox = &connection.outbox;
        loop {
            tokio::select! {
                biased;
                () = &mut work => return,
                () = outbox.ended(), if !ending.has_begun() => ending.begin(),
                received = socket.next(), if !ending.has_begun() => {
                    let is_end = !matches!(&received, Some(Ok(frame)) if !frame.is_close());
                    self.size += size_of(&received);
                    self.frames.push_back(received);
                    if is_end {
                        ending.begin();
                    } else if self.size > MAX_WAITING {
                        outbox.cut(None);
                    }
                }
            }
        }
    }
}

fn size_of(received: &Received) -> usize {
    match received {
        Some(Ok(frame)) => frame.len(),
        _ => 0,
    }
}
