//! `chatctl exec`: a fresh server for the life of one command.

use std::ffi::OsString;
use std::io;

use clap::{Args, FromArgMatches};
use tokio::process::Command;

use super::child::{self, Signals};
use super::exit::Exit;
use super::serve::{Ready, ServerOptions, whole};
use super::{Context, Noun};
use crate::chat_core::auth::ApiKey;
use crate::settings;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "exec",
    about: "Run a command with a chat server of its own",
    build: |command| Exec::augment_args(command),
    run: |matches, context| Ok(Exec::from_arg_matches(matches)?.run(context)),
};

/// Run a command with a chat server of its own
///
/// The server listens on a free loopback port before the command starts and is gone when it ends. The command finds
/// it by ABLY_API_KEY, ABLY_ENDPOINT, ABLY_PORT, ABLY_TLS and CHATCTL_URL, and finds chatctl on its PATH. ABLY_TOKEN,
/// ABLY_CLIENT_ID and other CHATCTL_ variables are removed.
///
///     chatctl exec -- npm test
///     chatctl exec -- sh -c 'chatctl room send lobby hello && chatctl room history lobby'
///
/// The exit status is the command's; 125 says that the server failed, 126 that the command can't be run, and 127
/// that it was not found. Signals are passed on.
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Exec {
    #[command(flatten)]
    options: ServerOptions,

    /// Command to run, with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The exit codes of `exec` itself, as of `env`, `timeout` and their kin.
const FAILED: u8 = 125;
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

impl Exec {
    fn run(&self, context: &Context) -> Exit {
        context
            .block_on_workers(self.run_with_server(context))
            .unwrap_or_else(|error| {
                super::exit::of_error(&context.output, &error);
                Exit::Status(FAILED)
            })
    }

    async fn run_with_server(&self, context: &Context) -> anyhow::Result<Exit> {
        let configuration = self.options.configuration()?;
        let mut keys = configuration.entries()?;
        // A key that is meant for Ably must not be taken for one of this server: only flags count.
        if !context.flags.key.is_empty() || context.flags.key_file.is_some() {
            let given = settings::server_keys(&context.flags, &context.environment)?;
            keys.splice(0..0, given.into_iter().map(whole));
        }
        if keys.is_empty() {
            keys.push(whole(ApiKey::generate(&context.random)));
        }
        let mut signals = Signals::new()?;
        let mut bound = self.options.bind(context, "127.0.0.1:0", keys).await?;
        bound.server.publish_rate = configuration.publish_rate()?;
        let mut command = self.prepared(context, &bound.ready)?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = bound.run(async {
            // Dropped or sent: the command has ended.
            let _ = stopped.await;
        });
        let working = async {
            let result = match command.spawn() {
                Ok(mut child) => loop {
                    tokio::select! {
                        status = child.wait() => break status.map(|status| Exit::Status(child::code_of(status))),
                        signal = signals.next() => child::pass_on(&child, signal),
                    }
                },
                Err(error) => Ok(self.not_started(context, &error)),
            };
            drop(stop);
            result
        };
        let (served, result) = tokio::join!(serving, working);
        served?;
        Ok(result?)
    }

    fn prepared(&self, context: &Context, ready: &Ready) -> anyhow::Result<Command> {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).kill_on_drop(true);
        command.env_clear();
        for (name, value) in context.environment.iter() {
            let is_ours = name.to_str().is_some_and(|name| {
                name.starts_with("CHATCTL_") || matches!(name, "ABLY_TOKEN" | "ABLY_CLIENT_ID")
            });
            if !is_ours {
                command.env(name, value);
            }
        }
        command
            .env("ABLY_API_KEY", &ready.keys[0])
            .env("ABLY_ENDPOINT", &ready.endpoint)
            .env("ABLY_PORT", ready.port.to_string())
            .env("ABLY_TLS", "false")
            .env("CHATCTL_URL", &ready.url);
        if let Ok(program) = std::env::current_exe()
            && let Some(folder) = program.parent()
        {
            let path = context.environment.raw("PATH").unwrap_or_default();
            let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(path));
            command.env("PATH", std::env::join_paths(folders)?);
        }
        Ok(command)
    }

    fn not_started(&self, context: &Context, error: &io::Error) -> Exit {
        let name = self.command[0].display();
        if error.kind() == io::ErrorKind::NotFound {
            context
                .output
                .notice(&format!("error: there is no command '{name}'"));
            Exit::Status(NOT_FOUND)
        } else {
            context.output.notice(&format!(
                "error: the command '{name}' can't be run: {error}"
            ));
            Exit::Status(CANNOT_RUN)
        }
    }
}
