//! The program of a filter, in the process that runs it: compiled once, and run on each value.

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde::Deserialize as _;
use serde_json::Value;

use super::definitions::definitions;
use super::names;
use super::value::{self, to_json};

/// The longest fault, in characters.
const MAX_FAULT: usize = 200;

/// The values of jq's `$ENV`: the variables of this process, which has none with credentials.
const GLOBALS: [&str; 1] = ["$ENV"];

/// A compiled jq program.
struct Program {
    filter: jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>,
    environment: Val,
}

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
        // The stack is made for it, and too deep a value ends only this process.
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
        let defs = definitions();
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
            .with_global_vars(GLOBALS)
            .compile(modules)
            .map_err(|errors| {
                let unknown = errors.iter().flat_map(|(_, errors)| errors);
                let texts: Vec<String> = unknown
                    .map(|(name, kind)| names::describe_unknown(name, kind))
                    .collect();
                brief(texts.join("; "))
            })?;
        Ok(Self {
            filter,
            environment: value::environment(),
        })
    }

    /// The results on `input`.
    ///
    /// # Errors
    /// The program's own error.
    fn values(&self, input: Value) -> Result<Vec<Value>, String> {
        let input: Val = serde_json::from_value(input).map_err(|error| brief(error.to_string()))?;
        let globals = Vars::new([self.environment.clone()]);
        let ctx = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, globals);
        self.filter
            .id
            .run((ctx, input))
            .map(unwrap_valr)
            .map(|result| {
                let value = result.map_err(|error| brief(error.to_string()))?;
                to_json(&value).map_err(brief)
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

    /// The answer of a filter that gives one value.
    fn one(filter: &str, input: &Value) -> String {
        let answer = lines(filter, input);
        let line = answer.strip_suffix("\n.\n").unwrap_or(&answer);
        line.to_owned()
    }

    #[test]
    fn prelude_is_read_and_its_formats_work() {
        let row = json!(["a\"b", 1.5, null, true, "x\ty\\"]);
        assert_eq!(one("@csv", &row), r#"="\"a\"\"b\",1.5,,true,\"x\ty\\\"""#);
        assert_eq!(one("@tsv", &row), r#"="a\"b\t1.5\t\ttrue\tx\\ty\\\\""#);
        assert_eq!(one("@sh", &json!(["a'b", 1])), r#"="'a'\\''b' 1""#);
        assert_eq!(one("@html", &json!("<&>")), r#"="&lt;&amp;&gt;""#);
        assert_eq!(one("@uri", &json!("a b/é")), r#"="a%20b%2F%C3%A9""#);
        assert_eq!(
            one("@base64 | ., @base64d", &json!("hi")),
            "=\"aGk=\"\n=\"hi\""
        );
        assert_eq!(one("@json, @text", &json!([1])), "=\"[1]\"\n=\"[1]\"");
        assert_eq!(
            one(r#"@csv "row: \([.[]])""#, &json!([1, "a"])),
            r#"="row: 1,\"a\"""#
        );
        let nested = one("@csv", &json!([[1]]));
        assert!(
            nested.contains("array is not valid in a row of CSV"),
            "{nested}"
        );
    }

    #[test]
    fn filters_of_jq_give_what_jq_gives() {
        let input = json!([{"text": "hi", "n": 1}, {"text": "yo", "n": 2}]);
        for (filter, output) in [
            ("pick(.[0].text)", r#"+[{"text":"hi"}]"#),
            ("pick(.[1].n) | .[1]", r#"+{"n":2}"#),
            ("[limit(1; .[])] | length", "+1"),
            ("getpath([1, \"text\"])", "=\"yo\""),
            (
                "[.[0] | tostream]",
                r#"+[[["text"],"hi"],[["n"],1],[["n"]]]"#,
            ),
            ("fromstream(tostream)[1].text", "=\"yo\""),
            (
                "[1 | truncate_stream([[0],1],[[1,0],2],[[1,0]],[[1]])]",
                "+[[[0],2],[[0]]]",
            ),
            ("[inputs]", "+[]"),
            ("INDEX(.text).yo.n", "+2"),
            (".[0].text | IN(\"hi\", \"you\")", "+true"),
            (
                "[{name: \"a\", value: 1}, {k: \"b\", v: false}] | from_entries",
                r#"+{"a":1,"b":false}"#,
            ),
            (
                ".[0] | with_entries(.value |= tostring)",
                r#"+{"text":"hi","n":"1"}"#,
            ),
            ("[1, null, \"a\"] | join(\"-\")", "=\"1--a\""),
            (
                "walk(if type == \"number\" then . + 1 else . end) | .[1].n",
                "+3",
            ),
            ("null | setpath([\"a\", 1]; 7)", r#"+{"a":[null,7]}"#),
            ("10 / 2, 0.5", "+5\n+0.5"),
            ("[nan, infinite]", "+[null,1.7976931348623157e+308]"),
            ("[leaf_paths] | length", "+4"),
            ("first(.[] | select(.n > 1)).text", "=\"yo\""),
            (
                "label $out | .[] | if .n == 1 then ., break $out else . end | .n",
                "+1",
            ),
            ("[.[] | .n] | add / length", "+1.5"),
            ("$ENV | type", "=\"object\""),
            ("[splits(\"a\")?]", "+[]"),
            (
                "\"a,b\" | ascii_upcase | ltrimstr(\"A\") | trimstr(\"B\")",
                "=\",\"",
            ),
            ("0 | todate", "=\"1970-01-01T00:00:00Z\""),
        ] {
            assert_eq!(one(filter, &input), output, "{filter}");
        }
    }

    #[test]
    fn results_are_always_json() {
        for filter in ["{(0|tojson|fromjson): 1}", "{(null): 1}", "{([]): 1}"] {
            let answer = one(filter, &json!(null));
            assert!(
                answer.starts_with("!\"an object's keys must be strings"),
                "{answer}"
            );
        }
        for line in one(
            "(\"a\" | tobytes), {a: nan}, [infinite], 1e1000",
            &json!(null),
        )
        .lines()
        {
            assert!(serde_json::from_str::<Value>(&line[1..]).is_ok(), "{line}");
        }
    }

    #[test]
    fn unknown_filter_is_answered_with_the_nearest() {
        for (filter, advice) in [
            (
                "form_entries",
                "unknown filter 'form_entries'; did you mean 'from_entries'?",
            ),
            ("limit(3)", "'limit' takes 2 arguments, not 1"),
            ("@tvs", "unknown filter '@tvs'; did you mean '@tsv'?"),
            ("$x", "unknown variable '$x'"),
            ("@base32", "unknown filter '@base32'"),
        ] {
            let answer = lines(filter, &json!(null));
            assert!(answer.contains(advice), "{filter}: {answer}");
        }
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
