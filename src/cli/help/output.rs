//! How results look and where they go.

/// The text.
pub(super) fn text() -> String {
    "Results go to standard output; notices, progress, questions, logs and errors to standard error.\n\
     \n\
     -o table   for people (the default): columns; colour and wrapping only on a terminal. NO_COLOR and --color are\n\
     \x20          honoured, and nothing is cut where the output is no terminal.\n\
     -o json    one JSON value for the whole result, an array for lists; the same as --json.\n\
     -o jsonl   one JSON value a line. Streams print this for --json too, each line at once.\n\
     --jq F     what the jq filter F makes of the JSON; texts are printed bare. No jq is needed on the machine.\n\
     \n\
     Names in JSON are those of the wire and of the Chat SDK; times are epoch milliseconds. What is printed can be fed\n\
     back as input. Members of metadata, headers, data, extras and claims keep their order.\n\
     Commands whose result is one word print it bare: TOKEN=$(chatctl token mint).\n\
     Control characters in other people's texts are shown as escapes in tables; JSON has them escaped by itself.\n\
     Errors are 'error: …' with causes, a hint and a help page, or with -o json one object on standard error:\n\
     {\"error\": {\"code\", \"statusCode\", \"message\", \"href\", \"hint\"}}, with null where Ably has no code.\n"
        .to_owned()
}
