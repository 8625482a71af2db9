//! The options of a client, out of the settings: format, proxies, certificates, time limits.

use std::sync::Arc;

use super::context::Context;
use super::failure::Failure;
use crate::chat_core::client::{Authorizer, Options};
use crate::chat_core::http::{Connector, Proxies, certificates};
use crate::chat_core::protocol::endpoint::Endpoint;
use crate::settings::ProxyVariables;

impl Context {
    /// The options of a client at `endpoint` that `authorizer` lets in, whatever the settings say about both.
    ///
    /// # Errors
    /// A setting that can't be used.
    pub fn options_at(
        &self,
        endpoint: Endpoint,
        authorizer: Authorizer,
    ) -> Result<Options, Failure> {
        let settings = self.settings();
        Ok(Options {
            endpoint,
            authorizer,
            format: settings.wire()?.value,
            connector: self.connector()?,
            timeout: settings.timeout()?.value,
            retry: settings.retry()?.value,
            clock: Arc::clone(&self.clock),
            random: self.random.clone(),
        })
    }

    /// The options of a client of the local server: whatever else listens on its port gets nothing.
    ///
    /// # Errors
    /// A setting that can't be used.
    pub(super) fn local_options(
        &self,
        endpoint: Endpoint,
        authorizer: Authorizer,
    ) -> Result<Options, Failure> {
        Ok(Options {
            connector: Connector::to_own_processes(),
            ..self.options_at(endpoint, authorizer)?
        })
    }

    /// The proxy on the way to `endpoint`, if there is one.
    ///
    /// # Errors
    /// A variable that is not the URL of a proxy.
    pub(super) fn proxy_for(&self, endpoint: &Endpoint) -> Result<Option<String>, Failure> {
        let proxies = proxies(&ProxyVariables::read(&self.environment))?;
        Ok(proxies.on_the_way_to(&endpoint.http_base()))
    }

    /// Opens connections through the proxies of the usual variables, and trusts the certificates of --ca-file too.
    fn connector(&self) -> Result<Connector, Failure> {
        let variables = ProxyVariables::read(&self.environment);
        let proxies = proxies(&variables)?;
        let is_proxied = !variables.http.is_empty() || !variables.https.is_empty();
        for entry in Proxies::not_understood(&variables.except) {
            if is_proxied {
                self.output.notice(&format!(
                    "warning: NO_PROXY: '{entry}' is ignored (give a host, .DOMAIN, *.DOMAIN, an address or a network)"
                ));
            }
        }
        let roots = match self.settings().ca_file()? {
            Some(file) => certificates(&file.value)
                .map_err(|fault| Failure::usage(format!("{}: {fault}", file.origin)))?,
            None => Vec::new(),
        };
        Ok(Connector::new(proxies, roots))
    }
}

fn proxies(variables: &ProxyVariables) -> Result<Proxies, Failure> {
    Proxies::new(&variables.http, &variables.https, &variables.except).ok_or_else(|| {
        Failure::usage("HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is not a valid proxy URL")
            .hint("as in http://proxy.example:3128, or unset it")
    })
}
