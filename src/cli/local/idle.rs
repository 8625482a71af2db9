//! Counts the connections of a server, and measures the time without any.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::chat_core::clock::{Clock, Moment};

/// The connections of a server.
#[derive(Clone)]
pub(super) struct Activity {
    state: Arc<Mutex<ActivityState>>,
    clock: Arc<dyn Clock>,
}

struct ActivityState {
    open: usize,
    /// The end of the last one.
    since: Moment,
}

impl Activity {
    /// The connections of a server that starts now.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let since = clock.moment();
        Self {
            state: Arc::new(Mutex::new(ActivityState { open: 0, since })),
            clock,
        }
    }

    /// Completes once there has been no connection for `limit`.
    pub(super) async fn ends(&self, limit: Duration) {
        loop {
            let now = self.clock.moment();
            let deadline = self.with(|state| match state.open {
                0 => state.since + limit,
                _ => now + limit,
            });
            if deadline <= now {
                return;
            }
            self.clock.sleep_until(deadline).await;
        }
    }

    fn opened(&self) -> OpenConnection {
        self.with(|state| state.open += 1);
        OpenConnection(self.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut ActivityState) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Counts as a connection until it is dropped.
struct OpenConnection(Activity);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let now = self.0.clock.moment();
        self.0.with(|state| {
            state.open -= 1;
            state.since = now;
        });
    }
}

/// A listener whose connections are counted.
pub(super) struct CountedListener {
    listener: TcpListener,
    activity: Activity,
}

impl CountedListener {
    /// Counts the connections of `listener` in `activity`.
    pub(super) fn new(listener: TcpListener, activity: Activity) -> Self {
        Self { listener, activity }
    }
}

impl Listener for CountedListener {
    type Io = CountedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CountedStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // The server gathers frames itself.
        let _ = stream.set_nodelay(true);
        let open = self.activity.opened();
        (
            CountedStream {
                stream,
                _open: open,
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that is counted.
pub(super) struct CountedStream {
    stream: TcpStream,
    _open: OpenConnection,
}

impl AsyncRead for CountedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::{Timestamp, TokioClock};

    #[tokio::test(start_paused = true)]
    async fn it_ends_after_the_last_connection_and_never_during_one() {
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(Timestamp(0)));
        let activity = Activity::new(Arc::clone(&clock));
        let second = Duration::from_secs(1);
        let open = [activity.opened(), activity.opened()];
        let ends = tokio::spawn({
            let activity = activity.clone();
            async move { activity.ends(10 * second).await }
        });
        tokio::time::sleep(100 * second).await;
        let [first, last] = open;
        drop(first);
        tokio::time::sleep(15 * second).await;
        assert!(!ends.is_finished());
        drop(last);
        tokio::time::sleep(9 * second).await;
        assert!(!ends.is_finished());
        ends.await.unwrap();
        assert_eq!(clock.now(), Timestamp(125_000));
    }
}
