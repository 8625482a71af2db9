//! The yardstick: a server that decodes each message, encodes it once and sends it to everybody in the room.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chatctl::chat_core::protocol::{Action, Format, ProtocolMessage};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

type Rooms = Arc<Mutex<HashMap<String, Vec<mpsc::Sender<Message>>>>>;

/// Serves until it is ended.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        let rooms = Rooms::default();
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            tokio::spawn(connection(socket, Arc::clone(&rooms)));
        }
    });
}

async fn connection(socket: TcpStream, rooms: Rooms) {
    let mut format = Format::Json;
    let config = WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(4096);
    #[allow(clippy::result_large_err)] // the library's own signature
    let handshake = |request: &Request, response: Response| {
        if request
            .uri()
            .query()
            .is_some_and(|query| query.contains("format=msgpack"))
        {
            format = Format::MessagePack;
        }
        Ok(response)
    };
    let Ok(socket) =
        tokio_tungstenite::accept_hdr_async_with_config(socket, handshake, Some(config)).await
    else {
        return;
    };
    let (mut sink, mut stream) = socket.split();
    let (sender, mut receiver) = mpsc::channel::<Message>(65_536);
    tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            if sink.feed(message).await.is_err() {
                return;
            }
            while let Ok(message) = receiver.try_recv() {
                if sink.feed(message).await.is_err() {
                    return;
                }
            }
            if sink.flush().await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(frame)) = stream.next().await {
        let bytes = match frame {
            Message::Text(text) => text.into(),
            Message::Binary(bytes) => bytes,
            _ => continue,
        };
        let message = ProtocolMessage::decode(format, &bytes).unwrap();
        let room = message.channel.clone().unwrap_or_default();
        if message.action == Action::Attach {
            rooms
                .lock()
                .unwrap()
                .entry(room)
                .or_default()
                .push(sender.clone());
            let attached = ProtocolMessage {
                action: Action::Attached,
                ..message
            };
            let _ = sender.send(encode(&attached, format)).await;
            continue;
        }
        let frame = encode(&message, format);
        for subscriber in rooms.lock().unwrap().get(&room).into_iter().flatten() {
            let _ = subscriber.try_send(frame.clone());
        }
    }
}

fn encode(message: &ProtocolMessage, format: Format) -> Message {
    let bytes = message.encode(format);
    match format {
        Format::Json => Message::text(String::from_utf8(bytes).unwrap()),
        Format::MessagePack => Message::binary(bytes),
    }
}
