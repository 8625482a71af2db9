//! The integration tests: one binary, a file a command group.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
