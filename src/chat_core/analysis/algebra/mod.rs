//! Sets of rooms and channels, exactly: what a pattern covers and others do not, and what one capability allows and
//! another does not.
//!
//! Nothing here samples. A pattern is a list of segments, open or closed at its end; whether a set of such patterns
//! leaves anything of another one is decided by one name for each length (see [`region`]).

mod difference;
mod pattern;
mod reach;
mod region;
pub(in crate::chat_core::analysis) mod resource_index;

pub use difference::{DifferencePart, PartOperations, difference};
pub use reach::{Reachable, find_reachable};
pub(in crate::chat_core::analysis) use region::is_covered;
pub use region::{Extent, Region, Witness, claim_can_match, extent, is_old_channel};

#[cfg(test)]
mod tests;
