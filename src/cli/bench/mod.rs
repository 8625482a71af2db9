//! `chatctl bench`: measures a server, and checks that it loses, doubles and reorders nothing meanwhile.
//!
//! | module | owns |
//! | --- | --- |
//! | [`fanout`], [`send`], [`presence`], [`connect`], [`mint`] | the verbs |
//! | [`traffic`] | senders and receivers in one room |
//! | [`sequence`] | what of a sender has come to a receiver |
//! | [`link`] | a connection that is attached to a room |
//! | [`target`], [`server`] | the server that is measured |
//! | [`span`], [`progress`] | how long it is measured |
//! | [`latencies`], [`report`] | the results |

mod connect;
mod fanout;
mod latencies;
mod link;
mod mint;
mod presence;
mod progress;
mod report;
mod send;
mod sequence;
mod server;
mod span;
mod target;
mod traffic;

use super::noun::{Noun, NounBody, Verb, handler};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "bench",
    "Measure a server",
    NounBody::Verbs(&[
        Verb::new("fanout", handler!(fanout::Fanout)),
        Verb::new("send", handler!(send::SendBench)),
        Verb::new("connect", handler!(connect::Connect)),
        Verb::new("presence", handler!(presence::Presence)),
        Verb::new("mint", handler!(mint::Mint)),
    ]),
);
