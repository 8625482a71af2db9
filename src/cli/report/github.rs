//! Workflow commands of GitHub Actions, which shows them as annotations of files.

use std::fmt::Write as _;

use super::suite::{AnnotationLevel, FileAnnotation};

/// A line for each annotation, and the summary at the end.
pub(super) fn text(annotations: &[FileAnnotation], summary: Option<&str>) -> String {
    let mut text = String::new();
    for annotation in annotations {
        let level = match annotation.level {
            AnnotationLevel::Error => "error",
            AnnotationLevel::Warning => "warning",
            AnnotationLevel::Notice => "notice",
        };
        let place = annotation.place.as_ref().map_or_else(String::new, |place| {
            format!("file={},line={},", property(&place.file), place.line)
        });
        let _ = writeln!(
            text,
            "::{level} {place}title={}::{}",
            property(&annotation.title),
            message(&annotation.message)
        );
    }
    if let Some(summary) = summary {
        let _ = writeln!(text, "{summary}");
    }
    text
}

/// Escapes a message: line ends, and characters that would control a terminal.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(char::is_control, "\u{fffd}")
}

/// Escapes the value of a property, which more characters end.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
