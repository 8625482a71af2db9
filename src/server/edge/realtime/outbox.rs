//! Outboxes: the frames that wait to be written to each connection, and the tasks that write them.
//!
//! A sender puts shared bytes into the outbox of a connection; the outbox tells its writer once. A
//! [`Writers`] task owns the sending side of many connections and flushes those that have something: no task is
//! woken for a subscriber, and an acknowledgement shares a write with the echo before it.
//!
//! An outbox is bounded in bytes, alone and together with the others of its app, and in time: a client that does not read
//! is told why and let go. What a client asked for is put in as it has room ([`Outbox::has_room`]), so that a client that
//! reads is never taken for one that does not, however much it asked for.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use crate::server::core::frame;
use crate::server::core::limits::{
    MAX_APP_WAITING, MAX_STALLS, MAX_WAITING, MIN_WAITING, WAITING_LOW,
};

/// The sending side of a connection.
pub(crate) type SendHalf = Pin<Box<dyn AsyncWrite + Send>>;

/// How many times [`MAX_WAITING`] may wait while the socket takes what it is given: then it is the writer that has not come
/// to it yet.
const BURST: usize = 4;

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
    /// Whether the socket did not take all that it was given last.
    is_blocked: AtomicBool,
    /// The bytes that the socket took.
    taken: AtomicU64,
    progress: Mutex<Progress>,
    /// Notified when there is room for more.
    drained: Notify,
    /// Cancelled once nothing will be written any more.
    ended: CancellationToken,
    /// The last frame for a client that does not read.
    disconnect_frame: Bytes,
}

#[derive(Default)]
struct OutboxQueue {
    frames: VecDeque<Bytes>,
    bytes: usize,
    /// What waits for all connections of the app together, in bytes.
    shared: Option<Arc<AtomicUsize>>,
    /// Nothing more is taken; the connection ends when what waits is written.
    is_closing: bool,
}

impl OutboxQueue {
    fn push(&mut self, bytes: Bytes) {
        self.bytes += bytes.len();
        if let Some(shared) = &self.shared {
            shared.fetch_add(bytes.len(), Ordering::Relaxed);
        }
        self.frames.push_back(bytes);
    }

    fn pop(&mut self) -> Option<Bytes> {
        let bytes = self.frames.pop_front()?;
        self.bytes -= bytes.len();
        if let Some(shared) = &self.shared {
            shared.fetch_sub(bytes.len(), Ordering::Relaxed);
        }
        Some(bytes)
    }

    /// Drops what waits, and the memory for it.
    fn clear(&mut self) {
        if let Some(shared) = &self.shared {
            shared.fetch_sub(self.bytes, Ordering::Relaxed);
        }
        self.bytes = 0;
        self.frames = VecDeque::new();
    }

    fn is_too_much(&self, is_blocked: bool) -> bool {
        if !is_blocked {
            return self.bytes > BURST * MAX_WAITING;
        }
        let shared = self.shared.as_ref();
        let of_app = shared.map_or(0, |shared| shared.load(Ordering::Relaxed));
        self.bytes > MAX_WAITING || (of_app > MAX_APP_WAITING && self.bytes > MIN_WAITING)
    }
}

impl Drop for OutboxQueue {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What was seen of a client's reading.
#[derive(Default)]
struct Progress {
    /// The bytes that it had taken.
    taken: u64,
    /// How often in a row it had taken nothing more.
    stalls: u32,
}

struct SendSide {
    to: SendHalf,
    /// The rest of a write that the socket did not take whole.
    unsent: Bytes,
}

impl Outbox {
    /// Counts what waits with what waits for the other connections of the app, from now on.
    pub(crate) fn share(&self, waiting: &Arc<AtomicUsize>) {
        let mut queue = self.queue.lock();
        waiting.fetch_add(queue.bytes, Ordering::Relaxed);
        queue.shared = Some(Arc::clone(waiting));
    }

    /// Appends `bytes` to what waits. Nothing happens if the connection is closing.
    pub(crate) fn push(self: &Arc<Self>, bytes: Bytes) {
        {
            let mut queue = self.queue.lock();
            if queue.is_closing {
                return;
            }
            queue.push(bytes);
            if queue.is_too_much(self.is_blocked.load(Ordering::Relaxed)) {
                self.disconnect(&mut queue);
            }
        }
        self.announce();
    }

    /// Returns whether everything was handed to the socket.
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.lock().bytes == 0
    }

    /// Waits until there is room for more of what the client asked for; `false` if nothing is taken any more.
    pub(crate) async fn has_room(&self) -> bool {
        loop {
            let drained = self.drained.notified();
            tokio::pin!(drained);
            drained.as_mut().enable();
            {
                let queue = self.queue.lock();
                if queue.is_closing {
                    return false;
                }
                if queue.bytes <= WAITING_LOW {
                    return true;
                }
            }
            tokio::select! {
                biased;
                () = drained => {}
                () = self.ended.cancelled() => return false,
            }
        }
    }

    /// Disconnects a client that has taken nothing for long while something waited for it. To be called at intervals.
    pub(crate) fn check_progress(self: &Arc<Self>) {
        let taken = self.taken.load(Ordering::Relaxed);
        let is_stuck = {
            let mut progress = self.progress.lock();
            let is_stalled = self.is_blocked.load(Ordering::Relaxed) && progress.taken == taken;
            progress.taken = taken;
            progress.stalls = if is_stalled { progress.stalls + 1 } else { 0 };
            progress.stalls >= MAX_STALLS
        };
        if is_stuck {
            let mut queue = self.queue.lock();
            if !queue.is_closing {
                self.disconnect(&mut queue);
            }
            drop(queue);
            self.announce();
        }
    }

    /// Ends the connection of a client that does not read: what waits for it is dropped.
    fn disconnect(&self, queue: &mut OutboxQueue) {
        tracing::warn!(
            waiting = queue.bytes,
            "a client does not read: it is disconnected"
        );
        queue.clear();
        queue.push(self.disconnect_frame.clone());
        queue.push(frame::CLOSE);
        queue.is_closing = true;
        // What is in the socket's way may never leave; the reader must not wait for it.
        self.end();
    }

    fn end(&self) {
        self.ended.cancel();
        self.drained.notify_waiters();
    }

    /// Ends the connection once `last` and what waits before it are written.
    pub(crate) fn close(self: &Arc<Self>, last: Option<Bytes>) {
        {
            let mut queue = self.queue.lock();
            if queue.is_closing {
                return;
            }
            let frames = last.into_iter().chain([frame::CLOSE]);
            frames.for_each(|bytes| queue.push(bytes));
            queue.is_closing = true;
        }
        self.drained.notify_waiters();
        self.announce();
    }

    /// Ends the connection behind what waits for it, and behind `last`, without waiting for the client.
    pub(crate) fn cut(self: &Arc<Self>, last: Option<Bytes>) {
        {
            let mut queue = self.queue.lock();
            if queue.is_closing {
                return;
            }
            if let Some(bytes) = last {
                queue.push(bytes);
            }
            queue.is_closing = true;
        }
        self.end();
        self.announce();
    }

    /// Drops the sending side at once, and what waits.
    pub(crate) fn abandon(&self) {
        *self.link.lock() = None;
        self.drop_queue();
    }

    fn drop_queue(&self) {
        let mut queue = self.queue.lock();
        queue.is_closing = true;
        queue.clear();
        drop(queue);
        self.end();
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
                match self.write(to, scratch, &mut cx) {
                    Ok(length) if length == scratch.len() => {}
                    Ok(length) => {
                        *unsent = Bytes::copy_from_slice(&scratch[length..]);
                        break true;
                    }
                    Err(()) => break false,
                }
            } else {
                match self.write(to, unsent, &mut cx) {
                    Ok(length) => unsent.advance(length),
                    Err(()) => break false,
                }
                if !unsent.is_empty() {
                    break true;
                }
            }
        };
        if is_alive {
            let is_blocked = !unsent.is_empty();
            self.is_blocked.store(is_blocked, Ordering::Relaxed);
        } else {
            *link = None;
            drop(link);
            self.drop_queue();
        }
    }

    /// Writes as much of `bytes` as the socket takes now.
    fn write(&self, to: &mut SendHalf, bytes: &[u8], cx: &mut Context<'_>) -> Result<usize, ()> {
        let written = write(to, bytes, cx)?;
        self.taken.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    /// Moves what waits into `scratch`, one write's worth; says whether the connection is closing.
    fn gather(&self, scratch: &mut Vec<u8>) -> bool {
        let mut queue = self.queue.lock();
        let had_room = queue.bytes <= WAITING_LOW;
        while scratch.len() < WRITE_SIZE {
            let Some(bytes) = queue.pop() else {
                break;
            };
            scratch.extend_from_slice(&bytes);
        }
        if !had_room && queue.bytes <= WAITING_LOW {
            self.drained.notify_waiters();
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
            is_blocked: AtomicBool::new(false),
            taken: AtomicU64::new(0),
            progress: Mutex::default(),
            drained: Notify::new(),
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

    /// Returns an outbox whose socket takes 64 bytes and no more, and has something unsent.
    async fn start_blocked() -> (Arc<Outbox>, tokio::io::DuplexStream) {
        let (outbox, theirs) = start(64);
        outbox.push(Bytes::from(vec![b'x'; 1000]));
        while !outbox.is_blocked.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        (outbox, theirs)
    }

    #[tokio::test]
    async fn burst_before_the_writer_comes_is_no_slow_reader() {
        let (outbox, mut theirs) = start(1024 * 1024);
        let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
        // Nothing runs in between.
        for _ in 0..100 {
            outbox.push(chunk.clone());
        }
        outbox.close(Some(Bytes::from_static(b"last")));
        let mut got = Vec::new();
        theirs.read_to_end(&mut got).await.unwrap();
        assert_eq!(
            got.len(),
            100 * chunk.len() + b"last".len() + frame::CLOSE.len()
        );
    }

    #[tokio::test]
    async fn there_is_room_again_once_enough_was_taken_and_none_in_a_closed_one() {
        let (outbox, mut theirs) = start_blocked().await;
        assert!(outbox.has_room().await);
        outbox.push(Bytes::from(vec![b'x'; WAITING_LOW + 1]));
        let waiting = tokio::spawn({
            let outbox = Arc::clone(&outbox);
            async move { outbox.has_room().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        let mut got = vec![0; WAITING_LOW + 1001];
        theirs.read_exact(&mut got).await.unwrap();
        assert!(waiting.await.unwrap());
        outbox.push(Bytes::from(vec![b'x'; 2 * WAITING_LOW]));
        let waiting = tokio::spawn({
            let outbox = Arc::clone(&outbox);
            async move { outbox.has_room().await }
        });
        tokio::task::yield_now().await;
        outbox.abandon();
        assert!(!waiting.await.unwrap());
    }

    #[tokio::test]
    async fn client_that_takes_nothing_for_long_is_let_go() {
        let (outbox, mut theirs) = start_blocked().await;
        for _ in 0..MAX_STALLS {
            outbox.check_progress();
        }
        assert!(!outbox.ended.is_cancelled());
        // Something was taken.
        let mut got = [0; 10];
        theirs.read_exact(&mut got).await.unwrap();
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        for _ in 0..MAX_STALLS {
            outbox.check_progress();
        }
        assert!(!outbox.ended.is_cancelled());
        outbox.check_progress();
        assert!(outbox.ended.is_cancelled());
        // A client that has taken all of it is not stuck.
        let (outbox, _theirs) = start(4096);
        outbox.push(Bytes::from_static(b"hello"));
        for _ in 0..2 * MAX_STALLS {
            tokio::task::yield_now().await;
            outbox.check_progress();
        }
        assert!(!outbox.ended.is_cancelled());
    }

    #[tokio::test]
    async fn app_has_a_budget_that_those_who_do_not_read_use_up() {
        let waiting: Arc<AtomicUsize> = Arc::default();
        let mut all = Vec::new();
        for _ in 0..3 * MAX_APP_WAITING / MAX_WAITING {
            let (outbox, theirs) = start_blocked().await;
            outbox.share(&waiting);
            for _ in 0..3 {
                outbox.push(Bytes::from(vec![b'x'; MAX_WAITING / 4]));
            }
            all.push((outbox, theirs));
        }
        let ended = all.iter().filter(|(outbox, _)| outbox.ended.is_cancelled());
        assert!(ended.count() > all.len() / 4);
        assert!(waiting.load(Ordering::Relaxed) < MAX_APP_WAITING + MAX_WAITING);
        let (outbox, _theirs) = start_blocked().await;
        outbox.share(&waiting);
        outbox.push(Bytes::from(vec![b'x'; MIN_WAITING / 2]));
        assert!(!outbox.ended.is_cancelled(), "it has little waiting");
        outbox.abandon();
        for (outbox, _) in &all {
            outbox.abandon();
        }
        assert_eq!(waiting.load(Ordering::Relaxed), 0);
    }
}
