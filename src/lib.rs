//! `chatctl`: a command-line toolbox for Ably Chat, with an Ably-compatible chat server inside it.
//!
//! The layers, each of which may use only those below it:
//!
//! | layer | owns |
//! | --- | --- |
//! | [`cli`] | the words that the user types; one file a noun |
//! | [`settings`], [`output`] | where a command talks to, and how a value looks |
//! | [`server`] | the embedded server |
//! | [`chat_core`] | the shared module: protocol, authentication, chat and the client |
//!
//! Under test and under cargo-fuzz there are fuzz targets above them all.
//!
//! Time, chance, the environment and the standard streams enter at the top, in [`World`], and are handed down.

pub mod chat_core;
pub mod cli;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod output;
pub mod server;
pub mod settings;

pub use cli::{World, run};
