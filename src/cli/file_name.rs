//! Bare names of files where `@file` is meant.

use std::path::Path;

use super::failure::Failure;
use crate::output::shell::hint_word;

/// Checks that an argument that takes `@file` for a file is not the bare name of one.
///
/// # Errors
/// A usage error that names `argument`.
pub(super) fn check_not_file(argument: &str, text: &str) -> Result<(), Failure> {
    let path = Path::new(text);
    let has_ending = path.extension().is_some_and(|ending| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    });
    let is_name = !text.is_empty() && text.len() <= MAX_NAME && !text.starts_with(['@', '-', '{']);
    if !is_name || text.contains("://") || !(has_ending || path.is_file()) {
        return Ok(());
    }
    Err(
        Failure::usage(format!("{argument}: '{text}' is the name of a file")).hint(format!(
            "read it with @: {}",
            hint_word(&format!("@{text}"))
        )),
    )
}

/// The endings of files with tokens and capabilities. An Ably token may end in other words: `appid.token` may be one.
const ENDINGS: [&str; 4] = ["json", "jwt", "toml", "txt"];

/// The longest name of a file, in bytes. Tokens are longer.
const MAX_NAME: usize = 255;
