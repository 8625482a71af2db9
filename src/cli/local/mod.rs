//! `chatctl local`: the server that is simply there when nobody says where to talk to, and keeps what it has
//! acknowledged.
//!
//! | module | owns |
//! | --- | --- |
//! | [`folder`], [`lock`] | what is kept between runs, and who may do what with it at the same time |
//! | [`access`], [`find`], [`start`] | how a command comes to it |
//! | [`server`], [`idle`], [`log`] | the process that serves in the background |
//! | [`status`], [`stop`], [`env`] | what people do with it |

mod access;
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

use clap::Args as _;

use super::noun::{Body, Handler, Noun, Verb, handler};
pub(super) use access::{LocalServer, key, known_key};

/// The noun.
pub(super) const NOUN: Noun = Noun::new(
    "local",
    "Look at, stop or empty the local server, or tell other programs of it",
    Body::Verbs(&[
        Verb::new(
            "status",
            Handler {
                build: status::Status::augment_args,
                run: |_, context| status::Status::run(context),
            },
        ),
        Verb::new(
            "stop",
            Handler {
                build: stop::Stop::augment_args,
                run: |_, context| stop::Stop::run(context),
            },
        ),
        Verb::new("reset", handler!(stop::Reset)),
        Verb::new("env", handler!(env::Env)),
    ]),
);
