//! `error`: explains, lists and searches Ably's error codes, offline.

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
)
.offline();

/// Explain an Ably error code, or find one
///
/// With a code: what it means for a Chat user, why it happens, what to do, and the exit code that commands give for it.
/// With words: the codes whose texts contain them all, the best match first. Without either: all codes.
///
///     chatctl error 40160
///     chatctl error token expired
///     chatctl error 429
///     chatctl error 40142 --jq .fix
///
/// Exits 1 if nothing is found.
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Lookup {
    /// A code as in 40160, its link, the beginning of a code, or words to search for [default: all codes]
    #[arg(value_name = "CODE|TEXT")]
    words: Vec<String>,
}

impl Lookup {
    fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let text = self.words.join(" ");
        let text = text.trim();
        if self.words.is_empty() {
            context.output.print(&AllCodes(catalogue::sorted()))?;
            return Ok(Exit::Done);
        }
        // The link of an error is as good as its code.
        let word = text.trim_start_matches(HELP).trim_end_matches('/');
        if let (5.., Ok(code)) = (word.len(), word.parse()) {
            let entry = catalogue::entry(code).ok_or_else(|| unknown(code))?;
            context.output.print(&KnownCode(entry))?;
            return Ok(Exit::Done);
        }
        let found = catalogue::search(text);
        match found.as_slice() {
            [] => return Err(not_found(text).into()),
            [entry, ..] if entry.name == text => context.output.print(&KnownCode(entry))?,
            _ => context.output.print(&FoundCodes(found))?,
        }
        Ok(Exit::Done)
    }
}

/// The failure for a code that is not in the catalogue, with a hint about its family.
fn unknown(code: u32) -> Failure {
    let (_, family) = catalogue::family(code);
    Failure::new(Exit::No, format!("code {code} is not in the catalogue")).hint(format!(
        "codes of its family mean that {family}; see {}",
        help_url(code)
    ))
}

fn not_found(text: &str) -> Failure {
    let message = format!("no error code matches '{}'", redact(text));
    Failure::new(Exit::No, message).hint("try fewer words; `chatctl error` lists all codes")
}

const HELP: &str = "https://help.ably.io/error/";

struct KnownCode(&'static Entry);

impl Render for KnownCode {
    fn json(&self) -> Value {
        let entry = self.0;
        json!({
            "code": entry.code,
            "statusCode": Some(entry.status).filter(|status| *status != 0),
            "name": entry.name,
            "title": entry.title,
            "meaning": entry.meaning,
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
            status => format!("HTTP {status}, "),
        };
        let heading = look.paint(&format!("{} {}", entry.code, entry.title), "1");
        let row = |label: &str, text: String| look.wrap(&format!("{label:9}"), &text, 9);
        [
            format!("{heading} ({status}{})\n", entry.name),
            row("meaning", format!("{}.", entry.meaning)),
            row("why", format!("{}.", entry.why)),
            row("fix", format!("{}.", entry.fix)),
            row(
                "exit",
                format!("{} ({})", of_class(entry.class).code(), name(entry.class)),
            ),
            row("help", help_url(entry.code)),
        ]
        .join("\n")
    }
}

/// Codes that were searched for, the best match first.
struct FoundCodes(Vec<&'static Entry>);

impl Render for FoundCodes {
    fn json(&self) -> Value {
        self.0.iter().map(|entry| KnownCode(entry).json()).collect()
    }

    fn table(&self, look: Look) -> String {
        let rows: Vec<String> = self.0.iter().map(|entry| row(entry, look)).collect();
        rows.join("\n")
    }
}

/// All codes, in groups.
struct AllCodes(Vec<&'static Entry>);

impl Render for AllCodes {
    fn json(&self) -> Value {
        self.0.iter().map(|entry| KnownCode(entry).json()).collect()
    }

    fn table(&self, look: Look) -> String {
        let mut lines = Vec::new();
        let mut group = "";
        for entry in &self.0 {
            let next = group_of(entry.code);
            if next != group {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                lines.push(look.paint(&next.to_uppercase(), "1"));
                group = next;
            }
            lines.push(row(entry, look));
        }
        lines.join("\n")
    }
}

fn row(entry: &Entry, look: Look) -> String {
    look.wrap(&format!("{:<8}", entry.code), entry.title, 8)
}

/// The heading that a code is listed under.
fn group_of(code: u32) -> &'static str {
    match code {
        ..40000 => "general",
        40000..=40099 => "requests",
        40100..=40139 => "keys, accounts and apps",
        40140..=40159 => "tokens",
        40160..=40399 => "rights",
        40400..=42299 => "content",
        42300..=49999 => "rate limits",
        50000..=59999 => "failures of the service",
        60000..=69999 | 103_000..=103_999 => "push",
        70000..=70999 => "integrations",
        71000..=71999 => "Exchange",
        72000..=72999 => "LiveSync",
        80000..=89999 => "connections",
        90000..=90999 => "channels",
        91000..=91999 => "presence",
        92000..=92999 => "LiveObjects",
        93000..=93999 => "annotations",
        101_000..=101_999 => "Spaces",
        102_000..=102_999 => "Chat SDK",
        _ => "AI Transport",
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
