//! Wire words: plain data and the codecs for it, names and addresses. No I/O, no clock.
//!
//! One set of types serves both ends and both formats. In memory a payload has MessagePack's form (binary data is
//! binary); [`codec`] turns it into JSON's form (base64 text and an `encoding` step) and back.

pub mod annotation;
pub mod codec;
pub mod endpoint;
pub mod frame;
pub mod json;
pub mod list;
pub mod message;
mod msgpack;
pub mod names;
mod number;
pub mod payload;
pub mod presence;

pub use annotation::Annotation;
pub use codec::Format;
pub use frame::{Action, ChannelModes, ProtocolMessage, flags};
pub use json::Json;
pub use message::{Message, MessageAction, Version};
pub use payload::Data;
pub use presence::{PresenceAction, PresenceMessage};
