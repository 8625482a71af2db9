//! The end of a server with the program that holds the other end of its standard input.

use std::io::{self, Read};

use anyhow::Context as _;
use tokio::sync::oneshot;

use crate::cli::Context;

/// Watches standard input, whose content is ignored, on a thread of its own. The receiver completes once it is closed.
///
/// # Errors
/// A thread that can't be started.
pub(super) fn closed(context: &Context) -> anyhow::Result<oneshot::Receiver<()>> {
    let mut stdin = context.take_stdin();
    let (tell, closed) = oneshot::channel();
    std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            wait_for_end(&mut *stdin);
            // The server may have ended first.
            let _ = tell.send(());
        })
        .context("can't watch standard input")?;
    Ok(closed)
}

/// Reads to the end, with constant memory. An input that can't be read has ended as well.
fn wait_for_end(input: &mut dyn Read) {
    let mut buffer = [0; 512];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
            Ok(_) | Err(_) => {}
        }
    }
}
