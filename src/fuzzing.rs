//! Fuzz targets: one function for each form of bytes that comes from outside. Each takes any bytes and panics if an
//! invariant does not hold; that nothing else panics is the least of them.
//!
//! `tests/fuzz` runs them under cargo-fuzz. The tests below run them over its corpus, and over mutations of it.

// To panic is what a target is for.
#![allow(clippy::missing_panics_doc)]

use serde_json::{Map, Value};

use crate::chat_core::analysis::algebra::difference;
use crate::chat_core::analysis::lint::{self, Known};
use crate::chat_core::analysis::token_text;
use crate::chat_core::auth::ably_token::Sealer;
use crate::chat_core::auth::claims::{ROOM_PREFIX, pattern_matches, specificity};
use crate::chat_core::auth::jwt::{self, Minter};
use crate::chat_core::auth::token_request::grant;
use crate::chat_core::auth::verify::{verify_all, verify_times};
use crate::chat_core::auth::{
    ApiKey, Capability, KeyEntry, KeyRing, Keys, TokenRequest, UserClaims, Verified, verify,
};
use crate::chat_core::clock::Timestamp;
use crate::chat_core::protocol::{Format, Json, ProtocolMessage};
use crate::chat_core::random::Random;
use crate::cli::fuzzing as cli;
use crate::server::fuzzing as server;

/// A target.
pub type Target = fn(&[u8]);

/// The targets by name, which is that of their corpus too.
pub const TARGETS: [(&str, Target); 13] = [
    ("capability", capability),
    ("claims", claims),
    ("config", config),
    ("frame_json", frame_json),
    ("frame_msgpack", frame_msgpack),
    ("http", http),
    ("jq", jq),
    ("jwt", jwt),
    ("policy", policy),
    ("realtime", realtime),
    ("resume", resume),
    ("seed", seed),
    ("token_request", token_request),
];

/// The present moment of all targets, near the times that the corpus names.
const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// The name of the keys below.
const KEY_NAME: &str = "appid.keyid";

/// A secret that no input knows.
const UNKNOWN_SECRET: &str = "a-secret-that-stands-in-no-input-0d5b7c1e9f";

/// A frame in JSON.
pub fn frame_json(bytes: &[u8]) {
    frame(Format::Json, bytes);
}

/// A frame in MessagePack.
pub fn frame_msgpack(bytes: &[u8]) {
    frame(Format::MessagePack, bytes);
}

/// What is read of a frame is not much larger than the frame, and both formats carry it without a change.
fn frame(format: Format, bytes: &[u8]) {
    let Ok(mut message) = ProtocolMessage::decode(format, bytes) else {
        return;
    };
    let weight = weight(&message);
    assert!(
        weight <= 4 * bytes.len() + 64,
        "a frame of {} bytes makes {weight}",
        bytes.len()
    );
    for item in message.messages.iter_mut().flatten() {
        // It is read only, so that nobody is ever told it.
        item.connection_key = None;
    }
    for other in [Format::Json, Format::MessagePack] {
        let written = message.encode(other);
        match ProtocolMessage::decode(other, &written) {
            Ok(read) => assert_eq!(read, message, "{other:?} changes it"),
            Err(error) => panic!("{other:?} can't be read back: {error}"),
        }
    }
}

/// The number of items in a message, and the bytes of their texts.
fn weight(message: &ProtocolMessage) -> usize {
    let mut all = 0;
    let mut text = |text: &Option<String>| all += text.as_ref().map_or(0, String::len);
    text(&message.id);
    text(&message.channel);
    text(&message.channel_serial);
    text(&message.connection_id);
    for item in message.messages.iter().flatten() {
        for of_item in [&item.id, &item.name, &item.encoding, &item.client_id] {
            text(of_item);
        }
    }
    let data = |data: &Option<crate::chat_core::protocol::Data>| {
        data.as_ref()
            .map_or(0, crate::chat_core::protocol::Data::len)
    };
    let json = |json: &Option<Json>| json.as_ref().map_or(0, |json| nodes(&json.0));
    for item in message.messages.iter().flatten() {
        all += 1 + data(&item.data) + json(&item.extras);
        if let Some(annotations) = &item.annotations {
            all += nodes(&annotations.summary.0);
        }
    }
    for item in message.presence.iter().flatten() {
        all += 1 + data(&item.data) + json(&item.extras);
    }
    for item in message.annotations.iter().flatten() {
        all += 1 + data(&item.data) + json(&item.extras);
    }
    for (name, value) in message.params.iter().flatten() {
        all += 1 + name.len() + value.len();
    }
    for result in message.res.iter().flatten() {
        all += 1 + result.serials.len();
    }
    all
}

/// The number of values within a value, and the bytes of its texts.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| name.len() + nodes(value))
            .sum(),
        _ => 0,
    }
}

/// A capability: its canonical text is read as the same one, and it covers itself exactly.
pub fn capability(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(read) = Capability::parse(text) else {
        assert!(Capability::parse_strict(text).is_err());
        return;
    };
    assert_eq!(read.text(), text);
    assert_eq!(
        Capability::parse_strict(text).is_ok(),
        read.warnings().is_empty()
    );
    let canonical = read.canonical();
    let again = match Capability::parse(&canonical) {
        Ok(again) => again,
        Err(error) => panic!("the canonical text {canonical} can't be read: {error}"),
    };
    assert_eq!(again.canonical(), canonical, "the canonical text is stable");
    let value = serde_json::from_str(text).unwrap_or(Value::Null);
    let of_value = Capability::from_json(&value).map(|read| read.canonical());
    assert_eq!(of_value.ok().as_ref(), Some(&canonical), "as an object");
    for same in [
        again,
        read.intersect(&read),
        read.union(&read),
        Capability::of_grants(read.grants().to_vec()),
    ] {
        assert_same_rights(&read, &same);
    }
    assert!(difference(&Capability::none(), &read).is_empty());
    // Not the other way round: there are resources that no channel's name fits.
    assert!(!read.is_empty() || difference(&read, &Capability::none()).is_empty());
    let key = KeyEntry::new(known_key(), Capability::all());
    assert_within(&read.intersect(&key.capability), &read);
    let _ = lint::lint_capability(&read, Some(&key.capability));
}

/// Panics unless both allow the same.
fn assert_same_rights(one: &Capability, two: &Capability) {
    assert_within(one, two);
    assert_within(two, one);
}

/// Panics unless all that `narrow` allows is allowed by `wide`.
fn assert_within(narrow: &Capability, wide: &Capability) {
    let more = difference(narrow, wide);
    assert!(
        more.is_empty(),
        "{narrow} allows more than {wide}: {more:?}"
    );
}

/// The claims of a token, signed with the right key: what is accepted is within the key's rights and within its time,
/// and is not accepted any more once one letter of it is another.
pub fn claims(bytes: &[u8]) {
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return;
    };
    user_claims(&members);
    let key = known_key();
    let Ok(token) = Minter::new(&key).sign(&members) else {
        panic!("claims that were read can be signed");
    };
    let Some(verified) = judge(&token) else {
        return;
    };
    assert_eq!(
        verified.claims, members,
        "the claims are those that were signed"
    );
    if !members.contains_key(jwt::EMBEDDED) {
        let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
        for place in (0..signed.len()).step_by(1 + signed.len() / 7) {
            let mut forged = signed.as_bytes().to_vec();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = format!("{}.{signature}", String::from_utf8_lossy(&forged));
            assert!(verify(&forged, &known_keys(), NOW).is_err(), "{forged}");
        }
    }
}

/// User claims are found whatever order they stand in, and the pattern that is found is the most specific that matches.
fn user_claims(members: &Map<String, Value>) {
    let claims = UserClaims::from_claims(members);
    let backwards = UserClaims::from_claims(&members.clone().into_iter().rev().collect());
    let patterns: Vec<&str> = members
        .iter()
        .filter(|(_, value)| value.is_string())
        .filter_map(|(name, _)| name.strip_prefix(ROOM_PREFIX))
        .filter(|pattern| !pattern.is_empty())
        .collect();
    let rooms = patterns.iter().map(|pattern| pattern.replace('*', "x"));
    for room in rooms.chain(["lobby".to_owned()]) {
        let found = claims.resolve_room(&room);
        assert_eq!(found, backwards.resolve_room(&room), "{room}");
        let matching = patterns.iter().filter(|it| pattern_matches(it, &room));
        match found {
            None => assert_eq!(matching.count(), 0, "{room}"),
            Some(found) => {
                assert!(pattern_matches(found.pattern, &room), "{room}");
                for other in matching {
                    assert!(specificity(found.pattern, other).is_le(), "{room}");
                }
            }
        }
        let _ = claims.publish_rate(&room);
    }
}

/// A token, as it comes in a header or is handed to a command: nothing that was not signed with the secret is accepted.
pub fn jwt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let known = Known {
        now: NOW,
        for_chat: true,
        key: None,
        key_capability: None,
    };
    let _ = lint::lint(text, &known);
    if let Ok(handed) = token_text::read(text)
        && let Some(token) = handed.content.token()
    {
        let _ = verify_times(token, NOW);
        judge(token);
    }
    if let Ok(decoded) = jwt::decode(text) {
        let _ = decoded.claimed_capability();
    }
    judge(text);
    let forger = KeyRing::new([KeyEntry::new(key_with(UNKNOWN_SECRET), Capability::all())]);
    if let Ok(forged) = verify(text, &forger, NOW) {
        panic!("a forged token is accepted as one of {:?}", forged.identity);
    }
    if let Ok(sealer) = Sealer::new(b"a secret that stands in no input") {
        assert!(
            sealer.open(text).is_err(),
            "a forged Ably token is accepted"
        );
    }
}

/// The token where it is accepted. All failures are found, whichever is reported.
fn judge(token: &str) -> Option<Verified> {
    let keys = known_keys();
    match (verify(token, &keys, NOW), verify_all(token, &keys, NOW)) {
        (Ok(verified), Ok(_)) => {
            let entry = keys.key(&verified.key_name);
            let of_key = entry.map_or_else(Capability::none, |entry| entry.capability.clone());
            assert_within(&verified.capability, &of_key);
            assert!(verified.expires > NOW, "it has expired");
            assert!(!verified.capability.is_empty(), "it grants nothing");
            Some(verified)
        }
        (Err(first), Err(all)) => {
            assert_eq!(Some(&first), all.first(), "the first failure is reported");
            None
        }
        (one, all) => panic!("{one:?}, and of all checks {all:?}"),
    }
}

fn key_with(secret: &str) -> ApiKey {
    match ApiKey::parse(&format!("{KEY_NAME}:{secret}")) {
        Ok(key) => key,
        Err(error) => panic!("{error}"),
    }
}

/// The key that the project's vectors are signed with.
fn known_key() -> ApiKey {
    key_with("secret")
}

fn known_keys() -> KeyRing {
    let rights = r#"{"*":["subscribe","publish","history","presence"],"[meta]*":["subscribe"]}"#;
    let rights = Capability::parse(rights).unwrap_or_else(|_| Capability::none());
    KeyRing::new([KeyEntry::new(known_key(), rights)])
}

/// A TokenRequest: nothing without the right mac is granted, and what is granted is within the key's rights.
pub fn token_request(bytes: &[u8]) {
    let Ok(Json(body)) = Format::Json.decode(bytes) else {
        return;
    };
    let Ok(request) = TokenRequest::from_json(&body) else {
        return;
    };
    let written = serde_json::to_value(&request).unwrap_or_default();
    assert_eq!(TokenRequest::from_json(&written).as_ref(), Ok(&request));

    let forger = KeyRing::new([KeyEntry::new(key_with(UNKNOWN_SECRET), Capability::all())]);
    let granted = grant(&request, KEY_NAME, None, &forger, NOW);
    assert!(granted.is_err(), "a forged request is granted");

    let keys = known_keys();
    let signed = request.clone().signed(&known_key());
    assert!(signed.mac_is_valid(&known_key()));
    let Ok(granted) = grant(&signed, KEY_NAME, None, &keys, NOW) else {
        return;
    };
    assert_within(&granted.capability, &granted.entry.capability);
    // One text is signed by one request: of its parts only the capability may have line breaks.
    for part in [&signed.client_id, &signed.nonce] {
        let has_break = part.as_ref().is_some_and(|part| part.contains('\n'));
        assert!(!has_break, "{part:?}");
    }
    for change in [
        |request: &mut TokenRequest| request.client_id = Some("somebody-else".to_owned()),
        |request: &mut TokenRequest| request.capability = Some("{\"*\":[\"*\"]} ".to_owned()),
        |request: &mut TokenRequest| request.ttl = Some(86_400_000 - 1),
        |request: &mut TokenRequest| request.nonce = Some("another-nonce-0123".to_owned()),
    ] {
        let mut altered = signed.clone();
        change(&mut altered);
        if altered != signed {
            assert!(grant(&altered, KEY_NAME, None, &keys, NOW).is_err());
        }
    }
    let Ok(sealer) = Sealer::new(&[7; 32]) else {
        return;
    };
    match granted.issue(&sealer, NOW, &Random::seeded(1)) {
        Ok(details) => assert!(sealer.open(&details.token).is_ok()),
        Err(error) => panic!("what is granted can be issued: {error}"),
    }
}

/// A policy file, its tests and their mutants. Neither commands nor other files are touched.
pub fn policy(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        cli::policy(text);
    }
}

/// The file of `serve --config`.
pub fn config(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        cli::config(text);
    }
}

/// A seed file, in TOML or JSON lines: what is accepted can be planted.
pub fn seed(bytes: &[u8]) {
    if let Some(seed) = cli::seed(bytes, NOW) {
        server::plant(seed, NOW);
    }
}

/// A jq filter: its faults are short. It is not run on anything unless it is sure to end.
pub fn jq(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        crate::output::query::fuzz(text);
    }
}

/// HTTP requests to a server; see [`server::http`].
pub fn http(bytes: &[u8]) {
    server::http(bytes, NOW);
}

/// WebSocket frames to a server; see [`server::realtime`].
pub fn realtime(bytes: &[u8]) {
    server::realtime(bytes, NOW);
}

/// Connection keys and channel serials of a client that comes back; see [`server::resume`].
pub fn resume(bytes: &[u8]) {
    server::resume(bytes, NOW);
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    /// The number of mutations of each file of the corpus, unless `CHATCTL_FUZZ_MUTATIONS` gives another.
    const MUTATIONS: usize = 200;

    /// The largest mutation, in bytes.
    const LARGEST: usize = 8 * 1024;

    /// Words that the formats are made of, and numbers at their limits.
    const WORDS: [&str; 25] = [
        "null",
        "true",
        "{}",
        "[]",
        "\"\"",
        "*",
        ":",
        "::$chat",
        "[meta]",
        "[*]",
        "-1",
        "0",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "1e308",
        "0.1",
        "\\u0000",
        "\u{202e}",
        "😀",
        "\r\n",
        "\\",
        "\n%%\n",
        "{key}",
        "{serial}",
    ];

    /// The folder of the corpora; `None` in a package, which has none.
    fn corpora() -> Option<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
        folder.is_dir().then(|| folder.join("corpus"))
    }

    fn files_in(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Runs a target over its corpus and mutations of it, the same ones each time.
    fn run(name: &str, target: Target) {
        let Some(corpora) = corpora() else {
            return;
        };
        let told = std::env::var("CHATCTL_FUZZ_MUTATIONS").ok();
        let mutations = told.map_or(MUTATIONS, |told| told.parse().unwrap());
        // A server takes longer to start than a parser does.
        let mutations = match name {
            "http" | "realtime" | "resume" => mutations / 8,
            _ => mutations,
        };
        let files: Vec<Vec<u8>> = files_in(&corpora.join(name))
            .iter()
            .map(|file| std::fs::read(file).unwrap())
            .collect();
        assert!(!files.is_empty(), "the corpus of {name} is empty");
        let mut chance = Chance(Random::seeded(1));
        for file in &files {
            check(name, target, file);
            for _ in 0..mutations {
                let mut bytes = file.clone();
                for _ in 0..=chance.below(3) {
                    mutate(&mut bytes, &files, &mut chance);
                }
                bytes.truncate(LARGEST);
                check(name, target, &bytes);
            }
        }
    }

    /// Runs a target, and shows the input where it panics.
    fn check(name: &str, target: Target, bytes: &[u8]) {
        let run = std::panic::AssertUnwindSafe(|| target(bytes));
        let is_fine = std::panic::catch_unwind(run).is_ok();
        assert!(is_fine, "{name} fails on \"{}\"", bytes.escape_ascii());
    }

    struct Chance(Random);

    impl Chance {
        fn below(&mut self, limit: usize) -> usize {
            let mut bytes = [0; 8];
            self.0.fill(&mut bytes);
            usize::try_from(u64::from_le_bytes(bytes) % limit.max(1) as u64).unwrap()
        }
    }

    fn mutate(bytes: &mut Vec<u8>, files: &[Vec<u8>], chance: &mut Chance) {
        let place = chance.below(bytes.len() + 1);
        let end = (place + 1 + chance.below(32)).min(bytes.len());
        match chance.below(7) {
            0 if place < bytes.len() => bytes[place] ^= 1 << chance.below(8),
            1 if place < bytes.len() => bytes[place] = chance.below(256).to_le_bytes()[0],
            2 => drop(bytes.drain(place.min(end)..end)),
            3 => {
                let copy = bytes[place.min(end)..end].to_vec();
                let to = chance.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            4 => {
                let word = WORDS[chance.below(WORDS.len())];
                bytes.splice(place..place, word.bytes());
            }
            5 => {
                let word = WORDS[chance.below(WORDS.len())];
                bytes.splice(place.min(end)..end, word.bytes());
            }
            _ => {
                let other = &files[chance.below(files.len())];
                let from = chance.below(other.len() + 1);
                bytes.truncate(place);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }

    macro_rules! targets {
        ($($name:ident)*) => {
            $(
                #[test]
                fn $name() {
                    run(stringify!($name), super::$name);
                }
            )*

            #[test]
            fn no_target_is_forgotten() {
                let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
                assert_eq!(names, [$(stringify!($name)),*]);
                let Some(corpora) = corpora() else {
                    return;
                };
                let stems = |folder: &Path| -> Vec<String> {
                    let files = files_in(folder);
                    let stems = files.iter().filter_map(|file| file.file_stem()?.to_str());
                    stems.map(str::to_owned).collect()
                };
                assert_eq!(stems(&corpora), names);
                assert_eq!(stems(&corpora.with_file_name("fuzz_targets")), names);
            }
        };
    }

    targets! {
        capability claims config frame_json frame_msgpack http jq jwt policy realtime resume seed token_request
    }
}
