//! `chatctl exec`: a fresh server for the life of one command.
//!
//! A supervisor stands between this process, which is the server, and the command: neither can be killed without ending
//! the other.

pub(super) mod environment;
mod misplaced;
mod trust;
mod virtual_time;

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, FromArgMatches};
use tokio::process::Command;
use tokio::sync::oneshot;

use super::Context;
use super::exit::Exit;
use super::failure::{self, Failure};
use super::grants::read_capability;
use super::noun::{Group, Handler, Noun, NounBody};
use super::process::mode::{self, Mode};
use super::process::signals::{self, Signals};
use super::process::status::FAILED;
use super::process::{child, descendants};
use super::serve::{
    Configuration, Ready, ServerKeys, ServerOptions, full_access, keys_of_flags, new_key,
};
use super::usage::Usage;
use super::virtual_time::TimeOptions;
use crate::chat_core::auth::{ApiKey, Capability, KeyEntry};
use crate::server::Storage;
pub(super) use misplaced::misplaced;
use trust::{TrustFiles, TrustFolder};
use virtual_time::SharedTime;

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "exec",
    "Run a command with a chat server of its own",
    NounBody::Command(Handler {
        build: Exec::augment_args,
        run: |matches, context| Ok(Exec::from_arg_matches_mut(matches)?.run(context)),
    }),
)
.failing_with(FAILED)
.within(Group::Server);

/// Run a command with a chat server of its own
///
/// The server listens on a free loopback port before the command starts and is gone when it ends. The command finds it
/// by ABLY_API_KEY, ABLY_ENDPOINT, ABLY_PORT, ABLY_TLS, ABLY_URL and CHATCTL_URL, and finds chatctl on its PATH.
/// ABLY_TOKEN, ABLY_CLIENT_ID and other CHATCTL_ variables are removed, and chatctl reads no config file there.
///
///     chatctl exec -- npm test
///     chatctl exec -- sh -c 'chatctl room send lobby hello && chatctl room history lobby'
///     chatctl exec --capability '{"dms:*":["subscribe"]}' -- npm test
///
/// The command's key is that of --key, else the first of --config, else a fresh one. With --capability and no --key it
/// is a fresh one of the app of --config, with that capability.
///
/// With --tls self-signed a certificate is made for the life of the command. NODE_EXTRA_CA_CERTS and CHATCTL_CA_FILE
/// name it, so that the command trusts it; likewise for --tls CERT,KEY.
///
/// The exit status is the command's; 125 means that the server failed, 126 that the command can't be run, and 127 that
/// it was not found. Signals are passed on. Background processes of the command end with it, and all of them end when
/// chatctl is killed or when its child, the supervisor of the command, is; if both are killed at once (SIGKILL), the
/// command ends, and background processes of the command may be left.
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Exec {
    #[command(flatten)]
    options: ServerOptions,

    /// Capability of the command's key, as JSON; `-` for standard input, `@file` for a file [default: full access]
    #[arg(long, value_name = "JSON")]
    capability: Option<String>,

    /// Give the server and the Node processes of the command one virtual clock, which goes on to the next deadline
    /// whenever all of them are quiet: an hour takes about a second. See chatctl help clock
    #[arg(long)]
    virtual_time: bool,

    #[command(flatten)]
    time: TimeOptions,

    /// At the end, print what the command would have used to standard error, as chatctl usage counts it
    #[arg(long)]
    usage: bool,

    /// Command to run, with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The address that the server listens on: a free loopback port.
const ADDRESS: &str = "127.0.0.1:0";

impl Exec {
    fn run(&self, context: &mut Context) -> Exit {
        let exit = match self.shared_time(context) {
            Ok(None) => context.block_on_workers(self.run_with_server(None, context)),
            Ok(Some(time)) => {
                context.block_on_virtual(&time.time, self.run_with_server(Some(&time), context))
            }
            Err(error) => Err(error),
        };
        exit.unwrap_or_else(|error| {
            failure::report(&context.output, &error);
            Exit::Status(FAILED)
        })
    }

    /// Starts virtual time, if it is wanted.
    fn shared_time(&self, context: &mut Context) -> anyhow::Result<Option<SharedTime>> {
        if !self.virtual_time {
            self.time.require_none("--virtual-time")?;
            return Ok(None);
        }
        if self.options.speaks_tls() {
            let why = "--virtual-time can't be used with --tls: it counts the bytes of each socket at both ends, which TLS hides";
            return Err(Failure::usage(why).hint("leave out --tls").into());
        }
        SharedTime::start(&self.time, context).map(Some)
    }

    async fn run_with_server(
        &self,
        time: Option<&SharedTime>,
        context: &Context,
    ) -> anyhow::Result<Exit> {
        let configuration = self.options.configuration(context)?;
        let trust = self.options.speaks_tls().then(|| TrustFolder::new(context));
        let trust = trust.transpose()?;
        let certificate = trust.as_ref().map(TrustFolder::certificate);
        let secured = self.options.secured(ADDRESS, certificate.as_deref())?;
        let trust = match (&secured, trust) {
            (Some(secured), Some(trust)) => Some(trust.of(&secured.certificate, context)?),
            _ => None,
        };
        let storage = self.options.storage(context)?;
        let keys = self.keys(&configuration, &storage, context)?;
        let mut signals = Signals::to_pass_on()?;
        let mut bound = self
            .options
            .bind_on(storage, secured, context, ADDRESS, keys)
            .await?;
        configuration.apply(&mut bound, context)?;
        bound.server.setup.logs_requests = true;
        self.time.seed(&mut bound.server);
        bound.open_admin(context);
        let report = bound.server.setup.fault_report.clone();
        let usage = Arc::clone(&bound.server.setup.usage);
        let mut command = self.supervised(context, &bound.ready, trust.as_ref(), time)?;
        let (start, started) = oneshot::channel();
        bound.server.started = Some(start);
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = async {
            // The command has ended, whether this was sent or dropped.
            let _ = stopped.await;
        };
        let serving = bound.run_in(time.map(|shared| Arc::clone(&shared.time)), ended);
        let working = async {
            if started.await.is_err() {
                // The server's own error says why.
                return Ok(Exit::Status(FAILED));
            }
            // The supervisor ends what the command leaves behind. If it is killed, its children become this process's,
            // which may have others, from before it was `exec`.
            descendants::become_subreaper().context("can't adopt processes")?;
            let others = descendants::children();
            // Not on a worker: the command must end with this process, and to the system that means with this thread.
            let mut child = command.spawn().context("can't start the command")?;
            let status = loop {
                tokio::select! {
                    status = child.wait() => break status?,
                    signal = signals.next() => signals::pass_on(&child, signal),
                }
            };
            if status.signal().is_some() {
                descendants::end_adopted(&others).await;
            }
            drop(stop);
            anyhow::Ok(Exit::Status(child::code_of(status)))
        };
        let (served, exit) = tokio::join!(serving, working);
        served?;
        let exit = exit?;
        let has_failed = exit != Exit::Status(0);
        self.options.faults.report(&report, has_failed, context)?;
        if self.usage {
            Usage(usage.report(None)).tell(&context.output);
        }
        Ok(exit)
    }

    /// The keys of the server, the command's first.
    fn keys(
        &self,
        configuration: &Configuration,
        storage: &Storage,
        context: &Context,
    ) -> anyhow::Result<ServerKeys> {
        let of_file = configuration.entries()?;
        let capability = self.capability(context)?;
        let mut own = keys_of_flags(context)?;
        let are_generated = own.is_empty() && (of_file.is_empty() || capability.is_some());
        if are_generated {
            own.push(match of_file.first() {
                Some(entry) => ApiKey::generate_in(entry.key.app_id(), &context.random),
                None => new_key(storage, context)?,
            });
        }
        let entry = |key| match &capability {
            Some(capability) => KeyEntry::new(key, capability.clone()),
            None => full_access(key),
        };
        Ok(ServerKeys {
            entries: own.into_iter().map(entry).chain(of_file).collect(),
            are_public: are_generated,
        })
    }

    fn capability(&self, context: &Context) -> anyhow::Result<Option<Capability>> {
        self.capability
            .as_deref()
            .map(|argument| read_capability("--capability", &context.text_argument(argument)?))
            .transpose()
    }

    fn supervised(
        &self,
        context: &Context,
        ready: &Ready,
        trust: Option<&TrustFiles>,
        time: Option<&SharedTime>,
    ) -> anyhow::Result<Command> {
        let folder = trust.map(TrustFiles::folder);
        let folder = folder.or_else(|| time.map(SharedTime::folder));
        let mut command = mode::command(Mode::Supervisor)?;
        command
            .arg(std::process::id().to_string())
            .arg(folder.unwrap_or(Path::new("")))
            .args(&self.command)
            .env_clear()
            .envs(environment::of_command(context, ready, trust, time)?);
        Ok(command.into())
    }
}
