//! The owner of the other end of a connection within this machine.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;

/// Checks that the other end of a connection belongs to a process of this user, where the system tells: whoever listens
/// on a port that a server has left is shown what was meant for that server.
///
/// # Errors
/// A process of another user.
pub(super) fn check_own(stream: &TcpStream) -> io::Result<()> {
    let (own, peer) = (stream.local_addr()?, stream.peer_addr()?);
    let Some(owner) = owner(peer, own) else {
        return Ok(());
    };
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!(
            "another user's process listens on port {}; nothing was sent to it",
            peer.port()
        ),
    ))
}

/// The user id of the socket at `from` that is connected to `to`.
#[cfg(target_os = "linux")]
fn owner(from: SocketAddr, to: SocketAddr) -> Option<u32> {
    let table = if from.is_ipv4() {
        "/proc/self/net/tcp"
    } else {
        "/proc/self/net/tcp6"
    };
    let table = std::fs::read_to_string(table).ok()?;
    let (from, to) = (shown(from), shown(to));
    table.lines().find_map(|line| {
        // Number, local address, remote address, state, queues, timer, retransmissions, user.
        let mut fields = line.split_whitespace().skip(1);
        let is_it = fields.next() == Some(&from) && fields.next() == Some(&to);
        is_it.then(|| fields.nth(4)?.parse().ok()).flatten()
    })
}

#[cfg(not(target_os = "linux"))]
fn owner(_: SocketAddr, _: SocketAddr) -> Option<u32> {
    None
}

/// An address as the kernel shows it: each word of four bytes as a number of this machine.
#[cfg(target_os = "linux")]
fn shown(address: SocketAddr) -> String {
    use std::fmt::Write as _;
    let bytes = match address.ip() {
        std::net::IpAddr::V4(ip) => ip.octets().to_vec(),
        std::net::IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let mut text = String::new();
    for word in bytes.as_chunks::<4>().0 {
        let _ = write!(text, "{:08X}", u32::from_ne_bytes(*word));
    }
    let _ = write!(text, ":{:04X}", address.port());
    text
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn the_owner_of_the_other_end_is_found() {
        for place in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(place).await else {
                // A machine without IPv6.
                continue;
            };
            let stream = TcpStream::connect(listener.local_addr().unwrap())
                .await
                .unwrap();
            let (own, peer) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
            // Before it is accepted, and after.
            for _ in 0..2 {
                let user = rustix::process::geteuid().as_raw();
                assert_eq!(owner(peer, own), Some(user), "{place}");
                check_own(&stream).unwrap();
                let _kept = listener.accept();
            }
        }
    }
}
