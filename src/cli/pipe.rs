//! Notices when the reader of standard output goes away.

use std::io;
use std::os::fd::AsFd as _;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Completes once the reader of standard output is gone, if it is a pipe, else never. A stream with nothing to print
/// would not notice otherwise.
#[allow(deprecated)] // its replacement is unsafe code: the caller promises there what an owned descriptor keeps
pub(super) async fn closed() {
    let stdout = io::stdout().as_fd().try_clone_to_owned();
    let watched = stdout.map(|stdout| AsyncFd::with_interest(stdout, Interest::ERROR));
    match watched {
        Ok(Ok(stdout)) => {
            let _ = stdout.ready(Interest::ERROR).await;
        }
        // A file can't be watched, and has no reader that could go away.
        _ => std::future::pending().await,
    }
}
