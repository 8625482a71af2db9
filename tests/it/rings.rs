//! Import rings: the files of `src/` that import each other, and the folders that do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::layers::{code_of, expand, files_below, module_of, paths_in};

/// The folders of `src/`.
const FOLDERS: [&str; 5] = ["chat_core", "cli", "output", "server", "settings"];

/// The pairs of files that import each other, each for its reason.
const RINGS: [&[&str]; 5] = [
    // The operations on capabilities are methods of the type, in a file of their own.
    &[
        "chat_core::auth::capability",
        "chat_core::auth::capability::algebra",
    ],
    // A token may hold another one, which is inspected as the first was.
    &[
        "chat_core::auth::verify",
        "chat_core::auth::verify::embedded",
    ],
    // Fetching a token is a part of the source, which renews what was fetched.
    &[
        "chat_core::client::token_source",
        "chat_core::client::token_source::fetch",
    ],
    // The help prints the tree of commands, and the tree lists the help.
    &["cli::help", "cli::tree"],
    // The flags are a source of settings, and the merge of sources knows their types.
    &["settings::flags", "settings::source"],
];

/// The modules of a folder with their code: without comments, texts and tests.
struct Modules(BTreeMap<String, String>);

impl Modules {
    fn read(folder: &str) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        files_below(&source.join(folder), &mut files);
        let modules = files.iter().map(|file| {
            let name = module_of(file.strip_prefix(&source).unwrap()).join("::");
            let code = without_visibility(&code_of(&std::fs::read_to_string(file).unwrap()));
            let end = ["#[cfg(test)]\nmod tests", "#[cfg(all(test"]
                .iter()
                .filter_map(|start| code.find(start))
                .min();
            (name, code[..end.unwrap_or(code.len())].to_owned())
        });
        Self(modules.collect())
    }

    /// The statements of `module` that re-export something, and its other code.
    fn parts(&self, module: &str) -> (Vec<&str>, String) {
        let (mut exports, mut rest) = (Vec::new(), String::new());
        for statement in self.0[module].split_inclusive(';') {
            let text = statement.trim_start();
            match text.split_once("use ") {
                Some((visibility, paths)) if visibility.starts_with("pub") => exports.push(paths),
                _ => rest.push_str(statement),
            }
        }
        (exports, rest)
    }

    /// The module that the item at `path` is in, through re-exports.
    fn module_of(&self, path: &str) -> Option<String> {
        let mut module = path;
        while !self.0.contains_key(module) {
            module = module.rsplit_once("::")?.0;
        }
        let item = path[module.len()..].trim_start_matches("::").split("::");
        let item = item.into_iter().next().filter(|item| !item.is_empty());
        let exported = item.and_then(|item| {
            let mut exported = BTreeSet::new();
            for paths in self.parts(module).0 {
                expand(paths, module, &mut exported);
            }
            let ending = format!("::{item}");
            exported.into_iter().find(|path| path.ends_with(&ending))
        });
        match exported {
            Some(exported) if exported != path => self.module_of(&exported),
            _ => Some(module.to_owned()),
        }
    }

    /// The modules that `module` imports from.
    fn imports(&self, module: &str) -> BTreeSet<String> {
        let (_, code) = self.parts(module);
        let parts: Vec<String> = module.split("::").map(str::to_owned).collect();
        let mut paths = paths_in(&code, &parts);
        for (child, _) in self.0.range(format!("{module}::")..) {
            let Some(name) = child.strip_prefix(&format!("{module}::")) else {
                break;
            };
            let named = format!("{name}::");
            let is_used = code.match_indices(&named).any(|(start, _)| {
                let before = code[..start].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
            });
            if !name.contains("::") && is_used {
                paths.insert(child.clone());
            }
        }
        let found = paths.iter().filter_map(|path| self.module_of(path));
        found.filter(|found| found != module).collect()
    }
}

/// The code without the paths of `pub(in crate::…)`, which import nothing.
fn without_visibility(code: &str) -> String {
    let mut parts = code.split("(in crate");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(part.split_once(')').map_or(part, |(_, after)| after));
    }
    rest
}

/// The names that can be reached from `start`, itself only by a ring.
fn reached(edges: &BTreeMap<String, BTreeSet<String>>, start: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next = vec![start.to_owned()];
    while let Some(module) = next.pop() {
        for import in edges.get(&module).into_iter().flatten() {
            if found.insert(import.clone()) {
                next.push(import.clone());
            }
        }
    }
    found
}

fn imports(folder: &str) -> BTreeMap<String, BTreeSet<String>> {
    let modules = Modules::read(folder);
    assert!(!modules.0.is_empty(), "the source is read");
    let names = modules.0.keys();
    names
        .map(|name| (name.clone(), modules.imports(name)))
        .collect()
}

#[test]
fn files_import_each_other_in_no_ring() {
    let mut rings = BTreeSet::new();
    for folder in FOLDERS {
        let imports = imports(folder);
        let reached: BTreeMap<&String, BTreeSet<String>> = imports
            .keys()
            .map(|name| (name, reached(&imports, name)))
            .collect();
        for (name, found) in &reached {
            if found.contains(*name) {
                let others = found.iter().filter(|other| {
                    let back = reached.get(other);
                    back.is_some_and(|back| back.contains(*name))
                });
                rings.insert(others.cloned().collect::<Vec<_>>());
            }
        }
    }
    let known: BTreeSet<Vec<String>> = RINGS
        .iter()
        .map(|ring| ring.iter().map(|name| (*name).to_owned()).collect())
        .collect();
    assert_eq!(rings, known);
}

#[test]
fn sibling_folders_do_not_import_each_other() {
    let mut pairs = BTreeSet::new();
    let imports: BTreeMap<String, BTreeSet<String>> =
        FOLDERS.iter().flat_map(|folder| imports(folder)).collect();
    let is_folder = |name: &str| {
        imports
            .keys()
            .any(|it| it.starts_with(&format!("{name}::")))
    };
    for (from, found) in &imports {
        for to in found {
            let (one, two): (Vec<_>, Vec<_>) =
                (from.split("::").collect(), to.split("::").collect());
            let same = one.iter().zip(&two).take_while(|(a, b)| a == b).count();
            if same < one.len() && same < two.len() {
                let (one, two) = (one[..=same].join("::"), two[..=same].join("::"));
                if is_folder(&one) && is_folder(&two) {
                    pairs.insert((one, two));
                }
            }
        }
    }
    assert!(pairs.len() > 3, "imports are found: {pairs:?}");
    let mutual: Vec<_> = pairs
        .iter()
        .filter(|(one, two)| pairs.contains(&(two.clone(), one.clone())))
        .collect();
    assert!(mutual.is_empty(), "{mutual:?}");
}
