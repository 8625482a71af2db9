//! A realtime connection: a pure state machine, the driver that gives it a socket and time, and rooms on top.

mod driver;
mod inherit;
mod machine;
mod own;
mod rooms;
#[cfg(test)]
mod simulation;
mod words;

pub use driver::Connection;
pub use machine::Machine;
pub use rooms::{Happening, Plan, Rooms};
pub use words::{Command, Effect, Event, Input, Open, Publication, Terms};

#[cfg(test)]
mod renewal_tests;
