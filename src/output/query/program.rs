//! The program of a filter, in the process that runs it: compiled once, and run on each value.

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde::Deserialize as _;
use serde_json::Value;

/// The longest fault, in characters.
const MAX_FAULT: usize = 200;

/// A compiled jq program.
struct Program(jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>);

/// Runs a filter for the process that gave it: reads it from the first line of `input`, as a JSON string, and then a
/// value from each further line. What it answers are lines as well: `=` and a string, `+` and another value, `!` and an
/// error of the program, `?` and an error of its syntax, and `.` at the end of each answer.
///
/// # Errors
/// Those of the streams, and lines that are not JSON.
pub fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let source: String = serde_json::from_str(&line)?;
    let program = match Program::compile(&source) {
        Ok(program) => program,
        Err(what) => return writeln!(output, "?{}", Value::from(what)),
    };
    writeln!(output, ".")?;
    output.flush()?;
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut reader = serde_json::Deserializer::from_str(&line);
        // The stack is made for it, and too deep a value ends this process alone.
        reader.disable_recursion_limit();
        let value = Value::deserialize(&mut reader)?;
        let mut text = String::new();
        match program.values(value) {
            Ok(values) => {
                for value in values {
                    let kind = if value.is_string() { '=' } else { '+' };
                    let _ = writeln!(text, "{kind}{value}");
                }
                text.push_str(".\n");
            }
            Err(what) => {
                let _ = writeln!(text, "!{}", Value::from(what));
            }
        }
        output.write_all(text.as_bytes())?;
        output.flush()?;
    }
}

impl Program {
    /// Compiles `source`.
    ///
    /// # Errors
    /// The fault of a text that is not a jq program.
    fn compile(source: &str) -> Result<Self, String> {
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
            .map_err(|errors| brief(describe_load(&errors)))?;
        let filter = Compiler::default()
            .with_funs(funs)
            .compile(modules)
            .map_err(|errors| {
                let names: Vec<String> = errors
                    .iter()
                    .flat_map(|(_, errors)| errors)
                    .map(|(name, _)| format!("unknown name '{name}'"))
                    .collect();
                brief(names.join(", "))
            })?;
        Ok(Self(filter))
    }

    /// The results on `input`.
    ///
    /// # Errors
    /// The program's own error.
    fn values(&self, input: Value) -> Result<Vec<Value>, String> {
        let input: Val = serde_json::from_value(input).map_err(|error| brief(error.to_string()))?;
        let ctx = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        self.0
            .id
            .run((ctx, input))
            .map(unwrap_valr)
            .map(|result| {
                let value = result.map_err(|error| brief(error.to_string()))?;
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
    let program = match Program::compile(source) {
        Ok(program) => program,
        Err(what) => {
            assert!(what.chars().count() <= MAX_FAULT + 1, "{what}");
            return;
        }
    };
    // Every loop of jq has a name, and so has what makes a great deal of little; and products of texts are long.
    let mut words = source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_plain = words.all(|word| PLAIN.contains(&word) || word.len() < 3);
    if is_plain && source.len() < 200 && !source.contains("..") {
        let input = serde_json::json!({"text": "hi", "n": [1, 2.5, null], "o": {"a": true}});
        let _ = program.values(input);
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

    /// The answers of a filter to `input`.
    fn lines(filter: &str, input: &Value) -> String {
        let asked = format!("{}\n{input}\n", Value::from(filter));
        let mut answer = Vec::new();
        serve(asked.as_bytes(), &mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        answer.strip_prefix(".\n").unwrap_or(&answer).to_owned()
    }

    #[test]
    fn strings_are_told_from_the_rest() {
        let input = json!([{"text": "hi \"you\"", "n": 1}, {"text": "😀", "n": 2}]);
        assert_eq!(
            lines(".[].text", &input),
            "=\"hi \\\"you\\\"\"\n=\"😀\"\n.\n"
        );
        assert_eq!(lines("map(.n) | add", &input), "+3\n.\n");
        assert_eq!(
            lines(".[0]", &input),
            "+{\"text\":\"hi \\\"you\\\"\",\"n\":1}\n.\n"
        );
        assert_eq!(lines("empty", &input), ".\n");
    }

    #[test]
    fn big_integers_keep_their_digits() {
        assert_eq!(
            lines(".t", &json!({"t": 1_700_000_000_123_i64})),
            "+1700000000123\n.\n"
        );
    }

    #[test]
    fn faults_say_where() {
        let syntax = lines(".[", &json!(null));
        assert!(syntax.starts_with("?\"expected"), "{syntax}");
        let unknown = lines("nosuch", &json!(null));
        assert!(
            unknown.starts_with('?') && unknown.contains("nosuch"),
            "{unknown}"
        );
        let run = lines(".a.b", &json!({"a": 1}));
        assert!(run.starts_with('!'), "{run}");
    }

    #[test]
    fn a_fault_does_not_tell_the_whole_input() {
        let input = json!({"text": "é".repeat(5000)});
        for filter in [
            ".text.a",
            "error(.text)",
            ".text - 1",
            &format!("{}(", "x".repeat(5000)),
        ] {
            let fault = lines(filter, &input);
            assert!(fault.starts_with(['!', '?']), "{fault}");
            assert!(fault.chars().count() < 250, "{fault}");
        }
    }

    #[test]
    fn deep_values_are_read() {
        let deep = format!("{}1{}", "[".repeat(2000), "]".repeat(2000));
        let asked = format!("\"flatten|.[0]\"\n{deep}\n");
        let mut answer = Vec::new();
        let run = || serve(asked.as_bytes(), &mut answer).map(|()| answer);
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let answer = std::thread::scope(|scope| thread.spawn_scoped(scope, run).unwrap().join());
        assert_eq!(answer.unwrap().unwrap(), b".\n+1\n.\n");
    }
}
