//! Wire words: plain data and the codecs for it, names and addresses. No I/O, no clock.

pub mod endpoint;
