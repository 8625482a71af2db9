//! Finds the local server, and starts it where there is none.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::folder::{Folder, LocalState};
use super::{lock, start};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// The time limit of the identity probe.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest answer to the identity probe, in bytes.
const MAX_ANSWER: u64 = 4096;

/// The state of the server, if it lives and answers.
pub(super) fn running(folder: &Folder) -> Option<LocalState> {
    // The lock first: a server writes its state after it has taken the lock.
    lock::holder(folder)?;
    let state = folder.state()?;
    answers_probe(&state).ok().filter(|yes| *yes)?;
    Some(state)
}

/// Returns the state of the server, which is started if there is none. Other commands that come meanwhile wait for the
/// same one.
///
/// # Errors
/// A server that can't be found or started, which exits as "unreachable".
pub(super) fn or_start(folder: &Folder, how: &start::StartLimits) -> anyhow::Result<LocalState> {
    if let Some(state) = running(folder) {
        return Ok(state);
    }
    wait_or_start(folder, how).map_err(|error| unreachable(folder, error))
}

fn wait_or_start(folder: &Folder, how: &start::StartLimits) -> anyhow::Result<LocalState> {
    folder.create()?;
    let _starting = lock::lock_start(folder, how.timeout)?;
    let start = Instant::now();
    // A server that does not answer is starting or stopping.
    while let Some(holder) = lock::holder(folder) {
        if let Some(state) = running(folder) {
            return Ok(state);
        }
        if start.elapsed() > how.timeout {
            anyhow::bail!(
                "it {} and does not answer",
                holder.pid.map_or_else(
                    || "runs elsewhere, as in another container".to_owned(),
                    |pid| format!("runs as process {pid}")
                )
            );
        }
        std::thread::sleep(lock::POLL_INTERVAL);
    }
    start::start(folder, how)?;
    running(folder).ok_or_else(|| anyhow::anyhow!("it started and does not answer"))
}

/// Makes an error of the local server exit as an endpoint that can't be reached does.
pub(super) fn unreachable(folder: &Folder, error: anyhow::Error) -> anyhow::Error {
    if error.chain().any(<dyn std::error::Error>::is::<Failure>) {
        return error;
    }
    Failure::new(
        Exit::Unreachable,
        format!("the local server: {error:#}"),
    )
    .hint(format!(
        "see {}; 'chatctl local stop' stops one that hangs, 'chatctl local reset' deletes its rooms; or set ABLY_API_KEY to use Ably",
        folder.log_file().display()
    ))
    .into()
}

/// Returns whether the server that wrote `state` listens there: another one does not know the answer.
fn answers_probe(state: &LocalState) -> io::Result<bool> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, state.port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    write!(
        stream,
        "GET {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n",
        state.ask
    )?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    let said = answer.strip_suffix(state.answer.as_bytes());
    Ok(said.is_some_and(|head| head.ends_with(b"\r\n\r\n")))
}
