//! The flags that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::network::parse_wire;
use super::parse_duration;
use crate::chat_core::auth::token_source::AuthMethod;
use crate::chat_core::protocol::Format;

/// Flags that every command takes.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Global options")]
pub struct Flags {
    /// API key, `appId.keyId:secret` (a server may have several). Arguments are visible to other processes: prefer `ABLY_API_KEY` or --key-file
    #[arg(long, global = true, value_name = "KEY", hide_short_help = true)]
    pub key: Vec<String>,

    /// File that holds the API key
    #[arg(long, global = true, value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// Ably JWT or Ably token; `ABLY_TOKEN` beats `ABLY_API_KEY`, and both beat `CHATCTL_AUTH_URL` and
    /// `CHATCTL_AUTH_COMMAND`. Arguments are visible to other processes: prefer `ABLY_TOKEN` or --token-file
    #[arg(long, global = true, value_name = "TOKEN", hide_short_help = true)]
    pub token: Option<String>,

    /// File that holds the token
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Auth server to fetch tokens from, and again before they end [env: `CHATCTL_AUTH_URL`]
    #[arg(long, global = true, value_name = "URL")]
    pub auth_url: Option<String>,

    /// Shell command that prints a token, run again before it ends [env: `CHATCTL_AUTH_COMMAND`]
    #[arg(long, global = true, value_name = "COMMAND")]
    pub auth_command: Option<String>,

    /// Method for --auth-url: GET or POST [default: GET]
    #[arg(long, global = true, value_name = "METHOD", value_parser = auth_method, hide_short_help = true)]
    pub auth_method: Option<AuthMethod>,

    /// Header for --auth-url, as in `Authorization: Bearer …`. Arguments are visible to other processes: where that matters, let --auth-command read a file
    #[arg(
        long,
        global = true,
        value_name = "NAME: VALUE",
        hide_short_help = true
    )]
    pub auth_header: Vec<String>,

    /// Parameter for --auth-url: in the query of GET, in the form of POST
    #[arg(long, global = true, value_name = "NAME=VALUE", hide_short_help = true)]
    pub auth_param: Vec<String>,

    /// Identity to act as [env: `ABLY_CLIENT_ID`]
    #[arg(long, global = true, value_name = "ID")]
    pub client_id: Option<String>,

    /// Routing policy (`main`), host, `localhost:9080` or URL [env: `ABLY_ENDPOINT` with `ABLY_PORT`, `ABLY_TLS`]
    #[arg(long, global = true, value_name = "ENDPOINT")]
    pub endpoint: Option<String>,

    /// PEM file of certificates to trust besides the machine's own [env: `CHATCTL_CA_FILE`]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub ca_file: Option<PathBuf>,

    /// Format on the wire: json or msgpack [default: msgpack] [env: `CHATCTL_WIRE`]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = parse_wire, hide_short_help = true)]
    pub wire: Option<Format>,

    /// Longest time for each network operation [default: 10s] [env: `CHATCTL_TIMEOUT`]
    #[arg(long, global = true, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,

    /// Form of the result [default: table] [env: `CHATCTL_OUTPUT`]
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        conflicts_with = "json"
    )]
    pub output: Option<OutputFormat>,

    /// Print JSON: the same as `-o json`
    #[arg(long, global = true)]
    pub json: bool,

    /// Filter the JSON with a jq program; strings are printed raw
    #[arg(long, global = true, value_name = "FILTER")]
    pub jq: Option<String>,

    /// When to use colour [default: auto]
    #[arg(long, global = true, value_name = "WHEN", hide_short_help = true)]
    pub color: Option<ColorChoice>,

    /// How much to log to standard error [default: error] [env: `CHATCTL_LOG_LEVEL`]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<LogLevel>,

    /// Log what is done: the same as `--log-level info`; twice for debug, three times for trace
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "log_level")]
    pub verbose: u8,

    /// Log to a file instead of standard error
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub log_file: Option<PathBuf>,

    /// Form of log lines [default: text]
    #[arg(long, global = true, value_name = "FORMAT", hide_short_help = true)]
    pub log_format: Option<LogFormat>,
}

fn auth_method(word: &str) -> Result<AuthMethod, String> {
    AuthMethod::parse(word).ok_or_else(|| "it is neither GET nor POST".to_owned())
}

/// The form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people: aligned columns
    #[default]
    Table,
    /// One JSON value for the whole result
    Json,
    /// One JSON value a line
    Jsonl,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The six levels of the Chat SDK's `logLevel`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum LogLevel {
    /// Every frame and request
    Trace,
    /// State changes in detail
    Debug,
    /// What is done
    Info,
    /// What looks wrong
    Warn,
    /// What failed
    #[default]
    Error,
    /// Nothing
    Silent,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}
