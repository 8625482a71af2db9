//! The layers of `src/`: each folder uses only those below it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A layer, and the layers that it may use. A module belongs to the longest name that it begins with.
const LAYERS: [(&str, &[&str]); 20] = [
    ("chat_core::error", &[]),
    ("chat_core::clock", &[]),
    ("chat_core::random", &[]),
    ("chat_core::text", &[]),
    ("chat_core::protocol", &["chat_core::error"]),
    ("chat_core::http", &["chat_core::error", "chat_core::text"]),
    (
        "chat_core::auth",
        &[
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
            "chat_core::text",
        ],
    ),
    (
        "chat_core::analysis",
        &[
            "chat_core::auth",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    (
        "chat_core::chat",
        &[
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    (
        "chat_core::client",
        &[
            "chat_core::auth",
            "chat_core::chat",
            "chat_core::http",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    ("chat_core", &[]),
    (
        "server::engine",
        &[
            "chat_core::auth",
            "chat_core::chat",
            "chat_core::http",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    (
        "server::core",
        &[
            "chat_core::text",
            "server::engine",
            "chat_core::auth",
            "chat_core::chat",
            "chat_core::http",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    (
        "server::edge",
        &[
            "chat_core::text",
            "server::core",
            "server::engine",
            "chat_core::auth",
            "chat_core::chat",
            "chat_core::http",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    (
        "server",
        &[
            "server::edge",
            "server::core",
            "server::engine",
            "chat_core::auth",
            "chat_core::chat",
            "chat_core::http",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    (
        "settings",
        &[
            "chat_core::auth",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::text",
        ],
    ),
    // The words for forms and levels are settings; what is rendered is the core's, and what is hidden is auth's.
    (
        "output",
        &[
            "settings",
            "chat_core::auth",
            "chat_core::chat",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
        ],
    ),
    (
        "cli",
        &[
            "settings",
            "output",
            "server",
            "chat_core::client",
            "chat_core::analysis",
            "chat_core::http",
            "chat_core::auth",
            "chat_core::chat",
            "chat_core::protocol",
            "chat_core::error",
            "chat_core::clock",
            "chat_core::random",
            "chat_core::text",
        ],
    ),
    // The fuzz targets read what any layer reads.
    (
        "fuzzing",
        &[
            "cli",
            "output",
            "server",
            "chat_core::analysis",
            "chat_core::auth",
            "chat_core::protocol",
            "chat_core::clock",
            "chat_core::random",
        ],
    ),
    ("", &["cli"]),
];

/// The layer of the module `path`.
fn layer_of(path: &str) -> &'static str {
    LAYERS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| name.is_empty() || path == *name || path.starts_with(&format!("{name}::")))
        .max_by_key(|name| name.len())
        .unwrap_or_default()
}

/// The module that a file of `src/` is.
pub(crate) fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> = file
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_str().unwrap().to_owned())
        .collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        parts.pop();
    }
    parts
}

/// The source without comments and texts.
pub(crate) fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => {
                while rest.peek().is_some_and(|c| *c != '\n') {
                    rest.next();
                }
            }
            '"' => {
                while let Some(c) = rest.next() {
                    match c {
                        '\\' => {
                            rest.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
                code.push_str("\"\"");
            }
            // A quote as a character is the start of no text.
            '\'' if rest.peek() == Some(&'"') => {
                rest.next();
            }
            _ => code.push(c),
        }
    }
    code
}

/// The paths of ours that `code` of module `module` names, as modules and items from the crate's root.
pub(crate) fn paths_in(code: &str, module: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (start, word) in code
        .match_indices("crate::")
        .chain(code.match_indices("super::"))
    {
        let before = code[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            // The middle of another path: `super::super::` is read from its start.
            continue;
        }
        let mut prefix: Vec<String> = if word == "crate::" {
            Vec::new()
        } else {
            module.to_vec()
        };
        let mut rest = &code[start..];
        if let Some(after) = rest.strip_prefix("crate::") {
            rest = after;
        }
        while let Some(after) = rest.strip_prefix("super::") {
            prefix.pop();
            rest = after;
        }
        expand(rest, &prefix.join("::"), &mut found);
    }
    found
}

/// Reads `a::b`, `a::{b, c::d}` and the like at the start of `text`.
pub(crate) fn expand(text: &str, prefix: &str, found: &mut BTreeSet<String>) {
    let word: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let rest = &text[word.len()..];
    let join = |word: &str| match (prefix.is_empty(), word.is_empty() || word == "self") {
        (_, true) => prefix.to_owned(),
        (true, false) => word.to_owned(),
        (false, false) => format!("{prefix}::{word}"),
    };
    if let Some(after) = rest.strip_prefix("::") {
        return expand(after, &join(&word), found);
    }
    if word.is_empty() && rest.starts_with('{') {
        let mut depth = 0;
        let mut start = 1;
        for (place, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (c == ',' && depth == 1) || (c == '}' && depth == 0) {
                let item = rest[start..place].trim();
                if !item.is_empty() {
                    expand(item, prefix, found);
                }
                start = place + 1;
            }
            if depth == 0 {
                return;
            }
        }
        return;
    }
    found.insert(join(&word));
}

pub(crate) fn files_below(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// What `module` must not name in `code`.
fn faults(module: &[String], code: &str) -> Vec<String> {
    let layer = layer_of(&module.join("::"));
    let may = LAYERS
        .iter()
        .find(|(name, _)| *name == layer)
        .map(|(_, may)| *may)
        .unwrap_or_default();
    paths_in(code, module)
        .into_iter()
        .filter(|path| {
            let used = layer_of(path);
            // Items of the crate's root (`World`) and folders themselves (`chat_core`) are re-exports and lists.
            used != layer && !used.is_empty() && used != "chat_core" && !may.contains(&used)
        })
        .collect()
}

#[test]
fn each_layer_uses_only_those_below_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    files_below(&source, &mut files);
    assert!(files.len() > 50, "the source is looked at");
    let mut all = Vec::new();
    for file in files {
        let name = file.strip_prefix(&source).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        for path in faults(&module_of(name), &code_of(&text)) {
            all.push(format!("src/{} uses {path}", name.display()));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_reader_of_paths_sees_every_form() {
    let module = |text: &str| -> Vec<String> { text.split("::").map(str::to_owned).collect() };
    let seen = |from: &str, code: &str| -> Vec<String> {
        paths_in(&code_of(code), &module(from))
            .into_iter()
            .collect()
    };
    let code = "use crate::{server::{Server, hub}, cli}; // use crate::no\nlet x = \"crate::no\";";
    assert_eq!(
        seen("settings", code),
        ["cli", "server::Server", "server::hub"]
    );
    assert_eq!(
        seen(
            "chat_core::auth::key",
            "fn f(x: &super::super::client::Rest) {} super::Secret"
        ),
        ["chat_core::auth::Secret", "chat_core::client::Rest"]
    );
    assert_eq!(seen("a", "use crate::b::{self, c};"), ["b", "b::c"]);

    let faults_of = |from: &str, code: &str| faults(&module(from), &code_of(code));
    assert_eq!(
        faults_of("server::core::gate", "use crate::chat_core::client::Rest;").len(),
        1
    );
    for module in ["server::gate", "chat_core::client", "chat_core::auth::key"] {
        assert_eq!(
            faults_of(module, "use crate::chat_core::analysis::lint;").len(),
            1
        );
    }
    for above in ["edge::http", "core::hub"] {
        let code = format!("use crate::server::{above};");
        assert_eq!(
            faults_of("server::engine::fold", &code),
            [format!("server::{above}")]
        );
    }
    assert_eq!(
        faults_of("chat_core::error", "use super::clock::Clock;").len(),
        1
    );
    assert_eq!(
        faults_of("chat_core::protocol::frame", "use crate::cli;").len(),
        1
    );
    assert_eq!(
        faults_of("cli::room", "use crate::server::Server;").len(),
        0
    );
}
