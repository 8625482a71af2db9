//! `chatctl webhook`: endpoints that a server tells of what happens, and the log of what they were told.

mod event;
mod list;
mod listen;
mod receiver;
mod show;
mod trigger;
mod verify;

use super::noun::{Group, Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "webhook",
    "Receive, inspect and repeat webhooks of a server",
    NounBody::Verbs(&[
        Verb::new("listen", handler!(listen::ListenWebhooks)),
        Verb::new("list", handler!(list::ListDeliveries)),
        Verb::new("show", handler!(show::ShowDelivery)),
        Verb::new("resend", handler!(show::ResendDelivery)),
        Verb::new("trigger", handler!(trigger::TriggerWebhook)),
        Verb::new("verify", handler!(verify::VerifySignature)),
    ]),
)
.within(Group::Server);
