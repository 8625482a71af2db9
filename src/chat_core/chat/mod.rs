//! Chat: messages and the events that a room's subscribers get, in the Chat SDK's words.

pub mod event;
pub mod feed;
pub mod members;
pub mod message;
pub mod occupancy;
pub mod presence;
pub mod reaction;
pub mod typing;

pub use event::RoomEvent;
pub use feed::Feed;
pub use message::ChatMessage;
pub use occupancy::Occupancy;
pub use presence::Member;
