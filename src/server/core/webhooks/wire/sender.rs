//! Where requests come from.

use crate::server::core::integrations::Source;

/// The site of each event: there is one.
pub(in crate::server::core::webhooks) const SITE: &str = "local";

/// The version of the payloads.
pub(super) const VERSION: &str = "1.2";

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(in crate::server::core::webhooks) struct Sender<'a> {
    /// The id of the app.
    pub(in crate::server::core::webhooks) app_id: &'a str,
    /// The id of the rule.
    pub(in crate::server::core::webhooks) rule_id: &'a str,
    /// What the rule is told of.
    pub(in crate::server::core::webhooks) source: Source,
    /// This server's name, which the serials of its events begin with.
    pub(in crate::server::core::webhooks) instance: &'a str,
}
