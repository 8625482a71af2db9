//! The server that is measured.

use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::server::OwnServer;
use crate::chat_core::auth::Credential;
use crate::chat_core::client::{Authorizer, Options};
use crate::chat_core::protocol::endpoint::{Endpoint, is_loopback};
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::service::Service;
use crate::settings::Origin;

/// The options.
#[derive(Args)]
pub(super) struct TargetOptions {
    /// Measure the local server, instead of one that is started for it
    #[arg(long)]
    local: bool,

    /// Confirm that a server on another machine is to be loaded
    #[arg(long)]
    yes: bool,
}

/// The server that is measured.
pub(super) struct Target {
    /// The options of its clients.
    pub(super) options: Options,
    /// The room.
    pub(super) room: String,
    /// Its URL.
    pub(super) url: String,
    _server: Option<OwnServer>,
}

/// The descriptors that this process has beside its connections.
const OTHER_DESCRIPTORS: u64 = 100;

impl TargetOptions {
    /// Finds or starts the server, for so many connections.
    ///
    /// # Errors
    /// A server on another machine without --yes, one that can't be started, or settings that can't be used.
    pub(super) fn open(&self, context: &Context, connections: u64) -> anyhow::Result<Target> {
        allow_descriptors(connections);
        let room = format!("bench-{}", context.random.alphanumeric(8));
        let settings = context.settings();
        let is_named =
            settings.authentication()?.is_some() || settings.endpoint()?.origin != Origin::Default;
        if is_named && self.local {
            return Err(Failure::usage("--local: the settings name another server")
                .hint("unset ABLY_API_KEY and ABLY_ENDPOINT, or leave --local out")
                .into());
        }
        if is_named || self.local {
            let options = Service::new(context).client_options()?;
            self.check(&options.endpoint)?;
            return Ok(Target {
                url: options.endpoint.http_base(),
                options,
                room,
                _server: None,
            });
        }
        let server = OwnServer::start(context)?;
        let endpoint = Endpoint::parse(&server.url)?;
        let credential = Credential::Key(server.key.clone());
        let authorizer = Authorizer::fixed(credential, Some("bench".to_owned()));
        Ok(Target {
            options: context.options_at(endpoint, authorizer)?,
            room,
            url: server.url.clone(),
            _server: Some(server),
        })
    }

    fn check(&self, endpoint: &Endpoint) -> Result<(), Failure> {
        let host = endpoint.primary_host().trim_matches(['[', ']']);
        if self.yes || is_loopback(host) {
            return Ok(());
        }
        Err(Failure::usage(format!(
            "{host} is another machine, whose owner may mind the load, and pay for it"
        ))
        .hint(
            "confirm with --yes, or unset ABLY_API_KEY and ABLY_ENDPOINT to measure a server that is started for it",
        ))
    }
}

/// Allows this process, and the server that it starts, a descriptor for each connection, as far as the system lets it.
fn allow_descriptors(connections: u64) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = connections + OTHER_DESCRIPTORS;
    let wanted = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    if current.is_some_and(|current| current < wanted) {
        // Where it is not allowed, connecting says so.
        let _ = setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(wanted),
                maximum,
            },
        );
    }
}
