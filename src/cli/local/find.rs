//! Finding the local server, and starting it where there is none.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::folder::{Folder, State};
use super::{lock, start};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// How long the server may take to say that it is itself.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest answer to that question, in bytes.
const MAX_ANSWER: u64 = 4096;

/// Where the server is, if it lives and answers.
pub(super) fn running(folder: &Folder) -> Option<State> {
    // Read before it is asked who lives: a server writes it after it has become one.
    lock::holder(folder)?;
    let state = folder.state()?;
    is_itself(&state).ok().filter(|yes| *yes)?;
    Some(state)
}

/// Where the server is; starts it if there is none. Whoever comes meanwhile waits for the same one.
///
/// # Errors
/// Why it can't be found or started, which is "unreachable" to a script.
pub(super) fn or_start(folder: &Folder, how: &start::How) -> anyhow::Result<State> {
    if let Some(state) = running(folder) {
        return Ok(state);
    }
    found_or_started(folder, how).map_err(|error| unreachable(folder, error))
}

fn found_or_started(folder: &Folder, how: &start::How) -> anyhow::Result<State> {
    folder.create()?;
    let _starting = lock::to_start(folder, how.patience)?;
    let start = Instant::now();
    // A server that does not answer is on its way up or down.
    while let Some(holder) = lock::holder(folder) {
        if let Some(state) = running(folder) {
            return Ok(state);
        }
        if start.elapsed() > how.patience {
            anyhow::bail!(
                "it {} and does not answer",
                holder.pid.map_or_else(
                    || "runs elsewhere, as in another container".to_owned(),
                    |pid| format!("runs as process {pid}")
                )
            );
        }
        std::thread::sleep(lock::GLANCE);
    }
    start::start(folder, how)?;
    running(folder).ok_or_else(|| anyhow::anyhow!("it has started and does not answer"))
}

/// An error that ends a command as an endpoint that is not there does.
pub(super) fn unreachable(folder: &Folder, error: anyhow::Error) -> anyhow::Error {
    if error.chain().any(<dyn std::error::Error>::is::<Failure>) {
        return error;
    }
    Failure::new(
        Exit::Unreachable,
        format!("the local server: {error:#}"),
    )
    .hint(format!(
        "see {}; 'chatctl local stop' ends one that hangs, 'chatctl local reset' empties its rooms; or set ABLY_API_KEY to use Ably",
        folder.log_file().display()
    ))
    .into()
}

/// Whether what listens there is the server that wrote `state`: another one does not know the answer.
fn is_itself(state: &State) -> io::Result<bool> {
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
