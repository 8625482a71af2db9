//! The world of a process: environment, streams, time and chance, which enter at the top and are handed down.

use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::Path;
use std::sync::Arc;

use crate::chat_core::clock::{Clock, SystemClock, Timestamp, TokioClock};
use crate::chat_core::random::Random;
use crate::output::{Look, Output, Streams};
use crate::server::virtual_time;
use crate::settings::{ColorChoice, Environment, OutputFormat};

/// Everything that enters at the top.
pub struct World {
    /// The variables.
    pub environment: Environment,
    /// The input.
    pub stdin: Box<dyn Read + Send>,
    /// Whether the input is a terminal.
    pub stdin_is_terminal: bool,
    /// The outputs of results and notices.
    pub streams: Streams,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids, nonces and keys.
    pub random: Random,
}

impl World {
    /// The world of this process.
    pub fn of_process() -> Self {
        let environment = Environment::of_process();
        Self {
            clock: clock_of(&environment),
            environment,
            stdin: Box::new(io::stdin()),
            stdin_is_terminal: io::stdin().is_terminal(),
            streams: Streams {
                stdout: Box::new(io::stdout()),
                stderr: Box::new(io::stderr()),
                stdout_is_terminal: io::stdout().is_terminal(),
                stderr_is_terminal: io::stderr().is_terminal(),
            },
            random: Random::from_system(),
        }
    }

    /// Prints bytes on standard output.
    ///
    /// # Errors
    /// Those of the stream.
    pub(super) fn print(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stdout = &mut self.streams.stdout;
        stdout.write_all(bytes)?;
        stdout.flush()
    }

    /// Returns an output for errors that come before the settings are known.
    pub(super) fn plain_output(self) -> Output {
        let terminal = self.streams.stderr_is_terminal.then(io::stderr);
        let look = Look::of(ColorChoice::Auto, &self.environment, terminal);
        Output::new(OutputFormat::Table, None, Look::default(), self.streams).with_error_look(look)
    }
}

/// The machine's clock; within `exec --virtual-time` one that begins at the present virtual time, so that the dates of
/// tokens fit the server's.
fn clock_of(environment: &Environment) -> Arc<dyn Clock> {
    let now = environment.raw("CHATCTL_CLOCK").and_then(|socket| {
        let file = Path::new(socket).with_file_name(virtual_time::NOW);
        let text = std::fs::read_to_string(file).ok()?;
        text.trim().parse().ok().map(Timestamp)
    });
    match now {
        Some(now) => Arc::new(TokioClock::starting_at(now)),
        None => Arc::new(SystemClock),
    }
}
