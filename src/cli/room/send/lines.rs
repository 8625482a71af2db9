//! Reads messages from the lines of a stream.

use std::io::{BufRead, BufReader, Read};

use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::chat_core::chat::message::{NewMessage, is_flat};
use crate::chat_core::text;
use crate::cli::room::arguments::{LARGEST, LARGEST_JSON};

/// The number of lines that are read ahead.
const AHEAD: usize = 16;

/// The form of a line.
#[derive(Clone)]
pub(in crate::cli::room) enum LineForm {
    /// The text of a message. Everything else comes from here.
    Text(NewMessage),
    /// A JSON object. Members that it lacks come from here.
    Json(NewMessage),
}

/// A line of the input.
pub(in crate::cli::room) struct InputLine {
    /// Its number, from 1.
    pub(in crate::cli::room) number: u64,
    /// The message; `None` for one that is left out; or the fault of the line.
    pub(in crate::cli::room) message: Result<Option<NewMessage>, String>,
    /// The serial of the message in its old room.
    pub(in crate::cli::room) origin: Option<String>,
    /// The fingerprint of the line: of its serial where it has one, else of its content.
    pub(in crate::cli::room) fingerprint: Vec<u8>,
}

/// Reads lines on a thread of its own, a few ahead: a stream without input must not block anything else.
pub(in crate::cli::room) fn read(
    input: Box<dyn Read + Send>,
    form: LineForm,
) -> mpsc::Receiver<std::io::Result<InputLine>> {
    let (lines, receiver) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        let mut input = BufReader::new(input);
        for number in 1.. {
            let line = match read_line(&mut input, form.longest()) {
                Ok(None) => return,
                // Of a text in another encoding no line is right, whatever some of them look like.
                Ok(Some(bytes)) if number == 1 => match text::beginning(&bytes) {
                    Ok(bytes) => Ok(form.line(number, bytes)),
                    Err(error) => Err(error.into()),
                },
                Ok(Some(bytes)) => Ok(form.line(number, &bytes)),
                Err(error) => Err(error),
            };
            let is_end = line.is_err();
            if lines.blocking_send(line).is_err() || is_end {
                return;
            }
        }
    });
    receiver
}

/// Reads a line without its line break. Of one longer than `longest`, one byte more than that is kept.
fn read_line(input: &mut impl BufRead, longest: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    // A line of that length may have its line break behind it.
    let most = longest as u64 + 2;
    if input.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if bytes.len() > longest {
        input.skip_until(b'\n')?;
    }
    while bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    bytes.truncate(longest + 1);
    Ok(Some(bytes))
}

#[derive(Deserialize)]
#[serde(expecting = "a JSON object")]
struct Object {
    text: Value,
    metadata: Option<Map<String, Value>>,
    headers: Option<Map<String, Value>>,
    serial: Option<String>,
    action: Option<String>,
}

impl LineForm {
    /// The longest line, in bytes.
    fn longest(&self) -> usize {
        match self {
            Self::Text(_) => LARGEST,
            Self::Json(_) => LARGEST_JSON,
        }
    }

    fn line(&self, number: u64, bytes: &[u8]) -> InputLine {
        let (message, origin) = match std::str::from_utf8(bytes) {
            _ if bytes.len() > self.longest() => (Err(self.too_long()), None),
            Ok(text) => self.message(text),
            Err(_) => (Err("not valid UTF-8".to_owned()), None),
        };
        let identity = origin.as_ref().map_or(bytes, |serial| serial.as_bytes());
        let fingerprint = digest(&SHA256, identity).as_ref().to_vec();
        InputLine {
            number,
            message,
            origin,
            fingerprint,
        }
    }

    fn too_long(&self) -> String {
        let longest = self.longest() / 1024;
        format!("longer than {longest} KiB; a message has at most 64 KiB, on larger plans 256")
    }

    fn message(&self, text: &str) -> (Result<Option<NewMessage>, String>, Option<String>) {
        if text.is_empty() {
            return (Ok(None), None);
        }
        let defaults = match self {
            Self::Text(defaults) => {
                let text = text.to_owned();
                let defaults = defaults.clone();
                return (Ok(Some(NewMessage { text, ..defaults })), None);
            }
            Self::Json(defaults) => defaults,
        };
        let object: Object = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => return (Err(describe(&error)), None),
        };
        let message = match object.text {
            // A deleted message has nothing to send.
            Value::String(text) if text.is_empty() => {
                if object.action.as_deref() == Some("message.delete") {
                    Ok(None)
                } else {
                    Err("the text is empty".to_owned())
                }
            }
            Value::String(text) => {
                let headers = object.headers.unwrap_or_else(|| defaults.headers.clone());
                if is_flat(&headers) {
                    Ok(Some(NewMessage {
                        text,
                        metadata: object.metadata.unwrap_or_else(|| defaults.metadata.clone()),
                        headers,
                    }))
                } else {
                    Err("the headers must be flat".to_owned())
                }
            }
            _ => Err("the text must be a string".to_owned()),
        };
        (message, object.serial)
    }
}

/// The fault of a line that is not a message, with the column where there is one.
fn describe(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => error_without_place(error),
        Category::Eof => "not a complete JSON object".to_owned(),
        // One that does not begin as JSON, or not as an object.
        _ if error.column() <= 2 => "not a JSON object".to_owned(),
        Category::Syntax | Category::Io => format!("invalid JSON at column {}", error.column()),
    }
}

/// The members that are wrong, in the words of this program.
fn error_without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    if text == "missing field `text`" {
        "it has no text".to_owned()
    } else if text.ends_with("expected a JSON object") {
        "not a JSON object".to_owned()
    } else if text.ends_with("expected a map") {
        "metadata and headers must be JSON objects".to_owned()
    } else {
        text.replace('`', "'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_messages_or_say_what_is_wrong() {
        let form = LineForm::Json(NewMessage::default());
        let read = |text: &str| form.line(1, text.as_bytes());
        let line = read("{\"text\":\"hi\",\"metadata\":{\"a\":1},\"serial\":\"s\"}");
        assert_eq!(line.message.unwrap().unwrap().text, "hi");
        assert_eq!(line.origin.as_deref(), Some("s"));
        assert!(read("").message.unwrap().is_none());
        let deleted = "{\"text\":\"\",\"action\":\"message.delete\"}";
        assert!(read(deleted).message.unwrap().is_none());
        let nested = "{\"text\":\"a\",\"headers\":{\"a\":[]}}";
        for text in ["hi", "{}", "{\"text\":5}", "{\"text\":\"\"}", "[1]", nested] {
            assert!(read(text).message.is_err(), "{text}");
        }
        for (text, fault) in [
            ("hi", "not a JSON object"),
            ("{\"text\":\"hi\",}", "invalid JSON at column 14"),
            ("[1]", "not a JSON object"),
            ("5", "not a JSON object"),
            ("{\"text\":", "not a complete JSON object"),
            ("{}", "it has no text"),
            (
                "{\"text\":\"a\",\"metadata\":5}",
                "metadata and headers must be JSON objects",
            ),
        ] {
            assert_eq!(read(text).message.unwrap_err(), fault, "{text}");
        }
        assert!(form.line(1, b"\xff").message.is_err());
        let text = LineForm::Text(NewMessage::default()).line(1, b" {}");
        assert_eq!(text.message.unwrap().unwrap().text, " {}");
    }

    #[tokio::test]
    async fn marks_are_dropped_and_another_encoding_ends_the_input() {
        let input = |bytes: &'static [u8]| {
            let form = LineForm::Text(NewMessage::default());
            read(Box::new(bytes), form)
        };
        let mut lines = input(b"\xef\xbb\xbfone\ntwo\n");
        for text in ["one", "two"] {
            let line = lines.recv().await.unwrap().unwrap();
            assert_eq!(line.message.unwrap().unwrap().text, text);
        }
        let mut lines = input(b"\xff\xfeo\0n\0e\0\n\0t\0w\0o\0");
        let error = lines.recv().await.unwrap().err().unwrap().to_string();
        assert!(error.contains("UTF-16"), "{error}");
        assert!(lines.recv().await.is_none());
    }

    #[test]
    fn of_a_line_that_is_too_long_little_is_kept() {
        let mut input = &b"abc\r\n\nabcd\nabcdefghijkl\nab\r"[..];
        let mut next = || read_line(&mut input, 3).unwrap();
        assert_eq!(next().as_deref(), Some(&b"abc"[..]));
        assert_eq!(next().as_deref(), Some(&b""[..]));
        assert_eq!(next().as_deref(), Some(&b"abcd"[..]));
        assert_eq!(next().as_deref(), Some(&b"abcd"[..]));
        assert_eq!(next().as_deref(), Some(&b"ab"[..]));
        assert_eq!(next(), None);
        let form = LineForm::Text(NewMessage::default());
        let long = vec![b'x'; LARGEST + 1];
        assert!(form.line(1, &long).message.unwrap_err().contains("256 KiB"));
        assert!(form.line(1, &long[1..]).message.is_ok());
    }

    #[test]
    fn message_with_a_serial_has_one_fingerprint() {
        let form = LineForm::Json(NewMessage::default());
        let print = |text: &str| form.line(1, text.as_bytes()).fingerprint;
        let (old, new) = (
            r#"{"serial":"s","text":"a"}"#,
            r#"{"serial":"s","text":"b"}"#,
        );
        assert_eq!(print(old), print(new));
        assert_ne!(print(old), print(r#"{"serial":"t","text":"a"}"#));
        assert_ne!(print(r#"{"text":"a"}"#), print(r#"{"text":"b"}"#));
    }
}
