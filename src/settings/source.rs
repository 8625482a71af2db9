//! A source of settings.

use std::path::PathBuf;
use std::time::Duration;

use super::auth::{AuthRequest, Authentication};
use super::{ColorChoice, LogLevel, OutputFormat, SettingError, Sourced};
use crate::chat_core::auth::ApiKey;
use crate::chat_core::protocol::Format;
use crate::chat_core::protocol::endpoint::Endpoint;

/// The value of a setting in a source: absent, or at fault.
pub type SettingResult<T> = Result<Option<Sourced<T>>, SettingError>;

/// A source of settings, such as the flags or the environment. It gives what it has; all else is absent.
pub trait SettingSource {
    /// The key, token or token source.
    ///
    /// # Errors
    /// An empty or malformed one, and two that contradict each other.
    fn authentication(&self) -> SettingResult<Authentication> {
        Ok(None)
    }

    /// The request to make to an auth server, whichever source names that.
    ///
    /// # Errors
    /// A malformed header or parameter.
    fn auth_request(&self) -> Result<AuthRequest, SettingError> {
        Ok(AuthRequest::default())
    }

    /// The key, whatever token is beside it.
    ///
    /// # Errors
    /// An empty or malformed one.
    fn key(&self) -> SettingResult<ApiKey> {
        Ok(None)
    }

    /// The keys of a server.
    ///
    /// # Errors
    /// An empty or malformed one, and two of one name.
    fn keys(&self) -> Result<Vec<ApiKey>, SettingError> {
        Ok(self.key()?.map(|key| key.value).into_iter().collect())
    }

    /// The clientId to act as.
    ///
    /// # Errors
    /// An empty one.
    fn client_id(&self) -> SettingResult<String> {
        Ok(None)
    }

    /// The endpoint, with port and TLS.
    ///
    /// # Errors
    /// An empty or malformed one.
    fn endpoint(&self) -> SettingResult<Endpoint> {
        Ok(None)
    }

    /// Returns whether the local server must not be used.
    fn forbids_local_server(&self) -> bool {
        false
    }

    /// The file of certificates to trust besides the machine's own.
    ///
    /// # Errors
    /// An empty one.
    fn ca_file(&self) -> SettingResult<PathBuf> {
        Ok(None)
    }

    /// The format on the wire.
    ///
    /// # Errors
    /// An unknown one.
    fn wire(&self) -> SettingResult<Format> {
        Ok(None)
    }

    /// The time limit of each network operation.
    ///
    /// # Errors
    /// A malformed one.
    fn timeout(&self) -> SettingResult<Duration> {
        Ok(None)
    }

    /// The base of the waits between attempts to reconnect.
    ///
    /// # Errors
    /// A malformed one, or zero.
    fn retry(&self) -> SettingResult<Duration> {
        Ok(None)
    }

    /// The form of results.
    ///
    /// # Errors
    /// An unknown one.
    fn output(&self) -> SettingResult<OutputFormat> {
        Ok(None)
    }

    /// The use of colour.
    ///
    /// # Errors
    /// An unknown word.
    fn color(&self) -> SettingResult<ColorChoice> {
        Ok(None)
    }

    /// The least severe level that is logged.
    ///
    /// # Errors
    /// An unknown one.
    fn log_level(&self) -> SettingResult<LogLevel> {
        Ok(None)
    }
}
