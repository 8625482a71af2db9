//! The engine that keeps everything in this process and nothing beyond it.

mod app;
mod apps;
mod archive;
mod engine;
mod log;

pub(super) use apps::MemoryApps;
pub(super) use engine::MemoryEngine;
