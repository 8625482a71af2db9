//! The report of an error: `error: …`, its causes, a hint and a help page; or one JSON object.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::look::Look;
use super::table::{plain, plain_lines};
use crate::chat_core::error::{ErrorInfo, catalogue, help_url};

/// An error, ready to be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorReport {
    /// Ably's code, where it has one.
    pub code: Option<u32>,
    /// The HTTP status that goes with it.
    pub status_code: Option<u16>,
    /// The message.
    pub message: String,
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
            causes,
            hint: error
                .hint
                .clone()
                .or_else(|| catalogue::entry(error.code).map(|entry| entry.fix.to_owned())),
        }
    }

    /// The lines for people.
    pub fn text(&self, look: Look) -> String {
        let paint = |word, style| look.paint(word, style);
        let mut text = format!("{} {}", paint("error:", "1;31"), plain(&self.message));
        if let Some(code) = self.code {
            let _ = write!(text, " (code {code}");
            if let Some(status) = self.status_code {
                let _ = write!(text, ", status {status}");
            }
            text.push(')');
        }
        for cause in &self.causes {
            let _ = write!(text, "\n  {} {}", paint("caused by:", "1"), plain(cause));
        }
        if let Some(hint) = &self.hint {
            let _ = write!(text, "\n{} {}", paint("hint:", "1;36"), plain_lines(hint));
        }
        if let Some(code) = self.code {
            let _ = write!(text, "\n{} {}", paint("help:", "1;36"), help_url(code));
        }
        text
    }

    /// The object for programs: `{"error": {code, statusCode, message, href, hint}}`.
    pub fn json(&self) -> Value {
        let mut message = self.message.clone();
        for cause in &self.causes {
            message.push_str(": ");
            message.push_str(cause);
        }
        json!({"error": {
            "code": self.code,
            "statusCode": self.status_code,
            "message": message,
            "href": self.code.map(help_url),
            "hint": self.hint,
        }})
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
}
