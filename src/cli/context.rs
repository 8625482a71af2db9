//! The context of a command: settings, streams, time and chance.

use std::cell::Cell;
use std::future::Future;
use std::io::{self, BufRead as _, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::config_use::ConfigUse;
use super::exit::Exit;
use super::failure::Failure;
use super::process::{descriptors, jq};
use super::safe_file;
use super::unseen;
use super::world::World;
use crate::chat_core::clock::{Clock, Timestamp};
use crate::chat_core::random::Random;
use crate::chat_core::text;
use crate::output::query::{JqError, JqFilter};
use crate::output::{Look, Output, Render, Streams, log};
use crate::server::virtual_time::VirtualTime;
use crate::settings::{
    ColorChoice, Config, Environment, Flags, LogFormat, LogLevel, OutputFormat, SettingSource,
    Settings,
};

/// The context that a command runs in.
pub struct Context {
    /// The flags that every command takes.
    pub flags: Flags,
    /// The variables.
    pub environment: Environment,
    /// The config file.
    pub config: Config,
    /// The output of results and notices.
    pub output: Output,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Ids, nonces and keys.
    pub random: Random,
    /// Whether the user is still to be told of the profile in force.
    pub(super) tells_profile: Cell<bool>,
    stdin: std::sync::Mutex<Option<Box<dyn Read + Send>>>,
    stdin_is_terminal: bool,
}

impl Context {
    /// The context of a command. `config_use` says what becomes of it where the config file can't be used.
    pub(super) fn new(
        flags: Flags,
        world: World,
        config_use: ConfigUse,
    ) -> Result<Self, Box<(World, Failure)>> {
        let config = Config::load(&flags, &world.environment);
        let prepared = (|| {
            // Not even the parts of TLS and HTTP know such a date.
            if world.clock.now() <= Timestamp(0) {
                let why = "the clock of this machine is before 1970";
                return Err(
                    Failure::usage(why).hint("set it: tokens and certificates need the date")
                );
            }
            let is_passed = match config_use {
                ConfigUse::Needed => false,
                ConfigUse::Optional => config.passable_fault().is_some(),
                ConfigUse::Handled => true,
            };
            if !is_passed {
                config.check()?;
            }
            let settings = merged(&flags, &world.environment, &config);
            let format = settings.output()?.value;
            let query = match &flags.jq {
                Some(text) => Some(jq_filter("--jq", text, settings.timeout()?.value)?),
                None => None,
            };
            start_log(settings.log_level()?.value, &flags, &world)?;
            Ok((format, query, settings.color()?.value))
        })();
        let (format, query, color) = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => return Err(Box::new((world, failure))),
        };
        let look = terminal_look(Some(color), &world.environment, &world.streams);
        let error_look = error_look(Some(color), &world.environment, &world.streams);
        let output = Output::new(format, query, look, world.streams)
            .with_error_look(error_look)
            .quiet(flags.quiet);
        let context = Self::with(
            flags,
            (world.environment, config),
            output,
            (world.clock, world.random),
            (world.stdin, world.stdin_is_terminal),
        );
        if config_use == ConfigUse::Optional
            && let Some(fault) = context.config.passable_fault()
        {
            let warning = format!("warning: the config file is not used: {fault}");
            context.output.notice(&warning);
        }
        if let Some(path) = context.flags.open_secret_file() {
            let path = path.display();
            let warning = format!("warning: others can read or change {path} (chmod 600 {path})");
            context.output.notice(&warning);
        }
        Ok(context)
    }

    /// The context of a background process: no flags, and its log goes to `log`.
    pub(super) fn in_background(world: World, log: Box<dyn io::Write + Send>) -> Self {
        let handler = log::writer(LogFormat::Text, log);
        log::install(LogLevel::Info, Arc::clone(&world.clock), handler);
        Self::without_flags(world)
    }

    /// The context of a command without flags, whose results are tables.
    pub(super) fn without_flags(world: World) -> Self {
        let World {
            environment,
            stdin,
            stdin_is_terminal,
            streams,
            clock,
            random,
        } = world;
        Self::with(
            Flags::default(),
            (environment, Config::default()),
            Output::new(OutputFormat::Table, None, Look::default(), streams),
            (clock, random),
            (stdin, stdin_is_terminal),
        )
    }

    fn with(
        flags: Flags,
        (environment, config): (Environment, Config),
        output: Output,
        (clock, random): (Arc<dyn Clock>, Random),
        (stdin, stdin_is_terminal): (Box<dyn Read + Send>, bool),
    ) -> Self {
        Self {
            flags,
            environment,
            config,
            output,
            clock,
            random,
            tells_profile: Cell::new(true),
            stdin: std::sync::Mutex::new(Some(stdin)),
            stdin_is_terminal,
        }
    }

    /// The settings: flags before the environment, the profile in use and the rest of the config file.
    pub fn settings(&self) -> Settings<'_> {
        self.settings_of(&self.flags)
    }

    /// The same with other flags.
    pub(super) fn settings_of<'a>(&'a self, flags: &'a Flags) -> Settings<'a> {
        merged(flags, &self.environment, &self.config)
    }

    /// Takes standard input. The second time it is empty.
    pub fn take_stdin(&self) -> Box<dyn Read + Send> {
        self.stdin
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
            .unwrap_or_else(|| Box::new(io::empty()))
    }

    /// Returns whether standard input is a terminal.
    pub fn stdin_is_terminal(&self) -> bool {
        self.stdin_is_terminal
    }

    /// Prints `result` in the form of a command's own --format, whatever the settings ask for: the text that `text`
    /// makes. A JSON form follows --json and --jq where they are given.
    ///
    /// # Errors
    /// A filter over a form that is not JSON; as [`Output::print`].
    pub(super) fn print_in_form(
        &self,
        result: &dyn Render,
        is_json: bool,
        text: impl FnOnce(Look) -> String,
    ) -> anyhow::Result<()> {
        let output = &self.output;
        if is_json && (output.has_query() || output.format() == OutputFormat::Json) {
            return output.print(result);
        }
        if output.has_query() {
            return Err(Failure::usage(
                "--jq filters JSON: leave out the form of results (-o or --format)",
            )
            .into());
        }
        output.print_text(&text(output.look()))
    }

    /// Asks `question`, such as `Delete 3 messages?`, on a terminal. Returns whether the answer is yes.
    ///
    /// # Errors
    /// Without a terminal `refusal`, with a hint about --force.
    pub fn confirm(&self, question: &str, refusal: &str) -> anyhow::Result<bool> {
        if !self.stdin_is_terminal() {
            return Err(Failure::usage(refusal).hint("confirm with --force").into());
        }
        self.output.message(&format!("{question} [y/N]"));
        let mut answer = String::new();
        io::BufReader::new(self.take_stdin())
            .read_line(&mut answer)
            .context("can't read the answer")?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a text on a terminal, which does not show it.
    ///
    /// # Errors
    /// A terminal that can't be read or changed.
    pub(super) fn ask_unseen(&self, prompt: &str) -> anyhow::Result<String> {
        self.output.prompt(prompt);
        let line = unseen::read_line(self.take_stdin());
        // The line break of the answer was not shown either.
        self.output.message("");
        match line {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                Err(Failure::new(Exit::Interrupted, "interrupted: nothing was set").into())
            }
            line => line.context("can't read the answer"),
        }
    }

    /// Reads a text argument: `-` is standard input, `@file` a file, anything else the text itself. One line break at
    /// the end of a file or of standard input is dropped.
    ///
    /// # Errors
    /// A file that can't be read, or that is not UTF-8.
    pub fn text_argument(&self, argument: &str) -> anyhow::Result<String> {
        let text = self.text_argument_within(argument, usize::MAX)?;
        text.context("the text is too long")
    }

    /// The same for a text of at most `longest` bytes. Returns `None` for a longer one, without reading all of it.
    ///
    /// # Errors
    /// As [`Context::text_argument`].
    pub fn text_argument_within(
        &self,
        argument: &str,
        longest: usize,
    ) -> anyhow::Result<Option<String>> {
        let (input, name): (Box<dyn Read>, _) = if argument == "-" {
            (self.take_stdin(), "standard input")
        } else if let Some(path) = argument.strip_prefix('@') {
            let file = std::fs::File::open(path).with_context(|| format!("can't read {path}"))?;
            (Box::new(file), path)
        } else {
            let argument = text::without_mark(argument);
            let is_short = argument.len() <= longest;
            return Ok(is_short.then(|| argument.to_owned()));
        };
        // Neither the line break at the end counts, nor the byte order mark before.
        let most = (longest as u64).saturating_add(2 + 3);
        let mut bytes = Vec::new();
        input
            .take(most)
            .read_to_end(&mut bytes)
            .with_context(|| format!("can't read {name}"))?;
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        let text = text::beginning(&bytes).with_context(|| format!("can't read {name}"))?;
        if text.len() > longest {
            return Ok(None);
        }
        let text = text::read(bytes);
        Ok(Some(text.with_context(|| format!("can't read {name}"))?))
    }

    /// Runs the work of a client on a runtime of its own, on this thread.
    ///
    /// # Errors
    /// Those of the work, or a runtime that can't be started.
    pub fn block_on<T>(&self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        descriptors::check()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("can't start the runtime")?;
        // Boxed, so that the runtime is compiled once and not for each command.
        let work: Pin<Box<dyn Future<Output = _> + '_>> = Box::pin(work);
        let result = runtime.block_on(work);
        // A thread that still waits for standard input must not keep the command alive.
        runtime.shutdown_background();
        result
    }
}

impl Context {
    /// Runs the work of a server on a runtime with one thread per core.
    ///
    /// # Errors
    /// Those of the work, or a runtime that can't be started.
    pub fn block_on_workers<T>(
        &self,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        descriptors::check()?;
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("can't start the runtime")?
            .block_on(work)
    }

    /// Runs the work of a server in virtual time, on the one thread whose rest lets the time go on.
    ///
    /// # Errors
    /// Those of the work, or a runtime that can't be started.
    pub fn block_on_virtual<T>(
        &self,
        time: &VirtualTime,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        descriptors::check()?;
        let runtime = time.runtime().context("can't start the runtime")?;
        runtime.block_on(work)
    }
}

/// Compiles the jq filter that `argument` gives.
///
/// # Errors
/// A filter that does not compile.
pub(super) fn jq_filter(argument: &str, text: &str, limit: Duration) -> Result<JqFilter, Failure> {
    JqFilter::compile(text, limit, jq::command).map_err(|error| {
        let hint = matches!(error, JqError::Syntax(..))
            .then_some("`chatctl help output` says what differs from jq");
        Failure::usage(format!("{argument}: {error}")).maybe_hint(hint.map(str::to_owned))
    })
}

fn start_log(level: LogLevel, flags: &Flags, world: &World) -> Result<(), Failure> {
    let to: Box<dyn io::Write + Send> = match &flags.log_file {
        Some(path) => Box::new(safe_file::append(path).map_err(|error| {
            Failure::usage(format!(
                "--log-file: can't open {}: {error}",
                path.display()
            ))
        })?),
        None => Box::new(io::stderr()),
    };
    let handler = log::writer(flags.log_format.unwrap_or_default(), to);
    log::install(level, Arc::clone(&world.clock), handler);
    Ok(())
}

/// The features that results may use on standard output.
pub(super) fn terminal_look(
    color: Option<ColorChoice>,
    environment: &Environment,
    streams: &Streams,
) -> Look {
    let terminal = streams.stdout_is_terminal.then(io::stdout);
    Look::of(color.unwrap_or_default(), environment, terminal)
}

/// The features that errors may use on standard error.
pub(super) fn error_look(
    color: Option<ColorChoice>,
    environment: &Environment,
    streams: &Streams,
) -> Look {
    let terminal = streams.stderr_is_terminal.then(io::stderr);
    Look::of(color.unwrap_or_default(), environment, terminal)
}

fn merged<'a>(flags: &'a Flags, environment: &'a Environment, config: &'a Config) -> Settings<'a> {
    let mut sources: Vec<&dyn SettingSource> = vec![flags, environment];
    config.add_to(&mut sources);
    Settings::new(sources)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_core::clock::FixedClock;

    #[test]
    fn a_clock_before_1970_is_said_and_ends_the_command() {
        let world = World {
            clock: Arc::new(FixedClock(Timestamp(0))),
            ..World::of_process()
        };
        let refusal = Context::new(Flags::default(), world, ConfigUse::Needed)
            .err()
            .unwrap();
        assert!(refusal.1.report.json().to_string().contains("before 1970"));
    }
}
