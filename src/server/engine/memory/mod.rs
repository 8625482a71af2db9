//! The engine that keeps everything in this process and nothing beyond it.

mod app;
mod apps;
mod archive;
mod budget;
mod engine;
mod footprint;
mod log;
#[cfg(test)]
mod tests;

pub(super) use apps::MemoryApps;
pub(super) use engine::MemoryEngine;
