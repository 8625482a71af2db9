//! Ably JWTs as texts: making, reading and signing them. Whether one is good is [`super::verify`]'s question.

pub mod decode;
pub mod mint;
mod provider;

pub use decode::{Decoded, Shape, capability_text, decode};
pub use mint::{Mint, Minter};
pub use provider::signature_is_valid;

/// The claim that holds the capability, as JSON text.
pub const CAPABILITY: &str = "x-ably-capability";
/// The claim that holds the clientId.
pub const CLIENT_ID: &str = "x-ably-clientId";
/// The claim that puts a token into a group that can be revoked together.
pub const REVOCATION_KEY: &str = "x-ably-revocation-key";
/// The header field or claim that holds another token.
pub const EMBEDDED: &str = "x-ably-token";
