//! The shared module that the commands, the client and the server stand on.
//!
//! Dependencies inside point strictly down: `error`, `clock`, `random`, `secret`, `text` and `toml_syntax` know nothing of ours;
//! `protocol` and `http` stand on `error`; `auth` and `chat` on those but `http`; `analysis` on `auth`; `client` on
//! all but `analysis`.
//! Nothing in here prints, reads the environment or asks the system for the time.

pub mod analysis;
pub mod auth;
pub mod chat;
pub mod client;
pub mod clock;
pub mod error;
pub mod http;
pub mod protocol;
pub mod random;
pub mod secret;
pub mod text;
pub mod toml_syntax;
