//! The engine that keeps everything in one SQLite file: what was acknowledged is there after a crash.
//!
//! | module | owns |
//! | --- | --- |
//! | [`engine`], [`app`] | the traits, over the rest |
//! | [`file`] | the file: made, recognised, migrated, locked |
//! | [`database`] | the file in use: one writer, a few readers |
//! | [`writer`], [`write`] | transactions, each of all requests that wait |
//! | [`apply`], [`reset`] | a channel changed by a command, or reset to a seed |
//! | [`read`], [`pages`], [`text`], [`statement`] | reading what is kept |
//! | [`summary`] | the summaries of annotations, read and written row by row |
//! | [`dump`] | reading all of it, out of a file that is left as it is |
//! | [`cache`] | the channels that are in memory |
//! | [`metadata`] | what is kept beside the channels: apps, revoked tokens, nonces |
//! | [`items`] | what the Control API made |
//! | [`retention`] | what is not kept for ever |

mod app;
mod apply;
mod cache;
mod database;
mod dump;
mod engine;
mod error;
mod file;
mod items;
mod metadata;
mod pages;
mod read;
mod reset;
mod retention;
mod statement;
mod summary;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod text;
mod write;
mod writer;

pub(super) use database::Database;
pub(super) use dump::read as read_dump;
pub(super) use engine::SqliteEngine;
pub use file::StorageError;
pub use retention::Retention;
