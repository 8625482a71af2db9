//! The options that say whom a fault is about.

use clap::Args;
use serde_json::Value;

use crate::server::faults::RuleForm;

/// Whom a fault is about.
#[derive(Args, Default)]
pub(super) struct Target {
    /// Client that it is about; * stands for any text
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,

    /// Room that it is about; * stands for any text
    #[arg(long, value_name = "ROOM")]
    room: Option<String>,

    /// Channel that it is about; * stands for any text
    #[arg(long, value_name = "CHANNEL", conflicts_with = "room")]
    channel: Option<String>,

    /// Connection that it is about: a connectionId
    #[arg(long, value_name = "ID")]
    connection: Option<String>,
}

/// The apps that a fault is for.
#[derive(Args, Default)]
pub(super) struct Scope {
    /// For all apps of the server, not only that of the key in use
    #[arg(long)]
    pub(super) all_apps: bool,
}

impl Target {
    /// Writes it into a rule.
    pub(super) fn into_rule(self, rule: &mut RuleForm) {
        rule.client = self.client;
        rule.room = self.room;
        rule.channel = self.channel;
        rule.connection = self.connection.map(Value::String);
    }
}
