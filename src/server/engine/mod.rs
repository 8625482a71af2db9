//! The engine seam: a command goes in, a finished entry comes back, and is told to those who follow the channel, in order.
//!
//! | module | owns |
//! | --- | --- |
//! | [`traits`] | what an engine does, and tells |
//! | [`command`], [`ephemeral`] | what is submitted, and what of a channel it touches |
//! | [`fold`] | the rules: a command and what it touches make a draft; pure |
//! | [`serial`] | positions, and the stamp that turns a draft into an entry |
//! | [`entry`], [`query`], [`occupancy`], [`revocation`] | what engines give, and are given |
//! | [`seed`], [`dump`] | what a channel begins with, and what another store kept |
//! | [`limits`] | the bounds of what a channel keeps and makes |
//! | [`versions`] | versions of a message, by what each has of its own |
//! | [`channel`] | what an engine holds of a channel to do the next command |
//! | [`memory`], [`sqlite`] | the engines |
//! | [`storage`] | the choice of one of them |
//!
//! One [`Engine`] serves a process, one [`AppEngine`] an app. Nothing outside asks more of them than these traits, so
//! that an engine that several processes share can stand behind them: it reads what a command touches, folds here, has
//! the store give the position if nothing of it has changed meanwhile, and tells every process of the entry.

#[cfg(test)]
pub(crate) mod census;
mod channel;
pub(crate) mod command;
#[cfg(test)]
mod contract;
mod dump;
mod entry;
mod ephemeral;
pub(crate) mod fold;
pub(crate) mod limits;
mod memory;
pub(crate) mod occupancy;
mod query;
pub(crate) mod revocation;
mod seed;
pub(crate) mod serial;
mod sqlite;
mod storage;
mod traits;
mod versions;

pub(crate) use command::{Change, ChannelCommand, CommandKind};
pub(crate) use dump::SEED_CONNECTION;
pub use dump::{AppDump, ChannelDump, EntryDump};
pub(crate) use entry::Entry;
pub use entry::EntryKind;
pub(crate) use ephemeral::Ephemeral;
pub(crate) use fold::message::claimed;
pub(crate) use fold::{ChannelRules, unknown_message};
pub(crate) use limits::MAX_MEMBERS;
pub(crate) use occupancy::ChannelOccupancy;
pub(crate) use query::{Page, PageQuery, Snapshot};
pub(crate) use seed::{ChannelSeed, SeedStep};
pub use sqlite::{Retention, StorageError};
pub use storage::Storage;
pub(crate) use traits::{
    AppEngine, DirectoryItem, Engine, EngineEvents, Health, ItemKind, Nonce, Pending,
};
