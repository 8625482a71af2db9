//! The chatctl binaries that a benchmark runs, shared by the benchmarks.
//!
//! The one that cargo has just built, or the one that `CHATCTL` names. After `--against PATH` stands another one: it is
//! measured in turn with the first, in the same run, so that both meet the same machine.

use std::path::PathBuf;

/// The binary to measure, and the one to compare it with, if any.
pub fn binaries(arguments: &[String]) -> Vec<PathBuf> {
    let built = || PathBuf::from(env!("CARGO_BIN_EXE_chatctl"));
    let mut binaries = vec![std::env::var_os("CHATCTL").map_or_else(built, PathBuf::from)];
    if let Some(place) = arguments.iter().position(|word| word == "--against") {
        let other = arguments.get(place + 1).expect("--against takes a path");
        binaries.push(PathBuf::from(other));
    }
    for binary in &binaries {
        assert!(binary.exists(), "there is no {}", binary.display());
    }
    binaries
}

/// The name of a row about the binary at `place`.
#[allow(dead_code)] // a soak runs one binary
pub fn label(place: usize, name: &str) -> String {
    match place {
        0 => name.to_owned(),
        _ => format!("{name}, against"),
    }
}
