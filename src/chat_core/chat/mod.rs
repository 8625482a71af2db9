//! What rooms are about: messages and the events that a room's subscribers get, in the Chat SDK's words.

pub mod event;
pub mod message;
pub mod presence;

pub use event::RoomEvent;
pub use message::ChatMessage;
pub use presence::Member;
