//! Scripts with a server of their own, and servers that outlive a command.

use crate::harness::{Ran, chatctl};

/// Runs a shell script under `chatctl exec`. The first command that fails ends it.
#[track_caller]
pub(crate) fn script(text: &str) -> Ran {
    let path = std::env::var("PATH").unwrap();
    chatctl(&["exec", "--", "sh", "-ec", text])
        .env("PATH", &path)
        .env("ABLY_CLIENT_ID", "ignored")
        .run()
}
