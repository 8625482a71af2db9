//! The service that a network command talks to, and the credentials that it uses there.

use std::sync::Arc;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::local::{self, LocalServer};
use super::masked::endpoint_name;
use super::serve::DEV_KEY;
use crate::chat_core::auth::identity::check_client_id;
use crate::chat_core::auth::token_source::{Bearer, check_client};
use crate::chat_core::auth::{ApiKey, ClientIdentity, Credential, jwt};
use crate::chat_core::client::token_source::Fetching;
use crate::chat_core::client::{Authorizer, Options, Rest};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::chat_core::protocol::names;
use crate::output::error::ErrorReport;
use crate::settings::{Authentication, Origin, Profile, Section, Sourced};

/// The service of the settings; the local server where they name neither an endpoint nor credentials.
pub(super) struct Service<'a> {
    context: &'a Context,
    local: LocalServer<'a>,
}

impl<'a> Service<'a> {
    /// The service that `context`'s settings name. Nothing is started before it is needed.
    pub(super) fn new(context: &'a Context) -> Self {
        Self {
            context,
            local: LocalServer::new(context),
        }
    }

    /// The same if it can be asked at once: nothing is started, no token is fetched, and nobody is told of it.
    pub(super) fn running(context: &'a Context) -> Option<Self> {
        let settings = context.settings();
        if local::is_used(context).ok()? {
            let local = LocalServer::found(context, local::running(context)?);
            return Some(Self { context, local });
        }
        settings.credential().ok()??;
        Some(Self::new(context))
    }

    /// The same, for what is done in `room`: a name that no room can have is refused before anything is started.
    ///
    /// # Errors
    /// An invalid name.
    pub(super) fn for_room(self, room: &str) -> anyhow::Result<Self> {
        names::check_room(room)?;
        Ok(self)
    }

    /// The options of a client of this service.
    ///
    /// # Errors
    /// A setting that is missing or can't be used, or a local server that can't be started.
    pub(super) fn client_options(&self) -> anyhow::Result<Options> {
        let asked = self.context.settings().client_id()?;
        if let Some(asked) = &asked {
            check_asked(&asked.value)?;
        }
        let authentication = self.authentication()?;
        if let (Some(asked), Authentication::Credential(Credential::Token(token))) =
            (&asked, &authentication.value)
        {
            check_same_client(asked, token.reveal(), &authentication.origin)?;
        }
        let client_id = asked.map(|asked| asked.value);
        let options = self.options_with(Authorizer::nobody())?;
        self.tell_profile(&options.endpoint, &authentication.origin);
        let authorizer = match authentication.value {
            Authentication::Credential(credential) => {
                let client_id = acting_as(&credential, client_id, &authentication.origin)?;
                Authorizer::fixed(credential, client_id)
            }
            Authentication::KeyCommand(command) => {
                let credential = Credential::Key(command.key()?);
                let client_id = acting_as(&credential, client_id, &authentication.origin)?;
                Authorizer::fixed(credential, client_id)
            }
            Authentication::Source(source) => Authorizer::fetching(Fetching {
                source,
                client_id,
                endpoint: options.endpoint.clone(),
                connector: options.connector.clone(),
                timeout: options.timeout,
                clock: Arc::clone(&options.clock),
                random: options.random.clone(),
            }),
        };
        Ok(Options {
            authorizer,
            ..options
        })
    }

    /// Tells people once which profile is in force, and everybody where the environment hides its credentials.
    fn tell_profile(&self, endpoint: &Endpoint, origin: &Origin) {
        let config = &self.context.config;
        let Some(Profile { name, origin: by }) = config.profile() else {
            return;
        };
        if self.context.tells_profile.replace(false) {
            let output = &self.context.output;
            let section = config.file().and_then(|file| file.profile(name));
            let credential = section.and_then(Section::credential);
            if let (Some(setting), Origin::Environment(variable), Origin::Flag(_)) =
                (credential, origin, by)
            {
                output.notice(&format!(
                    "warning: {variable} is used, not the {} of profile {name}: the environment comes first (unset {variable} to use the profile)",
                    setting.name
                ));
            }
            if output.shows_progress() && *origin != Origin::LocalServer {
                let endpoint = endpoint_name(endpoint);
                output.notice(&format!("using profile {name} ({endpoint})"));
            }
        }
    }

    /// The options of a client of this service that `authorizer` lets in, whatever the settings say.
    ///
    /// # Errors
    /// A setting that can't be used, or a local server that can't be started.
    pub(super) fn options_with(&self, authorizer: Authorizer) -> anyhow::Result<Options> {
        let endpoint = self.endpoint()?;
        Ok(if local::is_used(self.context)? {
            self.context.local_options(endpoint, authorizer)?
        } else {
            self.context.options_at(endpoint, authorizer)?
        })
    }

    /// A REST client of this service.
    ///
    /// # Errors
    /// As [`Service::client_options`].
    pub(super) fn rest(&self) -> anyhow::Result<Rest> {
        Ok(Rest::new(self.client_options()?))
    }

    /// The credentials of the settings, else the key of the local server.
    fn authentication(&self) -> anyhow::Result<Sourced<Authentication>> {
        let settings = self.context.settings();
        if let Some(found) = settings.authentication()? {
            self.check_destination(&found)?;
            return Ok(found);
        }
        if !settings.is_local()? {
            return Err(no_credentials(self.context)?.into());
        }
        let key = self.local.ready()?.keys.first().map(String::as_str);
        Ok(Sourced {
            value: Authentication::Credential(Credential::Key(ApiKey::parse(
                key.unwrap_or_default(),
            )?)),
            origin: Origin::LocalServer,
        })
    }

    /// Refuses to send Ably the credential of a server on this machine: no endpoint is named, and Ably can't know it.
    fn check_destination(&self, found: &Sourced<Authentication>) -> anyhow::Result<()> {
        let settings = self.context.settings();
        if settings.endpoint()?.origin != Origin::Default {
            return Ok(());
        }
        let origin = &found.origin;
        if settings.forbids_local_server() && local::owns_credential(self.context)? {
            return Err(Failure::usage(format!(
                "{origin} is of the local server, which is not used with CI set or --live"
            ))
            .hint("name its endpoint: eval \"$(chatctl local env)\"; or use a key of Ably")
            .into());
        }
        let name = match &found.value {
            Authentication::Credential(Credential::Key(key)) => Some(key.name().to_owned()),
            Authentication::Credential(Credential::Token(token)) => jwt::decode(token.reveal())
                .ok()
                .and_then(|decoded| decoded.kid().map(str::to_owned)),
            _ => None,
        };
        if name.is_some() && name.as_deref() == DEV_KEY.split(':').next() {
            return Err(Failure::usage(format!(
                "{origin} is of 'chatctl serve --dev', and no endpoint is given"
            ))
            .hint("name it: eval \"$(chatctl local env --dev)\", or --endpoint localhost:9080")
            .into());
        }
        Ok(())
    }

    /// The endpoint of the settings, else that of the local server.
    fn endpoint(&self) -> anyhow::Result<Endpoint> {
        if local::is_used(self.context)? {
            return Ok(Endpoint::parse(&self.local.ready()?.url)?);
        }
        Ok(self.context.settings().endpoint()?.value)
    }
}

/// The failure of a command that needs credentials and has none.
///
/// # Errors
/// A setting that can't be used.
pub(super) fn no_credentials(context: &Context) -> Result<Failure, Failure> {
    let endpoint = context.settings().endpoint()?.origin;
    let without = if context.settings().forbids_local_server() {
        "with CI set there is no local server: ".to_owned()
    } else if endpoint == Origin::Default {
        "without an account, ".to_owned()
    } else {
        format!(
            "{endpoint} names an endpoint, so the local server is not used; unset it to use that. Otherwise "
        )
    };
    Ok(Failure::usage("no credentials: set ABLY_API_KEY or ABLY_TOKEN, or give --key-file, --token-file, --auth-url or --auth-command").hint(
        format!(
            "{without}run the command on a server of its own with 'chatctl exec -- chatctl …', \
             or start one with 'chatctl serve --dev'"
        ),
    ))
}

/// The clientId to send with `credential`, where the user gave `asked`.
fn acting_as(
    credential: &Credential,
    asked: Option<String>,
    origin: &Origin,
) -> Result<Option<String>, Failure> {
    match credential {
        Credential::Key(_) => Ok(Some(asked.unwrap_or_else(logged_user_name))),
        Credential::Token(token) => {
            // The fault of whoever made it.
            check_client(token.reveal()).map_err(|error| {
                let mut failure = Failure::ably(&error, Exit::Credentials);
                failure.report.message = format!("{origin}: {}", error.message);
                failure
            })?;
            Bearer::of(token.reveal())
                .acting_as(asked.as_deref())
                .map_err(|error| Failure::about(&origin.to_string(), &error))
        }
    }
}

/// Refuses the clientId of a flag beside a token with another one: the token's own would win, which the user does not mean.
/// That of the environment or of a file is for all credentials.
fn check_same_client(asked: &Sourced<String>, token: &str, origin: &Origin) -> Result<(), Failure> {
    let Bearer::Known(ClientIdentity::Fixed(own)) = Bearer::of(token) else {
        return Ok(());
    };
    if !matches!(asked.origin, Origin::Flag(_)) || own == asked.value {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{origin} is for clientId '{own}', and {} asks for '{}'",
        asked.origin, asked.value
    ))
    .hint(format!(
        "leave {} out to act as '{own}', or give a token for '{}'",
        asked.origin, asked.value
    )))
}

/// Refuses a clientId that nobody can act as.
fn check_asked(client_id: &str) -> Result<(), Failure> {
    let error = match check_client_id(client_id) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    let hint = if client_id == "*" {
        "'*' is in tokens alone, where it stands for any client: name the one to act as"
    } else {
        "a clientId has 1 to 256 bytes and no control characters, such as line breaks: look at where it comes from"
    };
    Err(Failure {
        report: ErrorReport {
            code: Some(error.code),
            status_code: Some(error.status_code),
            message: format!("the clientId to act as: {}", error.message),
            hint: Some(hint.to_owned()),
            ..ErrorReport::default()
        },
        exit: Exit::Usage,
    })
}

/// The name of the user, which is logged.
fn logged_user_name() -> String {
    let name = user_name();
    tracing::info!(
        clientId = name,
        "no clientId was given: using the name of the user"
    );
    name
}

/// The name of the user who runs this, out of the user database; `user-UID` where it has none.
pub(super) fn user_name() -> String {
    let uid = uzers::get_current_uid();
    let user = uzers::get_user_by_uid(uid);
    let name = user.map(|user| user.name().to_string_lossy().into_owned());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("user-{uid}"))
}
