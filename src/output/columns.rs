//! The width of texts on a terminal, and their division into lines.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The number of columns that `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Divides `text` into lines of at most `limit` columns, at spaces where there are any. There is at least one line.
pub fn divide(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(2);
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    // The place behind the last space of the line.
    let mut space = None;
    for cluster in text.graphemes(true) {
        let size = width(cluster);
        if used + size > limit && !line.is_empty() {
            let rest = match space {
                _ if cluster == " " => String::new(),
                Some(at) => line.split_off(at),
                None => String::new(),
            };
            lines.push(line.trim_end().to_owned());
            used = width(&rest);
            line = rest;
            space = None;
            if cluster == " " {
                continue;
            }
        }
        line.push_str(cluster);
        used += size;
        if cluster == " " {
            space = Some(line.len());
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The beginning of `text` that fits `limit` columns; one that is cut ends with `…`.
pub fn clip(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut clipped = String::new();
    let mut used = 1;
    for cluster in text.graphemes(true) {
        used += width(cluster);
        if used > limit {
            break;
        }
        clipped.push_str(cluster);
    }
    clipped.push('…');
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_spaces_and_wide_letters_count_twice() {
        assert_eq!(divide("shall we ship it", 9), ["shall we", "ship it"]);
        assert_eq!(divide("one two", 7), ["one two"]);
        assert_eq!(divide("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(divide("日本語です", 4), ["日本", "語で", "す"]);
        assert_eq!(divide("", 4), [""]);
        let family = "👩‍👩‍👧‍👦";
        assert_eq!(divide(&family.repeat(2), 2), [family, family]);
    }

    #[test]
    fn what_does_not_fit_is_clipped() {
        assert_eq!(clip("alice", 5), "alice");
        assert_eq!(clip("alexandra", 5), "alex…");
        assert_eq!(clip("日本語", 4), "日…");
    }
}
