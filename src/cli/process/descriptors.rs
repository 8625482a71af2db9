//! The file descriptors that a runtime needs before it can report that there are none.

use std::os::unix::net::UnixStream;

use crate::cli::failure::Failure;

/// The pairs of descriptors that a runtime opens for itself and its signals, a few more than that.
const PAIRS: usize = 6;

/// Checks that a runtime can be started: some of its parts end the process where they find no descriptor.
///
/// # Errors
/// Too few of them.
pub(in crate::cli) fn check() -> Result<(), Failure> {
    let mut pairs = Vec::with_capacity(PAIRS);
    for _ in 0..PAIRS {
        pairs.push(UnixStream::pair().map_err(|error| {
            Failure::usage(format!("too few file descriptors are free: {error}"))
                .hint("raise the limit, as with ulimit -n 1024, or close some")
        })?);
    }
    Ok(())
}
