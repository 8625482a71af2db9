//! Outboxes: the frames that wait to be written to each connection, and the tasks that write them.
//!
//! A sender puts shared bytes into the outbox of a connection; the outbox tells its writer once. A
//! [`Writers`] task owns the sending side of many connections and flushes those that have something: no task is
//! woken for a subscriber, and an acknowledgement shares a write with the echo before it. An outbox is bounded: a
//! client that does not read is told why and let go.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use crate::server::core::frame;

/// The sending side of a connection.
pub(crate) type SendHalf = Pin<Box<dyn AsyncWrite + Send>>;

/// The most that may wait for one connection, in bytes.
pub(crate) const MAX_WAITING: usize = 4 * 1024 * 1024;

/// The most that may wait for one connection beside that, of what it missed and asked for, in bytes.
const MAX_MISSED: usize = 64 * 1024 * 1024;

/// The size of one write, in bytes.
const WRITE_SIZE: usize = 64 * 1024;

/// The number of connections that are flushed before other tasks get their turn.
const FLUSHES_A_TURN: usize = 256;

/// The frames that wait to be written to one connection.
pub(crate) struct Outbox {
    queue: Mutex<OutboxQueue>,
    /// Whether the writer already knows that there is something.
    announced: AtomicBool,
    writer: Arc<SocketWriter>,
    /// Used by the writer alone.
    link: Mutex<Option<SendSide>>,
    /// Cancelled once nothing will be written any more.
    ended: CancellationToken,
    /// The last frame for a client that does not read.
    disconnect_frame: Bytes,
}

#[derive(Default)]
struct OutboxQueue {
    frames: VecDeque<Bytes>,
    bytes: usize,
    /// The bytes of backlog among them, which say nothing of how well the client reads.
    missed: usize,
    /// Nothing more is taken; the connection ends when what waits is written.
    is_closing: bool,
}

struct SendSide {
    to: SendHalf,
    /// The rest of a write that the socket did not take whole.
    unsent: Bytes,
}

impl Outbox {
    /// Appends `bytes` to what waits. Nothing happens if the connection is closing.
    pub(crate) fn push(self: &Arc<Self>, bytes: Bytes) {
        self.put(bytes, false);
    }

    /// Appends backlog that the client missed and asked for: that may be more than a client that reads has waiting.
    pub(crate) fn push_missed(self: &Arc<Self>, bytes: Bytes) {
        self.put(bytes, true);
    }

    fn put(self: &Arc<Self>, bytes: Bytes, is_missed: bool) {
        {
            let mut queue = self.queue.lock();
            if queue.is_closing {
                return;
            }
            queue.bytes += bytes.len();
            if is_missed && queue.missed + bytes.len() <= MAX_MISSED {
                queue.missed += bytes.len();
            }
            queue.frames.push_back(bytes);
            if queue.bytes - queue.missed > MAX_WAITING {
                tracing::warn!(
                    waiting = queue.bytes,
                    "a client does not read: it is disconnected"
                );
                queue.frames.clear();
                queue.bytes = self.disconnect_frame.len() + frame::CLOSE.len();
                queue.missed = 0;
                queue.frames.push_back(self.disconnect_frame.clone());
                queue.frames.push_back(frame::CLOSE);
                queue.is_closing = true;
                // What is in the socket's way may never leave; the reader must not wait for it.
                self.ended.cancel();
            }
        }
        self.announce();
    }

    /// Ends the connection once `last` and what waits before it are written.
    pub(crate) fn close(self: &Arc<Self>, last: Option<Bytes>) {
        {
            let mut queue = self.queue.lock();
            if queue.is_closing {
                return;
            }
            let frames = last.into_iter().chain([frame::CLOSE]);
            for bytes in frames {
                queue.bytes += bytes.len();
                queue.frames.push_back(bytes);
            }
            queue.is_closing = true;
        }
        self.announce();
    }

    /// Drops the sending side at once.
    pub(crate) fn abandon(&self) {
        self.queue.lock().is_closing = true;
        *self.link.lock() = None;
        self.ended.cancel();
    }

    /// Waits until nothing will be written any more.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    fn announce(self: &Arc<Self>) {
        if !self.announced.swap(true, Ordering::AcqRel) {
            self.writer.add(Arc::clone(self));
        }
    }

    /// Writes what waits, as far as the socket takes it.
    fn flush(self: &Arc<Self>, scratch: &mut Vec<u8>) {
        self.announced.store(false, Ordering::Release);
        let mut link = self.link.lock();
        let Some(SendSide { to, unsent }) = link.as_mut() else {
            return;
        };
        // A socket that is full rings again by itself once it has room.
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        let is_alive = loop {
            if unsent.is_empty() {
                scratch.clear();
                let is_closing = self.gather(scratch);
                if scratch.is_empty() {
                    // What an encrypted stream still holds goes out before its end, and wakes this again if it must
                    // wait. The other side sees the end of the stream; whether it agrees does not matter.
                    break if is_closing {
                        to.as_mut().poll_shutdown(&mut cx).is_pending()
                    } else {
                        !matches!(to.as_mut().poll_flush(&mut cx), Poll::Ready(Err(_)))
                    };
                }
                match write(to, scratch, &mut cx) {
                    Ok(length) if length == scratch.len() => {}
                    Ok(length) => {
                        *unsent = Bytes::copy_from_slice(&scratch[length..]);
                        break true;
                    }
                    Err(()) => break false,
                }
            } else {
                match write(to, unsent, &mut cx) {
                    Ok(length) => unsent.advance(length),
                    Err(()) => break false,
                }
                if !unsent.is_empty() {
                    break true;
                }
            }
        };
        if !is_alive {
            *link = None;
            drop(link);
            self.queue.lock().is_closing = true;
            self.ended.cancel();
        }
    }

    /// Moves what waits into `scratch`, one write's worth; says whether the connection is closing.
    fn gather(&self, scratch: &mut Vec<u8>) -> bool {
        let mut queue = self.queue.lock();
        while scratch.len() < WRITE_SIZE {
            let Some(bytes) = queue.frames.pop_front() else {
                break;
            };
            queue.bytes -= bytes.len();
            queue.missed = queue.missed.saturating_sub(bytes.len());
            scratch.extend_from_slice(&bytes);
        }
        queue.is_closing
    }
}

impl Wake for Outbox {
    fn wake(self: Arc<Self>) {
        self.announce();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.announce();
    }
}

/// Writes as much of `bytes` as the socket takes now.
fn write(to: &mut SendHalf, bytes: &[u8], cx: &mut Context<'_>) -> Result<usize, ()> {
    let mut done = 0;
    while done < bytes.len() {
        match to.as_mut().poll_write(cx, &bytes[done..]) {
            Poll::Ready(Ok(0) | Err(_)) => return Err(()),
            Poll::Ready(Ok(length)) => done += length,
            Poll::Pending => break,
        }
    }
    Ok(done)
}

/// The tasks that write, each for its share of the connections.
pub(crate) struct Writers {
    writers: Vec<Arc<SocketWriter>>,
    next: AtomicUsize,
}

struct SocketWriter {
    waiting: Mutex<Vec<Arc<Outbox>>>,
    /// Notified once all that waits now is written.
    settling: Mutex<Vec<oneshot::Sender<()>>>,
    is_notified: AtomicBool,
    notify: Notify,
}

impl Writers {
    /// `count` writers; the futures are to be run, and end by being dropped.
    pub(crate) fn new(count: usize) -> (Self, Vec<impl Future<Output = ()> + Send + use<>>) {
        let writers: Vec<_> = (0..count.max(1))
            .map(|_| {
                Arc::new(SocketWriter {
                    waiting: Mutex::default(),
                    settling: Mutex::default(),
                    is_notified: AtomicBool::new(false),
                    notify: Notify::new(),
                })
            })
            .collect();
        let tasks = writers
            .iter()
            .map(|writer| {
                let writer = Arc::clone(writer);
                // The cooperative budget is for tasks with one socket: here it would refuse the 129th.
                tokio::task::unconstrained(async move { writer.run().await })
            })
            .collect();
        let next = AtomicUsize::new(0);
        (Self { writers, next }, tasks)
    }

    /// Waits until all that waits now is written, as far as the sockets take it.
    pub(crate) async fn settle(&self) {
        let mut settled = Vec::with_capacity(self.writers.len());
        for writer in &self.writers {
            let (sender, receiver) = oneshot::channel();
            writer.settling.lock().push(sender);
            writer.notify_writer();
            settled.push(receiver);
        }
        for writer in settled {
            // A writer that is gone has nothing to write.
            let _ = writer.await;
        }
    }

    /// An outbox that is written to `to`.
    pub(crate) fn open(&self, to: SendHalf, disconnect_frame: Bytes) -> Arc<Outbox> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        Arc::new(Outbox {
            queue: Mutex::default(),
            announced: AtomicBool::new(false),
            writer: Arc::clone(&self.writers[turn % self.writers.len()]),
            link: Mutex::new(Some(SendSide {
                to,
                unsent: Bytes::new(),
            })),
            ended: CancellationToken::new(),
            disconnect_frame,
        })
    }
}

impl SocketWriter {
    fn add(&self, outbox: Arc<Outbox>) {
        self.waiting.lock().push(outbox);
        self.notify_writer();
    }

    fn notify_writer(&self) {
        if !self.is_notified.swap(true, Ordering::AcqRel) {
            self.notify.notify_one();
        }
    }

    async fn run(&self) {
        let mut scratch = Vec::with_capacity(WRITE_SIZE);
        let mut batch = Vec::new();
        loop {
            self.notify.notified().await;
            // Reads that are ready come first: their echoes and acknowledgements share this round's writes.
            tokio::task::yield_now().await;
            self.is_notified.store(false, Ordering::Release);
            let settling = std::mem::take(&mut *self.settling.lock());
            std::mem::swap(&mut batch, &mut *self.waiting.lock());
            let mut turn = 0;
            for outbox in batch.drain(..) {
                outbox.flush(&mut scratch);
                turn += 1;
                if turn % FLUSHES_A_TURN == 0 {
                    tokio::task::yield_now().await;
                }
            }
            for settled in settling {
                let _ = settled.send(());
            }
            if scratch.capacity() > 4 * WRITE_SIZE {
                scratch = Vec::with_capacity(WRITE_SIZE);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    fn start(buffer: usize) -> (Arc<Outbox>, tokio::io::DuplexStream) {
        let (ours, theirs) = tokio::io::duplex(buffer);
        let (writers, tasks) = Writers::new(1);
        for task in tasks {
            tokio::spawn(task);
        }
        (
            writers.open(Box::pin(ours), Bytes::from_static(b"bye")),
            theirs,
        )
    }

    #[tokio::test]
    async fn bytes_arrive_whole_and_in_order_through_a_narrow_socket() {
        let (outbox, mut theirs) = start(7);
        let mut expected = Vec::new();
        for n in 0..500 {
            let text = format!("frame {n};");
            expected.extend_from_slice(text.as_bytes());
            outbox.push(text.into());
        }
        outbox.close(Some(Bytes::from_static(b"last")));
        outbox.push(Bytes::from_static(b"too late"));
        expected.extend_from_slice(b"last");
        expected.extend_from_slice(&frame::CLOSE);
        let mut got = Vec::new();
        theirs.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, expected);
        outbox.ended().await;
    }

    /// Takes what is written at once and passes it on when it is flushed, as encrypted streams do.
    struct Holding {
        held: Vec<u8>,
        to: tokio::io::DuplexStream,
    }

    impl AsyncWrite for Holding {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<std::io::Result<usize>> {
            self.held.extend_from_slice(bytes);
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
            let this = &mut *self;
            while !this.held.is_empty() {
                let written = std::task::ready!(Pin::new(&mut this.to).poll_write(cx, &this.held))?;
                this.held.drain(..written);
            }
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<std::io::Result<()>> {
            std::task::ready!(self.as_mut().poll_flush(cx))?;
            Pin::new(&mut self.to).poll_shutdown(cx)
        }
    }

    #[tokio::test]
    async fn what_an_encrypted_stream_holds_back_arrives_though_nothing_follows_and_before_the_end()
    {
        let (ours, mut theirs) = tokio::io::duplex(7);
        let (writers, tasks) = Writers::new(1);
        for task in tasks {
            tokio::spawn(task);
        }
        let stream = Holding {
            held: Vec::new(),
            to: ours,
        };
        let outbox = writers.open(Box::pin(stream), Bytes::from_static(b"bye"));
        let first = vec![b'a'; 1000];
        outbox.push(first.clone().into());
        let mut got = vec![0; first.len()];
        theirs.read_exact(&mut got).await.unwrap();
        assert_eq!(got, first);
        let last = vec![b'z'; 1000];
        outbox.close(Some(last.clone().into()));
        let mut got = Vec::new();
        theirs.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, [&last[..], &frame::CLOSE[..]].concat());
        outbox.ended().await;
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_told_and_let_go() {
        let (outbox, mut theirs) = start(64);
        let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
        for _ in 0..100 {
            outbox.push(chunk.clone());
            tokio::task::yield_now().await;
        }
        outbox.ended().await;
        let mut got = Vec::new();
        theirs.read_to_end(&mut got).await.unwrap();
        assert!(got.len() < MAX_WAITING, "what waited was dropped");
        assert!(got.ends_with(&[b"bye", &frame::CLOSE[..]].concat()));
    }

    #[tokio::test]
    async fn a_socket_that_is_gone_ends_the_outbox() {
        let (outbox, theirs) = start(64);
        drop(theirs);
        outbox.push(Bytes::from_static(b"hello"));
        outbox.ended().await;
    }
}
