//! jq filters, compiled once and run on each value.

use std::io::Write;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde_json::Value;

/// The longest fault, in characters.
const MAX_FAULT: usize = 200;

/// A compiled jq filter.
pub struct JqFilter {
    filter: jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>,
    source: String,
}

/// A filter that does not compile, or that failed on a value.
#[derive(Debug, thiserror::Error)]
pub enum JqError {
    /// The text is not a jq program.
    #[error("the jq filter '{0}' does not compile: {1}")]
    Syntax(String, String),
    /// The program failed on a value.
    #[error("the jq filter '{0}' failed: {1}")]
    Run(String, String),
}

impl JqFilter {
    /// Compiles `source`.
    ///
    /// # Errors
    /// A text that is not a jq program.
    pub fn compile(source: &str) -> Result<Self, JqError> {
        let syntax = |what: String| JqError::Syntax(source.to_owned(), brief(what));
        let defs = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs());
        let funs = jaq_core::funs()
            .chain(jaq_std::funs())
            .chain(jaq_json::funs());
        let arena = Arena::default();
        let program = File {
            code: source,
            path: (),
        };
        let modules = Loader::new(defs)
            .load(&arena, program)
            .map_err(|errors| syntax(describe_load(&errors)))?;
        let filter = Compiler::default()
            .with_funs(funs)
            .compile(modules)
            .map_err(|errors| {
                let names: Vec<String> = errors
                    .iter()
                    .flat_map(|(_, errors)| errors)
                    .map(|(name, _)| format!("unknown name '{name}'"))
                    .collect();
                syntax(names.join(", "))
            })?;
        Ok(Self {
            filter,
            source: source.to_owned(),
        })
    }

    /// Runs the filter on `input` and writes each result on a line: strings raw, the rest as JSON.
    ///
    /// # Errors
    /// The program's own error, or that of `to`.
    pub fn run(&self, input: &Value, to: &mut dyn Write) -> anyhow::Result<()> {
        for value in self.values(input)? {
            match value {
                Value::String(text) => writeln!(to, "{text}")?,
                value => writeln!(to, "{value}")?,
            }
        }
        Ok(())
    }

    /// The results of the filter on `input`.
    ///
    /// # Errors
    /// The program's own error.
    pub fn values(&self, input: &Value) -> Result<Vec<Value>, JqError> {
        let failed = |what: String| JqError::Run(self.source.clone(), brief(what));
        let input: Val =
            serde_json::from_value(input.clone()).map_err(|error| failed(error.to_string()))?;
        let ctx = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        self.filter
            .id
            .run((ctx, input))
            .map(unwrap_valr)
            .map(|result| {
                let value = result.map_err(|error| failed(error.to_string()))?;
                // jaq has its own notation for values that JSON lacks (nan, bytes).
                Ok(serde_json::from_str(&value.to_string())
                    .unwrap_or_else(|_| Value::String(value.to_string())))
            })
            .collect()
    }
}

/// Shortens a fault, which may name a whole value.
fn brief(mut what: String) -> String {
    if let Some((end, _)) = what.char_indices().nth(MAX_FAULT) {
        what.truncate(end);
        what.push('…');
    }
    what
}

fn describe_load(errors: &jaq_core::load::Errors<&str, ()>) -> String {
    use jaq_core::load::Error;
    let near = |text: &str| match text.split_whitespace().next() {
        Some(word) => format!("near '{word}'"),
        None => "at its end".to_owned(),
    };
    let parts: Vec<String> = errors
        .iter()
        .flat_map(|(_, error)| match error {
            Error::Io(errors) => errors
                .iter()
                .map(|(_, error)| error.clone())
                .collect::<Vec<_>>(),
            Error::Lex(errors) => errors
                .iter()
                .map(|(expected, text)| format!("expected {} {}", expected.as_str(), near(text)))
                .collect(),
            Error::Parse(errors) => errors
                .iter()
                .map(|(expected, found)| format!("expected {} {}", expected.as_str(), near(found)))
                .collect(),
        })
        .collect();
    parts.join(", ")
}

/// Compiles a filter, and runs it on a value unless it may not end.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(source: &str) {
    let filter = match JqFilter::compile(source) {
        Ok(filter) => filter,
        Err(error) => {
            let JqError::Syntax(_, what) = &error else {
                panic!("{error}");
            };
            assert!(what.chars().count() <= MAX_FAULT + 1, "{what}");
            return;
        }
    };
    // Every loop of jq has a name, and so has what makes a great deal of little; and products of texts are long.
    let mut words = source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_plain = words.all(|word| PLAIN.contains(&word) || word.len() < 3);
    if is_plain && source.len() < 200 && !source.contains("..") {
        let input = serde_json::json!({"text": "hi", "n": [1, 2.5, null], "o": {"a": true}});
        let _ = filter.values(&input);
    }
}

/// The words of a filter that ends soon.
#[cfg(any(test, fuzzing))]
const PLAIN: [&str; 24] = [
    "", "text", "and", "or", "not", "if", "then", "else", "elif", "end", "select", "map", "length",
    "keys", "add", "any", "all", "tostring", "tojson", "test", "error", "empty", "null", "true",
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(filter: &str, input: &Value) -> String {
        let mut text = Vec::new();
        JqFilter::compile(filter)
            .unwrap()
            .run(input, &mut text)
            .unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn strings_are_raw_and_the_rest_is_json() {
        let input = json!([{"text": "hi \"you\"", "n": 1}, {"text": "😀", "n": 2}]);
        assert_eq!(lines(".[].text", &input), "hi \"you\"\n😀\n");
        assert_eq!(lines("map(.n) | add", &input), "3\n");
        assert_eq!(
            lines(".[0]", &input),
            "{\"text\":\"hi \\\"you\\\"\",\"n\":1}\n"
        );
        assert_eq!(lines("empty", &input), "");
    }

    #[test]
    fn big_integers_keep_their_digits() {
        assert_eq!(
            lines(".t", &json!({"t": 1_700_000_000_123_i64})),
            "1700000000123\n"
        );
    }

    #[test]
    fn faults_say_where() {
        let syntax = JqFilter::compile(".[").err().unwrap().to_string();
        assert!(syntax.contains("does not compile"), "{syntax}");
        let unknown = JqFilter::compile("nosuch").err().unwrap().to_string();
        assert!(unknown.contains("nosuch"), "{unknown}");
        let run = JqFilter::compile(".a.b")
            .unwrap()
            .values(&json!({"a": 1}))
            .unwrap_err()
            .to_string();
        assert!(run.contains("failed"), "{run}");
    }

    #[test]
    fn a_fault_does_not_tell_the_whole_input() {
        let input = json!({"text": "é".repeat(5000)});
        for filter in [".text.a", "error(.text)", ".text - 1"] {
            let query = JqFilter::compile(filter).unwrap();
            let fault = query.values(&input).unwrap_err().to_string();
            assert!(fault.contains("failed"), "{fault}");
            assert!(
                fault.ends_with('…') && fault.chars().count() < 250,
                "{fault}"
            );
        }
        let word = JqFilter::compile(&format!("{}(", "x".repeat(5000)))
            .err()
            .unwrap();
        let JqError::Syntax(_, fault) = word else {
            panic!("{word}")
        };
        assert!(fault.chars().count() <= MAX_FAULT + 1, "{fault}");
    }
}
