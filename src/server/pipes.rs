//! A listener whose sockets are pipes in memory, for the server's tests and fuzz targets.

use axum::serve::Listener;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

/// Accepts the pipes that are sent to it.
pub(super) struct Pipes(pub(super) mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for Pipes {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(pipe) => (pipe, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}
