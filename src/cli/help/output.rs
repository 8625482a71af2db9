//! The forms of results, and the streams that they go to.

/// The text.
pub(super) fn text() -> String {
    TEXT.to_owned()
}

const TEXT: &str = r#"
Results go to standard output; notices, progress, questions, logs and errors to standard error.

| option | result |
| --- | --- |
| -o table | for people, the default: columns; colour and wrapping only on a terminal, as --color, NO_COLOR, CLICOLOR_FORCE and TERM=dumb have it. Nothing is cut where the output is not a terminal. |
| -o json | one JSON value for the whole result, an array for lists; the same as --json. |
| -o jsonl | one JSON value per line. Streams print this for --json too, each line at once. |
| -o tap, -o junit, -o github | test reports of capability test, capability lint, claims lint and auth check. |
| --jq FILTER | the JSON filtered by a jq program; strings are printed raw. jq need not be installed. A value may take it the time of --timeout, and 2 GiB. |

The language of --jq is that of jq 1.7, with these differences: there are no modules (import, include), no ?//, $__loc__,
builtins, @base32 and @base32d; an assignment below null or beyond the end of an array is an error, except by setpath and
pick; the result is the only input, so that inputs is empty; $ENV and env leave out variables that may hold credentials;
halt does nothing, and halt_error is error.

Times in tables are local and short on a terminal, and RFC 3339 in UTC elsewhere. Where a command takes a time, one without
an offset is local, and a date is its first moment. A result without content is a line on standard error.

Names in JSON are those of the wire and of the Chat SDK; times are epoch milliseconds. Output can be fed back as input.
Members of metadata, headers, data, extras and claims keep their order.

Commands whose result is one word print it bare:

    TOKEN=$(chatctl token mint)

Control characters in texts of others are shown as escapes in tables, as in JSON.

Errors are 'error: …' with causes, a hint and a help page. With -o json they are one object on standard error, with null
where Ably has no code:

    {"error": {"code", "statusCode", "message", "href", "hint"}}
"#;
