//! Ably JWTs as texts: making, reading and signing them. Whether one is good is [`super::verify`]'s question.

pub mod decode;
pub mod mint;
mod names;
mod provider;

pub use decode::{Decoded, Shape, capability_text, decode};
pub use mint::{Mint, Minter};
pub use names::{CAPABILITY, CLIENT_ID, CLIENT_TYPE, EMBEDDED, REVOCATION_KEY};
pub use provider::signature_is_valid;
