//! `error CODE`: what one of Ably's codes means, offline.

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::exit::{Exit, of_class};
use super::failure::Failure;
use super::noun::{Body, Noun, handler};
use crate::chat_core::error::catalogue::{self, Class, Entry};
use crate::chat_core::error::help_url;
use crate::output::{Look, Render};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "error",
    "Say what an Ably error code means, and what to do",
    Body::Command(handler!(Lookup)),
);

/// Say what an Ably error code means, why it happens and what to do, offline
///
///   chatctl error 40160
///   chatctl error 40142 --jq .fix
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Lookup {
    /// The code, as in 40160, or its link
    #[arg(value_name = "CODE")]
    code: String,
}

impl Lookup {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        // The link of an error is as good as its code.
        let word = self.code.trim().trim_start_matches(HELP);
        let code: u32 = word.parse().map_err(|_| {
            Failure::usage(format!("'{}' is not a code", self.code))
                .hint("a code is a number of five or six digits, as in 40160")
        })?;
        match catalogue::entry(code) {
            Some(entry) => {
                context.output.print(&Known(entry))?;
                Ok(Exit::Done)
            }
            None => Err(unknown(code).into()),
        }
    }
}

/// "No such code" is an answer, and its family is worth saying.
fn unknown(code: u32) -> Failure {
    let (_, family) = catalogue::family(code);
    Failure::new(Exit::No, format!("code {code} is not in the catalogue")).hint(format!(
        "codes of its family say that {family}; see {}",
        help_url(code)
    ))
}

const HELP: &str = "https://help.ably.io/error/";

struct Known(&'static Entry);

impl Render for Known {
    fn json(&self) -> Value {
        let entry = self.0;
        json!({
            "code": entry.code,
            "statusCode": Some(entry.status).filter(|status| *status != 0),
            "title": entry.title,
            "why": entry.why,
            "fix": entry.fix,
            "class": name(entry.class),
            "exit": of_class(entry.class).code(),
            "href": help_url(entry.code),
        })
    }

    fn table(&self, look: Look) -> String {
        let entry = self.0;
        let status = match entry.status {
            0 => String::new(),
            status => format!(" (HTTP {status})"),
        };
        let heading = look.paint(&format!("{} {}", entry.code, entry.title), "1");
        format!(
            "{heading}{status}\n\nwhy   {}.\nfix   {}.\nexit  {} ({})\nhelp  {}",
            entry.why,
            entry.fix,
            of_class(entry.class).code(),
            name(entry.class),
            help_url(entry.code)
        )
    }
}

fn name(class: Class) -> &'static str {
    match class {
        Class::Usage => "usage",
        Class::Credentials => "credentials",
        Class::NotPermitted => "not-permitted",
        Class::NotFound => "not-found",
        Class::Unreachable => "unreachable",
        Class::Refused => "refused",
    }
}
