//! `chatctl local`: the server that is simply there when nobody says where to talk to, and keeps what it has
//! acknowledged.
//!
//! | module | owns |
//! | --- | --- |
//! | [`folder`], [`lock`] | what is kept between runs, and who may do what with it at the same time |
//! | [`find`], [`start`] | how a command comes to it |
//! | [`server`], [`idle`], [`log`] | the process that serves in the background |
//! | [`status`], [`stop`], [`env`] | what people do with it |

mod env;
mod find;
mod folder;
mod idle;
mod lock;
mod log;
pub(super) mod server;
pub(super) mod start;
mod status;
mod stop;

use std::time::Duration;

use clap::Args as _;

use super::Context;
use super::serve::Ready;
use super::tree::{Action, Body, Noun, Verb, action};
use crate::chat_core::auth::ApiKey;
use crate::settings::{self, SettingError, parse_duration};
use folder::Folder;

/// The noun.
pub(super) const NOUN: Noun = Noun {
    name: "local",
    about: "Look at, stop or empty the local server, or tell other programs of it",
    body: Body::Verbs(&[
        Verb::new(
            "status",
            Action {
                build: status::Status::augment_args,
                run: |_, context| status::Status::run(context),
            },
        ),
        Verb::new(
            "stop",
            Action {
                build: stop::Stop::augment_args,
                run: |_, context| stop::Stop::run(context),
            },
        ),
        Verb::new("reset", action!(stop::Reset)),
        Verb::new("env", action!(env::Env)),
    ]),
};

/// How long the server stays without being used, unless `CHATCTL_LOCAL_IDLE` says otherwise.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// The key of the local server; makes one if there is none, and starts nothing.
///
/// # Errors
/// A file that can't be read or written.
pub(super) fn key(context: &Context) -> anyhow::Result<ApiKey> {
    let folder = Folder::of(&context.environment)?;
    guard_key(&folder, context)?;
    Ok(folder.key(&context.random)?)
}

/// Lets nobody else read the key, and says so where somebody could.
fn guard_key(folder: &Folder, context: &Context) -> Result<(), SettingError> {
    if folder.guard_key()? {
        context.output.notice(&format!(
            "warning: others could read the local server's key in {}; now only you can",
            folder.key_file().display()
        ));
    }
    Ok(())
}

/// The key of the local server, if it has one.
///
/// # Errors
/// A file that can't be read.
pub(super) fn known_key(context: &Context) -> anyhow::Result<Option<ApiKey>> {
    let folder = Folder::of(&context.environment)?;
    guard_key(&folder, context)?;
    let found = folder.known_key()?;
    if let Some(key) = &found {
        context.output.notice(&format!(
            "using the key {} of the local server (set ABLY_API_KEY to check with another)",
            key.name()
        ));
    }
    Ok(found)
}

/// Where the local server is and its key; starts it if it is not there.
///
/// # Errors
/// Why it can't be.
pub(super) fn found_or_started(context: &Context) -> anyhow::Result<Ready> {
    let folder = Folder::of(&context.environment)?;
    let how = how(context)?;
    // Before anything is started: a server that has no key would say why in its own log.
    let key = key(context)?;
    let state = find::or_start(&folder, &how)?;
    Ok(Ready {
        url: state.url,
        endpoint: state.endpoint,
        port: state.port,
        tls: false,
        keys: vec![key.reveal()],
    })
}

fn how(context: &Context) -> Result<start::How, SettingError> {
    let idle = match context.environment.get("CHATCTL_LOCAL_IDLE")? {
        Some(text) => parse_duration(text)
            .map_err(|fault| SettingError::new(format!("CHATCTL_LOCAL_IDLE: {fault}")))?,
        None => IDLE,
    };
    if idle.is_zero() {
        return Err(SettingError::new(
            "CHATCTL_LOCAL_IDLE is zero: the local server would end before it is used",
        )
        .hint("as in 15m; 'chatctl local stop' ends it at once, and 'chatctl exec' has a server for one command"));
    }
    Ok(start::How {
        patience: settings::timeout(&context.flags, &context.environment)?,
        idle,
    })
}
