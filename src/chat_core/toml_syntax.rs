//! Faults in the syntax of TOML files, in words that say what to do: the parser's own are for people who write parsers.

/// The fault that the parser calls `message`; `None` for one that is not of the syntax.
pub fn describe(message: &str) -> Option<&'static str> {
    // A value of the wrong type is no fault of the syntax.
    if message.starts_with("invalid type: ") || message.starts_with("invalid value: ") {
        return None;
    }
    let mut known = FAULTS.iter();
    known.find_map(|(beginning, words)| message.starts_with(beginning).then_some(*words))
}

/// The beginnings of the parser's messages, longer ones first, and the words for them.
const FAULTS: &[(&str, &str)] = &[
    (
        "string values must be quoted",
        "a value is missing or has no quotes: write a text as in name = \"value\"",
    ),
    (
        "key with no value",
        "a name must be followed by = and a value, as in name = \"value\"",
    ),
    (
        "missing assignment",
        "a name must be followed by = and a value, as in name = \"value\"",
    ),
    (
        "invalid boolean",
        "must be true or false, or a text in quotes",
    ),
    (
        "invalid date",
        "not a valid date or time: put a text in quotes",
    ),
    (
        "invalid time",
        "not a valid date or time: put a text in quotes",
    ),
    ("missing value", "a value is missing behind the ="),
    ("invalid value", "a value is missing behind the ="),
    ("missing key", "a name is missing before the ="),
    ("unquoted keys cannot be empty", "a name is missing"),
    (
        "invalid unquoted key",
        "a name has letters, digits, '-' and '_'; put another one in quotes",
    ),
    (
        "unclosed array table",
        "a heading must end with its brackets, as in [[name]]",
    ),
    (
        "unclosed table",
        "a heading must end with its bracket, as in [name]",
    ),
    ("unclosed array", "a list must end with ]"),
    ("unclosed inline table", "a table in braces must end with }"),
    (
        "duplicate key",
        "this name is already set: leave one of the two out",
    ),
    (
        "invalid multi-line",
        "a text in three quotes must end with three quotes",
    ),
    (
        "invalid basic string",
        "a text must end with its quote, on the same line",
    ),
    (
        "invalid literal string",
        "a text must end with its quote, on the same line",
    ),
    (
        "missing opening quote",
        "a text must begin and end with a quote",
    ),
    (
        "missing escaped value",
        "'\\' is special between double quotes: write it twice, or use single quotes",
    ),
    (
        "too few unicode value digits",
        "'\\u' needs four digits: write '\\' twice, or use single quotes",
    ),
    (
        "missing comma between array elements",
        "a comma is missing between two values of a list",
    ),
    (
        "missing comma between key-value pairs",
        "a comma is missing between two values of a table",
    ),
    ("extra comma", "there is a comma too many"),
    ("extra ", "there is an = too many"),
    (
        "unexpected `=` in array",
        "a list has values without names: use { name = value } for a table",
    ),
    (
        "unexpected key or value",
        "begin a new line for the next name",
    ),
    ("unexpected content", "begin a new line for the next name"),
    (
        "carriage return must be followed by newline",
        "a line ends in a way that no system uses: save the file with the line ends of this one",
    ),
    ("invalid comment character", "remove the control character"),
    ("unexpected leading zero", NUMBER),
    ("unexpected sign", NUMBER),
    ("redundant ", NUMBER),
    ("integers with a radix", NUMBER),
    ("radix must be lowercase", NUMBER),
    ("`_` may only go between digits", NUMBER),
    (
        "cannot extend value",
        "this name has a value already: it can't be a table too",
    ),
    (
        "cannot recurse further",
        "tables and lists are nested too deeply",
    ),
    ("recursion limit", "tables and lists are nested too deeply"),
    ("invalid ", "not valid TOML"),
    ("unexpected ", "not valid TOML"),
];

const NUMBER: &str = "not a valid number: put a text in quotes";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_the_parser_are_said_in_our_words() {
        for (text, words) in [
            ("endpoint = main\n", "no quotes"),
            ("timeout\n", "followed by ="),
            ("timeout = \n", "value is missing"),
            ("= 1\n", "name is missing"),
            ("[profiles.a\n", "a heading must end"),
            ("[[keys]\n", "a heading must end"),
            ("a = [1, 2\n", "a list must end"),
            ("a = tru\n", "true or false"),
            ("a = 2026-13-01\n", "date"),
            ("a = { b = 1\n", "table in braces must end"),
            ("a = 1\na = 2\n", "already set"),
            ("[a]\n[a]\n", "already set"),
            ("a = \"x\nb = 1\n", "end with its quote"),
            ("a = 'x\n", "end with its quote"),
            ("a = \"C:\\dir\"\n", "write it twice"),
            ("a = 1 b = 2\n", "begin a new line"),
            ("größe = 1\n", "letters, digits"),
            ("a = 01\n", "not a valid number"),
            ("a == 1\n", "= too many"),
            ("a = {b = 1, b = 2}\n", "already set"),
            ("a = [1,,2]\n", "comma too many"),
        ] {
            let message = toml::from_str::<toml::Table>(text).unwrap_err();
            let found = describe(message.message());
            assert!(
                found.is_some_and(|found| found.contains(words)),
                "{text:?}: {} gave {found:?}",
                message.message()
            );
        }
        assert_eq!(describe("missing field `a`"), None);
        assert_eq!(describe("invalid type: string \"x\", expected a map"), None);
    }
}
