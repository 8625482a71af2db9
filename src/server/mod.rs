//! The embedded server: an Ably-compatible realtime and Chat server in one process.
//!
//! Three floors, each of which may use those below it:
//!
//! | floor | owns |
//! | --- | --- |
//! | `builder` | the one way to put a server together |
//! | `edge` | HTTP, WebSocket, the REST APIs, auth endpoints, metrics, access log: they translate, nothing more |
//! | `core` | apps, gate, publishing, fan-out, sessions, deadlines, limits: no sockets, no storage engine |
//! | `engine` | the engine seam, the fold, serials, and the engines themselves: memory and SQLite |

mod builder;
mod core;
mod edge;
mod engine;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
#[cfg(any(test, fuzzing))]
mod pipes;

#[cfg(test)]
mod tests;

pub use self::builder::{Server, Setup};
pub use self::core::faults;
pub use self::core::integrations;
pub use self::core::limits;
pub(crate) use self::core::moderation;
pub use self::core::namespaces::Namespace;
pub use self::core::plan;
pub use self::core::seed::{
    Seed, SeedChange, SeedMember, SeedMessage, SeedReaction, SeedRoom, When,
};
pub use self::core::usage::UsageMeter;
pub use self::core::webhooks;
pub use self::edge::access_log::AccessLog;
pub use self::edge::auth_endpoint::{AuthEndpoint, User, Users};
pub use self::edge::control::ControlSetup;
pub use self::edge::http::boundary::Boundary;
pub use self::edge::http::socket::{ClientListener, Socket};
pub use self::edge::request_log::{LoggedRefusal, LoggedRequest, RequestLine, RequestLog};
pub use self::edge::router::IdentityProbe;
pub use self::edge::tls;
pub use self::edge::virtual_time;
pub use self::engine::{
    AppDump, ChannelDump, EntryDump, EntryKind, Retention, Storage, StorageError,
};
