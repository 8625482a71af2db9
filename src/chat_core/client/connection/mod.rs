//! A realtime connection: a pure state machine, and the driver that gives it a socket and time.

mod driver;
mod machine;

pub use driver::Connection;
pub use machine::{Command, Effect, Event, Input, Machine, Open, Terms};

#[cfg(test)]
mod renewal_tests;
