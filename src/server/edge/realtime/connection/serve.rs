//! The life of a connection's socket: the client is let in, read until one side has enough, and cleaned up after.

use std::sync::Arc;

use bytes::Bytes;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::liveness::Liveness;
use super::reader::{self, ReadSide, ReceiveHalf};
use super::{Connection, Opening, abandon_later};
use crate::chat_core::error::ErrorInfo;
use crate::chat_core::protocol::{Action, Format, ProtocolMessage};
use crate::server::core::frame;
use crate::server::core::quota::CONNECT_RATE;
use crate::server::edge::EdgeState;
use crate::server::edge::realtime::outbox::SendHalf;

/// Lets the client in, or tells it why not; returns the work of the connection from then on.
pub(crate) fn serve(
    edge: &EdgeState,
    opening: &Opening,
    receive: ReceiveHalf,
    send: SendHalf,
) -> impl Future<Output = ()> + Send + use<> {
    let format = opening.format;
    let outbox = edge.writers.open(send, disconnect_frame(format));
    let liveness = Arc::new(Liveness::default());
    let io = ReadSide {
        receive,
        outbox: Arc::clone(&outbox),
        liveness: Arc::clone(&liveness),
    };
    let frame_size = edge.server.quota.limits().frame_size();
    let config = WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_message_size(Some(frame_size))
        .max_frame_size(Some(frame_size));
    let server = Arc::clone(&edge.server);
    let opened = match opening.preface.closes {
        Some(code) => {
            outbox.cut(Some(frame::close(code)));
            None
        }
        None => Some(Connection::open(&server, opening, &outbox, &liveness)),
    };
    if let Some(Err(error)) = &opened {
        // SDKs come back after the one, and not after the other.
        let action = match error.code {
            CONNECT_RATE => Action::Disconnected,
            _ => Action::Error,
        };
        let message = ProtocolMessage::failed(action, error.clone());
        outbox.close(Some(frame::frame(&message, format)));
    }
    let connection = opened.and_then(Result::ok);
    async move {
        if let Some(connection) = connection {
            let mut socket = Box::pin(WebSocketStream::from_raw_socket(
                io,
                Role::Server,
                Some(config),
            ))
            .await;
            reader::read(&connection, &mut socket, &outbox).await;
            Box::pin(connection.gone()).await;
        }
        abandon_later(&server, &outbox);
    }
}

/// The frame for a client that does not read.
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
