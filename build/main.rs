//! How release builds for Linux are linked, for the sake of their start.
//!
//! A process that lives for a millisecond spends most of it on pages of its program: each page that is touched first is
//! a fault. So the functions that a start runs are put together (`startup.ld`), and the program has a fixed address,
//! as Go programs do, for otherwise the dynamic linker writes to fifty pages of tables before the first instruction.
//! `docs/measurements.md` says what either is worth. `CHATCTL_PIE=1` keeps the address random, for those who package
//! programs by such a rule.

#![allow(clippy::print_stdout)] // It is what cargo listens to.

use std::env;

fn main() {
    for input in ["build/startup.ld", "build/main.rs"] {
        println!("cargo::rerun-if-changed={input}");
    }
    println!("cargo::rerun-if-env-changed=CHATCTL_PIE");

    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    let is_for_linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if !is("PROFILE", "release") || !is_for_linux || has_other_linker() {
        return;
    }
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    // Not with -Wl, which a comma in the name of a folder would break.
    for argument in ["-Xlinker", &format!("--script={folder}/build/startup.ld")] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    if env::var_os("CHATCTL_PIE").is_none_or(|set| set.is_empty() || set == "0") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// Whether the user has chosen a linker. GNU ld and LLD, of which one is the default, read the script; not all do.
fn has_other_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_some() || flags.contains("linker") || flags.contains("fuse-ld")
}
