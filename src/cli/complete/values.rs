//! The values that an argument may have, by the name of its value in the help.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;

use clap::{Arg, ValueHint};
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};

use super::rooms::Rooms;
use crate::chat_core::auth::{Feature, Operation};
use crate::chat_core::error::catalogue;
use crate::cli::help::TOPICS;
use crate::cli::tree;
use crate::settings::{Config, Environment, Flags, SETTINGS};

/// Endpoints that people name.
const ENDPOINTS: [&str; 3] = ["localhost:9080", "main", "nonprod:sandbox"];

/// The most programs that are suggested.
const MOST_PROGRAMS: usize = 500;

/// The values of the arguments of a line.
pub(super) struct Values {
    words: Vec<String>,
    environment: Environment,
}

impl Values {
    /// The values for a line of so many `words`.
    pub(super) fn new(words: &[String], environment: &Environment) -> Self {
        Self {
            words: words.to_vec(),
            environment: environment.clone(),
        }
    }

    /// Attaches its values to an argument.
    pub(super) fn attach(&self, argument: Arg) -> Arg {
        let names = argument.get_value_names();
        let name = names
            .and_then(|names| names.first())
            .map(ToString::to_string);
        let name = name.unwrap_or_default();
        match name.as_str() {
            "FILE" | "PATH" => argument.value_hint(ValueHint::AnyPath),
            "ROOM" => {
                let rooms = self.rooms();
                argument.add(completer(move |typed| plain(rooms.beginning_with(typed))))
            }
            "FEATURE" => argument.add(listed(features)),
            "OP" => argument.add(listed(operations)),
            "ROOM=FEATURE,FEATURE" => {
                let rooms = self.rooms();
                argument.add(completer(move |typed| of_rule(typed, &rooms, &features())))
            }
            "ROOM=OP,OP" => {
                let rooms = self.rooms();
                argument.add(completer(move |typed| {
                    of_rule(typed, &rooms, &operations())
                }))
            }
            "NAME" if self.words.get(1).is_some_and(|word| word == "config") => {
                argument.add(listed(setting_names))
            }
            "PROFILE" => argument.add(self.profiles()),
            _ if argument.get_id() == "profile" => argument.add(self.profiles()),
            "JSON" | "TOKEN" | "CAPABILITY" | "A" | "B" => argument.add(completer(named_files)),
            "ENDPOINT" => argument.add(listed(|| strings(&ENDPOINTS))),
            "CODE" | "CODE|TEXT" => argument.add(listed(codes)),
            "COMMAND|TOPIC" => {
                let behind = self.behind("help");
                argument.add(completer(move |typed| help_words(typed, &behind)))
            }
            "COMMAND" if argument.is_positional() => {
                let path = self.environment.raw("PATH").map(OsStr::to_owned);
                let is_first = self.behind("--").len() <= 1;
                argument.add(completer(move |typed| {
                    if is_first && !typed.contains('/') {
                        programs(typed, path.as_deref())
                    } else {
                        files(typed)
                    }
                }))
            }
            _ => argument,
        }
    }

    /// The profiles of the config file.
    fn profiles(&self) -> ArgValueCompleter {
        let environment = self.environment.clone();
        completer(move |typed| {
            let config = Config::load(&Flags::default(), &environment);
            let profiles = config.file().into_iter().flat_map(|file| &file.profiles);
            let names = profiles.map(|(name, _)| name.to_string());
            plain(names.filter(|name| name.starts_with(typed)).collect())
        })
    }

    /// The words behind the first `word`.
    fn behind(&self, word: &str) -> Vec<String> {
        let words = self.words.iter().skip_while(|typed| *typed != word);
        words.skip(1).cloned().collect()
    }

    fn rooms(&self) -> Rooms {
        Rooms::new(&self.words, &self.environment)
    }
}

/// A completer that gets what is typed of the value.
fn completer(
    complete: impl Fn(&str) -> Vec<CompletionCandidate> + Send + Sync + 'static,
) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| complete(&typed.to_string_lossy()))
}

/// A completer out of a list of values with their meanings.
fn listed(list: fn() -> Vec<(String, String)>) -> ArgValueCompleter {
    completer(move |typed| {
        let all = list().into_iter();
        all.filter(|(value, _)| value.starts_with(typed))
            .map(candidate)
            .collect()
    })
}

fn candidate((value, help): (String, String)) -> CompletionCandidate {
    let help = (!help.is_empty()).then(|| help.into());
    CompletionCandidate::new(value).help(help)
}

fn plain(values: Vec<String>) -> Vec<CompletionCandidate> {
    values.into_iter().map(CompletionCandidate::new).collect()
}

fn strings(values: &[&str]) -> Vec<(String, String)> {
    let values = values.iter();
    values
        .map(|value| ((*value).to_owned(), String::new()))
        .collect()
}

fn features() -> Vec<(String, String)> {
    strings(&Feature::ALL.map(Feature::name))
}

fn operations() -> Vec<(String, String)> {
    strings(&Operation::ALL.map(Operation::name))
}

fn setting_names() -> Vec<(String, String)> {
    let settings = SETTINGS.iter();
    settings
        .map(|setting| (setting.name.to_owned(), setting.about.to_owned()))
        .collect()
}

fn codes() -> Vec<(String, String)> {
    catalogue::sorted()
        .into_iter()
        .map(|entry| (entry.code.to_string(), entry.title.to_owned()))
        .collect()
}

/// `ROOM=WORD,WORD`: rooms before the equals sign, words behind it.
fn of_rule(typed: &str, rooms: &Rooms, words: &[(String, String)]) -> Vec<CompletionCandidate> {
    let Some(at) = typed.rfind(['=', ',']).filter(|_| typed.contains('=')) else {
        let rooms = rooms.beginning_with(typed).into_iter();
        return rooms
            .map(|room| CompletionCandidate::new(format!("{room}=")))
            .collect();
    };
    let (before, begun) = typed.split_at(at + 1);
    let words = words.iter().map(|(word, _)| word.as_str());
    words
        .chain(["all"])
        .filter(|word| word.starts_with(begun))
        .map(|word| CompletionCandidate::new(format!("{before}{word}")))
        .collect()
}

/// The words behind `help`, the last of which is `typed`: a command and its verb, or a topic.
fn help_words(typed: &str, behind: &[String]) -> Vec<CompletionCandidate> {
    let commands = tree::words();
    let [noun, _, ..] = behind else {
        let topics = TOPICS.iter().map(|topic| topic.name.to_owned());
        let all = commands.filter(|name| !name.contains(' ')).chain(topics);
        return plain(all.filter(|name| name.starts_with(typed)).collect());
    };
    let begun = format!("{noun} {typed}");
    let verbs = commands.filter(|name| name.starts_with(&begun));
    plain(
        verbs
            .map(|name| name[noun.len() + 1..].to_owned())
            .collect(),
    )
}

/// The programs of the search path that begin with `typed`.
fn programs(typed: &str, path: Option<&OsStr>) -> Vec<CompletionCandidate> {
    let folders = path.map(|path| std::env::split_paths(path).collect::<Vec<_>>());
    let mut names: Vec<String> = folders
        .into_iter()
        .flatten()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(Iterator::flatten)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_begun = !typed.is_empty() && name.starts_with(typed);
            let mode = is_begun.then(|| std::fs::metadata(entry.path()).ok())??;
            (mode.is_file() && mode.permissions().mode() & 0o111 != 0).then_some(name)
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(MOST_PROGRAMS);
    plain(names)
}

/// The files behind the `@` of an argument that takes `@file`.
fn named_files(typed: &str) -> Vec<CompletionCandidate> {
    let Some(begun) = typed.strip_prefix('@') else {
        return Vec::new();
    };
    let files = files(begun).into_iter();
    files.map(|file| file.add_prefix("@")).collect()
}

/// The files that begin with `typed`.
fn files(typed: &str) -> Vec<CompletionCandidate> {
    PathCompleter::any().complete(OsStr::new(typed))
}
