//! Names of Ably's claims and header fields.

/// The claim that holds the capability, as JSON text.
pub const CAPABILITY: &str = "x-ably-capability";
/// The claim that holds the clientId.
pub const CLIENT_ID: &str = "x-ably-clientId";
/// The claim that says whether the token is for a server or a device.
pub const CLIENT_TYPE: &str = "x-ably-clientType";
/// The claim that puts a token into a group that can be revoked together.
pub const REVOCATION_KEY: &str = "x-ably-revocation-key";
/// The header field or claim that holds another token.
pub const EMBEDDED: &str = "x-ably-token";
