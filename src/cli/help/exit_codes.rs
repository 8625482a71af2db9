//! The exit codes with their meanings, from [`Exit`] itself.

use serde_json::{Value, json};

use crate::cli::exit::Exit;
use crate::output::{Look, table::Columns};

/// The table for people.
pub(super) fn text() -> String {
    let mut table = Columns::new(Look::default(), &["exit", "meaning"]);
    for exit in Exit::ALL {
        table.row([exit.code().to_string(), exit.meaning().to_owned()]);
    }
    format!(
        "{}\n\n\
         A stream that was asked to run until interrupted exits 0 when it is. Commands that run another one end with its\n\
         status, 128 and more for one that a signal ended; 125 says that exec itself failed. A reader that goes away, as\n\
         in a pipe to head, is no failure.\n\
         What one of Ably's codes leads to: chatctl error CODE\n",
        table.finish()
    )
}

/// The exit codes for programs.
pub(super) fn json() -> Value {
    Exit::ALL
        .iter()
        .map(|exit| json!({"exit": exit.code(), "meaning": exit.meaning()}))
        .collect()
}
