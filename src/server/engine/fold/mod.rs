//! What an operation makes of what was there: pure functions, the same for every engine.

pub(crate) mod message;
pub(crate) mod presence;
pub(crate) mod summary;
