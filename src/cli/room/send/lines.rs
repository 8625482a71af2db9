//! Messages out of the lines of a stream.

use std::io::{BufRead as _, BufReader, Read};

use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::chat_core::chat::message::NewMessage;

/// How many lines are read ahead of the service.
const AHEAD: usize = 16;

/// What a line is.
#[derive(Clone)]
pub(in crate::cli::room) enum Form {
    /// The text of a message that has all else from here.
    Text(NewMessage),
    /// A JSON object; what it does not say is from here.
    Json(NewMessage),
}

/// A line of the input.
pub(in crate::cli::room) struct Line {
    /// Its number, from 1.
    pub(in crate::cli::room) number: u64,
    /// The message; `None` for one that is left out; or what is wrong with the line.
    pub(in crate::cli::room) message: Result<Option<NewMessage>, String>,
    /// The serial that the message had where it comes from.
    pub(in crate::cli::room) origin: Option<String>,
}

/// Reads lines on a thread of its own, a few ahead: a stream that gives nothing must not keep anything else waiting.
pub(in crate::cli::room) fn read(
    input: Box<dyn Read + Send>,
    form: Form,
) -> mpsc::Receiver<std::io::Result<Line>> {
    let (lines, receiver) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        let mut input = BufReader::new(input);
        for number in 1.. {
            let mut bytes = Vec::new();
            let line = match input.read_until(b'\n', &mut bytes) {
                Ok(0) => return,
                Ok(_) => Ok(form.line(number, &bytes)),
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

#[derive(Deserialize)]
struct Object {
    text: Value,
    metadata: Option<Map<String, Value>>,
    headers: Option<Map<String, Value>>,
    serial: Option<String>,
    action: Option<String>,
}

impl Form {
    fn line(&self, number: u64, bytes: &[u8]) -> Line {
        let (message, origin) = match std::str::from_utf8(bytes) {
            Ok(text) => self.message(text.trim_end_matches(['\n', '\r'])),
            Err(_) => (Err("it is not UTF-8".to_owned()), None),
        };
        Line {
            number,
            message,
            origin,
        }
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
            Err(error) => return (Err(format!("it is no message: {error}")), None),
        };
        let message = match object.text {
            // What is left of a deleted message is nothing to be sent.
            Value::String(text) if text.is_empty() => {
                if object.action.as_deref() == Some("message.delete") {
                    Ok(None)
                } else {
                    Err("its text is empty".to_owned())
                }
            }
            Value::String(text) => Ok(Some(NewMessage {
                text,
                metadata: object.metadata.unwrap_or_else(|| defaults.metadata.clone()),
                headers: object.headers.unwrap_or_else(|| defaults.headers.clone()),
            })),
            _ => Err("its text is no string".to_owned()),
        };
        (message, object.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_messages_or_say_what_is_wrong() {
        let form = Form::Json(NewMessage::default());
        let read = |text: &str| form.line(1, text.as_bytes());
        let line = read("{\"text\":\"hi\",\"metadata\":{\"a\":1},\"serial\":\"s\"}\r\n");
        assert_eq!(line.message.unwrap().unwrap().text, "hi");
        assert_eq!(line.origin.as_deref(), Some("s"));
        assert!(read("\n").message.unwrap().is_none());
        let deleted = "{\"text\":\"\",\"action\":\"message.delete\"}\n";
        assert!(read(deleted).message.unwrap().is_none());
        for text in ["hi", "{}", "{\"text\":5}", "{\"text\":\"\"}", "[1]"] {
            assert!(read(text).message.is_err(), "{text}");
        }
        assert!(form.line(1, b"\xff\n").message.is_err());
        let text = Form::Text(NewMessage::default()).line(1, b" {}\n");
        assert_eq!(text.message.unwrap().unwrap().text, " {}");
    }
}
