//! The readers of files that only the commands know, for [`crate::fuzzing`].

use crate::chat_core::clock::{FixedClock, Timestamp};
use crate::chat_core::random::Random;
use crate::output::Streams;
use crate::server::Seed;
use crate::settings::Environment;

use super::Context;
use super::world::World;

/// Reads a policy, and judges its tests and their mutants.
pub(crate) fn policy(text: &str) {
    super::capability::fuzz_policy(text, &context());
}

/// Reads a configuration of a server.
pub(crate) fn config(text: &str) {
    super::server_config::fuzz(text);
}

/// Reads a seed at `now`.
pub(crate) fn seed(bytes: &[u8], now: Timestamp) -> Option<Seed> {
    super::seed::fuzz(bytes, now)
}

/// A context without flags and variables, whose outputs lead nowhere.
fn context() -> Context {
    let world = World {
        environment: Environment::default(),
        stdin: Box::new(std::io::empty()),
        stdin_is_terminal: false,
        streams: Streams {
            stdout: Box::new(std::io::sink()),
            stderr: Box::new(std::io::sink()),
            stdout_is_terminal: false,
            stderr_is_terminal: false,
        },
        clock: std::sync::Arc::new(FixedClock(Timestamp(0))),
        random: Random::seeded(1),
    };
    Context::without_flags(world)
}
