//! Tells the program its commit and its target, for `chatctl version`.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let variable = |name| std::env::var(name).unwrap_or_default();
    println!("cargo:rustc-env=BUILD_TARGET={}", variable("TARGET"));
    let profile = variable("PROFILE");
    println!("cargo:rustc-env=BUILD_PROFILE={profile}");
    // A debug build is not made anew for each commit.
    if profile != "release" {
        return;
    }
    // A folder without git, such as an unpacked archive, has no commit.
    let Some(commit) = git(&["rev-parse", "--short=9", "HEAD"]) else {
        return;
    };
    println!("cargo:rustc-env=BUILD_COMMIT={commit}");
    for path in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", path]) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
}

/// What git prints, if it is there and the folder is a checkout.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}
