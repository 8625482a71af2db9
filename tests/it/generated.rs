//! `completions/` and `man/`: made from the tree of commands, checked in, and fresh.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Command;

use crate::harness::chatctl;
use crate::man::pages;

/// The variable that has the files written instead of compared.
const REFRESH: &str = "CHATCTL_REFRESH";

/// The tree of commands with every noun's verbs built.
fn tree() -> Command {
    let mut tree = chatctl::cli::command();
    tree.build();
    tree
}

/// The scripts, as the program prints them, in files that packages install.
fn completions() -> BTreeMap<PathBuf, Vec<u8>> {
    [
        ("bash", "chatctl.bash"),
        ("zsh", "_chatctl"),
        ("fish", "chatctl.fish"),
        ("powershell", "_chatctl.ps1"),
        ("elvish", "chatctl.elv"),
    ]
    .into_iter()
    .map(|(shell, name)| {
        let script = chatctl(&["completions", shell]).run().exits(0).stdout;
        (Path::new("completions").join(name), script.into_bytes())
    })
    .collect()
}

#[test]
fn completions_and_pages_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut made = completions();
    made.extend(pages());
    let is_refresh = std::env::var_os(REFRESH).is_some();
    let mut stale = Vec::new();
    for folder in ["completions", "man"] {
        for entry in std::fs::read_dir(root.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_owned();
            if made.contains_key(&name) {
                continue;
            }
            if is_refresh {
                std::fs::remove_file(&path).unwrap();
            } else {
                stale.push(format!("{} is of no command any more", name.display()));
            }
        }
    }
    for (name, text) in made {
        let path = root.join(&name);
        if is_refresh {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
        } else if std::fs::read(&path).ok().as_deref() != Some(&text) {
            stale.push(format!(
                "{} is missing or not as it would be made now",
                name.display()
            ));
        }
    }
    assert!(
        stale.is_empty(),
        "{}\nrefresh them with: {REFRESH}=1 cargo test --test it generated",
        stale.join("\n")
    );
}

#[test]
fn every_command_has_a_page_and_help_texts() {
    fn visit(command: &Command, name: &str, pages: &BTreeMap<PathBuf, Vec<u8>>) {
        let path = Path::new("man").join(format!("{name}.1"));
        assert!(pages.contains_key(&path), "{name} has no page");
        assert!(
            command.get_about().is_some(),
            "{name} says nothing of itself"
        );
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some() || argument.is_hide_set(),
                "{name}: {} has no help text",
                argument.get_id()
            );
        }
        for verb in command
            .get_subcommands()
            .filter(|verb| verb.get_name() != "help")
        {
            visit(verb, &format!("{name}-{}", verb.get_name()), pages);
        }
    }
    visit(&tree(), "chatctl", &pages());
}

#[test]
fn the_tree_is_sound() {
    tree().debug_assert();
}

#[test]
fn a_nouns_verbs_are_built_only_when_it_is_typed() {
    let tree = chatctl::cli::command();
    assert!(tree.get_subcommands().count() > 3);
    for noun in tree.get_subcommands() {
        assert_eq!(noun.get_subcommands().count(), 0, "{}", noun.get_name());
        assert_eq!(noun.get_arguments().count(), 0, "{}", noun.get_name());
    }
}
