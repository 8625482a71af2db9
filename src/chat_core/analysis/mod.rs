//! Analysis of capabilities, tokens and policies for the offline commands.
//!
//! Built on [`auth`](super::auth), whose decisions it explains, compares and tests; neither the server nor the client
//! needs it. No I/O and no clock: the present moment is an argument.

pub mod algebra;
pub mod endpoint_check;
pub mod explain;
pub mod lint;
pub mod minimize;
mod not_a_token;
pub mod permission;
pub mod policy;
pub mod token_text;

pub use permission::Permission;
