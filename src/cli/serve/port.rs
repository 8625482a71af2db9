//! Listening on a port; one that is taken: by whom, and what to do.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::cli::failure::Failure;

/// Listens on the address that an option names.
///
/// # Errors
/// An invalid address, or one that is in use.
pub(in crate::cli) async fn listen(option: &str, address: &str) -> anyhow::Result<TcpListener> {
    if address
        .rsplit_once(':')
        .is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err())
    {
        return Err(
            Failure::usage(format!("{option}: invalid address '{address}'"))
                .hint("as in 127.0.0.1:9080, or 127.0.0.1:0 for a free port")
                .into(),
        );
    }
    match TcpListener::bind(address).await {
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(taken(option, address).into())
        }
        bound => bound.with_context(|| format!("can't listen on {address}")),
    }
}

/// The failure to listen at `address`, as `option` asks, where another program listens.
pub(super) fn taken(option: &str, address: &str) -> Failure {
    let port = address.parse().map(|address: SocketAddr| address.port());
    let holder = port.ok().and_then(holder);
    let by = holder.as_deref().unwrap_or("another program");
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    Failure::usage(format!(
        "can't listen on {address}: the port is taken by {by}"
    ))
    .hint(format!(
        "stop that one, or take another port, as in {option} {host}:0 for a free one"
    ))
}

#[cfg(not(target_os = "linux"))]
fn holder(_: u16) -> Option<String> {
    None
}

/// The process that listens on the port, if this user may know it.
#[cfg(target_os = "linux")]
fn holder(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .find_map(|path| {
            let sockets = std::fs::read_to_string(path).ok()?;
            let mut inodes = sockets
                .lines()
                .filter_map(|line| listening_inode(line, port));
            inodes.next().map(str::to_owned)
        })?;
    let link = format!("socket:[{inode}]");
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    processes
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok())
        .find_map(|entry| {
            let mut files = std::fs::read_dir(entry.path().join("fd")).ok()?.flatten();
            files.find(|file| {
                std::fs::read_link(file.path()).is_ok_and(|to| to.as_os_str() == link.as_str())
            })?;
            let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
            let pid = entry.file_name();
            Some(format!(
                "{} (process {})",
                name.trim(),
                pid.to_string_lossy()
            ))
        })
}

/// The inode of the socket in a line of `/proc/net/tcp`, if it listens on the port: `SL LOCAL REMOTE STATE …`, where the
/// inode is the tenth word.
#[cfg(target_os = "linux")]
fn listening_inode(line: &str, port: u16) -> Option<&str> {
    const LISTENING: &str = "0A";
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, local, _, LISTENING, ..] = words[..] else {
        return None;
    };
    let (_, found) = local.rsplit_once(':')?;
    (u16::from_str_radix(found, 16) == Ok(port)).then(|| words.get(9).copied())?
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn holder_of_a_port_is_this_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let process = format!("(process {})", std::process::id());
        assert!(holder(address.port()).unwrap().ends_with(&process));
        let failure = taken("--listen", &address.to_string());
        assert!(failure.report.message.contains(&process));
        let hint = failure.report.hint.unwrap();
        assert!(hint.contains("--listen 127.0.0.1:0"), "{hint}");
    }
}
