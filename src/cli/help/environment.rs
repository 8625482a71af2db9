//! The variables that commands read, and those that they set.

use serde_json::{Value, json};

/// A variable.
struct Variable {
    name: &'static str,
    /// The flag that is more specific, where there is one.
    flag: Option<&'static str>,
    meaning: &'static str,
}

const fn variable(
    name: &'static str,
    flag: Option<&'static str>,
    meaning: &'static str,
) -> Variable {
    Variable {
        name,
        flag,
        meaning,
    }
}

const READ: &[Variable] = &[
    variable("ABLY_API_KEY", Some("--key"), "API key, appId.keyId:secret"),
    variable(
        "ABLY_TOKEN",
        Some("--token"),
        "Ably JWT or Ably token; beats ABLY_API_KEY",
    ),
    variable(
        "CHATCTL_AUTH_URL",
        Some("--auth-url"),
        "auth server to fetch tokens from",
    ),
    variable(
        "CHATCTL_AUTH_COMMAND",
        Some("--auth-command"),
        "shell command that prints a token",
    ),
    variable("ABLY_CLIENT_ID", Some("--client-id"), "identity to act as"),
    variable(
        "CHATCTL_ADMIN_TOKEN",
        None,
        "admin token of a server, for faults; exec sets it",
    ),
    variable(
        "CHATCTL_CONTROL_TOKEN",
        None,
        "access token that serve --control takes",
    ),
    variable(
        "ABLY_ENDPOINT",
        Some("--endpoint"),
        "routing policy, host or URL",
    ),
    variable("ABLY_PORT", None, "port, beside ABLY_ENDPOINT"),
    variable("ABLY_TLS", None, "true or false, beside ABLY_ENDPOINT"),
    variable(
        "CHATCTL_PROFILE",
        Some("--profile"),
        "profile of the config file to use",
    ),
    variable(
        "CHATCTL_CONFIG",
        None,
        "config file, an absolute path; chatctl/config.toml in XDG_CONFIG_HOME",
    ),
    variable(
        "CHATCTL_CA_FILE",
        Some("--ca-file"),
        "certificates to trust besides the machine's own, PEM",
    ),
    variable(
        "CHATCTL_WIRE",
        Some("--wire"),
        "format on the wire: msgpack or json",
    ),
    variable(
        "CHATCTL_TIMEOUT",
        Some("--timeout"),
        "time limit of each network operation; 10s",
    ),
    variable(
        "CHATCTL_RETRY",
        None,
        "base of the waits between attempts to reconnect, from half a minute after a drop, or at once if under 1s; 15s",
    ),
    variable(
        "CHATCTL_OUTPUT",
        Some("--output"),
        "form of results: table, json or jsonl",
    ),
    variable(
        "CHATCTL_LOG_LEVEL",
        Some("--log-level"),
        "trace, debug, info, warn, error or silent",
    ),
    variable(
        "CHATCTL_LOCAL_IDLE",
        None,
        "idle time after which the local server stops; 15m",
    ),
    variable(
        "CI",
        None,
        "if set to anything but false, the local server is not used",
    ),
    variable("NO_COLOR", Some("--color"), "no colour, if it is not empty"),
    variable(
        "CHATCTL_PAGER",
        None,
        "pager for help that is longer than the terminal; PAGER, else less; empty or cat for none",
    ),
    variable("PAGER", None, "the same, for all programs"),
    variable(
        "CHATCTL_COMPLETE",
        None,
        "shell that asks for completions; set by its script",
    ),
    variable(
        "CLICOLOR_FORCE",
        Some("--color"),
        "colour also where there is no terminal, unless it is 0 or NO_COLOR is set",
    ),
    variable("TERM", None, "no colour, if it is dumb"),
    variable(
        "HTTP_PROXY",
        None,
        "proxy for plain connections, http://host:port; localhost is never proxied",
    ),
    variable("HTTPS_PROXY", None, "proxy for encrypted connections"),
    variable("ALL_PROXY", None, "proxy for both"),
    variable(
        "NO_PROXY",
        None,
        "hosts that are reached without a proxy, separated by commas",
    ),
    variable(
        "XDG_CONFIG_HOME",
        None,
        "folder that has the folder of the config file; ~/.config",
    ),
    variable("VISUAL", None, "editor of 'config edit', before EDITOR; vi"),
    variable("EDITOR", None, "the same"),
    variable(
        "XDG_STATE_HOME",
        None,
        "folder that has the local server's folder; ~/.local/state",
    ),
    variable(
        "XDG_RUNTIME_DIR",
        None,
        "folder of the sockets between presence enter, update and leave",
    ),
    variable("TMPDIR", None, "folder for temporary files; /tmp"),
    variable(
        "SSL_CERT_FILE",
        None,
        "certificates to trust instead of the machine's own",
    ),
];

const SET: &[Variable] = &[
    variable("ABLY_API_KEY", None, "key of the server that exec started"),
    variable("ABLY_ENDPOINT", None, "its host"),
    variable("ABLY_PORT", None, "its port"),
    variable("ABLY_TLS", None, "whether it speaks TLS"),
    variable("ABLY_URL", None, "its URL, for Ably's own command line"),
    variable("CHATCTL_URL", None, "its URL"),
    variable(
        "CHATCTL_EXEC",
        None,
        "1: no config file is read within exec",
    ),
    variable(
        "CHATCTL_CA_FILE",
        None,
        "with exec --tls: the certificate to trust",
    ),
    variable(
        "NODE_EXTRA_CA_CERTS",
        None,
        "with exec --tls: the same for Node, besides the certificates it had",
    ),
    variable(
        "CHATCTL_CLOCK",
        None,
        "with exec --virtual-time: the socket by which processes take part",
    ),
    variable(
        "CHATCTL_CLOCK_NAME",
        None,
        "with exec --virtual-time: the name of a child process, in the order of which timers run",
    ),
    variable(
        "CHATCTL_CLOCK_SEED",
        None,
        "with exec --virtual-time: the number of --random-seed",
    ),
    variable(
        "NODE_OPTIONS",
        None,
        "with exec --virtual-time: what it was, and the script that makes timers virtual",
    ),
    variable(
        "ABLY_CLIENT_ID",
        None,
        "for --auth-command: the clientId that the token is for",
    ),
];

/// The tables for people.
pub(super) fn text() -> String {
    let read: Vec<String> = READ
        .iter()
        .map(|it| {
            let flag = it.flag.unwrap_or_default();
            format!("| {} | {flag} | {} |", it.name, it.meaning)
        })
        .collect();
    let set = SET.iter();
    let set: Vec<String> = set
        .map(|it| format!("| {} | {} |", it.name, it.meaning))
        .collect();
    format!(
        "## Read by commands\n\nAn option beats its variable, which beats the config file (chatctl help settings).\n\n\
         | variable | option | meaning |\n| --- | --- | --- |\n{}\n\n\
         A variable of ABLY_ or CHATCTL_ that a command reads and that is set but empty is an error: most often it is a \
         secret that is missing in CI. A URL in ABLY_ENDPOINT includes port and TLS: ABLY_PORT and ABLY_TLS are ignored \
         then. Endpoint, port and TLS are one setting, and so are key, token and token source: the most specific source \
         gives all of it.\n\n\
         ## Set for commands that chatctl runs\n\n\
         | variable | meaning |\n| --- | --- |\n{}\n",
        read.join("\n"),
        set.join("\n")
    )
}

/// The variables for programs.
pub(super) fn json() -> Value {
    let list = |variables: &[Variable]| -> Vec<Value> {
        let variables = variables.iter();
        variables
            .map(|it| json!({"name": it.name, "flag": it.flag, "meaning": it.meaning}))
            .collect()
    };
    json!({"read": list(READ), "set": list(SET)})
}
