//! Logging: every line goes to a handler, redacted, at one of the Chat SDK's six levels.
//!
//! The library logs through `tracing`; [`install`] takes the function that gets each line (`logHandler` in the SDK). No
//! line that leaves here contains a secret: anything that looks like one is replaced, whichever module logged it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::chat_core::clock::{Clock, Timestamp};
use crate::settings::{LogFormat, LogLevel};

/// One line, as a handler gets it.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// The time.
    pub time: Timestamp,
    /// The level; never `Silent`.
    pub level: LogLevel,
    /// The module that logs.
    pub target: String,
    /// The message.
    pub message: String,
    /// Its context: name to value, in the order given.
    pub fields: Map<String, Value>,
}

/// A function that gets every line.
pub type LogHandler = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// Sends each line of this crate at `level` or above to `handler`, for the rest of the process. A second call changes
/// nothing: the first handler stays.
pub fn install(level: LogLevel, clock: Arc<dyn Clock>, handler: LogHandler) {
    if level == LogLevel::Silent {
        return;
    }
    let lines = Lines {
        level,
        clock,
        handler,
    };
    let _ = tracing::subscriber::set_global_default(lines);
}

/// A handler that writes to `to`, a line of text or a JSON object each.
pub fn writer(format: LogFormat, to: Box<dyn Write + Send>) -> LogHandler {
    let to = Mutex::new(to);
    Arc::new(move |line| {
        let text = match format {
            LogFormat::Text => text(line),
            LogFormat::Json => json_text(line),
        };
        let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that can't be written must not end the work.
        let _ = writeln!(to, "{text}").and_then(|()| to.flush());
    })
}

fn text(line: &LogLine) -> String {
    let mut text = format!(
        "{} {:<5} {}: {}",
        iso(line.time),
        name(line.level),
        line.target,
        super::table::plain(&line.message)
    );
    for (name, value) in &line.fields {
        match value {
            Value::String(value) => {
                let _ = write!(text, " {name}={}", super::table::plain(value));
            }
            value => {
                let _ = write!(text, " {name}={value}");
            }
        }
    }
    text
}

fn json_text(line: &LogLine) -> String {
    let mut object = json!({
        "time": iso(line.time),
        "level": name(line.level),
        "target": line.target,
        "message": line.message,
    });
    if let Value::Object(map) = &mut object {
        for (name, value) in &line.fields {
            map.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    object.to_string()
}

fn iso(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.millis())
        .map_or_else(|_| time.to_string(), |time| format!("{time:.3}"))
}

fn name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Trace => "trace",
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
        LogLevel::Silent => "silent",
    }
}

struct Lines {
    level: LogLevel,
    clock: Arc<dyn Clock>,
    handler: LogHandler,
}

/// This crate has no spans, so none has to be kept.
impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Other crates log bytes of their sockets; only the lines of this crate are known to be harmless.
        metadata.target().starts_with(env!("CARGO_PKG_NAME"))
            && level_of(*metadata.level()) >= self.level
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        use tracing::level_filters::LevelFilter;
        Some(match self.level {
            LogLevel::Trace => LevelFilter::TRACE,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Silent => LevelFilter::OFF,
        })
    }

    fn event(&self, event: &Event<'_>) {
        let mut parts = Parts::default();
        event.record(&mut parts);
        (self.handler)(&LogLine {
            time: self.clock.now(),
            level: level_of(*event.metadata().level()),
            target: event.metadata().target().to_owned(),
            message: redact(&parts.message).into_owned(),
            fields: parts.fields,
        });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn level_of(level: Level) -> LogLevel {
    match level {
        Level::TRACE => LogLevel::Trace,
        Level::DEBUG => LogLevel::Debug,
        Level::INFO => LogLevel::Info,
        Level::WARN => LogLevel::Warn,
        Level::ERROR => LogLevel::Error,
    }
}

#[derive(Default)]
struct Parts {
    message: String,
    fields: Map<String, Value>,
}

impl Parts {
    fn add(&mut self, field: &Field, value: Value) {
        if field.name() == "message" {
            self.message = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
        } else {
            self.fields.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Parts {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.add(
            field,
            Value::String(redact(&format!("{value:?}")).into_owned()),
        );
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Value::String(redact(value).into_owned()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }
}

/// Replaces everything that looks like a credential: JWTs, `appId.keyId:secret`, and the values of parameters and
/// headers that carry one. Names stay, so that a reader can tell which credential it was.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    for (start, word) in words(text) {
        if let Some(cut) = secret_in(text, start, word) {
            out.push_str(&text[kept..start + cut]);
            out.push_str("***");
            kept = start + word.len();
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

/// The runs of characters that a credential may consist of, each with its place.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.:+/=%~".contains(c);
    let mut rest = text;
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = rest.find(is_part)?;
        let length = rest[begin..]
            .find(|c| !is_part(c))
            .unwrap_or(rest.len() - begin);
        let found = (at + begin, &rest[begin..begin + length]);
        at += begin + length;
        rest = &rest[begin + length..];
        Some(found)
    })
}

/// The offset at which a secret begins in `word`, if there is one.
// Long: one rule after another, and each may rely on those before it.
fn secret_in(text: &str, start: usize, word: &str) -> Option<usize> {
    // `access_token=…`, `key=…`: the whole value.
    for name in [
        "access_token=",
        "accessToken=",
        "key=",
        "resume=",
        "recover=",
        "token=",
        "mac=",
    ] {
        if let Some(at) = word.find(name)
            && at + name.len() < word.len()
        {
            return Some(at + name.len());
        }
    }
    // `Bearer …`, `Basic …`, and the members of JSON objects.
    let before = text[..start]
        .trim_end_matches([' ', '"', ':'])
        .to_ascii_lowercase();
    let carries = [
        "bearer",
        "basic",
        "accesstoken",
        "access_token",
        "keysecret",
        "secret",
        "connectionkey",
        "mac",
        "token",
    ];
    let is_value = text[..start].ends_with([' ', '"']) && !text[..start].ends_with(". ");
    if is_value
        && word.len() > 8
        && carries.iter().any(|name| {
            before.strip_suffix(name).is_some_and(|rest| {
                !rest.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            })
        })
        && word.bytes().any(|byte| {
            byte.is_ascii_digit() || byte.is_ascii_uppercase() || b"._-=:".contains(&byte)
        })
    {
        return Some(0);
    }
    // A JWT, plain or base64-encoded once more.
    for mark in ["eyJ", "ZXlK"] {
        if let Some(at) = word.find(mark)
            && word.len() - at > 24
        {
            return Some(at);
        }
    }
    // appId.keyId:secret, with the colon escaped or not.
    for colon in [":", "%3A", "%3a"] {
        if let Some((name, secret)) = word.split_once(colon) {
            let name_start = name.rfind(['=', '/']).map_or(0, |at| at + 1);
            if crate::chat_core::auth::key::is_key_name(&name[name_start..])
                && secret.len() >= 3
                // A port, or a line and a column of a file.
                && !secret.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
                && !secret.starts_with([':', '/'])
            {
                return Some(name.len() + colon.len());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_get_through() {
        let jwt = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImFwcGlkLmtleWlkIn0.eyJpYXQiOjF9.c2lnbmF0dXJl";
        for (text, shown) in [
            (
                format!("connect ws://h/?access_token={jwt}&v=6"),
                "connect ws://h/?access_token=***&v=6".to_owned(),
            ),
            (format!("got {jwt}"), "got ***".to_owned()),
            (
                "GET /?key=appid.keyid:hidden&v=6".to_owned(),
                "GET /?key=***&v=6".to_owned(),
            ),
            (
                "GET /?key=appid.keyid%3Ahidden".to_owned(),
                "GET /?key=***".to_owned(),
            ),
            (
                "key appid.keyid:hidden here".to_owned(),
                "key appid.keyid:*** here".to_owned(),
            ),
            (
                "Authorization: Basic YXBwaWQua2V5aWQ6c2VjcmV0".to_owned(),
                "Authorization: Basic ***".to_owned(),
            ),
            (
                r#"{"auth":{"accessToken":"xVLyHw.CLchevH3hF"}}"#.to_owned(),
                r#"{"auth":{"accessToken":"***"}}"#.to_owned(),
            ),
            (
                r#"{"connectionKey":"abc-123-def"}"#.to_owned(),
                r#"{"connectionKey":"***"}"#.to_owned(),
            ),
        ] {
            assert_eq!(redact(&text), shown);
        }
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "listening on http://127.0.0.1:9080",
            "room lobby::$chat attached",
            "serial 01728402074206-000@cbfkKvEYgBhDaZ38195418:0",
            "app.example:443 refused",
            "Token expired",
            "basic authentication is fine",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn a_handler_gets_lines_at_its_level_and_louder() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let lines = Lines {
            level: LogLevel::Info,
            clock: Arc::new(crate::chat_core::clock::FixedClock(Timestamp(
                1_700_000_000_000,
            ))),
            handler: Arc::new(move |line: &LogLine| sink.lock().unwrap().push(text(line))),
        };
        tracing::subscriber::with_default(lines, || {
            tracing::debug!("too quiet");
            tracing::info!(room = "lobby", count = 3, "sent with key a.b:hidden");
        });
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 1);
        assert!(
            seen[0].starts_with("2023-11-14T22:13:20.000Z info "),
            "{}",
            seen[0]
        );
        assert!(
            seen[0].ends_with("sent with key a.b:*** room=lobby count=3"),
            "{}",
            seen[0]
        );
    }
}
