//! A command line whose command does not stand behind `--`, the most frequent mistake.

use std::ffi::OsString;

use crate::output::shell::hint_word;

/// The hint where the command must stand, if the line is one of `exec` and `first`, which is not understood, begins the
/// command.
pub(in crate::cli) fn misplaced(arguments: &[OsString], first: &str) -> Option<String> {
    let words: Option<Vec<&str>> = arguments.iter().map(|word| word.to_str()).collect();
    let words = words?;
    if words.get(1) != Some(&"exec") || first.starts_with('-') {
        return None;
    }
    let at = words.iter().position(|word| *word == first)?;
    let (options, command) = words.split_at(at);
    let line = [options, &["--"], command].concat();
    let line: Vec<String> = line[1..].iter().map(|word| hint_word(word)).collect();
    Some(format!(
        "put the command after --: chatctl {}",
        line.join(" ")
    ))
}
