//! Workflow commands of GitHub Actions, which shows them beside the lines of files.

use std::fmt::Write as _;

use super::suite::{Annotation, Level};

/// A line for each annotation, and what there is to say at the end.
pub(super) fn text(annotations: &[Annotation], summary: Option<&str>) -> String {
    let mut text = String::new();
    for annotation in annotations {
        let level = match annotation.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
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

/// A message: what ends it is escaped, and what would steer a terminal is replaced.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(char::is_control, "\u{fffd}")
}

/// The value of a property, which ends at more.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
