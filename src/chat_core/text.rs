//! Texts from outside: files, standard input, variables. Programs write them in more than one way, and the reader of each
//! format would only say that its first character is wrong.

use std::path::Path;
use std::time::Duration;

/// The mark that editors and shells of some systems put before a text in UTF-8.
const MARK: &str = "\u{feff}";

/// The reason why bytes are not a text that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// As some editors and shells write, with two bytes a character.
    #[error("the text is in UTF-16; save it as UTF-8")]
    Utf16,
    /// In another encoding, or not a text.
    #[error("not valid UTF-8")]
    Invalid,
}

impl From<TextError> for std::io::Error {
    fn from(error: TextError) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}

/// Reads bytes as a text, without the byte order mark before it.
///
/// # Errors
/// Another encoding.
pub fn read(bytes: Vec<u8>) -> Result<String, TextError> {
    check(&bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| TextError::Invalid)?;
    Ok(match text.strip_prefix(MARK) {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Reads the file at `path` as a text, without the byte order mark before it.
///
/// # Errors
/// A file that can't be read, or with another encoding.
pub fn read_file(path: &Path) -> std::io::Result<String> {
    Ok(read(std::fs::read(path)?)?)
}

/// The text without the byte order mark before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// Line and column of an offset in `text`, from 1.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

/// The beginning of a text, in bytes, without the byte order mark.
///
/// # Errors
/// UTF-16.
pub fn beginning(bytes: &[u8]) -> Result<&[u8], TextError> {
    check(bytes)?;
    Ok(bytes.strip_prefix(MARK.as_bytes()).unwrap_or(bytes))
}

/// UTF-16 begins with its own mark, or, in the scripts that are written here, has a zero in its first character.
fn check(bytes: &[u8]) -> Result<(), TextError> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..] => {
            Err(TextError::Utf16)
        }
        _ => Ok(()),
    }
}

/// Parses `90s`, `1h30m`, `7d`, `250ms`. Negative spans and bare numbers are refused.
///
/// # Errors
/// The fault, for people.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let fault = || format!("'{text}' is not a duration such as 90s, 1h30m or 7d");
    let span: jiff::Span = text.parse().map_err(|_| fault())?;
    // Days are 24 hours here: no time zone is involved.
    let signed = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .map_err(|_| fault())?;
    Duration::try_from(signed).map_err(|_| format!("'{text}' is negative"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_dropped_and_other_encodings_named() {
        assert_eq!(read(b"\xef\xbb\xbfa".to_vec()).as_deref(), Ok("a"));
        assert_eq!(read(b"a".to_vec()).as_deref(), Ok("a"));
        assert_eq!(read(Vec::new()).as_deref(), Ok(""));
        // One mark only: the next is part of the text.
        assert_eq!(without_mark("\u{feff}\u{feff}a"), "\u{feff}a");
        assert_eq!(beginning(b"\xef\xbb\xbf{}"), Ok(&b"{}"[..]));
        let encoded = |mark: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            format!("{mark}hi").encode_utf16().flat_map(bytes).collect()
        };
        for mark in ["", MARK] {
            for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
                assert_eq!(read(encoded(mark, bytes)), Err(TextError::Utf16));
            }
        }
        assert_eq!(read(b"caf\xe9".to_vec()), Err(TextError::Invalid));
    }
}
