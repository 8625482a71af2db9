//! Virtual time: the server and the Node processes of this machine share one clock, which goes on to the next deadline
//! when all of them are quiet.
//!
//! A process takes part by a unix socket and a script that Node loads before everything else; the server takes part by
//! its clock, its thread and its sockets.
//!
//! | module | owns |
//! | --- | --- |
//! | [`coordinator`] | the thread that moves the time |
//! | [`participant`], [`message`] | the processes that take part |
//! | [`quiet`], [`traffic`] | the server's own part: its thread and its sockets |
//! | [`obstacle`], [`watchdog`], [`status`] | what is told to users |

mod coordinator;
mod message;
mod obstacle;
mod participant;
mod quiet;
mod status;
mod traffic;
mod watchdog;

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::chat_core::clock::{Timestamp, VirtualClock};
use coordinator::{Coordinator, Order, Parts};
pub use obstacle::Obstacle;
use quiet::Quiet;
pub use status::{Advanced, Mode, ParticipantStatus, Status};
use traffic::Traffic;
pub use traffic::{CountedListener, CountedSocket};
use watchdog::Watchdog;

/// Virtual time, and the thread that moves it.
pub struct VirtualTime {
    clock: VirtualClock,
    quiet: Arc<Quiet>,
    traffic: Arc<Traffic>,
    orders: Sender<Order>,
}

/// The socket in the folder of the processes that take part, and the file with the present time.
pub const SOCKET: &str = "clock";
/// The file with the present time, in epoch milliseconds, for processes that start.
pub const NOW: &str = "clock.now";

impl VirtualTime {
    /// Starts the thread, with the time at `start`. Processes take part by the socket in `folder`, if there is one; reports
    /// about a time that stands go to `report`.
    ///
    /// # Errors
    /// The system's.
    pub fn start(
        start: Timestamp,
        mode: Mode,
        folder: Option<&Path>,
        report: impl Fn(&str) + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let processes = folder.map(|folder| listen(folder, start)).transpose()?;
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let (orders, receiver) = channel();
        let time = Self {
            clock: VirtualClock::starting_at(start),
            quiet: Quiet::new(wake),
            traffic: Arc::default(),
            orders,
        };
        let coordinator = Coordinator::new(Parts {
            clock: time.clock.clone(),
            quiet: Arc::clone(&time.quiet),
            traffic: Arc::clone(&time.traffic),
            woken,
            orders: receiver,
            processes,
            mode,
            watchdog: Watchdog::new(Box::new(report)),
        });
        std::thread::Builder::new()
            .name("clock".to_owned())
            .spawn(move || coordinator.run())?;
        Ok(Arc::new(time))
    }

    /// Returns the clock of the server.
    pub fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// Builds the runtime that the server must run on.
    ///
    /// # Errors
    /// The system's.
    pub fn runtime(&self) -> io::Result<Runtime> {
        self.quiet.runtime()
    }

    /// Accepts the clients of the server.
    pub fn listen(&self, listener: TcpListener) -> CountedListener {
        CountedListener::new(listener, Arc::clone(&self.traffic))
    }

    /// Returns the state.
    pub async fn status(&self) -> Option<Status> {
        self.order(Order::Status).await
    }

    /// Freezes the time, or lets it run. Returns the state.
    pub async fn set_mode(&self, mode: Mode) -> Option<Status> {
        self.order(|answer| Order::Mode(mode, answer)).await
    }

    /// Lets the time go on to `to`, or to the next deadline, and waits until all is quiet there.
    ///
    /// # Errors
    /// Those who are not quiet for long.
    pub async fn advance(
        &self,
        to: Option<Timestamp>,
    ) -> std::result::Result<Advanced, Vec<Obstacle>> {
        let advanced = self.order(|answer| Order::Advance(to, answer)).await;
        advanced.unwrap_or_else(|| Err(Vec::new()))
    }

    /// Lets the time pass as usual from now on: the server ends.
    pub fn end(&self) {
        // A thread that has ended has nothing to end.
        let _ = self.orders.send(Order::End);
        self.quiet.wake();
    }

    /// Gives an order; `None` where the thread has ended.
    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        self.orders.send(order(sender)).ok()?;
        self.quiet.wake();
        receiver.await.ok()
    }
}

impl Drop for VirtualTime {
    fn drop(&mut self) {
        // The thread ends once it sees that nobody can give orders.
        let (orders, _) = channel();
        self.orders = orders;
        self.quiet.wake();
    }
}

/// Listens for processes in `folder`, and writes the time there.
fn listen(folder: &Path, start: Timestamp) -> io::Result<(UnixListener, File)> {
    let listener = UnixListener::bind(folder.join(SOCKET))?;
    listener.set_nonblocking(true)?;
    let mut file = File::create(folder.join(NOW))?;
    writeln!(file, "{start}")?;
    Ok((listener, file))
}

#[cfg(test)]
mod tests;
