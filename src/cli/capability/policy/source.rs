//! The text of a policy file: the places of its words, and faults in them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::file::{PolicyFile, Word};
use crate::chat_core::analysis::permission::Permission;
use crate::chat_core::analysis::policy::{SourceLocation, Spanned};
use crate::chat_core::text;
use crate::cli::Context;
use crate::cli::failure::Failure;
use crate::cli::toml_file;
use crate::settings::parse_duration;

/// A policy file.
pub(super) struct PolicySource {
    name: Arc<str>,
    folder: PathBuf,
    text: String,
    /// The offsets of its lines.
    lines: Vec<usize>,
}

impl PolicySource {
    /// The file called `name` with this text, beside the others of `folder`.
    pub(super) fn new(name: Arc<str>, folder: PathBuf, text: String) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Self {
            lines: std::iter::once(0).chain(ends).collect(),
            name,
            folder,
            text,
        }
    }

    /// Reads the file at `path`; standard input for `-`. An `@` may stand before it, as before other files.
    ///
    /// # Errors
    /// A file that can't be read.
    pub(super) fn read(path: &Path, context: &Context) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            let text = context.text_argument("-")?;
            return Ok(Self::new("standard input".into(), PathBuf::new(), text));
        }
        let bare = path.to_str().and_then(|path| path.strip_prefix('@'));
        let path = bare.map_or(path, Path::new);
        let name: Arc<str> = path.display().to_string().into();
        let text = text::read_file(path)
            .map_err(|error| Failure::usage(format!("can't read the policy {name}: {error}")))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self::new(name, folder, text))
    }

    /// Parses the file.
    ///
    /// # Errors
    /// A fault in it, with its place.
    pub(super) fn parse(&self) -> anyhow::Result<PolicyFile> {
        toml::from_str(&self.text).map_err(|error| {
            let fault = self.fault(error.span(), &toml_file::message(&error));
            match nearest_field(error.message()) {
                Some(nearest) => fault.hint(format!("did you mean '{nearest}'?")).into(),
                None => fault.into(),
            }
        })
    }

    /// The path of a file that is named in this one.
    pub(super) fn beside(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// The place where a span begins.
    pub(super) fn place(&self, span: &Range<usize>) -> SourceLocation {
        SourceLocation {
            file: Arc::clone(&self.name),
            line: self.position(span.start).0,
        }
    }

    /// A value of the file with its place.
    pub(super) fn spanned<T>(&self, what: T, span: &Range<usize>) -> Spanned<T> {
        let line = self.position(span.start).0;
        Spanned { what, line }
    }

    /// A fault in the file, at a span of it.
    pub(super) fn fault(&self, span: Option<Range<usize>>, what: &str) -> Failure {
        let place = span.map_or_else(String::new, |span| {
            let (line, column) = self.position(span.start);
            format!("{line}:{column}:")
        });
        Failure::usage(format!("{}:{place} {what}", self.name))
    }

    /// The feature or operation that a word names.
    ///
    /// # Errors
    /// A word that names neither, with the nearest that does.
    pub(super) fn permission(&self, word: &Word) -> anyhow::Result<Permission> {
        let text = word.get_ref();
        Permission::parse(text).ok_or_else(|| {
            let what = format!("unknown feature or operation '{text}'");
            self.fault(Some(word.span()), &what)
                .hint(match Permission::nearest(text) {
                    Some(nearest) => format!("did you mean '{nearest}'?"),
                    None => "`chatctl capability features` lists them".to_owned(),
                })
                .into()
        })
    }

    /// The features and operations that several words name.
    ///
    /// # Errors
    /// As [`PolicySource::permission`].
    pub(super) fn permissions(&self, words: &[Word]) -> anyhow::Result<Vec<Spanned<Permission>>> {
        words
            .iter()
            .map(|word| Ok(self.spanned(self.permission(word)?, &word.span())))
            .collect()
    }

    /// The span that a word is.
    ///
    /// # Errors
    /// An invalid word.
    pub(super) fn span(&self, word: Option<&Word>) -> anyhow::Result<Option<Spanned<Duration>>> {
        word.map(|word| {
            let span = parse_duration(word.get_ref())
                .map_err(|fault| self.fault(Some(word.span()), &fault))?;
            Ok(self.spanned(span, &word.span()))
        })
        .transpose()
    }

    /// Line and column, from 1.
    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|begin| *begin <= offset);
        let begin = self.lines.get(line.saturating_sub(1)).copied();
        let before = self.text.get(begin.unwrap_or_default()..offset);
        (line, before.unwrap_or_default().chars().count() + 1)
    }
}

/// The known field that is nearest to an unknown one, out of the parser's message that lists them.
fn nearest_field(message: &str) -> Option<&str> {
    let rest = message.strip_prefix("unknown field `")?;
    let (field, rest) = rest.split_once('`')?;
    let known = rest.split('`').skip(1).step_by(2);
    nearest(field, known)
}

/// The one of `names` that is nearest to `word`.
pub(in crate::cli::capability) fn nearest<'a>(
    word: &str,
    names: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    names
        .map(|name| (name, strsim::jaro_winkler(word, name)))
        .filter(|(_, likeness)| *likeness > 0.8)
        .max_by(|one, two| one.1.total_cmp(&two.1))
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_are_answered_with_the_nearest() {
        let message = "unknown field `alow`, expected one of `name`, `allow`, `deny`";
        assert_eq!(nearest_field(message), Some("allow"));
        assert_eq!(nearest_field("missing field `name`"), None);
    }

    #[test]
    fn positions_are_lines_and_columns() {
        let text = "a = 1\nää = 2\n".to_owned();
        let source = PolicySource::new("p.toml".into(), PathBuf::new(), text);
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(6), (2, 1));
        assert_eq!(source.position(10), (2, 3));
        assert_eq!(source.position(5), (1, 6));
        assert_eq!(source.position(15), (3, 1));
        let fault = source.fault(Some(6..7), "no");
        assert_eq!(fault.report.message, "p.toml:2:1: no");
    }
}
