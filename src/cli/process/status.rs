//! The exit statuses of a program that runs another one, as those of `env`, `timeout` and their kin.

/// The program itself failed.
pub(in crate::cli) const FAILED: u8 = 125;

/// The command can't be run.
pub(super) const CANNOT_RUN: u8 = 126;

/// The command was not found.
pub(super) const NOT_FOUND: u8 = 127;
