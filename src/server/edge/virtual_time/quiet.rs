//! When the server's thread has nothing to do.
//!
//! The server runs on one thread, whose runtime says when it parks. A probe wakes it, so that it looks at its sockets
//! and runs all that is woken before it parks again: then the probe is answered.

use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

/// The probes of the server's thread.
#[derive(Debug)]
pub(super) struct Quiet {
    asked: AtomicU64,
    /// The last probe that the thread has seen.
    seen: AtomicU64,
    /// The last probe after which the thread had nothing more to do.
    answered: AtomicU64,
    notify: Notify,
    /// Gets a byte with each answer, and whenever else the coordinator is to wake up.
    wake: UnixStream,
}

impl Quiet {
    /// Probes that wake the reader of the other end of `wake`, which must not block.
    pub(super) fn new(wake: UnixStream) -> Arc<Self> {
        Arc::new(Self {
            asked: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            notify: Notify::new(),
            wake,
        })
    }

    /// Builds the runtime of a server that answers probes, for the thread that runs it.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn runtime(self: &Arc<Self>) -> io::Result<Runtime> {
        let parking = Arc::clone(self);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .on_thread_park(move || parking.park())
            .build()?;
        let quiet = Arc::clone(self);
        runtime.spawn(async move {
            loop {
                quiet.notify.notified().await;
                let asked = quiet.asked.load(Ordering::Acquire);
                quiet.seen.store(asked, Ordering::Release);
            }
        });
        Ok(runtime)
    }

    /// Asks the thread whether it has something to do. Answered is what [`Quiet::has_answered`] says later.
    pub(super) fn probe(&self) -> u64 {
        let probe = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        self.notify.notify_one();
        probe
    }

    /// Returns whether the thread had nothing to do after `probe`.
    pub(super) fn has_answered(&self, probe: u64) -> bool {
        self.answered.load(Ordering::Acquire) >= probe
    }

    /// Wakes the coordinator.
    pub(super) fn wake(&self) {
        // A full buffer wakes it just as well.
        let _ = (&self.wake).write(&[0]);
    }

    fn park(&self) {
        let seen = self.seen.load(Ordering::Acquire);
        if self.answered.swap(seen, Ordering::AcqRel) != seen {
            self.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::time::Duration;

    #[test]
    fn probe_is_answered_once_all_that_was_woken_has_run() {
        let (mut woken, wake) = UnixStream::pair().unwrap();
        let quiet = Quiet::new(wake);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (start, started) = tokio::sync::oneshot::channel::<()>();
        let server = Arc::clone(&quiet);
        let turns = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&turns);
        let thread = std::thread::spawn(move || {
            server.runtime().unwrap().block_on(async move {
                tokio::spawn(async move {
                    started.await.unwrap();
                    for _ in 0..100 {
                        tokio::task::yield_now().await;
                        counted.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_micros(100));
                    }
                });
                stopped.await.unwrap();
            });
        });
        start.send(()).unwrap();
        let probe = quiet.probe();
        while !quiet.has_answered(probe) {
            woken.read_exact(&mut [0]).unwrap();
        }
        assert_eq!(turns.load(Ordering::Relaxed), 100);
        stop.send(()).unwrap();
        thread.join().unwrap();
    }
}
