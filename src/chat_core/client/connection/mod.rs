//! A realtime connection: a pure state machine, the driver that gives it a socket and time, and rooms on top.

mod driver;
mod inherit;
mod machine;
mod presence;
mod rooms;
#[cfg(test)]
mod simulation;
mod types;

pub use driver::Connection;
pub use machine::Machine;
pub use rooms::{RoomAttach, Rooms, SubscriptionEvent};
pub use types::{Command, Effect, Event, Input, Open, Publication, Timeouts};

#[cfg(test)]
mod renewal_tests;
