//! The local server as other commands use it: its key, and its address once it is found or started.

use std::cell::OnceCell;
use std::time::Duration;

use super::folder::{Folder, LocalState};
use super::{find, lock, start};
use crate::chat_core::auth::{ApiKey, Credential, jwt};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::serve::Ready;
use crate::settings::{Authentication, Origin, SettingError, parse_duration};

/// The idle time after which the server stops, unless `CHATCTL_LOCAL_IDLE` gives another.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// Returns the key of the local server, which is generated if there is none. Starts nothing.
///
/// # Errors
/// A file that can't be read or written.
pub(in crate::cli) fn key(context: &Context) -> anyhow::Result<ApiKey> {
    let folder = Folder::of(&context.environment)?;
    guard_key(&folder, context)?;
    Ok(folder.key(&context.random)?)
}

/// Makes the key readable for this user alone, with a warning if others could read it.
fn guard_key(folder: &Folder, context: &Context) -> Result<(), Failure> {
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
pub(in crate::cli) fn known_key(context: &Context) -> anyhow::Result<Option<ApiKey>> {
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

/// The state of the local server, as it is found.
pub(in crate::cli) struct LocalPeek {
    /// Its address, if it runs and answers.
    pub(in crate::cli) url: Option<String>,
    /// Whether it runs and does not answer.
    pub(in crate::cli) hangs: bool,
    /// Its key, if it has one.
    pub(in crate::cli) key: Option<ApiKey>,
}

/// Looks for the local server. Starts and creates nothing.
///
/// # Errors
/// A key that can't be read, or a home that is not known.
pub(in crate::cli) fn peek(context: &Context) -> Result<LocalPeek, Failure> {
    let folder = Folder::of(&context.environment)?;
    let state = find::running(&folder);
    Ok(LocalPeek {
        hangs: state.is_none() && lock::holder(&folder).is_some(),
        url: state.map(|state| state.url),
        key: folder.known_key()?,
    })
}

/// Returns whether commands use the local server: no source gives an endpoint, and none gives credentials, or they are
/// its own. A key of the local server, and a token that it signed, are worth nothing elsewhere.
///
/// # Errors
/// A setting that can't be used.
pub(in crate::cli) fn is_used(context: &Context) -> Result<bool, SettingError> {
    let settings = context.settings();
    if settings.is_local()? {
        return Ok(true);
    }
    Ok(!settings.forbids_local_server()
        && settings.endpoint()?.origin == Origin::Default
        && owns_credential(context)?)
}

/// Returns whether the credential of the settings is the key of the local server, or a token of that key.
///
/// # Errors
/// A setting that can't be used.
pub(in crate::cli) fn owns_credential(context: &Context) -> Result<bool, SettingError> {
    let found = context.settings().authentication()?;
    let Some(Authentication::Credential(credential)) = found.map(|found| found.value) else {
        return Ok(false);
    };
    let folder = Folder::of(&context.environment).ok();
    let own = folder.and_then(|folder| folder.known_key().ok().flatten());
    Ok(own.is_some_and(|own| is_of(&credential, &own)))
}

/// Returns whether `credential` is `key`, or says that the key or its app made it.
fn is_of(credential: &Credential, key: &ApiKey) -> bool {
    let token = match credential {
        Credential::Key(shown) => return shown.name() == key.name(),
        Credential::Token(token) => token.reveal(),
    };
    match jwt::Shape::of(token) {
        Some(jwt::Shape::AblyToken) => {
            token.split_once('.').map(|(app, _)| app) == Some(key.app_id())
        }
        _ => jwt::decode(token).is_ok_and(|decoded| decoded.kid() == Some(key.name())),
    }
}

/// The address and key of the local server, if it runs. Starts nothing and writes nothing.
pub(in crate::cli) fn running(context: &Context) -> Option<Ready> {
    let folder = Folder::of(&context.environment).ok()?;
    let key = folder.known_key().ok()??;
    Some(with_key(find::running(&folder)?, &key))
}

/// The admin token of the local server, if it runs. Starts nothing.
pub(in crate::cli) fn admin_token(context: &Context) -> Option<String> {
    let folder = Folder::of(&context.environment).ok()?;
    Some(find::running(&folder)?.admin_token)
}

fn with_key(state: LocalState, key: &ApiKey) -> Ready {
    Ready {
        url: state.url,
        endpoint: state.endpoint,
        port: state.port,
        tls: false,
        keys: vec![key.reveal()],
        admin_token: Some(state.admin_token).filter(|token| !token.is_empty()),
        control_url: None,
        control_token: None,
    }
}

/// The local server, for a command that names neither an endpoint nor credentials.
pub(in crate::cli) struct LocalServer<'a> {
    context: &'a Context,
    ready: OnceCell<Ready>,
}

impl<'a> LocalServer<'a> {
    /// The local server of the user. Nothing is looked for before it is needed.
    pub(in crate::cli) fn new(context: &'a Context) -> Self {
        Self {
            context,
            ready: OnceCell::new(),
        }
    }

    /// The local server that runs as `ready` says, without a word about it.
    pub(in crate::cli) fn found(context: &'a Context, ready: Ready) -> Self {
        Self {
            context,
            ready: ready.into(),
        }
    }

    /// The address and key of the local server, which is started if it does not run. The user is told once for each start
    /// of the server.
    ///
    /// # Errors
    /// A server that can't be found or started.
    pub(in crate::cli) fn ready(&self) -> anyhow::Result<&Ready> {
        if let Some(ready) = self.ready.get() {
            return Ok(ready);
        }
        let (folder, state) = find_state(self.context)?;
        // A notice that is hidden is not given.
        if !self.context.flags.quiet && folder.is_first_use() {
            self.context.output.notice(&format!(
                "using the local server at {} (set ABLY_API_KEY to use Ably)",
                state.url
            ));
        }
        let ready = ready(self.context, state)?;
        Ok(self.ready.get_or_init(|| ready))
    }
}

/// Returns the address and key of the local server, which is started if it does not run.
///
/// # Errors
/// A server that can't be found or started.
pub(super) fn find_or_start(context: &Context) -> anyhow::Result<Ready> {
    let (_, state) = find_state(context)?;
    ready(context, state)
}

fn find_state(context: &Context) -> anyhow::Result<(Folder, LocalState)> {
    let folder = Folder::of(&context.environment)?;
    let how = how(context)?;
    // Before anything is started: a server without a key would report that in its own log.
    key(context)?;
    let state = find::or_start(&folder, &how)?;
    Ok((folder, state))
}

fn ready(context: &Context, state: LocalState) -> anyhow::Result<Ready> {
    let key = key(context)?;
    Ok(with_key(state, &key))
}

pub(super) fn how(context: &Context) -> Result<start::StartLimits, Failure> {
    let idle = match context.environment.get("CHATCTL_LOCAL_IDLE")? {
        Some(text) => parse_duration(text)
            .map_err(|fault| Failure::usage(format!("CHATCTL_LOCAL_IDLE: {fault}")))?,
        None => IDLE,
    };
    if idle.is_zero() {
        return Err(Failure::usage(
            "CHATCTL_LOCAL_IDLE must be above zero: the local server would stop before it is used",
        )
        .hint("as in 15m; 'chatctl local stop' stops it at once, and 'chatctl exec' runs a server for one command"));
    }
    Ok(start::StartLimits {
        timeout: context.settings().timeout()?.value,
        idle,
    })
}
