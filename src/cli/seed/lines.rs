//! Seeds as lines of JSON: keys, namespaces, messages and members, one per line, and exports behind the name of their
//! room.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::forms::{MemberForm, MessageForm};
use super::seed_file::SeedFile;
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::names;
use crate::cli::server_config::{KeyForm, NamespaceForm};
use crate::server::integrations::RuleForm;
use crate::server::{Seed, SeedRoom};

/// Parses a whole text.
///
/// # Errors
/// The line number and the fault.
pub(super) fn read(text: &str, now: Timestamp) -> Result<SeedFile, String> {
    let mut reader = LineReader {
        read: SeedFile::default(),
        room: None,
        now,
    };
    for (place, line) in text.lines().enumerate() {
        if !line.trim().is_empty() {
            reader
                .line(line)
                .map_err(|fault| format!("{}: {fault}", place + 1))?;
        }
    }
    Ok(reader.read)
}

struct LineReader {
    read: SeedFile,
    /// The room that was named last.
    room: Option<String>,
    now: Timestamp,
}

impl LineReader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let mut members: Map<String, Value> = serde_json::from_str(line)
            .map_err(|error| format!("must be a JSON object: {error}"))?;
        if members.contains_key("key") {
            let key: KeyForm = of_members(members)?;
            self.read.keys.push(key.entry()?);
            return Ok(());
        }
        if let Some(namespace) = members.remove("namespace") {
            let form: NamespaceForm = of(namespace)?;
            self.read.namespaces.push(form.rule()?);
            return Ok(());
        }
        if let Some(rule) = members.remove("rule") {
            let rule: RuleForm = of(rule)?;
            rule.check().map_err(|fault| fault.to_string())?;
            self.read.rules.push(rule);
            return Ok(());
        }
        if let Some(room) = members
            .remove("roomName")
            .or_else(|| members.remove("name"))
        {
            let room = room.as_str().ok_or("roomName must be a string")?;
            names::check_room(room).map_err(|error| error.message)?;
            self.room = Some(room.to_owned());
        }
        let now = self.now;
        if members.is_empty() {
            room_in(&mut self.read.seed, self.room.as_deref())?;
        } else if let Some(member) = members.remove("member") {
            let member = of::<MemberForm>(member)?.seed(now)?;
            self.room()?.members.push(member);
        } else if let Some(message) = members.remove("message") {
            let message = of::<MessageForm>(message)?.seed(now)?;
            self.room()?.messages.push(message);
        } else if members.contains_key("text") {
            let message = of_members::<MessageForm>(members)?.seed(now)?;
            self.room()?.messages.push(message);
        } else {
            return Err(
                "must be a key, a namespace, a message, a member or the name of a room".to_owned(),
            );
        }
        Ok(())
    }

    fn room(&mut self) -> Result<&mut SeedRoom, String> {
        room_in(&mut self.read.seed, self.room.as_deref())
    }
}

fn room_in<'a>(seed: &'a mut Seed, name: Option<&str>) -> Result<&'a mut SeedRoom, String> {
    let name = name.ok_or(
        "the room is missing: add a roomName, as jq -c '. + {roomName: \"lobby\"}' does to an export",
    )?;
    let known = seed.rooms.iter().rposition(|room| room.name == name);
    let place = known.unwrap_or(seed.rooms.len());
    if known.is_none() {
        seed.rooms.push(SeedRoom {
            name: name.to_owned(),
            ..SeedRoom::default()
        });
    }
    Ok(&mut seed.rooms[place])
}

fn of_members<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, String> {
    of(Value::Object(members))
}

fn of<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::When;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    #[test]
    fn each_kind_of_line() {
        let text = r#"
            {"key":"app.one:s","capability":{"*":["*"]},"revocableTokens":true}
            {"namespace":{"id":"fixed","mutableMessages":false}}
            {"roomName":"lobby"}
            {"serial":"s","clientId":"alice","text":"hi","metadata":{},"headers":{},"action":"message.update","version":{"serial":"v","clientId":"bob","timestamp":1699999999000},"timestamp":1699999998000,"reactions":{"distinct":{"+1":{"total":2,"clientIds":["a","b"]}},"multiple":{"x":{"total":3,"clientIds":{"c":3}}}}}
            {"roomName":"den","message":{"clientId":"bob","text":"yo","age":"5m"}}
            {"member":{"clientId":"bob","connectionId":"c","data":"here","extras":{},"updatedAt":1699999998000}}
        "#;
        let read = read(text, NOW).unwrap();
        assert!(read.keys[0].revocable_tokens);
        assert!(!read.namespaces[0].mutable_messages);
        let [lobby, den] = &read.seed.rooms[..] else {
            panic!("{:?}", read.seed);
        };
        let message = &lobby.messages[0];
        assert_eq!(message.when, Some(When::At(Timestamp(1_699_999_998_000))));
        let change = message.change.as_ref().unwrap();
        assert_eq!(change.client_id.as_deref(), Some("bob"));
        let who: Vec<_> = message
            .reactions
            .iter()
            .map(|reaction| (reaction.client_id.as_str(), reaction.count))
            .collect();
        assert_eq!(who, [("a", None), ("b", None), ("c", Some(3))]);
        assert_eq!(den.messages[0].when, Some(When::Age(300_000)));
        assert_eq!(den.members[0].client_id, "bob");
    }

    #[test]
    fn faults_name_the_line_and_what_is_wrong() {
        for (text, line, words) in [
            (
                "{\"clientId\":\"a\",\"text\":\"x\"}",
                1,
                "the room is missing",
            ),
            ("\n{\"roomName\":\"a\"}\n{\"text\":\"x\"}", 3, "client"),
            (
                "{\"roomName\":\"a\",\"clientId\":\"a\",\"text\":\"\"}",
                1,
                "text is empty",
            ),
            (
                "{\"roomName\":\"a\",\"colour\":\"red\"}",
                1,
                "must be a key",
            ),
            ("[1]", 1, "must be a JSON object"),
            (
                "{\"roomName\":\"a\",\"member\":{\"clientId\":\"a\",\"dat\":1}}",
                1,
                "dat",
            ),
        ] {
            let fault = read(text, NOW).unwrap_err();
            assert!(fault.starts_with(&format!("{line}: ")), "{text}: {fault}");
            assert!(fault.contains(words), "{text}: {fault}");
        }
    }
}
