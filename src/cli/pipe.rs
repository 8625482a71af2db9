//! Whether anybody still reads standard output.

use std::io;
use std::os::fd::AsFd as _;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Completes once the reader of standard output is gone, where it is a pipe; never for anything else. A stream that
/// has nothing to print would not notice by itself.
#[allow(deprecated)] // its replacement is unsafe code: the caller promises there what an owned descriptor keeps
pub(super) async fn closed() {
    let stdout = io::stdout().as_fd().try_clone_to_owned();
    let watched = stdout.map(|stdout| AsyncFd::with_interest(stdout, Interest::ERROR));
    match watched {
        Ok(Ok(stdout)) => {
            let _ = stdout.ready(Interest::ERROR).await;
        }
        // A file can't be watched, and nobody goes away from it.
        _ => std::future::pending().await,
    }
}
