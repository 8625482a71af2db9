//! `chatctl config get`, `set` and `unset`: values of the config file.

use clap::Args;
use serde_json::{Value, json};

use super::document::Document;
use super::outcome::Outcome;
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{self, Failure};
use crate::cli::masked::mask_values;
use crate::output::{Look, Render};
use crate::settings::{ConfigFile, ConfigValue, Section, SettingKind, SettingName};

/// Print a value of the config file
///
/// With --profile or CHATCTL_PROFILE it is the value of that profile. Secrets are masked. Exits 1 where the file does not set it; `chatctl
/// config show` prints the value in force.
#[derive(Args)]
pub(super) struct Get {
    /// Setting, as in `endpoint` (chatctl help settings)
    #[arg(value_name = "NAME")]
    name: String,
}

/// Set a value of the config file
///
/// With --profile or CHATCTL_PROFILE it is set in that profile, which is created if it does not exist; a notice says
/// where the profile in use has another value. Comments and order of the file stay. On a terminal `-` asks for the value
/// without showing it. A secret is read from standard input, since arguments are visible to other processes:
///
///     chatctl config set endpoint nonprod:sandbox --profile staging
///     chatctl config set key-command 'pass show ably/staging' --profile staging
///     chatctl config set key - < key.txt
///     chatctl config set profile staging
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Set {
    /// Setting, as in `endpoint` (chatctl help settings)
    #[arg(value_name = "NAME")]
    name: String,

    /// Value; `-` reads it from standard input. Headers and parameters take several
    #[arg(value_name = "VALUE", required = true)]
    values: Vec<String>,
}

/// Remove a value from the config file
///
/// With --profile or CHATCTL_PROFILE it is removed from that profile. Nothing happens if it is not set.
#[derive(Args)]
pub(super) struct Unset {
    /// Setting, as in `endpoint`
    #[arg(value_name = "NAME")]
    name: String,
}

/// The name of the setting that chooses a profile: the only one outside all profiles alone.
const PROFILE: &str = "profile";

impl Get {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let document = Document::open(context)?;
        let file = &document.file;
        let profile = named_profile(context)?;
        let profile = profile.filter(|_| self.name != PROFILE);
        let found = if self.name == PROFILE {
            let chosen = file.chosen.as_deref();
            chosen.map(|chosen| vec![chosen.to_owned()])
        } else {
            let setting = find(&self.name)?;
            let section = match profile {
                None => &file.base,
                Some(name) => match file.profile(name) {
                    Some(section) => section,
                    None => return Err(document.unknown_profile(name).into()),
                },
            };
            let value = section.get(setting.name);
            value.map(|value| mask_values(setting, value))
        };
        let Some(texts) = found else {
            let what = format!("{}{} is not set", self.name, of(profile));
            tell_profile_in_use(file, profile, &self.name, context);
            return Ok(failure::no(&context.output, what));
        };
        tell_profile_in_use(file, profile, &self.name, context);
        context.output.print(&FileValue(texts))?;
        Ok(Exit::Done)
    }
}

/// The value of one setting.
struct FileValue(Vec<String>);

impl Render for FileValue {
    fn json(&self) -> Value {
        match &self.0[..] {
            [text] => text.as_str().into(),
            texts => texts.into(),
        }
    }

    fn table(&self, _: Look) -> String {
        self.0.join("\n")
    }
}

impl Set {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        if self.name == PROFILE {
            let [name] = &self.values[..] else {
                return Err(Failure::usage("profile takes one value").into());
            };
            return super::profiles::choose(context, name);
        }
        let setting = find(&self.name)?;
        let value = self.value(setting, context)?;
        for text in value.texts() {
            setting.check(text)?;
        }
        let profile = named_profile(context)?;
        let mut document = Document::open_to_change(context)?;
        check_beside(&document, profile, setting)?;
        document.set(profile, setting.name, &value)?;
        document.save(context)?;
        context.output.notice(&format!(
            "{}{} is set in {}",
            setting.name,
            of(profile),
            document.path.display()
        ));
        tell_profile_in_use(&document.file, profile, setting.name, context);
        let outcome = json!({"set": setting.name, "profile": profile});
        context.output.print(&Outcome(outcome))?;
        Ok(Exit::Done)
    }

    fn value(&self, setting: &SettingName, context: &Context) -> anyhow::Result<ConfigValue> {
        let mut texts = Vec::new();
        for text in &self.values {
            if text == "-" && context.stdin_is_terminal() {
                texts.push(context.ask_unseen(&format!("{}: ", setting.name))?);
            } else if text == "-" {
                texts.push(context.text_argument("-")?);
            } else {
                texts.push(text.clone());
            }
        }
        if setting.is_secret && !self.values.iter().any(|text| text == "-") {
            let name = setting.name;
            context.output.notice(&format!(
                "note: arguments are visible to other processes: 'chatctl config set {name} -' reads standard input"
            ));
        }
        match (setting.kind, &mut texts[..]) {
            (SettingKind::List, _) => Ok(ConfigValue::List(texts)),
            (SettingKind::Text, [text]) => Ok(ConfigValue::Text(std::mem::take(text))),
            (SettingKind::Text, _) => {
                Err(Failure::usage(format!("{} takes one value", setting.name))
                    .hint("put quotes around a value with spaces")
                    .into())
            }
        }
    }
}

/// Checks that `setting` can be set beside what the section has.
fn check_beside(
    document: &Document,
    profile: Option<&str>,
    setting: &SettingName,
) -> Result<(), Failure> {
    let section = match profile {
        None => Some(&document.file.base),
        Some(name) => document.file.profile(name),
    };
    let other = section.and_then(Section::credential);
    if setting.is_credential
        && let Some(other) = other
        && other.name != setting.name
    {
        let flag = profile.map_or_else(String::new, |name| format!(" --profile {name}"));
        return Err(Failure::usage(format!(
            "{}{} is set, and {} contradicts it",
            other.name,
            of(profile),
            setting.name
        ))
        .hint(format!("chatctl config unset {}{flag}", other.name)));
    }
    let needs_url = matches!(setting.name, "auth-method" | "auth-headers" | "auth-params");
    if needs_url && section.is_none_or(|section| section.get("auth-url").is_none()) {
        return Err(Failure::usage(format!(
            "{} is for an auth server, and auth-url{} is not set",
            setting.name,
            of(profile)
        ))
        .hint("set auth-url first"));
    }
    Ok(())
}

impl Unset {
    pub(super) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        if self.name != PROFILE {
            find(&self.name)?;
        }
        let profile = named_profile(context)?.filter(|_| self.name != PROFILE);
        let mut document = Document::open_to_change(context)?;
        if let Some(name) = profile
            && document.file.profile(name).is_none()
        {
            return Err(document.unknown_profile(name).into());
        }
        let was_set = document.unset(profile, &self.name)?;
        let what = format!("{}{}", self.name, of(profile));
        let path = document.path.display().to_string();
        if was_set {
            document.save(context)?;
            let notice = format!("{what} is removed from {path}");
            context.output.notice(&notice);
        } else {
            context
                .output
                .notice(&format!("{what} is not set in {path}"));
        }
        tell_profile_in_use(&document.file, profile, &self.name, context);
        let outcome = json!({"unset": self.name, "profile": profile, "wasSet": was_set});
        context.output.print(&Outcome(outcome))?;
        Ok(Exit::Done)
    }
}

/// The profile that --profile names, else CHATCTL_PROFILE.
///
/// # Errors
/// An empty variable.
fn named_profile(context: &Context) -> Result<Option<&str>, Failure> {
    match context.flags.profile.as_deref() {
        Some(name) => Ok(Some(name)),
        None => Ok(context.environment.get("CHATCTL_PROFILE")?),
    }
}

/// Says that the profile of the file, which is in use, has a value of its own for a setting outside all profiles.
fn tell_profile_in_use(file: &ConfigFile, profile: Option<&str>, name: &str, context: &Context) {
    if profile.is_some() {
        return;
    }
    let Some(chosen) = &file.chosen else {
        return;
    };
    if file
        .profile(chosen)
        .is_some_and(|section| section.get(name).is_some())
    {
        context.output.notice(&format!(
            "note: profile {chosen} is in use and has its own {name}: add --profile {chosen} for that"
        ));
    }
}

fn find(name: &str) -> Result<&'static SettingName, Failure> {
    SettingName::find(name).ok_or_else(|| SettingName::unknown(name).into())
}

fn of(profile: Option<&str>) -> String {
    profile.map_or_else(String::new, |name| format!(" of profile {name}"))
}
