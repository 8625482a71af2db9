//! A WebSocket that carries protocol messages.

use futures_util::{SinkExt, StreamExt};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message as Frame, protocol::WebSocketConfig};

use super::credential::ActiveCredential;
use super::error::{Error, Result};
use super::options::Options;
use super::transport::AGENT;
use crate::chat_core::auth::{Credential, Secret};
use crate::chat_core::http::{Link, root_cause};
use crate::chat_core::protocol::{Format, ProtocolMessage};

/// The largest frame that is read, in bytes.
const MAX_FRAME: usize = 16 * 1024 * 1024;

/// An open link.
pub(super) struct Socket {
    stream: WebSocketStream<TokioIo<Link>>,
    format: Format,
    address: String,
}

/// An event of a link.
pub(super) enum SocketEvent {
    /// A message.
    Message(Box<ProtocolMessage>),
    /// A sign of life that says nothing.
    Ping,
    /// The end, with what is known of it.
    End(Option<Error>),
}

impl Socket {
    /// Connects to `host`, with `resume` to go on with an earlier connection.
    pub(super) async fn connect(
        options: &Options,
        host: &str,
        shown: &ActiveCredential,
        resume: Option<&Secret>,
    ) -> Result<Self> {
        let endpoint = &options.endpoint;
        let address = endpoint.http_base_of(host);
        let broken = |reason: String| Error::Unreachable {
            address: address.clone(),
            reason,
        };
        let link = options.connector.connect(&address).await.map_err(broken)?;
        let uri = format!(
            "{}/?{}",
            address.replacen("http", "ws", 1),
            query(options, shown, resume)
        );
        let config = WebSocketConfig::default()
            .read_buffer_size(16 * 1024)
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME));
        let (stream, _) = tokio_tungstenite::client_async_with_config(uri, link, Some(config))
            .await
            // The address in these errors is the whole URL, credentials and all: only the cause is told.
            .map_err(|error| match error {
                tungstenite::Error::Http(answer) => Error::NotUnderstood {
                    address: address.clone(),
                    reason: format!(
                        "it refused the WebSocket with HTTP status {}",
                        answer.status()
                    ),
                },
                tungstenite::Error::Io(error) => broken(root_cause(&error)),
                _ => broken("the WebSocket handshake failed".to_owned()),
            })?;
        Ok(Self {
            stream,
            format: options.format,
            address,
        })
    }

    /// Puts a message into the buffer. If cancelled, nothing was buffered.
    pub(super) async fn feed(&mut self, message: &ProtocolMessage) -> Result<()> {
        let bytes = message.encode(self.format);
        let frame = match self.format {
            Format::Json => Frame::text(String::from_utf8(bytes).unwrap_or_default()),
            Format::MessagePack => Frame::binary(bytes),
        };
        self.stream
            .feed(frame)
            .await
            .map_err(|error| Error::Unreachable {
                address: self.address.clone(),
                reason: error.to_string(),
            })
    }

    /// Sends what stands in the buffer. A link that breaks says so to whoever reads.
    pub(super) async fn flush(&mut self) {
        let _ = self.stream.flush().await;
    }

    /// Waits for what happens next.
    pub(super) async fn recv(&mut self) -> SocketEvent {
        let (format, bytes) = match self.stream.next().await {
            Some(Ok(Frame::Text(text))) => (Format::Json, bytes::Bytes::from(text)),
            Some(Ok(Frame::Binary(bytes))) => (Format::MessagePack, bytes),
            Some(Ok(Frame::Close(_))) | None => return SocketEvent::End(None),
            Some(Ok(_)) => return SocketEvent::Ping,
            Some(Err(error)) => {
                return SocketEvent::End(Some(Error::Unreachable {
                    address: self.address.clone(),
                    reason: error.to_string(),
                }));
            }
        };
        match ProtocolMessage::decode(format, &bytes) {
            Ok(message) => SocketEvent::Message(Box::new(message)),
            Err(error) => SocketEvent::End(Some(Error::NotUnderstood {
                address: self.address.clone(),
                reason: error.message,
            })),
        }
    }

    /// Closes the link.
    pub(super) async fn close(mut self) {
        let _ = self.stream.close(None).await;
    }
}

/// The parameters of a connect request (RTN2).
fn query(options: &Options, shown: &ActiveCredential, resume: Option<&Secret>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    match &shown.credential {
        Some(Credential::Key(key)) => {
            query.append_pair("key", &key.reveal());
        }
        Some(Credential::Token(token)) => {
            query.append_pair("access_token", token.reveal());
        }
        None => {}
    }
    if let Some(client_id) = &shown.client_id {
        query.append_pair("clientId", client_id);
    }
    if options.format == Format::MessagePack {
        query.append_pair("format", "msgpack");
    }
    if let Some(key) = resume {
        query.append_pair("resume", key.reveal());
    }
    query.append_pair("heartbeats", "true");
    query.append_pair("v", "6");
    query.append_pair("agent", AGENT);
    query.finish()
}
