//! A server that is bound to its address: clients can connect, and are served once it runs.

use axum::serve::{Listener, ListenerExt};
use tokio::net::TcpListener;

use super::Ready;
use crate::server::Server;
use crate::server::tls::Encryption;

/// A server that is bound to its address and does not run yet.
pub(in crate::cli) struct Bound {
    pub(super) listener: TcpListener,
    /// The server to run.
    pub(in crate::cli) server: Server,
    /// Its address and keys.
    pub(in crate::cli) ready: Ready,
    pub(super) encryption: Option<Encryption>,
}

impl Bound {
    /// Makes it speak TLS.
    pub(super) fn encrypt(&mut self, encryption: Encryption) {
        self.ready.tls = true;
        self.ready.url = self.ready.url.replacen("http:", "https:", 1);
        self.server.setup.is_encrypted = true;
        self.encryption = Some(encryption);
    }

    /// Serves until `shutdown` completes.
    ///
    /// # Errors
    /// A server that can't be built.
    pub(in crate::cli) async fn run(
        self,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        if let Some(encryption) = self.encryption {
            let listener = encryption.listen(self.listener);
            return Ok(self.server.run(listener, shutdown).await?);
        }
        let quick = |listener: TcpListener| {
            listener.tap_io(|socket| {
                // The server gathers frames itself.
                let _ = socket.set_nodelay(true);
            })
        };
        self.run_behind(quick, shutdown).await
    }

    /// The same, with a listener that `listening` wraps.
    ///
    /// # Errors
    /// As [`Bound::run`].
    pub(in crate::cli) async fn run_behind<L: Listener>(
        self,
        listening: impl FnOnce(TcpListener) -> L,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        Ok(self.server.run(listening(self.listener), shutdown).await?)
    }
}
