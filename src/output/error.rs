//! The report of an error: `error: …`, its causes, a hint and a help page; or one JSON object.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::look::{Look, Style};
use super::shell::shell_word;
use super::table::{plain, plain_lines};
use crate::chat_core::error::{ErrorInfo, catalogue, help_url};

/// The indent of the further lines of a message.
const INDENT: usize = 2;

/// An error, ready to be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorReport {
    /// Ably's code, where it has one.
    pub code: Option<u32>,
    /// The HTTP status that goes with it.
    pub status_code: Option<u16>,
    /// The message.
    pub message: String,
    /// Further facts of the service, text to text: why a message was rejected, for instance.
    pub detail: BTreeMap<String, String>,
    /// The errors behind it, the nearest first.
    pub causes: Vec<String>,
    /// The next step.
    pub hint: Option<String>,
}

impl ErrorReport {
    /// The report of an error with one of Ably's codes. Without a hint of its own it has that of the catalogue.
    pub fn of(error: &ErrorInfo) -> Self {
        let mut causes = Vec::new();
        let mut cause = error.cause.as_deref();
        while let Some(inner) = cause {
            causes.push(inner.to_string());
            cause = inner.cause.as_deref();
        }
        Self {
            code: Some(error.code).filter(|code| *code != 0),
            status_code: Some(error.status_code).filter(|status| *status != 0),
            message: error.message.clone(),
            detail: error.detail.clone(),
            causes,
            hint: error
                .hint
                .clone()
                .or_else(|| catalogue::entry(error.code).map(|entry| filled(entry.fix, error))),
        }
    }

    /// The lines for people.
    pub fn text(&self, look: Look) -> String {
        let word = |word: &str, style| format!("{} ", look.painted(word, style));
        let mut message = plain(&self.message);
        if let Some(code) = self.code {
            let _ = write!(message, " (code {code}");
            if let Some(status) = self.status_code {
                let _ = write!(message, ", status {status}");
            }
            message.push(')');
        }
        let mut lines = vec![look.wrap(&word("error:", Style::Error), &message, INDENT)];
        for (name, value) in &self.detail {
            let first = format!("  {}", word(&format!("{}:", plain(name)), Style::Heading));
            lines.push(look.wrap(&first, &plain(value), 2 * INDENT));
        }
        for cause in &self.causes {
            let first = format!("  {}", word("caused by:", Style::Heading));
            lines.push(look.wrap(&first, &plain(cause), 2 * INDENT));
        }
        if let Some(hint) = &self.hint {
            lines.push(look.wrap(&word("hint:", Style::Hint), &plain_lines(hint), INDENT));
        }
        if let Some(code) = self.code {
            lines.push(format!("{}{}", word("help:", Style::Hint), help_url(code)));
        }
        lines.join("\n")
    }

    /// The object for programs: `{"error": {code, statusCode, message, href, hint}}`, with `detail` where there is any.
    pub fn json(&self) -> Value {
        let mut message = self.message.clone();
        for cause in &self.causes {
            message.push_str(": ");
            message.push_str(cause);
        }
        let mut report = json!({"error": {
            "code": self.code,
            "statusCode": self.status_code,
            "message": message,
            "href": self.code.map(help_url),
            "hint": self.hint,
        }});
        if !self.detail.is_empty() {
            report["error"]["detail"] = json!(self.detail);
        }
        report
    }
}

/// The advice of the catalogue, with the room and the operation that the server names in a denial.
fn filled(fix: &str, error: &ErrorInfo) -> String {
    let denied = error.message.rsplit_once(": ").and_then(|(_, what)| {
        let (operation, room) = what.split_once(" on room '")?;
        Some((operation, room.strip_suffix('\'')?))
    });
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    match denied {
        // The line is to be copied: the name of a room may be anything.
        Some((operation, room)) if is_word(operation) => fix
            .replace("ROOM", &shell_word(room))
            .replace("--feature FEATURE", &format!("--op {operation}")),
        _ => fix.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_advises_where_nobody_else_did() {
        let error = ErrorInfo::new(40142, 401, "Token expired");
        let advice = catalogue::entry(40142).map(|entry| entry.fix.to_owned());
        assert_eq!(ErrorReport::of(&error).hint, advice);
        let own = ErrorReport::of(&error.with_hint("do this"));
        assert_eq!(own.hint.as_deref(), Some("do this"));
    }

    #[test]
    fn a_denial_is_advised_on_with_its_room_and_operation() {
        let hint = |message: &str| ErrorReport::of(&ErrorInfo::new(40160, 401, message)).hint;
        assert_eq!(
            hint("operation not permitted with provided capability: publish on room 'it's; id'")
                .unwrap(),
            r"run `chatctl capability explain 'it'\''s; id' --op publish` with the token"
        );
        for other in ["denied", "x: $(id) on room 'a'"] {
            assert!(
                hint(other)
                    .unwrap()
                    .contains("explain ROOM --feature FEATURE")
            );
        }
    }
}
