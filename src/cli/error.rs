//! `error CODE`: explains an Ably error code, offline.

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::exit::{Exit, of_class};
use super::failure::Failure;
use super::noun::{Noun, NounBody, handler};
use crate::chat_core::error::catalogue::{self, Class, Entry};
use crate::chat_core::error::help_url;
use crate::output::log::redact;
use crate::output::{Look, Render};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "error",
    "Explain an Ably error code",
    NounBody::Command(handler!(Lookup)),
);

/// Explain an Ably error code: what it means, why it happens, what to do
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
            Failure::usage(format!("invalid code '{}'", redact(&self.code)))
                .hint("must be a number of five or six digits, as in 40160")
        })?;
        match catalogue::entry(code) {
            Some(entry) => {
                context.output.print(&KnownCode(entry))?;
                Ok(Exit::Done)
            }
            None => Err(unknown(code).into()),
        }
    }
}

/// The failure for a code that is not in the catalogue, with a hint about its family.
fn unknown(code: u32) -> Failure {
    let (_, family) = catalogue::family(code);
    Failure::new(Exit::No, format!("code {code} is not in the catalogue")).hint(format!(
        "codes of its family say that {family}; see {}",
        help_url(code)
    ))
}

const HELP: &str = "https://help.ably.io/error/";

struct KnownCode(&'static Entry);

impl Render for KnownCode {
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
