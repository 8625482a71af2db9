//! The sockets of clients: accepting them, and the time that a client may take to read an answer.

use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::server::TlsStream;

use crate::server::core::limits::ANSWER_TIMEOUT;

/// The pause after the system refused to accept: it has no more descriptors, most often.
const PAUSE: Duration = Duration::from_millis(200);

/// The time between two reports that nobody can be accepted.
const REPORT_INTERVAL: Duration = Duration::from_secs(30);

/// A socket of a client.
pub trait Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Returns the address of this machine that the client connected to, if there is one.
    fn local_address(&self) -> Option<IpAddr>;
}

impl Socket for TcpStream {
    fn local_address(&self) -> Option<IpAddr> {
        self.local_addr().ok().map(|address| address.ip())
    }
}

impl Socket for TlsStream<TcpStream> {
    fn local_address(&self) -> Option<IpAddr> {
        self.get_ref().0.local_address()
    }
}

#[cfg(any(test, fuzzing))]
impl Socket for tokio::io::DuplexStream {
    fn local_address(&self) -> Option<IpAddr> {
        None
    }
}

/// The facts of a request's socket.
#[derive(Clone)]
pub(crate) struct Peer {
    /// The address of this machine that the client connected to.
    pub(crate) local: Option<IpAddr>,
    is_upgraded: Arc<AtomicBool>,
}

impl Peer {
    /// Ends the watch over how long the client takes to read: it is a WebSocket from now on, with bounds of its own.
    pub(crate) fn upgrade(&self) {
        self.is_upgraded.store(true, Ordering::Relaxed);
    }
}

/// A socket whose peer must read an answer in time.
pub(crate) struct TimedSocket<Io> {
    io: Io,
    /// When what is being written must have left.
    deadline: Option<Pin<Box<Sleep>>>,
    is_upgraded: Arc<AtomicBool>,
}

impl<Io: Socket> TimedSocket<Io> {
    /// Watches over `io`.
    pub(super) fn new(io: Io) -> (Self, Peer) {
        let is_upgraded = Arc::new(AtomicBool::new(false));
        let peer = Peer {
            local: io.local_address().map(|address| address.to_canonical()),
            is_upgraded: Arc::clone(&is_upgraded),
        };
        let timed = Self {
            io,
            deadline: None,
            is_upgraded,
        };
        (timed, peer)
    }

    /// Returns the socket itself.
    pub(crate) fn into_inner(self) -> Io {
        self.io
    }

    /// Passes on how a write went, or its end where it has waited for too long.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() || self.is_upgraded.load(Ordering::Relaxed) {
            return written;
        }
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(ANSWER_TIMEOUT)));
        if deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<Io: Socket> AsyncRead for TimedSocket<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<Io: Socket> AsyncWrite for TimedSocket<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(context, parts);
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            // Flushed by hyper only behind the last byte of an answer.
            self.deadline = None;
        }
        self.watch(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.io).poll_shutdown(context);
        self.watch(context, ended)
    }
}

/// Accepts the clients of a listener.
pub struct ClientListener {
    listener: TcpListener,
    reported: Option<Instant>,
}

impl ClientListener {
    /// Accepts those who connect to `listener`.
    pub fn new(listener: TcpListener) -> Self {
        Self {
            listener,
            reported: None,
        }
    }

    /// Accepts the next client. Where the system has no descriptors left this says so in the log, and goes on once there
    /// are some again.
    pub(crate) async fn next(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let error = match self.listener.accept().await {
                Ok((socket, address)) => {
                    // Frames are gathered by the server itself.
                    let _ = socket.set_nodelay(true);
                    return (socket, address);
                }
                Err(error) => error,
            };
            // A client that has gone again is not worth a pause.
            if matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
            ) {
                continue;
            }
            if self
                .reported
                .is_none_or(|reported| reported.elapsed() >= REPORT_INTERVAL)
            {
                self.reported = Some(Instant::now());
                tracing::error!(
                    %error,
                    "no client can be accepted; if the file descriptors are used up, raise the limit of 'ulimit -n'"
                );
            }
            sleep(PAUSE).await;
        }
    }
}

impl axum::serve::Listener for ClientListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        self.next().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
