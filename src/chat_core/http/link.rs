//! An open connection to a host, which says where the other side speaks TLS and this one does not.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::error::Mismatch;

/// The first byte of a TLS alert, and of a handshake: no HTTP answer begins with either.
const TLS_RECORDS: [u8; 2] = [0x15, 0x16];

/// An open connection to a host, in hyper's terms; a [`TokioIo`] around it gives tokio's.
pub struct Link {
    io: MaybeHttpsStream<TokioIo<TcpStream>>,
    /// Whether nothing was read yet.
    is_fresh: bool,
}

impl Link {
    /// The link over `io`.
    pub(super) fn new(io: MaybeHttpsStream<TokioIo<TcpStream>>) -> Self {
        Self { io, is_fresh: true }
    }
}

impl Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_fresh && matches!(self.io, MaybeHttpsStream::Http(_)) && buffer.remaining() > 0 {
            let mut first = [MaybeUninit::uninit(); 1];
            let mut first = ReadBuf::uninit(&mut first);
            ready!(Pin::new(&mut self.io).poll_read(context, first.unfilled()))?;
            self.is_fresh = false;
            if first
                .filled()
                .first()
                .is_some_and(|byte| TLS_RECORDS.contains(byte))
            {
                return Poll::Ready(Err(io::Error::other(Mismatch::SpeaksTls)));
            }
            buffer.put_slice(first.filled());
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        self.io.connected()
    }
}
