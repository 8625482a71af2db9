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
//! Time, chance, the environment and the standard streams enter at the top, in [`World`], and are handed down.

pub mod chat_core;
pub mod cli;
pub mod output;
pub mod server;
pub mod settings;

pub use cli::{World, run};
