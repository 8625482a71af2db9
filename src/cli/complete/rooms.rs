//! The rooms of the endpoint, where it answers at once.

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use clap::{Args as _, Command, FromArgMatches as _};

use crate::chat_core::client::room::list::active_rooms;
use crate::cli::config_use::ConfigUse;
use crate::cli::context::Context;
use crate::cli::service::Service;
use crate::cli::world::World;
use crate::output::Streams;
use crate::settings::{Environment, Flags};

/// The time after which an endpoint has no rooms to suggest.
const TIMEOUT: Duration = Duration::from_millis(200);

/// The most rooms that are suggested.
const MOST: usize = 200;

/// The options that lead to an endpoint.
const OPTIONS: [&str; 8] = [
    "--profile",
    "--endpoint",
    "--key",
    "--key-file",
    "--token",
    "--token-file",
    "--ca-file",
    "--client-id",
];

/// The rooms of the endpoint that a line and the environment name.
#[derive(Clone)]
pub(super) struct Rooms {
    options: Vec<String>,
    environment: Environment,
}

impl Rooms {
    /// The rooms for a line.
    pub(super) fn new(words: &[String], environment: &Environment) -> Self {
        let mut options = vec!["chatctl".to_owned()];
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let name = word.split_once('=').map_or(word.as_str(), |(name, _)| name);
            if OPTIONS.contains(&name) {
                options.push(word.clone());
                if name == word {
                    options.extend(words.next().cloned());
                }
            }
        }
        Self {
            options,
            environment: environment.clone(),
        }
    }

    /// The rooms whose names begin with `typed`; none where the endpoint does not answer in time.
    pub(super) fn beginning_with(&self, typed: &str) -> Vec<String> {
        let (told, answer) = mpsc::channel();
        let (rooms, prefix) = (self.clone(), typed.to_owned());
        // The thread ends with the process, which ends at once.
        std::thread::spawn(move || {
            let found = rooms.ask(&prefix);
            let _ = told.send(found.unwrap_or_default());
        });
        answer.recv_timeout(TIMEOUT).unwrap_or_default()
    }

    fn ask(&self, prefix: &str) -> Option<Vec<String>> {
        let options = Flags::augment_args(Command::new("chatctl"));
        let mut matches = options.try_get_matches_from(&self.options).ok()?;
        let mut flags = Flags::from_arg_matches_mut(&mut matches).ok()?;
        flags.timeout = Some(TIMEOUT);
        let world = World {
            environment: self.environment.clone(),
            streams: silent(),
            ..World::of_process()
        };
        let context = Context::new(flags, world, ConfigUse::Handled).ok()?;
        let rest = Service::running(&context)?.rest().ok()?;
        let found = context.block_on(async { Ok(active_rooms(&rest, prefix).await?) });
        let names = found.ok()?.into_iter().map(|room| room.room_name);
        Some(names.filter(|name| is_plain(name)).take(MOST).collect())
    }
}

/// Returns whether a shell reads a name as it stands. Others name rooms as they like, and what is completed is run.
fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "_.:@/+%,=-".contains(c);
    !name.starts_with('-') && name.chars().all(is_plain)
}

/// Streams that show nothing.
fn silent() -> Streams {
    Streams {
        stdout: Box::new(io::sink()),
        stderr: Box::new(io::sink()),
        stdout_is_terminal: false,
        stderr_is_terminal: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_shell_would_run_are_not_suggested() {
        for name in ["lobby", "dms:ann:bob", "größe", "a.b-c_d/e@f"] {
            assert!(is_plain(name), "{name}");
        }
        for name in [
            "$(id)",
            "`id`",
            "a;b",
            "a b",
            "-rf",
            "a\nb",
            "a'b",
            "\u{1b}[31m",
        ] {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn options_that_lead_to_an_endpoint_are_read_from_the_line() {
        let words = [
            "chatctl",
            "room",
            "tail",
            "--endpoint",
            "localhost:1",
            "--limit",
            "3",
            "--key=a.b:c",
            "x",
        ];
        let rooms = Rooms::new(&words.map(str::to_owned), &Environment::default());
        assert_eq!(
            rooms.options,
            ["chatctl", "--endpoint", "localhost:1", "--key=a.b:c"]
        );
    }
}
