//! Guides of `docs/`: what stands in them is run.

use std::fs;
use std::path::Path;

use crate::running::script;

/// Runs the `sh` blocks of a guide in a folder with its files, which are the blocks with `file=NAME`, and with `examples`.
/// Each must end well, and print the `text` block that follows it.
pub(crate) fn run_guide(guide: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::os::unix::fs::symlink(root.join("examples"), folder.path().join("examples")).unwrap();
    let blocks = blocks(guide);
    for (place, (head, text)) in blocks.iter().enumerate() {
        if let Some((_, name)) = head.split_once(" file=") {
            fs::write(folder.path().join(name), text).unwrap();
        }
        if head != "sh" {
            continue;
        }
        let mut command = script(&format!("set -e\n{text}"), folder.path());
        let ran = command.current_dir(folder.path()).output().unwrap();
        let (stdout, stderr) = (
            String::from_utf8(ran.stdout).unwrap(),
            String::from_utf8(ran.stderr).unwrap(),
        );
        assert!(ran.status.success(), "{text}\n{stdout}\n{stderr}");
        let expected = blocks.get(place + 1).filter(|(head, _)| head == "text");
        if let Some((_, expected)) = expected {
            assert_eq!(&stdout, expected, "{text}\n{stderr}");
        }
    }
}

/// Returns the fenced blocks of a guide, with what stands behind their fences.
fn blocks(guide: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in guide.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(head), None) => open = Some((head.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}
