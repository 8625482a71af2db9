//! jq filters, compiled once and run on each value.

use std::io::Write;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde_json::Value;

/// How much of a fault is told, in characters.
const MAX_FAULT: usize = 200;

/// A compiled jq filter.
pub struct Query {
    filter: jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>,
    source: String,
}

/// A filter that does not compile, or that failed on a value.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The text is no jq program.
    #[error("the jq filter '{0}' does not compile: {1}")]
    Syntax(String, String),
    /// The program failed on a value.
    #[error("the jq filter '{0}' failed: {1}")]
    Run(String, String),
}

impl Query {
    /// Compiles `source`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(source: &str) -> Result<Self, QueryError> {
        let syntax = |what: String| QueryError::Syntax(source.to_owned(), brief(what));
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
                    .map(|(name, _)| format!("'{name}' is not known"))
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
    pub fn values(&self, input: &Value) -> Result<Vec<Value>, QueryError> {
        let failed = |what: String| QueryError::Run(self.source.clone(), brief(what));
        let input: Val =
            serde_json::from_value(input.clone()).map_err(|error| failed(error.to_string()))?;
        let ctx = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        self.filter
            .id
            .run((ctx, input))
            .map(unwrap_valr)
            .map(|result| {
                let value = result.map_err(|error| failed(error.to_string()))?;
                // jaq writes what JSON has no word for (nan, bytes) in its own way.
                Ok(serde_json::from_str(&value.to_string())
                    .unwrap_or_else(|_| Value::String(value.to_string())))
            })
            .collect()
    }
}

/// What is wrong, without the most of a value that it names in full.
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(filter: &str, input: &Value) -> String {
        let mut text = Vec::new();
        Query::compile(filter)
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
        let syntax = Query::compile(".[").err().unwrap().to_string();
        assert!(syntax.contains("does not compile"), "{syntax}");
        let unknown = Query::compile("nosuch").err().unwrap().to_string();
        assert!(unknown.contains("nosuch"), "{unknown}");
        let run = Query::compile(".a.b")
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
            let query = Query::compile(filter).unwrap();
            let fault = query.values(&input).unwrap_err().to_string();
            assert!(fault.contains("failed"), "{fault}");
            assert!(
                fault.ends_with('…') && fault.chars().count() < 250,
                "{fault}"
            );
        }
        let word = Query::compile(&format!("{}(", "x".repeat(5000)))
            .err()
            .unwrap();
        let QueryError::Syntax(_, fault) = word else {
            panic!("{word}")
        };
        assert!(fault.chars().count() <= MAX_FAULT + 1, "{fault}");
    }
}
