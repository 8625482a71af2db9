//! `claims resolve`: the user claims that events in rooms carry.

use clap::Args;
use serde_json::{Value, json};

use crate::chat_core::analysis::token_text::{self, Content};
use crate::chat_core::auth::{UserClaims, jwt};
use crate::chat_core::error::Result;
use crate::chat_core::protocol::names::check_room;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::subject::{token_argument, token_setting};
use crate::output::{Look, Render, table::Columns};

/// Show the user claim that events in a room carry, and its pattern
///
///     chatctl claims resolve "$TOKEN" lobby dms:alice
///
/// The most specific pattern counts: a name before any pattern, then, from the left, a literal before `*`.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Resolve {
    /// Token, or something that carries one, `-` for standard input or `@file` for a file [default: --token], then the
    /// names of rooms
    #[arg(value_name = "TOKEN ROOM")]
    words: Vec<String>,

    #[arg(long = "room", value_name = "ROOM", num_args = 1.., hide = true)]
    rooms: Vec<String>,
}

impl Resolve {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (token, rooms) = self.read(context)?;
        if rooms.is_empty() {
            return Err(Failure::usage("ROOM is missing")
                .hint("chatctl claims resolve TOKEN ROOM…")
                .into());
        }
        for room in &rooms {
            check_room(room).map_err(|error| Failure::about("ROOM", &error))?;
        }
        let text = token_argument(token.as_deref(), context)?;
        let claims = user_claims(&text).map_err(|error| Failure::ably(&error, Exit::No))?;
        let results = rooms
            .into_iter()
            .map(|room| {
                let found = claims.resolve_room(&room);
                Resolved {
                    pattern: found.map(|found| found.pattern.to_owned()),
                    user_claim: found.map(|found| found.user_claim.to_owned()),
                    room,
                }
            })
            .collect();
        context.output.print(&ResolvedClaims(results))?;
        Ok(Exit::Done)
    }
}

impl Resolve {
    /// The token, if it is an argument, and the rooms.
    fn read(self, context: &Context) -> anyhow::Result<(Option<String>, Vec<String>)> {
        let (mut words, mut rooms) = (self.words, self.rooms);
        // `--room a TOKEN` is a natural order, and `--room` takes all that follows it.
        if words.is_empty() && rooms.len() > 1 && rooms.last().is_some_and(|last| is_token(last)) {
            return Ok((rooms.pop(), rooms));
        }
        let Some(first) = words.first() else {
            return Ok((None, rooms));
        };
        // With a token in the settings, the first word may be a room.
        let token = if is_token(first) || token_setting(context)?.is_none() {
            Some(words.remove(0))
        } else {
            None
        };
        words.append(&mut rooms);
        Ok((token, words))
    }
}

/// Returns whether a word carries a token with claims. What only looks like an Ably token may be a room.
fn is_token(text: &str) -> bool {
    if text == "-" || text.starts_with('@') {
        return true;
    }
    token_text::read(text).is_ok_and(|handed| {
        !handed.wrappings.is_empty() || !matches!(handed.content, Content::AblyToken(_))
    })
}

/// The user claims of a token, or of the one inside it; Ably tokens and TokenRequests have none.
fn user_claims(text: &str) -> Result<UserClaims> {
    let handed = token_text::read(text)?;
    let (Content::Jwt(token) | Content::EncryptedJwt(token)) = &handed.content else {
        return Ok(UserClaims::default());
    };
    let outer = jwt::decode(token)?;
    let inner = outer.embedded().and_then(Value::as_str);
    let decoded = match inner {
        Some(inner) if jwt::Shape::of(inner) == Some(jwt::Shape::AblyToken) => {
            return Ok(UserClaims::default());
        }
        Some(inner) => jwt::decode(inner)?,
        None => outer.clone(),
    };
    match &decoded.claims {
        Some(Ok(claims)) => Ok(UserClaims::from_claims(claims)),
        Some(Err(error)) => Err(error.clone()),
        None => Ok(UserClaims::default()),
    }
}

struct Resolved {
    room: String,
    pattern: Option<String>,
    user_claim: Option<String>,
}

struct ResolvedClaims(Vec<Resolved>);

impl Render for ResolvedClaims {
    fn json(&self) -> Value {
        self.0
            .iter()
            .map(|result| {
                json!({
                    "roomName": result.room,
                    "pattern": result.pattern,
                    "userClaim": result.user_claim,
                })
            })
            .collect()
    }

    fn table(&self, look: Look) -> String {
        let mut table = Columns::new(look, &["room", "pattern", "user claim"]);
        for result in &self.0 {
            let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            table.row([
                result.room.clone(),
                or_none(&result.pattern),
                or_none(&result.user_claim),
            ]);
        }
        table.finish()
    }
}
