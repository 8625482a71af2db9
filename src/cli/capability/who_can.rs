//! `capability who-can`: finds the roles of a policy, or the tokens of a list, that may do something in a room.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::policy::TokenCommands;
use super::question::ANSWERS;
use super::rooms::check_rooms;
use super::{argument, policy};
use crate::chat_core::analysis::{Permission, token_text};
use crate::chat_core::auth::feature::FeatureCheck;
use crate::chat_core::auth::{Capability, Operation, Target, jwt};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::grants::{self, unknown};
use crate::cli::subject::of_token;
use crate::output::{Look, Render, table::Columns, to_json};

/// List the roles or tokens that may do something in a room
///
///     chatctl capability who-can lobby --op message-delete-any --policy policy.toml
///     chatctl capability who-can dms:alice --feature send-messages --tokens @tokens.txt
///
/// Exits 1 if none may.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct WhoCan {
    /// Name of the room
    // An operation or feature before the room is the older form.
    #[arg(value_name = "ROOM", required = true, num_args = 1..=2)]
    words: Vec<String>,

    /// Chat feature, as `chatctl capability features` lists them
    #[arg(long, value_name = "FEATURE", conflicts_with = "op")]
    feature: Option<String>,

    /// Operation, as capabilities name them
    #[arg(long, value_name = "OP")]
    op: Option<String>,

    /// Policy whose roles are checked; `-` for standard input
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,

    /// Run the token commands of the policy, which are shell commands in it
    #[arg(long, requires = "policy")]
    run_commands: bool,

    /// Tokens to check, one per line; `-` for standard input, `@file` for a file
    #[arg(long, value_name = "TOKENS")]
    tokens: Option<String>,
}

impl WhoCan {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (room, permission) = self.question()?;
        check_rooms(std::slice::from_ref(&room), context)?;
        if self.policy.is_empty() && self.tokens.is_none() {
            let message = "give --policy or --tokens: the roles or the tokens to check";
            return Err(Failure::usage(message)
                .hint(format!(
                    "chatctl capability who-can {} {} --policy FILE",
                    Word(&room),
                    flag(permission)
                ))
                .into());
        }
        let files = self.policy.iter().filter_map(|path| path.to_str());
        argument::one_stdin(files.chain(self.tokens.as_deref()))?;
        let target = Target::room(&room);
        let loaded = policy::load(
            &self.policy,
            TokenCommands::offline(self.run_commands),
            context,
        )?;
        let mut answers: Vec<Candidate> = Vec::new();
        for role in &loaded.policy.roles {
            if let Some(capability) = &role.capability {
                answers.push(Candidate {
                    kind: "role",
                    name: role.name.clone(),
                    check: permission.check(capability, &target),
                });
            }
        }
        if let Some(tokens) = &self.tokens {
            for (name, capability) in read_tokens(tokens, context)? {
                let check = permission.check(&capability, &target);
                answers.push(Candidate {
                    kind: "token",
                    name,
                    check,
                });
            }
        }
        if answers.is_empty() {
            return Err(Failure::usage("there are no roles and no tokens to check").into());
        }
        let anybody = answers.iter().any(|answer| answer.check.allowed);
        context.output.print(&Candidates {
            room,
            permission,
            answers,
        })?;
        Ok(Exit::verdict(anybody))
    }
}

impl WhoCan {
    /// The room, and the permission in question.
    fn question(&self) -> anyhow::Result<(String, Permission)> {
        match (self.words.as_slice(), &self.feature, &self.op) {
            ([room], Some(word), _) => {
                let feature = grants::feature("--feature", word)?;
                Ok((room.clone(), Permission::Feature(feature)))
            }
            ([room], None, Some(word)) => {
                let operation = Operation::parse(word)
                    .ok_or_else(|| unknown("--op", "operation", word, Operation::nearest(word)))?;
                Ok((room.clone(), Permission::Operation(operation)))
            }
            ([room], None, None) => Err(Failure::usage("give --feature or --op")
                .hint(format!(
                    "chatctl capability who-can {} --feature send-messages --policy FILE",
                    Word(room)
                ))
                .into()),
            ([word, room], None, None) => {
                let permission = Permission::parse(word).ok_or_else(|| {
                    unknown(
                        "OP",
                        "feature or operation",
                        word,
                        Permission::nearest(word),
                    )
                })?;
                Ok((room.clone(), permission))
            }
            _ => Err(Failure::usage("give one room").into()),
        }
    }
}

fn flag(permission: Permission) -> String {
    match permission {
        Permission::Feature(feature) => format!("--feature {}", feature.name()),
        Permission::Operation(operation) => format!("--op {}", operation.name()),
    }
}

/// A word of a shell command, quoted where it has to be.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |c: char| c.is_alphanumeric() || "-_.:/@+".contains(c);
        if !self.0.is_empty() && self.0.chars().all(is_plain) {
            return f.write_str(self.0);
        }
        write!(f, "'{}'", self.0.replace('\'', "'\\''"))
    }
}

/// The tokens, each named by its clientId, else by its line.
fn read_tokens(argument: &str, context: &Context) -> anyhow::Result<Vec<(String, Capability)>> {
    let text = context.text_argument(argument)?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let name = format!("--tokens, line {}", number + 1);
            let capability = of_token(&name, line, context)?.ok_or_else(|| {
                Failure::usage(format!("{name}: the token has no capability of its own"))
            })?;
            Ok((
                client_id(line).unwrap_or(format!("line {}", number + 1)),
                capability,
            ))
        })
        .collect()
}

fn client_id(text: &str) -> Option<String> {
    let handed = token_text::read(text).ok()?;
    let decoded = jwt::decode(handed.content.token()?).ok()?;
    let id = decoded.readable_claims()?.get(jwt::CLIENT_ID)?;
    id.as_str().map(str::to_owned)
}

struct Candidate {
    kind: &'static str,
    name: String,
    check: FeatureCheck,
}

struct Candidates {
    room: String,
    permission: Permission,
    answers: Vec<Candidate>,
}

impl Render for Candidates {
    fn json(&self) -> Value {
        let answers = self.answers.iter().map(|answer| {
            let mut value = json!({});
            value[answer.kind] = Value::from(answer.name.as_str());
            value["roomName"] = Value::from(self.room.as_str());
            value[self.permission.kind()] = Value::from(self.permission.name());
            value["allowed"] = Value::from(answer.check.allowed);
            let deciding = answer.check.rules.first().filter(|_| answer.check.allowed);
            value["rule"] = to_json(&deciding);
            value
        });
        answers.collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["who", "answer", "because"]);
        for answer in &self.answers {
            let verdict = if answer.check.allowed {
                "allowed"
            } else {
                "denied"
            };
            table.row([
                answer.name.clone(),
                verdict.to_owned(),
                answer.check.because(),
            ]);
        }
        look.paint_cells(&table.finish(), &ANSWERS)
    }
}
