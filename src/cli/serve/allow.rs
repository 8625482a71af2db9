//! The Hosts and Origins that a server takes where its credential keeps nobody out.

use std::net::IpAddr;

use clap::Args;
use rustix::system::uname;

use crate::cli::failure::Failure;
use crate::server::Boundary;

/// The options.
#[derive(Args, Default)]
pub(in crate::cli) struct AllowOptions {
    /// Host that requests may name beside loopback, where the credential is public or generated; repeat it for more
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,

    /// Origin whose pages may use the server beside those of loopback, where the credential is public or generated;
    /// repeat it for more
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
}

impl AllowOptions {
    /// Returns whether a Host or an Origin is named.
    pub(super) fn is_given(&self) -> bool {
        !self.allow_host.is_empty() || !self.allow_origin.is_empty()
    }

    /// The boundary of a server that listens at `address`: loopback, itself where it listens elsewhere, and what the
    /// options name.
    ///
    /// # Errors
    /// An invalid host or origin.
    pub(in crate::cli) fn boundary_at(&self, address: IpAddr) -> Result<Boundary, Failure> {
        let mut boundary = Boundary::default();
        let name = uname().nodename().to_string_lossy().into_owned();
        // The first as multicast DNS announces it.
        boundary.listens_on(address, [format!("{name}.local"), name]);
        for host in &self.allow_host {
            let fault = |what| Failure::usage(format!("--allow-host: {what}"));
            boundary.allow_host(host).map_err(fault)?;
        }
        for origin in &self.allow_origin {
            let fault = |what| Failure::usage(format!("--allow-origin: {what}"));
            boundary.allow_origin(origin).map_err(fault)?;
        }
        Ok(boundary)
    }
}
