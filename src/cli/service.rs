//! The service that a network command talks to, and as whom.

use std::sync::Arc;

use crate::chat_core::auth::token_source::Bearer;
use crate::chat_core::auth::{ApiKey, Credential};
use crate::chat_core::client::token_source::Fetching;
use crate::chat_core::client::{Authorizer, Dialer, Options, Proxies, Rest, certificates};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::settings::{self, Login, Origin, SettingError, Sourced};

use super::Context;

impl Context {
    /// What a client of this command's service is made of.
    ///
    /// # Errors
    /// A setting that is missing or can't be used, or a local server that can't be started.
    pub fn client_options(&self) -> anyhow::Result<Options> {
        let asked = settings::client_id(&self.flags, &self.environment)?.map(|asked| asked.value);
        let login = self.login()?;
        let options = self.options_with(Authorizer::nobody())?;
        let authorizer = match login.value {
            Login::Credential(credential) => {
                let client_id = acting_as(&credential, asked, login.origin)?;
                Authorizer::fixed(credential, client_id)
            }
            Login::Source(source) => Authorizer::fetching(Fetching {
                source,
                client_id: asked,
                endpoint: options.endpoint.clone(),
                dialer: options.dialer.clone(),
                timeout: options.timeout,
                clock: Arc::clone(&self.clock),
                random: self.random.clone(),
            }),
        };
        Ok(Options {
            authorizer,
            ..options
        })
    }

    /// What lets this command in: what the settings say, else the key of the local server.
    fn login(&self) -> anyhow::Result<Sourced<Login>> {
        if let Some(login) = settings::login(&self.flags, &self.environment)? {
            return Ok(login);
        }
        if !settings::is_local(&self.flags, &self.environment)? {
            return Err(self.no_credentials()?.into());
        }
        let key = self.local_server()?.keys.first().map(String::as_str);
        Ok(Sourced {
            value: Login::Credential(Credential::Key(ApiKey::parse(key.unwrap_or_default())?)),
            origin: Origin::LocalServer,
        })
    }

    /// The error of a command that needs credentials and has none.
    fn no_credentials(&self) -> Result<SettingError, SettingError> {
        let endpoint = settings::endpoint(&self.flags, &self.environment)?.origin;
        let without = if settings::is_ci(&self.environment) {
            "with CI set there is no local server: ".to_owned()
        } else if endpoint == Origin::Default {
            "without an account, ".to_owned()
        } else {
            format!(
                "{endpoint} says where to talk to, so that the local server is not used; without it, it is. Else "
            )
        };
        Ok(SettingError::new("no credentials: set ABLY_API_KEY or ABLY_TOKEN, or give --key-file, --token-file, --auth-url or --auth-command").hint(
            format!(
                "{without}run the command on a server of its own with 'chatctl exec -- chatctl …', \
                 or start one with 'chatctl serve --dev'"
            ),
        ))
    }

    /// Where this command's service is: what the settings say, else the local server.
    fn endpoint(&self) -> anyhow::Result<Sourced<Endpoint>> {
        if settings::is_local(&self.flags, &self.environment)? {
            return Ok(Sourced {
                value: Endpoint::parse(&self.local_server()?.url)?,
                origin: Origin::LocalServer,
            });
        }
        Ok(settings::endpoint(&self.flags, &self.environment)?)
    }

    /// The same for a client that is let in by `authorizer`, whatever the settings say.
    ///
    /// # Errors
    /// A setting that can't be used, or a local server that can't be started.
    pub fn options_with(&self, authorizer: Authorizer) -> anyhow::Result<Options> {
        Ok(self.options_at(self.endpoint()?.value, authorizer)?)
    }

    /// The same at another endpoint than that of the settings.
    ///
    /// # Errors
    /// A setting that can't be used.
    pub fn options_at(
        &self,
        endpoint: Endpoint,
        authorizer: Authorizer,
    ) -> Result<Options, SettingError> {
        Ok(Options {
            endpoint,
            authorizer,
            format: settings::wire(&self.flags, &self.environment)?,
            dialer: self.dialer()?,
            timeout: settings::timeout(&self.flags, &self.environment)?,
            retry: settings::retry(&self.environment)?,
            clock: Arc::clone(&self.clock),
            random: self.random.clone(),
        })
    }

    /// How links are opened: through the proxies of the usual variables, and with what a file adds to the certificates.
    fn dialer(&self) -> Result<Dialer, SettingError> {
        let variables = settings::proxies(&self.environment);
        let proxies = Proxies::new(&variables.http, &variables.https, &variables.except)
            .ok_or_else(|| {
                SettingError::new("HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is no URL of a proxy")
                    .hint("as in http://proxy.example:3128, or unset it")
            })?;
        let roots = match settings::ca_file(&self.flags, &self.environment)? {
            Some(file) => certificates(&file.value)
                .map_err(|fault| SettingError::new(format!("{}: {fault}", file.origin)))?,
            None => Vec::new(),
        };
        Ok(Dialer::new(proxies, roots))
    }

    /// A REST client of this command's service.
    ///
    /// # Errors
    /// As [`Context::client_options`].
    pub fn rest(&self) -> anyhow::Result<Rest> {
        Ok(Rest::new(self.client_options()?))
    }
}

/// The clientId to ask for beside `credential`, where the user asked for `asked`.
fn acting_as(
    credential: &Credential,
    asked: Option<String>,
    origin: Origin,
) -> Result<Option<String>, SettingError> {
    match credential {
        Credential::Key(_) => Ok(Some(asked.unwrap_or_else(user_name_said))),
        Credential::Token(token) => Bearer::of(token.reveal())
            .acting_as(asked.as_deref())
            .map_err(|error| SettingError {
                message: format!("{origin}: {}", error.message),
                hint: error.hint,
            }),
    }
}

/// The name of the user, said to those who want to know what is done.
fn user_name_said() -> String {
    let name = user_name();
    tracing::info!(
        clientId = name,
        "no clientId was given: the name of the user is taken"
    );
    name
}

/// The name of the user who runs this, by number from the user database; `user-UID` where it has none.
fn user_name() -> String {
    let uid = rustix::process::getuid().as_raw();
    let database = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = database.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(uid) && !name.is_empty()).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("user-{uid}"))
}
