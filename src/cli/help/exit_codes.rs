//! The exit codes with their meanings, from [`Exit`] itself.

use serde_json::{Value, json};

use crate::cli::exit::Exit;

/// The table for people.
pub(super) fn text() -> String {
    let rows = Exit::ALL.iter();
    let rows: Vec<String> = rows
        .map(|exit| format!("| {} | {} |", exit.code(), exit.meaning()))
        .collect();
    format!(
        "| exit | meaning |\n| --- | --- |\n{}\n\n\
         A stream that was asked to run until interrupted exits 0 when it is. Commands that run another one end with its \
         status, 128 and more for one that a signal ended; 125 says that exec itself failed. A reader that goes away, as \
         in a pipe to head, is no failure.\n\n\
         What one of Ably's codes leads to: chatctl error CODE\n",
        rows.join("\n")
    )
}

/// The exit codes for programs.
pub(super) fn json() -> Value {
    Exit::ALL
        .iter()
        .map(|exit| json!({"exit": exit.code(), "meaning": exit.meaning()}))
        .collect()
}
