//! Seed files, the initial state of a server or an app: keys, namespaces, rules, rooms with history and members. TOML, JSON
//! lines, or a store.

mod forms;
mod lines;
mod seed_file;
mod store;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::Context;
use super::failure::Failure;
use super::server_config::{KeyForm, NamespaceForm};
use super::toml_file;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::names;
use crate::chat_core::text;
use crate::server::SeedRoom;
use crate::server::integrations::RuleForm;
use forms::{MemberForm, MessageForm};
pub(super) use seed_file::SeedFile;

/// A file in TOML.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
struct TomlSeed {
    keys: Vec<Spanned<KeyForm>>,
    namespaces: Vec<Spanned<NamespaceForm>>,
    rules: Vec<Spanned<RuleForm>>,
    rooms: Vec<RoomForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with a name")]
struct RoomForm {
    #[serde(alias = "roomName", alias = "room-name")]
    name: Spanned<String>,
    #[serde(default)]
    messages: Vec<Spanned<MessageForm>>,
    #[serde(default)]
    members: Vec<Spanned<MemberForm>>,
}

impl SeedFile {
    /// Reads the file at `path`, as a seed at the present moment.
    ///
    /// # Errors
    /// A file that can't be read, or a fault in it with its line.
    pub(super) fn read(path: &Path, context: &Context) -> anyhow::Result<Self> {
        let fault = |what: String| Failure::usage(format!("--seed: {}:{what}", path.display()));
        let file = Some(path.display().to_string());
        let Some(bytes) = text_of(path).map_err(|error| fault(format!(" {error}")))? else {
            return Ok(Self {
                apps: Some(store::read(path, context)?),
                file,
                ..Self::default()
            });
        };
        let is_lines = path.extension().is_some_and(|ending| ending == "jsonl");
        let read = of_text(bytes, is_lines, context.clock.now());
        Ok(Self {
            file,
            ..read.map_err(fault)?
        })
    }
}

/// Reads a text as a seed at `now`: in JSON lines where its name says so, or where its first letter does.
fn of_text(bytes: Vec<u8>, is_lines: bool, now: Timestamp) -> Result<SeedFile, String> {
    let text = text::read(bytes).map_err(|error| format!(" {error}"))?;
    // TOML never begins with a brace, and an empty file is either.
    if is_lines || text.trim_start().starts_with('{') {
        lines::read(&text, now)
    } else {
        of_toml(&text, now)
    }
}

/// Reads a seed at `now`. A fault is one line, and begins with its place.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzz(bytes: &[u8], now: Timestamp) -> Option<crate::server::Seed> {
    match of_text(bytes.to_vec(), false, now) {
        Ok(read) => Some(read.seed),
        Err(fault) => {
            assert!(!fault.contains('\n'), "{fault}");
            assert!(fault.starts_with(|c: char| c == ' ' || c.is_ascii_digit()));
            None
        }
    }
}

/// The content of the file at `path`, unless it is a store.
fn text_of(path: &Path) -> io::Result<Option<Vec<u8>>> {
    // A pipe can be opened only once.
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(16).read_to_end(&mut bytes)?;
    if store::is_store(&bytes) {
        return Ok(None);
    }
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn of_toml(text: &str, now: Timestamp) -> Result<SeedFile, String> {
    let file: TomlSeed = toml_file::parse(text)?;
    let at = |place: usize| move |fault: String| toml_file::fault(text, Some(place..place), &fault);
    let mut read = SeedFile::default();
    for key in file.keys {
        let place = key.span().start;
        read.keys.push(key.into_inner().entry().map_err(at(place))?);
    }
    for namespace in file.namespaces {
        let place = namespace.span().start;
        let rule = namespace.into_inner().rule().map_err(at(place))?;
        read.namespaces.push(rule);
    }
    for rule in file.rules {
        let place = rule.span().start;
        let rule = rule.into_inner();
        rule.check().map_err(|fault| at(place)(fault.to_string()))?;
        read.rules.push(rule);
    }
    for room in file.rooms {
        let place = room.name.span().start;
        let name = room.name.into_inner();
        names::check_room(&name).map_err(|error| at(place)(error.message))?;
        let mut seeded = SeedRoom {
            name,
            ..SeedRoom::default()
        };
        for message in room.messages {
            let place = message.span().start;
            let message = message.into_inner().seed(now).map_err(at(place))?;
            seeded.messages.push(message);
        }
        for member in room.members {
            let place = member.span().start;
            let member = member.into_inner().seed(now).map_err(at(place))?;
            seeded.members.push(member);
        }
        read.seed.rooms.push(seeded);
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::When;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    #[test]
    fn a_room_may_be_named_as_lines_do() {
        let read = of_toml("[[rooms]]\nroomName = \"a\"\n", NOW).unwrap();
        assert_eq!(read.seed.rooms[0].name, "a");
        let lines = "{\"name\":\"a\",\"clientId\":\"b\",\"text\":\"c\"}\n{\"name\":\"d\"}";
        let read = lines::read(lines, NOW).unwrap();
        let names: Vec<_> = read.seed.rooms.iter().map(|room| &room.name).collect();
        assert_eq!(names, ["a", "d"]);
    }

    #[test]
    fn members_of_objects_keep_their_order() {
        let text = r#"
            [[rooms]]
            name = "lobby"
            messages = [{ client-id = "a", text = "x", metadata = { z = 1, a = { y = 1, b = 2 } }, headers = { m = 1, c = 2 } }]
            members = [{ client-id = "a", data = { z = 1, a = 2, k = 3 } }]
        "#;
        let read = of_toml(text, NOW).unwrap();
        let room = &read.seed.rooms[0];
        let content = &room.messages[0].content;
        assert_eq!(
            serde_json::to_string(&content.metadata).unwrap(),
            r#"{"z":1,"a":{"y":1,"b":2}}"#
        );
        assert_eq!(
            serde_json::to_string(&content.headers).unwrap(),
            r#"{"m":1,"c":2}"#
        );
        assert_eq!(
            serde_json::to_string(&room.members[0].data).unwrap(),
            r#"{"z":1,"a":2,"k":3}"#
        );
    }

    #[test]
    fn a_file_in_toml() {
        let read = of_toml(
            r#"
            [[keys]]
            key = "app.one:s"
            capability = { "*" = ["subscribe"] }

            [[namespaces]]
            id = "fixed"
            mutable-messages = false

            [[rooms]]
            name = "lobby"
            messages = [
              { client-id = "alice", text = "hi", age = "1h", metadata = { a = 1 }, headers = { h = "x" } },
              { client-id = "bob", text = "yo", timestamp = 2023-11-14T22:00:00Z, reactions = [{ type = "distinct", name = "+1", client-id = "alice" }] },
            ]
            members = [{ client-id = "carol", data = { status = "away" } }]
            "#,
            NOW,
        )
        .unwrap();
        assert_eq!(read.keys[0].key.name(), "app.one");
        assert_eq!(read.namespaces[0].id, "fixed");
        let room = &read.seed.rooms[0];
        assert_eq!(room.messages[0].when, Some(When::Age(3_600_000)));
        assert_eq!(room.messages[0].content.metadata["a"], 1);
        let time = Timestamp(1_699_999_200_000);
        assert_eq!(room.messages[1].when, Some(When::At(time)));
        assert_eq!(room.messages[1].reactions[0].name, "+1");
        assert_eq!(room.members[0].client_id, "carol");
    }

    #[test]
    fn faults_name_the_line_and_what_is_wrong() {
        for (text, line, words) in [
            ("[[rooms]]\nname = \":x\"", 2, "room name"),
            (
                "[[rooms]]\nname = \"a\"\n[[rooms.messages]]\ntext = \"x\"",
                3,
                "client-id",
            ),
            (
                "[[rooms]]\nname = \"a\"\n[[rooms.messages]]\nclient-id = \"c\"\ntext = \"\"",
                3,
                "text is empty",
            ),
            (
                "[[rooms]]\nname = \"a\"\nmembers = [\n{ client-id = \"c\", age = \"soon\" } ]",
                4,
                "is not a duration",
            ),
            ("\n[[keys]]\nkey = \"nonsense\"", 2, "Invalid API key"),
            ("[[rooms]]\nname = \"a\"\ntopic = \"b\"", 3, "topic"),
        ] {
            let fault = of_toml(text, NOW).unwrap_err();
            assert!(fault.starts_with(&format!("{line}:")), "{text}: {fault}");
            assert!(fault.contains(words), "{text}: {fault}");
        }
    }
}
