//! The bytes of each client's socket, so that none is on its way when the time goes on.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::serve::Listener;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::server::edge::http::socket::{ClientListener, Socket};

/// The bytes that were read from a socket and written to it, and whether the server waits for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes {
    pub(super) read: u64,
    pub(super) written: u64,
    /// Whether the server waits for more: it does not where it holds a connection back.
    pub(super) is_awaited: bool,
}

impl Bytes {
    /// Returns whether nothing is under way between the server and a client that has read and written so much.
    pub(super) fn are_settled(self, read: u64, written: u64) -> bool {
        let is_held_back = !self.is_awaited && self.read < written;
        self.written == read && (self.read == written || is_held_back)
    }
}

/// The open sockets of clients.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// By the client's port.
    open: Mutex<BTreeMap<u16, Arc<Counters>>>,
    /// The number of sockets that were opened or closed.
    changes: AtomicU64,
}

#[derive(Debug, Default)]
struct Counters {
    read: AtomicU64,
    written: AtomicU64,
    /// Set by a read that has got something, until the next one.
    is_busy: AtomicBool,
}

impl Traffic {
    /// Returns the bytes of each open socket, by the client's port.
    pub(super) fn snapshot(&self) -> BTreeMap<u16, Bytes> {
        let open = self.open.lock();
        let sockets = open.iter().map(|(port, counters)| {
            let bytes = Bytes {
                read: counters.read.load(Ordering::Relaxed),
                written: counters.written.load(Ordering::Relaxed),
                is_awaited: !counters.is_busy.load(Ordering::Relaxed),
            };
            (*port, bytes)
        });
        sockets.collect()
    }

    /// Returns a number that changes whenever a socket is opened or closed.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    fn opened(self: &Arc<Self>, port: u16) -> Registration {
        let counters = Arc::<Counters>::default();
        self.open.lock().insert(port, Arc::clone(&counters));
        self.changes.fetch_add(1, Ordering::Relaxed);
        Registration {
            traffic: Arc::clone(self),
            port,
            counters,
        }
    }
}

/// A socket's place among the open ones.
struct Registration {
    traffic: Arc<Traffic>,
    port: u16,
    counters: Arc<Counters>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut open = self.traffic.open.lock();
        // The port may be another socket's already.
        if open
            .get(&self.port)
            .is_some_and(|counters| Arc::ptr_eq(counters, &self.counters))
        {
            open.remove(&self.port);
        }
        drop(open);
        self.traffic.changes.fetch_add(1, Ordering::Relaxed);
    }
}

/// A client's socket whose bytes are counted.
pub struct CountedSocket {
    // Closed before it is taken off the list: what is on the list may still be read.
    io: TcpStream,
    registration: Registration,
}

impl Socket for CountedSocket {
    fn local_address(&self) -> Option<IpAddr> {
        self.io.local_address()
    }
}

impl AsyncRead for CountedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(context, buffer);
        let more = (buffer.filled().len() - before) as u64;
        let counters = &self.registration.counters;
        counters.read.fetch_add(more, Ordering::Relaxed);
        counters.is_busy.store(read.is_ready(), Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for CountedSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        if let Poll::Ready(Ok(more)) = written {
            let counter = &self.registration.counters.written;
            counter.fetch_add(more as u64, Ordering::Relaxed);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

/// Accepts clients, and counts their bytes.
pub struct CountedListener {
    listener: ClientListener,
    traffic: Arc<Traffic>,
}

impl CountedListener {
    pub(super) fn new(listener: TcpListener, traffic: Arc<Traffic>) -> Self {
        Self {
            listener: ClientListener::new(listener),
            traffic,
        }
    }
}

impl Listener for CountedListener {
    type Io = CountedSocket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CountedSocket, SocketAddr) {
        let (io, address) = self.listener.next().await;
        let registration = self.traffic.opened(address.port());
        (CountedSocket { io, registration }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn bytes_are_counted_until_the_socket_is_dropped() {
        let traffic = Arc::<Traffic>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut listener = CountedListener::new(listener, Arc::clone(&traffic));
        let mut client = TcpStream::connect(address).await.unwrap();
        let port = client.local_addr().unwrap().port();
        let (mut socket, _) = listener.accept().await;
        let changes = traffic.changes();
        client.write_all(b"hello").await.unwrap();
        socket.read_exact(&mut [0; 5]).await.unwrap();
        socket.write_all(b"hi").await.unwrap();
        let bytes = Bytes {
            read: 5,
            written: 2,
            is_awaited: false,
        };
        assert_eq!(traffic.snapshot(), BTreeMap::from([(port, bytes)]));
        assert_eq!(traffic.changes(), changes);
        drop(socket);
        assert!(traffic.snapshot().is_empty());
        assert_ne!(traffic.changes(), changes);
    }
}
