//! A server that is bound to its address: clients can connect, and are served once it runs.

use std::sync::Arc;

use axum::serve::Listener;
use tokio::net::TcpListener;

use super::Ready;
use super::limits::LimitOptions;
use crate::cli::Context;
use crate::server::tls::Encryption;
use crate::server::virtual_time::VirtualTime;
use crate::server::{Boundary, ClientListener, Server, Socket};

/// A server that is bound to its address and does not run yet.
pub(in crate::cli) struct Bound {
    pub(super) listener: TcpListener,
    /// The Hosts and Origins that it takes, if it is restricted.
    pub(super) boundary: Boundary,
    /// Whether its credential is public or generated, or Hosts or Origins are named.
    pub(super) is_restricted: bool,
    /// The server to run.
    pub(in crate::cli) server: Server,
    /// Its address and keys.
    pub(in crate::cli) ready: Ready,
    pub(super) encryption: Option<Encryption>,
    /// The limits of the options, which a configuration changes.
    pub(super) limits: LimitOptions,
}

impl Bound {
    /// Makes it speak TLS.
    pub(super) fn encrypt(&mut self, encryption: Encryption) {
        self.ready.tls = true;
        self.ready.url = self.ready.url.replacen("http:", "https:", 1);
        self.server.setup.is_encrypted = true;
        self.encryption = Some(encryption);
    }

    /// Serves what is under `/chatctl/` to those who have the token that is returned, and that the ready object has.
    pub(in crate::cli) fn open_admin(&mut self, context: &Context) -> String {
        let token = context.random.token(32);
        self.ready.admin_token = Some(token.clone());
        self.server.setup.admin_token = Some(token.clone());
        token
    }

    /// Takes these Hosts and Origins too.
    ///
    /// # Errors
    /// One that is invalid.
    pub(super) fn allow(&mut self, hosts: &[String], origins: &[String]) -> Result<(), String> {
        for host in hosts {
            self.boundary.allow_host(host)?;
        }
        for origin in origins {
            self.boundary.allow_origin(origin)?;
        }
        self.is_restricted |= !hosts.is_empty() || !origins.is_empty();
        Ok(())
    }

    /// Serves until `shutdown` completes.
    ///
    /// # Errors
    /// A server that can't be built.
    pub(in crate::cli) async fn run(
        mut self,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        if let Some(encryption) = self.encryption.take() {
            self.restrict();
            let listener = encryption.listen(self.listener);
            return Ok(self.server.run(listener, shutdown).await?);
        }
        self.run_behind(ClientListener::new, shutdown).await
    }

    fn restrict(&mut self) {
        if self.is_restricted {
            self.server.setup.boundary = Some(std::mem::take(&mut self.boundary));
        }
    }

    /// The same in virtual time, if there is any.
    ///
    /// # Errors
    /// As [`Bound::run`].
    pub(in crate::cli) async fn run_in(
        mut self,
        time: Option<Arc<VirtualTime>>,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        match time {
            None => self.run(shutdown).await,
            Some(time) => {
                // All run on one thread.
                self.server.writers = 1;
                self.server.setup.virtual_time = Some(Arc::clone(&time));
                let shutdown = async {
                    shutdown.await;
                    // Those who do not go by themselves are waited for in real time.
                    time.end();
                };
                self.run_behind(|listener| time.listen(listener), shutdown)
                    .await
            }
        }
    }

    /// The same, with a listener that `listening` wraps.
    ///
    /// # Errors
    /// As [`Bound::run`].
    pub(in crate::cli) async fn run_behind<L>(
        mut self,
        listening: impl FnOnce(TcpListener) -> L,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()>
    where
        L: Listener,
        L::Io: Socket,
    {
        self.restrict();
        Ok(self.server.run(listening(self.listener), shutdown).await?)
    }
}
