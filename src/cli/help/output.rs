//! The forms of results, and the streams that they go to.

/// The text.
pub(super) fn text() -> String {
    "Results go to standard output; notices, progress, questions, logs and errors to standard error.\n\
     \n\
     -o table   for people (the default): columns; colour and wrapping only on a terminal. NO_COLOR and --color are\n\
     \x20          honoured, and nothing is cut where the output is not a terminal.\n\
     -o json    one JSON value for the whole result, an array for lists; the same as --json.\n\
     -o jsonl   one JSON value per line. Streams print this for --json too, each line at once.\n\
     --jq F     the JSON filtered by the jq program F; strings are printed raw. jq need not be installed.\n\
     \x20          A value may take it the time of --timeout, and 2 GiB.\n\
     \n\
     Names in JSON are those of the wire and of the Chat SDK; times are epoch milliseconds. Output can be fed back as\n\
     input. Members of metadata, headers, data, extras and claims keep their order.\n\
     Commands whose result is one word print it bare: TOKEN=$(chatctl token mint).\n\
     Control characters in texts of others are shown as escapes in tables, as in JSON.\n\
     Errors are 'error: …' with causes, a hint and a help page, or with -o json one object on standard error:\n\
     {\"error\": {\"code\", \"statusCode\", \"message\", \"href\", \"hint\"}}, with null where Ably has no code.\n"
        .to_owned()
}
