//! Reading the socket of a connection: frames in their order, until one side has enough.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{self, Message as Frame};

use super::Connection;
use super::ahead::ReadAhead;
use super::interference::Inbound;
use super::liveness::Liveness;
use super::pipeline::Pipeline;
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Action, Format, ProtocolMessage};
use crate::server::core::connections::LiveConnection as _;
use crate::server::edge::realtime::outbox::Outbox;

/// The receiving side of a socket.
pub(crate) type ReceiveHalf = Pin<Box<dyn AsyncRead + Send>>;

/// Reads each frame and handles it, in order, until one side has enough.
pub(super) async fn read(
    connection: &Arc<Connection>,
    socket: &mut WebSocketStream<ReadSide>,
    outbox: &Outbox,
) {
    let mut pipeline = Pipeline::default();
    let mut ahead = ReadAhead::default();
    loop {
        if !pipeline.has_room() {
            connection.liveness.pause();
        }
        let frame = tokio::select! {
            biased;
            () = outbox.ended() => break,
            () = pipeline.step(connection) => continue,
            frame = ahead.next(socket), if pipeline.has_room() => frame,
        };
        let (format, bytes) = match frame {
            Some(Ok(Frame::Text(text))) => (Format::Json, Bytes::from(text)),
            Some(Ok(Frame::Binary(bytes))) => (Format::MessagePack, bytes),
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => continue,
            Some(Ok(Frame::Close(_))) | None => break,
            Some(Err(error)) => {
                let limit = connection.server.quota.limits().frame_size();
                if let Some(error) = describe(error, limit) {
                    connection.fail(error);
                }
                break;
            }
        };
        let Some(handling) = handling(connection, &mut pipeline, format, &bytes) else {
            continue;
        };
        if connection.faults.is_active() {
            ahead.during(handling, connection, socket).await;
            if connection.faults.ending.has_dropped() {
                break;
            }
        } else {
            handling.await;
        }
    }
    // A client that comes back finds what it was not told.
    pipeline.drain(connection).await;
}

/// The handling of a frame, in memory of its own: what it takes is not kept for as long as a connection is idle.
fn handling<'a>(
    connection: &'a Arc<Connection>,
    pipeline: &'a mut Pipeline,
    format: Format,
    bytes: &[u8],
) -> Option<Pin<Box<dyn Future<Output = ()> + Send + 'a>>> {
    match ProtocolMessage::decode(format, bytes) {
        Ok(message) => {
            tracing::trace!(connection = connection.id(), frame = ?message, "received");
            Some(Box::pin(handle(connection, pipeline, message)))
        }
        Err(error) => {
            connection.fail(ErrorInfo {
                code: 40000,
                ..error
            });
            None
        }
    }
}

async fn handle(connection: &Arc<Connection>, pipeline: &mut Pipeline, message: ProtocolMessage) {
    if !connection.faults.is_active() {
        return take(connection, pipeline, message).await;
    }
    match connection.admit(Box::new(message)) {
        Inbound::Take(message) => take(connection, pipeline, *message).await,
        Inbound::Twice(message) => {
            take(connection, pipeline, ProtocolMessage::clone(&message)).await;
            take(connection, pipeline, *message).await;
        }
        Inbound::Wait(wait, message) => {
            let clock = connection.server.clock.as_ref();
            let waited = wait.over(clock, Some(&connection.faults.ending));
            tokio::pin!(waited);
            // What was sent before is answered meanwhile.
            let goes_on = loop {
                tokio::select! {
                    biased;
                    goes_on = &mut waited => break goes_on,
                    () = pipeline.step(connection) => {}
                }
            };
            if goes_on {
                take(connection, pipeline, *message).await;
            }
        }
        Inbound::Skip => {}
    }
}

async fn take(connection: &Arc<Connection>, pipeline: &mut Pipeline, message: ProtocolMessage) {
    // Messages follow each other without waiting; everything else comes after what was sent before it.
    if !matches!(message.action, Action::Message | Action::Annotation) {
        pipeline.drain(connection).await;
    }
    if let Some(under_way) = connection.handle(message).await {
        pipeline.put(connection, under_way);
    }
}

fn describe(error: tungstenite::Error, limit: usize) -> Option<ErrorInfo> {
    match error {
        // A link that breaks is not the client's doing: it may come back.
        tungstenite::Error::Io(_)
        | tungstenite::Error::ConnectionClosed
        | tungstenite::Error::AlreadyClosed
        | tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        tungstenite::Error::Capacity(_) => Some(ErrorInfo::new(
            40009,
            413,
            format!("The frame is larger than {limit} bytes"),
        )),
        other => Some(ErrorInfo::new(
            40000,
            400,
            format!("The WebSocket can't be read: {other}"),
        )),
    }
}

/// The receiving side for the WebSocket library. What the library itself writes (pongs, the answer to a close) goes
/// the way of all frames, so that nothing overtakes or splits another.
pub(super) struct ReadSide {
    pub(super) receive: ReceiveHalf,
    pub(super) outbox: Arc<Outbox>,
    pub(super) liveness: Arc<Liveness>,
}

impl AsyncRead for ReadSide {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.receive.as_mut().poll_read(cx, buffer);
        if read.is_pending() {
            self.liveness.wait();
        } else if buffer.filled().len() > before {
            self.liveness.hear();
        }
        read
    }
}

impl AsyncWrite for ReadSide {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.outbox.push(Bytes::copy_from_slice(bytes));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_breaks_is_nobodys_fault() {
        for kind in [io::ErrorKind::TimedOut, io::ErrorKind::ConnectionReset] {
            let broken = tungstenite::Error::Io(kind.into());
            assert_eq!(
                describe(broken, 0),
                None,
                "{kind}: the client may come back"
            );
        }
    }
}
