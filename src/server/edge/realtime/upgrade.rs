//! From an HTTP request to a WebSocket.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

use super::connection::Opening;
use super::connection::reader::ReceiveHalf;
use super::connection::serve::serve;
use super::outbox::SendHalf;
use super::preface::Preface;
use crate::chat_core::error::ErrorInfo;
use crate::server::edge::EdgeState;
use crate::server::edge::http::query::Query;
use crate::server::edge::http::refuse;
use crate::server::edge::http::request::credential;
use crate::server::edge::http::socket::{Peer, TimedSocket};
use crate::server::edge::welcome;

/// Answers a request for a WebSocket, and serves it from then on.
pub(crate) async fn connect(State(edge): State<Arc<EdgeState>>, mut request: Request) -> Response {
    let query = Query::of(request.uri());
    let Ok(response) = create_response_with_body(&request, Body::empty) else {
        if let Some(page) = welcome::answer(&request, edge.is_encrypted) {
            return page;
        }
        let error = ErrorInfo::new(
            40400,
            404,
            "This is a chat server: connect with WebSocket, or see the REST API",
        );
        return refuse(&request, &error);
    };
    let preface = match Preface::of(&edge, &request, &query) {
        Ok(preface) => preface,
        Err(answer) => return *answer,
    };
    if let Some(by) = preface.waits {
        let clock = &edge.server.clock;
        clock.sleep_until(clock.moment() + by).await;
    }
    let credential = credential(request.headers(), &query);
    let peer = request.extensions().get::<Peer>().cloned();
    let upgrade = hyper::upgrade::on(&mut request);
    let tasks = edge.server.tasks.clone();
    tasks.spawn(async move {
        match upgrade.await {
            Ok(upgraded) => {
                if let Some(peer) = peer {
                    peer.upgrade();
                }
                let (receive, send) = split(upgraded);
                let mut opening = Opening::new(credential, &query);
                opening.preface = preface;
                opening.claim(&edge.server).await;
                // A task of its own: what the handshake took is not kept for as long as the connection lives.
                let served = serve(&edge, &opening, receive, send);
                edge.server.tasks.spawn(served);
            }
            Err(error) => tracing::debug!(%error, "a WebSocket handshake was not finished"),
        }
    });
    response
}

/// Returns the two sides of the socket; what was read with the handshake comes first.
fn split(upgraded: Upgraded) -> (ReceiveHalf, SendHalf) {
    match upgraded.downcast::<TokioIo<TimedSocket<TcpStream>>>() {
        Ok(parts) => {
            let (receive, send) = parts.io.into_inner().into_inner().into_split();
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
