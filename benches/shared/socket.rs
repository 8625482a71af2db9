//! A client's side of a WebSocket by hand, so that a load costs as little as can be; shared by the benchmarks.

use chatctl::chat_core::protocol::{Format, ProtocolMessage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::server::KEY;

/// A connection to the server at `address`, after the handshake.
pub async fn connect(address: &str, format: Format) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let parameter = match format {
        Format::Json => "",
        Format::MessagePack => "&format=msgpack",
    };
    let request = format!(
        "GET /?key={KEY}{parameter} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    assert!(
        head.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&head)
    );
    socket
}

/// Adds a client's frame, masked with zeros.
pub fn put(to: &mut Vec<u8>, message: &ProtocolMessage, format: Format) {
    let payload = message.encode(format);
    to.push(match format {
        Format::Json => 0x81,
        Format::MessagePack => 0x82,
    });
    if payload.len() < 126 {
        to.push(0x80 | u8::try_from(payload.len()).unwrap());
    } else {
        to.push(0xfe);
        to.extend_from_slice(&u16::try_from(payload.len()).unwrap().to_be_bytes());
    }
    to.extend_from_slice(&[0; 4]);
    to.extend_from_slice(&payload);
}
