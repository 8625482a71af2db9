//! From an HTTP request to a WebSocket, and the reading of it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message as Frame};

use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Action, Format, ProtocolMessage};
use crate::server::core::frame;
use crate::server::core::limits::{self, MAX_FRAME_SIZE};
use crate::server::core::state::{Due, ServerState};
use crate::server::edge::http;
use crate::server::edge::http::call::{Query, shown};
use crate::server::edge::realtime::connection::{Connection, Opening, Pipeline};
use crate::server::edge::realtime::outbox::{Outbox, SendHalf};

type ReceiveHalf = Pin<Box<dyn AsyncRead + Send>>;

/// Answers a request for a WebSocket, and serves it from then on.
pub(crate) async fn connect(
    State(core): State<Arc<ServerState>>,
    mut request: Request,
) -> Response {
    let query = Query::of(request.uri());
    let Ok(response) = create_response_with_body(&request, Body::empty) else {
        let error = ErrorInfo::new(
            40400,
            404,
            "This is a chat server: connect with WebSocket, or see the REST API",
        );
        return http::refuse(&request, &error);
    };
    let shown = shown(request.headers(), &query);
    let upgrade = hyper::upgrade::on(&mut request);
    let tasks = core.tasks.clone();
    tasks.spawn(async move {
        match upgrade.await {
            Ok(upgraded) => {
                let (receive, send) = split(upgraded);
                let opening = Opening::new(shown, &query);
                // A task of its own: what the handshake took is not kept for as long as the connection lives.
                core.tasks
                    .spawn(serve(Arc::clone(&core), &opening, receive, send));
            }
            Err(error) => tracing::debug!(%error, "a WebSocket handshake was not finished"),
        }
    });
    response
}

/// The two sides of the socket; what was read with the handshake comes first.
fn split(upgraded: Upgraded) -> (ReceiveHalf, SendHalf) {
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => {
            let (receive, send) = parts.io.into_inner().into_split();
            if parts.read_buf.is_empty() {
                (Box::pin(receive), Box::pin(send))
            } else {
                let early = io::Cursor::new(parts.read_buf);
                (Box::pin(early.chain(receive)), Box::pin(send))
            }
        }
        Err(upgraded) => {
            let (receive, send) = tokio::io::split(TokioIo::new(upgraded));
            (Box::pin(receive), Box::pin(send))
        }
    }
}

/// Lets the client in, or tells it why not; gives what there is to do from then on.
fn serve(
    core: Arc<ServerState>,
    opening: &Opening,
    receive: ReceiveHalf,
    send: SendHalf,
) -> impl Future<Output = ()> + Send + use<> {
    let format = opening.format;
    let outbox = core.writers.open(send, disconnect_frame(format));
    let io = ReadSide {
        receive,
        outbox: Arc::clone(&outbox),
    };
    let config = WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_message_size(Some(MAX_FRAME_SIZE))
        .max_frame_size(Some(MAX_FRAME_SIZE));
    let opened = Connection::open(&core, opening, Arc::clone(&outbox));
    if let Some(metrics) = &core.metrics {
        metrics.connected(opened.as_ref().err());
    }
    if let Err(error) = &opened {
        tracing::info!(%error, "a connection was refused");
        let message = ProtocolMessage::failed(Action::Error, error.clone());
        outbox.close(Some(frame::frame(&message, format)));
    }
    let connection = opened.ok();
    async move {
        if let Some(connection) = connection {
            let mut socket = Box::pin(WebSocketStream::from_raw_socket(
                io,
                Role::Server,
                Some(config),
            ))
            .await;
            read(&connection, &mut socket, &outbox).await;
            Box::pin(connection.gone()).await;
        }
        core.timers.set(
            core.clock.now() + limits::CLOSE_TIMEOUT,
            Due::Abandon(outbox),
        );
    }
}

/// Hands each frame to the connection, in order, until one side has enough.
async fn read(
    connection: &Arc<Connection>,
    socket: &mut WebSocketStream<ReadSide>,
    outbox: &Outbox,
) {
    let mut pipeline = Pipeline::default();
    loop {
        let frame = tokio::select! {
            frame = socket.next(), if pipeline.has_room() => frame,
            () = pipeline.step(connection) => continue,
            () = outbox.ended() => break,
        };
        let (format, bytes) = match frame {
            Some(Ok(Frame::Text(text))) => (Format::Json, Bytes::from(text)),
            Some(Ok(Frame::Binary(bytes))) => (Format::MessagePack, bytes),
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => continue,
            Some(Ok(Frame::Close(_))) | None => break,
            Some(Err(error)) => {
                connection.broke(describe(error));
                break;
            }
        };
        if let Some(handling) = handling(connection, &mut pipeline, format, &bytes) {
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
    // Messages follow each other without waiting; everything else comes after what was sent before it.
    if !matches!(message.action, Action::Message | Action::Annotation) {
        pipeline.drain(connection).await;
    }
    if let Some(under_way) = connection.handle(message).await {
        pipeline.put(connection, under_way);
    }
}

fn describe(error: tungstenite::Error) -> Option<ErrorInfo> {
    match error {
        // A link that breaks is not the client's doing: it may come back.
        tungstenite::Error::Io(_)
        | tungstenite::Error::ConnectionClosed
        | tungstenite::Error::AlreadyClosed
        | tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        tungstenite::Error::Capacity(_) => Some(ErrorInfo::new(
            40009,
            413,
            format!("The frame is larger than {MAX_FRAME_SIZE} bytes"),
        )),
        other => Some(ErrorInfo::new(
            40000,
            400,
            format!("The WebSocket can't be read: {other}"),
        )),
    }
}

/// What a client that does not read is told.
fn disconnect_frame(format: Format) -> Bytes {
    let error = ErrorInfo::new(
        80003,
        500,
        "Disconnected: too much is waiting for this connection, which does not read",
    );
    frame::frame(
        &ProtocolMessage::failed(Action::Disconnected, error),
        format,
    )
}

/// The receiving side for the WebSocket library. What the library itself writes (pongs, the answer to a close) goes
/// the way of all frames, so that nothing overtakes or splits another.
struct ReadSide {
    receive: ReceiveHalf,
    outbox: Arc<Outbox>,
}

impl AsyncRead for ReadSide {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.receive.as_mut().poll_read(cx, buffer)
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
            assert_eq!(describe(broken), None, "{kind}: the client may come back");
        }
    }
}
